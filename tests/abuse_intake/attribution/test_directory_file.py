"""The tenants file: read line by line, a wrong line named."""

import json
from pathlib import Path
from typing import Any

import pytest
from report_builders import allocate

from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.directory_file import find_in_file, read_directory_file
from abuse_intake.errors import DirectoryError, DirectoryUnreadableError
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
        ("{", "line 3: is no JSON object: a name in double quotes expected at column 2; a line looks like {"),
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
        ({"id": "b", "allocations": [{"network": "192.0.2.1/24"}]}, "has host bits set; write 192.0.2.0/24"),
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


@pytest.mark.parametrize(
    ("before", "number"),
    [
        (b'{"id": "a"}\n', 2),
        (b'{"id": "a"}\r\n\r\n', 3),
        (b'{"id": "a"}\r{"id": "b"}\r\n', 3),
        (b"\n" * 9_000, 9_001),
    ],
)
def test_the_line_that_is_not_utf8_is_named(file: Path, before: bytes, number: int) -> None:
    """As an editor counts lines, however they end."""
    file.write_bytes(before + b'{"id": "contoso", "name": "Caf\xe9"}\n')

    for read in (lambda: list(read_directory_file(file)), lambda: find_in_file(file, "contoso")):
        with pytest.raises(DirectoryUnreadableError, match=f"cannot be read: line {number} is not UTF-8$"):
            read()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"id": "a" "b"}', "',' expected at column 12"),
        ('{"id": "a"', "',' expected at column 11"),
        ('{"id" "a"}', "':' expected at column 7"),
        ('{"id": }', "a value expected at column 8"),
        ('{"id": "a"} {', "more follows behind its end at column 13"),
        ('{"id": "a', "text without an end begins at column 8"),
        ('{"id": "\\x"}', "a backslash that escapes nothing stands at column 9"),
    ],
)
def test_a_line_that_is_no_json_is_told_where(file: Path, line: str, complaint: str) -> None:
    """With the column of that line, in words, and with no second number of a line."""
    _write(file, {"id": "z"}, line)

    with pytest.raises(DirectoryError) as caught:
        list(read_directory_file(file))

    assert str(caught.value) == (
        f"{file}, line 2: is no JSON object: {complaint}; "
        'a line looks like {"id": "contoso", "name": "Contoso Ltd"}'
    )


def test_what_is_listed_can_be_imported_again(file: Path) -> None:
    """A directory survives its own form."""
    directory = Directory(read_directory_file(_write(file, CONTOSO)))

    assert directory.find_domain_owner("contoso.example") is not None


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "contoso", "name": "Contoso"}\n',
        '\ufeff{"name":"Contoso","id":"contoso"}',
        '{"id": "other", "name": "contoso"}\r\n\r\n{"id": "contoso", "name": "Contoso"}\r\n',
        '{"id": "other", "domains": ["contoso"]}\r{"id": "contoso", "name": "Contoso"}\r{"id": "z"}',
        '{"id": "\\u0063ontoso", "name": "Contoso"}\n',
        'no json "contoso"\n{"id": "contoso", "name": "Contoso"}\n{',
    ],
)
def test_one_tenant_is_found_in_a_file(file: Path, text: str) -> None:
    """However its line is written, and whatever stands in the others."""
    file.write_bytes(text.encode())

    assert find_in_file(file, "contoso") == Tenant("contoso", "Contoso")


@pytest.mark.parametrize("id", ["Müller", 'a"b\\c', "✓ ok"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_an_id_of_any_script_is_found(file: Path, id: str, ascii_only: bool) -> None:
    """Escaped or not."""
    line = json.dumps({"id": id}, ensure_ascii=ascii_only)
    file.write_text(f'{{"id": "first"}}\n{line}\n', encoding="utf-8")

    assert find_in_file(file, id) == Tenant(id, id)


@pytest.mark.parametrize("id", ["contos", "Contoso", "", "contoso.example", "con\x00toso", "\ud800"])
def test_an_id_that_nobody_has_finds_nobody(file: Path, id: str) -> None:
    """Part of an id, or another field of that value, is not that id."""
    assert find_in_file(_write(file, CONTOSO, {"id": "x", "name": "contos"}), id) is None


def test_a_tenant_whose_line_is_wrong_is_told(file: Path) -> None:
    """Who asks for it learns what is wrong, with the line."""
    _write(file, {"id": "a"}, {"id": "contoso", "domains": "x"})

    with pytest.raises(DirectoryError, match=r"line 2: field 'domains' must be a list"):
        find_in_file(file, "contoso")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_tenant_of_two_lines_is_told_and_not_shown(file: Path, end: str) -> None:
    """Neither line is right before the other one is gone, and no other command takes either."""
    lines = ('{"id": "a"}', '{"id": "contoso"}', "", '{"id": "b"}', '{"id": "\\u0063ontoso"}')
    file.write_bytes(end.join(lines).encode())

    with pytest.raises(
        DirectoryError, match=r"jsonl, lines 2 and 5: tenant contoso is listed twice: give each"
    ):
        find_in_file(file, "contoso")


def test_a_file_that_is_gone_is_told(file: Path) -> None:
    """As everywhere."""
    with pytest.raises(DirectoryError, match="cannot be read"):
        find_in_file(file, "contoso")
