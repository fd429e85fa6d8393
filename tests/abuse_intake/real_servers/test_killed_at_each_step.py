"""Killed by its own hand at each step of the flow, between real servers: a second run ends as if undisturbed."""

import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from descriptions import find_differences
from mail_mix import make_mails
from server_world import SMALL_BATCHES, WORKING_FOLDERS, End, make_world
from servers.dovecot import Dovecot
from servers.faulty_smtp import FaultySmtp

from abuse_intake.steps import Step

pytestmark = [pytest.mark.dovecot, pytest.mark.postfix, pytest.mark.timeout(400)]

RAWS = make_mails(10)
BOUNCES = 1
FIRST, LATER = 1, 3
UNCERTAIN = (Step.DATA_SENT, Step.ANSWERED)
"""Killed here, nobody can know whether the server has taken the acknowledgement in hand."""


@dataclass(frozen=True, slots=True)
class Kill:
    """The n-th time that a step is reached, on a server that can MOVE or cannot."""

    step: Step
    time: int
    move: bool

    def __str__(self) -> str:
        return f"{self.step}-{self.time}-{'move' if self.move else 'copy'}"


OF_THE_OUTBOX = frozenset(step for step in Step if step.startswith(("answer", "data")))
KILLS = [
    Kill(step, time, move)
    for move in (True, False)
    for step in Step
    for time in (FIRST, LATER)
    if (step is not Step.COPIED if move else step not in OF_THE_OUTBOX)
]


def make_case(kill: Kill) -> ParameterSet:
    return pytest.param(kill, id=str(kill))


@pytest.fixture(scope="module")
def servers(dovecot: Dovecot, dovecot_without_move: Dovecot) -> dict[bool, Dovecot]:
    """A Dovecot that can MOVE and one that cannot."""
    return {True: dovecot, False: dovecot_without_move}


@pytest.fixture(scope="module")
def undisturbed(servers: dict[bool, Dovecot], tmp_path_factory: pytest.TempPathFactory) -> End:
    """What one run leads to that nobody kills."""
    with make_world(tmp_path_factory.mktemp("undisturbed"), servers[True], changed=SMALL_BATCHES) as world:
        world.deliver(RAWS)
        world.run_once()
        return world.describe()


@pytest.fixture(scope="module")
def ends(
    request: pytest.FixtureRequest, servers: dict[bool, Dovecot], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Kill, "Future[End]"]]:
    """Each kill whose test is to run in a world of its own, two at once; each test waits for its own."""
    folder = tmp_path_factory.mktemp("killed")
    with ThreadPoolExecutor(2) as pool:
        yield {
            kill: pool.submit(kill_and_finish, servers[kill.move], kill, folder / str(kill))
            for kill in KILLS
            if any(f"[{kill}]" in item.name for item in request.session.items)
        }


def kill_and_finish(dovecot: Dovecot, kill: Kill, folder: Path) -> End:
    """A run that is killed, and one that comes after it."""
    with make_world(folder, dovecot, changed=SMALL_BATCHES) as world:
        world.configure(connections=1)
        world.deliver(RAWS)
        with world.start("run", "--once", KILL_AT=f"{kill.step}:{kill.time}") as process:
            code = process.wait(60)
        assert code == -signal.SIGKILL
        world.run_once()
        return world.describe()


def test_undisturbed_each_mail_is_worked_once(undisturbed: End) -> None:
    """What the killed runs are held against: each mail in the folder of its kind, each reporter answered once."""
    reports = Counter(sha256(raw).hexdigest() for raw in RAWS if b"=_b" in raw or b"=_f" in raw)
    others = Counter(sha256(raw).hexdigest() for raw in RAWS) - reports
    lying = {("Processed", digest): count for digest, count in reports.items()}
    lying |= {("Other", digest): count for digest, count in others.items()}

    assert {key: count for key, count in undisturbed.stored.items() if key[0] in WORKING_FOLDERS} == lying
    assert sorted(undisturbed.answers.values()) == [1] * (len(set(RAWS)) - BOUNCES)
    assert set(undisturbed.states) == {"sent"}


@pytest.mark.parametrize("kill", [make_case(kill) for kill in KILLS])
def test_killed_at_a_step_it_ends_as_if_undisturbed(
    kill: Kill, ends: dict[Kill, "Future[End]"], undisturbed: End
) -> None:
    """The same mails, incidents and folders; all acknowledgements once, but at most the one that was in doubt."""
    end = ends[kill].result()

    unknown = int(kill.step in UNCERTAIN)
    assert find_differences(end.stored, undisturbed.stored) == {}
    assert (undisturbed.answers - end.answers).total() == int(kill.step is Step.DATA_SENT)
    assert not end.answers - undisturbed.answers
    assert end.states == tuple(["outcome_unknown"] * unknown + ["sent"] * (len(undisturbed.states) - unknown))


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not-taken"])
def test_killed_while_the_server_thinks_one_is_in_doubt(
    taken: bool, dovecot: Dovecot, faulty_smtp: FaultySmtp, undisturbed: End, tmp_path: Path
) -> None:
    """After the final dot only the server knows whether it took the acknowledgement: that one is not sent again."""
    faulty_smtp.stall("END", 60, times=1, accepting=taken)
    with make_world(tmp_path, dovecot, smtp=faulty_smtp, changed=SMALL_BATCHES) as world:
        world.configure(connections=1)
        world.deliver(RAWS)
        with world.start("run", "--once") as process:
            faulty_smtp.await_stage("END", 30)
            process.kill()
        world.run_once()
        end = world.describe()

    assert find_differences(end.stored, undisturbed.stored) == {}
    assert (undisturbed.answers - end.answers).total() == int(not taken)
    assert not end.answers - undisturbed.answers
    assert end.states == ("outcome_unknown", *["sent"] * (len(undisturbed.states) - 1))
