"""Mails whose reporters were over their limit of acknowledgements: who waits to be told, in one summary."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from storage.acknowledgements import put_into_outbox
from storage.bulk import chunked
from storage.columns import parse_id
from storage.models import Acknowledgement, Mail
from storage.values import NewAcknowledgement

HELD_BACK = "held_back"
"""The reason why a mail is not answered on its own, until the summary is made."""
IN_SUMMARY = "in_summary"
"""The reason afterwards."""


@dataclass(frozen=True, slots=True)
class HeldMail:
    """One mail that was held back."""

    id: str
    sha256: str
    subject: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class HeldBack:
    """All that was held back from one reporter, oldest first."""

    reporter: str
    mails: tuple[HeldMail, ...]


def find_held_back(
    session: Session, before: datetime, sent_since: datetime, per_reporter: int, limit: int
) -> tuple[str, ...]:
    """Reporters (hashed keys) to be told now, who have waited longest first.

    Their first held-back mail was read at or before `before`, and fewer than `per_reporter` acknowledgements
    (0 = no limit) were made for them at `sent_since` or later.
    """
    waiting = (
        select(Mail.reporter_sha256)
        .where(Mail.unanswered_reason == HELD_BACK)
        .group_by(Mail.reporter_sha256)
        .having(func.min(Mail.read_at) <= before)
        .order_by(func.min(Mail.read_at), Mail.reporter_sha256)
    )
    if per_reporter:
        sent = (
            select(func.count())
            .where(
                Acknowledgement.to_sha256 == Mail.reporter_sha256, Acknowledgement.created_at >= sent_since
            )
            .correlate(Mail)
            .scalar_subquery()
        )
        waiting = waiting.having(sent < per_reporter)
    return tuple(key for key in session.scalars(waiting.limit(limit)) if key is not None)


def take_held_back(session: Session, reporter: str) -> HeldBack | None:
    """All that is held back from one reporter (a hashed key), locked; None when another worker has told it."""
    wanted = (
        select(Mail.id, Mail.sha256, Mail.subject, Mail.received_at, Mail.reporter)
        .where(*_is_held_from(reporter))
        .order_by(Mail.id)
        .with_for_update()
    )
    rows = session.execute(wanted).all()
    if not rows:
        return None
    mails = tuple(HeldMail(str(row.id), row.sha256, row.subject, row.received_at) for row in rows)
    return HeldBack(rows[0].reporter or "", mails)


def record_summary(session: Session, held: HeldBack, summary: NewAcknowledgement, now: datetime) -> None:
    """Put the summary into the outbox as the answer to the oldest of the mails; all of them count as told."""
    put_into_outbox(session, int(held.mails[0].id), summary, now)
    _mark(session, held, IN_SUMMARY)


def give_up(session: Session, held: HeldBack, reason: str) -> None:
    """No summary can be written for these: they stay unanswered, and keep nobody else from theirs."""
    _mark(session, held, reason)


def _mark(session: Session, held: HeldBack, reason: str) -> None:
    for some in chunked(int(mail.id) for mail in held.mails):
        session.execute(
            update(Mail)
            .where(Mail.id.in_(some))
            .values(unanswered_reason=reason)
            .execution_options(synchronize_session=False)
        )


def find_told(session: Session, mail_ids: Collection[str]) -> dict[str, str | None]:
    """Which of these mails were answered before: in a summary (`IN_SUMMARY`), or on their own (None)."""
    told: dict[str, str | None] = {}
    for some in chunked(number for id in mail_ids if (number := parse_id(id)) is not None):
        rows = session.execute(
            select(Mail.id, Mail.unanswered_reason)
            .outerjoin(Acknowledgement, Acknowledgement.mail_id == Mail.id)
            .where(
                Mail.id.in_(some),
                or_(Acknowledgement.id.is_not(None), Mail.unanswered_reason == IN_SUMMARY),
            )
        )
        told.update((str(id), reason if reason == IN_SUMMARY else None) for id, reason in rows)
    return told


def _is_held_from(reporter: str) -> tuple[ColumnElement[bool], ...]:
    return Mail.unanswered_reason == HELD_BACK, Mail.reporter_sha256 == reporter
