"""Mails are listed newest first, and found by id or hash."""

from datetime import timedelta

import pytest
from storage_builders import INBOX, NOW, arrival, keep, keep_all, outcome, record

from storage.database import Database
from storage.errors import NotFound
from storage.mails import find_mail, list_mails, mail_deliveries, mail_raw, reports_of_mail


def test_list_is_newest_first_and_limited(database: Database) -> None:
    """The list begins with what was received last, and ends at its limit; 0 lists all, over many pages."""
    keep_all(
        database,
        [arrival(number, received_at=NOW + timedelta(seconds=number // 7)) for number in range(1, 451)],
    )

    with database.read() as session:
        some = [one.id for one in list_mails(session, limit=3)]
        every = [one.id for one in list_mails(session, limit=0)]
        usual = len(list(list_mails(session)))

    assert some == ["450", "449", "448"]
    assert every == [str(number) for number in range(450, 0, -1)]
    assert usual == 50


def test_list_by_disposition_and_time(database: Database) -> None:
    """The list takes only one disposition, and what was received at a time or later."""
    ids = keep_all(
        database, [arrival(number, received_at=NOW + timedelta(hours=number)) for number in range(3)]
    )
    record(database, [outcome(ids[0]), outcome(ids[2], disposition="quarantined", reason="not_mail")])

    with database.read() as session:
        quarantined = [one.id for one in list_mails(session, disposition="quarantined")]
        since = [(one.id, one.disposition) for one in list_mails(session, since=NOW + timedelta(hours=1))]

    assert quarantined == [ids[2]]
    assert since == [(ids[2], "quarantined"), (ids[1], None)]


def test_mail_is_found_by_id_and_hash(database: Database) -> None:
    """A mail is found by its id, and by the start of its sha256 with dashes and in capitals."""
    wanted, _other = keep(database, 2)
    sha256 = arrival(1).sha256
    spellings = [
        wanted,
        f" {wanted} ",
        sha256,
        sha256[:8],
        sha256[:20].upper(),
        f"{sha256[:8]}-{sha256[8:16]}",
    ]

    with database.read() as session:
        found = {find_mail(session, one).id for one in spellings}
        shown = find_mail(session, wanted)

    assert found == {wanted}
    assert (shown.sha256, shown.size, shown.mailbox) == (sha256, len(arrival(1).raw), INBOX)


@pytest.mark.parametrize(
    "given", ["3", "0", "", "abc", "ffff", "f" * 64, "f" * 65, "9" * 25, "\0", "x" * 10_000]
)
def test_unknown_mail_is_not_found(database: Database, given: str) -> None:
    """What names no mail is answered in one line that says what to give."""
    keep(database)

    with database.read() as session, pytest.raises(NotFound, match="no mail") as caught:
        find_mail(session, given)

    assert len(str(caught.value)) < 300


def test_ambiguous_hash_asks_for_more(database: Database) -> None:
    """A start that several hashes share asks for more digits."""
    mails = [arrival(number) for number in (1, 2)]
    with database.begin() as session:
        from storage.keeping import keep_mails
        from storage.values import Arrival

        alike = [Arrival(one.place, one.raw, f"{'ab' * 31}0{index}", NOW) for index, one in enumerate(mails)]
        keep_mails(session, INBOX, alike)

    with database.read() as session, pytest.raises(NotFound, match="give more digits"):
        find_mail(session, "ABABABAB")


def test_digits_of_a_hash_are_not_taken_for_an_id(database: Database) -> None:
    """Eight digits or more are a hash first, and an id only when no hash begins so."""
    from storage.keeping import keep_mails
    from storage.values import Arrival, Place

    with database.begin() as session:
        keep_mails(session, INBOX, [Arrival(Place(1, "1"), b"x", "12345678" + "a" * 56, NOW)])

    with database.read() as session:
        assert find_mail(session, "12345678").id == "1"


def test_nothing_of_an_unknown_mail(database: Database) -> None:
    """The parts of a mail that is not there: no bytes, no places, no reports."""
    with database.read() as session:
        with pytest.raises(NotFound):
            mail_raw(session, "5")
        assert mail_deliveries(session, "5") == ()
        assert reports_of_mail(session, "5") == ()
