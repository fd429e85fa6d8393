"""SMTP logins with a token."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from intake_world import fill_outbox, list_acknowledgements, open_database
from servers.faulty_smtp import FaultySmtp
from servers.programs import HOST
from servers.token_endpoint import TokenEndpoint
from servers.token_smtp import TokenSmtp
from token_fakes import give_tokens

from abuse_intake import urls
from abuse_intake.errors import OutboxError
from abuse_intake.oauth import open_token_source
from abuse_intake.oauth.source import RememberingSource
from abuse_intake.outbox import Outbox
from abuse_intake.outbox.smtp import SmtpCarrier
from abuse_intake.settings_oauth import OauthSettings
from abuse_intake.urls import ServiceUrl
from storage.database import Database

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DANA, SAM = "dana@woodgrove.example", "sam@fourthcoffee.example"
USER = "junk@provider.example"

pytestmark = pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS"
)  # aiosmtpd, of the server


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An outbox with one acknowledgement for each of two reporters."""
    with open_database(tmp_path) as opened:
        fill_outbox(opened, NOW, DANA, SAM)
        yield opened


give = partial(give_tokens, then="the token command failed (exit code 3): no refresh token")


def open_carrier(port: int, source: RememberingSource) -> SmtpCarrier:
    return SmtpCarrier(ServiceUrl("smtp", "", HOST, port), USER, None, source)


def deliver(database: Database, port: int, source: RememberingSource) -> None:
    Outbox(open_carrier(port, source), database, now=lambda: NOW).deliver_due()


def list_states(database: Database) -> list[str]:
    return [one.state for one in list_acknowledgements(database)]


@pytest.mark.parametrize("token", ["short", "long" * 1500])
def test_a_token_lets_mails_through(token: str, database: Database) -> None:
    """In the command's own line where it fits, else when the server asks for it."""
    with TokenSmtp(token.__eq__) as server:
        deliver(database, server.port, give(token))

        assert server.said == [f"user={USER}\x01auth=Bearer {token}\x01\x01"]
        assert server.asked == [token != "short"]
        assert sorted(server.sent_to) == [DANA, SAM]


def test_a_server_that_knows_only_the_standard_gets_it(database: Database) -> None:
    """OAUTHBEARER, of RFC 7628; a refusal ends as it says."""
    with TokenSmtp("fresh".__eq__, mechanism="OAUTHBEARER") as server:
        deliver(database, server.port, give("ended", "fresh"))

        assert server.said[1] == f"n,a={USER},\x01auth=Bearer fresh\x01\x01"
        assert server.after_refusals == [b"\x01"]


def test_a_token_that_has_ended_is_replaced(database: Database) -> None:
    """On the same connection, after the empty line that ends the refused login."""
    with TokenSmtp("fresh".__eq__) as server:
        deliver(database, server.port, give("ended", "fresh"))

        assert sorted(server.sent_to) == [DANA, SAM]
        assert server.after_refusals == [b""]


@pytest.mark.parametrize("hang_up", [False, True])
def test_a_second_refusal_says_what_to_do(hang_up: bool, database: Database) -> None:
    """In one line with the server's words and without the token; everything goes on waiting."""
    with TokenSmtp("other".__eq__, hang_up=hang_up) as server:
        with pytest.raises(OutboxError) as error:
            deliver(database, server.port, give("ended", "revoked", "third"))

        assert str(error.value) == (
            f"smtp://{HOST}:{server.port}: the server refused the token for {USER} (XOAUTH2): 535 5.7.3 Authentication "
            "unsuccessful (status 401): check that the token is for this user and allows SMTP (scope, permissions)"
        )
        assert len(server.said) == (1 if hang_up else 2)
    assert list_states(database) == ["waiting"] * 2


def test_after_a_server_that_hung_up_the_next_run_has_a_fresh_token(database: Database) -> None:
    """A refused token is forgotten also where the connection ended with it."""
    source = give("ended", "fresh")
    with TokenSmtp("fresh".__eq__, hang_up=True) as server:
        with pytest.raises(OutboxError):
            deliver(database, server.port, source)

        assert "logged in with XOAUTH2" in open_carrier(server.port, source).check()


def test_without_a_token_everything_waits(database: Database) -> None:
    """What the source says is the outbox's error."""
    complaint = r"the token command failed \(exit code 3\): no refresh token"
    with TokenSmtp("good".__eq__) as server, pytest.raises(OutboxError, match=complaint):
        deliver(database, server.port, give())

    assert list_states(database) == ["waiting"] * 2


def test_a_server_without_such_logins_is_one_line(database: Database, faulty_smtp: FaultySmtp) -> None:
    """It says that this server takes no tokens."""
    with pytest.raises(
        OutboxError, match=r"offers no login with a token \(XOAUTH2\): use outbox\.password_file"
    ):
        deliver(database, faulty_smtp.port, give("good"))


def test_a_server_elsewhere_without_tls_gets_no_token(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where STARTTLS is not offered, nobody logs in."""
    monkeypatch.setattr(urls, "LOOPBACK_HOSTS", frozenset())
    with TokenSmtp("good".__eq__) as server:
        with pytest.raises(OutboxError, match="offers no STARTTLS"):
            deliver(database, server.port, give("good"))

        assert server.said == []


def test_connections_at_once_share_a_token(tmp_path: Path) -> None:
    """When all are refused at once, one fresh token serves them all."""
    with TokenEndpoint() as endpoint:
        known = endpoint.registered
        (tmp_path / "secret").write_text(known.client_secret)
        settings = OauthSettings(
            token_url=endpoint.url,
            client_id=known.client_id,
            client_secret_file=Path("secret"),
            scope=known.scope,
        )
        source = open_token_source(settings, USER, tmp_path)
        ended = source.get()
        with TokenSmtp(lambda token: token in endpoint.given and token != ended) as server:
            carriers = [
                SmtpCarrier(ServiceUrl("smtp", "", HOST, server.port), USER, None, source) for _ in range(8)
            ]
            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(SmtpCarrier.check, carriers))

        assert all("logged in with XOAUTH2" in answer for answer in answers)
        assert len(endpoint.requests) == 2


@pytest.mark.parametrize("challenge", [b"a", b"!!!", b"\xff"])
def test_a_strange_challenge_is_an_error_of_the_outbox(challenge: bytes, database: Database) -> None:
    """Whatever a server says in the middle of a login, the worker goes on."""
    with socket.create_server((HOST, 0)) as listening:
        serving = threading.Thread(target=serve_challenge, args=(listening, challenge))
        serving.start()

        with pytest.raises(OutboxError):
            deliver(database, listening.getsockname()[1], give("good"))
        serving.join(10)

    assert list_states(database) == ["waiting"] * 2


def serve_challenge(listening: socket.socket, challenge: bytes) -> None:
    connection, _ = listening.accept()
    with connection, connection.makefile("rwb", buffering=0) as lines:
        lines.write(b"220 ready\r\n")
        while line := lines.readline():
            if line.startswith(b"AUTH"):
                lines.write(b"334 " + challenge + b"\r\n")
                lines.readline()
                return
            lines.write(b"250-tokens.example\r\n250 AUTH XOAUTH2\r\n")
