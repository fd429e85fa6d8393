"""The audit log: what is written, how it is listed, and that nobody can change it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from storage_builders import NOW, ON_POSTGRESQL, keep, outcome, record, report

from storage import audit
from storage.audit import list_audit, note_action
from storage.database import Database
from storage.decisions import Decision, decide
from storage.errors import DatabaseUnavailable
from storage.incidents import find_incident, incident_history
from storage.values import Actor, AuditFilter, AuditRecord, ObjectKind

MIA = Actor("mia", "terminal")


def _note(
    database: Database,
    *ids: str | None,
    actor: Actor = MIA,
    kind: ObjectKind = "mail",
    at: datetime = NOW,
) -> None:
    with database.begin() as session:
        note_action(session, actor, "looked at", kind, ids, {}, at)


def _list(database: Database, limit: int = 50, **options: object) -> list[AuditRecord]:
    with database.read() as session:
        return list(list_audit(session, AuditFilter(**options), limit))  # type: ignore[arg-type]


def _dismiss(database: Database, *, fails_after: bool = False) -> None:
    with database.begin() as session:
        decide(session, ["1"], Decision(status="dismissed"), MIA, NOW)
        if fails_after:
            raise ZeroDivisionError


def _note_as(database: Database, role: str) -> None:
    with database.begin() as session:
        session.execute(text(f"SET LOCAL ROLE {role}"))
        note_action(session, MIA, "looked at", "mail", ["1"], {}, NOW)


def test_a_line_tells_who_did_what_to_what(database: Database) -> None:
    """With when, through what, and the details."""
    with database.begin() as session:
        note_action(session, MIA, "decided", "incident", ["7"], {"note": "é\u202e"}, NOW)

    assert _list(database) == [
        AuditRecord("1", NOW, "mia", "terminal", "decided", "incident", "7", {"note": "é\u202e"})
    ]


def test_lines_are_chosen_and_the_newest_come_first(database: Database) -> None:
    """By who, by the kind of object and the object, and by when."""
    _note(database, "1", "2")
    _note(database, "1", actor=Actor("leo", "api"), kind="incident", at=NOW + timedelta(hours=1))
    _note(database, None, kind="tenants", at=NOW + timedelta(hours=2))

    assert [one.id for one in _list(database)] == ["4", "3", "2", "1"]
    assert [one.id for one in _list(database, limit=1)] == ["4"]
    assert [one.id for one in _list(database, actor="leo")] == ["3"]
    assert [one.id for one in _list(database, object_kind="mail")] == ["2", "1"]
    assert [one.id for one in _list(database, object_kind="mail", object_id="1")] == ["1"]
    assert [one.id for one in _list(database, since=NOW + timedelta(hours=1))] == ["4", "3"]


def test_the_newest_is_what_was_done_last(database: Database) -> None:
    """Though a slow transaction wrote its line after that of a later deed."""
    _note(database, "1", at=NOW + timedelta(hours=1))
    _note(database, "2")

    assert [one.object_id for one in _list(database)] == ["1", "2"]


@pytest.mark.parametrize("name", ["\0", "\udc80", "' OR 1=1 --", "%", "x" * 100_000])
def test_a_hostile_name_is_taken_literally(database: Database, name: str) -> None:
    """Nobody has it, and nothing fails."""
    _note(database, "1")

    assert (_list(database, actor=name), _list(database, object_id=name)) == ([], [])


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "DELETE FROM audit_log WHERE id = 1"],
)
def test_the_database_itself_refuses_to_change_a_line(database: Database, change: str) -> None:
    """Whoever speaks to it past this program can neither alter a line nor remove one."""
    _note(database, "1")

    with pytest.raises((DBAPIError, DatabaseUnavailable), match="append-only"), database.begin() as session:
        session.execute(text(change))

    assert [one.actor for one in _list(database)] == ["mia"]


@ON_POSTGRESQL
def test_postgresql_refuses_to_empty_the_log_at_once(database: Database) -> None:
    """TRUNCATE fires no trigger of rows."""
    _note(database, "1")

    with pytest.raises((DBAPIError, DatabaseUnavailable), match="append-only"), database.begin() as session:
        session.execute(text("TRUNCATE audit_log"))

    assert len(_list(database)) == 1


def test_a_fault_after_the_change_leaves_neither_the_change_nor_its_line(database: Database) -> None:
    """Both stand in one transaction, with the history."""
    (mail,) = keep(database)
    record(database, [outcome(mail, report())])

    with pytest.raises(ZeroDivisionError):
        _dismiss(database, fails_after=True)

    with database.read() as session:
        assert find_incident(session, "1").status == "new"
        assert [entry.action for entry in incident_history(session, "1")] == ["created"]
    assert _list(database) == []


def test_a_line_that_cannot_be_written_undoes_the_change(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is decided without being logged."""
    (mail,) = keep(database)
    record(database, [outcome(mail, report())])

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(audit, "insert_rows", fail)
    with pytest.raises(ZeroDivisionError):
        _dismiss(database)

    with database.read() as session:
        assert find_incident(session, "1").status == "new"


@ON_POSTGRESQL
def test_a_user_who_may_not_write_is_told_so(database: Database) -> None:
    """PostgreSQL's refusal is an answer for a person, not a fault of the program."""
    with database.begin() as session:
        session.execute(text("DROP ROLE IF EXISTS looks_only"))
        session.execute(text("CREATE ROLE looks_only"))

    with pytest.raises(DatabaseUnavailable, match="permission denied"):
        _note_as(database, "looks_only")
