"""A tenant as a line: the quick way to read it takes and refuses what the thorough one does."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.tenant_lines import entry_of, normalise_line, read_entry, read_id, read_tenant, write_tenant

NETWORKS = (
    "192.0.2.0/28", "192.0.2.1", "192.0.2.0/255.255.255.0", "2001:DB8:0:0::/64", "2001:db8::1/128", "192.0.2.1/24",
    "192.0.2.1/32", "0.0.0.0/0", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/ 24", "192.0.2.0/２4", "192.0.2.0/024",
    "192.000.002.0/24", "192.0.2/24", " 192.0.2.0/24", "192.0.2.0/24/24", "192.0.2.0/", "2001:db8::/32", "2001:db8::1",
    "::/0",
    "2001:db8::1/64", "2001:db8::/129", "::ffff:192.0.2.0/120", "fe80::%1/64", "2001:db8:::/32", "1:2:3:4:5:6:7::/112",
    "", "/24", "example", "192.0.2.0\x00/24",
)  # fmt: skip
TIMES = (
    None, "", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "2026-01-01T01:00:00+01:00", "2026-01-01", "soon",
    "2026-01-01\x0000:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59.999999Z", 7,
)  # fmt: skip

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
texts = st.sampled_from(("contoso", "contoso.example", "Müller", "a b", "x" * 300))
odd_texts = texts | st.text(max_size=8) | st.sampled_from(("", "a\ud800", "a\nb", "\x85", "\\"))


def tenants(
    text: st.SearchStrategy[Any], odd: st.SearchStrategy[Any], more: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that look like tenants; `odd` stands in where something else is expected, `more` beside it."""
    times = st.sampled_from(TIMES)
    allocation = st.fixed_dictionaries(
        {"network": st.sampled_from(NETWORKS[:6]) | odd}, optional={"since": times, "until": times, **more}
    )
    names = st.none() | st.lists(text, max_size=3)
    return st.fixed_dictionaries(
        {"id": text},
        optional={
            "name": st.none() | text | odd,
            "domains": names | odd,
            "external_ids": names,
            "abuse_contact": st.none() | text,
            "allocations": st.none() | st.lists(allocation, max_size=3) | odd,
            **more,
        },
    )


plain = tenants(texts, st.none(), {})
tenant = plain | tenants(odd_texts, anything, {"domain": texts})


def _read(read: Any, line: str) -> Any:
    """What is read, or the complaint."""
    try:
        return read(line)
    except ValueError as error:
        return str(error)


def _as_lists(entry: Any) -> Any:
    return (
        entry if isinstance(entry, str) else tuple(list(one) if one is not entry.id else one for one in entry)
    )


@given(tenant | anything, st.booleans())
def test_both_ways_read_the_same(fields: Any, ascii_only: bool) -> None:
    """For every line: the same tenant, or the same complaint."""
    line = json.dumps(fields, ensure_ascii=ascii_only)

    quickly = _read(read_entry, line)

    assert _as_lists(quickly) == _as_lists(_read(lambda line: entry_of(read_tenant(line)), line))


@pytest.mark.parametrize("network", NETWORKS)
def test_every_way_to_write_a_network_is_judged_alike(network: str) -> None:
    """No network that is wrong comes in the quick way, and none becomes another."""
    line = json.dumps({"id": "a", "allocations": [{"network": network}]})

    assert _as_lists(_read(read_entry, line)) == _as_lists(
        _read(lambda one: entry_of(read_tenant(one)), line)
    )


@pytest.mark.parametrize("since", TIMES)
@pytest.mark.parametrize("until", TIMES)
def test_every_pair_of_times_is_judged_alike(since: Any, until: Any) -> None:
    """No bound that is wrong, or not after the other, comes in the quick way, and none becomes another."""
    allocation = {"network": "192.0.2.0/28", "since": since, "until": until}
    line = json.dumps({"id": "a", "allocations": [allocation]})

    assert _as_lists(_read(read_entry, line)) == _as_lists(
        _read(lambda one: entry_of(read_tenant(one)), line)
    )


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\x7f", "a\u2028b", "a\u202eb", "a\ud800"])
@pytest.mark.parametrize("name", ["id", "name", "abuse_contact", "domains", "external_ids"])
def test_what_cannot_be_printed_is_refused(name: str, text: str) -> None:
    """No text that steers a terminal, or that a database refuses, comes in the quick way."""
    line = json.dumps({"id": "a", name: [text] if name.endswith("s") else text})

    assert "cannot be printed" in _read(read_entry, line)


@given(tenant)
def test_a_line_is_stored_as_the_same_tenant(fields: Any) -> None:
    """What was taken can be read again, and is the same."""
    line = json.dumps(fields)
    read = _read(read_tenant, line)
    if isinstance(read, str):
        return

    id, stored = normalise_line(line)

    assert (id, read_tenant(stored)) == (read.id, read)
    assert read_tenant(write_tenant(read)) == read
    assert "\n" not in stored


def test_a_mistyped_bound_is_refused() -> None:
    """`untill` would leave a network with a tenant for ever."""
    line = json.dumps(
        {"id": "a", "allocations": [{"network": "192.0.2.0/28", "untill": "2026-01-01T00:00:00Z"}]}
    )

    for read in (read_entry, read_tenant):
        assert _read(read, line) == "unknown field 'untill'; known are network, since, until"


def test_times_are_kept_to_the_microsecond() -> None:
    """Also in another zone, and at both ends of the calendar."""
    zone = timezone(timedelta(hours=2))
    since = datetime(2026, 1, 1, 2, 0, 0, 1, tzinfo=zone)
    line = json.dumps({"id": "a", "allocations": [{"network": "192.0.2.0/28", "since": since.isoformat()}]})

    (allocation,) = read_tenant(normalise_line(line)[1]).allocations

    assert allocation.since == datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "id"),
    [
        (b'{"name": "x", "id": "contoso", "more": [1]}', "contoso"),
        (b'{"id": "M\\u00fcller"}', "Müller"),
        (b'{"id": 7}', None),
        (b'{"id": "a"', None),
        (b'{"id": "\xff"}', None),
        (b"[" * 100_000, None),
    ],
)
def test_an_id_is_read_alone(line: bytes, id: str | None) -> None:
    """Whatever else the line says; what cannot be read has none."""
    assert read_id(line) == id
