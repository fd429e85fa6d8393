"""Clients that do not read what they asked for, over real sockets: they are cut off and hold no place any more."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest
from storage_builders import arrival, keep_all, message, outcome, record, report
from web_world import PREFIX, Api

from abuse_intake.web import connection
from abuse_intake.web.backend import MAX_STREAMS
from abuse_intake.web.server import make_server
from storage.database import Database

EXPORT = f"{PREFIX}/incidents/export?format=jsonl"
MANY = 1_000
BUFFER = 4_096
"""Of the kernel, at each end: else it takes a whole export in the client's place."""
LAST_CHUNK = b"\r\n0\r\n\r\n"
PAUSE = 0.02
"""Seconds between two reads of a trickle: some 200 KB a second."""
PATIENCE = 60
"""Seconds after which a test gives up."""


@pytest.fixture
def filled(database: Database) -> Database:
    """More incidents than stand in the buffers on the way to a client."""
    ids = keep_all(database, [arrival(number) for number in range(100, 100 + MANY)])
    reports = [report(message(message_id=f"<{id}@junk.example>", sha256=f"{id:0>64}")) for id in ids]
    record(database, [outcome(id, one) for id, one in zip(ids, reports, strict=True)])
    return database


@pytest.fixture
def port(api: Api, filled: Database) -> Iterator[int]:
    """Where the API listens, in a thread of the test."""
    server = make_server(api.backend)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(PATIENCE)


@contextmanager
def begun(port: int, token: str | None) -> Iterator[socket.socket]:
    """An export whose first bytes have come; no more are read."""
    with closing(socket.socket()) as client:
        client.settimeout(PATIENCE)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        client.connect(("127.0.0.1", port))
        request = f"GET {EXPORT} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        client.sendall(request.encode())
        assert client.recv(12) == b"HTTP/1.1 200"
        yield client


def read_on(client: socket.socket, pause: float = 0.0) -> bytes:
    """What comes to the end of the answer, or until the connection is cut."""
    read = bytearray()
    with suppress(ConnectionResetError):
        while not read.endswith(LAST_CHUNK) and (part := client.recv(BUFFER)):
            read += part
            time.sleep(pause)
    return bytes(read)


def test_a_place_is_taken_while_its_client_may_still_read(api: Api, port: int) -> None:
    """A client that pauses is served on, in full, when it goes on."""
    with begun(port, api.token) as client:
        assert api.backend.streams.acquire(blocking=False)
        assert not api.backend.streams.acquire(blocking=False)
        api.backend.streams.release()

        rest = read_on(client)

    assert rest.endswith(LAST_CHUNK)


def test_clients_that_stop_reading_give_their_places_back(
    api: Api, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All places at once; what they get is not complete, and they can tell."""
    monkeypatch.setattr(connection, "STALLED_SECONDS", 0.2)

    with ExitStack() as stack:
        clients = [stack.enter_context(begun(port, api.token)) for _ in range(MAX_STREAMS)]
        freed = [api.backend.streams.acquire(timeout=PATIENCE) for _ in clients]
        rests = [read_on(client) for client in clients]

    assert freed == [True] * MAX_STREAMS
    assert [rest.endswith(LAST_CHUNK) for rest in rests] == [False] * MAX_STREAMS


def test_a_trickle_does_not_hold_a_place_for_as_long_as_it_likes(
    api: Api, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads on again and again, but little, uses up what patience there is."""
    monkeypatch.setattr(connection, "STALLED_SECONDS", 1.0)
    monkeypatch.setattr(connection, "EARNED_SECONDS", 0.0)

    with begun(port, api.token) as client:
        rest = read_on(client, PAUSE)

    assert not rest.endswith(LAST_CHUNK)
