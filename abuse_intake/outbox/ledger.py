"""The ledger: each step of a delivery is committed before the next, so that a kill leaves no doubt but one.

That doubt is a process killed between "all data sent" and the server's answer: `outcome_unknown`. Each step is
also a fence: what this process no longer holds the lease of, another delivery has taken over, and is left to it.
Threads may share a ledger: what they note at the same time is committed together.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from abuse_intake import processes
from abuse_intake.letters import LetterRefused, check_letter
from abuse_intake.outbox.group_commit import GroupCommit
from abuse_intake.steps import Job, Step, beat, reached
from storage import acknowledgements
from storage.database import Database, Session
from storage.errors import DatabaseUnavailable
from storage.values import DueAcknowledgement

LEASE = timedelta(minutes=10)
PATIENCE, STOPPING_PATIENCE = 60.0, 5.0
"""Seconds that a database which is away is waited for with the answer to a letter in hand."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
RENEW_AFTER = timedelta(minutes=1)
"""What is left of a lease by then outlasts the delivery of one mail, however slow its server is."""
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=4)
CLOSED_WAY_RETRY = timedelta(seconds=1)
"""Not again in this run; a server that was away is asked at the next poll."""
GIVE_UP_AFTER = timedelta(days=5)


@dataclass(slots=True)
class DeliverySummary:
    """What one delivery run did."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    outcome_unknown: int = 0


class Ledger:
    """Leases for `owner` what is due when it is made, commits what became of it, and counts that."""

    def __init__(
        self,
        database: Database,
        owner: str,
        now: Callable[[], datetime],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._commits = GroupCommit(database)
        self._owner = owner
        self._now = now
        self._began = now()
        self._has_claimed = False
        self._counting = Lock()
        self.should_stop = should_stop
        self.summary = DeliverySummary()

    def claim(self, limit: int) -> list[DueAcknowledgement]:
        """Lease further ones that were due when the run began, if they may leave; none = none is left, or a stop.

        What a former run of this process left is taken back by the first claim only: later, it is in hand.
        """
        while not self.should_stop() and (due := self._claim(limit)):
            reached(Step.ANSWER_CLAIMED)
            if fit := [one for one in due if self._is_fit(one)]:
                return fit
        return []

    def _claim(self, limit: int) -> tuple[DueAcknowledgement, ...]:
        takes_back, self._has_claimed = not self._has_claimed, True
        lease = self._now() - self._began + LEASE  # from now on: a run may last longer than a lease
        return self._commits.run(
            lambda session: acknowledgements.claim_due(
                session, self._owner, processes.is_alive, self._began, lease, limit, takes_back=takes_back
            )
        )

    def _is_fit(self, one: DueAcknowledgement) -> bool:
        """Whether it may leave; what may not fails at once. What has left already is for the carrier to settle."""
        try:
            return one.data_sent or bool(check_letter(one.content, one.to, one.message_id))
        except LetterRefused as refused:
            self.note_failed(one, f"not sent: {refused}")
            return False

    def keep_held(
        self, due: Sequence[DueAcknowledgement], leased_at: datetime
    ) -> tuple[list[DueAcknowledgement], datetime]:
        """Those that are still ours, and since when: a slow server must not outlast a lease, so it is prolonged."""
        beat(Job.DELIVERY)
        now = self._now()
        if now - leased_at < RENEW_AFTER:
            return list(due), leased_at
        held = self._commits.run(
            lambda session: acknowledgements.renew(session, _ids(due), self._owner, now + LEASE)
        )
        return [one for one in due if one.id in held], now

    def now(self) -> datetime:
        """The time of the run."""
        return self._now()

    def note_data_sent(self, due: Sequence[DueAcknowledgement]) -> list[DueAcknowledgement]:
        """All data of these was handed over, unconfirmed as yet. Only those returned may be completed by us."""
        held = self._commits.run(
            lambda session: acknowledgements.mark_data_sent(session, _ids(due), self._owner, self._now())
        )
        return [one for one in due if one.id in held]

    def note_sent(self, due: Sequence[DueAcknowledgement]) -> None:
        """These were accepted."""
        self._settle(lambda session: acknowledgements.mark_sent(session, _ids(due), self._owner, self._now()))
        self._count(sent=len(due))

    def note_refused_for_now(self, due: DueAcknowledgement, error: str) -> None:
        """This one is tried again, later and later, until it is five days old."""
        now = self._now()
        if self._is_too_old(due, error):
            return
        at = now + min(FIRST_RETRY * 2 ** min(due.attempts - 1, 20), LONGEST_RETRY)
        self._settle(lambda session: acknowledgements.mark_waiting(session, due.id, self._owner, error, at))
        self._count(retried=1)

    def note_way_closed(self, due: Sequence[DueAcknowledgement], error: str) -> None:
        """Nothing could be delivered, whatever it was: that is no attempt, and soon tried again."""
        waiting = [one for one in due if not self._is_too_old(one, error)]
        at = self._now() + CLOSED_WAY_RETRY
        self._commit(
            lambda session: acknowledgements.mark_untried(session, _ids(waiting), self._owner, error, at)
        )
        self._count(retried=len(waiting))

    def note_failed(self, due: DueAcknowledgement, error: str) -> None:
        """This one is never tried again."""
        self._settle(lambda session: acknowledgements.mark_failed(session, due.id, self._owner, error))
        self._count(failed=1)

    def note_outcome_unknown(self, due: DueAcknowledgement, error: str) -> None:
        """Nobody knows whether this one arrived; it is not sent again."""
        self._settle(
            lambda session: acknowledgements.mark_outcome_unknown(session, due.id, self._owner, error)
        )
        self._count(outcome_unknown=1)

    def release(self) -> None:
        """What was leased and not come to waits again: a stop, or a way that is closed, is no attempt."""
        self._commit(lambda session: acknowledgements.release_undelivered(session, self._owner, self._now()))

    def _is_too_old(self, due: DueAcknowledgement, error: str) -> bool:
        """Whether this refusal is its last; then it is noted as failed."""
        if self._now() - due.created_at <= GIVE_UP_AFTER:
            return False
        self.note_failed(due, f"given up after {GIVE_UP_AFTER.days} days: {error}")
        return True

    def _settle(self, work: Callable[[Session], None]) -> None:
        """Commit what became of a letter. A database that is away is waited for: forgotten, it leaves a doubt."""
        began, pause = time.monotonic(), FIRST_PAUSE
        while True:
            try:
                return self._commit(work)
            except DatabaseUnavailable:
                patience = STOPPING_PATIENCE if self.should_stop() else PATIENCE
                if time.monotonic() - began + pause > patience:
                    raise
            beat(Job.DELIVERY)
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _commit(self, work: Callable[[Session], None]) -> None:
        self._commits.run(work)

    def _count(self, **more: int) -> None:
        with self._counting:
            for name, number in more.items():
                setattr(self.summary, name, getattr(self.summary, name) + number)


def _ids(due: Sequence[DueAcknowledgement]) -> list[str]:
    return [one.id for one in due]
