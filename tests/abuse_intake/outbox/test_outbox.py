"""The outbox: what is due is tried once a run, later and later, and given up in the end."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from intake_fakes import FakeCarrier
from intake_world import DEAD_PROCESS, fill_outbox, list_acknowledgements, open_database
from sqlalchemy import text

from abuse_intake import processes
from abuse_intake.errors import OutboxError
from abuse_intake.outbox import Outbox
from abuse_intake.outbox.ledger import Ledger
from storage import acknowledgements
from storage.compression import compress
from storage.database import Database
from storage.values import DueAcknowledgement

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=10)
DANA = "dana@woodgrove.example"
SAM = "sam@fourthcoffee.example"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    with open_database(tmp_path) as opened:
        yield opened


class RefusingCarrier(FakeCarrier):
    """Nothing is accepted now."""

    def deliver(self, due: Sequence[DueAcknowledgement], ledger: Ledger) -> None:
        self.taken.extend(due)
        for one in due:
            ledger.note_refused_for_now(one, "451 4.3.0 Try later")


class SlowCarrier(FakeCarrier):
    """Takes eleven minutes a batch; another worker looks for work while the second one is delivered."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.clock = NOW
        self.taken_over: list[DueAcknowledgement] = []
        self._database = database

    def deliver(self, due: Sequence[DueAcknowledgement], ledger: Ledger) -> None:
        if self.taken:
            with self._database.begin() as session:
                self.taken_over += acknowledgements.claim_due(
                    session, "elsewhere/1/1.00", lambda _: True, self.clock, LEASE, limit=100
                )
        super().deliver(due, ledger)
        self.clock += timedelta(minutes=11)


def deliver(database: Database, carrier: FakeCarrier, now: datetime = NOW) -> None:
    Outbox(carrier, database, now=lambda: now).deliver_due()


def claim_as(database: Database, owner: str, *, data_sent: bool = False) -> None:
    with database.begin() as session:
        due = acknowledgements.claim_due(session, owner, processes.is_alive, NOW, LEASE, limit=100)
        if data_sent:
            acknowledgements.mark_data_sent(session, [one.id for one in due], owner, NOW)


def test_what_is_due_is_delivered(database: Database) -> None:
    """Each waiting acknowledgement goes to the carrier once, the oldest first, and counts as sent."""
    fill_outbox(database, NOW, DANA, SAM)
    carrier = FakeCarrier()

    summary = Outbox(carrier, database, now=lambda: NOW).deliver_due()

    assert [one.to for one in carrier.taken] == [DANA, SAM]
    assert [(one.state, one.attempts, one.sent_at) for one in list_acknowledgements(database)] == [
        ("sent", 1, NOW)
    ] * 2
    assert summary.sent == 2


def test_what_was_sent_is_not_sent_again(database: Database) -> None:
    """A second run finds nothing."""
    fill_outbox(database, NOW, DANA)
    deliver(database, FakeCarrier())
    carrier = FakeCarrier()

    deliver(database, carrier)

    assert carrier.taken == []


def test_what_is_not_due_yet_waits(database: Database) -> None:
    """An acknowledgement for later stays where it is."""
    fill_outbox(database, NOW, DANA)
    carrier = FakeCarrier()

    deliver(database, carrier, NOW - timedelta(seconds=1))

    assert carrier.taken == []


def test_more_than_a_batch_is_delivered_in_a_run(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches follow each other until nothing is due."""
    monkeypatch.setattr(FakeCarrier, "batch_size", 2)
    fill_outbox(database, NOW, *[DANA] * 5)
    carrier = FakeCarrier()

    deliver(database, carrier)

    assert len({one.message_id for one in carrier.taken}) == 5


def test_each_is_tried_once_a_run(database: Database) -> None:
    """What is refused for now is not tried again in the same run, however long that takes."""
    fill_outbox(database, NOW, DANA)
    carrier = RefusingCarrier()
    times = iter(NOW + timedelta(minutes=10 * number) for number in range(100))

    Outbox(carrier, database, now=lambda: next(times)).deliver_due()

    assert len(carrier.taken) == 1


def test_it_waits_twice_as_long_each_time(database: Database) -> None:
    """After a refusal for now the next attempt is a minute away, then two, four … at most four hours."""
    fill_outbox(database, NOW, DANA)
    now, waits = NOW, []

    for _ in range(10):
        deliver(database, RefusingCarrier(), now)
        (one,) = list_acknowledgements(database)
        assert one.next_attempt_at is not None
        waits.append((one.next_attempt_at - now) // timedelta(minutes=1))
        now = one.next_attempt_at

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]


def test_a_refusal_is_remembered(database: Database) -> None:
    """A refused acknowledgement waits, with the answer and the number of attempts."""
    fill_outbox(database, NOW, DANA)

    deliver(database, RefusingCarrier())

    (one,) = list_acknowledgements(database)
    assert (one.state, one.attempts, one.last_error) == ("waiting", 1, "451 4.3.0 Try later")


@pytest.mark.parametrize(
    ("age", "state"), [(timedelta(days=5), "waiting"), (timedelta(days=5, seconds=1), "failed")]
)
def test_it_is_given_up_after_five_days(database: Database, age: timedelta, state: str) -> None:
    """A refusal of what is over five days old is the last."""
    fill_outbox(database, NOW, DANA)

    deliver(database, RefusingCarrier(), NOW + age)

    (one,) = list_acknowledgements(database)
    assert one.state == state


def test_what_was_given_up_says_so(database: Database) -> None:
    """The reason names the days and the last answer."""
    fill_outbox(database, NOW, DANA)

    deliver(database, RefusingCarrier(), NOW + timedelta(days=6))

    (one,) = list_acknowledgements(database)
    assert one.last_error == "given up after 5 days: 451 4.3.0 Try later"


def test_a_closed_way_is_told_and_loses_nothing(database: Database) -> None:
    """OutboxError ends the run, the carrier is let go of, and the next run tries again."""
    fill_outbox(database, NOW, DANA)
    carrier = FakeCarrier()
    carrier.closed = True

    with pytest.raises(OutboxError):
        deliver(database, carrier)

    carrier.closed = False
    deliver(database, carrier)
    assert carrier.was_let_go
    assert [one.to for one in carrier.taken] == [DANA]


def test_it_stops_between_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked to stop, the outbox finishes the batch in hand; the rest waits."""
    monkeypatch.setattr(FakeCarrier, "batch_size", 2)
    fill_outbox(database, NOW, *[DANA] * 5)
    carrier = FakeCarrier()

    Outbox(carrier, database, now=lambda: NOW, should_stop=lambda: bool(carrier.taken)).deliver_due()

    states = [one.state for one in list_acknowledgements(database)]
    assert states == ["sent", "sent", "waiting", "waiting", "waiting"]


def test_what_a_dead_process_was_sending_is_taken_over_at_once(database: Database) -> None:
    """A delivery that a killed process had begun is begun again, and its stage is told to the carrier."""
    fill_outbox(database, NOW, DANA)
    claim_as(database, DEAD_PROCESS, data_sent=True)
    carrier = FakeCarrier()

    deliver(database, carrier)

    assert [(one.to, one.attempts, one.data_sent) for one in carrier.taken] == [(DANA, 2, True)]


def test_what_a_living_process_is_sending_is_left_to_it(database: Database) -> None:
    """Two workers never send one acknowledgement, until the lease of the first runs out."""
    fill_outbox(database, NOW, DANA)
    claim_as(database, "elsewhere/1/1.00")
    early, late = FakeCarrier(), FakeCarrier()

    deliver(database, early, NOW + LEASE - timedelta(seconds=1))
    deliver(database, late, NOW + LEASE)

    assert (len(early.taken), len(late.taken)) == (0, 1)


def test_a_long_run_keeps_what_it_is_sending(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that begins long after its run is leased from its own beginning: no other worker takes it."""
    monkeypatch.setattr(FakeCarrier, "batch_size", 1)
    fill_outbox(database, NOW, DANA, SAM)
    carrier = SlowCarrier(database)

    Outbox(carrier, database, now=lambda: carrier.clock).deliver_due()

    assert [one.to for one in carrier.taken] == [DANA, SAM]
    assert carrier.taken_over == []


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("to_address", "sam@fourthcoffee.example\r\nDATA", "not sent: its recipient is no strict address"),
        ("to_address", "kim@lucerne.example", "not sent: its To is not its recipient"),
        ("message_id", "<other@provider.example>", "not sent: its Message-ID is not the one that is recorded"),
        ("content", compress(b"To: x\n.\r\nMAIL FROM:<x@evil.example>\r\n"), "not sent: it holds a bare CR or LF"),
        ("content", b"no frame", "not sent: its last line does not end"),
    ],
)  # fmt: skip
def test_a_row_that_must_not_leave_fails_at_once(
    database: Database, column: str, value: str | bytes, problem: str
) -> None:
    """What an older version or another program wrote is looked at again: it costs itself, and no other waits."""
    fill_outbox(database, NOW, SAM, DANA)
    with database.begin() as session:
        session.execute(text(f"UPDATE acknowledgements SET {column} = :value WHERE id = 1"), {"value": value})
    carrier = FakeCarrier()

    deliver(database, carrier)

    assert [one.to for one in carrier.taken] == [DANA]
    first, other = list_acknowledgements(database)
    assert (first.state, first.last_error, other.state) == ("failed", problem, "sent")
