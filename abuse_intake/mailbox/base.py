"""The protocol that every mailbox speaks, and which mailbox a URL opens."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from abuse_intake.errors import ConfigurationError
from abuse_intake.settings import MailboxSettings, Settings
from abuse_intake.steps import Job, beat
from abuse_intake.urls import ServiceUrl
from storage.values import Place


class Mailbox(Protocol):
    """A place where mail arrives. Every method raises MailboxError when the mailbox cannot be worked now."""

    name: str
    """How deliveries name this mailbox: its URL without a password."""
    problems: list[str]
    """Single mails that could not be fetched or moved since the last listing, a line each; the others went on."""
    oversized: list[Place]
    """Mails that are too large to be fetched, found since the last listing; `problems` tells of each."""
    tells_of_mail: bool
    """Whether `wait_for_mail` may notice mail at once; a server is known to be able only when it was asked."""

    def list_places(self, limit: int) -> Iterator[Sequence[Place]]:
        """What waits, oldest first, at most `limit` places at a time. Changes nothing."""

    def fetch(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        """The exact bytes of each mail; one that has gone or cannot be had now is left out. Changes nothing."""

    def find_present(self, places: Sequence[Place]) -> set[Place]:
        """Those where the mail still lies."""

    def file_away(self, moves: Sequence[tuple[Place, str]]) -> set[Place]:
        """Move each mail into its folder, making folders that are missing; one that has gone is no error.

        The places of those that could not be moved; `problems` says why.
        """

    def wait_for_mail(self, seconds: float, should_stop: Callable[[], bool]) -> bool:
        """True as soon as something new may lie there; False after `seconds`, or soon after `should_stop`."""

    def check(self) -> str:
        """Try the mailbox and say in one line what is there."""

    def close(self) -> None:
        """Let go of what is open."""


def sleep(seconds: float, should_stop: Callable[[], bool]) -> None:
    """Wait so long, or until soon after `should_stop`."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0 and not should_stop():
        time.sleep(min(left, 0.5))


def open_mailbox(settings: Settings, tell_alive: Callable[[], object] = lambda: beat(Job.POLL)) -> Mailbox:
    """The mailbox that `mailbox.url` names; nothing is connected before it is used.

    `tell_alive` is called while a server's long answer comes; only whoever polls may tell that the poll goes on.
    """
    section, url = settings.need_mailbox(), settings.mailbox_url()
    if url.scheme in ("imap", "imaps"):
        return _open_imap(settings, section, url, tell_alive)
    from abuse_intake.mailbox.files import FolderMailbox, MaildirMailbox

    return MaildirMailbox(url) if url.scheme == "maildir" else FolderMailbox(url)


def _open_imap(
    settings: Settings, section: MailboxSettings, url: ServiceUrl, tell_alive: Callable[[], object]
) -> Mailbox:
    from abuse_intake.mailbox.imap import ImapMailbox
    from abuse_intake.oauth import open_token_source

    username = section.username or url.username or section.address
    if section.oauth:
        source = open_token_source(section.oauth, username, settings.base)
        return ImapMailbox(url, username, "", source, tell_alive)
    password = settings.password(section, url)
    if password is None:
        raise ConfigurationError(
            f"mailbox.password_file (or mailbox.oauth) must be given for {url.scheme}://"
        )
    return ImapMailbox(url, username, password, tell_alive=tell_alive)
