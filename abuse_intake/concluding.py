"""From how a mail was read to its outcome: its reports with their attributions, and who is answered."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from abuse_intake.acknowledgement import NOT_WRITTEN, render_acknowledgement
from abuse_intake.answering import (
    ANSWERED_BEFORE,
    ANSWERS_US,
    Ourselves,
    find_reason_not_to_answer,
    has_evidence,
)
from abuse_intake.attribution import Attributor
from abuse_intake.guard.failure import make_quarantined
from abuse_intake.history import Answered
from parsers.addresses import domain_of
from parsers.authentication_results import is_authenticated
from parsers.recipient import recipient_key
from parsers.values import ReadMail
from storage.held_back import HELD_BACK
from storage.values import ClaimedMail, Outcome

log = structlog.get_logger()

KEPT_FOR_SUMMARIES = 10
"""One in so many of `per_hour` is left to summaries: a flood must not keep those waiting who wait already."""


class Concluder:
    """Turns mails that were read into outcomes. `find_attributor` is asked for each mail: the directory may change."""

    def __init__(
        self,
        find_attributor: Callable[[], Attributor],
        ourselves: Ourselves,
        *,
        max_bytes: int,
        per_reporter_hour: int,
        per_hour: int = 0,
    ) -> None:
        self.ourselves = ourselves
        self.per_hour = per_hour
        """Acknowledgements to all reporters together within an hour; 0 = no limit."""
        self._find_attributor = find_attributor
        self._max_bytes = max_bytes
        self._per_reporter_hour = per_reporter_hour

    def is_too_large(self, mail: ClaimedMail) -> bool:
        """Whether it is put aside unread."""
        return len(mail.raw) > self._max_bytes

    def prepare(self, read: Iterable[ReadMail]) -> None:
        """Look up at once what concluding these mails needs from elsewhere; a few seconds at most."""
        self._find_attributor().prepare(report for mail in read for report in mail.reports)

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
        so_far = _SoFar(before)
        return [
            replace(outcome, unanswered_reason=before.told[outcome.mail_id])
            if outcome.mail_id in before.told
            else self._answer_one(outcome, so_far, received[outcome.mail_id], now)
            for outcome in outcomes
        ]

    def _answer_one(
        self, outcome: Outcome, so_far: "_SoFar", received_at: datetime, now: datetime
    ) -> Outcome:
        reason = (
            find_reason_not_to_answer(outcome.read, self.ourselves, outcome.reporter_authenticated)
            or so_far.find_reason(outcome)
            or (HELD_BACK if self._is_over_limit(outcome, so_far) else None)
        )
        if reason is not None:
            return replace(outcome, unanswered_reason=reason)
        try:
            acknowledgement = render_acknowledgement(
                outcome.read, outcome.attributions, self.ourselves, received_at, now
            )
        except ValueError as error:
            log.error("an acknowledgement could not be written", mail=outcome.mail_id, problem=str(error))
            return replace(outcome, unanswered_reason=NOT_WRITTEN)
        so_far.count(outcome)
        return replace(outcome, acknowledgement=acknowledgement)

    def _is_over_limit(self, outcome: Outcome, so_far: "_SoFar") -> bool:
        sent = so_far.sent[_reporter(outcome)]
        is_over_own = bool(self._per_reporter_hour) and sent >= self._per_reporter_hour
        return is_over_own or (
            bool(self.per_hour) and so_far.in_all >= self.per_hour - self.per_hour // KEPT_FOR_SUMMARIES
        )

    def _is_authenticated(self, read: ReadMail) -> bool:
        authserv_id, domain = self.ourselves.authserv_id, domain_of(read.reporter or "")
        if authserv_id is None or domain is None:
            return False
        return is_authenticated(read.correspondence.authentication_results, authserv_id, domain)


class _SoFar:
    """What was told before, and what is told to those who come first among the mails in hand."""

    def __init__(self, before: Answered) -> None:
        self.sent = Counter(before.sent)
        self.in_all = before.in_all
        self._lately = set(before.lately)
        self._repeated = before.repeated

    def find_reason(self, outcome: Outcome) -> str | None:
        """Why its reporter, who knows of us already, is not told again."""
        if outcome.mail_id in self._repeated:
            return ANSWERS_US
        if _reporter(outcome) in self._lately and not has_evidence(outcome.read):
            return ANSWERED_BEFORE
        return None

    def count(self, outcome: Outcome) -> None:
        """It is answered."""
        self.sent[_reporter(outcome)] += 1
        self.in_all += 1
        self._lately.add(_reporter(outcome))


def _reporter(outcome: Outcome) -> str:
    return recipient_key(outcome.read.reporter or "")
