"""A changed directory is read in the background: what is asked meanwhile, and what ends the reading."""

import io
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from directory_builders import list_ids, open_source, refresh, write_tenants

from abuse_intake import directory_source
from abuse_intake.attribution import directory_file
from abuse_intake.directory_source import DirectorySource
from abuse_intake.log import configure_log
from storage.tenant_lines import Entry, read_entry

READ = directory_file.read_entries


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tenants.jsonl"


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
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    gate = _Gate()
    monkeypatch.setattr(directory_file, "read_entries", gate.read)
    monkeypatch.setattr(directory_source, "GRACE_SECONDS", 0)
    write_tenants(file, {"id": "b"})
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
    during = (list_ids(source), source.is_loading)
    gate.opened.set()

    source.wait()
    read = (list_ids(source), source.is_loading)
    source.refresh()

    assert (during, read, list_ids(source)) == ((["a"], True), (["a"], False), ["b"])


def test_a_change_while_it_is_read_is_not_lost(gated: tuple[DirectorySource, _Gate], file: Path) -> None:
    """What is in force in the end is what the file says in the end."""
    source, gate = gated
    write_tenants(file, {"id": "c"})
    gate.opened.set()

    refresh(source)
    refresh(source)

    assert list_ids(source) == ["c"]


def test_what_goes_wrong_in_the_background_is_told_once(
    gated: tuple[DirectorySource, _Gate], file: Path
) -> None:
    """A fault that shows itself late is told as one that shows itself at once, and the worker goes on."""
    source, gate = gated
    log = io.StringIO()
    configure_log(stream=log)
    write_tenants(file, {"id": "b"}, "{")
    gate.opened.set()

    refresh(source)
    refresh(source)

    assert list_ids(source) == ["a"]
    assert source.problem is not None
    assert "line 2" in source.problem
    assert log.getvalue().count("stays in force") == 1


def test_closing_ends_a_reading(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that ends does not wait for a large directory, nor does a poll that still runs fail over it."""
    monkeypatch.setattr(directory_source, "GRACE_SECONDS", 0)
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    endless = ({"id": str(number)} for number in count())
    monkeypatch.setattr(
        directory_file, "read_entries", lambda _: (read_entry(json.dumps(one)) for one in endless)
    )
    write_tenants(file, {"id": "b"})
    source.refresh()
    began = source.is_loading

    source.close()
    source.refresh()

    assert (began, source.is_loading, list_ids(source)) == (True, False, ["a"])
