"""Where access tokens come from, and how long one is used: a source remembers its token, for all connections."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from abuse_intake.errors import TokenError

SPARE_SECONDS = 60.0
"""A token that ends sooner than this is not begun a login with."""
UNSTATED_LIFETIME = 360.0
"""Seconds that a token is taken to live when nobody says; a refused one is replaced at once, so little hangs on it."""
MAX_TOKEN = 9_000
"""Characters; RFC 4954 allows 12,288 for the line of a login, in base64."""
_TOKEN = re.compile(r"[!-~]+")


class TokenSource(Protocol):
    """Gives access tokens; several threads may ask at once."""

    def get(self) -> str:
        """A token that is valid for at least a minute more, from memory where there is one. TokenError without one."""

    def forget(self, refused: str) -> None:
        """This token was refused: the next `get` fetches another. One that was fetched since then stays."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and for how many seconds it is valid from now on."""

    text: str = field(repr=False)
    lifetime: float = UNSTATED_LIFETIME


class RememberingSource:
    """Keeps a fetched token as long as it is valid. Who asks while another fetches waits for that one's result."""

    def __init__(self, fetch: Callable[[], Token], now: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._now = now
        self._lock = threading.Lock()
        self._token: str | None = None
        self._good_until = 0.0
        self._failure = ""
        self._failed_at = float("-inf")

    def get(self) -> str:
        asked_at = self._now()
        with self._lock:
            if self._token is not None and self._now() <= self._good_until:
                return self._token
            # It failed while we waited: fifty connections need not each wait for a time-out of their own.
            if self._failed_at > asked_at:
                raise TokenError(self._failure)
            return self._fetch_another()

    def forget(self, refused: str) -> None:
        with self._lock:
            if self._token == refused:
                self._token = None

    def _fetch_another(self) -> str:
        began = self._now()
        try:
            token = self._fetch()
        except TokenError as error:
            self._failure, self._failed_at = str(error), self._now()
            raise
        self._token, self._good_until = token.text, began + token.lifetime - SPARE_SECONDS
        return token.text


def check_token(text: str) -> str:
    """The token itself; ValueError where it could not be one."""
    if not text:
        raise ValueError("nothing")
    if len(text) > MAX_TOKEN or not _TOKEN.fullmatch(text):
        raise ValueError(f"no token: one has no spaces and at most {MAX_TOKEN} characters, all of them ASCII")
    return text
