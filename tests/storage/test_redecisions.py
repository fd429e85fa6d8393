"""Which incidents and mails are decided on again, a batch at a time."""

import pytest
from reattribution_builders import Stored
from storage_builders import attribution, message, report

from storage.database import Database
from storage.errors import NotFound
from storage.redecisions import batch_incidents, find_incident_ids, load_mails, require_incident_ids
from storage.values import IncidentFilter


def test_batches_hold_whole_incidents(database: Database) -> None:
    """An incident is never parted, however many mails report it, and what exceeds a batch begins the next."""
    stored = Stored(database)
    for number in range(1, 7):
        stored.add((report(message(message_id=f"<{number // 3}@junk.example>")), attribution()))
    with database.read() as session:
        ids = find_incident_ids(session, IncidentFilter())

        batches = list(batch_incidents(session, ids, most_mails=2))

    assert [(len(one.incident_ids), len(one.mail_ids)) for one in batches] == [(1, 2), (1, 3), (1, 1)]
    assert sorted(id for one in batches for id in one.mail_ids) == sorted(stored.mails)


def test_mails_come_within_a_bound(database: Database) -> None:
    """So many mails come at once as fit, but one always does."""
    stored = Stored(database, "contoso", "contoso", "contoso")

    with database.read() as session:
        both = load_mails(session, stored.mails, most_bytes=60)
        one = load_mails(session, stored.mails, most_bytes=1)

    assert [mail.id for mail in both] == stored.mails[:2]
    assert [mail.id for mail in one] == stored.mails[:1]
    assert both[0].raw == b"Subject: mail 1\r\n\r\nHello\r\n"


@pytest.mark.parametrize("id", ["999", "x", ""])
def test_an_id_that_is_none_is_refused(database: Database, id: str) -> None:
    """An id that no incident has is told."""
    Stored(database, "contoso")

    with database.read() as session, pytest.raises(NotFound, match="no incident"):
        require_incident_ids(session, ["1", id])
