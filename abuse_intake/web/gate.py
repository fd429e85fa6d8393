"""What a request passes before any route sees it: its Host, its proxy, its size, its content type, its token."""

import asyncio
import time
from ipaddress import ip_address
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from abuse_intake.web.access import find_caller
from abuse_intake.web.backend import Backend

PREFIX = "/api/v1"
PUBLIC = (f"{PREFIX}/openapi.json", f"{PREFIX}/docs")
"""What may be read without a token: it tells nothing but how the API is used."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
MAX_HEADER_BYTES = 32_768
MAX_TARGET_BYTES = 300_000
MAX_JSON_BYTES = 1_000_000
MAX_DIRECTORY_BYTES = 500_000_000
BODY_SECONDS = 120.0
"""Within which a body must have come."""
WRITING = ("POST", "PUT", "PATCH", "DELETE")
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip")
CLOSE = {"Connection": "close"}
MAIL, LINES, JSON = "message/rfc822", "application/jsonl", "application/json"
CONTENT_TYPES = {f"{PREFIX}/parse": MAIL, f"{PREFIX}/attribute": MAIL, f"{PREFIX}/tenants": LINES}
"""What a body must be, where it is not JSON."""


class Gate:
    """Refuses what no route should see; tells the others who asks, as `request.state.caller`."""

    def __init__(self, app: ASGIApp, backend: Backend) -> None:
        self._app = app
        self._backend = backend
        self._limits = {
            MAIL: backend.max_mail_bytes,
            LINES: MAX_DIRECTORY_BYTES,
            JSON: MAX_JSON_BYTES,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, or raise what `problems` explains."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        self._check_way(scope, headers)
        _check_size(scope, headers)
        if scope["path"] not in PUBLIC:
            caller = await run_in_threadpool(find_caller, self._backend, headers.get("authorization"))
            scope["state"]["caller"] = caller
        await self._app(scope, self._limited(scope, headers, receive), send)

    def _check_way(self, scope: Scope, headers: Headers) -> None:
        """By whom it came: from a proxy that is stated, or from nobody else's page on this machine."""
        if self._backend.settings.web.proxies:
            self._believe_proxy(scope, headers)
        elif self._backend.is_local:
            _check_local(headers)

    def _believe_proxy(self, scope: Scope, headers: Headers) -> None:
        networks = self._backend.settings.web.proxies
        client = (scope.get("client") or ("", 0))[0]
        if not any(_address(client) in network for network in networks):
            raise HTTPException(403, "only the proxies that web.proxies states are served here")
        forwarded = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        address = _address(forwarded)
        if address is not None:
            scope["client"] = (str(address), 0)
        if headers.get("x-forwarded-proto") in ("http", "https"):
            scope["scheme"] = headers["x-forwarded-proto"]

    def _limited(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        """Its body, up to what may be sent there, within the time that it may take."""
        wanted = CONTENT_TYPES.get(scope["path"], JSON)
        if scope["method"] in WRITING:
            _check_content_type(headers, wanted)
        limit = self._limits[wanted]
        if int(_digits(headers.get("content-length", "0"))) > limit:
            raise _too_large(limit)
        return _Limited(receive, limit)


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


def _check_content_type(headers: Headers, wanted: str) -> None:
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != wanted:
        raise HTTPException(415, f"send Content-Type: {wanted}", CLOSE)


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
