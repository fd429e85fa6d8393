"""Keeping what arrived: a mail is its sha256, and each place where it lay is a delivery of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session

from parsers.values import Disposition
from storage.bulk import chunked, insert_missing, is_postgresql
from storage.compression import compress
from storage.models import Delivery as DeliveryRow
from storage.models import Mail, MailContent, table_of
from storage.paging import Statement
from storage.values import Arrival, Delivery, Place


def find_deliveries(session: Session, mailbox: str, places: Sequence[Place]) -> dict[Place, Delivery]:
    """Which of the places of that mailbox are known, each with its mail's disposition."""
    wanted = set(places)
    found: dict[Place, Delivery] = {}
    # A uid is seldom known under two validities, and files have a validity each: the uid alone selects.
    for uids in chunked(sorted({place.uid for place in wanted})):
        known = _deliveries().where(DeliveryRow.mailbox == mailbox, DeliveryRow.uid.in_(uids))
        deliveries = map(_delivery, session.execute(known))
        found.update((one.place, one) for one in deliveries if one.place in wanted)
    return found


def keep_mails(session: Session, mailbox: str, arrivals: Sequence[Arrival]) -> dict[Place, Delivery]:
    """Keep the mails that are new, and note where each lay; doing it again changes nothing."""
    if is_postgresql(session):
        # Two fetchers with the same mails in another order would wait for each other; ids follow the arrival.
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('abuse-intake keep'))"))
    mails: dict[str, Arrival] = {}
    for arrival in arrivals:
        mails.setdefault(arrival.sha256, arrival)
    known = _mail_ids(session, mails)
    new = [arrival for arrival in mails.values() if arrival.sha256 not in known]
    known |= _insert_mails(session, new)
    seen_at = datetime.now(UTC)
    deliveries = [
        {
            "mail_id": known[arrival.sha256],
            "mailbox": mailbox,
            "validity": arrival.place.validity,
            "uid": arrival.place.uid,
            "seen_at": seen_at,
        }
        for arrival in arrivals
    ]
    insert_missing(session, DeliveryRow, deliveries, ("mailbox", "uid", "validity"))
    return find_deliveries(session, mailbox, [arrival.place for arrival in arrivals])


def find_unfiled(
    session: Session, mailbox: str, after: str = "0", limit: int | None = None
) -> tuple[Delivery, ...]:
    """Deliveries that were not filed away yet though their mail has its disposition; the oldest first.

    Those after the delivery of the id `after`, at most `limit` of them.
    """
    unfiled = (
        _deliveries()
        .where(DeliveryRow.mailbox == mailbox, DeliveryRow.filed_at.is_(None), Mail.disposition.is_not(None))
        .where(DeliveryRow.id > int(after))
        .order_by(DeliveryRow.id)
        .limit(limit)
    )
    return tuple(map(_delivery, session.execute(unfiled)))


def mark_filed(session: Session, deliveries: Sequence[tuple[str, str]], now: datetime) -> None:
    """Note into which folder each delivery (its id) went; the empty name says that it had gone."""
    table = table_of(DeliveryRow)
    filed = (
        update(table)
        .where(table.c.id == bindparam("delivery_id"))
        .values(filed_at=bindparam("filed_at"), folder=bindparam("folder"))
    )
    rows = [{"delivery_id": int(id), "filed_at": now, "folder": folder} for id, folder in deliveries]
    if rows:
        session.execute(filed, rows)


def _deliveries() -> Statement:
    return select(
        DeliveryRow.id, DeliveryRow.mail_id, DeliveryRow.validity, DeliveryRow.uid, Mail.disposition
    ).join(Mail, Mail.id == DeliveryRow.mail_id)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=str(row.id),
        mail_id=str(row.mail_id),
        place=Place(row.validity, row.uid),
        disposition=cast(Disposition | None, row.disposition),
    )


def _mail_ids(session: Session, hashes: Iterable[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for some in chunked(hashes):
        rows = session.execute(select(Mail.sha256, Mail.id).where(Mail.sha256.in_(some)))
        ids.update((row.sha256, row.id) for row in rows)
    return ids


def _insert_mails(session: Session, arrivals: Sequence[Arrival]) -> Mapping[str, int]:
    insert_missing(session, Mail, [_mail_row(arrival) for arrival in arrivals], ("sha256",))
    ids = _mail_ids(session, [arrival.sha256 for arrival in arrivals])
    contents = [{"mail_id": ids[arrival.sha256], "raw": compress(arrival.raw)} for arrival in arrivals]
    insert_missing(session, MailContent, contents, ("mail_id",))
    return ids


def _mail_row(arrival: Arrival) -> dict[str, object]:
    return {
        "sha256": arrival.sha256,
        "size": len(arrival.raw),
        "received_at": arrival.received_at,
        "warnings": [],
        "attempts": 0,
        "interrupted": False,
    }
