"""The ledger: each step of a delivery is committed before the next, so that a kill leaves no doubt but one.

That doubt is a process killed between "all data sent" and the server's answer: `outcome_unknown`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import acknowledgements
from storage.database import Database
from storage.values import DueAcknowledgement

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)


@dataclass(slots=True)
class DeliverySummary:
    """What one delivery run did."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    outcome_unknown: int = 0


class Ledger:
    """Commits what became of acknowledgements, and counts it."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self.summary = DeliverySummary()

    def note_data_sent(self, due: Sequence[DueAcknowledgement]) -> None:
        """All data of these was handed over; the receiving side has not confirmed it yet."""
        with self._database.begin() as session:
            acknowledgements.mark_many_data_sent(session, [one.id for one in due], self._now())

    def note_sent(self, due: Sequence[DueAcknowledgement]) -> None:
        """These were accepted."""
        with self._database.begin() as session:
            acknowledgements.mark_many_sent(session, [one.id for one in due], self._now())
        self.summary.sent += len(due)

    def note_refused_for_now(self, due: DueAcknowledgement, error: str) -> None:
        """This one is tried again, later and later, until it is five days old."""
        now = self._now()
        if now - due.created_at > GIVE_UP_AFTER:
            self.note_failed(due, f"given up after {GIVE_UP_AFTER.days} days: {error}")
            return
        wait = min(FIRST_RETRY * 2 ** min(due.attempts - 1, 20), LONGEST_RETRY)
        with self._database.begin() as session:
            acknowledgements.mark_waiting(session, due.id, error, now + wait)
        self.summary.retried += 1

    def note_failed(self, due: DueAcknowledgement, error: str) -> None:
        """This one is never tried again."""
        with self._database.begin() as session:
            acknowledgements.mark_failed(session, due.id, error)
        self.summary.failed += 1

    def note_outcome_unknown(self, due: DueAcknowledgement, error: str) -> None:
        """Nobody knows whether this one arrived; it is not sent again."""
        with self._database.begin() as session:
            acknowledgements.mark_outcome_unknown(session, due.id, error)
        self.summary.outcome_unknown += 1
