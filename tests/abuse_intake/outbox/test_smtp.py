"""Acknowledgements over SMTP: whatever the server does, none is lost and none is sent twice."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from intake_world import (
    DEAD_PROCESS,
    OURSELVES,
    fill_outbox,
    list_acknowledgements,
    make_acknowledgement,
    open_database,
    put_into_outbox,
)
from report_builders import REPORTER, make_hop, make_read_mail, make_report, unattributed
from servers.faulty_smtp import FaultySmtp
from servers.programs import HOST, find_free_port
from servers.smtp_sink import SmtpSink

from abuse_intake import processes, urls
from abuse_intake.acknowledgement import render_acknowledgement
from abuse_intake.errors import OutboxError
from abuse_intake.outbox import DeliverySummary, Outbox, smtp
from abuse_intake.outbox.ledger import Ledger
from abuse_intake.outbox.smtp import SmtpCarrier
from abuse_intake.urls import ServiceUrl
from storage import acknowledgements
from storage.database import Database, Session
from storage.errors import DatabaseUnavailable
from storage.values import DueAcknowledgement, NewAcknowledgement

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DANA, SAM, KIM = "dana@woodgrove.example", "sam@fourthcoffee.example", "kim@lucerne.example"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An outbox with one acknowledgement for each of three reporters."""
    with open_database(tmp_path) as opened:
        fill_outbox(opened, NOW, DANA, SAM, KIM)
        yield opened


def open_carrier(
    port: int, *, username: str | None = None, password: str | None = None, scheme: str = "smtp"
) -> SmtpCarrier:
    return SmtpCarrier(ServiceUrl(scheme, "", HOST, port), username, password)


def deliver(database: Database, port: int, now: datetime = NOW) -> DeliverySummary:
    return Outbox(open_carrier(port), database, now=lambda: now).deliver_due()


def list_states(database: Database) -> list[str]:
    return [one.state for one in list_acknowledgements(database)]


def list_recipients(server: FaultySmtp) -> list[str]:
    return [address for message in server.accepted for address in message.rcpt_tos]


@pytest.mark.postfix
def test_a_real_server_takes_them_as_they_are(database: Database, smtp_sink: SmtpSink) -> None:
    """Each comes to its reporter alone, from the null sender, with lines that begin with a dot unharmed."""
    smtp_sink.clear()

    deliver(database, smtp_sink.port)

    taken = smtp_sink.transactions()
    assert {one.rcpt_tos for one in taken} == {(DANA,), (SAM,), (KIM,)}
    assert {one.mail_from for one in taken} == {""}
    contents = {one.content.replace(b"\n", b"\r\n") for one in taken}
    assert contents == {
        make_acknowledgement(number, NOW, to).content for number, to in enumerate((DANA, SAM, KIM), 1)
    }
    assert list_states(database) == ["sent"] * 3


NASTY_SUBJECT = (
    "Hi\r\nBcc: v@x.example\r\n\r\n.\r\nMAIL FROM:<x@evil.example>\n.\n\r.\r\x00 \x1b[31m\x85\u2028\u202e\u2066"
    ". \u05d0 é =?utf-8?q?=0D=0ABcc:_x?= %0d%0a http://evil.example/ " + "a" * 2000
)


def _render_nasty() -> NewAcknowledgement:
    report = make_report(make_hop("192.0.2.5"), subject=NASTY_SUBJECT, message_id=f"<{NASTY_SUBJECT}@x>")
    return render_acknowledgement(make_read_mail(report), [unattributed()], OURSELVES, NOW, NOW)


@pytest.mark.postfix
def test_a_real_server_gets_what_was_stored(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """A reported subject that holds every nasty thing makes one mail, the same to the byte, to its reporter alone."""
    smtp_sink.clear()
    letter = _render_nasty()
    with open_database(tmp_path) as database:
        put_into_outbox(database, NOW, letter)

        deliver(database, smtp_sink.port)

    (taken,) = smtp_sink.transactions()
    assert taken.content.replace(b"\n", b"\r\n") == letter.content
    assert taken.rcpt_tos == (REPORTER,)
    parsed = message_from_bytes(taken.content)
    assert (parsed["To"], parsed["Bcc"], parsed.defects) == (REPORTER, None, [])


def test_another_server_gets_what_was_stored(tmp_path: Path, faulty_smtp: FaultySmtp) -> None:
    """So does a server of another make, which keeps line ends as they come."""
    letter = _render_nasty()
    with open_database(tmp_path) as database:
        put_into_outbox(database, NOW, letter)

        deliver(database, faulty_smtp.port)

    assert faulty_smtp.messages() == [letter.content]
    assert faulty_smtp.stages.count("MAIL") == 1


@pytest.mark.parametrize(
    "address",
    ["o'neil+{x}|a%b!c@woodgrove.example", "-f@woodgrove.example", "=0D=0A@woodgrove.example", "a=?b?=@x_y.example"],
)  # fmt: skip
def test_a_strict_address_is_told_as_it_is(tmp_path: Path, faulty_smtp: FaultySmtp, address: str) -> None:
    """No library reads it once more on its way into the command."""
    with open_database(tmp_path) as database:
        fill_outbox(database, NOW, address)

        deliver(database, faulty_smtp.port)

    assert list_recipients(faulty_smtp) == [address]


def test_one_connection_serves_all(database: Database, faulty_smtp: FaultySmtp) -> None:
    """A batch goes over one connection."""
    deliver(database, faulty_smtp.port)

    assert faulty_smtp.stages.count("EHLO") == 1
    assert list_states(database) == ["sent"] * 3


def test_dots_arrive_as_they_were(database: Database, faulty_smtp: FaultySmtp) -> None:
    """A dot at the start of a line is doubled on the way, so that it is one again at the other end."""
    deliver(database, faulty_smtp.port)

    assert faulty_smtp.messages()[0] == make_acknowledgement(1, NOW, DANA).content


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "END"])
def test_a_refusal_for_now_waits(database: Database, faulty_smtp: FaultySmtp, stage: str) -> None:
    """4xx to its recipient or its content costs one attempt; it waits, with the answer, and goes out later."""
    faulty_smtp.fail(stage, "451 4.3.0 Try later", times=1)  # type: ignore[arg-type]

    deliver(database, faulty_smtp.port)

    first = list_acknowledgements(database)[0]
    assert list_states(database) == ["waiting", "sent", "sent"]
    assert first.next_attempt_at == NOW + timedelta(minutes=1)
    assert first.last_error == "451 4.3.0 Try later"
    deliver(database, faulty_smtp.port, LATER)
    assert sorted(list_recipients(faulty_smtp)) == sorted([DANA, SAM, KIM])


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "END"])
def test_a_refusal_for_good_is_final(database: Database, faulty_smtp: FaultySmtp, stage: str) -> None:
    """5xx at any stage fails that acknowledgement; it is never tried again, and the others go out."""
    faulty_smtp.fail(stage, "554 5.7.1 Never", times=1)  # type: ignore[arg-type]

    deliver(database, faulty_smtp.port)
    deliver(database, faulty_smtp.port, LATER)

    assert list_states(database) == ["failed", "sent", "sent"]
    assert list_acknowledgements(database)[0].last_error == "554 5.7.1 Never"
    assert list_recipients(faulty_smtp) == [SAM, KIM]


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        ("530 5.7.0 Authentication required", r"takes no mail from us .*530 5\.7\.0 Authentication required"),
        ("421 4.7.0 Too many mails", r"takes no mail now .*421 4\.7\.0 Too many mails"),
        ("451 4.3.0 Try later", r"takes no mail now .*451 4\.3\.0 Try later"),
    ],
)
def test_a_server_that_refuses_us_costs_no_acknowledgement(
    database: Database, faulty_smtp: FaultySmtp, refusal: str, told: str
) -> None:
    """A refusal of MAIL is about us, not about a recipient: it is told, no attempt is counted, all is tried again."""
    faulty_smtp.fail("MAIL", refusal, times=1)

    with pytest.raises(OutboxError, match=told):
        deliver(database, faulty_smtp.port)
    attempts = [one.attempts for one in list_acknowledgements(database)]
    deliver(database, faulty_smtp.port, NOW + timedelta(seconds=1))

    assert attempts == [0, 0, 0]
    assert list_states(database) == ["sent", "sent", "sent"]


def test_a_refused_recipient_costs_only_itself(database: Database, faulty_smtp: FaultySmtp) -> None:
    """One address that is not there fails; those before and after it are delivered."""
    faulty_smtp.fail("RCPT", "550 5.1.1 No such user", address=SAM)

    summary = deliver(database, faulty_smtp.port)

    assert list_states(database) == ["sent", "failed", "sent"]
    assert (summary.sent, summary.failed) == (2, 1)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_connection_that_breaks_before_the_data_is_tried_again(
    database: Database, faulty_smtp: FaultySmtp, stage: str
) -> None:
    """Nothing was handed over, so it waits; the next one gets a new connection."""
    faulty_smtp.drop(stage, times=1)  # type: ignore[arg-type]

    deliver(database, faulty_smtp.port)

    assert list_states(database) == ["waiting", "sent", "sent"]
    deliver(database, faulty_smtp.port, LATER)
    assert list_states(database) == ["sent"] * 3


@pytest.mark.parametrize("accepting", [True, False])
def test_a_connection_that_breaks_after_the_data_is_of_unknown_outcome(
    database: Database, faulty_smtp: FaultySmtp, accepting: bool
) -> None:
    """The server may have taken it: it is never sent again, and the others go out."""
    faulty_smtp.drop("END", times=1, accepting=accepting)

    summary = deliver(database, faulty_smtp.port)
    deliver(database, faulty_smtp.port, LATER)

    assert list_states(database) == ["outcome_unknown", "sent", "sent"]
    assert summary.outcome_unknown == 1
    assert list_recipients(faulty_smtp) == ([DANA] if accepting else []) + [SAM, KIM]


def test_a_silent_server_is_of_unknown_outcome(
    database: Database, faulty_smtp: FaultySmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that does not come in time is no answer."""
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 0.3)
    faulty_smtp.stall("END", seconds=1, times=1, accepting=True)

    deliver(database, faulty_smtp.port)

    assert list_states(database) == ["outcome_unknown", "sent", "sent"]


def test_an_answer_that_is_none_is_of_unknown_outcome(database: Database, faulty_smtp: FaultySmtp) -> None:
    """What says neither yes nor no after all data was sent is not taken for a no."""
    faulty_smtp.fail("END", "hello?", times=1)

    deliver(database, faulty_smtp.port)
    deliver(database, faulty_smtp.port, LATER)

    assert list_states(database) == ["outcome_unknown", "sent", "sent"]


def test_any_answer_of_success_is_success(database: Database, faulty_smtp: FaultySmtp) -> None:
    """Only the first digit of an answer counts (RFC 5321, section 4.3.2)."""
    faulty_smtp.fail("END", "200 fine", times=1)

    deliver(database, faulty_smtp.port)

    assert list_states(database) == ["sent"] * 3


def test_what_a_dead_process_had_sent_is_of_unknown_outcome(
    database: Database, faulty_smtp: FaultySmtp
) -> None:
    """The stage "data sent" that a killed process committed is never gone through again."""
    with database.begin() as session:
        acknowledgements.claim_due(
            session, DEAD_PROCESS, processes.is_alive, NOW, timedelta(minutes=10), limit=1
        )
        acknowledgements.mark_data_sent(session, ["1"], DEAD_PROCESS, NOW)

    deliver(database, faulty_smtp.port)

    assert list_states(database) == ["outcome_unknown", "sent", "sent"]
    assert list_recipients(faulty_smtp) == [SAM, KIM]


def test_what_a_dead_process_had_begun_is_sent(database: Database, faulty_smtp: FaultySmtp) -> None:
    """Killed before all data was sent, the server has nothing: it is sent by the next process at once."""
    with database.begin() as session:
        acknowledgements.claim_due(
            session, DEAD_PROCESS, processes.is_alive, NOW, timedelta(minutes=10), limit=1
        )

    deliver(database, faulty_smtp.port)

    assert list_states(database) == ["sent"] * 3
    assert list_recipients(faulty_smtp) == [DANA, SAM, KIM]


class FailingLedger(Ledger):
    """The database goes away when the stage is to be committed."""

    def note_data_sent(self, due: object) -> list[DueAcknowledgement]:
        raise DatabaseUnavailable("the database cannot be used: gone")


def test_without_the_committed_stage_the_dot_is_not_sent(
    database: Database, faulty_smtp: FaultySmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When "data sent" cannot be committed, the server gets no whole mail, and nobody waits for its answer."""
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 5.0)
    carrier = open_carrier(faulty_smtp.port)
    with database.begin() as session:
        due = acknowledgements.claim_due(
            session, DEAD_PROCESS, processes.is_alive, NOW, timedelta(minutes=10), limit=1
        )
    began = datetime.now(UTC)

    with pytest.raises(DatabaseUnavailable):
        carrier.deliver(due, FailingLedger(database, DEAD_PROCESS, lambda: NOW))
    carrier.close()

    assert faulty_smtp.accepted == []
    assert datetime.now(UTC) - began < timedelta(seconds=3)


def test_an_answer_outlasts_a_short_outage_of_the_database(
    database: Database, faulty_smtp: FaultySmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the server has accepted is sent, also where the database takes that only at the third try."""
    mark_sent, tries = acknowledgements.mark_sent, Counter[str]()

    def mark_at_the_third_try(session: Session, ids: Collection[str], owner: str, now: datetime) -> None:
        tries[",".join(ids)] += 1
        if tries[",".join(ids)] < 3:
            raise DatabaseUnavailable("the database cannot be used: gone")
        mark_sent(session, ids, owner, now)

    monkeypatch.setattr(acknowledgements, "mark_sent", mark_at_the_third_try)

    deliver(database, faulty_smtp.port)

    assert list_states(database) == ["sent"] * 3


def test_a_server_that_is_away_loses_nothing(database: Database) -> None:
    """OutboxError in one line; all still wait, with the reason, and later than now."""
    port = find_free_port()

    with pytest.raises(OutboxError) as error:
        deliver(database, port)

    assert str(error.value) == f"smtp://{HOST}:{port}: Connection refused"
    records = list_acknowledgements(database)
    assert [(one.state, one.last_error) for one in records] == [("waiting", str(error.value))] * 3
    assert all(one.next_attempt_at and one.next_attempt_at > NOW for one in records)


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO"])
def test_a_server_that_hangs_up_at_the_greeting_loses_nothing(
    database: Database, faulty_smtp: FaultySmtp, stage: str
) -> None:
    """A connection that never comes about is a closed way."""
    faulty_smtp.drop(stage)  # type: ignore[arg-type]

    with pytest.raises(OutboxError):
        deliver(database, faulty_smtp.port)

    assert list_states(database) == ["waiting"] * 3
    faulty_smtp.heal()
    assert deliver(database, faulty_smtp.port, LATER).sent == 3


def test_a_greeting_of_421_loses_nothing(database: Database, faulty_smtp: FaultySmtp) -> None:
    """A server that is closing is a closed way, told in its own words."""
    faulty_smtp.fail("CONNECT", "421 4.3.2 Closing")

    with pytest.raises(OutboxError, match="421"):
        deliver(database, faulty_smtp.port)

    assert list_states(database) == ["waiting"] * 3


def test_421_in_the_middle_costs_one_attempt(database: Database, faulty_smtp: FaultySmtp) -> None:
    """A server that closes the connection with an answer is connected to again."""
    faulty_smtp.fail("RCPT", "421 4.3.2 Too many", times=1)

    deliver(database, faulty_smtp.port)

    assert list_states(database) == ["waiting", "sent", "sent"]


def test_stages_come_in_order(database: Database, faulty_smtp: FaultySmtp) -> None:
    """The final dot is the last thing that a server hears of a mail."""
    deliver(database, faulty_smtp.port)

    assert faulty_smtp.stages[-4:] == ["MAIL", "RCPT", "DATA", "END"]


class Authenticator:
    """Knows one user, and notes what was tried."""

    def __init__(self) -> None:
        self.tried: list[tuple[bytes, bytes]] = []

    def __call__(self, *asked: object) -> AuthResult:
        given = asked[-1]
        pair = (getattr(given, "login", b""), getattr(given, "password", b""))
        self.tried.append(pair)
        return AuthResult(success=pair == (b"junk", b"secret"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # aiosmtpd, of the server
def test_it_logs_in(database: Database) -> None:
    """With a username and a password, the server that asks for them takes the mails."""
    knows = Authenticator()
    with FaultySmtp(authenticator=knows, auth_required=True, auth_require_tls=False) as server:
        carrier = open_carrier(server.port, username="junk", password="secret")

        Outbox(carrier, database, now=lambda: NOW).deliver_due()

        assert len(server.accepted) == 3
    assert knows.tried == [(b"junk", b"secret")]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_refused_login_is_one_line(database: Database) -> None:
    """It names the user and what to check, not the password; everything goes on waiting."""
    with FaultySmtp(authenticator=Authenticator(), auth_required=True, auth_require_tls=False) as server:
        carrier = open_carrier(server.port, username="junk", password="wrong-one")

        with pytest.raises(OutboxError) as error:
            Outbox(carrier, database, now=lambda: NOW).deliver_due()

    assert str(error.value) == (
        f"smtp://{HOST}:{server.port}: the server refused the login of junk (535): "
        "check outbox.username and outbox.password_file"
    )
    assert list_states(database) == ["waiting"] * 3


def test_a_server_elsewhere_without_tls_gets_no_password(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where STARTTLS is not offered, nobody logs in."""
    monkeypatch.setattr(urls, "LOOPBACK_HOSTS", frozenset())
    knows = Authenticator()
    with FaultySmtp(authenticator=knows, auth_require_tls=False) as server:
        carrier = open_carrier(server.port, username="junk", password="secret")

        with pytest.raises(OutboxError, match="offers no STARTTLS, so no password is sent"):
            Outbox(carrier, database, now=lambda: NOW).deliver_due()

    assert knows.tried == []


def test_check_says_what_the_server_takes(faulty_smtp: FaultySmtp) -> None:
    """`check` connects, says so, and sends nothing."""
    answer = open_carrier(faulty_smtp.port).check()

    assert answer == f"smtp://{HOST}:{faulty_smtp.port}: answers; no TLS; no login; takes 33554432 bytes"
    assert "MAIL" not in faulty_smtp.stages


def test_an_empty_batch_connects_to_nobody(database: Database, faulty_smtp: FaultySmtp) -> None:
    """With nothing due, no connection is opened."""
    due: tuple[DueAcknowledgement, ...] = ()

    open_carrier(faulty_smtp.port).deliver(due, Ledger(database, DEAD_PROCESS, lambda: NOW))

    assert "EHLO" not in faulty_smtp.stages


class OvertakenLedger(Ledger):
    """Another delivery takes over what this one has sent the data of."""

    def note_data_sent(self, due: object) -> list[DueAcknowledgement]:
        return []


def test_what_another_delivery_took_over_is_not_completed(
    database: Database, faulty_smtp: FaultySmtp
) -> None:
    """Without the lease the final dot is not sent, so that the reporter gets one acknowledgement and not two."""
    carrier = open_carrier(faulty_smtp.port)
    with database.begin() as session:
        due = acknowledgements.claim_due(
            session, DEAD_PROCESS, processes.is_alive, NOW, timedelta(minutes=10), limit=1
        )

    carrier.deliver(due, OvertakenLedger(database, DEAD_PROCESS, lambda: NOW))
    carrier.close()

    assert faulty_smtp.accepted == []


def test_a_stop_is_heeded_between_mails(database: Database, faulty_smtp: FaultySmtp) -> None:
    """A worker that is to end finishes the mail in hand; the others wait, and that counts as no attempt."""
    carrier = open_carrier(faulty_smtp.port)
    outbox = Outbox(carrier, database, now=lambda: NOW, should_stop=lambda: bool(faulty_smtp.accepted))

    outbox.deliver_due()

    assert list_states(database) == ["sent", "waiting", "waiting"]
    assert [one.attempts for one in list_acknowledgements(database)] == [1, 0, 0]
