"""The status port's server: its answers, and clients that are slow, many or hostile."""

import socket
from collections.abc import Iterator

import pytest
from intake_world import await_truth
from running_worker import ask

from abuse_intake.errors import ConfigurationError
from abuse_intake.worker import status_server
from abuse_intake.worker.status_server import HOST, MAX_CLIENTS, Answer, StatusServer, is_a_worker


def fail() -> Answer:
    raise RuntimeError("a fault of ours")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StatusServer]:
    monkeypatch.setattr(status_server, "CLIENT_SECONDS", 1.5)
    served = StatusServer(0, {"/healthz": lambda: Answer(b"ok\n"), "/fails": fail})
    yield served
    served.close()


def connect(server: StatusServer) -> socket.socket:
    return socket.create_connection((HOST, server.port), timeout=10)


@pytest.mark.parametrize(
    ("path", "method", "status", "body"),
    [
        ("/healthz", "GET", 200, "ok\n"),
        ("/healthz?verbose=1", "GET", 200, "ok\n"),
        ("/healthz", "HEAD", 200, ""),
        ("/", "GET", 404, "there are /healthz, /readyz and /metrics\n"),
        ("/healthz/../../etc/passwd", "GET", 404, "there are /healthz, /readyz and /metrics\n"),
        ("/healthz", "POST", 405, "only GET and HEAD\n"),
        ("/healthz", "DELETE", 405, "only GET and HEAD\n"),
    ],
)
def test_it_answers_what_it_has(server: StatusServer, path: str, method: str, status: int, body: str) -> None:
    """GET and HEAD of the pages, 404 for other paths, 405 for other methods."""
    assert ask(server.port, path, method) == (status, body)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x00\xff\xfe\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"A: b\r\n" * 500 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"",
    ],
)
def test_what_is_no_request_hurts_nobody(server: StatusServer, request_bytes: bytes) -> None:
    """It is refused, and nothing that it said is repeated; the next client is answered."""
    with connect(server) as client:
        client.sendall(request_bytes)
        client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(65536), b""))

    assert b"xxxx" not in answer
    assert not answer.startswith(b"HTTP/1.0 2")
    assert ask(server.port, "/healthz")[0] == 200


def test_a_fault_in_a_page_is_the_client_s_alone(server: StatusServer) -> None:
    """The connection ends without an answer, and the next client is answered."""
    with pytest.raises(OSError, match="closed connection"):
        ask(server.port, "/fails")

    assert ask(server.port, "/healthz")[0] == 200


def test_clients_that_say_nothing_are_ended(server: StatusServer) -> None:
    """As many as there is room for keep others out for some seconds, and no longer."""
    silent = [connect(server) for _ in range(MAX_CLIENTS)]

    await_truth(lambda: answers(server))

    for client in silent:
        client.close()


def test_clients_that_drip_are_ended(server: StatusServer) -> None:
    """A byte now and then does not prolong the time of a client."""
    with connect(server) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\n")

        def is_ended() -> bool:
            try:
                client.sendall(b"A")
            except OSError:
                return True
            return False

        await_truth(is_ended)


def test_many_clients_are_bounded(server: StatusServer) -> None:
    """Those beyond the bound are turned away at once, and cost no thread."""
    clients = [connect(server) for _ in range(5 * MAX_CLIENTS)]

    turned_away = [client for client in clients if is_closed(client)]

    assert len(turned_away) >= 3 * MAX_CLIENTS
    for client in clients:
        client.close()


def is_closed(client: socket.socket) -> bool:
    client.settimeout(0.05)
    try:
        return client.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True


def answers(server: StatusServer) -> bool:
    try:
        return ask(server.port, "/healthz")[0] == 200
    except OSError:
        return False


def test_a_port_that_is_taken_is_told_with_what_to_do(server: StatusServer) -> None:
    """One line names the key, the port and the ways out."""
    with pytest.raises(
        ConfigurationError, match=r"^worker.status_port: 127.0.0.1:\d+ cannot be listened on.*choose"
    ):
        StatusServer(server.port, {})


def test_it_listens_on_this_machine_alone(server: StatusServer) -> None:
    """Another address of this machine does not answer."""
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", server.port), timeout=5)


def test_a_worker_is_known_by_its_answer(server: StatusServer) -> None:
    """`check` tells a worker of ours from another program on the port."""
    with socket.create_server((HOST, 0)) as other:
        other.settimeout(0.1)

        assert is_a_worker(server.port)
        assert not is_a_worker(other.getsockname()[1])
