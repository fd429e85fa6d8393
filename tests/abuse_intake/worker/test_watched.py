"""How a running worker is watched: probes, metrics, the service manager, its log and its exit codes."""

import json
from pathlib import Path

import pytest
from arrival_builders import make_forward, make_message
from intake_world import await_truth, list_files, make_maildir, put, write_configuration
from running_worker import notify_socket, running_worker
from servers.programs import HOST

from abuse_intake.worker.status_server import StatusServer

UNREADABLE = """
from abuse_intake.mailbox.files import MaildirMailbox
def refuse(*_):
    raise PermissionError(13, "Permission denied")
MaildirMailbox._read = refuse
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """A worker with a status port."""
    make_maildir(tmp_path / "Maildir")
    configuration = write_configuration(tmp_path, poll_seconds=1)
    configuration.write_text(configuration.read_text() + "[worker]\nstatus_port = 0\n")
    return configuration


def test_a_worker_that_is_well_says_so(configuration: Path) -> None:
    """It is ready as soon as one poll was done, and counts what it did."""
    folder = configuration.parent
    put(folder / "Maildir", "mail", make_forward(make_message(1)))

    with running_worker(configuration) as worker:
        await_truth(lambda: worker.ask("/readyz") == (200, "ok\n"))
        await_truth(
            lambda: 'abuse_intake_acknowledgements_total{outcome="sent"} 1.0' in worker.ask("/metrics")[1]
        )

        assert worker.ask("/healthz") == (200, "ok\n")
        assert "abuse_intake_poll_interval_seconds 1.0" in worker.ask("/metrics")[1]
        assert 'abuse_intake_mails_total{disposition="report",reason=""} 1.0' in worker.ask("/metrics")[1]


def test_a_worker_that_cannot_poll_is_not_ready(configuration: Path) -> None:
    """It lives, and says what it waits for; when that is back it is ready again."""
    maildir = configuration.parent / "Maildir"
    away = maildir.with_name("away")
    maildir.rename(away)

    with running_worker(configuration) as worker:
        await_truth(
            lambda: (
                worker.ask("/readyz")[1].startswith("poll: ") and "is not there" in worker.ask("/readyz")[1]
            )
        )
        assert worker.ask("/readyz")[0] == 503
        assert worker.ask("/healthz")[0] == 200
        away.rename(maildir)

        await_truth(lambda: worker.ask("/readyz")[0] == 200)
        log = worker.log()

    assert log.count('event="cannot poll"') == 1
    assert log.count('event="can poll again"') == 1


def test_a_directory_that_cannot_be_read_is_told(configuration: Path) -> None:
    """Reports would be attributed by an old directory: somebody should look."""
    tenants = configuration.parent / "tenants.jsonl"
    with running_worker(configuration) as worker:
        await_truth(lambda: worker.ask("/readyz")[0] == 200)
        content = tenants.read_text()
        tenants.write_text("{")
        await_truth(lambda: worker.ask("/readyz")[1].startswith("directory: "))
        tenants.write_text(content)

        await_truth(lambda: worker.ask("/readyz")[0] == 200)


def test_a_port_that_is_taken_is_a_wrong_configuration(configuration: Path) -> None:
    """The worker does not begin its work unwatched: one line, exit code 2."""
    other = StatusServer(0, {})
    configuration.write_text(
        configuration.read_text().replace("status_port = 0", f"status_port = {other.port}")
    )

    with running_worker(configuration) as worker:
        code = worker.end()
    other.close()

    assert code == 2
    assert f"worker.status_port: {HOST}:{other.port} cannot be listened on" in worker.log()
    assert "Traceback" not in worker.log()


def test_the_service_manager_hears_all(configuration: Path) -> None:
    """Readiness, what it does, signs of life, and the end, in this order."""
    put(configuration.parent / "Maildir", "mail", make_forward(make_message(1)))
    with notify_socket() as manager:
        environment = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "600000"}
        with running_worker(configuration, environment=environment) as worker:
            manager.await_line("STATUS=1 mails read, 1 acknowledgements sent since the start")
            manager.await_line("WATCHDOG=1")
            assert worker.stop() == 0
            manager.await_line("STOPPING=1")

    assert manager.heard[0] == "READY=1"


def test_the_service_manager_hears_what_does_not_work(configuration: Path) -> None:
    """`systemctl status` shows why nothing comes in."""
    (configuration.parent / "Maildir").rename(configuration.parent / "away")
    with (
        notify_socket() as manager,
        running_worker(configuration, environment={"NOTIFY_SOCKET": manager.address}),
    ):
        manager.await_line("STATUS=cannot poll: ")


def test_the_log_is_json_where_that_is_wanted(configuration: Path) -> None:
    """Each line is an object with time, level and event, from the start to the end."""
    configuration.write_text(configuration.read_text() + 'log_format = "json"\n')
    maildir = configuration.parent / "Maildir"
    put(maildir, "mail", make_forward(make_message(1)))

    with running_worker(configuration) as worker:
        await_truth(lambda: list_files(maildir) == [".Processed/cur/mail:2,"])
        worker.await_log('"delivered"')
        worker.stop()

    records = [json.loads(line) for line in worker.log().splitlines()]
    events = [record["event"] for record in records]
    assert events[:3] == ["starting", "status port", "ready"]
    assert events[-2:] == ["stopping after the batch in hand", "stopped"]
    assert all({"timestamp", "level"} <= record.keys() for record in records)


def test_a_mail_that_stays_is_told_once(configuration: Path) -> None:
    """Not at every poll; the metric tells how many there are."""
    maildir = configuration.parent / "Maildir"
    put(maildir, "mail", make_forward(make_message(1)))

    with running_worker(configuration, code=UNREADABLE) as worker:
        await_truth(lambda: 'abuse_intake_polls_total{outcome="done"} 3.0' in worker.ask("/metrics")[1])

        assert "abuse_intake_mailbox_problems 1.0" in worker.ask("/metrics")[1]
        assert worker.log().count('event="mail stays"') == 1
