"""One connection: clients that dawdle over a request, or over reading its answer, are cut off."""

import asyncio
import json
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 500
REQUEST_SECONDS = 15.0
"""Within which a request's line and headers must have come."""
STALLED_SECONDS = 30.0
"""For which a client may leave what was sent to it unread."""
EARNED_SECONDS = 3.0
"""Of these, that it has again when it has read on: 48 KB or more, so that a trickle of 16 KB a second may last."""
_BAD_REQUEST = {
    "type": "about:blank",
    "title": HTTPStatus.BAD_REQUEST.phrase,
    "status": int(HTTPStatus.BAD_REQUEST),
    "detail": "this is no HTTP request, or one whose head is too large",
}


class Connection(H11Protocol):
    """uvicorn's, with deadlines, a bound on how many there are, and an answer in our form to what is no request."""

    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _stalled_at = 0.0
    _patience: float | None = None
    """Seconds that are left of STALLED_SECONDS; None = all."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
            return
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._forget_deadline()
        self._forget_stall()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a request that is not whole yet must be so in time."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._forget_deadline()
        elif self._deadline is None:
            self._expect_request()

    def pause_writing(self) -> None:
        """The client does not read as fast as we write."""
        super().pause_writing()
        if self._stalled is None:
            left = STALLED_SECONDS if self._patience is None else self._patience
            self._stalled_at, self._patience = self.loop.time(), left
            self._stalled = self.loop.call_later(left, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        if self._stalled is not None and self._patience is not None:
            left = self._patience - (self.loop.time() - self._stalled_at) + EARNED_SECONDS
            self._patience = min(max(left, 0.0), STALLED_SECONDS)
        self._forget_stall()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """The next answer has all patience again."""
        self._patience = None
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Tell what is no request that it is none; nothing of it is repeated."""
        body = json.dumps(_BAD_REQUEST).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"connection", b"close"),
        ]
        response = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for event in (response, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _expect_request(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None

    def _forget_stall(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
        self._stalled = None
