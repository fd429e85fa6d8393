"""Reads one mail to its outcome: its disposition, its reports with their attributions, and who is answered."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from abuse_intake.acknowledgement import (
    Ourselves,
    find_reason_not_to_answer,
    is_our_message_id,
    render_acknowledgement,
)
from abuse_intake.attribution import Attributor
from parsers import read_mail
from parsers.addresses import domain_of
from parsers.authentication_results import is_authenticated
from parsers.values import ReadMail
from storage import acknowledgements
from storage.held_back import HELD_BACK, find_told
from storage.values import ClaimedMail, Outcome

HOUR = timedelta(hours=1)
ANSWERS_US = "answers_us"
"""The reason why a mail that brings only an acknowledgement of ours is no report."""


class Reader:
    """Turns claimed mails into outcomes. `find_attributor` is asked for each mail: the directory may change."""

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

    def read(self, mail: ClaimedMail) -> Outcome:
        """How the mail is read and attributed; who is answered is decided by `answer`."""
        if len(mail.raw) > self._max_bytes:
            return self.quarantine(mail, "too_costly")
        read = self._without_our_own(read_mail(mail.raw))
        attributor = self._find_attributor()
        attributions = tuple(attributor.attribute(report, mail.received_at) for report in read.reports)
        return Outcome(mail.id, read, attributions, self._is_authenticated(read))

    def quarantine(self, mail: ClaimedMail, reason: str) -> Outcome:
        """The outcome of a mail that is kept but not read, for a person to look at."""
        read = ReadMail(hashlib.sha256(mail.raw).hexdigest(), len(mail.raw), "quarantined", reason)
        return Outcome(mail.id, read)

    def answer(
        self, session: Session, outcomes: Sequence[Outcome], received: dict[str, datetime], now: datetime
    ) -> list[Outcome]:
        """The outcomes with their acknowledgement, or the reason why nobody is answered.

        A mail that was answered before, on its own or in a summary, keeps that: it is read again, not answered.
        """
        decided = [self._decide(outcome) for outcome in outcomes]
        told = find_told(session, [o.mail_id for o in decided if o.unanswered_reason is None])
        reporters = {
            acknowledgements.recipient_key(o.read.reporter)
            for o in decided
            if o.read.reporter and o.unanswered_reason is None
        }
        answered = (
            Counter(acknowledgements.count_since(session, reporters, now - HOUR)) if reporters else Counter()
        )
        return [
            replace(outcome, unanswered_reason=told[outcome.mail_id])
            if outcome.unanswered_reason is None and outcome.mail_id in told
            else self._answer_one(outcome, answered, received[outcome.mail_id], now)
            for outcome in decided
        ]

    def _decide(self, outcome: Outcome) -> Outcome:
        reason = find_reason_not_to_answer(outcome.read, self._ourselves, outcome.reporter_authenticated)
        return replace(outcome, unanswered_reason=reason)

    def _answer_one(
        self, outcome: Outcome, answered: Counter[str], received_at: datetime, now: datetime
    ) -> Outcome:
        reporter = acknowledgements.recipient_key(outcome.read.reporter or "")
        if outcome.unanswered_reason is not None:
            return outcome
        if self._per_reporter_hour and answered[reporter] >= self._per_reporter_hour:
            return replace(outcome, unanswered_reason=HELD_BACK)
        answered[reporter] += 1
        acknowledgement = render_acknowledgement(
            outcome.read, outcome.attributions, self._ourselves, received_at, now
        )
        return replace(outcome, acknowledgement=acknowledgement)

    def _without_our_own(self, read: ReadMail) -> ReadMail:
        """Nobody reports our own acknowledgements: who sends one back, whole or quoted, answers it."""
        theirs = tuple(
            report
            for report in read.reports
            if not (report.message and is_our_message_id(report.message.message_id, self._ourselves))
        )
        if len(theirs) == len(read.reports):
            return read
        if theirs:
            return replace(read, reports=theirs)
        return replace(read, reports=(), disposition="not_a_report", reason=ANSWERS_US)

    def _is_authenticated(self, read: ReadMail) -> bool:
        authserv_id, domain = self._ourselves.authserv_id, domain_of(read.reporter or "")
        if authserv_id is None or domain is None:
            return False
        return is_authenticated(read.correspondence.authentication_results, authserv_id, domain)
