"""Who was told before: the acknowledgements, by whom they went to."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from parsers.recipient import recipient_key
from storage.bulk import chunked
from storage.models import Acknowledgement, Incident, Report

MAX_REFERENCES = 100
"""Message ids of ours that one mail is looked up by."""


def recipient_hash(key: str) -> str:
    """A `recipient_key` as the tables hold it."""
    return sha256(key.encode()).hexdigest()


def count_since(session: Session, addresses: Collection[str], since: datetime) -> dict[str, int]:
    """How many acknowledgements to each recipient (by `recipient_key`) were created at that time or later."""
    counts = dict.fromkeys(map(recipient_key, addresses), 0)
    hashes = {recipient_hash(key): key for key in counts}
    for some in chunked(hashes):
        mine = and_(Acknowledgement.to_sha256.in_(some), Acknowledgement.created_at >= since)
        grouped = (
            select(Acknowledgement.to_sha256, func.count()).where(mine).group_by(Acknowledgement.to_sha256)
        )
        counts.update((hashes[key], number) for key, number in session.execute(grouped))
    return counts


def count_all_since(session: Session, since: datetime, limit: int) -> int:
    """How many acknowledgements were created at that time or later; counted up to the limit only."""
    some = select(Acknowledgement.id).where(Acknowledgement.created_at >= since).limit(limit).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def find_recipients(session: Session, keys: Collection[str], since: datetime) -> set[str]:
    """Those of these recipients (`recipient_key`) for whom an acknowledgement was created at that time or later."""
    hashes = {recipient_hash(key): key for key in keys}
    found: set[str] = set()
    for some in chunked(hashes):
        theirs = and_(Acknowledgement.to_sha256.in_(some), Acknowledgement.created_at >= since)
        recipients = session.scalars(select(Acknowledgement.to_sha256).where(theirs).distinct())
        found.update(hashes[one] for one in recipients)
    return found


def find_acknowledged_keys(session: Session, recipient: str, message_ids: Collection[str]) -> set[str]:
    """What was reported by the mails that these acknowledgements to one recipient answer: the incidents' keys."""
    answered = select(Acknowledgement.mail_id).where(
        Acknowledgement.to_sha256 == recipient_hash(recipient),
        Acknowledgement.message_id.in_(list(message_ids)[:MAX_REFERENCES]),
    )
    keys = select(Incident.key_sha256).join(Report, Report.incident_id == Incident.id)
    return set(session.scalars(keys.where(Report.mail_id.in_(answered))))
