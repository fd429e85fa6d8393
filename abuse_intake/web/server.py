"""The server: listens, serves until a signal, finishes what it has in hand."""

import signal
import socket
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvicorn

from abuse_intake.guard.pool import Guard
from abuse_intake.settings import Settings
from abuse_intake.web.application import make_application
from abuse_intake.web.backend import AttributorSource, Backend
from abuse_intake.web.connection import Connection
from abuse_intake.web.listening import Place, check_certificate, check_exposure, open_sockets
from storage.database import Database
from storage.tokens import has_tokens, were_made

log = structlog.get_logger()

IDLE_SECONDS = 5
FINISH_SECONDS = 10
"""Requests that take longer are cut when the program is to end."""
MAX_HEAD_BYTES = 262_144
"""A larger head is cut off; what `gate` refuses below that gets an answer."""
MAX_READERS = 2
"""Processes that read mails."""


def serve(settings: Settings, database: Database, place: Place) -> None:
    """Serve until SIGTERM or SIGINT; ConfigurationError where it may or can not."""
    with database.read() as session:
        is_guarded = were_made(session)
        check_exposure(settings, place, has_tokens=has_tokens(session, datetime.now(UTC)))
    certificate = check_certificate(settings)
    sockets = open_sockets(place)
    is_local = place.is_loopback and not settings.web.proxies
    attributors = AttributorSource(settings, database)
    with Guard(most=MAX_READERS) as guard, closing(attributors):
        backend = Backend(settings, database, guard, attributors, is_local)
        _tell(sockets, certificate is not None, is_open=is_local and not is_guarded)
        _run(backend, sockets, certificate)
    log.info("the API ended")


def _run(backend: Backend, sockets: Sequence[socket.socket], certificate: tuple[Path, Path] | None) -> None:
    # The server raises the signal that ended it again, once it has ended.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    make_server(backend, certificate).run(sockets=list(sockets))


def make_server(backend: Backend, certificate: tuple[Path, Path] | None = None) -> uvicorn.Server:
    """What serves the application on sockets, until it is told to end."""
    config = uvicorn.Config(
        make_application(backend),
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=FINISH_SECONDS,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        ssl_certfile=certificate[0] if certificate else None,
        ssl_keyfile=certificate[1] if certificate else None,
    )
    return uvicorn.Server(config)


def _tell(sockets: Sequence[socket.socket], has_tls: bool, *, is_open: bool) -> None:
    for one in sockets:
        host, port = one.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        log.info("the API listens", url=f"http{'s' if has_tls else ''}://{shown}:{port}/api/v1/docs")
    if is_open:
        log.warning(
            "there is no token: anybody on this machine can read all incidents and mails;"
            " as soon as there is one, it is needed",
            add_one="abuse-intake tokens add NAME --role analyst",
        )
