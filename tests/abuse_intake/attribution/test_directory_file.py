"""The tenants file: read line by line, a wrong line named; read again when it changes."""

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from report_builders import allocate, make_tenant

from abuse_intake import app
from abuse_intake.app import DirectorySource
from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.directory_file import read_directory_file
from abuse_intake.errors import DirectoryError
from abuse_intake.log import configure_log
from abuse_intake.settings_attribution import ProviderSettings
from storage import tenants
from storage.database import Database
from storage.values import Tenant

CONTOSO = {
    "id": "contoso",
    "name": "Contoso Ltd",
    "domains": ["contoso.example"],
    "external_ids": ["7c1f4f0e"],
    "abuse_contact": "abuse@contoso.example",
    "allocations": [{"network": "192.0.2.0/28", "since": "2026-01-01T01:00:00+01:00", "until": None}],
}


def _write(path: Path, *lines: dict[str, Any] | str) -> Path:
    path.write_text(
        "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines), encoding="utf-8"
    )
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tenants.jsonl"


def test_every_field_is_read(file: Path) -> None:
    """All that the contract lists is read, times in UTC."""
    (tenant,) = read_directory_file(_write(file, CONTOSO))

    assert tenant == Tenant(
        "contoso",
        "Contoso Ltd",
        ("contoso.example",),
        ("7c1f4f0e",),
        "abuse@contoso.example",
        (allocate("192.0.2.0/28", "2026-01-01"),),
    )


def test_an_id_is_enough(file: Path) -> None:
    """All other fields may be missing or null; the id then stands for the name."""
    found = list(
        read_directory_file(_write(file, {"id": "a"}, {"id": "b", "name": None, "allocations": None}))
    )

    assert found == [Tenant("a", "a"), Tenant("b", "b")]


def test_blank_lines_and_a_mark_at_the_beginning_are_fine(file: Path) -> None:
    """Files edited by hand, on any system, are read."""
    file.write_bytes(b'\xef\xbb\xbf{"id": "a"}\r\n\r\n   \n{"id": "b"}')

    assert [tenant.id for tenant in read_directory_file(file)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "Expecting property name"),
        ("[]", "not a JSON object"),
        ("null", "not a JSON object"),
        ({}, "field 'id' must be given"),
        ({"id": ""}, "field 'id' must be given"),
        ({"id": 7}, "field 'id' must be text"),
        ({"id": "b", "domain": "x.example"}, "unknown field 'domain'; known are abuse_contact, allocations, domains"),
        ({"id": "b", "domains": "x.example"}, "field 'domains' must be a list"),
        ({"id": "b", "domains": [1]}, "field 'domains' must be a list of texts"),
        ({"id": "b", "allocations": {}}, "field 'allocations' must be a list"),
        ({"id": "b", "allocations": ["192.0.2.0/24"]}, "an allocation looks like"),
        ({"id": "b", "allocations": [{}]}, "an allocation looks like"),
        ({"id": "b", "allocations": [{"network": "192.0.2.1/24"}]}, "has host bits set"),
        ({"id": "b", "allocations": [{"network": "192.0.2"}]}, "allocation '192.0.2'"),
        ({"id": "b", "allocations": [{"network": 5}]}, "field 'network' must be text"),
        ({"id": "b", "allocations": [{"network": "192.0.2.0/24", "since": "soon"}]}, "since 'soon' is no"),
        ({"id": "b", "allocations": [{"network": "192.0.2.0/24", "until": 1}]}, "field 'until' must be text"),
        (
            {"id": "b", "allocations": [{"network": "192.0.2.0/24", "since": "0001-01-01T00:00:00+10:00"}]},
            "is no RFC 3339 time",
        ),
        (
            {"id": "b", "allocations": [{"network": "192.0.2.0/24", "since": "2026-02-01", "until": "2026-02-01"}]},
            "`until` is not after `since`",
        ),
        ({"id": "b\ud800"}, "field 'id' holds characters that cannot be printed"),
        ({"id": "b", "name": "a\x00b"}, "field 'name' holds characters that cannot be printed"),
        ("[" * 100_000, "recursion"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_with_its_number(file: Path, line: dict[str, Any] | str, complaint: str) -> None:
    """What is wrong is told with file, line and reason, in one line."""
    _write(file, {"id": "a"}, "", line)

    with pytest.raises(DirectoryError) as caught:
        list(read_directory_file(file))

    assert str(caught.value).startswith(f"{file}, line 3: ")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make", ["missing", "folder", "latin"])
def test_an_unreadable_file_is_named(file: Path, make: str) -> None:
    """A file that is not there, is a folder, or is not UTF-8 is told in one line."""
    if make == "folder":
        file.mkdir()
    elif make == "latin":
        file.write_bytes(b'{"id": "Caf\xe9"}\n')

    with pytest.raises(DirectoryError, match=r"^tenants file .*tenants\.jsonl cannot be read: "):
        list(read_directory_file(file))


def _source(file: Path | None, database: Database | None = None) -> DirectorySource:
    return DirectorySource(ProviderSettings(), file, database)


def _ids(source: DirectorySource) -> list[str]:
    return list(source.attributor.directory.tenants)


def test_a_changed_file_is_read_again(file: Path) -> None:
    """What the file says now is in force from the next poll on."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    _write(file, {"id": "a"}, {"id": "b"})

    source.refresh()

    assert _ids(source) == ["a", "b"]


def test_a_file_that_is_replaced_is_read_again(file: Path, tmp_path: Path) -> None:
    """A new file of the same size and time under the same name is another file."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    time = file.stat().st_mtime_ns
    other = _write(tmp_path / "new.jsonl", {"id": "b"})
    os.utime(other, ns=(time, time))
    other.replace(file)

    source.refresh()

    assert _ids(source) == ["b"]


def test_a_change_that_could_not_be_read_is_read_when_it_can_be(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that came with the wrong permissions counts as soon as these are right, though nothing else changes."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    _write(file, {"id": "a"}, {"id": "b"})
    with monkeypatch.context() as patched:
        patched.setattr(app, "read_directory_file", _refuse)
        source.refresh()

    source.refresh()

    assert _ids(source) == ["a", "b"]


def _refuse(path: Path) -> list[Tenant]:
    raise DirectoryError(f"tenants file {path} cannot be read: Permission denied")


def test_an_unchanged_file_is_not_read_again(file: Path) -> None:
    """A poll costs no reading of a large directory that did not change."""
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    before = source.attributor

    source.refresh()

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

    source.refresh()
    source.refresh()

    assert _ids(source) == ["a"]
    assert log.getvalue().count("the directory that was read before stays in force") == 1


def test_a_file_that_came_back_is_read(file: Path) -> None:
    """After a fault the next good file is in force."""
    configure_log(stream=io.StringIO())
    source = _source(_write(file, {"id": "a"}))
    source.refresh(is_first=True)
    file.unlink()
    source.refresh()
    _write(file, {"id": "c"})

    source.refresh()

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
        source.refresh()
        found.append(_ids(source))
    database.close()

    assert found == [[], ["a"], ["b"]]


def test_a_warning_of_the_directory_is_logged(file: Path) -> None:
    """Who lists a domain twice reads of it in the worker's log."""
    log = io.StringIO()
    configure_log(stream=log)

    _source(
        _write(file, {"id": "a", "domains": ["x.example"]}, {"id": "b", "domains": ["x.example"]})
    ).refresh()

    assert "domain x.example is listed by a and b" in log.getvalue()


def test_what_is_listed_can_be_imported_again(file: Path) -> None:
    """A directory survives its own form."""
    directory = Directory(read_directory_file(_write(file, CONTOSO)))

    assert directory.find_domain_owner("contoso.example") is not None
