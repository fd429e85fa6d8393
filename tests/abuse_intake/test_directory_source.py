"""The directory is read again when it changes, in the background, while the one before stays in force."""

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from report_builders import make_tenant

from abuse_intake import directory_source
from abuse_intake.attribution import directory_file
from abuse_intake.attribution.signatures import NoVerifier
from abuse_intake.directory_listing import open_listing
from abuse_intake.directory_source import DirectorySource
from abuse_intake.errors import DirectoryError, DirectoryUnreadableError
from abuse_intake.log import configure_log
from abuse_intake.settings_attribution import ProviderSettings
from storage import tenants
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.tenant_lines import Entry, read_entry

IDS = ("a", "b", "c")
READ = directory_file.read_entries


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tenants.jsonl"


def _write(path: Path, *lines: dict[str, Any] | str) -> Path:
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines))
    return path


def _source(file: Path | None, database: Database | None = None) -> DirectorySource:
    return DirectorySource(ProviderSettings(), file, database)


def _refresh(source: DirectorySource) -> None:
    """As several polls do it: what has changed is read, and then in force."""
    source.refresh()
    source.wait()
    source.refresh()


def _ids(source: DirectorySource) -> list[str]:
    return [id for id in IDS if source.attributor.directory.knows_tenant(id)]


def test_a_changed_file_is_read_again(file: Path) -> None:
    """What the file says now is in force from the next poll on."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    _write(file, {"id": "a"}, {"id": "b"})

    _refresh(source)

    assert _ids(source) == ["a", "b"]


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


def test_a_file_that_is_replaced_is_read_again(file: Path, tmp_path: Path) -> None:
    """A new file of the same size and time under the same name is another file."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    time = file.stat().st_mtime_ns
    other = _write(tmp_path / "new.jsonl", {"id": "b"})
    os.utime(other, ns=(time, time))
    other.replace(file)

    _refresh(source)

    assert _ids(source) == ["b"]


def test_a_change_that_could_not_be_read_is_read_when_it_can_be(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that came with the wrong permissions counts as soon as these are right, though nothing else changes."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    _write(file, {"id": "a"}, {"id": "b"})
    with monkeypatch.context() as patched:
        patched.setattr(directory_file, "read_entries", _refuse)
        _refresh(source)

    _refresh(source)

    assert _ids(source) == ["a", "b"]


def _refuse(path: Path) -> Iterator[Entry]:
    raise DirectoryUnreadableError(f"tenants file {path} cannot be read: Permission denied")


def test_an_unchanged_file_is_not_read_again(file: Path) -> None:
    """A poll costs no reading of a large directory that did not change."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    before = source.attributor

    _refresh(source)

    assert source.attributor is before


@pytest.mark.parametrize("fault", ["broken", "double", "gone"])
def test_a_file_become_wrong_keeps_the_directory_before(file: Path, fault: str) -> None:
    """The worker goes on with what it knew, and says once in its log what is wrong."""
    log = io.StringIO()
    configure_log(stream=log)
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    if fault == "broken":
        _write(file, {"id": "a"}, "{")
    elif fault == "double":
        _write(file, {"id": "a"}, {"id": "a"})
    else:
        file.unlink()

    _refresh(source)
    _refresh(source)

    assert _ids(source) == ["a"]
    assert log.getvalue().count("the directory that was read before stays in force") == 1


def test_a_file_that_came_back_is_read(file: Path) -> None:
    """After a fault the next good file is in force."""
    configure_log(stream=io.StringIO())
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    file.unlink()
    _refresh(source)
    _write(file, {"id": "c"})

    _refresh(source)

    assert _ids(source) == ["c"]


def test_a_file_wrong_from_the_start_is_refused(file: Path) -> None:
    """Nothing begins with a directory that cannot be read."""
    with pytest.raises(DirectoryError, match="line 1"):
        _source(_write(file, "{")).refresh(is_first=True)


def test_without_a_file_the_imported_directory_counts(tmp_path: Path) -> None:
    """What `tenants import` stored is used, and used anew after the next import."""
    database = Database(f"sqlite:///{tmp_path}/a.db")
    database.require_current()
    source = _source(None, database)
    source.refresh(is_first=True)
    found = [_ids(source)]

    for id in ("a", "b"):
        with database.begin() as session:
            tenants.replace_directory(session, [make_tenant(id, "192.0.2.0/28")], datetime.now(UTC))
        _refresh(source)
        found.append(_ids(source))
    database.close()

    assert found == [[], ["a"], ["b"]]


def test_a_warning_of_the_directory_is_logged(file: Path) -> None:
    """Who lists a domain twice reads of it in the worker's log."""
    log = io.StringIO()
    configure_log(stream=log)

    _refresh(
        _source(_write(file, {"id": "a", "domains": ["x.example"]}, {"id": "b", "domains": ["x.example"]}))
    )

    assert "domain x.example is listed by a and b" in log.getvalue()


class _Gate:
    """Reading stops before the first tenant until it is opened."""

    def __init__(self) -> None:
        self.begun = Event()
        self.opened = Event()

    def read(self, path: Path) -> Iterator[Entry]:
        self.begun.set()
        assert self.opened.wait(30)
        yield from READ(path)


@pytest.fixture
def gated(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[DirectorySource, _Gate]]:
    """A source with tenant `a` in force, whose next reading has begun."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    gate = _Gate()
    monkeypatch.setattr(directory_file, "read_entries", gate.read)
    monkeypatch.setattr(directory_source, "GRACE_SECONDS", 0)
    _write(file, {"id": "b"})
    source.refresh()
    assert gate.begun.wait(30)
    yield source, gate
    gate.opened.set()
    source.close()


def test_the_directory_before_answers_while_the_new_one_is_read(
    gated: tuple[DirectorySource, _Gate],
) -> None:
    """A poll is not held up, however long the reading takes; the poll after its end has the new one."""
    source, gate = gated
    source.refresh()
    during = (_ids(source), source.is_loading)
    gate.opened.set()

    source.wait()
    read = (_ids(source), source.is_loading)
    source.refresh()

    assert (during, read, _ids(source)) == ((["a"], True), (["a"], False), ["b"])


def test_a_change_while_it_is_read_is_not_lost(gated: tuple[DirectorySource, _Gate], file: Path) -> None:
    """What is in force in the end is what the file says in the end."""
    source, gate = gated
    _write(file, {"id": "c"})
    gate.opened.set()

    _refresh(source)
    _refresh(source)

    assert _ids(source) == ["c"]


def test_a_file_that_never_rests_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a file that is being written is never in force: its networks would fall to whoever holds those around."""
    log = io.StringIO()
    configure_log(stream=log)
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    versions = count()

    def grow(path: Path) -> Iterator[Entry]:
        yield from READ(path)
        _write(path, {"id": "b", "name": "x" * next(versions)})

    monkeypatch.setattr(directory_file, "read_entries", grow)
    _write(file, {"id": "c"})
    _refresh(source)

    assert _ids(source) == ["a"]
    assert "changes while it is read" in log.getvalue()


def test_what_goes_wrong_in_the_background_is_told_once(
    gated: tuple[DirectorySource, _Gate], file: Path
) -> None:
    """A fault that shows itself late is told as one that shows itself at once, and the worker goes on."""
    source, gate = gated
    log = io.StringIO()
    configure_log(stream=log)
    _write(file, {"id": "b"}, "{")
    gate.opened.set()

    _refresh(source)
    _refresh(source)

    assert _ids(source) == ["a"]
    assert source.problem is not None
    assert "line 2" in source.problem
    assert log.getvalue().count("stays in force") == 1


def test_a_wrong_file_is_not_read_again_before_it_changes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large directory with a double holding would else be read at every poll."""
    configure_log(stream=io.StringIO())
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    _write(file, {"id": "b"}, {"id": "b"})
    _refresh(source)
    monkeypatch.setattr(directory_file, "read_entries", _refuse)

    _refresh(source)

    assert source.problem is not None
    assert "listed twice" in source.problem


def test_a_database_that_fails_while_it_is_read_keeps_the_directory_before(tmp_path: Path) -> None:
    """It is told as a problem of the directory, and tried again."""
    log = io.StringIO()
    configure_log(stream=log)
    database = Database(f"sqlite:///{tmp_path}/a.db")
    database.require_current()
    source = _source(None, database)
    source.refresh(is_first=True)
    with database.begin() as session:
        tenants.replace_directory(session, [make_tenant("a")], datetime.now(UTC))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tenants, "load_lines", _lose_connection)
        _refresh(source)
    found = [(_ids(source), source.problem)]

    _refresh(source)

    found.append((_ids(source), source.problem))
    database.close()
    assert found == [([], "the connection was lost"), (["a"], None)]
    assert log.getvalue().count("stays in force") == 1


def _lose_connection(_: object) -> Iterator[str]:
    raise DatabaseUnavailable("the connection was lost")


def test_a_fault_of_the_program_is_not_swallowed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes up in the poll, which has it in the log with its traceback."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    _write(file, {"id": "b"})
    monkeypatch.setattr(directory_file, "read_entries", lambda _: iter([None]))

    with pytest.raises(AttributeError):
        _refresh(source)


def test_closing_ends_a_reading(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that ends does not wait for a large directory, nor does a poll that still runs fail over it."""
    monkeypatch.setattr(directory_source, "GRACE_SECONDS", 0)
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    endless = ({"id": str(number)} for number in count())
    monkeypatch.setattr(
        directory_file, "read_entries", lambda _: (read_entry(json.dumps(one)) for one in endless)
    )
    _write(file, {"id": "b"})
    source.refresh()
    began = source.is_loading

    source.close()
    source.refresh()

    assert (began, source.is_loading, _ids(source)) == (True, False, ["a"])


def test_the_verifier_is_handed_on(file: Path) -> None:
    """The directory that comes later has the same verifier of signatures as the first."""
    verifier = NoVerifier()
    source = DirectorySource(ProviderSettings(), _write(file, {"id": "a"}), None, verifier)
    source.refresh(is_first=True)
    found = [source.attributor._verifier]
    _write(file, {"id": "b"})

    _refresh(source)

    assert [*found, source.attributor._verifier] == [verifier, verifier]
    assert _ids(source) == ["b"]
