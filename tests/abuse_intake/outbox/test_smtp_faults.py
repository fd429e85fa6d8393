"""Whatever goes wrong between us and the SMTP server, at whatever command: nothing is lost, nothing comes twice."""

import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from intake_world import fill_outbox, list_acknowledgements, open_database
from servers.certificate import make_certificate
from servers.faulty_proxy import Fault, FaultyProxy, answer, drip, flood, reset, stall
from servers.faulty_smtp import FaultySmtp
from servers.programs import HOST

from abuse_intake import urls
from abuse_intake.errors import OutboxError
from abuse_intake.outbox import Outbox, smtp
from abuse_intake.outbox.smtp import SmtpCarrier
from abuse_intake.urls import ServiceUrl
from storage.database import Database
from storage.values import AcknowledgementRecord

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
REFUSED, *OTHERS = [f"reporter{number}@woodgrove.example" for number in range(5)]
ALL = [REFUSED, *OTHERS]
PATIENCE = 0.3

COMMANDS = {
    "greeting": rb"^$",
    "EHLO": rb"^ehlo ",
    "AUTH": rb"^AUTH ",
    "MAIL": rb"^mail ",
    "RCPT": rb"^RCPT ",
    "DATA": rb"^DATA\r\n",
    "content": rb"^Thank you\.",
    "final dot": rb"^\.\r\n",
    "RSET": rb"^rset\r\n",
    "QUIT": rb"^quit\r\n",
}
FAULTS = {
    "reset": reset(),
    "reset after the answer": reset(after_answer=True),
    "stall": stall(),
    "stall after the command": stall(after_answer=True),
    "drip": drip(seconds=0.1),
    "421": answer("421 4.3.2 Closing", closing=True),
    "451": answer("451 4.3.0 Try later"),
    "452": answer("452 4.2.2 Over quota"),
    "550": answer("550 5.7.1 Never"),
    "552": answer("552 5.3.4 Too large"),
    "garbage": answer("hello? is it me you are looking for"),
    "flood": flood("250-and more"),
}
LASTING = ("reset", "reset after the answer", "stall", "drip", "421", "451", "550", "garbage", "flood")
REFUSES_A_MAIL = ("RCPT", "DATA", "final dot")
CASES = [
    (command, fault)
    for command in COMMANDS
    for fault in FAULTS
    # In the middle of the content no server answers, but for the one that goes.
    if command != "content" or fault in ("reset", "stall", "421")
]


def make_server_context(folder: Path) -> ssl.SSLContext:
    made = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.cert, made.key)
    return context


def authenticate(*_: object) -> AuthResult:
    return AuthResult(success=True, handled=False)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultySmtp]:
    """A server with a login."""
    with FaultySmtp(authenticator=authenticate, auth_require_tls=False) as started:
        yield started


@pytest.fixture(scope="module")
def proxy(server: FaultySmtp) -> Iterator[FaultyProxy]:
    with FaultyProxy(server.port) as started:
        yield started


@pytest.fixture
def database(tmp_path: Path, server: FaultySmtp, proxy: FaultyProxy) -> Iterator[Database]:
    """Five wait; nothing is spoilt yet."""
    server.heal()
    server.accepted.clear()
    proxy.heal()
    with open_database(tmp_path) as opened:
        fill_outbox(opened, NOW, *ALL)
        yield opened


@contextmanager
def little_patience() -> Iterator[None]:
    """Nobody is waited for long; OutboxError is as good as another end."""
    with pytest.MonkeyPatch.context() as patch, suppress(OutboxError):
        patch.setattr(smtp, "TIMEOUT_SECONDS", PATIENCE)
        yield


def deliver(database: Database, port: int, now: datetime, *, connections: int = 2) -> None:
    carrier = SmtpCarrier(ServiceUrl("smtp", "", HOST, port), "junk", "secret", connections=connections)
    Outbox(carrier, database, now=lambda: now).deliver_due()


def may_fail(command: str, fault: Fault) -> bool:
    return command in REFUSES_A_MAIL and fault.text.startswith("5")


def check_each(records: list[AcknowledgementRecord], server: FaultySmtp, command: str, fault: Fault) -> None:
    """What the server has, and what we say that it has, agree."""
    accepted = Counter(address for message in server.accepted for address in message.rcpt_tos)
    for one in records:
        if one.state == "failed":
            assert may_fail(command, fault), one.last_error
            assert accepted[one.to] == 0
        elif one.state == "outcome_unknown":
            assert command in ("final dot", "content"), one.last_error
            assert accepted[one.to] <= 1
        else:
            assert (one.state, accepted[one.to]) == ("sent", 1), one.last_error


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("command", "fault"), CASES)
def test_a_fault_loses_nothing_and_doubles_nothing(
    database: Database, server: FaultySmtp, proxy: FaultyProxy, command: str, fault: str
) -> None:
    """A fault at one command costs at most the mail in hand; the next run, on a healed way, delivers all the rest."""
    proxy.spoil(COMMANDS[command], FAULTS[fault])
    if command == "RSET":
        server.fail("RCPT", "450 4.2.0 Greylisted", times=1, address=REFUSED)

    with little_patience():
        deliver(database, proxy.port, NOW)
    proxy.heal()
    server.heal()
    deliver(database, proxy.port, LATER)

    records = list_acknowledgements(database)
    assert proxy.spoilt
    check_each(records, server, command, FAULTS[fault])
    assert sum(one.state != "sent" for one in records) <= 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("command", "fault"), [case for case in CASES if case[1] in LASTING])
def test_a_fault_that_lasts_loses_nothing_and_doubles_nothing(
    database: Database, server: FaultySmtp, proxy: FaultyProxy, command: str, fault: str
) -> None:
    """Where every connection and every mail meets it, the run ends all the same, and the next one delivers the rest."""
    proxy.spoil(COMMANDS[command], FAULTS[fault], times=None)
    if command == "RSET":
        server.fail("RCPT", "450 4.2.0 Greylisted")

    with little_patience():
        deliver(database, proxy.port, NOW)
    proxy.heal()
    server.heal()
    deliver(database, proxy.port, LATER)

    check_each(list_acknowledgements(database), server, command, FAULTS[fault])


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(
    ("fault", "problem"),
    [(drip(seconds=0.1), "timed out"), (flood("250-more"), "the server's answer has no end")],
)
@pytest.mark.parametrize("command", ["greeting", "EHLO"])
def test_an_answer_that_does_not_end_is_given_up(
    database: Database,
    proxy: FaultyProxy,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    fault: Fault,
    problem: str,
) -> None:
    """Each byte comes in time, and the answer never: the way is closed, in one line that says why."""
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", PATIENCE)
    proxy.spoil(COMMANDS[command], fault, times=None)

    with pytest.raises(OutboxError, match=problem):
        deliver(database, proxy.port, NOW, connections=1)

    records = list_acknowledgements(database)
    assert {(one.state, one.attempts, one.next_attempt_at) for one in records} == {
        ("waiting", 0, NOW + timedelta(seconds=1))
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_starttls_loses_nothing(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """A connection that does not become a safe one is none."""
    monkeypatch.setattr(urls, "LOOPBACK_HOSTS", frozenset())
    context = make_server_context(tmp_path)
    with FaultySmtp(tls_context=context) as server, FaultyProxy(server.port) as proxy:
        proxy.spoil(rb"^STARTTLS", FAULTS[fault])
        with little_patience():
            deliver_without_login(database, proxy.port, NOW)
        proxy.heal()
        deliver_without_login(database, proxy.port, LATER)

        assert proxy.spoilt
        check_each(list_acknowledgements(database), server, "STARTTLS", FAULTS[fault])


def deliver_without_login(database: Database, port: int, now: datetime) -> None:
    carrier = SmtpCarrier(ServiceUrl("smtp", "", HOST, port), None, None)
    Outbox(carrier, database, now=lambda: now).deliver_due()


@pytest.mark.parametrize("refusal", ["554 5.3.2 No service here", "550 5.7.1 Go away"])
@pytest.mark.parametrize("stage", ["CONNECT", "MAIL"])
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_refusal_of_us_is_final_for_nobody(
    database: Database, server: FaultySmtp, stage: str, refusal: str
) -> None:
    """5xx to the greeting or to MAIL says nothing about a recipient: it is told, and all are tried again soon."""
    server.fail(stage, refusal)  # type: ignore[arg-type]

    with pytest.raises(OutboxError, match=refusal[:3]):
        deliver(database, server.port, NOW)
    server.heal()
    deliver(database, server.port, NOW + timedelta(seconds=1))

    assert {one.state for one in list_acknowledgements(database)} == {"sent"}


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_server_that_wants_a_login_fails_nobody(database: Database, server: FaultySmtp, stage: str) -> None:
    """530 is about us, at whatever command it comes (RFC 4954, section 6): they wait, each for its next attempt."""
    server.fail(stage, "530 5.7.0 Authentication required")  # type: ignore[arg-type]

    deliver(database, server.port, NOW)

    assert {(one.state, one.attempts) for one in list_acknowledgements(database)} == {("waiting", 1)}


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_an_address_whose_server_wants_a_login_costs_only_itself(
    database: Database, server: FaultySmtp
) -> None:
    """A relay may pass on what a recipient's server said: that closes the way for nobody else."""
    server.fail("RCPT", "530 5.7.0 Authentication required", address=REFUSED)

    deliver(database, server.port, NOW, connections=1)

    states = {one.to: one.state for one in list_acknowledgements(database)}
    assert states == {REFUSED: "waiting", **dict.fromkeys(OTHERS, "sent")}


@pytest.mark.parametrize(
    ("stage", "refusal", "state"),
    [
        ("RCPT", "452 4.2.2 Over quota", "waiting"),
        ("RCPT", "552 5.2.2 Over quota", "failed"),
        ("END", "552 5.3.4 Too large", "failed"),
        ("END", "452 4.3.1 No room", "waiting"),
        ("END", "421 4.3.2 Closing", "waiting"),
    ],
)
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_first_digit_decides_over_a_mail(
    database: Database, server: FaultySmtp, stage: str, refusal: str, state: str
) -> None:
    """4xx waits, 5xx to a recipient or to the content is final for that one, and the others are delivered."""
    server.fail(stage, refusal, address=REFUSED)  # type: ignore[arg-type]

    deliver(database, server.port, NOW)

    states = {one.to: one.state for one in list_acknowledgements(database)}
    assert states == {REFUSED: state, **dict.fromkeys(OTHERS, "sent")}


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("command", ["RCPT", "final dot"])
def test_a_connection_that_is_lost_with_each_mail_is_given_up(
    database: Database, proxy: FaultyProxy, command: str
) -> None:
    """Two in a row are enough: the others wait for the next run, and that is no attempt of theirs."""
    proxy.spoil(COMMANDS[command], reset(), times=None)

    with pytest.raises(OutboxError):
        deliver(database, proxy.port, NOW, connections=1)

    attempts = [one.attempts for one in list_acknowledgements(database)]
    assert attempts == [1, 1, 0, 0, 0]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_after_421_the_connection_is_not_used_again(
    database: Database, server: FaultySmtp, proxy: FaultyProxy
) -> None:
    """Also where the server says that it closes, and does not."""
    server.stages.clear()
    proxy.spoil(COMMANDS["RCPT"], answer("421 4.3.2 Closing"))

    deliver(database, proxy.port, NOW, connections=1)

    assert server.stages.count("EHLO") == 2
    assert [one.state for one in list_acknowledgements(database)] == ["waiting"] + ["sent"] * 4
