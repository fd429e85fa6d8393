"""Queries answer on both databases what telling the incidents one by one does, however they are found."""

import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from itertools import cycle, islice
from typing import Any, get_args

import pytest
from incident_oracle import ADDRESSES, REPORTERS, TENANTS, TYPES, fill, in_order, matches, read_all
from storage_builders import NOW

from storage import incident_probes
from storage.database import Database
from storage.errors import BadCursor
from storage.incidents import find_incident_page, incident_cursors, list_incidents
from storage.redecisions import find_incident_ids
from storage.values import IncidentFilter, IncidentOrder

ORDERS: tuple[IncidentOrder, ...] = get_args(IncidentOrder)
TEXTS = (
    "%", "_", "\\", "'; DROP TABLE incidents; --", "\0", "\udcff", "x" * 100_000, '"', "* AND NOT (", "0@x", "pills",
    "PILLS cheap", "ste", "ß", "请点击", "击", "\n", " ", "\x1b[31m", "=1+1", "eve@", "<1@x>", "1@x", "9" * 30,
)  # fmt: skip
VALUES: dict[str, tuple[Any, ...]] = {
    "tenant": (*TENANTS, *TEXTS),
    "status": ("new", "open", "resolved", "\0"),
    "confidence": ("proven", "stated", "unattributed", "\udcff"),
    "feedback_type": (*TYPES, *TEXTS),
    "route": ("ours", "elsewhere", "\0"),
    "network": tuple(ip_network(text) for text in ("192.0.2.0/24", "192.0.2.1", "2001:db8::/32", "::/0")),
    "since": tuple(NOW - timedelta(hours=hours) for hours in (0, 500, 1_500, 9_000)),
    "until": (
        *(NOW - timedelta(hours=hours) for hours in (0, 500, 1_500, 2_500, 9_000)),
        datetime.max.replace(tzinfo=UTC),
    ),
    "search": TEXTS,
    "subject": TEXTS,
    "message_id": TEXTS,
    "reporter": (*REPORTERS, *TEXTS),
    "corrected": (True,),
    "emptied": (True,),
}


@pytest.fixture(params=["few at once", "in order"])
def filled(request: pytest.FixtureRequest, database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Incidents that are found one by one, as few are, or by going through an index, as many are."""
    if request.param == "in order":
        monkeypatch.setattr(incident_probes, "FEW", 2)
    fill(database)
    return database


def wanted_filters() -> Iterator[IncidentFilter]:
    """Every value of every filter alone, then some together."""
    yield IncidentFilter()
    for name, values in VALUES.items():
        yield from (IncidentFilter(**{name: value}) for value in values)
    dice = random.Random(1)
    for _ in range(150):
        names = dice.sample(sorted(VALUES), dice.choice((2, 2, 3)))
        yield IncidentFilter(**{name: dice.choice(VALUES[name]) for name in names})


def test_every_filter_has_values_here() -> None:
    """A new filter is tried with hostile values too."""
    assert {field.name for field in fields(IncidentFilter)} == VALUES.keys()
    assert ADDRESSES


def test_filters_choose_what_telling_one_by_one_does(filled: Database) -> None:
    """Every filter is literal, the orders in turn, and hostile values are no error."""
    stored = read_all(filled)

    with filled.read() as session:
        for wanted, order in zip(wanted_filters(), cycle(ORDERS), strict=False):
            expected = [one for one in stored if matches(one, wanted)]
            found = [one.id for one in list_incidents(session, wanted, 0, order)]
            assert found == in_order(expected, order), (wanted, order)


def test_incidents_to_be_decided_again_are_the_same(filled: Database) -> None:
    """Deciding again goes by the same filters, by rising id."""
    stored = read_all(filled)

    with filled.read() as session:
        for wanted in islice(wanted_filters(), 0, None, 3):
            expected = sorted(one.row["id"] for one in stored if matches(one, wanted))
            assert list(find_incident_ids(session, wanted)) == expected, wanted


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "wanted",
    [
        IncidentFilter(),
        IncidentFilter(tenant="contoso"),
        IncidentFilter(search="pills"),
        IncidentFilter(until=NOW - timedelta(hours=1_000)),
        IncidentFilter(until=NOW - timedelta(hours=1_000), since=NOW - timedelta(hours=2_000)),
    ],
    ids=str,
)
def test_pages_follow_on_each_other(filled: Database, wanted: IncidentFilter, order: IncidentOrder) -> None:
    """Page by page come all incidents in order, each once, and the last page says that it is the last."""
    found, cursor, first = list[str](), None, True
    with filled.read() as session:
        while first or cursor:
            page = find_incident_page(session, wanted, order, 7, cursor)
            found += [one.id for one in page.records]
            cursor, first = page.cursor, False

    assert found == in_order([one for one in read_all(filled) if matches(one, wanted)], order)


GOOD = incident_cursors(IncidentFilter(), "newest").write((NOW, 7))


def written(time: str) -> str:
    """GOOD with another time in it."""
    fields = urlsafe_b64decode(GOOD + "=" * (-len(GOOD) % 4)).decode()
    return urlsafe_b64encode(fields.replace(NOW.isoformat(), time).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("cursor", "order", "wanted"),
    [
        (GOOD, "first_seen", IncidentFilter()),
        (GOOD, "newest", IncidentFilter(tenant="contoso")),
        (
            incident_cursors(IncidentFilter(), "most_reported").write((NOW, 7)),
            "most_reported",
            IncidentFilter(),
        ),
        (incident_cursors(IncidentFilter(), "newest").write((7, 7)), "newest", IncidentFilter()),
        (incident_cursors(IncidentFilter(), "newest").write((NOW, 2**63)), "newest", IncidentFilter()),
        (
            incident_cursors(IncidentFilter(), "most_reported").write((-1, 7)),
            "most_reported",
            IncidentFilter(),
        ),
        (written("0001-01-01T00:00:00+23:00"), "newest", IncidentFilter()),
        (written("9999-12-31T23:59:59-23:00"), "newest", IncidentFilter()),
        (written("2026-11-02T10:00:00"), "newest", IncidentFilter()),
        *[
            (text, "newest", IncidentFilter())
            for text in ("", "x", "W10", "\0", "\udcff", "é", "[" * 190, *TEXTS)
        ],
        *[(GOOD[:end], "newest", IncidentFilter()) for end in range(1, len(GOOD), 7)],
    ],
)
def test_a_cursor_that_names_no_place_is_refused(
    database: Database, cursor: str, order: IncidentOrder, wanted: IncidentFilter
) -> None:
    """Garbage, and cursors of another order or filter, are answered with what to do."""
    with database.read() as session, pytest.raises(BadCursor, match="without a cursor"):
        find_incident_page(session, wanted, order, 50, cursor)


def test_a_cursor_holds_though_an_age_is_another_time_by_now(filled: Database) -> None:
    """The next page of `since=7d` is asked for a little later than the first one."""
    first, later = (IncidentFilter(since=NOW - timedelta(hours=2_000, seconds=-shift)) for shift in (0, 1))

    with filled.read() as session:
        page = find_incident_page(session, first, "newest", 3)
        following = find_incident_page(session, later, "newest", 3, page.cursor)

    assert page.cursor is not None
    assert [one.id for one in page.records + following.records] == in_order(
        [one for one in read_all(filled) if matches(one, first)], "newest"
    )[:6]


def test_a_cursor_is_safe_in_a_url(database: Database) -> None:
    """It needs no escaping."""
    assert GOOD.replace("-", "").replace("_", "").isalnum()
    assert GOOD.isascii()
