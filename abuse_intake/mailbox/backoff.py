"""How long to wait before something that failed is tried again: at first not at all, then longer and longer."""

import random
import time

LOGIN_STEP, LOGIN_MOST = 5.0, 300.0


def growing_wait(failures: int, step: float, most: float) -> float:
    """Seconds after so many failures in a row: 0, step, 2 step, 4 step … at most `most`."""
    return 0.0 if failures <= 1 else min(most, step * 2.0 ** min(failures - 2, 60))


class Backoff:
    """The waits of one account, so that refused logins do not have it locked."""

    def __init__(self, step: float = LOGIN_STEP, most: float = LOGIN_MOST) -> None:
        self._step, self._most = step, most
        self._failures = 0
        self._ends = 0.0
        self.reason = ""
        """What failed last."""

    def seconds_left(self) -> float:
        """How long to wait still; 0 when it may be tried."""
        return max(0.0, self._ends - time.monotonic())

    def note_failure(self, reason: str) -> None:
        """It failed: the next one waits longer, and not at the same moment as others who wait."""
        self._failures += 1
        self.reason = reason
        wait = growing_wait(self._failures, self._step, self._most)
        self._ends = time.monotonic() + wait * random.uniform(0.8, 1.0)

    def reset(self) -> None:
        """It succeeded."""
        self._failures, self._ends = 0, 0.0
