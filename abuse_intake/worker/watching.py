"""Watches the mailbox between polls: a server that tells of new mail (IDLE) has it read at once.

It has a connection of its own, and only ever asks for a poll. While it fails, mail is found by the polls.
"""

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from abuse_intake.errors import AbuseIntakeError
from abuse_intake.worker.outage import Outage

log = structlog.get_logger()

WAIT_SECONDS = 540.0
"""So long one wait lasts: routers forget a connection that is silent for longer."""
STEADY_SECONDS = 60.0
"""So long the first wait on a connection lasts. A server that takes a login may still refuse to wait (IDLE): only a
wait that came to its end, or brought news, ends an outage."""
PAUSE_SECONDS = 0.5
"""Between two times of news, so that a server that tells much asks for few polls."""
FIRST_BACKOFF = 1.0
LAST_BACKOFF = 300.0
END_SECONDS = 5.0


class TellingMailbox(Protocol):
    """What of a mailbox is used here."""

    tells_of_mail: bool

    def wait_for_mail(self, seconds: float, should_stop: Callable[[], bool]) -> bool:
        """Whether something new may lie there; MailboxError when the connection fails."""

    def close(self) -> None:
        """Let go of what is open."""


class MailWatcher:
    """Waits for mail in a thread of its own, on what `open_mailbox` gives; `tell` is called when some may have come."""

    def __init__(self, open_mailbox: Callable[[], TellingMailbox], tell: Callable[[], object]) -> None:
        self._open_mailbox = open_mailbox
        self._tell = tell
        self._outage = Outage("wait for mail", is_error=False)
        self._is_over = threading.Event()
        self._backoff = FIRST_BACKOFF
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Watch from now on."""
        self._thread.start()

    def stop(self, seconds: float = END_SECONDS) -> None:
        """Watch no more. A server that does not answer is not waited for any longer."""
        self._is_over.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._is_over.is_set():
            try:
                self._watch()
            except AbuseIntakeError as error:
                self._outage.fails(error)
            except Exception as fault:
                self._outage.fails(fault)
                log.debug("the fault", exc_info=fault)
            self._is_over.wait(self._backoff)
            self._backoff = min(2 * self._backoff, LAST_BACKOFF)

    def _watch(self) -> None:
        mailbox = self._open_mailbox()
        try:
            mailbox.wait_for_mail(0, self._is_over.is_set)  # connects, and knows from now on what is new
            self._tell()  # what came while nobody watched
            if not mailbox.tells_of_mail:
                mailbox.close()
                log.info("the server does not tell of new mail (IDLE): the polls find it")
                self._is_over.wait()
                return
            self._wait_again_and_again(mailbox)
        finally:
            mailbox.close()

    def _wait_again_and_again(self, mailbox: TellingMailbox) -> None:
        seconds = STEADY_SECONDS
        while not self._is_over.wait(PAUSE_SECONDS):
            is_new = mailbox.wait_for_mail(seconds, self._is_over.is_set)
            if self._is_over.is_set():
                return
            self._outage.works()
            self._backoff, seconds = FIRST_BACKOFF, WAIT_SECONDS
            if is_new:
                self._tell()
