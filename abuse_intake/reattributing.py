"""Decides again on stored reports: reads their mails, and attributes them with the directory and keys of now.

1. Whole incidents make a batch; its mails are read while the batch before it is decided on.
2. What a mail reports is paired with what is stored of it. One that reads differently now is told: only reports of
   messages that are stored already are decided on, and the rest stays as it is until the mail is read anew.
3. Nothing is stored here, and nobody is answered.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from abuse_intake.attribution.sources.signing import is_for_its_key
from abuse_intake.guard.failure import Failure
from abuse_intake.recording import MailReader, Reading
from abuse_intake.spool import Spool
from parsers.values import ReadMail, Report
from storage.bulk import chunked
from storage.database import Database
from storage.incident_key import incident_key, message_key
from storage.redecisions import (
    BATCH_MAILS,
    Redecision,
    StoredReport,
    batch_incidents,
    load_mails,
    reports_by_mail,
)
from storage.values import Attribution, ClaimedMail

log = structlog.get_logger()

READS_DIFFERENTLY = "reads_differently"
KEY_IS_GONE = "key_is_gone"
LEFT = frozenset((READS_DIFFERENTLY, KEY_IS_GONE))
"""Reasons for which reports stay as they are though their mail can be read."""


class ReportAttributor(Protocol):
    """What attributes reports: `attribution.Attributor`."""

    def prepare(self, reports: Iterable[Report]) -> None:
        """Look up at once what attributing these reports needs from elsewhere."""

    def attribute(self, report: Report, received_at: datetime) -> Attribution:
        """To whom the reported message is attributed, as of its arrival."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A mail of which so many reports stay as they are: it cannot be read, reads differently, or a key is gone."""

    mail_id: str
    reason: str
    """One of LEFT, or a Failure's: `too_costly`, `kills_the_reader`, `internal_error`."""
    reports: int


@dataclass(frozen=True, slots=True)
class DecidedBatch:
    """What is decided about whole incidents."""

    incidents: int
    decided: int
    """How many reports were decided on."""
    changed: Spool
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Mails of a batch that are in memory at once, and are being read."""

    incident_ids: frozenset[str]
    mails: tuple[ClaimedMail, ...]
    reading: Reading
    is_last: bool


class _Batch:
    """A batch as it is decided on; what is unchanged is counted only."""

    def __init__(self) -> None:
        self.decided = 0
        self.changed = Spool()
        self.troubles = list[Trouble]()

    def take(self, decided: Sequence[Redecision]) -> None:
        """Add the decisions about some mails."""
        self.decided += len(decided)
        self.changed.add(sorted((one for one in decided if one.is_changed), key=_order))

    def close(self, incidents: int) -> DecidedBatch:
        """The whole of it."""
        return DecidedBatch(incidents, self.decided, self.changed, tuple(self.troubles))


class Redecider:
    """Decides again; one bad mail costs itself only."""

    def __init__(self, database: Database, mail_reader: MailReader, attributor: ReportAttributor) -> None:
        self._database = database
        self._mail_reader = mail_reader
        self._attributor = attributor

    def decide(self, incident_ids: Sequence[int]) -> Iterator[DecidedBatch]:
        """Batch after batch; GuardError when no mail can be read now. What is stored between two, the next one sees."""
        batch = _Batch()
        for piece in _one_behind(self._begin_each(incident_ids)):
            self._decide_piece(piece, batch)
            if piece.is_last:
                yield batch.close(len(piece.incident_ids))
                batch = _Batch()

    def _begin_each(self, incident_ids: Sequence[int]) -> Iterator[_Piece]:
        for some in chunked(incident_ids, BATCH_MAILS):
            with self._database.read() as session:
                batches = list(batch_incidents(session, some))
            for batch in batches:
                waiting = batch.mail_ids
                while waiting:
                    with self._database.read() as session:
                        mails = load_mails(session, waiting)
                    waiting = waiting[len(mails) :]
                    reading = self._mail_reader.begin_reading([mail.raw for mail in mails])
                    yield _Piece(batch.incident_ids, mails, reading, not waiting)

    def _decide_piece(self, piece: _Piece, batch: _Batch) -> None:
        results = piece.reading.results()
        self._prepare(results)
        with self._database.read() as session:
            stored = reports_by_mail(session, [mail.id for mail in piece.mails])
        decisions = list[Redecision]()
        for mail, result in zip(piece.mails, results, strict=True):
            theirs = stored.get(mail.id, [])
            concerned = {one.id for one in theirs if one.incident_id in piece.incident_ids}
            decided, troubles = self._decide_mail(mail, result, theirs, concerned)
            decisions += decided
            batch.troubles += troubles
        batch.take(decisions)

    def _prepare(self, results: Iterable[ReadMail | Failure]) -> None:
        """What fails here for all of them is tried again for each alone."""
        read = (result for result in results if isinstance(result, ReadMail))
        try:
            self._attributor.prepare(report for mail in read for report in mail.reports)
        except Exception as error:  # noqa: BLE001 - a fault over one mail must not end the work on all others
            log.error("keys were not looked up for a batch", fault=f"{type(error).__name__}: {error}")

    def _decide_mail(
        self,
        mail: ClaimedMail,
        result: ReadMail | Failure,
        stored: Sequence[StoredReport],
        concerned: set[str],
    ) -> tuple[list[Redecision], list[Trouble]]:
        """The decisions about one mail's reports, and why some of them stay as they are."""
        if isinstance(result, Failure):
            return [], [Trouble(mail.id, result.reason, len(concerned))]
        pairs = pair_reports(stored, result.reports)
        try:
            decided = [self._decide_one(mail, *pair) for pair in pairs if pair[0].id in concerned]
        except Exception as error:  # noqa: BLE001 - a fault over one mail must not end the work on all others
            log.error(
                "a mail could not be attributed", mail=mail.id, fault=f"{type(error).__name__}: {error}"
            )
            return [], [Trouble(mail.id, "internal_error", len(concerned))]
        troubles = []
        if len(pairs) != len(stored) or len(pairs) != len(result.reports):
            troubles.append(Trouble(mail.id, READS_DIFFERENTLY, len(concerned) - len(decided)))
        kept = [one for one in decided if not has_lost_its_key(one)]
        if len(kept) < len(decided):
            troubles.append(Trouble(mail.id, KEY_IS_GONE, len(decided) - len(kept)))
        return kept, troubles

    def _decide_one(self, mail: ClaimedMail, stored: StoredReport, report: Report) -> Redecision:
        attribution = self._attributor.attribute(report, mail.received_at)
        return Redecision(stored, attribution, incident_key(report, attribution))


def has_lost_its_key(decision: Redecision) -> bool:
    """Whether what was proven is so no longer only because the key that verified it is not to be had, or another one.

    A signature that verified once was made by its key's owner, who could otherwise take that back by taking the
    key away, or by putting another in its place.
    """
    before, after = decision.report.attribution, decision.attribution
    if before.confidence != "proven" or after.confidence == "proven":
        return False
    proofs = {(one.source, one.value) for one in before.evidence if one.verified}
    return any(is_for_its_key(one) and (one.source, one.value) in proofs for one in after.evidence)


def pair_reports(
    stored: Sequence[StoredReport], reports: Sequence[Report]
) -> list[tuple[StoredReport, Report]]:
    """Each stored report with the one of the new reading that is about the same message.

    By position where all agree; else by the message's hash, the first with the first. A report that brings
    neither a message nor a text is known by its position only.
    """
    keys = [message_key(report) for report in reports]
    if [one.message_key for one in stored] == keys:
        return list(zip(stored, reports, strict=True))
    waiting: dict[str, deque[Report]] = defaultdict(deque)
    for key, report in zip(keys, reports, strict=True):
        waiting[key].append(report)
    known = [one for one in stored if one.message_key]
    return [(one, waiting[one.message_key].popleft()) for one in known if waiting[one.message_key]]


def _order(one: Redecision) -> tuple[int, int, int]:
    return int(one.report.incident_id), int(one.report.mail_id), one.report.position


def _one_behind(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Each piece when the next one has begun."""
    previous = None
    for piece in pieces:
        if previous is not None:
            yield previous
        previous = piece
    if previous is not None:
        yield previous
