"""Acknowledgements as they are listed and shown; how they are delivered is in `acknowledgements`."""

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.columns import parse_id
from storage.compression import decompress
from storage.cursors import Cursors
from storage.models import Acknowledgement
from storage.paging import FallingList
from storage.values import AcknowledgementRecord, OutboxState, Page

RECORD_COLUMNS = (
    Acknowledgement.id,
    Acknowledgement.mail_id,
    Acknowledgement.to_address,
    Acknowledgement.state,
    Acknowledgement.attempts,
    Acknowledgement.next_attempt_at,
    Acknowledgement.message_id,
    Acknowledgement.last_error,
    Acknowledgement.created_at,
    Acknowledgement.sent_at,
)


def list_acknowledgements(
    session: Session, state: OutboxState | None = None, limit: int = 50
) -> Iterator[AcknowledgementRecord]:
    """The outbox, newest first; 0 = all, in constant memory."""
    return map(_record, _newest(state).read(session, limit))


def find_acknowledgement_page(
    session: Session, state: OutboxState | None = None, limit: int = 50, cursor: str | None = None
) -> Page[AcknowledgementRecord]:
    """Some of these, from where the page before ended; BadCursor when that cannot be told."""
    rows, following = _newest(state).read_page(session, limit, cursor)
    return Page(tuple(map(_record, rows)), following)


def acknowledgement_of_mail(session: Session, mail_id: str) -> tuple[AcknowledgementRecord, bytes] | None:
    """The acknowledgement of a mail with its bytes, or None when it has none."""
    number = parse_id(mail_id)
    mine = select(*RECORD_COLUMNS, Acknowledgement.content).where(Acknowledgement.mail_id == number)
    row = session.execute(mine).one_or_none()
    return None if row is None else (_record(row), content_or_nothing(row.content))


def content_or_nothing(stored: bytes) -> bytes:
    """One damaged row must neither keep the others nor hide its mail: nothing is no letter, and is refused as such."""
    try:
        return decompress(stored)
    except ValueError:
        return b""


def _newest(state: OutboxState | None) -> FallingList:
    wanted = select(*RECORD_COLUMNS)
    if state is not None:
        wanted = wanted.where(Acknowledgement.state == state)
    return FallingList(wanted, (Acknowledgement.id,), Cursors("outbox", {"state": state}, (int,)))


def _record(row: Any) -> AcknowledgementRecord:
    return AcknowledgementRecord(
        id=str(row.id),
        mail_id=str(row.mail_id),
        to=row.to_address,
        state=cast(OutboxState, row.state),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        message_id=row.message_id,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
