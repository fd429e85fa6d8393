"""The outbox: acknowledgements, who delivers them, and how far each delivery came."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from storage.bulk import chunked, insert_missing
from storage.columns import parse_id
from storage.compression import compress, decompress
from storage.models import Acknowledgement
from storage.paging import newest_by_id
from storage.values import (
    AcknowledgementRecord,
    DueAcknowledgement,
    NewAcknowledgement,
    OutboxState,
    Outcome,
)

MAX_ERROR_CHARACTERS = 500


def insert_acknowledgements(session: Session, outcomes: Mapping[int, Outcome], now: datetime) -> None:
    """Put the outcomes' acknowledgements into the outbox; a mail that has one keeps the one it has."""
    rows = [
        _row(mail_id, outcome.acknowledgement, now)
        for mail_id, outcome in sorted(outcomes.items())
        if outcome.acknowledgement is not None
    ]
    insert_missing(session, Acknowledgement, rows, ("mail_id",))


def put_into_outbox(session: Session, mail_id: int, new: NewAcknowledgement, now: datetime) -> None:
    """Put one acknowledgement into the outbox; a mail that has one keeps the one it has."""
    insert_missing(session, Acknowledgement, [_row(mail_id, new, now)], ("mail_id",))


def claim_due(
    session: Session,
    owner: str,
    is_alive: Callable[[str], bool],
    now: datetime,
    lease: timedelta,
    limit: int,
) -> tuple[DueAcknowledgement, ...]:
    """Lease what is due, and what a dead, late or former delivery left; each attempt is counted here."""
    due = or_(
        and_(Acknowledgement.state == "waiting", Acknowledgement.next_attempt_at <= now),
        _left_behind(session, owner, is_alive, now),
    )
    oldest = select(Acknowledgement.id).where(due).order_by(Acknowledgement.due_at, Acknowledgement.id)
    ids = session.scalars(oldest.limit(limit).with_for_update(skip_locked=True)).all()
    _update(
        session,
        ids,
        state="sending",
        attempts=Acknowledgement.attempts + 1,
        leased_by=owner,
        leased_until=now + lease,
        next_attempt_at=None,
    )
    return _due(session, ids)


def mark_data_sent(session: Session, id: str, now: datetime) -> None:
    """All data went out; only the final dot is missing. Commit this before sending it."""
    mark_many_data_sent(session, (id,), now)


def mark_many_data_sent(session: Session, ids: Collection[str], now: datetime) -> None:
    """As `mark_data_sent`, for many."""
    _update(session, _numbers(ids), data_sent_at=now)


def mark_sent(session: Session, id: str, now: datetime) -> None:
    """It was accepted."""
    mark_many_sent(session, (id,), now)


def mark_many_sent(session: Session, ids: Collection[str], now: datetime) -> None:
    """As `mark_sent`, for many."""
    _settle(session, ids, state="sent", sent_at=now, last_error=None)


def mark_waiting(session: Session, id: str, error: str | None, next_attempt_at: datetime) -> None:
    """It was not accepted now, and is tried again at that time."""
    _settle(
        session,
        (id,),
        state="waiting",
        last_error=_clean(error),
        next_attempt_at=next_attempt_at,
        data_sent_at=None,
    )


def mark_failed(session: Session, id: str, error: str) -> None:
    """It was refused for good."""
    _settle(session, (id,), state="failed", last_error=_clean(error))


def mark_outcome_unknown(session: Session, id: str, error: str) -> None:
    """Its delivery broke off after all data was sent; it is not sent again."""
    _settle(session, (id,), state="outcome_unknown", last_error=_clean(error))


def list_acknowledgements(
    session: Session, state: OutboxState | None = None, limit: int = 50
) -> Iterator[AcknowledgementRecord]:
    """The outbox, newest first; 0 = all, in constant memory."""
    wanted = select(*RECORD_COLUMNS)
    if state is not None:
        wanted = wanted.where(Acknowledgement.state == state)
    return map(_record, newest_by_id(session, wanted, Acknowledgement.id, limit))


def acknowledgement_of_mail(session: Session, mail_id: str) -> tuple[AcknowledgementRecord, bytes] | None:
    """The acknowledgement of a mail with its bytes, or None when it has none."""
    number = parse_id(mail_id)
    mine = select(*RECORD_COLUMNS, Acknowledgement.content).where(Acknowledgement.mail_id == number)
    row = session.execute(mine).one_or_none()
    return None if row is None else (_record(row), decompress(row.content))


def count_since(session: Session, addresses: Collection[str], since: datetime) -> dict[str, int]:
    """How many acknowledgements to each recipient (by `recipient_key`) were created at that time or later."""
    counts = dict.fromkeys(map(recipient_key, addresses), 0)
    hashes = {_recipient_hash(key): key for key in counts}
    for some in chunked(hashes):
        mine = and_(Acknowledgement.to_sha256.in_(some), Acknowledgement.created_at >= since)
        grouped = (
            select(Acknowledgement.to_sha256, func.count()).where(mine).group_by(Acknowledgement.to_sha256)
        )
        counts.update((hashes[key], number) for key, number in session.execute(grouped))
    return counts


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


def _row(mail_id: int, new: NewAcknowledgement, now: datetime) -> dict[str, Any]:
    return {
        "mail_id": mail_id,
        "to_address": new.to,
        "to_sha256": _recipient_hash(recipient_key(new.to)),
        "message_id": new.message_id,
        "content": compress(new.content),
        "state": "waiting",
        "attempts": 0,
        "created_at": now,
        "due_at": new.due_at,
        "next_attempt_at": new.due_at,
    }


def recipient_key(address: str) -> str:
    """What makes two addresses one recipient: case, a +tag and a final dot do not tell mailboxes apart."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain.rstrip('.')}"


def _recipient_hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _left_behind(
    session: Session, owner: str, is_alive: Callable[[str], bool], now: datetime
) -> ColumnElement[bool]:
    sending = Acknowledgement.state == "sending"
    holders = session.scalars(select(Acknowledgement.leased_by).where(sending).distinct())
    dead = [one for one in holders if one is not None and (one == owner or not is_alive(one))]
    return and_(sending, or_(Acknowledgement.leased_by.in_(dead), Acknowledgement.leased_until <= now))


def _due(session: Session, ids: Sequence[int]) -> tuple[DueAcknowledgement, ...]:
    wanted = select(*RECORD_COLUMNS, Acknowledgement.content, Acknowledgement.data_sent_at)
    found = session.execute(
        wanted.where(Acknowledgement.id.in_(ids)).order_by(Acknowledgement.due_at, Acknowledgement.id)
    )
    return tuple(
        DueAcknowledgement(
            id=str(row.id),
            mail_id=str(row.mail_id),
            to=row.to_address,
            message_id=row.message_id,
            content=decompress(row.content),
            attempts=row.attempts,
            created_at=row.created_at,
            data_sent=row.data_sent_at is not None,
        )
        for row in found
    )


def _settle(session: Session, ids: Collection[str], **values: object) -> None:
    _update(
        session, _numbers(ids), **{"leased_by": None, "leased_until": None, "next_attempt_at": None, **values}
    )


def _update(session: Session, ids: Sequence[int], **values: object) -> None:
    for some in chunked(ids):
        session.execute(
            update(Acknowledgement)
            .where(Acknowledgement.id.in_(some))
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _numbers(ids: Collection[str]) -> list[int]:
    return sorted(number for number in map(parse_id, ids) if number is not None)


def _clean(error: str | None) -> str | None:
    """A server's answer as the database takes it: short, valid, and without NUL."""
    if error is None:
        return None
    return error[:MAX_ERROR_CHARACTERS].encode("utf-8", "replace").decode().replace("\0", "")


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
