"""`abuse-intake check`: everything that the worker needs, each tried, each with its answer."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

import click

from abuse_intake.app import load_attributor
from abuse_intake.attribution import Directory
from abuse_intake.cli.output import count, one_line
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
from parsers.addresses import domain_of
from storage.database import Database, SchemaState
from storage.errors import StorageError

SECONDS = 30.0
"""So long each attempt may take."""
OK, HINT, FAILED, WRONG = "ok", "hint", "FAILED", "WRONG"
COLOURS = {OK: "green", HINT: "yellow", FAILED: "red", WRONG: "red"}
EXIT_CODES = {FAILED: 1, WRONG: 2}
PROBE = b"From: postmaster@reporter.example\nSubject: Hello\n\nHello\n"


class Hint(Exception):  # noqa: N818 - nothing is wrong
    """All works; something could be better."""


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
        state = _look_at(database)
        if state in ("older", "newer"):
            database.require_current()
        if database.is_there():
            database.probe()
        return f"{database.place.removeprefix('the database ')}: {_STATES.get(state, state)}"
    finally:
        database.close()


_STATES = {"empty": "empty; the first run makes its tables", "current": "tables are current"}


def _look_at(database: Database) -> SchemaState:
    """The state of the tables; opening an SQLite file that is not there would make it."""
    return database.state() if database.is_there() else "empty"


def _check_directory(settings: Settings) -> str:
    directory = _load_directory(settings)
    if not directory.tenant_count:
        return (
            "no tenants yet: nothing can be attributed; use tenants.directory or abuse-intake tenants import"
        )
    warnings = f"; {'; '.join(directory.warnings)}" if directory.warnings else ""
    return f"{count(directory.tenant_count, 'tenant')}{warnings}"


def _load_directory(settings: Settings) -> Directory:
    if settings.tenants.directory:
        return load_attributor(settings).directory
    database = Database(settings.database_url())
    try:
        return Directory() if _look_at(database) == "empty" else load_attributor(settings, database).directory
    finally:
        database.close()


def _check_keys(settings: Settings) -> str:
    from abuse_intake.attribution.dkim import open_keyring
    from abuse_intake.attribution.dkim.dns_keys import Unreachable
    from abuse_intake.attribution.dkim.resolver import Resolver

    archive = open_keyring(settings.dkim, settings.base).archive
    archived = f"{count(archive.count(), 'key')} in the archive" if settings.dkim.keys else "no archive"
    if not settings.dkim.dns:
        return f"{archived}; the DNS is not asked"
    try:
        Resolver(settings.dkim.nameservers).fetch(f"_domainkey.{domain_of(settings.need_mailbox().address)}")
    except Unreachable as error:
        raise Hint(f"{archived}; the DNS does not answer, so that no other key is found: {error}") from None
    return f"{archived}; the DNS answers"


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
    ("directory", _check_directory),
    ("keys", _check_keys),
    ("mailbox", _check_mailbox),
    ("readers", _check_readers),
    ("outbox", _check_outbox),
    ("reporters", _check_reporters),
    ("status", _check_status),
)
