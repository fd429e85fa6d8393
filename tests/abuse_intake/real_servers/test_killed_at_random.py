"""Killed at 200 random moments between real servers: nothing lost, nothing twice, and few doubts.

Four worlds, two at once: a server that can MOVE or not, SQLite or PostgreSQL, `run --once` or the worker. Before each
start some mails arrive. The killed process tells its steps; it is killed a random moment after a random one of them,
or a random moment after its start.
"""

import os
import random
import select
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from intake_world import Program
from mail_mix import make_mails
from server_world import SMALL_BATCHES, Held, ServerWorld, make_world
from servers.dovecot import Dovecot
from servers.postgresql import Postgresql
from servers.skipping import make_or_skip

from abuse_intake.steps import Step

pytestmark = [
    pytest.mark.dovecot,
    pytest.mark.postfix,
    pytest.mark.postgresql,
    pytest.mark.timeout(500),
]

SEED = int(os.environ.get("ABUSE_INTAKE_TESTS_SEED", "20261201"))
KILLS = 50
MAILS_A_KILL = 12
RAWS = make_mails(KILLS * MAILS_A_KILL)
CONNECTIONS = 4
START_SECONDS = 0.7
MOMENT_SECONDS = 0.02
LONGEST_LIFE = 8.0
STEPS = tuple(step for step in Step if step is not Step.COPIED)


@dataclass(frozen=True, slots=True)
class Kind:
    """What one world is made of."""

    move: bool
    postgresql: bool
    worker: bool
    small_batches: bool

    def __str__(self) -> str:
        return "-".join(
            (
                "move" if self.move else "copy",
                "postgresql" if self.postgresql else "sqlite",
                "worker" if self.worker else "once",
            )
        )


KINDS = (
    Kind(move=True, postgresql=False, worker=False, small_batches=False),
    Kind(move=False, postgresql=False, worker=True, small_batches=True),
    Kind(move=True, postgresql=True, worker=True, small_batches=False),
    Kind(move=False, postgresql=True, worker=False, small_batches=True),
)


@dataclass(slots=True)
class Course:
    """What one world has gone through, and has come to."""

    stored: tuple[object, ...] = ()
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    states: dict[str, str] = field(default_factory=dict)
    at_kills: list[Held] = field(default_factory=list)
    after: Counter[str] = field(default_factory=Counter)
    """After which steps it was killed, how often; `start` for those that were killed by time alone."""


@pytest.fixture(scope="module")
def undisturbed(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """What one run over all the mails leads to that nobody kills."""
    with make_world(tmp_path_factory.mktemp("undisturbed"), dovecot) as world:
        world.dovecot.append_all(world.user, RAWS)
        world.run_once()
        return describe(world, Course())


@pytest.fixture(scope="module")
def courses(
    postgresql: Postgresql, dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Kind, "Future[Course]"]]:
    """Each world and what it goes through; a test waits for its own."""
    folder = tmp_path_factory.mktemp("random")
    with ExitStack() as stack:
        without_move = stack.enter_context(make_or_skip(lambda: Dovecot(move=False)))
        pool = stack.enter_context(ThreadPoolExecutor(2))
        yield {
            kind: pool.submit(
                go_through,
                kind,
                dovecot if kind.move else without_move,
                folder / str(kind),
                postgresql.create_database(str(kind)) if kind.postgresql else None,
            )
            for kind in KINDS
        }


def go_through(kind: Kind, dovecot: Dovecot, folder: Path, database_url: str | None) -> Course:
    """All the kills, each after some mails have arrived, then a run to the end."""
    chance, course = random.Random(f"{SEED} {kind}"), Course()
    changed = SMALL_BATCHES if kind.small_batches else ""
    with make_world(folder, dovecot, database_url=database_url, changed=changed) as world:
        world.configure(connections=CONNECTIONS)
        for number in range(KILLS):
            arriving = RAWS[number * MAILS_A_KILL : (number + 1) * MAILS_A_KILL]
            world.dovecot.append_all(world.user, arriving)
            course.after[live_and_die(world, kind, chance)] += 1
            course.at_kills.append(world.look())
        world.run_once()
        return describe(world, course)


def describe(world: ServerWorld, course: Course) -> Course:
    course.stored, course.answers = world.describe_stored(), world.describe_answers()
    course.states = world.list_states()
    return course


def live_and_die(world: ServerWorld, kind: Kind, chance: random.Random) -> str:
    """One life of the program, and what it was killed after."""
    after = chance.choice(("start", *STEPS))
    number = 1 if chance.random() < 0.5 else chance.randint(2, MAILS_A_KILL)
    with telling_program(world, *(("run",) if kind.worker else ("run", "--once"))) as (process, told):
        if after == "start":
            time.sleep(chance.uniform(0, START_SECONDS))
        elif not await_step(told, after, number):
            after = "the end"
        time.sleep(chance.uniform(0, MOMENT_SECONDS))
        process.kill()
    return str(after)


@contextmanager
def telling_program(world: ServerWorld, *arguments: str) -> Iterator[tuple[Program, int]]:
    """The program, and a descriptor on which it tells its steps."""
    told, telling = os.pipe()
    try:
        with world.start(*arguments, pass_fds=(telling,), TELL_STEPS=str(telling)) as process:
            os.close(telling)
            yield process, told
    finally:
        os.close(told)


def await_step(told: int, step: str, number: int) -> bool:
    """Wait until a step was reached so often, or once in a life that is longer than it should be."""
    deadline, heard = time.monotonic() + LONGEST_LIFE, b""
    while (left := deadline - time.monotonic()) > 0:
        readable, _, _ = select.select([told], [], [], min(left, 1.5))
        new = os.read(told, 65536) if readable else b""
        if not new:
            return False  # it has ended, or has nothing more to do
        heard += new
        if heard.split(b"\n").count(step.encode()) >= number:
            return True
    return False


@pytest.fixture(params=KINDS, ids=str)
def course(request: pytest.FixtureRequest, courses: dict[Kind, "Future[Course]"]) -> Course:
    """What one of the worlds has gone through."""
    print(f"ABUSE_INTAKE_TESTS_SEED={SEED}")  # noqa: T201 - shown where a test fails
    return courses[request.param].result()


def test_nothing_is_lost_or_doubled(course: Course, undisturbed: Course) -> None:
    """The same mails, dispositions, incidents and folders as without a kill."""
    assert course.stored == undisturbed.stored


def test_each_acknowledgement_is_taken_once(course: Course, undisturbed: Course) -> None:
    """No server has one twice, and what it has not is in doubt."""
    unknown = [id for id, state in course.states.items() if state == "outcome_unknown"]

    assert set(course.answers.values()) == {1}
    assert not course.answers - undisturbed.answers
    assert (undisturbed.answers - course.answers).total() <= len(unknown)
    assert Counter(course.states.values()) == {
        "sent": undisturbed.answers.total() - len(unknown),
        **({"outcome_unknown": len(unknown)} if unknown else {}),
    }


def test_in_doubt_is_only_what_a_kill_left_half_sent(course: Course) -> None:
    """At most one acknowledgement a connection and kill, and only those whose data was sent and not confirmed."""
    half_sent = frozenset[str]().union(*(held.half_sent for held in course.at_kills))
    unknown = {id for id, state in course.states.items() if state == "outcome_unknown"}

    assert max(len(held.half_sent) for held in course.at_kills) <= CONNECTIONS
    assert unknown == half_sent


def test_the_kills_hit_every_part_of_the_work(courses: dict[Kind, "Future[Course]"]) -> None:
    """Some while mails were unread, some before they were filed, some while answers waited, went out, were in doubt."""
    all = [course.result() for course in courses.values()]
    held = [one for course in all for one in course.at_kills]
    after = sum((course.after for course in all), Counter[str]())

    assert len(held) == KILLS * len(KINDS)
    assert set(after) >= {"start", *STEPS}, after
    assert sum(one.unread > 0 for one in held) >= 10
    assert sum(one.unfiled > 0 for one in held) >= 10
    assert sum(one.states["waiting"] > 0 for one in held) >= 10
    assert sum(one.states["sending"] > len(one.half_sent) for one in held) >= 10
    assert sum(bool(one.half_sent) for one in held) >= 5
