"""Mails are handed to one worker each; what a dead worker left is read again, one by one."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from storage_builders import (
    LEASE,
    NOW,
    ON_POSTGRESQL,
    all_are_dead,
    arrival,
    claim,
    keep,
    keep_all,
    nobody_dies,
    outcome,
    record,
)

from storage.database import Database
from storage.errors import NotFound
from storage.mails import (
    claim_batch,
    claim_interrupted,
    find_mail,
    find_next_interrupted,
    reclaim_interrupted,
    release,
    reset_for_retry,
)
from storage.models import Mail


def test_oldest_come_first(database: Database) -> None:
    """A batch takes the mails that were received first, whatever the order of their keeping."""
    new, old = keep_all(database, [arrival(1), arrival(2, received_at=NOW - timedelta(days=1))])

    assert [claim(database, limit=1), claim(database, limit=1)] == [[old], [new]]


def test_leased_mail_is_not_claimed_again(database: Database) -> None:
    """What one worker holds, no other one gets; reading in a batch counts no attempt."""
    keep(database, 3)

    with database.begin() as session:
        first = claim_batch(session, "one", 2, NOW, LEASE)

    assert [mail.attempts for mail in first] == [0, 0]
    assert claim(database, "two") == ["3"]
    assert claim(database, "three") == []


def test_batch_stays_below_its_bytes(database: Database) -> None:
    """A batch ends before it exceeds its bytes, but a mail that alone is too large still comes."""
    keep_all(database, [arrival(number, raw=b"%d" % number * 100) for number in range(1, 6)])

    assert claim(database, max_bytes=250) == ["1", "2"]
    assert claim(database, max_bytes=10) == ["3"]


def test_dead_holder_s_mails_are_read_one_by_one(database: Database) -> None:
    """A dead holder's mails come no more in a batch but alone, with their attempts counted."""
    keep(database, 2)
    claim(database, "dead")

    with database.begin() as session:
        interrupted = reclaim_interrupted(session, "me", all_are_dead, NOW)
    in_a_batch = claim(database)
    with database.begin() as session:
        first = claim_interrupted(session, "me", NOW, LEASE, 3)
        second = claim_interrupted(session, "me", NOW, LEASE, 3)
        third = claim_interrupted(session, "me", NOW, LEASE, 3)

    assert (interrupted, in_a_batch) == (2, [])
    assert [(one.id, one.attempts) for one in (first, second) if one] == [("1", 1), ("2", 1)]
    assert third is None


def test_what_was_attempted_less_often_comes_first(database: Database) -> None:
    """A mail that kills does not keep the others waiting; looking for the next one counts nothing."""
    keep(database, 2)
    claim(database, "dead")

    claimed = []
    for _ in range(3):
        with database.begin() as session:
            reclaim_interrupted(session, "me", all_are_dead, NOW)
        with database.begin() as session:
            ahead = find_next_interrupted(session)
            mail = claim_interrupted(session, "next", NOW, LEASE, 3)
            claimed.append((ahead and ahead.id, mail and mail.id, mail and mail.attempts))

    assert claimed == [("1", "1", 1), ("2", "2", 1), ("1", "1", 2)]


def test_attempts_add_up_over_deaths(database: Database) -> None:
    """A mail that kills each reader shows how often it did."""
    keep(database)
    claim(database, "dead")

    attempts = []
    for _ in range(3):
        with database.begin() as session:
            reclaim_interrupted(session, "me", all_are_dead, NOW)
        with database.begin() as session:
            mail = claim_interrupted(session, "next", NOW, LEASE, 3)
            attempts.append(mail.attempts if mail else None)

    assert attempts == [1, 2, 3]


def test_living_holder_keeps_its_mails_until_the_lease_ends(database: Database) -> None:
    """A lease is respected while its holder lives, and ends at its time at the latest."""
    keep(database)
    claim(database, "alive")

    freed = []
    for now in (NOW, NOW + LEASE):
        with database.begin() as session:
            freed.append(reclaim_interrupted(session, "me", nobody_dies, now))

    assert freed == [0, 1]


def test_own_former_leases_are_no_interruption(database: Database) -> None:
    """What the owner itself still holds is free again, for a batch, without a mark."""
    keep(database)
    claim(database, "me")

    with database.begin() as session:
        interrupted = reclaim_interrupted(session, "me", all_are_dead, NOW)

    assert interrupted == 0
    assert claim(database) == ["1"]


def test_release_frees_only_one_s_own(database: Database) -> None:
    """A clean stop gives back what its worker held, for the next batch."""
    keep(database, 2)
    claim(database, "one", limit=1)
    claim(database, "two")

    with database.begin() as session:
        released = release(session, "one")

    assert released == 1
    assert claim(database) == ["1"]


def test_recording_ends_lease_and_mark(database: Database) -> None:
    """A recorded mail is claimed by nobody any more, also if it had been interrupted."""
    keep(database)
    claim(database, "dead")
    with database.begin() as session:
        reclaim_interrupted(session, "me", all_are_dead, NOW)

    record(database, [outcome("1")])

    with database.begin() as session:
        assert claim_interrupted(session, "me", NOW, LEASE, 3) is None
        assert reclaim_interrupted(session, "me", all_are_dead, NOW + LEASE) == 0
        assert session.execute(select(Mail.interrupted, Mail.leased_by)).one() == (False, None)
    assert claim(database) == []


def test_retry_keeps_the_disposition(database: Database) -> None:
    """A mail that is to be read again keeps its disposition until a new outcome is recorded."""
    keep(database)
    claim(database, "dead")
    with database.begin() as session:
        reclaim_interrupted(session, "me", all_are_dead, NOW)
        claim_interrupted(session, "me", NOW, LEASE, 3)
    record(database, [outcome("1", disposition="quarantined", reason="too_costly")])

    with database.begin() as session:
        again = reset_for_retry(session, "1")
    with database.read() as session:
        shown = find_mail(session, "1")

    assert (again.id, again.attempts, again.raw) == ("1", 0, arrival(1).raw)
    assert (shown.disposition, shown.attempts) == ("quarantined", 0)
    assert claim(database) == []


@pytest.mark.parametrize("id", ["2", "x", "", "-1", "9" * 30, "١"])
def test_retry_of_what_is_not_there(database: Database, id: str) -> None:
    """An id that no mail has is not found, whatever it looks like."""
    keep(database)

    with database.begin() as session, pytest.raises(NotFound, match="no mail"):
        reset_for_retry(session, id)


def test_no_mail_goes_to_two(database: Database, second: Database) -> None:
    """Workers that claim at the same time get each mail once, and all of them."""
    keep(database, 120)
    taken: list[str] = []

    def work(owner: str, on: Database) -> None:
        while ids := claim(on, owner, limit=7):
            taken.extend(ids)

    threads = [
        threading.Thread(target=work, args=(f"worker {number}", one))
        for number, one in enumerate((database, second, database, second))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken, key=int) == [str(number) for number in range(1, 121)]


@ON_POSTGRESQL
def test_claims_do_not_wait_for_each_other(database: Database, second: Database) -> None:
    """On PostgreSQL a worker passes over what another one is just claiming, without waiting for it."""
    keep(database, 2)

    with database.begin() as session:
        first = [mail.id for mail in claim_batch(session, "one", 1, NOW, LEASE)]
        other = claim(second, "two")

    assert (first, other) == (["1"], ["2"])


def test_an_attempt_that_its_worker_survived_is_given_back(database: Database) -> None:
    """A mail does not kill a worker that lives: a database that was away for a moment counts nothing."""
    keep(database)
    claim(database, "dead")
    with database.begin() as session:
        reclaim_interrupted(session, "me", all_are_dead, NOW)
        claim_interrupted(session, "me", NOW, LEASE, 3)

    with database.begin() as session:
        release(session, "me")

    with database.begin() as session:
        again = claim_interrupted(session, "me", NOW, LEASE, 3)
    assert again is not None
    assert again.attempts == 1


def test_a_mail_that_was_tried_often_enough_comes_as_exhausted(database: Database) -> None:
    """No further attempt is counted for it."""
    keep(database)
    claim(database, "dead")
    tries = []
    for _ in range(3):
        with database.begin() as session:
            reclaim_interrupted(session, "me", all_are_dead, NOW)
            mail = claim_interrupted(session, "dead again", NOW, LEASE, 2)
        assert mail is not None
        tries.append((mail.attempts, mail.is_exhausted))

    assert tries == [(1, False), (2, False), (2, True)]
