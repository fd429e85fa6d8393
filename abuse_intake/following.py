"""Follows incidents as they change: each is told when it is new, and again whenever it is another."""

from collections import deque
from collections.abc import Callable

from storage.database import Session
from storage.incident_changes import Mark, find_changed, find_mark
from storage.values import IncidentFilter, IncidentRecord

LOOK_BACK_SECONDS = 30.0
"""What is written takes less, so that no row becomes visible behind the place from which we look."""
LOOK_BACK_ROWS = 500
"""At the beginning, when it is not known how far the tables had come before."""


class Follower:
    """What changed since the last look; what it told already is kept for as long as it is looked at again."""

    def __init__(self, wanted: IncidentFilter, clock: Callable[[], float]) -> None:
        self._wanted = wanted
        self._clock = clock
        self._marks: deque[tuple[float, Mark]] = deque()
        self._told: dict[str, IncidentRecord] = {}

    def begin(self, session: Session) -> None:
        """Everything before this moment is known."""
        mark = find_mark(session).back(LOOK_BACK_ROWS)
        self._told = {one.id: one for one in find_changed(session, mark, self._wanted)}
        self._marks.append((self._clock(), mark))

    def find_changed(self, session: Session) -> list[IncidentRecord]:
        """Incidents that match and are new or other than when they were told last; last seen last."""
        now, mark = self._clock(), find_mark(session)
        found = {one.id: one for one in find_changed(session, self._marks[0][1], self._wanted)}
        fresh = [one for one in found.values() if self._told.get(one.id) != one]
        self._told = found
        self._marks.append((now, mark))
        while self._marks[1][0] <= now - LOOK_BACK_SECONDS:
            self._marks.popleft()
        return fresh
