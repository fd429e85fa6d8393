"""The outbox: leases what is due, hands it to the carrier, batch by batch."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from abuse_intake import processes
from abuse_intake.errors import ConfigurationError
from abuse_intake.outbox.ledger import DeliverySummary, Ledger
from abuse_intake.settings import Settings
from storage import acknowledgements
from storage.database import Database
from storage.values import DueAcknowledgement

BATCH_SIZE = 100
LEASE = timedelta(minutes=10)


class Carrier(Protocol):
    """Brings acknowledgements to where they go."""

    name: str

    def deliver(self, due: Sequence[DueAcknowledgement], ledger: Ledger) -> None:
        """Deliver each and note what became of it. OutboxError when nothing can be delivered now.

        Whatever is not noted when it raises stays leased to this process, whose next run takes it up again.
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

    def deliver_due(self) -> DeliverySummary:
        """Try everything that is due now once. OutboxError when the way is closed; nothing is lost by that."""
        ledger, began = Ledger(self._database, self._now), self._now()
        try:
            while not self._should_stop() and (due := self._claim(began)):
                self._carrier.deliver(due, ledger)
        finally:
            self._carrier.close()
        return ledger.summary

    def _claim(self, as_of: datetime) -> tuple[DueAcknowledgement, ...]:
        """What was due when the run began, leased from now on: a run may last longer than a lease."""
        lease = self._now() - as_of + LEASE
        with self._database.begin() as session:
            return acknowledgements.claim_due(
                session, self._owner, processes.is_alive, as_of, lease, limit=BATCH_SIZE
            )


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
