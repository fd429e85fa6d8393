"""Killed at any point and started again, a run ends as if undisturbed: nothing lost, nothing twice."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from arrival_builders import make_bounce, make_forward, make_message, make_question
from descriptions import describe_answers, describe_incidents, describe_mails
from intake_world import (
    list_acknowledgements,
    list_mails,
    list_outcomes,
    make_maildir,
    open_database,
    put,
    read_raw,
    start_program,
    write_configuration,
)
from mail_mix import SEED, make_mails

MAILS = 2000
KILLS = 9
KILLS_WHILE_STORING = 4
KILLS_WHILE_SENDING = 3
FIRST_DELAY, GROWTH = 0.05, 1.4
"""A kill comes at a random moment of so many seconds from the first sign of progress. They grow, so that the first
four hit a run at its beginning on any machine, and the last ones hit later batches, moves, and answers going out."""
RUN_SECONDS = 60

KILLED_BY_A_MAIL = """\
import os, sys
from abuse_intake.cli import main
from abuse_intake.concluding import Concluder
conclude = Concluder.conclude
def conclude_or_die(concluder, mail, read):
    if b"KILLS" in mail.raw:
        os._exit(9)
    return conclude(concluder, mail, read)
Concluder.conclude = conclude_or_die
main(sys.argv[1:])
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come, as its database says."""

    kept: int = 0
    read: int = 0
    filed: int = 0
    sent: int = 0

    def is_storing(self) -> bool:
        """Mails are still to be kept or read."""
        return self.kept < UNIQUE or self.read < UNIQUE


RAWS = make_mails(MAILS)
UNIQUE = len(set(RAWS))


def prepare(folder: Path, raws: Sequence[bytes]) -> Path:
    """A Maildir of these mails, and the configuration."""
    folder.mkdir()
    maildir = make_maildir(folder / "Maildir")
    for number, raw in enumerate(raws):
        put(maildir, f"{number:04}.mail", raw, mtime=number * 1000)
    return write_configuration(folder)


def run_once(configuration: Path) -> str:
    """A run to its end; its summary."""
    with start_program(configuration, "run", "--once") as process:
        output, errors = process.communicate(timeout=RUN_SECONDS)
    assert (process.returncode, errors) == (0, "")
    return output


def look(folder: Path) -> Progress:
    """The progress now; none as long as there are no tables."""
    counts = (
        "SELECT (SELECT count(*) FROM mails), (SELECT count(*) FROM mails WHERE disposition IS NOT NULL),"
        " (SELECT count(*) FROM deliveries WHERE filed_at IS NOT NULL),"
        " (SELECT count(*) FROM acknowledgements WHERE state = 'sent')"
    )
    try:
        uri = f"file:{folder / 'abuse-intake.db'}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
            return Progress(*connection.execute(counts).fetchone())
    except sqlite3.OperationalError:
        return Progress()


def kill_after_progress(
    configuration: Path, delay: float, what: Callable[[Progress], object] = lambda progress: progress
) -> tuple[Progress, Progress]:
    """Start a run, and kill it so long after its first sign of progress; the progress before and after."""
    folder = configuration.parent
    before = look(folder)
    with start_program(configuration, "run", "--once") as process:
        while what(look(folder)) == what(before) and process.poll() is None:
            time.sleep(0.002)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
    return before, look(folder)


def describe_acknowledgements(folder: Path) -> Counter[tuple[str, str]]:
    """To whom and to what an answer lies in the outbox's Maildir, and how often."""
    return describe_answers(path.read_bytes() for path in (folder / "Sent/new").iterdir())


def describe_folders(folder: Path) -> dict[str, Counter[str]]:
    """What lies where in the mailbox, by content."""
    lying: dict[str, Counter[str]] = {}
    for path in (folder / "Maildir").rglob("*.mail*"):
        place = str(path.parent.relative_to(folder / "Maildir"))
        lying.setdefault(place, Counter())[sha256(path.read_bytes()).hexdigest()] += 1
    return lying


def describe_all(folder: Path) -> tuple[object, ...]:
    with open_database(folder) as database:
        stored = describe_mails(database), describe_incidents(database)
    return (*stored, describe_acknowledgements(folder), describe_folders(folder))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all mails were worked in one run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    run_once(prepare(folder, RAWS))
    return folder


def test_undisturbed_everything_is_worked_once(undisturbed: Path) -> None:
    """Each mail is kept, has its disposition and lies in its folder; each reporter has one answer a mail."""
    with open_database(undisturbed) as database:
        outcomes = Counter((disposition, reason) for _, disposition, reason in describe_mails(database))
    answers = describe_acknowledgements(undisturbed)

    assert {name: lying.total() for name, lying in describe_folders(undisturbed).items()} == {
        ".Processed/cur": sum(b"=_b" in raw or b"=_f" in raw for raw in RAWS),
        ".Other/cur": sum(b"=_b" not in raw and b"=_f" not in raw for raw in RAWS),
    }
    assert outcomes.total() == UNIQUE
    assert set(outcomes) == {("report", None), ("not_a_report", "bounce"), ("not_a_report", "no_evidence")}
    assert max(answers.values()) == 1
    assert answers.total() == UNIQUE - outcomes["not_a_report", "bounce"]


def test_a_second_run_changes_nothing(undisturbed: Path) -> None:
    """`run --once` on a mailbox that was worked leaves everything as it is."""
    before = describe_all(undisturbed)

    summary = run_once(undisturbed / "abuse-intake.toml")

    assert summary.startswith("0 mails arrived")
    assert describe_all(undisturbed) == before


@pytest.mark.timeout(240)
def test_killed_at_random_moments_it_ends_as_if_undisturbed(undisturbed: Path, tmp_path: Path) -> None:
    """After 12 SIGKILLs, while mails are stored and answers go out: the same mails, incidents, answers, folders."""
    chance, folder = random.Random(SEED), tmp_path / "killed"
    configuration = prepare(folder, RAWS)

    delays = [chance.uniform(0, FIRST_DELAY * GROWTH**number) for number in range(KILLS)]
    kills = [kill_after_progress(configuration, delay) for delay in delays]
    late_kills = [
        kill_after_progress(configuration, chance.uniform(0, FIRST_DELAY), lambda progress: progress.sent)
        for _ in range(KILLS_WHILE_SENDING)
    ]
    run_once(configuration)

    while_storing = [after for before, after in kills if before != after and after.is_storing()]
    assert len(while_storing) >= KILLS_WHILE_STORING, kills
    answers = describe_acknowledgements(undisturbed).total()
    assert any(before.sent < after.sent < answers for before, after in late_kills), late_kills
    assert describe_all(folder) == describe_all(undisturbed)
    with open_database(folder) as database:
        assert {one.state for one in list_acknowledgements(database)} == {"sent"}
        assert {read_raw(database, mail.id) for mail in list_mails(database)} == set(RAWS)


def test_a_mail_that_kills_every_reader_is_quarantined(tmp_path: Path) -> None:
    """After one batch and three attempts that ended with it, the mail is put aside and its neighbours are read."""
    folder = tmp_path / "deadly"
    raws = [make_forward(make_message(1)), make_question() + b"KILLS", make_bounce()]
    configuration = prepare(folder, raws)
    command = [sys.executable, "-c", KILLED_BY_A_MAIL, "--config", str(configuration), "run", "--once"]

    codes = [subprocess.run(command, capture_output=True, check=False).returncode for _ in range(6)]

    with open_database(folder) as database:
        assert list_outcomes(database) == [
            ("report", None),
            ("quarantined", "kills_the_reader"),
            ("not_a_report", "bounce"),
        ]
    assert codes == [9, 9, 9, 9, 0, 0]
