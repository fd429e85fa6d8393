"""A server that is stopped for a while in the middle of the work: afterwards all is done, and nothing twice."""

from collections.abc import Callable
from pathlib import Path
from time import sleep

import pytest
from descriptions import find_differences
from intake_world import await_truth
from mail_mix import make_mails
from server_world import QUICK_RETRIES, SMALL_BATCHES, End, make_world
from servers.dovecot import Dovecot
from servers.postgresql import Postgresql
from servers.skipping import make_or_skip
from servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.dovecot, pytest.mark.postfix]

RAWS = make_mails(160)
HALF = len(RAWS) // 2
UNIQUE = len(set(RAWS))
CONNECTIONS = 4
AWAY_SECONDS = 2.5
"""Longer than two polls."""


@pytest.fixture(scope="module")
def undisturbed(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> End:
    """What a run leads to whose servers stay."""
    with make_world(tmp_path_factory.mktemp("undisturbed"), dovecot) as world:
        world.deliver(RAWS)
        world.run_once()
        return world.describe()


def work_while(
    stop: Callable[[], None],
    start: Callable[[], None],
    folder: Path,
    dovecot: Dovecot,
    sink: SmtpSink,
    database_url: str | None = None,
) -> End:
    """What a worker comes to whose server is away for a while, in the middle of the first half of the mails."""
    changed = f"{SMALL_BATCHES} {QUICK_RETRIES}"
    with make_world(folder, dovecot, smtp=sink, database_url=database_url, changed=changed) as world:
        world.configure(connections=CONNECTIONS)
        world.deliver(RAWS[:HALF])
        with world.working():
            await_truth(lambda: len(sink.messages()) > 3 or world.look().states["waiting"] > HALF // 3)
            assert not world.is_done(world.look().mails)
            stop()
            sleep(AWAY_SECONDS)
            start()
            world.deliver(RAWS[HALF:])
            world.await_done(UNIQUE)
        return world.describe()


def assert_like(end: End, undisturbed: End) -> None:
    """The same end, but for acknowledgements in doubt: one a connection at most."""
    in_doubt = end.states.count("outcome_unknown")
    assert find_differences(end.stored, undisturbed.stored) == {}
    assert set(end.answers.values()) == {1}
    assert not end.answers - undisturbed.answers
    assert (undisturbed.answers - end.answers).total() <= in_doubt <= CONNECTIONS
    assert end.states.count("sent") == len(undisturbed.states) - in_doubt


def test_the_mailbox_goes_away_and_comes_back(undisturbed: End, tmp_path: Path) -> None:
    """While the IMAP server is away the worker stays, and goes on when it is there again."""
    with make_or_skip(Dovecot) as server, make_or_skip(SmtpSink) as sink:
        end = work_while(server.stop, server.start, tmp_path, server, sink)

    assert_like(end, undisturbed)


def test_the_smtp_server_goes_away_and_comes_back(undisturbed: End, dovecot: Dovecot, tmp_path: Path) -> None:
    """While the SMTP server is away acknowledgements wait, and leave when it is there again."""
    with make_or_skip(SmtpSink) as sink:
        end = work_while(sink.stop, sink.start, tmp_path, dovecot, sink)

    assert_like(end, undisturbed)


@pytest.mark.postgresql
def test_the_database_goes_away_and_comes_back(undisturbed: End, dovecot: Dovecot, tmp_path: Path) -> None:
    """While the database is away nothing is done that it would have to know, and all of it when it is there again."""
    with make_or_skip(Postgresql) as database, make_or_skip(SmtpSink) as sink:
        url = database.create_database("stopped")
        end = work_while(database.stop, database.start, tmp_path, dovecot, sink, url)

    assert_like(end, undisturbed)
