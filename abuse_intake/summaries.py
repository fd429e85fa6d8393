"""Tells reporters, in one summary each, of the mails whose acknowledgement was held back."""

from datetime import UTC, datetime

import structlog

from abuse_intake.acknowledgement import NOT_WRITTEN, render_summary
from abuse_intake.answering import Ourselves
from abuse_intake.history import HOUR
from storage import held_back, told
from storage.database import Database

log = structlog.get_logger()

MAX_SUMMARIES = 100
"""Reporters a delivery run; the others come with the next."""


def tell_held_back(
    database: Database,
    ourselves: Ourselves,
    per_reporter_hour: int,
    per_hour: int = 0,
    now: datetime | None = None,
) -> int:
    """Put a summary into the outbox where the hour has ended and both limits (0 = none) leave room; how many."""
    now = now or datetime.now(UTC)
    since = now - HOUR
    with database.read() as session:
        room = MAX_SUMMARIES
        if per_hour:
            room = min(room, per_hour - told.count_all_since(session, since, per_hour))
        reporters = held_back.find_held_back(session, since, since, per_reporter_hour, room) if room else ()
    return sum(_tell_one(database, reporter, ourselves, now) for reporter in reporters)


def _tell_one(database: Database, reporter: str, ourselves: Ourselves, now: datetime) -> bool:
    """Each reporter in a transaction of its own, so that one costs only its own summary."""
    with database.begin() as session:
        held = held_back.take_held_back(session, reporter)
        if held is None:
            return False
        try:
            summary = render_summary(held, ourselves, now)
        except ValueError as error:
            log.error("a summary could not be written", reporter=held.reporter, problem=str(error))
            held_back.give_up(session, held, NOT_WRITTEN)
            return False
        held_back.record_summary(session, held, summary, now)
        return True
