"""The directory is read again when it has changed."""

import io
import os
from pathlib import Path

import pytest
from directory_builders import list_ids, open_source, refresh, write_tenants
from report_builders import make_tenant
from storage_builders import replace_directory

from abuse_intake.attribution.signatures import NoVerifier
from abuse_intake.directory_source import DirectorySource
from abuse_intake.log import configure_log
from abuse_intake.settings_attribution import ProviderSettings
from storage.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tenants.jsonl"


def test_a_changed_file_is_read_again(file: Path) -> None:
    """What the file says now is in force from the next poll on."""
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    write_tenants(file, {"id": "a"}, {"id": "b"})

    refresh(source)

    assert list_ids(source) == ["a", "b"]


def test_a_file_that_is_replaced_is_read_again(file: Path, tmp_path: Path) -> None:
    """A new file of the same size and time under the same name is another file."""
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    time = file.stat().st_mtime_ns
    other = write_tenants(tmp_path / "new.jsonl", {"id": "b"})
    os.utime(other, ns=(time, time))
    other.replace(file)

    refresh(source)

    assert list_ids(source) == ["b"]


def test_an_unchanged_file_is_not_read_again(file: Path) -> None:
    """A poll costs no reading of a large directory that did not change."""
    source = open_source(write_tenants(file, {"id": "a"}))
    source.refresh(is_first=True)
    before = source.attributor

    refresh(source)

    assert source.attributor is before


def test_without_a_file_the_imported_directory_counts(tmp_path: Path) -> None:
    """What `tenants import` stored is used, and used anew after the next import."""
    database = Database(f"sqlite:///{tmp_path}/a.db")
    database.require_current()
    source = open_source(None, database)
    source.refresh(is_first=True)
    found = [list_ids(source)]

    for id in ("a", "b"):
        replace_directory(database, make_tenant(id, "192.0.2.0/28"))
        refresh(source)
        found.append(list_ids(source))
    database.close()

    assert found == [[], ["a"], ["b"]]


def test_a_warning_of_the_directory_is_logged(file: Path) -> None:
    """Who lists a domain twice reads of it in the worker's log."""
    log = io.StringIO()
    configure_log(stream=log)

    refresh(
        open_source(
            write_tenants(file, {"id": "a", "domains": ["x.example"]}, {"id": "b", "domains": ["x.example"]})
        )
    )

    assert "domain x.example is listed by a and b" in log.getvalue()


def test_the_verifier_is_handed_on(file: Path) -> None:
    """The directory that comes later has the same verifier of signatures as the first."""
    verifier = NoVerifier()
    source = DirectorySource(ProviderSettings(), write_tenants(file, {"id": "a"}), None, verifier)
    source.refresh(is_first=True)
    found = [source.attributor._verifier]
    write_tenants(file, {"id": "b"})

    refresh(source)

    assert [*found, source.attributor._verifier] == [verifier, verifier]
    assert list_ids(source) == ["b"]
