"""The status port: `/healthz`, `/readyz` and `/metrics` over HTTP, on this machine alone.

However slow or many the clients are, they hold few threads, and those for a few seconds.
"""

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler
from typing import Any

import structlog

from abuse_intake.errors import ConfigurationError

log = structlog.get_logger()

HOST = "127.0.0.1"
MAX_CLIENTS = 8
READ_SECONDS = 3.0
SERVER = "abuse-intake"
CLIENT_SECONDS = 10.0
"""So long one client is served, however it drips."""
TEXT = "text/plain; charset=utf-8"


class Answer:
    """What is answered at one path."""

    def __init__(self, body: bytes, *, status: int = HTTPStatus.OK, content_type: str = TEXT) -> None:
        self.body = body
        self.status = status
        self.content_type = content_type


Pages = Mapping[str, Callable[[], Answer]]


class StatusServer:
    """Listens from the start on. ConfigurationError when the port cannot be had; port 0 is any that is free."""

    def __init__(self, port: int, pages: Pages) -> None:
        try:
            self._server = _Server(port, pages)
        except OSError as error:
            raise ConfigurationError(
                f"worker.status_port: {HOST}:{port} cannot be listened on: {(error.strerror or str(error)).lower()}: "
                "choose another port, or end the program that has it (a second worker?)"
            ) from None
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="status", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


def is_a_worker(port: int) -> bool:
    """Whether a worker answers on this port of this machine."""
    with (
        suppress(OSError, HTTPException),
        closing(HTTPConnection(HOST, port, timeout=READ_SECONDS)) as client,
    ):
        client.request("GET", "/healthz")
        return client.getresponse().getheader("Server", "").startswith(SERVER)
    return False


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, pages: Pages) -> None:
        self.pages = pages
        self._free = threading.BoundedSemaphore(MAX_CLIENTS)
        self._served: dict[socket.socket, float] = {}
        super().__init__((HOST, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        self._served[request] = time.monotonic()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._forget(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._forget(request)

    def service_actions(self) -> None:
        """End the conversations that last too long; the server's own loop calls this twice a second."""
        for request, began in list(self._served.items()):
            if time.monotonic() - began > CLIENT_SECONDS:
                _shut(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of our business; a fault of ours is told on demand."""
        log.debug("a client of the status port was not answered", exc_info=True)

    def _forget(self, request: socket.socket) -> None:
        self._served.pop(request, None)
        self._free.release()


def _shut(request: socket.socket) -> None:
    with suppress(OSError):  # it has ended meanwhile
        request.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    timeout = READ_SECONDS
    server_version = SERVER
    sys_version = ""
    server: _Server

    def do_GET(self) -> None:
        """Answer with the page of this path."""
        page = self.server.pages.get(self.path.partition("?")[0])
        self._send(page() if page else _say(HTTPStatus.NOT_FOUND, "there are /healthz, /readyz and /metrics"))

    do_HEAD = do_GET  # noqa: N815

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no request, or no GET; nothing of it is repeated."""
        self.command = self.command or ""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._send(_say(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD"), {"Allow": "GET, HEAD"})
        else:
            self._send(_say(code, HTTPStatus(code).phrase.lower()))
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Requests are not logged."""

    def _send(self, answer: Answer, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(answer.status)
        fields = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body))}
        for name, value in {**fields, "Cache-Control": "no-store", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


def _say(status: int, text: str) -> Answer:
    return Answer(f"{text}\n".encode(), status=status)
