"""The database answers, or says in one line what to do."""

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text
from storage_builders import INBOX, NOW, arrival, keep, keep_all

from storage.database import Database
from storage.errors import DatabaseUnavailable, SchemaError, StorageError
from storage.mails import find_mail, keep_mails, list_mails
from storage.models import Mail
from storage.schema import REVISIONS


def set_revision(database: Database, revision: str) -> None:
    with database.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_empty_database_gets_its_tables(empty_url: str) -> None:
    """A database without tables is `empty`, and `require_current` makes it `current`."""
    database = Database(empty_url)

    before = database.state()
    database.require_current()

    assert (before, database.state()) == ("empty", "current")
    database.close()


def test_current_database_stays(database: Database) -> None:
    """Requiring or upgrading a current database changes nothing that it holds."""
    keep(database)

    database.require_current()
    database.upgrade()

    with database.read() as session:
        assert len(list(list_mails(session))) == 1


def test_newer_database_is_refused(database: Database) -> None:
    """A revision that the program does not know is a newer one: upgrade the program."""
    set_revision(database, "9999")

    assert database.state() == "newer"
    with pytest.raises(SchemaError, match=r"newer abuse-intake \(revision 9999\): upgrade the program"):
        database.require_current()
    with pytest.raises(SchemaError, match="upgrade the program"):
        database.upgrade()


def test_older_database_names_the_command(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision before ours is refused with the command that brings it up."""
    monkeypatch.setattr("storage.schema.REVISIONS", (*REVISIONS, "9999"))
    monkeypatch.setattr("storage.schema.SCHEMA_REVISION", "9999")

    assert database.state() == "older"
    with pytest.raises(SchemaError, match="run: abuse-intake db upgrade"):
        database.require_current()


def test_several_make_the_tables_at_once(empty_url: str) -> None:
    """Programs that start together on an empty database all find it current in the end."""
    errors: list[Exception] = []

    def start() -> None:
        database = Database(empty_url)
        try:
            database.require_current()
        except StorageError as error:
            errors.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []


def test_error_undoes_the_unit(database: Database) -> None:
    """Whatever a unit of work wrote before an error is gone after it."""

    def fail_late() -> None:
        with database.begin() as session:
            session.execute(text("DELETE FROM alembic_version"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()

    assert database.state() == "current"


@pytest.mark.parametrize("hours", [0, 5, -11])
def test_times_come_back_in_utc(database: Database, hours: int) -> None:
    """A time of any zone comes back as the same moment, aware and in UTC."""
    there = NOW.astimezone(timezone(timedelta(hours=hours)))

    (id,) = keep_all(database, [arrival(received_at=there)])

    with database.read() as session:
        received = find_mail(session, id).received_at
    assert received == NOW
    assert received.tzinfo is UTC


def test_naive_time_is_refused(database: Database) -> None:
    """A time without a zone is the caller's mistake, and is not stored as if it were UTC."""
    with database.begin() as session, pytest.raises(Exception, match="without a zone"):
        session.execute(select(Mail.id).where(Mail.received_at == datetime(2026, 1, 1))).all()  # noqa: DTZ001


def test_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    """A database in a folder that is not there names the folder and the command that makes it."""
    with pytest.raises(DatabaseUnavailable, match=f"run: mkdir -p {tmp_path}/none"):
        Database(f"sqlite:///{tmp_path}/none/intake.db")


def test_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of something else is named as what it is not."""
    (tmp_path / "intake.db").write_bytes(b"This is a letter, not a database.\n" * 100)

    with pytest.raises(DatabaseUnavailable, match=r"intake\.db cannot be used: file is not a database"):
        Database(f"sqlite:///{tmp_path}/intake.db").state()


@pytest.mark.parametrize("url", ["nonsense", "mysql://user:geheim@host/x", "sqlite+pysqlcipher:///x", ""])
def test_unknown_url_is_refused(url: str) -> None:
    """A URL of another kind is refused in one line that holds no password."""
    with pytest.raises(DatabaseUnavailable) as caught:
        Database(url)

    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_server_that_is_not_there() -> None:
    """A server that does not answer is named in one line without its password."""
    database = Database("postgresql+psycopg://intake:geheim@127.0.0.1:1/abuse?connect_timeout=2")

    with pytest.raises(DatabaseUnavailable, match=r"the database abuse at 127\.0\.0\.1:1") as caught:
        database.state()

    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_locked_database_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that another program holds too long raises DatabaseUnavailable."""
    monkeypatch.setattr("storage.engine.BUSY_TIMEOUT_SECONDS", 0.1)
    database = Database(f"sqlite:///{tmp_path}/test.db")
    database.upgrade()
    holder = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseUnavailable, match="locked"), database.begin() as session:
        session.execute(text("DELETE FROM mails"))

    holder.close()
    database.close()


def test_sqlite_is_durable(tmp_path: Path) -> None:
    """SQLite writes ahead, syncs fully and holds foreign keys, or a move could outlive what it rests on."""
    database = Database(f"sqlite:///{tmp_path}/test.db")

    with database.read() as session:
        settings = [
            session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert settings == ["wal", 2, 1]
    database.close()


def test_writer_waits_for_a_writer(database: Database, second: Database) -> None:
    """Two units that read and then write at once both come through, one after the other."""
    both_began = threading.Barrier(2, timeout=5)
    errors: list[Exception] = []

    def count_up(one: Database) -> None:
        both_began.wait()
        try:
            for _ in range(20):
                with one.begin() as session:
                    session.execute(select(Mail.attempts)).all()
                    session.execute(text("UPDATE mails SET attempts = attempts + 1"))
        except StorageError as error:
            errors.append(error)

    keep(database)
    threads = [threading.Thread(target=count_up, args=(one,)) for one in (database, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as session:
        assert (errors, session.scalar(select(Mail.attempts))) == ([], 40)


def test_reading_sees_one_state(database: Database, second: Database) -> None:
    """What others commit while a unit reads does not show in it."""
    keep(database)

    with database.read() as session:
        before = len(list(list_mails(session)))
        keep(second, 3)
        after = len(list(list_mails(session)))

    assert (before, after) == (1, 1)


def test_another_program_does_not_take_the_log_away(tmp_path: Path) -> None:
    """While this process has two connections, another one that opens and closes the database changes nothing.

    Closing any descriptor of the file would drop this process's locks on it: the other one would believe to be the
    last, and delete the write-ahead log that this one goes on writing to.
    """
    file = tmp_path / "shared.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    with database.read() as first, database.read() as second:
        first.execute(text("SELECT 1 FROM mails")).all()
        second.execute(text("SELECT 1 FROM mails")).all()
    _look_from_outside(file)

    with database.begin() as session:
        keep_mails(session, INBOX, [arrival(1)])

    seen = _look_from_outside(file)
    database.close()
    assert seen == "1\n"


def _look_from_outside(file: Path) -> str:
    """How many mails another process sees, which opens the database and closes it again."""
    program = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1])\n"
        "print(connection.execute('SELECT count(*) FROM mails').fetchone()[0])\n"
        "connection.close()"
    )
    command = [sys.executable, "-c", program, str(file)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
