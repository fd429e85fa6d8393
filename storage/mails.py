"""Mails: kept, claimed, recorded, filed away, and listed. The first four stand in modules of their own."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from parsers.values import Disposition
from storage.bulk import chunked
from storage.columns import parse_id, require_id
from storage.compression import decompress
from storage.cursors import Cursors
from storage.errors import NotFound
from storage.keeping import find_deliveries, find_unfiled, keep_mails, mark_filed
from storage.leases import (
    claim_batch,
    claim_interrupted,
    find_next_interrupted,
    no_such_mail,
    reclaim_interrupted,
    release,
    reset_for_retry,
)
from storage.models import Delivery, Mail, MailContent, Report
from storage.paging import PAGE, FallingList, Statement
from storage.recording import lock_mails, record_outcomes
from storage.records import REPORTS, report_records
from storage.values import DeliveryRecord, MailRecord, Page, Place, ReportRecord

__all__ = [
    "claim_batch",
    "claim_interrupted",
    "find_deliveries",
    "find_mail",
    "find_mail_page",
    "find_next_interrupted",
    "find_unfiled",
    "keep_mails",
    "list_mails",
    "lock_mails",
    "mail_deliveries",
    "mail_raw",
    "mark_filed",
    "reclaim_interrupted",
    "record_outcomes",
    "release",
    "reports_of_mail",
    "reset_for_retry",
]

MIN_HASH_DIGITS = 8
SHA256_DIGITS = 64


def list_mails(
    session: Session,
    disposition: Disposition | None = None,
    since: datetime | None = None,
    limit: int = 50,
) -> Iterator[MailRecord]:
    """Kept mails, newest first; 0 = all, in constant memory."""
    for rows in chunked(_newest(disposition, since).read(session, limit), PAGE):
        yield from _records(session, rows)


def find_mail_page(
    session: Session,
    disposition: Disposition | None = None,
    since: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[MailRecord]:
    """Some of these, from where the page before ended; BadCursor when that cannot be told."""
    rows, following = _newest(disposition, since).read_page(session, limit, cursor)
    return Page(tuple(_records(session, rows)), following)


def find_mail(session: Session, id_or_hash: str) -> MailRecord:
    """The mail of that id, or whose sha256 begins so (at least 8 digits; dashes and case don't matter)."""
    digits = id_or_hash.strip().replace("-", "").lower()
    by_id = parse_id(digits)
    rows: Sequence[Any] = ()
    if _is_hash_start(digits):
        by_hash = _mails().where(Mail.sha256 >= digits, Mail.sha256 < digits + "g")
        rows = session.execute(by_hash.limit(2)).all()
    if not rows and by_id is not None:
        rows = session.execute(_mails().where(Mail.id == by_id)).all()
    if len(rows) != 1:
        raise _not_one_mail(id_or_hash, len(rows))
    return _records(session, rows)[0]


def mail_raw(session: Session, id: str) -> bytes:
    """The exact bytes of a mail, as they arrived."""
    number = require_id(id, no_such_mail)
    frame = session.scalar(select(MailContent.raw).where(MailContent.mail_id == number))
    if frame is None:
        raise no_such_mail(id)
    return decompress(frame)


def mail_deliveries(session: Session, id: str) -> tuple[DeliveryRecord, ...]:
    """Where a mail lay, in the order seen."""
    places = select(
        Delivery.mailbox,
        Delivery.validity,
        Delivery.uid,
        Delivery.seen_at,
        Delivery.filed_at,
        Delivery.folder,
    ).where(Delivery.mail_id == require_id(id, no_such_mail))
    return tuple(
        DeliveryRecord(row.mailbox, Place(row.validity, row.uid), row.seen_at, row.filed_at, row.folder)
        for row in session.execute(places.order_by(Delivery.id))
    )


def reports_of_mail(session: Session, id: str) -> tuple[ReportRecord, ...]:
    """The reports of a mail, in its own order."""
    mine = REPORTS.where(Report.mail_id == require_id(id, no_such_mail)).order_by(Report.position)
    return report_records(session.execute(mine))


def _newest(disposition: Disposition | None, since: datetime | None) -> FallingList:
    wanted = _mails()
    if disposition is not None:
        wanted = wanted.where(Mail.disposition == disposition)
    if since is not None:
        wanted = wanted.where(Mail.received_at >= since)
    cursors = Cursors("mails", {"disposition": disposition}, (datetime, int))
    return FallingList(wanted, (Mail.received_at, Mail.id), cursors)


def _mails() -> Statement:
    return select(
        Mail.id,
        Mail.sha256,
        Mail.size,
        Mail.received_at,
        Mail.disposition,
        Mail.reason,
        Mail.reporter,
        Mail.subject,
        Mail.attempts,
        Mail.warnings,
        Mail.unanswered_reason,
    )


def _is_hash_start(digits: str) -> bool:
    return MIN_HASH_DIGITS <= len(digits) <= SHA256_DIGITS and set(digits) <= set("0123456789abcdef")


def _not_one_mail(given: str, matches: int) -> NotFound:
    if matches:
        return NotFound(f"several mails begin with {given[:80]!r}: give more digits")
    return NotFound(
        f"no mail {given[:80]!r}: give its id, or the first 8 or more digits of its sha256,"
        " as `abuse-intake mails list --json` shows them, or the reference that its acknowledgement names"
    )


def _records(session: Session, rows: Sequence[Any]) -> list[MailRecord]:
    ids = [row.id for row in rows]
    mailboxes = _mailboxes(session, ids)
    incidents = _incident_ids(session, ids)
    return [_record(row, mailboxes.get(row.id, ""), tuple(incidents.get(row.id, ()))) for row in rows]


def _mailboxes(session: Session, ids: Sequence[int]) -> dict[int, str]:
    first = select(func.min(Delivery.id)).where(Delivery.mail_id.in_(ids)).group_by(Delivery.mail_id)
    rows = session.execute(select(Delivery.mail_id, Delivery.mailbox).where(Delivery.id.in_(first)))
    return {row.mail_id: row.mailbox for row in rows}


def _incident_ids(session: Session, ids: Sequence[int]) -> dict[int, dict[str, None]]:
    """Each mail's incidents in the order of its reports, without repeats."""
    found: dict[int, dict[str, None]] = {}
    pairs = select(Report.mail_id, Report.incident_id).where(Report.mail_id.in_(ids))
    for row in session.execute(pairs.order_by(Report.mail_id, Report.position)):
        found.setdefault(row.mail_id, {})[str(row.incident_id)] = None
    return found


def _record(row: Any, mailbox: str, incident_ids: tuple[str, ...]) -> MailRecord:
    return MailRecord(
        id=str(row.id),
        sha256=row.sha256,
        size=row.size,
        received_at=row.received_at,
        mailbox=mailbox,
        disposition=cast(Disposition | None, row.disposition),
        reason=row.reason,
        reporter=row.reporter,
        subject=row.subject,
        attempts=row.attempts,
        incident_ids=incident_ids,
        warnings=tuple(row.warnings),
        unanswered_reason=row.unanswered_reason,
    )
