"""The composition root: builds everything from the settings."""

from collections.abc import Callable

from abuse_intake.answering import Ourselves
from abuse_intake.attribution import Attributor
from abuse_intake.attribution.dkim import DkimVerifier, open_keyring
from abuse_intake.attribution.signatures import Verifier
from abuse_intake.concluding import Concluder
from abuse_intake.directory_source import DirectorySource
from abuse_intake.guard.pool import Guard
from abuse_intake.intake import Intake, PollSummary
from abuse_intake.mailbox import Mailbox, open_mailbox
from abuse_intake.outbox import DeliverySummary, Outbox, open_carrier
from abuse_intake.outbox.outbox import Carrier
from abuse_intake.settings import Settings
from abuse_intake.summaries import tell_held_back
from storage.database import Database


def describe_ourselves(settings: Settings) -> Ourselves:
    """Who we are, as acknowledgements say it."""
    mailbox = settings.need_mailbox()
    return Ourselves(
        address=mailbox.address,
        addresses=(mailbox.address, *mailbox.aliases),
        provider=settings.provider.name,
        authserv_id=mailbox.authserv_id,
    )


def open_verifier(settings: Settings, *, is_patient: bool = False) -> Verifier:
    """What verifies signatures; patiently, where nothing waits for it. KeyArchiveError when keys cannot be used."""
    keyring = open_keyring(settings.dkim, settings.base, is_patient=is_patient)
    return DkimVerifier(settings.provider, keyring)


def load_attributor(
    settings: Settings, database: Database | None = None, verifier: Verifier | None = None
) -> Attributor:
    """An attributor over the directory as it is now; without a verifier it looks at no signature."""
    source = DirectorySource(settings.provider, settings.directory_path(), database, verifier)
    source.refresh(is_first=True)
    return source.attributor


def build_concluder(settings: Settings, find_attributor: Callable[[], Attributor]) -> Concluder:
    """What attributes reports, and decides who is answered."""
    return Concluder(
        find_attributor,
        describe_ourselves(settings),
        max_bytes=settings.need_mailbox().max_bytes,
        per_reporter_hour=settings.need_outbox().per_reporter_hour,
        per_hour=settings.need_outbox().per_hour,
    )


def deliver_outbox(
    settings: Settings,
    database: Database,
    carrier: Carrier,
    should_stop: Callable[[], bool] = lambda: False,
    summary: DeliverySummary | None = None,
) -> DeliverySummary:
    """Tell reporters of what was held back from them, then deliver what is due."""
    limits = settings.need_outbox()
    tell_held_back(database, describe_ourselves(settings), limits.per_reporter_hour, limits.per_hour)
    return Outbox(carrier, database, should_stop=should_stop).deliver_due(summary)


class App:
    """Everything that the worker needs, built once. Use as a context manager."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.directory = DirectorySource(
            settings.provider, settings.directory_path(), database, open_verifier(settings)
        )
        self.directory.refresh(is_first=True)
        self.mailbox: Mailbox = open_mailbox(settings)
        self.carrier = open_carrier(settings)
        self.concluder = build_concluder(settings, lambda: self.directory.attributor)
        self.guard = Guard()
        self.guard.start()

    def poll(
        self,
        summary: PollSummary | None = None,
        should_stop: Callable[[], bool] = lambda: False,
        report_progress: Callable[[PollSummary], None] = lambda _: None,
    ) -> PollSummary:
        """One poll of the mailbox, with the directory as it is now; `summary` is filled also where it raises."""
        self.directory.refresh()
        intake = Intake(
            self.mailbox,
            self.database,
            self.guard,
            self.concluder,
            self.settings.need_mailbox().folders,
            should_stop=should_stop,
            report_progress=report_progress,
        )
        return intake.poll(summary)

    def deliver(
        self, should_stop: Callable[[], bool] = lambda: False, summary: DeliverySummary | None = None
    ) -> DeliverySummary:
        """Deliver what is due in the outbox; `summary` is filled also where it raises."""
        return deliver_outbox(self.settings, self.database, self.carrier, should_stop, summary)

    def can_be_watched(self) -> bool:
        """Whether the mailbox may tell of new mail between polls."""
        return self.settings.need_mailbox().idle and self.mailbox.tells_of_mail

    def open_watched_mailbox(self) -> Mailbox:
        """The same mailbox on a connection of its own, for whoever waits for new mail."""
        return open_mailbox(self.settings, tell_alive=lambda: None)

    def close(self) -> None:
        """Let go of the mailbox, the outbox and the processes that read mails."""
        self.directory.close()
        self.guard.close()
        self.mailbox.close()
        self.carrier.close()
