"""What analysts decide over the API: with who and why, all or none, and not over another's decision."""

from threading import Barrier, Thread
from typing import Any

import pytest
from storage_builders import NOW
from web_world import Api

from storage.audit import list_audit
from storage.database import Database
from storage.decisions import Decision, decide
from storage.values import Actor, AuditFilter


def noted(database: Database) -> list[tuple[str | None, dict[str, Any]]]:
    """What the audit log tells of incidents, oldest first."""
    with database.read() as session:
        lines = list(list_audit(session, AuditFilter(object_kind="incident")))
    return [(line.object_id, dict(line.detail)) for line in reversed(lines)]


def test_a_status_is_set(api: Api, database: Database) -> None:
    """The answer is the incident as it is now; history and audit log tell who."""
    answer = api.patch("/incidents/1", json={"status": "confirmed", "note": "told by phone"})

    shown = answer.json()
    assert (answer.status_code, shown["status"]) == (200, "confirmed")
    assert (shown["history"][-1]["actor"], shown["history"][-1]["action"]) == ("the analyst", "decided")
    change = {"status": {"before": "new", "after": "confirmed"}, "note": "told by phone"}
    assert noted(database) == [("1", change)]


def test_a_tenant_by_hand_stands_beside_the_evidence(api: Api) -> None:
    """Whom it counts against is told apart from what the evidence says."""
    shown = api.patch("/incidents/1", json={"tenant": "fabrikam", "note": "they told us"}).json()

    assert (shown["tenant"], shown["attributed_tenant"]) == ("fabrikam", "contoso")
    assert (shown["correction"]["by"], shown["correction"]["note"]) == ("the analyst", "they told us")


def test_nobody_by_hand(api: Api) -> None:
    """Null is a decision, not a field that was left out."""
    shown = api.patch("/incidents/1", json={"tenant": None, "note": "spoofed"}).json()

    assert (shown["tenant"], shown["correction"]["tenant"]) == (None, None)


def test_a_correction_is_taken_back(api: Api) -> None:
    """As the evidence says, again."""
    api.patch("/incidents/1", json={"tenant": "fabrikam", "note": "they told us"})

    shown = api.patch("/incidents/1", json={"as_evidence_says": True}).json()

    assert (shown["tenant"], shown["correction"]) == ("contoso", None)


WRONG: list[dict[str, Any]] = [
    {},
    {"status": "done"},
    {"status": None},
    {"tenant": "fabrikam"},
    {"tenant": "fabrikam", "note": ""},
    {"tenant": "", "note": "why"},
    {"tenant": "a\nb", "note": "why"},
    {"tenant": "fabrikam", "as_evidence_says": True, "note": "why"},
    {"tenant": "nobody-knows-them", "note": "why"},
    {"as_evidence_says": 1, "note": "why"},
    {"as_evidence_says": "yes", "note": "why"},
    {"note": "\x00"},
    {"note": "\x1b[2J"},
    {"note": "\x9b2J"},
    {"note": "\u202etxt.exe"},
    {"note": " \n"},
    {"tenant": "fabrikam", "note": " "},
    {"note": "x" * 4_001},
    {"status": "open", "state": "open"},
]


@pytest.mark.parametrize("body", WRONG, ids=str)
def test_a_decision_that_is_none_is_refused(api: Api, database: Database, body: dict[str, Any]) -> None:
    """Nothing changes."""
    answer = api.patch("/incidents/1", json=body)

    assert answer.status_code == 422
    assert noted(database) == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"note": "\\ud800"}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_decision_at_all_is_refused(api: Api, content: bytes) -> None:
    """With an answer in our form."""
    answer = api.patch("/incidents/1", content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_decision_on_what_one_saw_is_taken(api_on_either: Api) -> None:
    """With the ETag of what GET answered; the new one is that of the answer."""
    seen = api_on_either.get("/incidents/1").headers["etag"]

    answer = api_on_either.patch("/incidents/1", json={"status": "open"}, headers={"If-Match": seen})

    assert answer.status_code == 200
    assert answer.headers["etag"] == api_on_either.get("/incidents/1").headers["etag"]


def test_a_decision_on_what_is_old_is_refused(api: Api, database: Database) -> None:
    """Somebody else decided meanwhile."""
    seen = api.get("/incidents/1").headers["etag"]
    with database.begin() as session:
        decide(session, ["1"], Decision(status="open"), Actor("ann", "terminal"), NOW)

    answer = api.patch("/incidents/1", json={"status": "dismissed"}, headers={"If-Match": seen})

    assert answer.status_code == 412
    assert api.get("/incidents/1").json()["status"] == "open"


def test_of_two_who_decide_at_once_one_is_told(api_on_either: Api) -> None:
    """Both saw the same; only one of them decided on it."""
    api = api_on_either
    seen = {"If-Match": api.get("/incidents/1").headers["etag"]}
    together, codes = Barrier(2), list[int]()

    def decide_so(status: str) -> None:
        together.wait()
        codes.append(api.patch("/incidents/1", json={"status": status}, headers=seen).status_code)

    threads = [Thread(target=decide_so, args=(status,)) for status in ("confirmed", "dismissed")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(codes) == [200, 412]


def test_many_are_decided_at_once(api: Api, database: Database) -> None:
    """What was so already is told apart."""
    api.patch("/incidents/2", json={"status": "dismissed"})

    answer = api.post("/incidents/set", json={"ids": ["1", "02", "3", "1"], "status": "dismissed"})

    assert answer.json() == {"changed": ["1", "3"], "unchanged": ["2"]}
    assert sorted(str(id) for id, _ in noted(database)) == ["1", "2", "3"]


def test_all_are_decided_or_none(api: Api, database: Database) -> None:
    """One of them is not there."""
    answer = api.post("/incidents/set", json={"ids": ["1", "999"], "status": "dismissed"})

    assert answer.status_code == 404
    assert noted(database) == []


@pytest.mark.parametrize(
    "ids", [[], ["1"] * 1_001, ["1" * 21], [1], "1"], ids=["none", "many", "long", "number", "text"]
)
def test_ids_are_bounded(api: Api, ids: Any) -> None:
    """From 1 to 1,000 of them."""
    assert api.post("/incidents/set", json={"ids": ids, "status": "open"}).status_code == 422


@pytest.mark.parametrize("note", ["", " \n", "x" * 2_001, "a\rb", "a\x1b[2J", "a\u202eb", "a\0", "a\u200bb"])
def test_a_note_is_what_it_is_on_the_command_line(api: Api, note: str) -> None:
    """One rule for all ways in: nothing empty, endless or hidden."""
    answer = api.patch("/incidents/1", json={"note": note})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.note"


def test_a_note_is_trimmed(api: Api) -> None:
    """It may have several lines."""
    shown = api.patch("/incidents/1", json={"note": " told\n\tby phone \n"}).json()

    assert shown["history"][-1]["detail"]["note"] == "told\n\tby phone"
