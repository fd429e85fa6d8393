"""Incidents are listed and filtered as analysts ask for them."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import text
from storage_builders import NOW, arrival, attribution, keep, keep_all, message, outcome, record, report

from storage.database import Database
from storage.errors import NotFound
from storage.incidents import (
    find_incident,
    incident_history,
    incident_reports,
    list_incidents,
)
from storage.trends import count_junk
from storage.values import IncidentFilter


def found(database: Database, limit: int = 50, **filter: Any) -> list[str | None]:
    """The Message-IDs of the incidents that match."""
    with database.read() as session:
        return [one.message_id for one in list_incidents(session, IncidentFilter(**filter), limit)]


def record_each(database: Database, *reports: tuple[Any, Any]) -> None:
    """Record each report in a mail of its own, received an hour after the one before."""
    arrivals = [arrival(number, received_at=NOW + timedelta(hours=number)) for number in range(len(reports))]
    ids = keep_all(database, arrivals)
    record(database, [outcome(id, one) for id, one in zip(ids, reports, strict=True)])


def test_last_seen_comes_first(database: Database) -> None:
    """The list is ordered by when an incident was last reported, over many pages, each one once."""
    ids = keep_all(
        database, [arrival(number, received_at=NOW + timedelta(seconds=number // 9)) for number in range(450)]
    )
    for id in ids:
        record(database, [outcome(id, report(message(message_id=f"<{id}>")))])
    expected = [f"<{id}>" for id in reversed(ids)]

    assert found(database, limit=0) == expected
    assert found(database, limit=201) == expected[:201]
    assert found(database) == expected[:50]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("192.0.2.8/32", ["<b>"]),
        ("192.0.2.0/24", ["<b>", "<a>"]),
        ("192.0.2.0/29", ["<a>"]),
        ("0.0.0.0/0", ["<c>", "<b>", "<a>"]),
        ("2001:db8::/32", ["<d>"]),
        ("::/0", ["<d>"]),
        ("::c000:0200/120", []),
        ("198.51.100.0/24", []),
    ],
)
def test_filter_by_network(database: Database, network: str, expected: list[str]) -> None:
    """A network finds the addresses within it, and of its own family only."""
    addresses = {
        "<a>": "192.0.2.7",
        "<b>": "192.0.2.8",
        "<c>": "203.0.113.200",
        "<d>": "2001:db8::1",
        "<e>": None,
    }
    record_each(
        database,
        *[(report(message(message_id=id)), attribution(ip=address)) for id, address in addresses.items()],
    )

    assert found(database, network=ip_network(network)) == expected


@pytest.mark.parametrize(
    ("needle", "expected"),
    [
        ("100%", ["<a_1@x>"]),
        ("100", ["<b-1@x>", "<a_1@x>"]),
        ("_1@X", ["<a_1@x>"]),
        ("ÜBER", ["<a_1@x>"]),
        ("STRASSE", ["<b-1@x>"]),
        ("eve@", ["<b-1@x>"]),
        ("\\", []),
        ("'; --", []),
        ("\0", []),
        ("\udcff", []),
        ("x" * 100_000, []),
    ],
)
def test_search_is_literal_and_knows_no_case(database: Database, needle: str, expected: list[str]) -> None:
    """Search looks for exactly these characters, in subject, Message-ID and From, in any case and script."""
    record_each(
        database,
        (report(message(message_id="<a_1@x>", subject="über 100% free")), attribution()),
        (
            report(message(message_id="<b-1@x>", subject="Straße 100", from_address="Eve@y.example")),
            attribution(),
        ),
    )

    assert found(database, search=needle) == expected


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ({"tenant": "contoso"}, ["<a>"]),
        ({"tenant": "con"}, []),
        ({"tenant": "\0"}, []),
        ({"confidence": "proven"}, ["<b>"]),
        ({"feedback_type": "fraud"}, ["<b>"]),
        ({"status": "new"}, ["<c>", "<b>", "<a>"]),
        ({"status": "open"}, []),
        ({"since": NOW + timedelta(hours=1)}, ["<c>", "<b>"]),
        ({"until": NOW + timedelta(hours=1)}, ["<a>"]),
        ({"tenant": "fabrikam", "confidence": "proven", "search": "<B>"}, ["<b>"]),
        ({"tenant": "contoso", "confidence": "proven"}, []),
    ],
)
def test_filters_narrow_the_list(database: Database, filter: dict[str, Any], expected: list[str]) -> None:
    """Each filter narrows the list by what it names; several hold together."""
    record_each(
        database,
        (report(message(message_id="<a>")), attribution()),
        (report(message(message_id="<b>"), feedback_type="fraud"), attribution("proven", tenant="fabrikam")),
        (report(message(message_id="<c>")), attribution("unattributed", tenant=None)),
    )

    assert found(database, **filter) == expected


@pytest.mark.parametrize("id", ["2", "0", "", "x", "9" * 19, "9" * 40])
def test_unknown_incident_is_not_found(database: Database, id: str) -> None:
    """An id that no incident has is answered with how to find one."""
    with database.read() as session, pytest.raises(NotFound, match="abuse-intake incidents list"):
        find_incident(session, id)


def test_incident_without_message_and_address(database: Database) -> None:
    """An incident shows nothing where its report says nothing."""
    from parsers.values import Report

    (id,) = keep(database)
    nothing = Report(format="prose", text_sha256="a" * 64)
    record(database, [outcome(id, (nothing, attribution("unattributed", tenant=None, ip=None)))])

    with database.read() as session:
        (incident,) = list_incidents(session, IncidentFilter())
        assert find_incident(session, incident.id) == incident
        (stored,) = incident_reports(session, incident.id)

    assert (incident.tenant, incident.ip, incident.subject, incident.message_id) == (None, None, None, None)
    assert (incident.reason, incident.route, incident.confidence) == (
        "no_tenant_named",
        "ours",
        "unattributed",
    )
    assert (stored.reporter, stored.received_at) == ("reporter@isp.example", NOW)
    assert stored.attribution == attribution("unattributed", tenant=None, ip=None)


def test_junk_is_counted_by_tenant(database: Database) -> None:
    """Each tenant's junk incidents and reports are counted, most first; what is no junk is left out."""
    record_each(
        database,
        (report(message(message_id="<a>"), feedback_type="not-spam"), attribution()),
        (report(message(message_id="<b>")), attribution("unattributed", tenant=None)),
        (report(message(message_id="<c>")), attribution(tenant="fabrikam")),
        (report(message(message_id="<d>")), attribution(tenant="fabrikam")),
        (report(message(message_id="<d>", sha256="b")), attribution(tenant="fabrikam")),
    )

    with database.read() as session:
        found = count_junk(session, "tenant", NOW.date(), NOW.date())

    assert [(one.key, one.incidents, one.reports) for one in found] == [("fabrikam", 2, 3), (None, 1, 1)]


def test_history_is_oldest_first(database: Database) -> None:
    """What happened to an incident comes in order, whoever did it."""
    (id,) = keep(database)
    record(database, [outcome(id, report())])
    with database.begin() as session:
        session.execute(
            text(
                "INSERT INTO incident_history (incident_id, at, actor, action, detail)"
                " SELECT incident_id, at, 'ann', 'status', detail FROM incident_history"
            )
        )

    with database.read() as session:
        (incident,) = list_incidents(session, IncidentFilter())
        history = incident_history(session, incident.id)

    assert [(one.actor, one.action) for one in history] == [("intake", "created"), ("ann", "status")]
