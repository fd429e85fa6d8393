"""Pages of mails, of the outbox and of the audit log over the API."""

import pytest
from storage_builders import NOW, acknowledgement, arrival, keep_all, outcome, record
from web_world import Api

from storage.audit import note_action
from storage.database import Database
from storage.values import Actor

LISTS = ["/mails", "/outbox", "/audit"]
FILTERED = [
    "/mails?disposition=report",
    "/mails?since=9000d",
    "/outbox?state=waiting",
    "/audit?object_kind=mail",
]


@pytest.fixture
def busy(api: Api, database: Database) -> Api:
    """More mails and acknowledgements, and lines of the audit log."""
    numbers = range(11, 14)
    ids = keep_all(database, [arrival(number) for number in numbers])
    answers = map(acknowledgement, numbers)
    record(database, [outcome(id, acknowledgement=one) for id, one in zip(ids, answers, strict=True)])
    with database.begin() as session:
        note_action(session, Actor("mia", "api"), "viewed raw", "mail", ["1", "2", "3"], {}, NOW)
    return api


def walk(api: Api, path: str) -> list[list[str]]:
    """The ids of each page, as the links lead."""
    pages = list[list[str]]()
    while path:
        answer = api.get(path)
        body, link = answer.json(), answer.links.get("next", {}).get("url", "")
        assert (body["next_cursor"] is None) == (link == "")
        pages.append([one["id"] for one in body["items"]])
        path = link.removeprefix("/api/v1")
    return pages


@pytest.mark.parametrize("path", [*LISTS, *FILTERED])
def test_links_lead_through_the_list(busy: Api, path: str) -> None:
    """Each row once, in the order of the list; the body names the same cursor, null on the last page."""
    pages = walk(busy, f"{path}{'&' if '?' in path else '?'}limit=1")

    whole = [one["id"] for one in busy.get(path).json()["items"]]
    assert len(whole) > 1
    assert pages == [[id] for id in whole]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["", "x", "%00", "%ED%A0%80", "A" * 9_000, "'; DROP TABLE mails; --"])
def test_a_cursor_that_is_none_is_refused(busy: Api, path: str, cursor: str) -> None:
    """As a problem that says what to do; an empty one is the first page."""
    answer = busy.get(f"{path}?cursor={cursor}")

    assert answer.status_code == (200 if cursor == "" else 400)
    assert cursor == "" or "without a cursor" in answer.json()["detail"]


FOREIGN = [
    ("/mails", "/incidents"),
    ("/mails", "/audit"),
    ("/outbox", "/mails"),
    ("/incidents", "/mails"),
    ("/mails", "/mails?disposition=report"),
    ("/outbox?state=waiting", "/outbox"),
    ("/audit?object_kind=mail", "/audit?object_kind=incident"),
    ("/audit?object_kind=mail", "/audit?object_kind=mail&object_id=1"),
    ("/audit", "/audit?actor=mia"),
    ("/audit", "/audit?actor=%00"),
]


@pytest.mark.parametrize(("first", "then"), FOREIGN)
def test_a_cursor_of_another_list_is_refused(busy: Api, first: str, then: str) -> None:
    """Or of other filters: what it leads to would not follow on what was given."""
    cursor = busy.get(f"{first}{'&' if '?' in first else '?'}limit=1").json()["next_cursor"]

    answer = busy.get(f"{then}{'&' if '?' in then else '?'}cursor={cursor}")

    assert cursor
    assert answer.status_code == 400
