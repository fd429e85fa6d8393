"""What several lanes deliver together: given out one by one, and claimed anew as it runs out."""

from collections import deque
from collections.abc import Sequence
from threading import Lock

from abuse_intake.outbox.ledger import Ledger
from storage.values import DueAcknowledgement


class Supply:
    """Leased acknowledgements; threads may share it."""

    def __init__(self, due: Sequence[DueAcknowledgement], ledger: Ledger, batch_size: int) -> None:
        self._lock = Lock()
        self._ledger = ledger
        self._batch_size = batch_size
        self._is_closed = False
        self._waiting: deque[DueAcknowledgement] = deque()
        self._fill(due)

    def __len__(self) -> int:
        """How many are leased and in no hand."""
        return len(self._waiting)

    def take(self) -> DueAcknowledgement | None:
        """The next one, which is ours for some minutes; None when there is none, or it is time to end."""
        with self._lock:
            while not (self._is_closed or self._ledger.should_stop()):
                if not self._waiting and not self._refill():
                    return None
                self._keep_held()
                if self._waiting:
                    return self._waiting.popleft()
        return None

    def give_back(self, one: DueAcknowledgement) -> None:
        """Let another lane deliver it."""
        with self._lock:
            self._waiting.appendleft(one)

    def close(self) -> None:
        """Give out no more."""
        self._is_closed = True

    def drain(self) -> list[DueAcknowledgement]:
        """All that is left."""
        with self._lock:
            left = list(self._waiting)
            self._waiting.clear()
        return left

    def _refill(self) -> bool:
        due = self._ledger.claim(self._batch_size)
        self._fill(due)
        return bool(due)

    def _fill(self, due: Sequence[DueAcknowledgement]) -> None:
        """What a dead process had sent all data of, is settled here: nobody may send it again."""
        self._leased_at = self._ledger.now()
        for one in due:
            if one.data_sent:
                self._ledger.note_outcome_unknown(
                    one, "killed between sending all data and the server's answer"
                )
            else:
                self._waiting.append(one)

    def _keep_held(self) -> None:
        held, self._leased_at = self._ledger.keep_held(self._waiting, self._leased_at)
        if len(held) < len(self._waiting):
            self._waiting = deque(held)
