"""The watchdog: what runs and is silent for too long is stuck, and nothing else is."""

import pytest

from abuse_intake import steps
from abuse_intake.steps import Job, Step
from abuse_intake.worker.service_manager import ServiceManager
from abuse_intake.worker.watchdog import SCHEDULE, STUCK_SECONDS, TICK_SECONDS, Watchdog


class FakeManager(ServiceManager):
    def __init__(self) -> None:
        super().__init__({})
        self.signs_of_life = 0

    def alive(self) -> None:
        self.signs_of_life += 1


class World:
    """A watchdog, the time, and whom it ended."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ended: list[str] = []
        self.manager = FakeManager()
        self.watchdog = Watchdog(
            self.manager, end=lambda job, _: self.ended.append(job), now=lambda: self.now
        )

    def pass_time(self, seconds: float) -> None:
        ends = self.now + seconds
        while self.now < ends and not self.ended:
            self.now += TICK_SECONDS
            self.watchdog.look()


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("job", Job)
def test_a_silent_job_is_stuck(world: World, job: Job) -> None:
    """A poll or a delivery that reaches nothing for so long ends the process."""
    with world.watchdog.running(job):
        world.pass_time(STUCK_SECONDS - TICK_SECONDS)
        assert world.ended == []
        world.pass_time(3 * TICK_SECONDS)

    assert world.ended == [job]


def test_nothing_runs_for_days(world: World) -> None:
    """A worker without work is not stuck."""
    with world.watchdog.running(Job.POLL):
        pass

    world.pass_time(3 * STUCK_SECONDS)

    assert world.ended == []


def test_each_step_is_a_sign_of_life_of_its_job(world: World) -> None:
    """A long poll that gets on is not stuck, and its steps do not hide a delivery that is."""
    stop = steps.listen_to_beats(world.watchdog.hear)
    try:
        with world.watchdog.running(Job.POLL), world.watchdog.running(Job.DELIVERY):
            while not world.ended and world.now < 3 * STUCK_SECONDS:
                world.pass_time(STUCK_SECONDS / 10)
                steps.reached(Step.RECORDED)
    finally:
        stop()

    assert world.ended == [Job.DELIVERY]


@pytest.mark.parametrize(
    ("step", "job"),
    [
        (Step.LISTED, Job.POLL),
        (Step.FILED, Job.POLL),
        (Step.ANSWER_CLAIMED, Job.DELIVERY),
        (Step.DATA_SENT, Job.DELIVERY),
    ],
)
def test_a_step_belongs_to_its_job(step: Step, job: Job) -> None:
    """What is about acknowledgements is a delivery's, all else a poll's."""
    heard: list[Job] = []
    stop = steps.listen_to_beats(heard.append)

    steps.reached(step)
    stop()

    assert heard == [job]


def test_time_in_which_the_process_was_stopped_counts_little(world: World) -> None:
    """A machine that slept for a day, or a process under SIGSTOP, goes on with what it had in hand."""
    with world.watchdog.running(Job.POLL):
        world.now += 86_400
        world.watchdog.look()

    assert world.ended == []


def test_a_schedule_that_has_died_is_stuck(world: World) -> None:
    """Nobody asks for polls any more: without this, a worker would idle for ever."""
    world.watchdog.start(poll_seconds=30)
    world.watchdog.stop()

    world.pass_time(2 * STUCK_SECONDS)

    assert world.ended == [SCHEDULE]


def test_a_schedule_that_is_far_apart_is_not_stuck(world: World) -> None:
    """Polls once a day are no sign of anything."""
    world.watchdog.start(poll_seconds=86_400)
    world.watchdog.stop()

    world.pass_time(2 * STUCK_SECONDS)

    assert world.ended == []


def test_the_service_manager_hears_while_all_is_well(world: World) -> None:
    """No sign of life comes from a worker that is stuck, even if it could not end itself."""
    with world.watchdog.running(Job.POLL):
        world.pass_time(STUCK_SECONDS)
        before = world.manager.signs_of_life
        world.pass_time(STUCK_SECONDS)

    assert before > 0
    assert world.ended
    assert world.manager.signs_of_life <= before + 1
