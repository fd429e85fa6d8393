"""What a request passes before any route sees it: its Host, its proxy, its size, its token."""

import asyncio
import time
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from abuse_intake.web.access import find_caller
from abuse_intake.web.backend import Backend
from storage.values import IPNetwork

PREFIX = "/api/v1"
PUBLIC = (f"{PREFIX}/openapi.json", f"{PREFIX}/docs")
"""What may be read without a token: it tells nothing but how the API is used."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
MAX_HEADER_BYTES = 32_768
MAX_TARGET_BYTES = 200_000
BODY_SECONDS = 120.0
"""Within which a body must have come."""
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip")
CLOSE = {"Connection": "close"}
MAIL_PATHS = (f"{PREFIX}/parse", f"{PREFIX}/attribute")
"""Where a body is a mail, limited as the mailbox's are."""
TENANTS_PATH = f"{PREFIX}/tenants"
MAX_TENANTS_BYTES = 256 * 1024 * 1024
"""A directory of a million allocations has some 100 MB."""
MAX_JSON_BYTES = 1_000_000


class Gate:
    """Refuses what no route should see; tells the others who asks, as `request.state.caller`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, or raise what `problems` explains."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, backend = Headers(scope=scope), scope["app"].state.backend
        _check_way(scope, headers, backend)
        _check_size(scope, headers)
        if scope["path"] not in PUBLIC:
            caller = await run_in_threadpool(find_caller, backend, headers.get("authorization"))
            scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, _limited(scope, headers, receive, backend), send)


def _check_way(scope: Scope, headers: Headers, backend: Backend) -> None:
    """By whom it came: from a proxy that is stated, or from nobody else's page on this machine."""
    if backend.settings.web.proxies:
        _believe_proxy(scope, headers, backend.settings.web.proxies)
    elif backend.is_local:
        _check_local(headers)


def _believe_proxy(scope: Scope, headers: Headers, proxies: Sequence[IPNetwork]) -> None:
    client = _address((scope.get("client") or ("", 0))[0])
    if not any(client in network for network in proxies):
        raise HTTPException(403, "only the proxies that web.proxies states are served here")
    address = _address(",".join(headers.getlist("x-forwarded-for")).rpartition(",")[2].strip())
    if address is not None:
        scope["client"] = (str(address), 0)
    if headers.get("x-forwarded-proto") in ("http", "https"):
        scope["scheme"] = headers["x-forwarded-proto"]


def _limited(scope: Scope, headers: Headers, receive: Receive, backend: Backend) -> Receive:
    """Its body, up to what may be sent there, within the time that it may take."""
    limit = _find_limit(scope["path"], backend)
    if int(_digits(headers.get("content-length", "0"))) > limit:
        raise _too_large(limit)
    return _Limited(receive, limit)


def _find_limit(path: str, backend: Backend) -> int:
    if path == TENANTS_PATH:
        return MAX_TENANTS_BYTES
    return backend.max_mail_bytes if path in MAIL_PATHS else MAX_JSON_BYTES


class _Limited:
    """`receive` until the body has come; afterwards it only waits for the client to leave."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._size = 0
        self._is_whole = False
        self._until = time.monotonic() + BODY_SECONDS

    async def __call__(self) -> Message:
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout(max(self._until - time.monotonic(), 0)):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "the body did not come in time", CLOSE) from None
        self._size += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._size > self._limit:
            raise _too_large(self._limit)
        return message


def _check_local(headers: Headers) -> None:
    """A page elsewhere may have its own name lead here (DNS rebinding); a proxy may be in front that nobody stated."""
    name = (
        headers.get("host", "").rpartition(":")[0] if ":" in _after_bracket(headers) else headers.get("host")
    )
    if (name or "").lower() not in LOCAL_NAMES:
        raise HTTPException(421, "ask for localhost: this is served to this machine alone")
    if any(field in headers for field in FORWARDED):
        raise HTTPException(421, "a proxy is in front of this: name it in web.proxies")


def _after_bracket(headers: Headers) -> str:
    return headers.get("host", "").rpartition("]")[2]


def _check_size(scope: Scope, headers: Headers) -> None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET_BYTES:
        raise HTTPException(414, "the query is too long", CLOSE)
    if sum(len(name) + len(value) for name, value in headers.raw) > MAX_HEADER_BYTES:
        raise HTTPException(431, "the header fields are too large", CLOSE)


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 20 else "0"


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"at most {limit} bytes may be sent here", CLOSE)


def _address(text: str) -> Any:
    """None for what is no address; IPv4 in IPv6 is IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
