"""The outbox: leases what is due, hands it to the carrier, batch by batch."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from abuse_intake import processes
from abuse_intake.errors import ConfigurationError
from abuse_intake.letters import LetterRefused, check_letter
from abuse_intake.outbox.ledger import LEASE, DeliverySummary, Ledger
from abuse_intake.settings import Settings
from abuse_intake.steps import Step, reached
from storage import acknowledgements
from storage.database import Database
from storage.values import DueAcknowledgement


class Carrier(Protocol):
    """Brings acknowledgements to where they go."""

    name: str
    batch_size: int
    """Acknowledgements that are leased at a time."""

    def deliver(self, due: Sequence[DueAcknowledgement], ledger: Ledger) -> None:
        """Deliver each and note what became of it. OutboxError when nothing can be delivered now.

        Whatever is not noted when it returns or raises waits again.
        """

    def check(self) -> str:
        """Try the way and say in one line what is there."""

    def close(self) -> None:
        """Let go of what is open."""


class Outbox:
    """Delivers what is due, each acknowledgement once a run."""

    def __init__(
        self,
        carrier: Carrier,
        database: Database,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._carrier = carrier
        self._database = database
        self._now = now
        self._should_stop = should_stop
        self._owner = processes.describe_this_process()

    def deliver_due(self, summary: DeliverySummary | None = None) -> DeliverySummary:
        """Try everything that is due now once; `summary` is filled also where it raises.

        OutboxError when the way is closed; nothing is lost by that.
        """
        began = self._now()
        ledger = Ledger(self._database, self._owner, self._now, self._should_stop)
        ledger.summary = summary or ledger.summary
        try:
            while not self._should_stop() and (due := self._claim(began)):
                reached(Step.ANSWER_CLAIMED)
                self._carrier.deliver([one for one in due if _is_fit(one, ledger)], ledger)
        finally:
            self._carrier.close()
            self._release()
        return ledger.summary

    def _claim(self, as_of: datetime) -> tuple[DueAcknowledgement, ...]:
        """What was due when the run began, leased from now on: a run may last longer than a lease."""
        lease = self._now() - as_of + LEASE
        with self._database.begin() as session:
            return acknowledgements.claim_due(
                session, self._owner, processes.is_alive, as_of, lease, self._carrier.batch_size
            )

    def _release(self) -> None:
        """What was leased and not come to waits again: a stop, or a way that is closed, is no attempt."""
        with self._database.begin() as session:
            acknowledgements.release_undelivered(session, self._owner, self._now())


def _is_fit(one: DueAcknowledgement, ledger: Ledger) -> bool:
    """Whether it may leave; what may not fails at once. What has left already is for the carrier to settle."""
    try:
        return one.data_sent or bool(check_letter(one.content, one.to, one.message_id))
    except LetterRefused as refused:
        ledger.note_failed(one, f"not sent: {refused}")
        return False


def open_carrier(settings: Settings) -> Carrier:
    """The carrier that `outbox.url` names; nothing is connected before it is used."""
    section, url = settings.need_outbox(), settings.outbox_url()
    if url.scheme == "maildir":
        from abuse_intake.outbox.maildir import MaildirCarrier

        return MaildirCarrier(url)
    from abuse_intake.outbox.smtp import SmtpCarrier

    username, password = section.username or url.username, settings.password(section, url)
    if username and password is None:
        raise ConfigurationError("outbox.password_file must be given where outbox.username is")
    return SmtpCarrier(url, username, password)
