"""`abuse-intake web` as a process: signals, slow clients, what is no HTTP, TLS, and a worker beside it."""

import json
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest
from command_line import CommandLine
from running_api import CONFIGURATION, RunningApi, run_api
from servers.certificate import make_certificate
from storage_builders import NOW
from web_world import ADMIN, PREFIX

from storage.database import Database
from storage.decisions import Decision, decide
from storage.tokens import add_token


@pytest.fixture
def running(seeded: Path, tmp_path: Path) -> Iterator[RunningApi]:
    """Over seeded data, without a token."""
    shutil.copy(seeded, tmp_path / "test.db")
    with run_api(tmp_path) as api:
        yield api


def test_it_ends_cleanly(running: RunningApi) -> None:
    """As a service manager ends it, with what it tells at start and end."""
    answered = httpx.get(f"{running.url}{PREFIX}/incidents")

    assert (answered.status_code, running.stop()) == (200, 0)
    assert "there is no token" in running.log()
    assert "the API ended" in running.log()
    assert "level=error" not in running.log()


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n\r\n",
        b"no http\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /api/v1/parse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
    ids=["empty", "words", "TLS", "bytes", "smuggled"],
)
def test_what_is_no_request_is_told_so(running: RunningApi, sent: bytes) -> None:
    """In our form, and the connection is closed."""
    with closing(running.connect()) as connection:
        connection.sendall(sent)
        answered = b"".join(iter(lambda: connection.recv(65_536), b""))

    head, _, body = answered.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["status"] == 400


def test_a_head_without_an_end_is_cut_off(running: RunningApi) -> None:
    """Memory is bounded, and the others are served."""
    with closing(running.connect()) as connection, suppress(ConnectionError):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 2_000_000)
        while connection.recv(65_536):
            pass

    assert httpx.get(f"{running.url}{PREFIX}/stats").status_code == 200


def test_a_long_query_is_answered(running: RunningApi) -> None:
    """Up to 200 KB of it as any other; nothing is found."""
    target = b"%s/incidents?search=%s" % (PREFIX.encode(), b"x" * 100_000)
    with closing(running.connect()) as connection:
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % target)
        answered = b"".join(iter(lambda: connection.recv(65_536), b""))

    head, _, body = answered.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert json.loads(body)["items"] == []


def test_what_others_store_is_seen(running: RunningApi) -> None:
    """A worker works beside it, on the same file."""
    database = Database(f"sqlite:///{running.folder}/test.db")
    with closing(database), database.begin() as session:
        decide(session, ["1"], Decision(status="confirmed"), ADMIN, NOW)

    answered = httpx.get(f"{running.url}{PREFIX}/incidents/1")

    assert answered.json()["status"] == "confirmed"


def test_tls_is_spoken(seeded: Path, tmp_path: Path) -> None:
    """With the certificate that is configured."""
    shutil.copy(seeded, tmp_path / "test.db")
    certificate = make_certificate(tmp_path)
    tls = '\n[web]\ntls_certificate = "cert.pem"\ntls_key = "key.pem"\n'
    trusted = ssl.create_default_context(cafile=str(certificate.cert))

    with run_api(tmp_path, configuration=CONFIGURATION + tls) as api:
        answered = httpx.get(f"https://localhost:{api.port}{PREFIX}/stats", verify=trusted)

    assert answered.status_code == 200


def test_beyond_this_machine_it_does_not_start(cli: CommandLine) -> None:
    """It says what to do, in a line."""
    answer = cli("web", "--host", "0.0.0.0", "--port", "0")

    assert answer.code == 2
    assert "abuse-intake tokens add" in answer.complaint()


def test_with_tokens_alone_it_does_not_start_either(cli: CommandLine) -> None:
    """They must not go over the net in the clear."""
    cli("db", "upgrade")
    database = Database(f"sqlite:///{cli.folder}/abuse-intake.db")
    with closing(database), database.begin() as session:
        add_token(session, "ann", "reader", None, ADMIN, NOW)

    answer = cli("web", "--host", "::", "--port", "0")

    assert answer.code == 2
    assert "web.tls_certificate" in answer.complaint()


def test_a_missing_library_is_told(cli: CommandLine) -> None:
    """With the command that installs it."""
    script = "import sys; sys.modules['uvicorn'] = None; from abuse_intake.cli import main; main(['web'])"

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=cli.folder, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install '.[web]'" in done.stderr
