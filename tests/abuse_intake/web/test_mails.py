"""Mails over the API: lists, raw bytes as a download, reading and attributing."""

import pytest
from report_builders import make_mail
from web_world import MAIL, REPORT, Api

from abuse_intake.web import backend
from storage.audit import list_audit
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.values import AuditFilter


def test_mails_are_listed(api: Api) -> None:
    """Newest first, by what became of them."""
    answer = api.get("/mails?disposition=report&limit=2")

    assert [one["id"] for one in answer.json()["items"]] == ["3", "2"]


def test_a_mail_is_found_by_its_reference(api: Api) -> None:
    """What an acknowledgement names, people will ask for."""
    reference = api.get("/mails/1").json()["reference"]

    assert api.get(f"/mails/{reference}").json()["id"] == "1"


def test_raw_bytes_are_a_download_only(api: Api) -> None:
    """Exactly what arrived, under a name of ours, which no browser shows or runs."""
    answer = api.get("/mails/1/raw")

    assert answer.content == REPORT
    fields = ("content-type", "content-disposition", "x-content-type-options", "cache-control")
    assert [answer.headers[name] for name in fields] == [
        "application/octet-stream",
        'attachment; filename="mail-1.eml"',
        "nosniff",
        "no-store",
    ]
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_look_at_raw_bytes_is_noted(api: Api, database: Database) -> None:
    """Who looked, and at which mail."""
    api.get("/mails/1/raw")

    with database.read() as session:
        (line,) = list_audit(session, AuditFilter(object_kind="mail"))
    assert (line.actor, line.via, line.object_id) == ("the analyst", "api", "1")


def test_what_cannot_be_noted_is_not_shown(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """No bytes leave where the audit log cannot be written."""

    def fail(*_: object) -> None:
        raise DatabaseUnavailable("disk full")

    monkeypatch.setattr("abuse_intake.looking.note_action", fail)

    answer = api.get("/mails/1/raw")

    assert answer.status_code == 503
    assert b"Subject" not in answer.content


def test_a_mail_is_read_as_the_command_line_does(api: Api) -> None:
    """Nothing is stored."""
    answer = api.post("/parse", content=REPORT, headers=MAIL)

    assert (answer.json()["disposition"], len(answer.json()["reports"])) == ("report", 1)
    assert len(api.get("/mails").json()["items"]) == 3


@pytest.mark.parametrize("raw", [b"", b"\0\xff", b"Subject: \xed\xa0\x80\r\n\r\n", make_mail(None)])
def test_whatever_is_sent_is_read(api: Api, raw: bytes) -> None:
    """A mail is never wrong input."""
    assert api.post("/parse", content=raw, headers=MAIL).status_code == 200
    assert api.post("/attribute", content=raw, headers=MAIL).status_code == 200


def test_a_mail_is_attributed_with_the_directory_of_now(api: Api) -> None:
    """Each report with its evidence."""
    answer = api.post("/attribute", content=REPORT, headers=MAIL)

    (found,) = answer.json()["attributions"]
    assert found["confidence"] == "unattributed"
    assert "address" in [one["source"] for one in found["evidence"]]


def test_too_many_mails_at_once_are_told_to_wait(api: Api) -> None:
    """Memory is bounded."""
    for _ in range(backend.MAX_READINGS):
        api.backend.readings.acquire()

    answer = api.post("/parse", content=REPORT, headers=MAIL)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
