"""The intake: from what lies in the mailbox to incidents and acknowledgements, in batches, as a numbered recipe.

1. fetch        raw bytes and where they lie; only looks
2. keep         the bytes are committed before anything in the mailbox is moved
3. read         bytes → disposition, reporter, reports (pure), in the guard's processes
4. attribute    report → tenant and address (pure)
5. record       reports, incidents, disposition and acknowledgement, in one transaction
6. file away    the mail moves to the folder of its disposition
(7. acknowledge is the outbox's.)

While a batch is read, the one before it is recorded and filed away.

Killed anywhere, it goes on where it was: 1 and 6 look at what lies in the mailbox now, 2 and 5 are idempotent,
and 3 to 5 lease mails, so that what a dead process left is known and read again one by one.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from abuse_intake import processes
from abuse_intake.concluding import Concluder
from abuse_intake.mailbox import Mailbox
from abuse_intake.recording import Batch, MailReader, Recorder
from abuse_intake.settings import Folders
from abuse_intake.steps import Step, reached
from storage import mails
from storage.database import Database
from storage.held_back import HELD_BACK
from storage.values import Arrival, ClaimedMail, Delivery, Outcome, Place

log = structlog.get_logger()

BATCH_SIZE = 200
"""Mails a batch: one commit to keep them, one to record them, one move a folder."""
BATCH_BYTES = 32_000_000
"""Bytes of mail that a batch holds in memory at most; a larger mail is a batch of its own."""
LEASE = timedelta(minutes=10)
POLL_SECONDS = 30 * 60.0
"""A poll ends after so long, between two batches; the next one goes on."""
UNFILED_AT_ONCE = 1000
MAX_ATTEMPTS = 3
"""So many processes may die over one mail before it is quarantined."""


@dataclass(slots=True)
class PollSummary:
    """What one poll did. `kept` counts places, `known` those whose mail had lain elsewhere before."""

    kept: int = 0
    known: int = 0
    filed: int = 0
    dispositions: dict[str, int] = field(default_factory=dict)
    reasons: dict[tuple[str, str], int] = field(default_factory=dict)
    """By disposition and reason, the empty text where there is none."""
    reports: int = 0
    acknowledgements: int = 0
    held_back: int = 0
    """Mails whose reporter is over a limit, and is told in a summary later."""
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    is_unfinished: bool = False
    """The time of the poll was over before the mailbox was worked: the next one goes on."""

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Count what was recorded."""
        for outcome in outcomes:
            disposition, reason = outcome.read.disposition, outcome.read.reason or ""
            self.dispositions[disposition] = self.dispositions.get(disposition, 0) + 1
            self.reasons[disposition, reason] = self.reasons.get((disposition, reason), 0) + 1
            self.reports += len(outcome.read.reports)
            self.acknowledgements += outcome.acknowledgement is not None
            self.held_back += outcome.unanswered_reason == HELD_BACK

    def note(self, problems: Sequence[str]) -> None:
        """Add what was not told yet."""
        self.problems += [problem for problem in problems if problem not in self.problems]


class Intake:
    """Works one mailbox. `should_stop` is asked between batches, `report_progress` told after each."""

    def __init__(
        self,
        mailbox: Mailbox,
        database: Database,
        mail_reader: MailReader,
        concluder: Concluder,
        folders: Folders,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        should_stop: Callable[[], bool] = lambda: False,
        report_progress: Callable[[PollSummary], None] = lambda _: None,
    ) -> None:
        self._mailbox = mailbox
        self._database = database
        self._recorder = Recorder(database, mail_reader, concluder, now)
        self._being_read: Batch | None = None
        self._not_given: set[Place] = set()
        self._ends = 0.0
        self._folders = folders
        self._now = now
        self._should_stop = should_stop
        self._report_progress = report_progress
        self._owner = processes.describe_this_process()

    def poll(self, summary: PollSummary | None = None) -> PollSummary:
        """Work until nothing new lies in the mailbox and nothing kept is unread.

        MailboxError, GuardError and DatabaseUnavailable end the poll; all that was committed stands, the next poll
        goes on, and `summary`, if one was given, tells how far it came.
        """
        summary, began = summary or PollSummary(), time.monotonic()
        self._ends, self._not_given = began + POLL_SECONDS, set()
        try:
            self._read_interrupted(summary)
            self._read_kept(summary)
            self._finish_reading(summary)
            while self._pass_over_mailbox(summary) and not self._must_end():
                pass
        finally:
            self._being_read = None
            self._release_leases()
            summary.is_unfinished = self._is_overdue() and not self._should_stop()
            summary.seconds += time.monotonic() - began
        return summary

    def _must_end(self) -> bool:
        return self._should_stop() or self._is_overdue()

    def _is_overdue(self) -> bool:
        return time.monotonic() > self._ends

    def _pass_over_mailbox(self, summary: PollSummary) -> int:
        """One walk over all that lies in the mailbox now; how many mails were new."""
        before = summary.kept
        try:
            self._walk_over_mailbox(summary)
        finally:
            summary.note(self._mailbox.problems)
        self._mark_vanished_filed()
        return summary.kept - before

    def _walk_over_mailbox(self, summary: PollSummary) -> None:
        waiting: set[Place] = set()
        for places in self._mailbox.list_places(BATCH_SIZE):
            reached(Step.LISTED)
            known = self._keep_new(places, summary)
            self._read_kept(summary)
            waiting = self._file_away(waiting, summary) | known
            self._report_progress(summary)
            if self._must_end():
                break
        self._finish_reading(summary)
        self._file_away(waiting, summary)
        self._report_progress(summary)

    # 1. fetch, 2. keep

    def _keep_new(self, places: Sequence[Place], summary: PollSummary) -> set[Place]:
        """Fetch and keep what is not known yet; all places of these that are known afterwards."""
        with self._database.read() as session:
            known = set(mails.find_deliveries(session, self._mailbox.name, places))
        wanted = [place for place in places if place not in known and place not in self._not_given]
        for number, batch in enumerate(_split(self._fetch(wanted), BATCH_BYTES)):
            if number:
                self._finish_reading(summary)  # its lease may not outlast so many large mails on a slow line
            known.update(self._keep(batch, summary))
            if self._must_end():
                break
        else:
            self._not_given.update(place for place in wanted if place not in known)
        self._set_aside_oversized()
        return known

    def _keep(self, batch: Sequence[Arrival], summary: PollSummary) -> Iterable[Place]:
        """Commit these mails; their places."""
        reached(Step.FETCHED)
        with self._database.begin() as session:
            kept = mails.keep_mails(session, self._mailbox.name, batch)
        reached(Step.KEPT)
        summary.kept += len(kept)
        summary.known += len(kept) - len({one.mail_id for one in kept.values() if one.disposition is None})
        self._report_progress(summary)
        return kept

    def _set_aside_oversized(self) -> None:
        """What no database takes goes to those that a person looks at, unread; the mailbox has told of it."""
        oversized, self._mailbox.oversized = self._mailbox.oversized, []
        if oversized:
            self._mailbox.file_away([(place, self._folders.quarantined) for place in oversized])

    def _fetch(self, places: Sequence[Place]) -> Iterator[Arrival]:
        for place, raw in self._mailbox.fetch(places):
            yield Arrival(place, raw, hashlib.sha256(raw).hexdigest(), self._now())

    # 3. read, 4. attribute, 5. record

    def _read_kept(self, summary: PollSummary) -> None:
        """Have all that is kept and unread be read, and record it, but for the last batch: it is being read."""
        while not self._must_end():
            with self._database.begin() as session:
                claimed = mails.claim_batch(session, self._owner, BATCH_SIZE, self._now(), LEASE, BATCH_BYTES)
            if not claimed:
                return
            reached(Step.CLAIMED)
            begun = self._recorder.begin(claimed)
            self._finish_reading(summary)
            self._being_read = begun

    def _finish_reading(self, summary: PollSummary) -> None:
        """Record the batch that is being read."""
        batch, self._being_read = self._being_read, None
        if batch is not None:
            summary.add(self._recorder.finish(batch))

    def _read_interrupted(self, summary: PollSummary) -> None:
        """What a dead process left unfinished is read mail by mail, each attempt committed before it begins."""
        with self._database.begin() as session:
            count = mails.reclaim_interrupted(session, self._owner, processes.is_alive, self._now())
        if count:
            log.warning("resuming after an interruption", mails=count)
            self._recorder.make_ready()  # no mail is blamed for a kill in the time that it would wait for this
        while not self._must_end() and (ahead := self._find_interrupted()) is not None:
            summary.add(self._attempt(ahead))

    def _find_interrupted(self) -> ClaimedMail | None:
        with self._database.read() as session:
            return mails.find_next_interrupted(session)

    def _attempt(self, ahead: ClaimedMail) -> list[Outcome]:
        """Read it in the guard, where it can kill nobody, and only then begin the attempt: few kills hit by chance."""
        is_spent = ahead.attempts >= MAX_ATTEMPTS
        read = [] if is_spent else self._recorder.read(self._recorder.begin([ahead]))
        mail = self._claim_interrupted()
        if mail is None:
            return []
        if mail.is_exhausted:
            return self._recorder.quarantine(mail, "kills_the_reader")
        if not read or mail.id != ahead.id:
            return self._recorder.read_and_record([mail])  # another worker has taken the one that was read
        return self._recorder.conclude(read)

    def _claim_interrupted(self) -> ClaimedMail | None:
        with self._database.begin() as session:
            mail = mails.claim_interrupted(session, self._owner, self._now(), LEASE, MAX_ATTEMPTS)
        if mail is not None:
            reached(Step.CLAIMED)
        return mail

    # 6. file away

    def _file_away(self, places: set[Place], summary: PollSummary) -> set[Place]:
        """Move those whose mail has its disposition; the others."""
        with self._database.read() as session:
            known = mails.find_deliveries(session, self._mailbox.name, list(places))
        decided = [delivery for delivery in known.values() if delivery.disposition is not None]
        undecided = {place for place, one in known.items() if one.disposition is None}
        if not decided:
            return undecided
        stayed = self._mailbox.file_away([(one.place, self._folder_of(one)) for one in decided])
        reached(Step.MOVED)
        filed = [(one.id, self._folder_of(one)) for one in decided if one.place not in stayed]
        with self._database.begin() as session:
            mails.mark_filed(session, filed, self._now())
        reached(Step.FILED)
        summary.filed += len(filed)
        return undecided

    def _mark_vanished_filed(self) -> None:
        """Deliveries that were decided and no longer lie in the mailbox: moved by us before a kill, or by others."""
        after = "0"
        while True:
            with self._database.read() as session:
                unfiled = mails.find_unfiled(session, self._mailbox.name, after, UNFILED_AT_ONCE)
            if not unfiled:
                return
            present = self._mailbox.find_present([delivery.place for delivery in unfiled])
            gone = [(delivery.id, "") for delivery in unfiled if delivery.place not in present]
            with self._database.begin() as session:
                mails.mark_filed(session, gone, self._now())
            after = unfiled[-1].id

    def _folder_of(self, delivery: Delivery) -> str:
        assert delivery.disposition is not None
        return self._folders.folder_of(delivery.disposition)

    def _release_leases(self) -> None:
        with self._database.begin() as session:
            mails.release(session, self._owner)


def _split(arrivals: Iterator[Arrival], limit: int) -> Iterator[list[Arrival]]:
    """Batches of at most `limit` bytes, a larger mail alone; empty when nothing arrived."""
    batch: list[Arrival] = []
    total = 0
    for arrival in arrivals:
        if batch and total + len(arrival.raw) > limit:
            yield batch
            batch, total = [], 0
        batch.append(arrival)
        total += len(arrival.raw)
    if batch:
        yield batch
