"""A directory that is sent: the whole of it or nothing, by analysts, with a line in the audit log."""

import json
from pathlib import Path

import pytest
from web_world import JSON_LINES, Api, make_token

from abuse_intake.guard.pool import Guard
from abuse_intake.web import gate
from abuse_intake.web.backend import AttributorSource, Backend
from storage.audit import list_audit
from storage.database import Database
from storage.values import AuditFilter

NEW = '{"id": "woodgrove", "name": "Müller", "allocations": [{"network": "192.0.2.0/24"}]}\n'.encode()


def ids_listed(api: Api) -> list[str]:
    return [json.loads(line)["id"] for line in api.get("/tenants").text.splitlines()]


def test_a_directory_takes_the_place_of_the_old_one(api_on_either: Api) -> None:
    """Who is not listed any more is removed; mails are attributed with the new one at once."""
    answer = api_on_either.put("/tenants", content=NEW, headers=JSON_LINES)

    assert answer.json() == {"tenants": 1, "warnings": [], "in_force": True}
    assert ids_listed(api_on_either) == ["woodgrove"]


def test_what_is_listed_can_be_sent_back(api: Api) -> None:
    """GET and PUT speak the same."""
    listed = api.get("/tenants").content

    answer = api.put("/tenants", content=listed, headers=JSON_LINES)

    assert (answer.json()["tenants"], api.get("/tenants").content) == (2, listed)


def test_who_imported_is_noted(api: Api, database: Database) -> None:
    """As the command line does."""
    api.put("/tenants", content=NEW, headers=JSON_LINES)

    with database.read() as session:
        (line,) = list_audit(session, AuditFilter(object_kind="tenants"))
    assert (line.actor, line.via, line.action) == ("the analyst", "api", "imported")
    assert dict(line.detail) == {"tenants": 1, "file": "body"}


WRONG = {
    "nothing": (b"", "lists no tenants"),
    "blank lines": (b"\n\n", "lists no tenants"),
    "no JSON": (NEW + b"junk\n", "body, line 2"),
    "no tenant": (b"[]\n", "body, line 1"),
    "a NUL": (b'{"id": "a\\u0000b", "name": "A"}\n', "body, line 1"),
    "half a character": (b'{"id": "a\\ud800", "name": "A"}\n', "body, line 1"),
    "not UTF-8": (b'{"id": "\xff", "name": "A"}\n', "not UTF-8"),
    "a field that is not known": (b'{"id": "a", "name": "A", "owner": "b"}\n', "body, line 1"),
    "a network twice": (NEW + NEW.replace(b"woodgrove", b"tailspin"), "body, lines 1 and 2"),
    "deep": (b"[" * 100_000, "body, line 1"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_line_changes_nothing(api: Api, what: str) -> None:
    """It is told which line; the old directory stays."""
    sent, told = WRONG[what]

    answer = api.put("/tenants", content=sent, headers=JSON_LINES)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert told in answer.json()["detail"]
    assert ids_listed(api) == ["contoso", "fabrikam"]


def test_only_json_lines_are_taken(api: Api) -> None:
    """A form on a page elsewhere cannot say that it is that."""
    answer = api.put("/tenants", content=NEW, headers={"Content-Type": "text/plain"})

    assert answer.status_code == 415


def test_a_directory_may_be_large(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Larger than other bodies, up to a limit of its own."""
    large = b"".join(b'{"id": "t%d", "name": "%s"}\n' % (n, b"x" * 1_000) for n in range(1_200))
    taken = api.put("/tenants", content=large, headers=JSON_LINES)
    monkeypatch.setattr(gate, "MAX_TENANTS_BYTES", 1_000)

    refused = api.put("/tenants", content=large, headers=JSON_LINES)

    assert (taken.json()["tenants"], refused.status_code) == (1_200, 413)


def test_one_is_imported_at_a_time(api: Api) -> None:
    """Each is read into memory; the place is free again when one was refused."""
    api.put("/tenants", content=b"junk", headers=JSON_LINES)
    with api.backend.imports:
        meanwhile = api.put("/tenants", content=NEW, headers=JSON_LINES)

    assert (meanwhile.status_code, meanwhile.headers["retry-after"]) == (503, "10")
    assert api.put("/tenants", content=NEW, headers=JSON_LINES).status_code == 200


def test_doubts_are_told(api: Api) -> None:
    """As the command line warns of them: what is imported all the same, though it matches nothing."""
    line = b'{"id": "a", "name": "A", "domains": ["https://a.example/"]}\n'

    body = api.put("/tenants", content=line, headers=JSON_LINES).json()

    assert body["tenants"] == 1
    assert "is no domain and matches nothing" in body["warnings"][0]


def test_a_file_that_is_used_instead_is_told(
    api: Api, database: Database, tmp_path: Path, guard: Guard
) -> None:
    """What is imported is stored, but not in force."""
    (tmp_path / "tenants.jsonl").write_bytes(b"")
    settings = api.backend.settings
    named = settings.model_copy(
        update={"tenants": settings.tenants.model_copy(update={"directory": Path("tenants.jsonl")})}
    )
    api.backend = Backend(named, database, guard, AttributorSource(named, database), is_local=True)
    api.token = make_token(database, "analyst")

    answer = api.put("/tenants", content=NEW, headers=JSON_LINES)

    assert answer.json()["in_force"] is False
