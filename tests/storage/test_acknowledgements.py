"""An acknowledgement goes to one deliverer at a time, and how far it came is known after a death."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from storage_builders import LEASE, NOW, acknowledge, acknowledgement, all_are_dead, nobody_dies

from storage.acknowledgements import (
    claim_due,
    mark_data_sent,
    mark_failed,
    mark_outcome_unknown,
    mark_sent,
    mark_untried,
    mark_waiting,
    release_undelivered,
    renew,
)
from storage.database import Database
from storage.outbox_records import acknowledgement_of_mail, list_acknowledgements
from storage.told import count_all_since, count_since, find_recipients
from storage.values import AcknowledgementRecord, DueAcknowledgement

LATER = NOW + timedelta(minutes=10)


def claim(
    database: Database,
    owner: str = "me",
    is_alive: Callable[[str], bool] = nobody_dies,
    limit: int = 100,
    now: object = NOW,
) -> tuple[DueAcknowledgement, ...]:
    with database.begin() as session:
        return claim_due(session, owner, is_alive, now, LEASE, limit)  # type: ignore[arg-type]


def outbox(database: Database) -> list[AcknowledgementRecord]:
    with database.read() as session:
        return list(list_acknowledgements(session))


def only(database: Database) -> AcknowledgementRecord:
    (record,) = outbox(database)
    return record


def test_acknowledgement_waits_as_rendered(database: Database) -> None:
    """What was rendered waits in the outbox from its due time on, byte for byte."""
    acknowledge(database, acknowledgement(due_at=LATER))

    with database.read() as session:
        found = acknowledgement_of_mail(session, "1")
        none = [acknowledgement_of_mail(session, id) for id in ("2", "x")]

    record = only(database)
    assert (record.to, record.state, record.attempts) == ("Reporter@isp.example", "waiting", 0)
    assert (record.next_attempt_at, record.created_at, record.sent_at) == (LATER, NOW, None)
    assert found == (record, b"Thank you 1\r\n")
    assert none == [None, None]


def test_due_is_claimed_once(database: Database) -> None:
    """What is due is handed out once, oldest first, with its attempt counted; what is not due stays."""
    acknowledge(
        database,
        acknowledgement(1),
        acknowledgement(2, due_at=NOW - timedelta(hours=1)),
        acknowledgement(3, due_at=LATER),
    )

    first, again = claim(database), claim(database, "other")

    assert [one.message_id for one in first] == ["<ack-2@provider.example>", "<ack-1@provider.example>"]
    assert [(one.attempts, one.data_sent, one.created_at) for one in first] == [(1, False, NOW)] * 2
    assert first[1].content == b"Thank you 1\r\n"
    assert again == ()
    assert [one.state for one in outbox(database)] == ["waiting", "sending", "sending"]


def test_claim_is_limited(database: Database) -> None:
    """No more are handed out than asked for."""
    acknowledge(database, *map(acknowledgement, range(5)))

    assert [len(claim(database, name, limit=3)) for name in ("a", "b", "c")] == [3, 2, 0]


@pytest.mark.parametrize("data_sent", [False, True])
@pytest.mark.parametrize(
    ("owner", "is_alive", "now"),
    [("other", all_are_dead, NOW), ("other", nobody_dies, NOW + LEASE), ("me", nobody_dies, NOW)],
    ids=["dead", "late", "itself"],
)
def test_what_a_former_delivery_left_is_taken_over(
    database: Database, data_sent: bool, owner: str, is_alive: Callable[[str], bool], now: object
) -> None:
    """What a dead, late or former delivery left is claimed again, with the stage that it had reached."""
    acknowledge(database, acknowledgement())
    (claimed,) = claim(database)
    if data_sent:
        with database.begin() as session:
            mark_data_sent(session, [claimed.id], "me", NOW)

    (taken,) = claim(database, owner, is_alive, now=now)

    assert (taken.attempts, taken.data_sent) == (2, data_sent)


def test_living_delivery_is_left_alone(database: Database) -> None:
    """What a living deliverer holds is nobody else's until its lease ends."""
    acknowledge(database, acknowledgement())
    claim(database)

    assert claim(database, "other", now=NOW + LEASE - timedelta(seconds=1)) == ()


def test_sent_is_never_claimed_again(database: Database) -> None:
    """An accepted acknowledgement is done, with the time of it."""
    acknowledge(database, acknowledgement())
    (claimed,) = claim(database)

    with database.begin() as session:
        mark_sent(session, [claimed.id], "me", LATER)

    record = only(database)
    assert (record.state, record.sent_at, record.next_attempt_at) == ("sent", LATER, None)
    assert claim(database, now=NOW + timedelta(days=99)) == ()


def test_waiting_again_forgets_the_stage(database: Database) -> None:
    """A delivery that was put off is tried again at its time, as one that has sent no data."""
    acknowledge(database, acknowledgement())
    (claimed,) = claim(database)
    with database.begin() as session:
        mark_data_sent(session, [claimed.id], "me", NOW)
        mark_waiting(session, claimed.id, "me", "451 try later", LATER)

    early, (again,) = claim(database), claim(database, now=LATER)

    assert early == ()
    assert (again.attempts, again.data_sent) == (2, False)
    assert only(database).last_error == "451 try later"


@pytest.mark.parametrize(
    ("mark", "state"), [(mark_failed, "failed"), (mark_outcome_unknown, "outcome_unknown")]
)
def test_end_without_success(database: Database, mark: Callable[..., None], state: str) -> None:
    """A refused or doubtful acknowledgement ends there, with the server's answer cut and cleaned."""
    acknowledge(database, acknowledgement())
    (claimed,) = claim(database)

    with database.begin() as session:
        mark(session, claimed.id, "me", "550 \0\udcff" + "x" * 1_000)

    record = only(database)
    assert record.state == state
    assert (record.last_error or "").startswith("550 ?xxx")
    assert len(record.last_error or "") <= 500
    assert claim(database, "other", all_are_dead, now=NOW + timedelta(days=99)) == ()


def test_many_are_marked_at_once(database: Database) -> None:
    """Marking many does to each what marking one does."""
    acknowledge(database, *map(acknowledgement, range(700)))
    ids = [one.id for one in claim(database, limit=1_000)]

    with database.begin() as session:
        mark_data_sent(session, ids, "me", NOW)
    taken = claim(database, limit=1_000)
    with database.begin() as session:
        mark_sent(session, ids[1:], "me", NOW)

    assert all(one.data_sent for one in taken)
    with database.read() as session:
        assert len(list(list_acknowledgements(session, "sent", limit=0))) == 699
        assert [one.id for one in list_acknowledgements(session, "sending")] == ids[:1]


def test_list_is_newest_first(database: Database) -> None:
    """The list begins with the newest and ends at its limit; 0 lists all."""
    acknowledge(database, *map(acknowledgement, range(1, 252)))

    with database.read() as session:
        some = [one.id for one in list_acknowledgements(session, limit=2)]
        every = [one.id for one in list_acknowledgements(session, limit=0)]

    assert some == ["251", "250"]
    assert every == [str(number) for number in range(251, 0, -1)]


def test_recent_ones_are_counted_by_address(database: Database) -> None:
    """Acknowledgements to an address are counted from a time on, whatever the case of its letters."""
    acknowledge(database, acknowledgement(1, to="A@x.example"), acknowledgement(2, to="a@X.example"))

    with database.read() as session:
        now = count_since(session, ["a@x.example", "A@x.EXAMPLE", "b@x.example"], NOW)
        later = count_since(session, {"a@x.example"}, NOW + timedelta(seconds=1))
        none = count_since(session, (), NOW)

    assert now == {"a@x.example": 2, "b@x.example": 0}
    assert (later, none) == ({"a@x.example": 0}, {})


def test_none_goes_to_two(database: Database, second: Database) -> None:
    """Deliverers that claim at the same time get each acknowledgement once, and all of them."""
    acknowledge(database, *map(acknowledgement, range(60)))
    taken: list[str] = []

    def work(owner: str, on: Database) -> None:
        while due := claim(on, owner, limit=1):
            taken.extend(one.id for one in due)
            with on.begin() as session:
                mark_sent(session, [one.id for one in due], owner, NOW)

    threads = [
        threading.Thread(target=work, args=(str(number), one))
        for number, one in enumerate((database, second))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken, key=int) == [str(number) for number in range(1, 61)]


def test_what_another_has_taken_over_is_left_to_it(database: Database) -> None:
    """A delivery that outlasted its lease can neither complete nor settle what somebody else now delivers."""
    acknowledge(database, acknowledgement())
    (claimed,) = claim(database, "slow")
    claim(database, "next", now=NOW + LEASE)

    with database.begin() as session:
        kept = renew(session, [claimed.id], "slow", NOW + 2 * LEASE)
        sent = mark_data_sent(session, [claimed.id], "slow", NOW)
        mark_failed(session, claimed.id, "slow", "550")

    assert (kept, sent) == (set(), set())
    assert only(database).state == "sending"


def test_a_renewed_lease_holds_longer(database: Database) -> None:
    """A slow delivery keeps what it is still working on."""
    acknowledge(database, acknowledgement())
    (claimed,) = claim(database)

    with database.begin() as session:
        kept = renew(session, [claimed.id], "me", NOW + 2 * LEASE)

    assert kept == {claimed.id}
    assert claim(database, "other", now=NOW + LEASE) == ()


def test_what_was_not_come_to_waits_as_before(database: Database) -> None:
    """A stop is no attempt; what had sent all its data is left as it is."""
    acknowledge(database, acknowledgement(1), acknowledgement(2))
    first, second = claim(database)
    with database.begin() as session:
        mark_data_sent(session, [first.id], "me", NOW)

    with database.begin() as session:
        release_undelivered(session, "me", LATER)

    with database.read() as session:
        left = {one.id: (one.state, one.attempts) for one in list_acknowledgements(session)}
    assert left == {first.id: ("sending", 1), second.id: ("waiting", 0)}


@pytest.mark.parametrize("at", [NOW, NOW + 2 * LEASE])
def test_what_is_in_hand_is_claimed_again_by_nobody(database: Database, at: datetime) -> None:
    """Who claims more while it delivers gets nothing twice, however long that takes; at its next beginning it does."""
    acknowledge(database, acknowledgement(1), acknowledgement(2))
    (first,) = claim(database, limit=1)

    with database.begin() as session:
        (second,) = claim_due(session, "me", nobody_dies, at, LEASE, 100, takes_back=False)
    with database.begin() as session:
        back = claim_due(session, "me", nobody_dies, at, LEASE, 100)

    assert first.id != second.id
    assert {one.id for one in back} == {first.id, second.id}


def test_what_could_not_be_tried_has_used_up_no_attempt(database: Database) -> None:
    """It waits with the reason; what another holds is left alone."""
    acknowledge(database, acknowledgement(1), acknowledgement(2))
    (mine,) = claim(database, limit=1)
    (other,) = claim(database, "other")

    with database.begin() as session:
        mark_untried(session, [mine.id, other.id], "me", "no server", LATER)

    found = {
        one.id: (one.state, one.attempts, one.last_error, one.next_attempt_at) for one in outbox(database)
    }
    assert found == {mine.id: ("waiting", 0, "no server", LATER), other.id: ("sending", 1, None, None)}


def test_all_are_counted_up_to_a_limit(database: Database) -> None:
    """Those since a time, whoever they went to; no more than the limit is counted."""
    acknowledge(database, *(acknowledgement(number) for number in range(1, 6)))

    with database.read() as session:
        counts = [
            count_all_since(session, since, limit)
            for since, limit in ((NOW, 10), (NOW, 3), (NOW + timedelta(seconds=1), 10))
        ]

    assert counts == [5, 3, 0]


def test_who_was_written_to_is_known(database: Database) -> None:
    """By the mailbox, whatever its spelling, and when."""
    acknowledge(database, acknowledgement(1), acknowledgement(2))

    with database.read() as session:
        found = [
            find_recipients(session, {"reporter@isp.example", "dana@woodgrove.example"}, since)
            for since in (NOW, NOW + timedelta(seconds=1))
        ]

    assert found == [{"reporter@isp.example"}, set()]


def test_a_damaged_acknowledgement_hides_nothing(database: Database) -> None:
    """What another program spoilt is nothing, for who looks and for who delivers."""
    acknowledge(database, acknowledgement())
    with database.begin() as session:
        session.execute(text("UPDATE acknowledgements SET content = :damage"), {"damage": b"no frame"})

    with database.begin() as session:
        found = acknowledgement_of_mail(session, "1")
        (due,) = claim_due(session, "worker", lambda _: True, NOW, LEASE, 10)

    assert found is not None
    assert (found[1], due.content) == (b"", b"")
