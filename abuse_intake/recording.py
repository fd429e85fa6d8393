"""Reads mails and records what that led to, a batch in one transaction: steps 3 to 5 of the intake."""

import traceback
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from abuse_intake.reading import HOUR, Answered, Reader
from storage import acknowledgements, held_back, mails
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.values import ClaimedMail, Outcome

log = structlog.get_logger()


class Recorder:
    """One bad mail costs itself only, never its batch."""

    def __init__(self, database: Database, reader: Reader, now: Callable[[], datetime]) -> None:
        self._database = database
        self._reader = reader
        self._now = now

    def read_and_record(self, claimed: Sequence[ClaimedMail]) -> list[Outcome]:
        """The outcomes, recorded. The last resort: what fails in a batch is tried alone, then quarantined.

        DatabaseUnavailable when nothing can be recorded now.
        """
        try:
            return self._record(claimed, [self._reader.read(mail) for mail in claimed])
        except DatabaseUnavailable:
            raise
        except Exception as error:
            if len(claimed) == 1:
                log.error("mail quarantined after a fault of ours", mail=claimed[0].id, fault=_place(error))
                log.debug("the fault", exc_info=error)
                return self.quarantine(claimed[0], "internal_error")
            return [outcome for mail in claimed for outcome in self.read_and_record([mail])]

    def quarantine(self, mail: ClaimedMail, reason: str) -> list[Outcome]:
        """Put a mail aside for a person to look at, unread."""
        return self._record([mail], [self._reader.quarantine(mail, reason)])

    def _record(self, claimed: Sequence[ClaimedMail], outcomes: Sequence[Outcome]) -> list[Outcome]:
        received = {mail.id: mail.received_at for mail in claimed}
        now = self._now()
        with self._database.begin() as session:
            mails.lock_mails(session, received)
            before = Answered(
                told=held_back.find_told(session, list(received)),
                sent=acknowledgements.count_since(session, _reporters(outcomes), now - HOUR),
            )
            answered = self._reader.answer(outcomes, received, before, now)
            mails.record_outcomes(session, answered, now)
        log.debug("recorded", mails=len(answered))
        return answered


def _reporters(outcomes: Sequence[Outcome]) -> set[str]:
    return {outcome.read.reporter for outcome in outcomes if outcome.read.reporter}


def _place(error: Exception) -> str:
    """What went wrong and where, in a line; `run --verbose` has the whole of it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {str(error)[:200]}{where}"
