"""Who reads which mail: a worker leases mails, and what a dead worker left is read again one by one.

Reading in a batch counts no attempt. A batch that a dead process left is `interrupted`: each of its mails is
then claimed alone, and the attempt is committed before it is read, so that the one that kills is found.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from storage.bulk import chunked
from storage.columns import require_id
from storage.compression import decompress
from storage.errors import NotFound
from storage.models import Mail, MailContent
from storage.values import ClaimedMail

DEFAULT_MAX_BYTES = 64 * 1024 * 1024


def reclaim_interrupted(session: Session, owner: str, is_alive: Callable[[str], bool], now: datetime) -> int:
    """Free the mails of dead or late holders, marked as interrupted; return how many.

    What `owner` itself still holds, from before it began, is freed without a mark.
    """
    release(session, owner)
    leased = and_(Mail.disposition.is_(None), Mail.leased_by.is_not(None))
    holders = session.scalars(select(Mail.leased_by).where(leased).distinct())
    dead = [holder for holder in holders if holder is not None and not is_alive(holder)]
    lost = and_(leased, or_(Mail.leased_by.in_(dead), Mail.leased_until <= now))
    found = session.scalars(select(Mail.id).where(lost).order_by(Mail.id).with_for_update()).all()
    _update(session, found, interrupted=True, leased_by=None, leased_until=None)
    return len(found)


def claim_batch(
    session: Session,
    owner: str,
    limit: int,
    now: datetime,
    lease: timedelta,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> tuple[ClaimedMail, ...]:
    """Lease the oldest unread mails, at most `limit` and `max_bytes` of them, but one if there is any."""
    candidates = session.execute(
        select(Mail.id, Mail.size)
        .where(_free(), Mail.interrupted.is_(False))
        .order_by(Mail.received_at, Mail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    ids = _within([(row.id, row.size) for row in candidates], max_bytes)
    _update(session, ids, leased_by=owner, leased_until=now + lease)
    return _claimed(session, ids)


def claim_interrupted(
    session: Session, owner: str, now: datetime, lease: timedelta, max_attempts: int
) -> ClaimedMail | None:
    """Lease one mail that a dead worker left, of those with the fewest attempts; None when there is none.

    So a mail that kills holds up no other, and kills from elsewhere do not all hit the same one.
    The attempt is counted, unless `max_attempts` were made already: then the mail comes as exhausted, and
    without a lease, for it is to be recorded at once.
    """
    id = session.scalar(_next_interrupted().with_for_update(skip_locked=True))
    if id is None:
        return None
    mail = _claimed(session, [id])[0]
    if mail.attempts >= max_attempts:
        return replace(mail, is_exhausted=True)
    _update(session, [id], leased_by=owner, leased_until=now + lease, attempts=Mail.attempts + 1)
    return replace(mail, attempts=mail.attempts + 1)


def find_next_interrupted(session: Session) -> ClaimedMail | None:
    """What `claim_interrupted` would lease now, neither leased nor counted."""
    id = session.scalar(_next_interrupted())
    return None if id is None else _claimed(session, [id])[0]


def _next_interrupted() -> Select[int]:
    """A mail that kills holds up no other so, and kills from elsewhere do not all hit the same one."""
    waiting = select(Mail.id).where(_free(), Mail.interrupted.is_(True))
    return waiting.order_by(Mail.attempts, Mail.received_at, Mail.id).limit(1)


def release(session: Session, owner: str) -> int:
    """Free what `owner` holds, without a mark, as at a clean stop; return how many.

    An attempt that it counted is given back: the owner lives, so the mail did not kill it.
    """
    held = select(Mail.id, Mail.attempts).where(Mail.disposition.is_(None), Mail.leased_by == owner)
    found = session.execute(held.order_by(Mail.id).with_for_update()).all()
    _update(session, [id for id, _ in found], leased_by=None, leased_until=None)
    _update(session, [id for id, attempts in found if attempts], attempts=Mail.attempts - 1)
    return len(found)


def reset_for_retry(session: Session, id: str) -> ClaimedMail:
    """The mail, to be read again with no attempts counted; it stays as it is until recorded anew."""
    number = require_id(id, no_such_mail)
    _update(session, [number], attempts=0)
    claimed = _claimed(session, [number])
    if not claimed:
        raise no_such_mail(id)
    return claimed[0]


def no_such_mail(id: str) -> NotFound:
    """The error for a mail that is not there."""
    return NotFound(f"no mail {id[:80]!r}: give its id, as `abuse-intake mails list` shows it")


def _free() -> ColumnElement[bool]:
    return and_(Mail.disposition.is_(None), Mail.leased_by.is_(None))


def _within(sized: Sequence[tuple[int, int]], max_bytes: int) -> list[int]:
    ids: list[int] = []
    total = 0
    for id, size in sized:
        total += size
        if ids and total > max_bytes:
            break
        ids.append(id)
    return ids


def _update(session: Session, ids: Sequence[int], **values: object) -> None:
    for some in chunked(ids):
        session.execute(
            update(Mail)
            .where(Mail.id.in_(some))
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _claimed(session: Session, ids: Sequence[int]) -> tuple[ClaimedMail, ...]:
    rows = session.execute(
        select(Mail.id, Mail.received_at, Mail.attempts, MailContent.raw)
        .join(MailContent, MailContent.mail_id == Mail.id)
        .where(Mail.id.in_(ids))
        .order_by(Mail.received_at, Mail.id)
    )
    return tuple(ClaimedMail(str(row.id), decompress(row.raw), row.received_at, row.attempts) for row in rows)
