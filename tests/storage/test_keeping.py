"""A mail is kept once, byte for byte, with every place where it lay."""

import os
from datetime import timedelta

import pytest
from storage_builders import INBOX, NOW, arrival, keep, keep_all, outcome, record

from storage.database import Database
from storage.mails import (
    find_deliveries,
    find_unfiled,
    keep_mails,
    list_mails,
    mail_deliveries,
    mail_raw,
    mark_filed,
)
from storage.values import Place


@pytest.mark.parametrize("raw", [b"", b"\0\xff\r\n.\r\n", os.urandom(200_000)], ids=["empty", "odd", "large"])
def test_bytes_come_back_exactly(database: Database, raw: bytes) -> None:
    """Whatever bytes arrived come back, also none at all."""
    (id,) = keep_all(database, [arrival(raw=raw)])

    with database.read() as session:
        assert mail_raw(session, id) == raw


def test_keeping_again_changes_nothing(database: Database) -> None:
    """The same places kept twice answer with the same deliveries, and nothing new is stored."""
    arrivals = [arrival(number) for number in range(5)]

    with database.begin() as session:
        first = keep_mails(session, INBOX, arrivals)
    with database.begin() as session:
        again = keep_mails(session, INBOX, arrivals)

    with database.read() as session:
        assert first == again
        assert len(list(list_mails(session))) == 5


def test_same_mail_at_two_places_is_one(database: Database) -> None:
    """Two places of the same bytes, in one batch or later, are two deliveries of one mail."""
    ids = keep_all(database, [arrival(1, uid="1"), arrival(1, uid="2")])
    later = keep_all(database, [arrival(1, uid="3")])

    with database.read() as session:
        assert len({*ids, *later}) == 1
        assert [one.place.uid for one in mail_deliveries(session, ids[0])] == ["1", "2", "3"]


def test_ids_follow_the_arrival(database: Database) -> None:
    """Mails of one batch are numbered in the order in which they arrived."""
    assert [int(id) for id in keep(database, 20)] == list(range(1, 21))


def test_same_uid_under_another_validity_is_another_place(database: Database) -> None:
    """A UID counts only under its UIDVALIDITY and in its own mailbox."""
    keep(database)

    with database.read() as session:
        found = [
            bool(find_deliveries(session, mailbox, [Place(validity, "1")]))
            for mailbox, validity in ((INBOX, 7), (INBOX, 8), ("maildir:///other", 7))
        ]
    assert found == [True, False, False]


def test_thousands_of_places_are_looked_up(database: Database) -> None:
    """More places than one statement takes are looked up all the same."""
    keep(database, 3)
    places = [Place(2**62, str(number)) for number in range(5_000)] + [Place(7, "3")]

    with database.read() as session:
        found = find_deliveries(session, INBOX, places)

    assert list(found) == [Place(7, "3")]


def test_unfiled_mail_comes_in_pieces(database: Database) -> None:
    """So many at a time as are asked for, each piece after the last of the one before."""
    ids = keep_all(database, [arrival(number, uid=str(number)) for number in range(3)])
    record(database, [outcome(id) for id in ids])

    with database.read() as session:
        first = find_unfiled(session, INBOX, limit=2)
        second = find_unfiled(session, INBOX, after=first[-1].id, limit=2)

    assert [[one.place.uid for one in piece] for piece in (first, second)] == [["0", "1"], ["2"]]


def test_read_mail_stays_unfiled_until_it_is_marked(database: Database) -> None:
    """Each delivery of a read mail is to be filed, exactly until it was; unread mails are not."""
    read, _unread = keep_all(database, [arrival(1, uid="a"), arrival(2, uid="b")])
    keep_all(database, [arrival(1, uid="c")])
    record(database, [outcome(read)])

    with database.begin() as session:
        unfiled = find_unfiled(session, INBOX)
        mark_filed(session, [(unfiled[0].id, "Processed"), (unfiled[1].id, "")], NOW + timedelta(hours=1))
    with database.read() as session:
        left = find_unfiled(session, INBOX)
        filed = mail_deliveries(session, read)

    assert [(one.place.uid, one.disposition) for one in unfiled] == [("a", "report"), ("c", "report")]
    assert left == ()
    assert [(one.folder, one.filed_at) for one in filed] == [
        ("Processed", NOW + timedelta(hours=1)),
        ("", NOW + timedelta(hours=1)),
    ]
