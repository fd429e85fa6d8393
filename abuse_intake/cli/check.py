"""`abuse-intake check`: everything that the worker needs, each tried, each with its answer."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

import click

from abuse_intake.cli.check_attribution import Hint, check_directory, check_keys, check_profiles, look_at
from abuse_intake.cli.output import one_line
from abuse_intake.cli.session import settings_of
from abuse_intake.errors import AbuseIntakeError, ConfigurationError, GuardError
from abuse_intake.guard.failure import Failure
from abuse_intake.guard.limits import CPU_SECONDS, MEMORY_BYTES, MEMORY_PER_BYTE, WALL_SECONDS
from abuse_intake.guard.pool import Guard
from abuse_intake.mailbox import open_mailbox
from abuse_intake.outbox import open_carrier
from abuse_intake.settings import Settings
from abuse_intake.troubles import advise
from abuse_intake.worker.status_server import HOST, StatusServer, is_a_worker
from storage.database import Database
from storage.errors import StorageError

SECONDS = 30.0
"""So long each attempt may take."""
OK, HINT, FAILED, WRONG = "ok", "hint", "FAILED", "WRONG"
COLOURS = {OK: "green", HINT: "yellow", FAILED: "red", WRONG: "red"}
EXIT_CODES = {FAILED: 1, WRONG: 2}
PROBE = b"From: postmaster@reporter.example\nSubject: Hello\n\nHello\n"


@click.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Try everything that the worker needs.

    Where something does not answer, it says what to do. Nothing is read, stored or sent, and nothing is waited
    for longer than half a minute. Exit code 0 if all is well, 1 if something did not answer, 2 if the
    configuration is wrong.
    """
    settings = settings_of(context)
    settings.need_mailbox()
    settings.need_outbox()
    context.exit(max(_tell(name, *_try(attempt, settings)) for name, attempt in ATTEMPTS))


def _tell(name: str, state: str, answer: str) -> int:
    """The exit code that it asks for. A line, no row of a table: nothing is cut, however long the paths in it are."""
    click.echo(f"{name:<11}{click.style(f'{state:<8}', fg=COLOURS[state], bold=state in EXIT_CODES)}{answer}")
    return EXIT_CODES.get(state, 0)


def _try(attempt: Callable[[Settings], str], settings: Settings) -> tuple[str, str]:
    try:
        return OK, one_line(_within(SECONDS, lambda: attempt(settings)))
    except ConfigurationError as error:
        return WRONG, one_line(str(error))
    except Hint as hint:
        return HINT, one_line(str(hint))
    except (AbuseIntakeError, StorageError) as error:
        advice = advise(error)
        return FAILED, one_line(f"{error}: {advice}" if advice else str(error))
    except TimeoutError as error:
        return FAILED, f"no answer within {SECONDS:g} s: {advise(error)}"


def _within(seconds: float, attempt: Callable[[], str]) -> str:
    """What the attempt gives. TimeoutError when that takes longer; it is left to itself then."""
    answer: Future[str] = Future()

    def run() -> None:
        try:
            answer.set_result(attempt())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True, name="check").start()
    return answer.result(seconds)


def _check_database(settings: Settings) -> str:
    database = Database(settings.database_url())
    try:
        state = look_at(database)
        if state in ("older", "newer"):
            database.require_current()
        if database.is_there():
            database.probe()
        return f"{database.place.removeprefix('the database ')}: {_STATES.get(state, state)}"
    finally:
        database.close()


_STATES = {"empty": "empty; the first run makes its tables", "current": "tables are current"}


def _check_mailbox(settings: Settings) -> str:
    from abuse_intake.mailbox.imap import ImapMailbox

    mailbox = open_mailbox(settings)
    folders = settings.need_mailbox().folders
    try:
        answer = mailbox.check()
        if not isinstance(mailbox, ImapMailbox):
            return answer
        names = (folders.report, folders.not_a_report, folders.quarantined)
        return f"{answer}; {mailbox.describe_folders(names)}"
    finally:
        mailbox.close()


def _check_readers(_: Settings) -> str:
    with Guard(most=1) as guard:
        (read,) = guard.begin_reading([PROBE]).results()
    if isinstance(read, Failure):
        raise GuardError(f"a plain mail could not be read: {read.detail or read.reason}")
    return (
        f"a mail may take {CPU_SECONDS:g} s of processor time, {WALL_SECONDS:g} s in all, and {MEMORY_BYTES >> 20} MiB"
        f" and {MEMORY_PER_BYTE} times its size"
    )


def _check_outbox(settings: Settings) -> str:
    return open_carrier(settings).check()


def _check_reporters(settings: Settings) -> str:
    name = settings.need_mailbox().authserv_id
    if name is None:
        raise Hint("mailbox.authserv_id is not set: who forges a sender's address has that address answered")
    return f"answered only where {name} authenticated them"


def _check_status(settings: Settings) -> str:
    port = settings.worker.status_port
    if port is None:
        return "worker.status_port is not set: no probes, no metrics"
    if port and is_a_worker(port):
        return f"a worker answers on {HOST}:{port}"
    StatusServer(port, {}).close()
    return f"{HOST}:{port} is free"


ATTEMPTS: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("database", _check_database),
    ("directory", check_directory),
    ("profiles", check_profiles),
    ("keys", check_keys),
    ("mailbox", _check_mailbox),
    ("readers", _check_readers),
    ("outbox", _check_outbox),
    ("reporters", _check_reporters),
    ("status", _check_status),
)
