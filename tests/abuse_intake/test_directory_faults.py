"""A directory that is wrong, or cannot be read: the one before stays in force until it is mended."""

import io
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from directory_builders import list_ids, open_source, refresh, refuse_to_read, write_tenants
from report_builders import make_tenant
from storage_builders import replace_directory

from abuse_intake import directory_source
from abuse_intake.attribution import directory_file
from abuse_intake.directory_listing import open_listing
from abuse_intake.errors import DirectoryError, DirectoryUnreadableError
from abuse_intake.log import configure_log
from storage import tenants
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.tenant_lines import Entry

READ = directory_file.read_entries


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tenants.jsonl"


def test_a_change_that_could_not_be_read_is_read_when_it_can_be(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that came with the wrong permissions counts as soon as these are right, though nothing else changes."""
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    write_tenants(file, {"id": "a"}, {"id": "b"})
    with monkeypatch.context() as patched:
        patched.setattr(directory_file, "read_entries", refuse_to_read)
        refresh(source)

    refresh(source)

    assert list_ids(source) == ["a", "b"]


@pytest.mark.parametrize("fault", ["broken", "double", "gone"])
def test_a_file_become_wrong_keeps_the_directory_before(file: Path, fault: str) -> None:
    """The worker goes on with what it knew, and says once in its log what is wrong."""
    log = io.StringIO()
    configure_log(stream=log)
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    if fault == "broken":
        write_tenants(file, {"id": "a"}, "{")
    elif fault == "double":
        write_tenants(file, {"id": "a"}, {"id": "a"})
    else:
        file.unlink()

    refresh(source)
    refresh(source)

    assert list_ids(source) == ["a"]
    assert log.getvalue().count("the directory that was read before stays in force") == 1


def test_a_file_that_came_back_is_read(file: Path) -> None:
    """After a fault the next good file is in force."""
    configure_log(stream=io.StringIO())
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    file.unlink()
    refresh(source)
    write_tenants(file, {"id": "c"})

    refresh(source)

    assert list_ids(source) == ["c"]


def test_a_file_wrong_from_the_start_is_refused(file: Path) -> None:
    """Nothing begins with a directory that cannot be read."""
    with pytest.raises(DirectoryError, match="line 1"):
        open_source(write_tenants(file, "{")).refresh(is_first=True)


def test_a_file_that_never_rests_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a file that is being written is never in force: its networks would fall to whoever holds those around."""
    log = io.StringIO()
    configure_log(stream=log)
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    versions = count()

    def grow(path: Path) -> Iterator[Entry]:
        yield from READ(path)
        write_tenants(path, {"id": "b", "name": "x" * next(versions)})

    monkeypatch.setattr(directory_file, "read_entries", grow)
    write_tenants(file, {"id": "c"})
    refresh(source)

    assert list_ids(source) == ["a"]
    assert "changes while it is read" in log.getvalue()


def test_a_wrong_file_is_not_read_again_before_it_changes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large directory with a double holding would else be read at every poll."""
    configure_log(stream=io.StringIO())
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    write_tenants(file, {"id": "b"}, {"id": "b"})
    refresh(source)
    monkeypatch.setattr(directory_file, "read_entries", refuse_to_read)

    refresh(source)

    assert source.problem is not None
    assert "listed twice" in source.problem


def test_a_database_that_fails_while_it_is_read_keeps_the_directory_before(tmp_path: Path) -> None:
    """It is told as a problem of the directory, and tried again."""
    log = io.StringIO()
    configure_log(stream=log)
    database = Database(f"sqlite:///{tmp_path}/a.db")
    database.require_current()
    source = open_source(None, database)
    source.refresh(is_first=True)
    replace_directory(database, make_tenant("a"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tenants, "load_lines", _lose_connection)
        refresh(source)
    found = [(list_ids(source), source.problem)]

    refresh(source)

    found.append((list_ids(source), source.problem))
    database.close()
    assert found == [([], "the connection was lost"), (["a"], None)]
    assert log.getvalue().count("stays in force") == 1


def _lose_connection(_: object) -> Iterator[str]:
    raise DatabaseUnavailable("the connection was lost")


def test_a_fault_of_the_program_is_not_swallowed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes up in the poll, which has it in the log with its traceback."""
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    write_tenants(file, {"id": "b"})
    monkeypatch.setattr(directory_file, "read_entries", lambda _: iter([None]))

    with pytest.raises(AttributeError):
        refresh(source)


@pytest.mark.parametrize("mended", [{"id": "b"}, {"id": "a"}], ids=["anew", "as it was"])
def test_a_mended_file_ends_the_problem_at_once(
    file: Path, monkeypatch: pytest.MonkeyPatch, mended: dict[str, str]
) -> None:
    """The first poll after the mending says that it can be read again, whether another file came or the one before."""
    monkeypatch.setattr(directory_source, "GRACE_SECONDS", 30)
    log = io.StringIO()
    configure_log(stream=log)
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    before = file.rename(file.with_suffix(".before"))
    write_tenants(file, "{")
    source.refresh()
    found = [source.problem]

    if mended == {"id": "a"}:
        before.replace(file)
    else:
        write_tenants(file, mended)
    source.refresh()

    assert "line 1" in str(found[0])
    assert source.problem is None
    assert log.getvalue().count("the directory can be read again") == 1
    assert list_ids(source) == [mended["id"]]


def test_a_pipe_is_no_directory(tmp_path: Path) -> None:
    """Nobody waits for its writer, neither the intake nor who looks a tenant up."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    listing = open_listing(pipe, None)

    for read in (
        listing.find_stamp,
        listing.read_entries,
        listing.read_tenants,
        lambda: listing.find_tenant("a"),
    ):
        with pytest.raises(DirectoryUnreadableError, match="pipe is no regular file"):
            read()


def test_a_file_that_lost_all_its_tenants_is_not_believed(file: Path) -> None:
    """A file that is empty for the moment that it is written anew names nobody innocent, and nobody guilty either."""
    write_tenants(file, {"id": "a"}, {"id": "b"})
    source = open_source(file)
    source.refresh(is_first=True)

    write_tenants(file)
    refresh(source)
    emptied = list_ids(source), source.problem
    write_tenants(file, {"id": "b"})
    refresh(source)

    assert emptied == (["a", "b"], f"tenants file {file} lists no tenants any more")
    assert (list_ids(source), source.problem) == (["b"], None)
