"""Reads mails and records what that led to, a batch in one transaction: steps 3 to 5 of the intake."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from abuse_intake.reading import Reader
from storage import mails
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
                log.error("mail quarantined after a fault of ours", mail=claimed[0].id, exc_info=error)
                return self.quarantine(claimed[0], "internal_error")
            return [outcome for mail in claimed for outcome in self.read_and_record([mail])]

    def quarantine(self, mail: ClaimedMail, reason: str) -> list[Outcome]:
        """Put a mail aside for a person to look at, unread."""
        return self._record([mail], [self._reader.quarantine(mail, reason)])

    def _record(self, claimed: Sequence[ClaimedMail], outcomes: Sequence[Outcome]) -> list[Outcome]:
        received = {mail.id: mail.received_at for mail in claimed}
        with self._database.begin() as session:
            answered = self._reader.answer(session, outcomes, received, self._now())
            mails.record_outcomes(session, answered, self._now())
        log.debug("recorded", mails=len(answered))
        return answered
