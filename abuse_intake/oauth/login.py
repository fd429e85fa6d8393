"""A login with a token: what the two mechanisms say, and what is done when the server refuses."""

import json
from collections.abc import Callable, Sequence

from abuse_intake.oauth.source import TokenSource
from abuse_intake.oauth.wording import quote

MECHANISMS = ("XOAUTH2", "OAUTHBEARER")
"""Google's and Microsoft's, and that of RFC 7628 for servers that know only it; the first that is offered is used."""
_AFTER_REFUSAL = {"XOAUTH2": "", "OAUTHBEARER": "\x01"}
"""What the client says to a refusal's challenge, so that the server can end the login."""


class TokenLogin:
    """One login: answers the server's challenges and keeps what a refusal said."""

    def __init__(self, mechanism: str, user: str, token: str) -> None:
        self.mechanism = mechanism
        self._token_said = False
        self._refusal = b""
        name = user.replace("=", "=3D").replace(",", "=2C")
        header = f"n,a={name}," if mechanism == "OAUTHBEARER" else f"user={user}"
        self._words = f"{header}\x01auth=Bearer {token}\x01\x01"

    def answer(self, challenge: bytes | None = None) -> str:
        """The token first of all; then what ends a login that was refused."""
        if not self._token_said:
            self._token_said = True
            return self._words
        self._refusal = challenge or b""
        return _AFTER_REFUSAL[self.mechanism]

    def explain(self) -> str:
        """What the refusal's challenge said (a JSON object of both mechanisms), for the end of an error's text."""
        try:
            status = json.loads(self._refusal).get("status")
        except (ValueError, AttributeError, RecursionError):
            return ""
        return f" (status {quote(str(status))})" if status else ""


def explain_refusal(logins: Sequence[TokenLogin]) -> str:
    """What the last of some logins that was told anything was told."""
    return next(filter(None, (login.explain() for login in reversed(logins))), "")


def choose_mechanism(is_offered: Callable[[str], bool]) -> str | None:
    """The first mechanism that the server offers."""
    return next((mechanism for mechanism in MECHANISMS if is_offered(mechanism)), None)


def try_token_twice(
    source: TokenSource,
    log_in: Callable[[str], None],
    refusal: type[Exception],
    loss: tuple[type[Exception], ...],
) -> None:
    """Log in; after a refusal once more with a fresh token, since the first may have ended or been revoked.

    Where the server hangs up on the second, the first refusal is what there is to say.
    """
    token = source.get()
    try:
        log_in(token)
    except refusal as refused:
        source.forget(token)
        try:
            log_in(source.get())
        except refusal:
            raise
        except loss:
            raise refused from None
