"""Killed at 200 random moments between real servers: nothing lost, nothing twice, and few doubts.

Four worlds, two at once: a server that can MOVE or not, SQLite or PostgreSQL, `run --once` or the worker. Before each
start some mails arrive. The killed process tells its steps; it is killed a random moment after a random one of them,
or a random moment after its start.
"""

import itertools
import os
import random
import select
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from descriptions import find_differences
from intake_world import Program
from mail_mix import make_mails
from server_world import BLAMED_NEVER, SMALL_BATCHES, End, Held, ServerWorld, make_world
from servers.dovecot import Dovecot
from servers.postgresql import Postgresql

from abuse_intake.steps import Step

pytestmark = [
    pytest.mark.dovecot,
    pytest.mark.postfix,
    pytest.mark.postgresql,
    pytest.mark.timeout(500),
]

SEED = int(os.environ.get("ABUSE_INTAKE_TESTS_SEED", "20261201"))
KILLS = 50
MAILS_A_LIFE = 8
RAWS = make_mails(KILLS * MAILS_A_LIFE)
CONNECTIONS = 4
START_SECONDS = 0.7
MOMENT_SECONDS = 0.02
SILENCE_SECONDS = 0.4
LONGEST_START = 8.0
COMMIT_SECONDS = 0.05
"""PostgreSQL may end a commit whose client is dead."""
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


@dataclass(frozen=True, slots=True)
class Course:
    """What one world has gone through, and has come to."""

    kind: Kind
    end: End
    unknown: frozenset[str]
    """The acknowledgements in doubt, by Message-ID."""
    at_kills: list[Held]
    after: Counter[str]
    """After which steps it was killed, how often; `start` for those that were killed by time alone."""


@pytest.fixture(scope="module")
def undisturbed(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> End:
    """What one run over all the mails leads to that nobody kills."""
    with make_world(tmp_path_factory.mktemp("undisturbed"), dovecot) as world:
        world.deliver(RAWS)
        world.run_once()
        return world.describe()


@pytest.fixture(scope="module")
def courses(
    postgresql: Postgresql,
    dovecot: Dovecot,
    dovecot_without_move: Dovecot,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[Kind, "Future[Course]"]]:
    """Each world and what it goes through; a test waits for its own."""
    folder = tmp_path_factory.mktemp("random")
    with ThreadPoolExecutor(2) as pool:
        yield {
            kind: pool.submit(
                go_through,
                kind,
                dovecot if kind.move else dovecot_without_move,
                folder / str(kind),
                postgresql.create_database(str(kind)) if kind.postgresql else None,
            )
            for kind in KINDS
        }


def go_through(kind: Kind, dovecot: Dovecot, folder: Path, database_url: str | None) -> Course:
    """All the kills, each after some mails have arrived, then a run to the end."""
    chance = random.Random(f"{SEED} {kind}")
    at_kills, killed_after = list[Held](), Counter[str]()
    changed = f"{BLAMED_NEVER} {SMALL_BATCHES if kind.small_batches else ''}"
    with make_world(folder, dovecot, database_url=database_url, changed=changed) as world:
        world.configure(connections=CONNECTIONS)
        for life in itertools.count():
            if len(at_kills) == KILLS:
                break
            if arriving := RAWS[life * MAILS_A_LIFE : (life + 1) * MAILS_A_LIFE]:
                world.deliver(arriving)
            if (after := live_and_die(world, kind, chance)) is not None:
                killed_after[after] += 1
                at_kills.append(world.look())
        world.run_once()
        unknown = {id for id, state in world.list_states().items() if state == "outcome_unknown"}
        return Course(kind, world.describe(), frozenset(unknown), at_kills, killed_after)


def live_and_die(world: ServerWorld, kind: Kind, chance: random.Random) -> str | None:
    """One life of the program, and what it was killed after; None if it had ended by itself."""
    after = chance.choice(("start", *STEPS))
    with telling_program(world, *(("run",) if kind.worker else ("run", "--once"))) as (process, told):
        if after == "start":
            time.sleep(chance.uniform(0, START_SECONDS))
        elif not await_step(told, after, choose_number(kind, after, chance)):
            after = "the end"
        time.sleep(chance.uniform(0, MOMENT_SECONDS))
        process.kill()
        code = process.wait()
    time.sleep(COMMIT_SECONDS if kind.postgresql else 0)
    return str(after) if code == -signal.SIGKILL else None


def choose_number(kind: Kind, step: str, chance: random.Random) -> int:
    """At the how manyth time that a step is reached: there is one batch in a life, or some, and more answers."""
    most = MAILS_A_LIFE - 3 if step.startswith("answer_") else 3 if kind.small_batches else 1
    return chance.randint(1, most)


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
    """Wait until a step was reached so often; False when the program ended before, or had nothing more to do."""
    heard = b""
    while select.select([told], [], [], SILENCE_SECONDS if heard else LONGEST_START)[0]:
        new = os.read(told, 65536)
        heard += new
        if heard.split(b"\n").count(step.encode()) >= number:
            return True
        if not new:
            break
    return False


@pytest.fixture(params=KINDS, ids=str)
def course(request: pytest.FixtureRequest, courses: dict[Kind, "Future[Course]"]) -> Course:
    """What one of the worlds has gone through."""
    print(f"ABUSE_INTAKE_TESTS_SEED={SEED}")  # noqa: T201 - shown where a test fails
    return courses[request.param].result()


def test_nothing_is_lost_or_doubled(course: Course, undisturbed: End) -> None:
    """The same mails, dispositions, incidents and folders as without a kill."""
    assert find_differences(course.end.stored, undisturbed.stored) == {}


def test_each_acknowledgement_is_taken_once(course: Course, undisturbed: End) -> None:
    """No server has one twice, and what it has not is in doubt."""
    in_doubt, taken = len(course.unknown), course.end.answers

    assert set(taken.values()) == {1}
    assert not taken - undisturbed.answers
    assert (undisturbed.answers - taken).total() <= in_doubt
    assert Counter(course.end.states) == +Counter(
        sent=undisturbed.answers.total() - in_doubt, outcome_unknown=in_doubt
    )


def test_in_doubt_is_only_what_a_kill_left_half_sent(course: Course) -> None:
    """At most one acknowledgement a connection and kill, and only those whose data was sent and not confirmed."""
    half_sent = [held.half_sent for held in course.at_kills]

    assert max(map(len, half_sent)) <= CONNECTIONS
    assert course.unknown == frozenset[str]().union(*half_sent)


def test_the_kills_hit_every_part_of_the_work(courses: dict[Kind, "Future[Course]"]) -> None:
    """Some while mails were unread, some before they were filed, some while answers waited, went out, were in doubt."""
    ended = [course.result() for course in courses.values()]
    held = [one for course in ended for one in course.at_kills]
    after = sum((course.after for course in ended), Counter[str]())

    assert len(held) == KILLS * len(KINDS)
    assert set(after) >= {"start", *STEPS}, after
    assert sum(one.unread > 0 for one in held) >= 10
    assert sum(one.unfiled > 0 for one in held) >= 10
    assert sum(one.states["waiting"] > 0 for one in held) >= 10
    assert sum(one.states["sending"] > len(one.half_sent) for one in held) >= 10
    assert sum(bool(one.half_sent) for one in held) >= 5
