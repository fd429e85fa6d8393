"""Several connections at once: what one of them meets neither loses nor doubles what the others deliver."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from intake_world import (
    OURSELVES,
    fill_outbox,
    list_acknowledgements,
    make_acknowledgement,
    open_database,
    put_into_outbox,
)
from report_builders import REPORTER, make_hop, make_read_mail, make_report, unattributed
from servers.faulty_proxy import FaultyProxy, stall
from servers.faulty_smtp import FaultySmtp
from servers.postfix import Postfix
from servers.postgresql import Postgresql
from servers.programs import HOST
from servers.skipping import make_or_skip

from abuse_intake import urls
from abuse_intake.acknowledgement import render_acknowledgement
from abuse_intake.errors import OutboxError
from abuse_intake.outbox import DeliverySummary, Outbox
from abuse_intake.outbox.smtp import SmtpCarrier
from abuse_intake.steps import Step, listen
from abuse_intake.urls import ServiceUrl
from storage import acknowledgements
from storage.database import Database
from storage.errors import DatabaseUnavailable

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
REPORTERS = [f"reporter{number}@woodgrove.example" for number in range(60)]
CONNECTIONS = 4
OTHER = "elsewhere/1/1.00"

KILLED_AT_A_STEP = """\
import os, sys
from datetime import datetime
from itertools import count
from abuse_intake.outbox import Outbox
from abuse_intake.outbox.smtp import SmtpCarrier
from abuse_intake.steps import listen
from abuse_intake.urls import ServiceUrl
from storage.database import Database
url, port, step, times, now = sys.argv[1:]
reached = count(1)
listen(lambda at: at == step and next(reached) == int(times) and os._exit(9))
carrier = SmtpCarrier(ServiceUrl("smtp", "", "127.0.0.1", int(port)), None, None, connections=4)
Outbox(carrier, Database(url), now=lambda: datetime.fromisoformat(now)).deliver_due()
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Sixty wait."""
    with open_database(tmp_path) as opened:
        fill_outbox(opened, NOW, *REPORTERS)
        yield opened


def deliver(
    database: Database, port: int, now: datetime = NOW, *, connections: int = CONNECTIONS
) -> DeliverySummary:
    carrier = SmtpCarrier(ServiceUrl("smtp", "", HOST, port), None, None, connections=connections)
    return Outbox(carrier, database, now=lambda: now).deliver_due()


def count_states(database: Database) -> Counter[str]:
    return Counter(one.state for one in list_acknowledgements(database))


def count_accepted(server: FaultySmtp) -> Counter[str]:
    return Counter(address for message in server.accepted for address in message.rcpt_tos)


def test_connections_share_what_is_due(database: Database, faulty_smtp: FaultySmtp) -> None:
    """Each goes out once, over as many connections as were asked for."""
    summary = deliver(database, faulty_smtp.port)

    assert count_accepted(faulty_smtp) == dict.fromkeys(REPORTERS, 1)
    assert faulty_smtp.stages.count("EHLO") == CONNECTIONS
    assert (summary.sent, count_states(database)) == (60, {"sent": 60})


@pytest.mark.postgresql
def test_connections_share_what_is_due_on_postgresql(postgresql: Postgresql, faulty_smtp: FaultySmtp) -> None:
    """There it is the same."""
    database = Database(postgresql.create_database("lanes"))
    database.require_current()
    fill_outbox(database, NOW, *REPORTERS)

    deliver(database, faulty_smtp.port)

    assert count_accepted(faulty_smtp) == dict.fromkeys(REPORTERS, 1)
    assert count_states(database) == {"sent": 60}
    database.close()
    postgresql.drop_database("lanes")


def test_one_mail_needs_one_connection(tmp_path: Path, faulty_smtp: FaultySmtp) -> None:
    """No more connections are opened than there are mails."""
    with open_database(tmp_path) as database:
        fill_outbox(database, NOW, *REPORTERS[:1])

        deliver(database, faulty_smtp.port)

    assert faulty_smtp.stages.count("EHLO") == 1


@pytest.mark.parametrize("refusal", ["421 4.7.0 Too many connections", "554 5.7.1 Too many connections"])
def test_a_server_that_takes_fewer_connections_gets_these(
    database: Database, faulty_smtp: FaultySmtp, refusal: str
) -> None:
    """What it refuses costs no acknowledgement an attempt, and is no error, as long as one connection stands."""
    faulty_smtp.fail("CONNECT", refusal, times=CONNECTIONS - 1)

    summary = deliver(database, faulty_smtp.port)

    assert (summary.sent, summary.retried) == (60, 0)
    assert {one.attempts for one in list_acknowledgements(database)} == {1}


def test_where_no_connection_is_left_the_way_is_closed(database: Database, faulty_smtp: FaultySmtp) -> None:
    """All wait, and none has used up an attempt."""
    faulty_smtp.fail("CONNECT", "421 4.7.0 Too many connections")

    with pytest.raises(OutboxError, match=r"421 4\.7\.0 Too many connections"):
        deliver(database, faulty_smtp.port)

    assert count_states(database) == {"waiting": 60}
    assert {one.attempts for one in list_acknowledgements(database)} == {0}


def test_a_connection_that_stalls_keeps_the_others_from_nothing(
    database: Database, faulty_smtp: FaultySmtp
) -> None:
    """While one waits for an answer, the others deliver all the rest."""
    others_were_done = threading.Event()
    noted: list[Step] = []

    def note(step: Step) -> None:
        if step == Step.ANSWER_NOTED:
            noted.append(step)
            if len(noted) == 59:
                others_were_done.set()

    with FaultyProxy(faulty_smtp.port) as proxy:
        proxy.spoil(rb"^RCPT TO:<reporter0@", stall())
        forget = listen(note)
        running = threading.Thread(target=deliver, args=(database, proxy.port))
        running.start()
        done_in_time = others_were_done.wait(30) and running.is_alive()
        proxy.cut()
        running.join()
        forget()

    assert done_in_time
    assert count_states(database) == {"sent": 59, "waiting": 1}


def test_what_waits_for_a_slow_server_stays_ours(database: Database, faulty_smtp: FaultySmtp) -> None:
    """Each mail takes two minutes: what waits behind it is leased anew, and no other worker takes it meanwhile."""
    clock, taken_over = [NOW], list[str]()

    def take_over(step: Step) -> None:
        if step == Step.ANSWER_BEGUN:
            clock[0] += timedelta(minutes=2)
            with database.begin() as session:
                due = acknowledgements.claim_due(
                    session, OTHER, lambda _: True, clock[0], timedelta(minutes=10), 5, takes_back=False
                )
                taken_over.extend(one.id for one in due if one.attempts > 1)

    carrier = SmtpCarrier(ServiceUrl("smtp", "", HOST, faulty_smtp.port), None, None)
    forget = listen(take_over)
    Outbox(carrier, database, now=lambda: clock[0]).deliver_due()
    forget()

    sent = len(faulty_smtp.accepted)
    assert taken_over == []
    assert sent >= 20
    assert count_states(database) == {"sent": sent, "sending": 60 - sent}


def test_a_stop_is_heeded_by_all_connections(database: Database, faulty_smtp: FaultySmtp) -> None:
    """Each finishes the mail in hand; the rest wait without an attempt."""
    carrier = SmtpCarrier(ServiceUrl("smtp", "", HOST, faulty_smtp.port), None, None, connections=CONNECTIONS)
    outbox = Outbox(carrier, database, now=lambda: NOW, should_stop=lambda: len(faulty_smtp.accepted) >= 10)

    outbox.deliver_due()

    sent = len(faulty_smtp.accepted)
    assert 10 <= sent < 10 + CONNECTIONS
    assert count_states(database) == {"sent": sent, "waiting": 60 - sent}
    assert {(one.state, one.attempts) for one in list_acknowledgements(database)} == {
        ("sent", 1),
        ("waiting", 0),
    }


def test_a_fault_of_ours_ends_all_connections(database: Database, faulty_smtp: FaultySmtp) -> None:
    """An error in one is told; the others finish their mail, and what nobody had in hand waits."""
    reached: list[Step] = []

    def fail(step: Step) -> None:
        reached.append(step)
        if step == Step.ANSWER_BEGUN and reached.count(step) == 8:
            raise DatabaseUnavailable("the database cannot be used: gone")

    forget = listen(fail)
    with pytest.raises(DatabaseUnavailable):
        deliver(database, faulty_smtp.port)
    forget()

    accepted = count_accepted(faulty_smtp)
    assert 7 <= accepted.total() <= 7 + CONNECTIONS
    assert count_states(database) == {"sent": accepted.total(), "waiting": 60 - accepted.total()}


@pytest.mark.parametrize(
    "step", [Step.ANSWER_CLAIMED, Step.ANSWER_BEGUN, Step.DATA_SENT, Step.ANSWERED, Step.ANSWER_NOTED]
)
def test_killed_at_a_step_at_most_one_a_connection_is_in_doubt(
    tmp_path: Path, database: Database, faulty_smtp: FaultySmtp, step: Step
) -> None:
    """The next run delivers all that was not: none is lost, none comes twice."""
    times = 2 if step == Step.ANSWER_CLAIMED else 10
    url = f"sqlite:///{tmp_path / 'abuse-intake.db'}"
    command = [
        sys.executable,
        "-c",
        KILLED_AT_A_STEP,
        url,
        str(faulty_smtp.port),
        step,
        str(times),
        NOW.isoformat(),
    ]
    killed = subprocess.run(command, check=False, capture_output=True, timeout=60)

    deliver(database, faulty_smtp.port)

    accepted, states = count_accepted(faulty_smtp), count_states(database)
    in_doubt = [one.to for one in list_acknowledgements(database) if one.state == "outcome_unknown"]
    assert killed.returncode == 9, killed.stderr
    assert states["sent"] + len(in_doubt) == 60
    assert len(in_doubt) <= CONNECTIONS
    assert max(accepted.values()) == 1
    assert set(REPORTERS) - set(accepted) <= set(in_doubt)
    if step == Step.DATA_SENT:
        assert in_doubt


@pytest.mark.postfix
def test_a_server_that_is_stopped_for_a_while_gets_all_in_the_end(database: Database) -> None:
    """Stopped in the middle of a run, and started again: the next run brings what it had not taken."""
    with make_or_skip(Postfix) as postfix:
        noted: list[Step] = []

        def stop_server(step: Step) -> None:
            if step == Step.ANSWER_NOTED:
                noted.append(step)
                if len(noted) == 10:
                    postfix.stop()

        forget = listen(stop_server)
        with pytest.raises(OutboxError):
            deliver(database, postfix.port)
        forget()
        postfix.start()
        deliver(database, postfix.port, LATER)

        sent = count_states(database)["sent"]
        taken = Counter(message["X-Original-To"] for message in postfix.await_messages(sent))
    in_doubt = [one.to for one in list_acknowledgements(database) if one.state == "outcome_unknown"]
    assert sent + len(in_doubt) == 60
    assert len(in_doubt) <= CONNECTIONS
    assert max(taken.values()) == 1
    assert set(REPORTERS) - set(taken) <= set(in_doubt)


@pytest.mark.postfix
def test_a_real_server_takes_them_over_starttls(
    tmp_path: Path, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postfix delivers to the reporter, encrypted, from nobody, byte for byte; whom it does not know, fails alone."""
    monkeypatch.setattr(urls, "LOOPBACK_HOSTS", frozenset())
    letter = render_acknowledgement(
        make_read_mail(make_report(make_hop("192.0.2.5"))), [unattributed()], OURSELVES, NOW, NOW
    )
    with open_database(tmp_path) as database:
        put_into_outbox(database, NOW, letter, make_acknowledgement(2, NOW, "gone@woodgrove.example"))

        deliver(database, postfix.port)

        (taken,) = postfix.await_messages(1)
        records = list_acknowledgements(database)
    assert [one.state for one in records] == ["sent", "failed"]
    assert (records[1].last_error or "").startswith("550 5.1.1 <gone@woodgrove.example>")
    assert (taken["Return-Path"], taken["X-Original-To"]) == ("<>", REPORTER)
    assert "using TLSv1" in taken["Received"]
    assert (
        taken.as_bytes().partition(b"\nFrom: ")[2]
        == letter.content.replace(b"\r\n", b"\n").partition(b"From: ")[2]
    )
