"""Incidents over the API: filters, pages, one in full, ETags, exports."""

import json
from collections.abc import Iterator
from threading import Timer
from typing import Any

import pytest
from web_world import Api, ids_of

from abuse_intake.as_json import incident_as_json
from storage.audit import list_audit
from storage.database import Database
from storage.incidents import list_incidents
from storage.values import AuditRecord, IncidentFilter


def audit_of(database: Database) -> list[AuditRecord]:
    with database.read() as session:
        return [line for line in list_audit(session) if line.object_kind != "token"]


FILTERS = {
    "tenant=contoso": ["1"],
    "tenant=fabrikam&type=abuse": ["2"],
    "ip=192.0.2.20": ["2"],
    "ip=::ffff:192.0.2.20": ["2"],
    "cidr=198.51.100.0/24": ["3"],
    "confidence=unattributed": ["3"],
    "type=fraud": ["3"],
    "status=new": ["1", "2", "3"],
    "status=open": [],
    "search=50%25 OFF_": ["2"],
    "search=50_": [],
    "since=2026-11-03": [],
    "until=2026-11-02": [],
    "since=2026-11-02T10:00:00Z": ["1", "2", "3"],
    "tenant=": [],
    "emptied=true": [],
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters_choose(api: Api, query: str) -> None:
    """All that is given must hold, literally."""
    answer = api.get(f"/incidents?{query}")

    assert sorted(ids_of(answer)) == FILTERS[query]


WRONG = {
    "tennant=contoso": "query.tennant",
    "limit=0": "query.limit",
    "limit=501": "query.limit",
    "status=neu": "query.status",
    "ip=192.0.2.0/24": "query.ip",
    "cidr=x": "query.cidr",
    "since=soon": "query.since",
    "since=0001-01-01T00:00:00%2B10:00": "query.since",
    "sort=oldest": "query.sort",
    "ip=192.0.2.1&cidr=192.0.2.0/24": "query",
}


@pytest.mark.parametrize("query", WRONG)
def test_a_query_that_is_not_understood_says_where(api: Api, query: str) -> None:
    """Above all a mistyped name, which must not widen what is chosen."""
    answer = api.get(f"/incidents?{query}")

    assert answer.status_code == 422
    assert [fault["where"] for fault in answer.json()["errors"]] == [WRONG[query]]


def walk(api: Api, path: str) -> Iterator[str]:
    """The ids behind a link and all that follow it."""
    while path:
        answer = api.get(path)
        yield from ids_of(answer)
        path = answer.links.get("next", {}).get("url", "").removeprefix("/api/v1")


@pytest.mark.parametrize("sort", ["newest", "most-reported", "first-seen"])
def test_pages_follow_each_other(api: Api, sort: str) -> None:
    """The links lead through all that match, each once."""
    found = list(walk(api, f"/incidents?limit=1&sort={sort}&status=new"))

    assert sorted(found) == ["1", "2", "3"]


def test_pages_of_an_age_follow_each_other(api: Api) -> None:
    """Though `since=7d` is a later time with each page that is asked for."""
    assert sorted(walk(api, "/incidents?limit=1&since=9000d&until=1m")) == ["1", "2", "3"]


def test_the_cursor_is_in_the_body_too(api: Api) -> None:
    """Null on the last page."""
    first = api.get("/incidents?limit=2").json()
    last = api.get("/incidents", params={"limit": 2, "cursor": first["next_cursor"]}).json()

    assert (len(first["items"]), len(last["items"]), last["next_cursor"]) == (2, 1, None)


@pytest.mark.parametrize("cursor", ["", "x", "%00", "%ED%A0%80", "A" * 9_000, "'; DROP TABLE incidents; --"])
def test_a_cursor_that_is_none_is_refused(api: Api, cursor: str) -> None:
    """It says what to do."""
    answer = api.get(f"/incidents?cursor={cursor}")

    assert answer.status_code == (200 if cursor == "" else 400)


def test_one_incident_is_shown_in_full(api: Api) -> None:
    """As the list has it, with its reports and its history."""
    (listed,) = api.get("/incidents?tenant=contoso").json()["items"]

    shown = api.get("/incidents/1").json()

    assert {name: shown[name] for name in listed} == listed
    assert [one["mail_id"] for one in shown["reports"]] == ["1"]
    assert [one["action"] for one in shown["history"]] == ["created"]


@pytest.mark.parametrize("id", ["0", "4", "x", "1.0", "9" * 30, "%00", "%ED%A0%80", "1%2F2", "1;DROP", "١"])
@pytest.mark.parametrize(
    "path", ["/incidents/{}", "/incidents/{}/full", "/mails/{}", "/mails/{}/raw", "/tenants/{}"]
)
def test_what_is_no_id_is_not_there(api: Api, path: str, id: str) -> None:
    """404, whatever it is."""
    answer = api.get(path.format(id))

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_the_same_is_not_sent_twice(api: Api) -> None:
    """304 without a body for who has it already."""
    first = api.get("/incidents/1")

    again = api.get("/incidents/1", headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


def test_what_has_changed_is_sent(api: Api) -> None:
    """Another ETag stands for it."""
    first = api.get("/incidents/1")
    api.patch("/incidents/1", json={"note": "seen"})

    again = api.get("/incidents/1", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 200
    assert again.headers["etag"] != first.headers["etag"]


def test_a_look_at_the_whole_message_is_noted(api: Api, database: Database) -> None:
    """Who looked at which mail, through what."""
    answer = api.get("/incidents/1/full")

    (line,) = audit_of(database)
    assert answer.json()["full"]["subject"]
    assert (line.actor, line.via, line.object_kind, line.object_id) == ("the analyst", "api", "mail", "1")


def test_a_mail_that_does_not_have_the_message_any_more_shows_none(api: Api) -> None:
    """It was read by another program."""
    assert api.get("/incidents/2/full").json() == {"full": None}


def test_an_export_is_what_the_list_has(api: Api, database: Database) -> None:
    """A line an incident, with the same filters."""
    answer = api.get("/incidents/export?format=jsonl&type=abuse")

    with database.read() as session:
        chosen = list_incidents(session, IncidentFilter(feedback_type="abuse"))
        expected: list[Any] = [incident_as_json(one) for one in chosen]
    assert [json.loads(line) for line in answer.text.splitlines()] == expected
    assert answer.headers["content-disposition"] == 'attachment; filename="incidents.jsonl"'


def test_an_export_gives_its_place_back(api: Api) -> None:
    """One after the other they never run out."""
    asked = [api.get("/incidents/export?format=jsonl").status_code for _ in range(5)]

    assert asked == [200] * 5


def test_an_export_waits_for_a_place_that_is_just_given_back(api: Api) -> None:
    """A client that asks again at once finds its own one still taken."""
    while api.backend.streams.acquire(blocking=False):
        pass
    giving_back = Timer(0.2, api.backend.streams.release)
    giving_back.start()

    answer = api.get("/incidents/export?format=jsonl")
    giving_back.join()

    assert answer.status_code == 200


def test_too_many_exports_at_once_are_told_to_wait(api: Api) -> None:
    """Each holds a snapshot of the database."""
    while api.backend.streams.acquire(blocking=False):
        pass

    answer = api.get("/incidents/export?format=jsonl")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
