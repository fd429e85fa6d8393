"""Tells reporters, in one summary each, of the mails whose acknowledgement was held back."""

from datetime import UTC, datetime

import structlog

from abuse_intake.acknowledgement import NOT_WRITTEN, render_summary
from abuse_intake.answering import Ourselves
from abuse_intake.concluding import HOUR
from storage import held_back
from storage.database import Database

log = structlog.get_logger()

MAX_SUMMARIES = 100
"""Reporters a delivery run; the others come with the next."""


def tell_held_back(database: Database, ourselves: Ourselves, per_reporter_hour: int) -> int:
    """Put a summary into the outbox where the hour has ended and the limit leaves room; how many."""
    now = datetime.now(UTC)
    with database.read() as session:
        reporters = held_back.find_held_back(
            session, now - HOUR, now - HOUR, per_reporter_hour, MAX_SUMMARIES
        )
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
