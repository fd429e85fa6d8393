"""`[mailbox.oauth]` and `[outbox.oauth]`: where access tokens come from."""

from pathlib import Path
from typing import Self

from pydantic import model_validator

from abuse_intake.settings_section import OptionalText, Section
from abuse_intake.urls import check_token_url


class OauthSettings(Section):
    """`[mailbox.oauth]`, `[outbox.oauth]`: an access token in the place of a password; one of three ways."""

    token_command: tuple[str, ...] = ()
    """A command that prints an access token."""
    token_url: OptionalText = None
    """Where client credentials are changed for a token (RFC 6749, section 4.4): Exchange Online."""
    client_id: OptionalText = None
    client_secret_file: Path | None = None
    scope: OptionalText = None
    """By default what IMAP and SMTP need where we know it (Exchange Online, Gmail); elsewhere none is asked for."""
    service_account_file: Path | None = None
    """A Google service account's key (RFC 7523): Gmail."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [name for name in _WAYS if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("give exactly one of token_command, token_url and service_account_file")
        for key in ("client_id", "client_secret_file", "scope"):
            if getattr(self, key) and key not in _WAYS[given[0]]:
                raise ValueError(f"{key} means nothing beside {given[0]}")
        if self.token_url is not None:
            if not (self.client_id and self.client_secret_file):
                raise ValueError("token_url needs client_id and client_secret_file")
            _check_token_url(self.token_url)
        return self


_WAYS = {
    "token_command": (),
    "token_url": ("client_id", "client_secret_file", "scope"),
    "service_account_file": ("scope",),
}
"""Each way to a token, and the keys that belong to it."""


def _check_token_url(url: str) -> None:
    try:
        check_token_url(url)
    except ValueError as error:
        raise ValueError(f"token_url {error}") from None
