"""Pages of mails, of the outbox and of the audit log: together they are the list, and an index leads to each."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from storage_builders import (
    NOW,
    acknowledgement,
    all_are_dead,
    arrival,
    keep_all,
    outcome,
    record,
)

from parsers.values import Disposition
from storage.acknowledgements import claim_due, mark_failed
from storage.audit import find_audit_page, list_audit, note_action
from storage.bulk import is_postgresql
from storage.database import Database, Session
from storage.errors import BadCursor
from storage.mails import find_mail_page, list_mails
from storage.outbox_records import find_acknowledgement_page, list_acknowledgements
from storage.values import Actor, AuditFilter, ObjectKind, OutboxState, Page

HOUR = timedelta(hours=1)
DISPOSITIONS: tuple[Disposition, ...] = ("report", "quarantined", "report")
KINDS: tuple[ObjectKind, ...] = ("incident", "mail", "incident", "token")


@dataclass(frozen=True)
class Listed:
    """A list with its filter: whole, and by the page."""

    whole: Callable[[Session], Iterator[Any]]
    page: Callable[[Session, int, str | None], Page[Any]]
    index: str
    """What leads to a page, in its order."""


def _mails(index: str, disposition: Disposition | None = None, *, is_recent: bool = False) -> Listed:
    since = NOW + HOUR if is_recent else None
    return Listed(
        lambda session: list_mails(session, disposition, since, 0),
        lambda session, limit, cursor: find_mail_page(session, disposition, since, limit, cursor),
        index,
    )


def _outbox(index: str, state: OutboxState | None = None) -> Listed:
    return Listed(
        lambda session: list_acknowledgements(session, state, 0),
        lambda session, limit, cursor: find_acknowledgement_page(session, state, limit, cursor),
        index,
    )


def _audit(index: str, **wanted: Any) -> Listed:
    filter = AuditFilter(**wanted)
    return Listed(
        lambda session: list_audit(session, filter, 0),
        lambda session, limit, cursor: find_audit_page(session, filter, limit, cursor),
        index,
    )


LISTS = {
    "mails": _mails("ix_mails_newest"),
    "mails of a disposition": _mails("ix_mails_disposition", "report"),
    "mails since": _mails("ix_mails_newest", is_recent=True),
    "outbox": _outbox("PRIMARY KEY|pk_acknowledgements"),
    "outbox of a state": _outbox("ix_acknowledgements_state", "waiting"),
    "audit": _audit("ix_audit_log_newest"),
    "audit since": _audit("ix_audit_log_newest", since=NOW + HOUR),
    "audit of an actor": _audit("ix_audit_log_actor", actor="mia"),
    "audit of a kind": _audit("ix_audit_log_kind", object_kind="incident"),
    "audit of an object": _audit("ix_audit_log_object", object_kind="incident", object_id="7"),
    "audit of an id": _audit("", object_id="7"),
}
every_list = pytest.mark.parametrize("listed", LISTS.values(), ids=LISTS)


def _note(session: Session, number: int) -> None:
    actor, kind = Actor("mia" if number % 3 else "leo", "api"), KINDS[number % len(KINDS)]
    note_action(session, actor, "did", kind, ["7", "8"], {}, NOW + number // 5 * HOUR)


def _add(database: Database, first: int, count: int) -> None:
    """So many mails, some read and some answered, and lines of the audit log; several of each at one time."""
    numbers = range(first, first + count)
    ids = keep_all(database, [arrival(one, received_at=NOW + one // 5 * HOUR) for one in numbers])
    record(
        database,
        [
            outcome(id, disposition=DISPOSITIONS[one % 3], acknowledgement=acknowledgement(one))
            for id, one in zip(ids, numbers, strict=True)
            if one % 4
        ],
    )
    with database.begin() as session:
        for one in numbers:
            _note(session, one)


def _fill(database: Database) -> None:
    _add(database, 0, 40)
    with database.begin() as session:
        for one in claim_due(session, "worker", all_are_dead, NOW, HOUR, 9):
            mark_failed(session, one.id, "worker", "no")


def _walk(session: Session, listed: Listed, limit: int, cursor: str | None = None) -> Iterator[list[str]]:
    while True:
        page = listed.page(session, limit, cursor)
        yield [one.id for one in page.records]
        cursor = page.cursor
        if cursor is None:
            return


@every_list
@pytest.mark.parametrize("limit", [1, 3, 1_000])
def test_pages_together_are_the_list(database: Database, listed: Listed, limit: int) -> None:
    """Each row once, in order, and every page but the last is full."""
    _fill(database)

    with database.read() as session:
        whole = [one.id for one in listed.whole(session)]
        pages = list(_walk(session, listed, limit))

    assert len(whole) > 3
    assert [id for page in pages for id in page] == whole
    assert {len(page) for page in pages[:-1]} <= {limit}


@every_list
def test_pages_lead_past_what_is_added_meanwhile(database: Database, listed: Listed) -> None:
    """Rows that are newer than a cursor come neither twice nor in the place of others."""
    _fill(database)
    with database.read() as session:
        whole = [one.id for one in listed.whole(session)]
        first = listed.page(session, 2, None)
    _add(database, 40, 20)

    with database.read() as session:
        following = [id for page in _walk(session, listed, 3, first.cursor) for id in page]
        now = [one.id for one in listed.whole(session)]

    assert [one.id for one in first.records] + following == whole
    assert len(now) > len(whole)


@pytest.mark.parametrize("name", LISTS)
def test_a_cursor_of_another_list_or_filter_is_refused(database: Database, name: str) -> None:
    """It would lead to a place that is none of this list; times may differ, since an age moves on."""
    _fill(database)
    with database.read() as session:
        cursors = {other: listed.page(session, 1, None).cursor for other, listed in LISTS.items()}
    same = {name.removesuffix(" since"), f"{name.removesuffix(' since')} since"}

    for other, cursor in cursors.items():
        with database.read() as session:
            if other in same:
                assert LISTS[name].page(session, 1, cursor).records
            else:
                with pytest.raises(BadCursor, match="without a cursor"):
                    LISTS[name].page(session, 1, cursor)


def _forge(listed: Listed, session: Session, position: str) -> str:
    """A cursor of the list's own, with another position in it."""
    cursor = listed.page(session, 1, None).cursor or ""
    of = cursor[:20]  # the bracket and the fingerprint in quotes are 15 bytes
    return of + urlsafe_b64encode(position.encode()).decode().rstrip("=")


BAD_POSITIONS = (
    "]", ",1]", ",null]", ',"7"]', ",-1]", ",1e9]", ",true]", f",{2**63}]", ",1,2,3]", ',"2026-11-02",1]',
    ',"0001-01-01T00:00:00+23:00",1]', ',"2026-11-02T10:00:00+00:00"]', ',"2026-11-02T10:00:00+00:00",{}]',
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "position"),
    [
        (name, position)
        for name in ("mails", "audit", "outbox")
        for position in BAD_POSITIONS
        if (name, position) != ("outbox", ",1]")
    ],
)
def test_a_position_that_was_not_written_so_is_refused(database: Database, name: str, position: str) -> None:
    """Whoever makes up a cursor is told, and no database is asked with it."""
    _fill(database)

    with database.read() as session:
        forged = _forge(LISTS[name], session, position)
        with pytest.raises(BadCursor):
            LISTS[name].page(session, 1, forged)


@pytest.mark.parametrize("cursor", ["", "x", "W10", "e30", "\0", "\udcff", "é", "[" * 190, "A" * 100_000])
@pytest.mark.parametrize("name", ["mails", "audit", "outbox"])
def test_what_is_no_cursor_is_refused(database: Database, name: str, cursor: str) -> None:
    """Whatever it is."""
    with database.read() as session, pytest.raises(BadCursor):
        LISTS[name].page(session, 1, cursor)


@pytest.mark.parametrize("name", ["\0", "\udc80", "' OR 1=1 --", "%", "x" * 100_000])
def test_pages_of_a_hostile_name_are_empty(database: Database, name: str) -> None:
    """Nobody has it, nothing fails, and a cursor is judged first."""
    _fill(database)
    wanted = AuditFilter(actor=name)

    with database.read() as session:
        assert find_audit_page(session, wanted, 5) == Page((), None)
        with pytest.raises(BadCursor):
            find_audit_page(session, wanted, 5, LISTS["audit"].page(session, 1, None).cursor)


def _explain(database: Database, listed: Listed) -> str:
    """How the database goes about the second page."""
    asked = list[tuple[str, Any]]()
    with database.read() as session:
        cursor = listed.page(session, 1, None).cursor
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        listed.page(session, 1, cursor)
        statement, values = asked[0]
        if is_postgresql(session):
            for way in ("seqscan", "bitmapscan", "sort"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
            session.execute(text("ANALYZE"))
        how = "EXPLAIN" if is_postgresql(session) else "EXPLAIN QUERY PLAN"
        return "\n".join(map(str, connection.exec_driver_sql(f"{how} {statement}", values)))


@pytest.mark.parametrize("listed", [pytest.param(one, id=name) for name, one in LISTS.items() if one.index])
def test_a_page_is_found_by_an_index(database: Database, listed: Listed) -> None:
    """No list is read or sorted as a whole for a page."""
    _fill(database)

    plan = _explain(database, listed)

    assert any(index in plan for index in listed.index.split("|")), plan
    assert not any(word in plan for word in ("Sort", "TEMP B-TREE", "SCAN", "Seq Scan", "Filter")), plan
