"""The outbox: leases what is due, hands it to the carrier, batch by batch."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from abuse_intake import processes
from abuse_intake.errors import ConfigurationError
from abuse_intake.oauth.source import TokenSource
from abuse_intake.outbox.ledger import DeliverySummary, Ledger
from abuse_intake.settings import Settings
from abuse_intake.settings_oauth import OauthSettings
from storage.database import Database
from storage.values import DueAcknowledgement


class Carrier(Protocol):
    """Brings acknowledgements to where they go."""

    name: str
    batch_size: int
    """Acknowledgements that are leased at a time."""

    def deliver(self, due: Sequence[DueAcknowledgement], ledger: Ledger) -> None:
        """Deliver each and note what became of it. OutboxError when nothing can be delivered now.

        It may claim more from the ledger when it has come through. Whatever is not noted when it returns or
        raises waits again.
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
        ledger = Ledger(self._database, self._owner, self._now, self._should_stop)
        ledger.summary = summary or ledger.summary
        try:
            while due := ledger.claim(self._carrier.batch_size):
                self._carrier.deliver(due, ledger)
        finally:
            self._carrier.close()
            ledger.release()
        return ledger.summary


def open_carrier(settings: Settings) -> Carrier:
    """The carrier that `outbox.url` names; nothing is connected before it is used."""
    section, url = settings.need_outbox(), settings.outbox_url()
    if url.scheme == "maildir":
        from abuse_intake.outbox.maildir import MaildirCarrier

        return MaildirCarrier(url)
    from abuse_intake.outbox.smtp import SmtpCarrier

    if section.oauth:
        login = _token_login(settings, section.oauth, section.username or url.username)
        return SmtpCarrier(url, *login, connections=section.connections, ehlo_name=section.ehlo_name)
    username, password = section.username or url.username, settings.password(section, url)
    if username and password is None:
        raise ConfigurationError("outbox.password_file must be given where outbox.username is")
    return SmtpCarrier(url, username, password, connections=section.connections, ehlo_name=section.ehlo_name)


def _token_login(
    settings: Settings, oauth: OauthSettings, username: str | None
) -> tuple[str, None, TokenSource]:
    """A user, no password, and where tokens come from; by default the user is the mailbox's address."""
    from abuse_intake.oauth import open_token_source

    user = username or (settings.mailbox.address if settings.mailbox else None)
    if user is None:
        raise ConfigurationError("outbox.username must be given where outbox.oauth is")
    return user, None, open_token_source(oauth, user, settings.base)
