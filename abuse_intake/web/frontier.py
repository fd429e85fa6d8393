"""The outermost layer: security headers on every answer, a line of log a request, and the last resort for faults."""

import time
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from abuse_intake.web.problems import explain, make_problem

log = structlog.get_logger()

MAX_REQUESTS = 100
"""Requests that are worked on or wait at once; more are told to come again."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Where an answer does not say otherwise."""


class Frontier:
    """Answers for whatever happens inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have it answered, with a place among the requests that are."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        self._requests += 1
        try:
            if self._requests > MAX_REQUESTS:
                await make_problem(503, "too many requests at once", {"Retry-After": "1"})(
                    scope, receive, exchange.send
                )
            else:
                await self._answer(scope, receive, exchange)
        finally:
            self._requests -= 1
            exchange.tell()

    async def _answer(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        try:
            await self._app(scope, receive, exchange.send)
        except Exception as error:
            response = explain(error)
            if response is None or exchange.status:
                log.error("a request failed by a fault of ours", path=scope["path"], exc_info=error)
            if exchange.status:
                raise _Broken from None
            response = response or make_problem(500, "a fault of this program; its log says more")
            await response(scope, receive, exchange.send)


class _Broken(Exception):  # noqa: N818 - told already
    """An answer that had begun cannot be ended: the server cuts the connection, so that the client notices."""


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._began = time.monotonic()
        self.status = 0

    async def send(self, message: Message) -> None:
        """Send it, with our headers where the answer begins."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    def tell(self) -> None:
        """Who asked for what, and what came of it; never the query, which may hold what somebody looks for."""
        caller: Any = self._scope.get("state", {}).get("caller")
        log.info(
            "request",
            method=self._scope["method"],
            path=self._scope["path"],
            status=self.status or None,
            actor=caller.actor.name if caller else None,
            client=(self._scope.get("client") or (None,))[0],
            milliseconds=round(1_000 * (time.monotonic() - self._began), 1),
        )
