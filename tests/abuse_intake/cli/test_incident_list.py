"""`incidents list`: orders, pages, and watching."""

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from command_line import CommandLine, read_some
from report_builders import make_junk, make_mail

from abuse_intake.cli.incident_watch import CHANGED, LEAVE_SCREEN, MARKED_SECONDS, NEW, SAME, Marks
from abuse_intake.following import Follower
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.incidents import list_incidents
from storage.values import IncidentFilter, IncidentRecord

ANOTHER = make_mail(make_junk(), sender="eve@reporter.example", message_id="<r-9@reporter.example>")


def _ids(answer: str) -> list[str]:
    return [one["id"] for line in answer.splitlines() if "id" in (one := json.loads(line))]


def test_pages_follow_each_other_to_the_end(worked: CommandLine) -> None:
    """Each tells a program where the next begins, and the last that there is none."""
    cursor, pages = "start", []
    while cursor:
        *page, last = worked("incidents", "list", "--json", "--limit", "2", "--cursor", cursor).objects()
        pages.append([one["id"] for one in page])
        cursor = last["cursor"]

    everything = _ids(worked("incidents", "list", "--json").out)
    assert (pages, cursor) == ([everything[:2], everything[2:]], None)


def test_a_table_tells_that_there_is_more(worked: CommandLine) -> None:
    """With what leads there; a list that is whole says nothing."""
    cut, whole = worked("incidents", "list", "--limit", "2").out, worked("incidents", "list").out

    assert "There are more" not in whole
    more = cut.splitlines()[-1].split("--cursor ")[1]
    assert len(worked("incidents", "list", "--limit", "2", "--cursor", more).out.splitlines()) == 3


def test_the_most_reported_come_first(worked: CommandLine) -> None:
    """Whatever was seen last."""
    worked.deliver(again=ANOTHER)
    worked("run", "--once")

    assert _ids(worked("incidents", "list", "--json", "--sort", "most-reported").out)[0] == "1"
    assert _ids(worked("incidents", "list", "--json", "--sort", "first-seen").out)[-1] == "1"


MORE_FILTERS = [
    ("--route ours", ["1", "2"]),
    ("--route elsewhere", ["3"]),
    ("--subject 'PILLS cheap'", ["1"]),
    ("--subject 'cheap off'", []),
    ("--subject off%every", []),
    ("--reporter BOB@reporter.example", ["2"]),
    ("--reporter bob@", []),
    ("--message-id '<junk-2@elsewhere.example>'", ["2"]),
    ("--message-id junk-2@elsewhere.example", ["2"]),
    ("--message-id junk-2", []),
    ("--by-hand", []),
]


@pytest.mark.parametrize(("filters", "ids"), MORE_FILTERS, ids=[filters for filters, _ in MORE_FILTERS])
def test_each_filter_chooses(worked: CommandLine, filters: str, ids: list[str]) -> None:
    """The whole address, the whole Message-ID, and words in any order."""
    assert sorted(_ids(worked("incidents", "list", "--json", *shlex.split(filters)).out)) == ids


@pytest.mark.parametrize(
    "options",
    ["--limit 0 --cursor start", "--watch --cursor start", "--watch", "--watch 0 --json", "--sort oldest"],
)
def test_options_that_make_no_sense_are_refused(worked: CommandLine, options: str) -> None:
    """Together, or without a terminal to draw on."""
    answer = worked("incidents", "list", *options.split())

    assert (answer.code, answer.out) == (2, "")
    answer.complaint()


def test_a_program_is_told_of_each_change(worked: CommandLine) -> None:
    """First what the list shows, then what is new or changed, until it is ended."""
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "abuse_intake",
            "--config",
            "abuse-intake.toml",
            "incidents",
            "list",
            "--json",
            "--watch",
            "0.1",
        ],
        cwd=worked.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as watching:
        assert watching.stdout is not None
        first = [json.loads(watching.stdout.readline())["id"] for _ in range(3)]
        worked("incidents", "set", "2", "--status", "open")
        second = json.loads(watching.stdout.readline())
        worked.deliver(again=ANOTHER)
        worked("run", "--once")
        third = json.loads(watching.stdout.readline())
        watching.send_signal(signal.SIGINT)
        rest, complaints = watching.communicate()

    assert sorted(first) == ["1", "2", "3"]
    assert (second["id"], second["status"]) == ("2", "open")
    assert (third["id"], third["report_count"]) == ("1", 2)
    assert (rest, complaints.strip(), watching.returncode) == (b"", b"", 130)


def test_a_database_that_is_away_is_told_once_and_tried_again(
    worked: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who follows for weeks is not thrown out by a restart of the server."""
    away, back = DatabaseUnavailable("the database is away"), list[IncidentRecord]()
    answers = iter((back, away, away, back, KeyboardInterrupt()))

    def find_changed(*_: object) -> list[IncidentRecord]:
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(Follower, "find_changed", find_changed)
    answer = worked("incidents", "list", "--json", "--watch", "0.1")

    assert (answer.code, len(answer.objects())) == (130, 3)
    assert answer.err.split("\n")[:2] == [
        "abuse-intake: the database is away; trying again",
        "abuse-intake: the database answers again",
    ]


def test_a_watched_table_is_redrawn_and_left_behind(worked: CommandLine) -> None:
    """Each line fits; a change is marked; ctrl-c gives the terminal back, with the last table on it."""
    screen = _Screen(worked, columns=80, lines=20)
    screen.wait_for("ctrl-c")
    worked("incidents", "set", "2", "--status", "open")
    screen.wait_for("~")
    code, written = screen.interrupt()

    drawn, _, left = written.partition("\x1b[?1049l")
    frames = drawn.split("\x1b[H")[1:]
    assert code == 130
    assert all(len(line) <= 80 for frame in frames for line in screen.plain(frame))
    assert any(line.startswith("~  2 ") for line in screen.plain(frames[-1]))
    assert [line.split()[0] for line in screen.plain(left) if line[:1].isdigit()] == ["3", "2", "1"]


def test_a_terminal_is_left_as_it_was_when_watching_is_ended(worked: CommandLine) -> None:
    """By SIGTERM, as by ctrl-c: with its cursor, and what stood on it before."""
    code, written = _Screen(worked, 80, 12).interrupt(signal.SIGTERM)

    assert code == 128 + signal.SIGTERM
    assert LEAVE_SCREEN in written


class _Screen:
    """A terminal with `incidents list --watch` on it."""

    def __init__(self, worked: CommandLine, columns: int, lines: int) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (lines, columns))
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "abuse_intake", "incidents", "list", "--watch", "0.2"],
            cwd=worked.folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "TERM": "xterm-256color"},
        )
        os.close(theirs)
        self._written = ""

    def wait_for(self, text: str) -> None:
        """Read until this is drawn."""
        begin = len(self._written)
        while text not in self._written[begin:]:
            more = read_some(self._ours)
            assert more, self._written
            self._written += more.decode("utf-8", "replace")

    def interrupt(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """What ctrl-c, or another signal, does; the exit code, and all that was written."""
        self.wait_for("ctrl-c ends")
        self._process.send_signal(number)
        while more := read_some(self._ours):
            self._written += more.decode("utf-8", "replace")
        os.close(self._ours)
        return self._process.wait(), self._written

    @staticmethod
    def plain(text: str) -> Sequence[str]:
        """The lines without what steers."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n").split("\n")


@pytest.fixture
def found(worked: CommandLine) -> list[IncidentRecord]:
    database = Database(f"sqlite:///{worked.folder}/abuse-intake.db")
    with database.read() as session:
        incidents = list(list_incidents(session, IncidentFilter()))
    database.close()
    return incidents


def test_marks_go_after_a_while(found: list[IncidentRecord]) -> None:
    """What was there at first has none; what came is new, and an old one that comes into view is not."""
    now = [0.0]
    marks = Marks(lambda: now[0])
    marks.begin(2)
    new, seen, old = found

    first = marks.mark([seen])
    second = marks.mark([new, seen, old])
    now[0] = MARKED_SECONDS
    third = marks.mark([new, seen, old])

    assert [mark for mark, _ in first + second + third] == [SAME, NEW, SAME, SAME, SAME, SAME, SAME]


def test_a_change_is_marked(found: list[IncidentRecord]) -> None:
    """Anything of it that is shown or kept."""
    marks = Marks(time.monotonic)
    marks.begin(3)
    marks.mark(found)

    marked = marks.mark([replace(found[0], status="open"), *found[1:]])

    assert [mark for mark, _ in marked] == [CHANGED, SAME, SAME]


def test_a_type_of_xarf_that_is_kept_as_another_is_told(worked: CommandLine) -> None:
    """Nothing found for `spam` would look like no spam."""
    told = "abuse-intake: spam of XARF is kept as abuse: --type abuse finds it"

    assert worked("incidents", "list", "--type", "spam").complaint() == told
    assert worked("incidents", "list", "--type", "abuse").err == ""
