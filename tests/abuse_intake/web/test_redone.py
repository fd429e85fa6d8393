"""Mails read again and incidents decided on again, over the API as on the command line."""

import json
from typing import Any

import httpx
import pytest
from storage_builders import arrival, keep_all
from web_world import JSON_LINES, REPORT, Api, ids_of

from abuse_intake.web.routes import reattributing
from storage.audit import list_audit
from storage.database import Database

OWNER = b'{"id": "contoso", "name": "C", "allocations": [{"network": "192.0.2.0/24"}]}\n'


def lines_of(answer: httpx.Response) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The differences and troubles, and what sums them up."""
    assert answer.status_code == 200, answer.text
    *lines, last = map(json.loads, answer.text.splitlines())
    return lines, last["summary"]


def noted(database: Database, action: str) -> list[tuple[str, str, str | None]]:
    with database.read() as session:
        return [
            (one.actor, one.via, one.object_id)
            for one in list_audit(session, limit=0)
            if one.action == action
        ]


def test_a_mail_is_read_again(api_on_either: Api) -> None:
    """What it was and what it is now; who had it done is noted."""
    (id,) = keep_all(api_on_either.database, [arrival(9, raw=REPORT + b"\r\n")])

    answer = api_on_either.post(f"/mails/{id}/retry")

    body = answer.json()
    assert (body["before"]["disposition"], body["after"]["disposition"]) == (None, "report")
    assert noted(api_on_either.database, "retried") == [("the analyst", "api", id)]


def test_no_such_mail(api: Api) -> None:
    """Nothing is noted where nothing is done."""
    assert [api.post(f"/mails/{id}/retry").status_code for id in ("999", "0" * 64, "x%00")] == [404] * 3
    assert noted(api.database, "retried") == []


def test_without_a_mailbox_nothing_can_be_concluded(api: Api) -> None:
    """Who we are decides who is answered: the configuration must say it."""
    object.__setattr__(api.backend, "settings", api.backend.settings.model_copy(update={"mailbox": None}))

    answer = api.post("/mails/1/retry")

    assert (answer.status_code, noted(api.database, "retried")) == (409, [])
    assert "mailbox.url" in answer.json()["detail"]


def test_differences_are_told_and_nothing_is_stored(api: Api) -> None:
    """Unless told to apply."""
    before = api.get("/incidents/1").json()

    (difference, *_), summary = lines_of(api.post("/incidents/reattribute", json={"ids": ["1"]}))

    assert (difference["incident"], difference["before"]["tenant"]) == ("1", "contoso")
    assert (difference["after"]["tenant"], difference["stored"]) == (None, False)
    assert (summary["incidents"], summary["changed"], summary["more_incidents"]) == (1, 1, 0)
    assert api.get("/incidents/1").json() == before
    assert noted(api.database, "reattributed") == []


def test_what_differs_is_stored_on_demand(api_on_either: Api) -> None:
    """With a line in the audit log for each incident; a second time there is nothing to store."""
    (id,) = ids_of(api_on_either.get("/incidents?tenant=contoso"))
    asked = {"ids": [id], "apply": True}

    (difference, *_), _ = lines_of(api_on_either.post("/incidents/reattribute", json=asked))
    _, again = lines_of(api_on_either.post("/incidents/reattribute", json=asked))

    assert difference["stored"]
    assert api_on_either.get(f"/incidents/{id}").json()["tenant"] is None
    assert ("the analyst", "api", id) in noted(api_on_either.database, "reattributed")
    assert again["changed"] == 0


def test_mails_that_read_differently_are_told(api: Api) -> None:
    """Their reports stay as they are."""
    lines, summary = lines_of(api.post("/incidents/reattribute", json={"ids": ["2"]}))

    assert lines == [{"mail": "2", "problem": "reads_differently", "reports": 1}]
    assert (summary["read_differently"], summary["changed"]) == (1, 0)


def test_filters_choose(api: Api) -> None:
    """As they do in the list."""
    _, summary = lines_of(api.post("/incidents/reattribute", json={"cidr": "192.0.2.0/24", "status": "new"}))

    assert summary["incidents"] == 2


def test_a_call_is_bounded_and_the_next_goes_on(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each tells how many are left, and after which to go on; each incident is looked at once."""
    monkeypatch.setattr(reattributing, "MAX_INCIDENTS", 2)

    _, first = lines_of(api.post("/incidents/reattribute", json={}))
    _, last = lines_of(api.post("/incidents/reattribute", json={"after": first["next_after"]}))

    assert (first["incidents"], first["more_incidents"], first["next_after"]) == (2, 1, "2")
    assert (last["incidents"], last["more_incidents"], last["next_after"]) == (1, 0, None)


@pytest.mark.parametrize(
    "body",
    [
        {"ids": []},
        {"ids": ["1"], "tenant": "contoso"},
        {"ids": ["1"], "after": "1"},
        {"ids": ["one"]},
        {"ids": [1]},
        {"ids": ["1"] * 1_001},
        {"apply": "yes"},
        {"corrected": 1},
        {"since": 20261102},
        {"ip": 5},
        {"tenants": "contoso"},
        {"after": "9" * 21},
    ],
)
def test_what_is_not_understood_is_refused(api: Api, body: dict[str, Any]) -> None:
    """A mistyped filter must not widen what is decided on again."""
    assert api.post("/incidents/reattribute", json=body).status_code == 422


@pytest.mark.parametrize("tenant", ["\0", "\ud800", "x" * 100_000, "%"])
def test_hostile_filters_choose_nothing(api_on_either: Api, tenant: str) -> None:
    """They are no tenant's id."""
    content = json.dumps({"tenant": tenant})

    answer = api_on_either.post(
        "/incidents/reattribute", content=content, headers={"Content-Type": "application/json"}
    )

    assert lines_of(answer)[1]["incidents"] == 0


def test_an_incident_that_is_not_there(api: Api) -> None:
    """All of them, or none."""
    answer = api.post("/incidents/reattribute", json={"ids": ["1", "999"], "apply": True})

    assert (answer.status_code, noted(api.database, "reattributed")) == (404, [])


def test_one_at_a_time(api: Api) -> None:
    """Each has many mails read; the place is free again at the end."""
    with api.backend.redecisions:
        meanwhile = api.post("/incidents/reattribute", json={"ids": ["1"]})

    assert meanwhile.status_code == 503
    assert api.post("/incidents/reattribute", json={"ids": ["1"]}).status_code == 200


def test_the_directory_of_now_decides(api: Api) -> None:
    """What was imported a moment ago is in force."""
    lines_of(api.post("/incidents/reattribute", json={"ids": ["1"]}))
    api.put("/tenants", content=OWNER, headers=JSON_LINES)

    (difference, *_), _ = lines_of(api.post("/incidents/reattribute", json={"ids": ["1"]}))

    assert difference["after"]["tenant"] == "contoso"
