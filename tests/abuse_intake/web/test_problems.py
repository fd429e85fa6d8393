"""Errors: always problem+json, never a traceback, and hostile queries are no errors at all."""

from collections.abc import Iterator

import httpx
import pytest
from web_world import Api

from abuse_intake.errors import GuardError
from storage.database import Database
from storage.errors import DatabaseUnavailable, SchemaError

TEXT_FILTERS = ("tenant", "type", "search", "subject", "reporter", "message_id")
HOSTILE = {
    "NUL": "%00",
    "NUL within": "a%00b",
    "surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "LIKE": "%25_%5C",
    "SQL": "'%20OR%201=1;--",
    "escape": "%1B%5B2J",
    "bidi": "%E2%80%AE",
    "long": "x" * 60_000,
}


def require_problem(answer: httpx.Response, status: int) -> None:
    """In our form, which says the same as the status line."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body = answer.json()
    assert (body["status"], body["type"]) == (status, "about:blank")
    assert body.keys() <= {"type", "title", "status", "detail", "errors"}
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("name", TEXT_FILTERS)
def test_hostile_filters_are_literal(api_on_either: Api, name: str) -> None:
    """They match nothing, and break nothing, on either database."""
    asked = {key: api_on_either.get(f"/incidents?{name}={value}") for key, value in HOSTILE.items()}

    assert {key: one.status_code for key, one in asked.items()} == dict.fromkeys(HOSTILE, 200)


@pytest.mark.parametrize("name", ["actor", "object_id"])
def test_hostile_names_are_not_in_the_audit_log(api_on_either: Api, name: str) -> None:
    """The same for who and what is looked for there."""
    asked = [api_on_either.get(f"/audit?{name}={value}") for value in HOSTILE.values()]

    assert [one.status_code for one in asked] == [200] * len(HOSTILE)
    assert [one.json()["items"] for one in asked] == [[]] * len(HOSTILE)


def test_what_is_not_there(api: Api) -> None:
    """Paths beyond ours as well."""
    require_problem(api.get("/nothing"), 404)
    require_problem(api.get("/incidents/"), 404)
    require_problem(api.get("/../../etc/passwd"), 404)


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/incidents", "GET"), ("/incidents/1", "GET, PATCH"), ("/incidents/set", "POST"), ("/docs", "GET")],
)
def test_a_method_that_a_path_does_not_know(api: Api, path: str, methods: str) -> None:
    """It says which there are."""
    answer = api("DELETE", path)

    require_problem(answer, 405)
    assert answer.headers["allow"] == methods


def test_what_was_sent_is_not_repeated_at_length(api: Api) -> None:
    """A problem is short, however long the query."""
    answer = api.get("/incidents", params={"since": "x" * 50_000, "y" * 9_000: "1"})

    require_problem(answer, 422)
    assert len(answer.content) < 2_000


FAULTS = {
    503: (DatabaseUnavailable("/secret/place"), SchemaError("older"), GuardError("no thread")),
    500: (RuntimeError("secret"), MemoryError(), RecursionError()),
}


@pytest.mark.parametrize(
    ("status", "error"), [(code, one) for code in FAULTS for one in FAULTS[code]], ids=repr
)
def test_faults_are_told_without_their_causes(
    api: Api, monkeypatch: pytest.MonkeyPatch, status: int, error: Exception
) -> None:
    """The client learns whether it may try again; the log has the rest."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("abuse_intake.web.routes.records.gather_statistics", fail)

    answer = api.get("/stats")

    require_problem(answer, status)
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


def test_a_database_that_is_away(api: Api, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Already where the token is looked up."""

    def fail() -> Iterator[None]:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr(Database, "read", lambda _: fail())

    require_problem(api.get("/incidents"), 503)


@pytest.mark.parametrize("path", ["/incidents", "/nothing", "/docs", "/incidents/1", "/mails/1/raw"])
def test_every_answer_bears_the_security_headers(api: Api, path: str) -> None:
    """Errors too."""
    answer = api.get(path)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-frame-options"] == "DENY"
    assert "no-" in answer.headers["cache-control"]


def test_secrets_are_not_logged(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """A line a request: who and what, but neither the token nor what was looked for."""
    api.get("/incidents?search=hidden", headers={"Cookie": "hidden"})

    logged = capsys.readouterr().err
    assert "the analyst" in logged
    assert api.token
    assert api.token not in logged
    assert "hidden" not in logged


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"statuz": "open"}', {"where": "body.statuz", "problem": "there is none of this name"}),
        (b"{", {"where": "body.1", "problem": "this is no valid JSON"}),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(api: Api, body: bytes, problem: dict[str, str]) -> None:
    """Who sent it may not know the terms of those who check it."""
    answer = api.patch("/incidents/1", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [problem]


def test_the_page_of_the_document_tells_each_field(api: Api) -> None:
    """What is sent and answered, with the forms that fields may have."""
    page, made = api.get("/docs").text, api.get("/openapi.json").json()

    for name, form in made["components"]["schemas"].items():
        shown = page.partition(f'<h3 id="form-{name}">')[2].partition("<h3")[0]
        assert [field for field in form["properties"] if f"<code>{field}</code>" not in shown] == []
    assert 'Body: <code>application/json</code>, <a href="#form-DecisionBody">DecisionBody</a>' in page
    assert 'list of <a href="#form-Evidence">Evidence</a>' in page


def test_the_page_of_the_document_loads_nothing(api: Api) -> None:
    """It shows every path, and neither runs nor fetches anything."""
    page = api.get("/docs").text

    paths = api.get("/openapi.json").json()["paths"]
    assert [path for path in paths if f" {path}<" not in page] == []
    assert [
        word for word in ("<script", "http://", "https://", "<link", "<img", "url(") if word in page
    ] == []
