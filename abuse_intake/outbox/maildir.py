"""Delivers acknowledgements into a Maildir: written and synced in tmp/, then renamed into new/.

The name is made from the acknowledgement's Message-ID, so that a restart finds what a killed delivery had done.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from abuse_intake.durably import sync_directory
from abuse_intake.errors import OutboxError
from abuse_intake.outbox.ledger import Ledger
from abuse_intake.steps import Step, reached
from abuse_intake.urls import ServiceUrl
from storage.values import DueAcknowledgement


class MaildirCarrier:
    """One Maildir, made when it is missing."""

    batch_size = 100

    def __init__(self, url: ServiceUrl) -> None:
        self.name = str(url)
        self._root = Path(url.path)

    def deliver(self, due: Sequence[DueAcknowledgement], ledger: Ledger) -> None:
        with self._explained():
            self._make_folders()
            fresh = [one for one in due if not one.data_sent]
            for one in fresh:
                _write_durably(self._path("tmp", one), one.content)
            reached(Step.ANSWER_BEGUN)
            ours = [*(one for one in due if one.data_sent), *(ledger.note_data_sent(fresh) if fresh else ())]
            reached(Step.DATA_SENT)
            lost = [one for one in ours if not self._publish(one)]
            sync_directory(self._root / "new")
        reached(Step.ANSWERED)
        ledger.note_sent([one for one in ours if one not in lost])
        reached(Step.ANSWER_NOTED)
        for one in lost:
            ledger.note_outcome_unknown(one, "neither in tmp/ nor in new/ after an interrupted delivery")

    def check(self) -> str:
        with self._explained():
            self._make_folders()
            if not os.access(self._root / "new", os.W_OK | os.X_OK):
                raise OutboxError(f"{self._root}/new cannot be written: correct its owner")
        return f"{self.name}: writable"

    def close(self) -> None:
        """Nothing is held open."""

    def _publish(self, one: DueAcknowledgement) -> bool:
        """Whether it lies in new/ now; True also if an interrupted delivery had put it there."""
        try:
            self._path("tmp", one).rename(self._path("new", one))
        except FileNotFoundError:
            return self._path("new", one).exists() or any((self._root / "cur").glob(f"{_name(one)}*"))
        return True

    def _path(self, box: str, one: DueAcknowledgement) -> Path:
        return self._root / box / _name(one)

    def _make_folders(self) -> None:
        for box in ("tmp", "new", "cur"):
            (self._root / box).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutboxError(f"outbox {error.filename or self._root}: {error.strerror}") from None


def _name(one: DueAcknowledgement) -> str:
    unique = hashlib.sha256(one.message_id.encode()).hexdigest()[:24]
    return f"{int(one.created_at.timestamp())}.{unique}.abuse-intake"


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
