"""An SMTP login with an access token: XOAUTH2, or OAUTHBEARER where only that is offered."""

import base64
import binascii
import smtplib

from abuse_intake.errors import OutboxError, TokenError
from abuse_intake.oauth.login import TokenLogin, choose_mechanism, explain_refusal, try_token_twice
from abuse_intake.oauth.source import TokenSource
from abuse_intake.oauth.wording import advise_login, quote

MAX_COMMAND = 510
"""Bytes of a line without its end; where the token does not fit, it waits to be asked for (RFC 4954, section 4)."""


def log_in_with_token(client: smtplib.SMTP, source: TokenSource, user: str, name: str, host: str) -> str:
    """Log in, and say with which mechanism; OutboxError says what the server answered, and what to do."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    mechanism = choose_mechanism(lambda one: one in offered)
    if mechanism is None:
        raise OutboxError(
            f"{name}: the server offers no login with a token (XOAUTH2): use outbox.password_file, "
            "or enable it on the server"
        )
    logins: list[TokenLogin] = []

    def log_in(token: str) -> None:
        logins.append(TokenLogin(mechanism, user, token))
        _authenticate(client, logins[-1], is_short=_fits(mechanism, user, token))

    try:
        try_token_twice(source, log_in, smtplib.SMTPAuthenticationError, (smtplib.SMTPException, OSError))
    except TokenError as error:
        raise OutboxError(f"{name}: {error}") from None
    except smtplib.SMTPAuthenticationError as error:
        answer = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else ""
        raise OutboxError(
            f"{name}: the server refused the token for {user} ({mechanism}): {error.smtp_code} {quote(answer)}"
            f"{explain_refusal(logins)}: {advise_login('SMTP', host)}"
        ) from None
    return mechanism


def _authenticate(client: smtplib.SMTP, login: TokenLogin, *, is_short: bool) -> None:
    try:
        client.auth(login.mechanism, login.answer, initial_response_ok=is_short)
    except binascii.Error:
        raise smtplib.SMTPException("the server's challenge is not base64") from None


def _fits(mechanism: str, user: str, token: str) -> bool:
    first = TokenLogin(mechanism, user, token).answer().encode("ascii")
    return len(f"AUTH {mechanism} ") + len(base64.b64encode(first)) <= MAX_COMMAND
