"""The ledger: each step of a delivery is committed before the next, so that a kill leaves no doubt but one.

That doubt is a process killed between "all data sent" and the server's answer: `outcome_unknown`. Each step is
also a fence: what this process no longer holds the lease of, another delivery has taken over, and is left to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abuse_intake.steps import Job, beat
from storage import acknowledgements
from storage.database import Database
from storage.values import DueAcknowledgement

LEASE = timedelta(minutes=10)
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
    """Commits what became of acknowledgements that `owner` leased, and counts it."""

    def __init__(
        self,
        database: Database,
        owner: str,
        now: Callable[[], datetime],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = database
        self._owner = owner
        self._now = now
        self.should_stop = should_stop
        self.summary = DeliverySummary()

    def keep_held(self, due: Sequence[DueAcknowledgement]) -> list[DueAcknowledgement]:
        """Those that are still ours, their lease prolonged: a slow server must not outlast it."""
        beat(Job.DELIVERY)
        with self._database.begin() as session:
            held = acknowledgements.renew(session, _ids(due), self._owner, self._now() + LEASE)
        return [one for one in due if one.id in held]

    def note_data_sent(self, due: Sequence[DueAcknowledgement]) -> list[DueAcknowledgement]:
        """All data of these was handed over, unconfirmed as yet. Only those returned may be completed by us."""
        with self._database.begin() as session:
            held = acknowledgements.mark_data_sent(session, _ids(due), self._owner, self._now())
        return [one for one in due if one.id in held]

    def note_sent(self, due: Sequence[DueAcknowledgement]) -> None:
        """These were accepted."""
        with self._database.begin() as session:
            acknowledgements.mark_sent(session, _ids(due), self._owner, self._now())
        self.summary.sent += len(due)

    def note_refused_for_now(self, due: DueAcknowledgement, error: str) -> None:
        """This one is tried again, later and later, until it is five days old."""
        now = self._now()
        if now - due.created_at > GIVE_UP_AFTER:
            self.note_failed(due, f"given up after {GIVE_UP_AFTER.days} days: {error}")
            return
        wait = min(FIRST_RETRY * 2 ** min(due.attempts - 1, 20), LONGEST_RETRY)
        with self._database.begin() as session:
            acknowledgements.mark_waiting(session, due.id, self._owner, error, now + wait)
        self.summary.retried += 1

    def note_failed(self, due: DueAcknowledgement, error: str) -> None:
        """This one is never tried again."""
        with self._database.begin() as session:
            acknowledgements.mark_failed(session, due.id, self._owner, error)
        self.summary.failed += 1

    def note_outcome_unknown(self, due: DueAcknowledgement, error: str) -> None:
        """Nobody knows whether this one arrived; it is not sent again."""
        with self._database.begin() as session:
            acknowledgements.mark_outcome_unknown(session, due.id, self._owner, error)
        self.summary.outcome_unknown += 1


def _ids(due: Sequence[DueAcknowledgement]) -> list[str]:
    return [one.id for one in due]
