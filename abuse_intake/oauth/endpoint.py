"""A token endpoint asked over HTTPS (authlib, httpx2): with client credentials, or a service account's signed word.

The one place where the program fetches anything by HTTP; where from stands in the configuration and in no mail.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncAssertionClient, AsyncOAuth2Client

from abuse_intake.errors import ConfigurationError, TokenError
from abuse_intake.oauth.keys import read_key, read_secret
from abuse_intake.oauth.source import UNSTATED_LIFETIME, Token, check_token
from abuse_intake.oauth.wording import advise, quote

SECONDS = 30.0
"""For the whole conversation: also a server that sends a byte now and then comes to its end."""
MAX_ANSWER = 64_000
MAX_LIFETIME = 86_400.0


class _UnusableAnswer(Exception):  # noqa: N818 - what the endpoint answered, not a fault of ours
    """An answer that is neither a token nor an error of OAuth's."""


class _Bounded(httpx2.AsyncClient):
    """Reads an answer up to a limit, as it was sent (never unpacked), and follows no redirect."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, verify=ssl.create_default_context(), **options)

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        request.headers["Accept-Encoding"] = "identity"
        response = await super().send(request, **{**options, "stream": True, "follow_redirects": False})
        try:
            body = await _read_bounded(response)
        finally:
            await response.aclose()
        status = response.status_code
        if response.has_redirect_location:
            raise _UnusableAnswer(f"sends us elsewhere (status {status}), where we do not go")
        if status >= 500 or (status >= 400 and not body.lstrip().startswith(b"{")):
            raise _UnusableAnswer(f"answers with status {status}")
        return httpx2.Response(status, content=body, request=request)


async def _read_bounded(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > MAX_ANSWER:
            raise _UnusableAnswer(f"answers with more than {MAX_ANSWER:,} bytes")
    return bytes(body)


class _CredentialsClient(_Bounded, AsyncOAuth2Client):  # type: ignore[misc]  # authlib ships no types
    """Authlib's client, bounded."""


class _AssertionClient(_Bounded, AsyncAssertionClient):  # type: ignore[misc]
    """Likewise."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """RFC 6749, section 4.4. The secret is read anew for each token, so that it can be replaced at any time."""

    url: str
    client_id: str
    secret_file: Path
    scope: str | None

    def fetch(self) -> Token:
        with _as_token_error():
            secret = read_secret(self.secret_file)

        async def ask() -> Any:
            method = "client_secret_post"
            async with _CredentialsClient(self.client_id, secret, method, scope=self.scope) as client:
                return await client.fetch_token(self.url, grant_type="client_credentials")

        return _ask(self.url, ask, secret)


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """RFC 7523: the account's word, signed with its key, that it acts for the mailbox's user."""

    key_file: Path
    user: str
    scope: str

    def fetch(self) -> Token:
        with _as_token_error():
            key = read_key(self.key_file)
        signing = {"header": {"alg": "RS256"}, "key": key.private_key, "claims": {"scope": self.scope}}

        async def ask() -> Any:
            async with _AssertionClient(key.token_url, key.client_email, self.user, **signing) as client:
                return await client.refresh_token()

        return _ask(key.token_url, ask)


@contextmanager
def _as_token_error() -> Iterator[None]:
    """A file that was good when the program began may have gone since."""
    try:
        yield
    except ConfigurationError as error:
        raise TokenError(str(error)) from None


def _ask(url: str, ask: Callable[[], Awaitable[Any]], *secrets: str) -> Token:
    """What the endpoint gives within the time limit; TokenError says what it said instead."""
    name = f"the token endpoint {quote(url)}"
    try:
        return _read_token(asyncio.run(_in_time(ask)))
    except TimeoutError:
        raise TokenError(f"{name} did not answer within {SECONDS:g} s") from None
    except OAuthError as error:
        said = quote(f"{error.error}: {error.description or 'nothing more'}", *secrets)
        raise TokenError(f"{name} refused: {said}{advise(said)}") from None
    except (httpx2.TransportError, OSError) as error:
        raise TokenError(f"{name} cannot be asked: {quote(str(error) or type(error).__name__)}") from None
    except _UnusableAnswer as error:
        raise TokenError(f"{name} {error}") from None
    except (ImportError, TypeError, OverflowError, RecursionError, ValueError) as error:
        # Of the answer, or of a proxy in the environment that needs what is not installed.
        raise TokenError(f"{name} gave no usable answer: {quote(str(error), *secrets)}") from None


async def _in_time(ask: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(SECONDS):
        return await ask()


def _read_token(answer: Any) -> Token:
    if not isinstance(answer, dict):
        raise TypeError("it is no object of JSON")
    if str(answer.get("token_type", "bearer")).lower() != "bearer":
        raise ValueError("its token is no bearer token")
    text = answer.get("access_token")
    if not isinstance(text, str):
        raise ValueError("no access_token in it")
    seconds = answer.get("expires_in")
    lifetime = UNSTATED_LIFETIME if seconds is None else min(float(seconds), MAX_LIFETIME)
    return Token(check_token(text), lifetime)
