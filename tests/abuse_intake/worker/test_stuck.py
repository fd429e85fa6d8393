"""A worker that hangs is ended, told of, and followed by one that finishes the work; a stop is never in vain."""

import signal
import time
from pathlib import Path

import pytest
from arrival_builders import make_forward, make_message
from intake_world import (
    await_truth,
    list_acknowledgements,
    list_files,
    list_outcomes,
    make_maildir,
    open_database,
    put,
    write_configuration,
)
from running_worker import notify_socket, running_worker

HANG_WHEN_FETCHING = """
import time
from abuse_intake.mailbox.files import MaildirMailbox
def hang(*_):
    print("hanging", flush=True)
    time.sleep(3600)
MaildirMailbox._read = hang
"""
HANG_WHEN_DELIVERING = """
import time
from abuse_intake.outbox.maildir import MaildirCarrier
def hang(*_):
    print("hanging", flush=True)
    time.sleep(3600)
MaildirCarrier.deliver = hang
"""
SOON_STUCK = "import abuse_intake.worker.watchdog as watchdog; watchdog.STUCK_SECONDS = 1.5\n"
LITTLE_GRACE = "import abuse_intake.worker.lifecycle as lifecycle; lifecycle.GRACE_SECONDS = 1\n"


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """A mailbox with one report in it, polled every second."""
    put(make_maildir(tmp_path / "Maildir"), "mail", make_forward(make_message(1)))
    return write_configuration(tmp_path, poll_seconds=1)


def is_acknowledged(folder: Path) -> bool:
    return any(name.startswith("new/") for name in list_files(folder / "Sent"))


@pytest.mark.parametrize(("fault", "job"), [(HANG_WHEN_FETCHING, "poll"), (HANG_WHEN_DELIVERING, "deliver")])
def test_a_worker_that_hangs_ends_and_the_next_one_finishes(
    configuration: Path, fault: str, job: str
) -> None:
    """It exits 1, says where each thread stood, and has kept nobody from the work."""
    folder = configuration.parent

    with running_worker(configuration, code=SOON_STUCK + fault) as worker:
        code = worker.end()
        log = worker.log()
    with running_worker(configuration) as worker:
        await_truth(lambda: is_acknowledged(folder))
        assert worker.stop() == 0

    assert code == 1
    assert f"job={job}" in log
    assert "stack of a thread" in log
    assert "in hang" in log
    with open_database(folder) as database:
        assert list_outcomes(database) == [("report", None)]
        assert [one.state for one in list_acknowledgements(database)] == ["sent"]


def test_a_worker_that_hangs_gives_no_sign_of_life(configuration: Path) -> None:
    """The service manager would end it too, were it unable to end itself."""
    code = SOON_STUCK + HANG_WHEN_FETCHING + "watchdog.end_stuck_process = lambda *_: None\n"
    with notify_socket() as manager:
        environment = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "300000"}
        with running_worker(configuration, code=code, environment=environment) as worker:
            worker.await_log("hanging")
            manager.await_line("WATCHDOG=1")
            signs = -1
            while signs != manager.heard.count("WATCHDOG=1"):
                signs = manager.heard.count("WATCHDOG=1")
                time.sleep(1)
            assert worker.process.poll() is None


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(configuration: Path, first: signal.Signals) -> None:
    """Nothing is waited for any more: exit code 1, one line, no traceback."""
    with running_worker(configuration, code=HANG_WHEN_FETCHING) as worker:
        worker.await_log("hanging")
        worker.tell(first)
        worker.await_log("stopping after the batch in hand")
        worker.tell(signal.SIGTERM)

        assert worker.end(5) == 1
        assert "stopped at once by a second signal" in worker.log()
        assert "Traceback" not in worker.log()


def test_a_stop_is_not_in_vain_where_something_hangs(configuration: Path) -> None:
    """After its grace the worker ends without having finished, and says so: exit code 1."""
    with running_worker(configuration, code=LITTLE_GRACE + HANG_WHEN_FETCHING) as worker:
        worker.await_log("hanging")
        worker.tell(signal.SIGTERM)

        assert worker.end(10) == 1
        assert "stopped in the middle of a batch" in worker.log()


def test_a_run_once_is_ended_by_a_second_signal(configuration: Path) -> None:
    """Also a run that ends by itself waits for no server after that."""
    with running_worker(configuration, "--once", code=HANG_WHEN_FETCHING) as worker:
        worker.await_log("hanging")
        worker.tell(signal.SIGINT)
        worker.tell(signal.SIGTERM)

        assert worker.end(5) == 1
