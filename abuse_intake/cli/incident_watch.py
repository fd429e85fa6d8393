"""`incidents list --watch`: for people a table that is redrawn in place, for programs a stream of what changes."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

from abuse_intake import as_json as records
from abuse_intake.cli.incident_table import print_incidents, print_marked
from abuse_intake.cli.output import make_console, one_line, print_json
from abuse_intake.cli.terminated import cleaning_up
from abuse_intake.following import Follower
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.incident_changes import find_mark
from storage.incidents import list_incidents
from storage.values import IncidentFilter, IncidentOrder, IncidentRecord

MARKED_SECONDS = 60.0
"""How long a change stays marked: nobody looks at the screen all the time."""
LINES_AROUND = 4
"""The header of the table and its rule above, a blank line and the legend below."""
NEW, CHANGED, SAME = "+", "~", " "
ENTER_SCREEN = "\x1b[?1049h\x1b[?25l\x1b[?7l"
LEAVE_SCREEN = "\x1b[?7h\x1b[?25h\x1b[?1049l"
"""A screen of its own, without a cursor and without wrapping; what stood on the terminal before comes back."""
BEGIN, END_LINE, END = "\x1b[H", "\x1b[K\n", "\x1b[J"


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched, and how often it is looked at."""

    wanted: IncidentFilter
    order: IncidentOrder
    limit: int
    seconds: float


def follow_as_json(database: Database, watched: Watched) -> None:
    """What the list shows, then each incident that is new or changed, until somebody ends it."""
    follower = Follower(watched.wanted, time.monotonic)
    with database.read() as session:
        follower.begin(session)
        for incident in list_incidents(session, watched.wanted, watched.limit, watched.order):
            print_json(records.incident_as_json(incident))
    sys.stdout.flush()
    outage = _Outage()
    while True:
        time.sleep(watched.seconds)
        with outage.told(), database.read() as session:
            changed = follower.find_changed(session)
            outage.end()
        for incident in changed if not outage.text else ():
            print_json(records.incident_as_json(incident))
        sys.stdout.flush()


def watch_on_terminal(database: Database, watched: Watched) -> None:
    """The table, redrawn until ctrl-c; the last one stays on the terminal."""
    marks, outage, found = Marks(time.monotonic), _Outage(is_silent=True), list[IncidentRecord]()
    with database.read() as session:
        marks.begin(find_mark(session).incident)
    try:
        with cleaning_up(), _own_screen():
            while True:
                with outage.told():
                    found = _read(database, watched)
                    outage.end()
                _draw(marks.mark(found), watched, outage.text)
                time.sleep(watched.seconds)
    finally:
        print_incidents(found)


def _read(database: Database, watched: Watched) -> list[IncidentRecord]:
    room = max(os.get_terminal_size(sys.stdout.fileno()).lines - LINES_AROUND, 1)
    limit = min(watched.limit, room) if watched.limit else room
    with database.read() as session:
        return list(list_incidents(session, watched.wanted, limit, watched.order))


@contextmanager
def _own_screen() -> Iterator[None]:
    sys.stdout.write(ENTER_SCREEN)
    try:
        yield
    finally:
        sys.stdout.write(LEAVE_SCREEN)
        sys.stdout.flush()


def _draw(marked: Sequence[tuple[str, IncidentRecord]], watched: Watched, outage: str) -> None:
    console = make_console()
    with console.capture() as captured:
        print_marked(marked, console)
    every = f"every {watched.seconds:g} s; {NEW} new, {CHANGED} changed within the last minute; ctrl-c ends"
    lines = [*captured.get().splitlines(), "", (one_line(outage) or every)[: console.width]]
    sys.stdout.write(BEGIN + END_LINE.join(lines) + END_LINE.removesuffix("\n") + END)
    sys.stdout.flush()


class Marks:
    """Which rows are new or changed, for a while after they became so."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._newest = 0
        self._seen: dict[str, IncidentRecord] = {}
        self._marked: dict[str, tuple[str, float]] = {}

    def begin(self, newest: int) -> None:
        """Incidents up to this id are not new."""
        self._newest = newest

    def mark(self, found: Sequence[IncidentRecord]) -> list[tuple[str, IncidentRecord]]:
        """Each incident behind its mark."""
        now = self._clock()
        for one in found:
            if self._seen.get(one.id, one) != one:
                self._marked[one.id] = (CHANGED, now)
            elif one.id not in self._seen and int(one.id) > self._newest:
                self._marked[one.id] = (NEW, now)
        self._seen = {one.id: one for one in found}
        self._newest = max([self._newest, *map(int, self._seen)])
        self._marked = {id: at for id, at in self._marked.items() if at[1] > now - MARKED_SECONDS}
        return [(self._marked.get(one.id, (SAME,))[0], one) for one in found]


@dataclass(slots=True)
class _Outage:
    """A database that does not answer for a while ends no watching; it is told once, and when it is over."""

    is_silent: bool = False
    text: str = field(default="")

    @contextmanager
    def told(self) -> Iterator[None]:
        try:
            yield
        except DatabaseUnavailable as error:
            if not self.text:
                self._tell(f"{error}; trying again")
            self.text = str(error)

    def end(self) -> None:
        """It answers."""
        if self.text:
            self._tell("the database answers again")
        self.text = ""

    def _tell(self, text: str) -> None:
        if not self.is_silent:
            click.echo(f"abuse-intake: {one_line(text)}", err=True)
