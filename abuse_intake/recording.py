"""Has mails read and records what that led to, a batch in one transaction: steps 3 to 5 of the intake."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from abuse_intake.concluding import Concluder
from abuse_intake.guard.failure import TOO_LARGE, Failure, make_quarantined
from abuse_intake.history import look_back
from abuse_intake.steps import Step, reached
from parsers.values import ReadMail
from storage import mails
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.values import ClaimedMail, Outcome

log = structlog.get_logger()


class Reading(Protocol):
    """Mails that are being read."""

    def results(self) -> list[ReadMail | Failure]:
        """Wait; how each was read, or why it was not."""


class MailReader(Protocol):
    """What mails are read with: `guard.pool.Guard`."""

    def make_ready(self) -> None:
        """Wait until mails can be read at once."""

    def begin_reading(self, raws: Sequence[bytes]) -> Reading:
        """Have these mails read."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails that are being read, but for those that are too large."""

    claimed: Sequence[ClaimedMail]
    readable: Sequence[ClaimedMail]
    reading: Reading


class Recorder:
    """One bad mail costs itself only, never its batch."""

    def __init__(
        self, database: Database, mail_reader: MailReader, concluder: Concluder, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._mail_reader = mail_reader
        self._concluder = concluder
        self._now = now

    def make_ready(self) -> None:
        """Wait until mails can be read at once."""
        self._mail_reader.make_ready()

    def begin(self, claimed: Sequence[ClaimedMail]) -> Batch:
        """Have these mails read; what else is to be done meanwhile, can be."""
        readable = [mail for mail in claimed if not self._concluder.is_too_large(mail)]
        return Batch(claimed, readable, self._mail_reader.begin_reading([mail.raw for mail in readable]))

    def finish(self, batch: Batch) -> list[Outcome]:
        """The outcomes, recorded. GuardError, DatabaseUnavailable when nothing can be read or recorded now."""
        return self.conclude(self.read(batch))

    def read(self, batch: Batch) -> list[tuple[ClaimedMail, ReadMail]]:
        """Each mail and how it was read; nothing is recorded yet. GuardError when nothing can be read now."""
        results = zip(batch.readable, batch.reading.results(), strict=True)
        read = {mail.id: _accept(mail, result) for mail, result in results}
        reached(Step.READ)
        return [(mail, read.get(mail.id) or _put_aside(mail)) for mail in batch.claimed]

    def read_and_record(self, claimed: Sequence[ClaimedMail]) -> list[Outcome]:
        """Both at once."""
        return self.finish(self.begin(claimed))

    def quarantine(self, mail: ClaimedMail, reason: str) -> list[Outcome]:
        """Put a mail aside for a person to look at, unread."""
        return self._record([mail], [self._concluder.quarantine(mail, reason)])

    def conclude(self, read: Sequence[tuple[ClaimedMail, ReadMail]]) -> list[Outcome]:
        """The last resort: what fails in a batch is tried alone, then quarantined."""
        try:
            self._concluder.prepare(reading for _, reading in read)
            return self._record([mail for mail, _ in read], [self._concluder.conclude(*one) for one in read])
        except DatabaseUnavailable:
            raise
        except Exception as error:
            if len(read) == 1:
                (mail, _), *_ = read
                log.error("mail quarantined after a fault of ours", mail=mail.id, fault=_place(error))
                log.debug("the fault", exc_info=error)
                return self.quarantine(mail, "internal_error")
            return [outcome for one in read for outcome in self.conclude([one])]

    def _record(self, claimed: Sequence[ClaimedMail], outcomes: Sequence[Outcome]) -> list[Outcome]:
        received = {mail.id: mail.received_at for mail in claimed}
        now = self._now()
        with self._database.begin() as session:
            mails.lock_mails(session, received)
            concluder = self._concluder
            before = look_back(session, outcomes, concluder.ourselves, concluder.per_hour, now)
            answered = self._concluder.answer(outcomes, received, before, now)
            mails.record_outcomes(session, answered, now)
        reached(Step.RECORDED)
        log.debug("recorded", mails=len(answered))
        return answered


def _accept(mail: ClaimedMail, result: ReadMail | Failure) -> ReadMail:
    """How it was read; a mail that was not, is told of."""
    if isinstance(result, ReadMail):
        return result
    fault = {"fault": result.detail} if result.detail else {}
    log.warning("mail quarantined", mail=mail.id, reason=result.reason, **fault)
    return make_quarantined(mail.raw, result.reason)


def _put_aside(mail: ClaimedMail) -> ReadMail:
    log.warning("mail quarantined", mail=mail.id, reason="too_costly", bytes=len(mail.raw))
    return make_quarantined(mail.raw, "too_costly", TOO_LARGE)


def _place(error: Exception) -> str:
    """What went wrong and where, in a line; `run --verbose` has the whole of it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {str(error)[:200]}{where}"
