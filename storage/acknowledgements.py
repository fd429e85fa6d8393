"""The outbox: acknowledgements, who delivers them, and how far each delivery came."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from parsers.recipient import recipient_key
from storage.bulk import chunked, insert_missing
from storage.columns import parse_id
from storage.compression import compress
from storage.models import Acknowledgement
from storage.outbox_records import RECORD_COLUMNS, content_or_nothing
from storage.told import recipient_hash
from storage.values import (
    DueAcknowledgement,
    NewAcknowledgement,
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
    *,
    takes_back: bool = True,
) -> tuple[DueAcknowledgement, ...]:
    """Lease what is due, and what a dead or late delivery left; each attempt is counted here.

    `takes_back`: also what `owner` itself has leased, which it must not have in hand then.
    """
    due = or_(
        and_(Acknowledgement.state == "waiting", Acknowledgement.next_attempt_at <= now),
        _left_behind(session, owner, is_alive, now, takes_back=takes_back),
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


def renew(session: Session, ids: Collection[str], owner: str, until: datetime) -> set[str]:
    """Prolong the lease of those that `owner` still holds, and return these; the others are somebody else's now."""
    mine = _held(session, ids, owner)
    _update(session, mine, leased_until=until)
    return set(map(str, mine))


def mark_data_sent(session: Session, ids: Collection[str], owner: str, now: datetime) -> set[str]:
    """All data of these went out, the final dot is missing. Commit this before sending it.

    Only for those that are returned: what `owner` no longer holds, another delivery has taken over.
    """
    mine = _held(session, ids, owner)
    _update(session, mine, data_sent_at=now)
    return set(map(str, mine))


def mark_sent(session: Session, ids: Collection[str], owner: str, now: datetime) -> None:
    """They were accepted."""
    _settle(session, ids, owner, state="sent", sent_at=now, last_error=None)


def mark_waiting(session: Session, id: str, owner: str, error: str | None, next_attempt_at: datetime) -> None:
    """It was not accepted now, and is tried again at that time."""
    _settle(
        session,
        (id,),
        owner,
        state="waiting",
        last_error=_clean(error),
        next_attempt_at=next_attempt_at,
        data_sent_at=None,
    )


def mark_untried(
    session: Session, ids: Collection[str], owner: str, error: str, next_attempt_at: datetime
) -> None:
    """They could not be tried now, which is no attempt of theirs, and are tried at that time."""
    _settle(
        session,
        ids,
        owner,
        state="waiting",
        attempts=Acknowledgement.attempts - 1,
        last_error=_clean(error),
        next_attempt_at=next_attempt_at,
    )


def mark_failed(session: Session, id: str, owner: str, error: str) -> None:
    """It was refused for good."""
    _settle(session, (id,), owner, state="failed", last_error=_clean(error))


def mark_outcome_unknown(session: Session, id: str, owner: str, error: str) -> None:
    """Its delivery broke off after all data was sent; it is not sent again."""
    _settle(session, (id,), owner, state="outcome_unknown", last_error=_clean(error))


def release_undelivered(session: Session, owner: str, now: datetime) -> None:
    """What `owner` leased and did not come to waits again, as if it had not been tried."""
    untouched = select(Acknowledgement.id).where(
        Acknowledgement.state == "sending",
        Acknowledgement.leased_by == owner,
        Acknowledgement.data_sent_at.is_(None),
    )
    _update(
        session,
        session.scalars(untouched.with_for_update()).all(),
        state="waiting",
        attempts=Acknowledgement.attempts - 1,
        leased_by=None,
        leased_until=None,
        next_attempt_at=now,
    )


def _row(mail_id: int, new: NewAcknowledgement, now: datetime) -> dict[str, Any]:
    return {
        "mail_id": mail_id,
        "to_address": new.to,
        "to_sha256": recipient_hash(recipient_key(new.to)),
        "message_id": new.message_id,
        "content": compress(new.content),
        "state": "waiting",
        "attempts": 0,
        "created_at": now,
        "due_at": new.due_at,
        "next_attempt_at": new.due_at,
    }


def _left_behind(
    session: Session, owner: str, is_alive: Callable[[str], bool], now: datetime, *, takes_back: bool
) -> ColumnElement[bool]:
    sending = Acknowledgement.state == "sending"
    holders = session.scalars(select(Acknowledgement.leased_by).where(sending).distinct())
    others = [one for one in holders if one is not None and one != owner]
    gone = [one for one in others if not is_alive(one)] + ([owner] if takes_back else [])
    late = and_(Acknowledgement.leased_until <= now, Acknowledgement.leased_by != owner)
    return and_(sending, or_(Acknowledgement.leased_by.in_(gone), late))


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
            content=content_or_nothing(row.content),
            attempts=row.attempts,
            created_at=row.created_at,
            data_sent=row.data_sent_at is not None,
        )
        for row in found
    )


def _held(session: Session, ids: Collection[str], owner: str) -> list[int]:
    """Those that `owner` still has the lease of, locked."""
    held: list[int] = []
    for some in chunked(_numbers(ids)):
        mine = select(Acknowledgement.id).where(
            Acknowledgement.id.in_(some),
            Acknowledgement.state == "sending",
            Acknowledgement.leased_by == owner,
        )
        held.extend(session.scalars(mine.order_by(Acknowledgement.id).with_for_update()))
    return held


def _settle(session: Session, ids: Collection[str], owner: str, **values: object) -> None:
    freed = {"leased_by": None, "leased_until": None, "next_attempt_at": None}
    _update(session, _held(session, ids, owner), **{**freed, **values})


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
    """A server's answer as the database takes it: one short line, valid, and without NUL."""
    if error is None:
        return None
    line = " ".join(error[:MAX_ERROR_CHARACTERS].split())
    return line.encode("utf-8", "replace").decode().replace("\0", "")
