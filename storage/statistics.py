"""The counts that `stats` shows."""

from datetime import datetime
from typing import Any, get_args

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from parsers.values import Disposition
from storage.models import Acknowledgement, Incident, Mail
from storage.values import IncidentStatus, OutboxState, Statistics


def gather_statistics(session: Session, now: datetime) -> Statistics:
    """Counts by disposition, status and state, zeros included, and the age of the oldest thing left to do.

    Incidents that lost all their reports are not counted.
    """
    dispositions = _count_by(session, Mail.disposition)
    unread = dispositions.pop(None, 0)
    return Statistics(
        mails={**dict.fromkeys(get_args(Disposition), 0), **_named(dispositions), "unread": unread},
        incidents={
            **dict.fromkeys(get_args(IncidentStatus), 0),
            **_named(_count_by(session, Incident.status, Incident.report_count > 0)),
        },
        outbox={
            **dict.fromkeys(get_args(OutboxState), 0),
            **_named(_count_by(session, Acknowledgement.state)),
        },
        oldest_waiting_seconds=_oldest_waiting(session, now),
    )


def _count_by(
    session: Session, column: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]
) -> dict[str | None, int]:
    rows = session.execute(select(column, func.count()).where(*conditions).group_by(column))
    return {value: number for value, number in rows}  # noqa: C416 - rows are no plain pairs to the type checker


def _named(counts: dict[str | None, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if name is not None}


def measure_oldest_due(session: Session, now: datetime) -> float | None:
    """For how many seconds the oldest acknowledgement has been due and not delivered; None without one."""
    since = _find_oldest_due(session, now)
    return None if since is None else max(0.0, (now - since).total_seconds())


def _oldest_waiting(session: Session, now: datetime) -> float | None:
    waiting = (
        _earliest(session, Mail.received_at, Mail.disposition.is_(None)),
        _find_oldest_due(session, now),
    )
    ages = [(now - since).total_seconds() for since in waiting if since is not None]
    return max(0.0, *ages) if ages else None


def _find_oldest_due(session: Session, now: datetime) -> datetime | None:
    is_open = Acknowledgement.state.in_(("waiting", "sending"))
    return _earliest(session, Acknowledgement.due_at, is_open & (Acknowledgement.due_at <= now))


def _earliest(
    session: Session, column: InstrumentedAttribute[datetime], condition: ColumnElement[bool]
) -> datetime | None:
    return session.scalar(select(func.min(column)).where(condition))
