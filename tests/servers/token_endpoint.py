"""An OAuth 2.0 token endpoint on loopback that looks closely at what it is asked, and fails as told.

with TokenEndpoint() as endpoint:
    endpoint.answer(401, b'{"error": "invalid_client"}')     # the next request only
    endpoint.stall(60)
    endpoint.revoke()                                        # every token that it gave: introspection says so
"""

import base64
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

from servers.programs import HOST

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(slots=True)
class Registered:
    """What the endpoint knows: one client, one service account with the check of its signature, one mailbox."""

    client_id: str = "the-client"
    client_secret: str = "s3cret~+&=%/ä"
    scope: str | None = "https://outlook.office365.com/.default"
    issuer: str = "reader@project.example"
    has_signed: Callable[[bytes, bytes], bool] = field(default=lambda words, signature: False)
    google_scope: str = "https://mail.google.com/"
    user: str = "junk"


class TokenEndpoint:
    """A context manager; `requests` keeps each form, `given` each token."""

    def __init__(self, registered: Registered | None = None, *, lifetime: Any = 3600) -> None:
        self.registered = registered or Registered()
        self.lifetime = lifetime
        self.requests: list[dict[str, str]] = []
        self.given: list[str] = []
        self._valid: set[str] = set()
        self._answers: deque[Callable[[_Handler], None]] = deque()
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer((HOST, 0), type("Handler", (_Handler,), {"endpoint": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """The token endpoint's URL."""
        return f"http://{HOST}:{self._server.server_address[1]}/token"

    @property
    def introspection_url(self) -> str:
        """Where a mail server asks whose a token is."""
        return self.url.replace("/token", "/introspect")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        """Answer the next request so; `Content_Encoding="gzip"` is a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._answers.append(lambda handler: handler.send(status, body, named))

    def stall(self, seconds: float) -> None:
        """Say nothing to the next request for that long."""
        self._answers.append(lambda _: self._ended.wait(seconds) and None)

    def drip(self, seconds: float) -> None:
        """Answer the next request with a header that goes on for that long, a byte every 50 ms."""
        self._answers.append(lambda handler: handler.drip(time.monotonic() + seconds, self._ended))

    def revoke(self) -> None:
        """Make every token that was given invalid."""
        self._valid.clear()

    def validate(self, token: str) -> None:
        """Let this token be one that is valid, as if it had been given."""
        self._valid.add(token)

    def is_valid(self, token: str) -> bool:
        """Tell whether it was given and not revoked."""
        return token in self._valid

    def respond(self, handler: "_Handler", form: dict[str, str]) -> None:
        """Answer one request for a token."""
        self.requests.append(form)
        if self._answers:
            return self._answers.popleft()(handler)
        if complaint := self._complain(form):
            return handler.send_json(
                400, {"error": complaint, "error_description": "as it stands\r\nTrace: 1"}
            )
        token = secrets.token_urlsafe(30)
        self.given.append(token)
        self._valid.add(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime}
        return handler.send_json(200, {name: value for name, value in answer.items() if value is not None})

    def introspect(self, token: str) -> dict[str, str]:
        """Whose token that is, as Dovecot asks."""
        known = {"active": "true", "username": self.registered.user}
        return known if self.is_valid(token) else {"active": "false"}

    def _complain(self, form: dict[str, str]) -> str | None:
        known = self.registered
        if form.get("grant_type") == JWT_BEARER:
            return self._complain_of_assertion(form.get("assertion", ""))
        if form.get("grant_type") != "client_credentials":
            return "unsupported_grant_type"
        if (form.get("client_id"), form.get("client_secret")) != (known.client_id, known.client_secret):
            return "invalid_client"
        return None if form.get("scope") == known.scope else "invalid_scope"

    def _complain_of_assertion(self, assertion: str) -> str | None:
        known, now = self.registered, time.time()
        words, _, signature = assertion.rpartition(".")
        header, claims = (json.loads(_decode(part)) for part in words.split("."))
        if header.get("alg") != "RS256" or not known.has_signed(words.encode(), _decode(signature)):
            return "invalid_grant"
        wanted = {"iss": known.issuer, "sub": known.user, "aud": self.url, "scope": known.google_scope}
        if any(claims.get(name) != value for name, value in wanted.items()):
            return "unauthorized_client"
        return None if now - 60 <= claims["iat"] <= now < claims["exp"] <= now + 3601 else "invalid_grant"


class _Handler(BaseHTTPRequestHandler):
    endpoint: TokenEndpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.endpoint.respond(self, {name: values[0] for name, values in parse_qs(body).items()})

    def do_GET(self) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.send_json(200, self.endpoint.introspect(token))

    def send_json(self, status: int, answer: dict[str, Any]) -> None:
        self.send(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self._write(body)

    def drip(self, until: float, ended: threading.Event) -> None:
        self._write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while time.monotonic() < until and not ended.wait(0.05):
            if not self._write(b"x"):
                return

    def _write(self, what: bytes) -> bool:
        try:
            self.wfile.write(what)
        except OSError:  # the client has gone, as it should
            return False
        return True

    def log_message(self, *_: Any) -> None:
        """A test's output is its own."""


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
