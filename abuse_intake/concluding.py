"""From how a mail was read to its outcome: its reports with their attributions, and who is answered."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from abuse_intake.acknowledgement import NOT_WRITTEN, render_acknowledgement
from abuse_intake.answering import Ourselves, find_reason_not_to_answer
from abuse_intake.attribution import Attributor
from abuse_intake.guard.failure import make_quarantined
from parsers.addresses import domain_of
from parsers.authentication_results import is_authenticated
from parsers.recipient import recipient_key
from parsers.values import ReadMail
from storage.held_back import HELD_BACK
from storage.values import ClaimedMail, Outcome

log = structlog.get_logger()

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answered:
    """What reporters were told before: by mail (the reason that stays with it), and how often within the hour."""

    told: Mapping[str, str | None] = field(default_factory=dict)
    sent: Mapping[str, int] = field(default_factory=dict)
    """By `recipient_key`."""


class Concluder:
    """Turns mails that were read into outcomes. `find_attributor` is asked for each mail: the directory may change."""

    def __init__(
        self,
        find_attributor: Callable[[], Attributor],
        ourselves: Ourselves,
        *,
        max_bytes: int,
        per_reporter_hour: int,
    ) -> None:
        self._find_attributor = find_attributor
        self._ourselves = ourselves
        self._max_bytes = max_bytes
        self._per_reporter_hour = per_reporter_hour

    def is_too_large(self, mail: ClaimedMail) -> bool:
        """Whether it is put aside unread."""
        return len(mail.raw) > self._max_bytes

    def conclude(self, mail: ClaimedMail, read: ReadMail) -> Outcome:
        """To whom its reports are attributed; who is answered is decided by `answer`."""
        attributor = self._find_attributor()
        attributions = tuple(attributor.attribute(report, mail.received_at) for report in read.reports)
        return Outcome(mail.id, read, attributions, self._is_authenticated(read))

    def quarantine(self, mail: ClaimedMail, reason: str) -> Outcome:
        """The outcome of a mail that is kept but not read, for a person to look at."""
        return Outcome(mail.id, make_quarantined(mail.raw, reason))

    def answer(
        self, outcomes: Sequence[Outcome], received: Mapping[str, datetime], before: Answered, now: datetime
    ) -> list[Outcome]:
        """The outcomes with their acknowledgement, or the reason why nobody is answered.

        A mail that was answered before, on its own or in a summary, keeps that: it is read again, not answered.
        """
        sent = Counter(before.sent)
        return [
            replace(outcome, unanswered_reason=before.told[outcome.mail_id])
            if outcome.mail_id in before.told
            else self._answer_one(self._decide(outcome), sent, received[outcome.mail_id], now)
            for outcome in outcomes
        ]

    def _decide(self, outcome: Outcome) -> Outcome:
        reason = find_reason_not_to_answer(outcome.read, self._ourselves, outcome.reporter_authenticated)
        return replace(outcome, unanswered_reason=reason)

    def _answer_one(
        self, outcome: Outcome, answered: Counter[str], received_at: datetime, now: datetime
    ) -> Outcome:
        reporter = recipient_key(outcome.read.reporter or "")
        if outcome.unanswered_reason is not None:
            return outcome
        if self._per_reporter_hour and answered[reporter] >= self._per_reporter_hour:
            return replace(outcome, unanswered_reason=HELD_BACK)
        try:
            acknowledgement = render_acknowledgement(
                outcome.read, outcome.attributions, self._ourselves, received_at, now
            )
        except ValueError as error:
            log.error("an acknowledgement could not be written", mail=outcome.mail_id, problem=str(error))
            return replace(outcome, unanswered_reason=NOT_WRITTEN)
        answered[reporter] += 1
        return replace(outcome, acknowledgement=acknowledgement)

    def _is_authenticated(self, read: ReadMail) -> bool:
        authserv_id, domain = self._ourselves.authserv_id, domain_of(read.reporter or "")
        if authserv_id is None or domain is None:
            return False
        return is_authenticated(read.correspondence.authentication_results, authserv_id, domain)
