"""How incidents of a filter are found in time, however many there are.

1. What may leave few is counted, up to a limit: if any does, its incidents are looked at one by one.
2. Else rows are read in order, by the index of one condition or of the order alone, and checked for the rest: what
   many incidents have soon fills a page.
3. Newest first and `until` in one: those that began before and went on come first, found by how long they lasted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, text, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.bulk import is_postgresql
from storage.grams import TABLE as GRAMS
from storage.grams import grams_of, match_expression
from storage.incident_filter import Condition, find_conditions, unindexed
from storage.incident_records import INCIDENTS
from storage.models import Incident
from storage.one_of import one_of
from storage.paging import Statement, after
from storage.tallies import LONGEST
from storage.values import IncidentFilter, IncidentOrder

FEW = 2_000
"""So many incidents are looked at one by one; of what more have, every five hundredth row has it."""
VERY_FEW = 100
"""No need to look for fewer."""
SORTED_BY: dict[IncidentOrder, InstrumentedAttribute[Any]] = {
    "newest": Incident.last_seen,
    "most_reported": Incident.report_count,
    "first_seen": Incident.first_seen,
}
FOR_FEW_ROWS = {
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_sort": "off",
}
"""PostgreSQL believes that several checks leave next to nothing, and would read and sort a whole table for a page."""
BY_GRAMS = {"enable_bitmapscan": "on", "enable_indexscan": "off", "enable_indexonlyscan": "off"}
NO_MORE_BY_GRAMS = {"enable_bitmapscan": "off", "enable_indexscan": "on", "enable_indexonlyscan": "on"}

Position = tuple[Any, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a query goes by."""

    order: IncidentOrder
    checks: tuple[ColumnElement[bool], ...]
    by: tuple[ColumnElement[bool], ...] = ()
    """Conditions that an index finds by, in order."""
    few: tuple[int, ...] | None = None
    """The only incidents that may match."""
    until: datetime | None = None
    """Where rows newest first are to begin with what lasted."""


def make_plan(session: Session, filter: IncidentFilter, order: IncidentOrder) -> Plan:
    """Choose, by counting a little."""
    if is_postgresql(session):
        _set(session, FOR_FEW_ROWS)
    all_of = tuple(find_conditions(filter))
    checks = tuple(one.check for one in all_of)
    few = _find_few(session, all_of, order)
    if few is not None:
        return Plan(order, checks, few=few)
    by = next((one.index for one in all_of if order in one.orders and one.index is not None), None)
    return Plan(
        order,
        checks,
        by=tuple(_bounds(filter, order)) + (() if by is None else (by,)),
        until=filter.until if order == "newest" else None,
    )


def find_rows(session: Session, plan: Plan, limit: int, position: Position | None) -> Sequence[Any]:
    """So many rows of `INCIDENTS` that match, in order, after that position."""
    if plan.few is not None:
        return session.execute(_among_few(session, plan, limit, position)).all()
    if plan.until is None:
        return session.execute(_in_order(plan, limit, position)).all()
    rows: list[Any] = []
    if position is None or position[0] >= plan.until:
        ids = session.scalars(_lasting(plan, plan.until, limit, position)).all()
        rows += session.execute(_sorted(INCIDENTS.where(one_of(session, Incident.id, ids)), plan.order)).all()
    if len(rows) < limit:
        before = _in_order(plan, limit - len(rows), position).where(Incident.last_seen < plan.until)
        rows += session.execute(before)
    return rows


def _bounds(filter: IncidentFilter, order: IncidentOrder) -> Iterator[ColumnElement[bool]]:
    """Times that bound the index of the order."""
    if order == "newest" and filter.since is not None:
        yield Incident.last_seen >= filter.since
    if order == "first_seen" and filter.until is not None:
        yield Incident.first_seen < filter.until


def _find_few(session: Session, all_of: Sequence[Condition], order: IncidentOrder) -> tuple[int, ...] | None:
    """The smallest set of incidents that one condition leaves, if any is small enough."""
    fewest: tuple[int, ...] | None = None
    alone = sum(1 for one in all_of if one.index is not None or one.ids is not None or one.terms) == 1
    for one in all_of:
        if alone and order in one.orders:
            return None  # its index has the rows in order, and all of them match
        found = _probe(session, one)
        if found is not None and (fewest is None or len(found) < len(fewest)):
            fewest = found
        if fewest is not None and len(fewest) <= VERY_FEW:
            return fewest
    return fewest


def _probe(session: Session, condition: Condition) -> tuple[int, ...] | None:
    """The incidents that may match a condition; None when they are more than few, or nothing finds them."""
    if condition.terms:
        found = _probe_grams(session, condition.terms)
        return tuple(found) if len(found) <= FEW else None
    wanted = condition.ids
    if wanted is None and condition.index is not None:
        wanted = select(Incident.id).where(condition.index)
    # That there are more is told by the database alone, without handing over what nobody reads.
    if wanted is None or session.execute(wanted.offset(FEW).limit(1)).first() is not None:
        return None
    return tuple(session.scalars(wanted))


def _probe_grams(session: Session, terms: Sequence[str]) -> Sequence[int]:
    if not is_postgresql(session):
        wanted = text(f"SELECT rowid FROM {GRAMS} WHERE {GRAMS} MATCH :grams LIMIT :few")
        found = {"grams": match_expression(grams_of(terms)), "few": FEW + 1}
        return session.scalars(wanted, found).all()
    _set(session, BY_GRAMS)
    like = (Incident.search_text.contains(term, autoescape=True) for term in terms)
    ids = session.scalars(select(Incident.id).where(*like).limit(FEW + 1)).all()
    _set(session, NO_MORE_BY_GRAMS)
    return ids


def _set(session: Session, settings: Mapping[str, str]) -> None:
    """Until the transaction ends."""
    calls = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
    session.execute(text(f"SELECT {calls}"))


def _in_order(plan: Plan, limit: int, position: Position | None) -> Statement:
    keys = (SORTED_BY[plan.order], Incident.id)
    wanted = INCIDENTS.where(*plan.by, *plan.checks).order_by(*(key.desc() for key in keys)).limit(limit)
    return wanted if position is None else wanted.where(after(keys, position))


def _among_few(session: Session, plan: Plan, limit: int, position: Position | None) -> Statement:
    """First the ids of the page, so that only its rows are read whole."""
    ids = _sorted(
        select(Incident.id).where(one_of(session, Incident.id, plan.few or ()), *plan.checks), plan.order
    )
    if position is not None:
        ids = ids.where(after((unindexed(SORTED_BY[plan.order]), unindexed(Incident.id)), position))
    return _sorted(INCIDENTS.where(Incident.id.in_(ids.limit(limit))), plan.order)


def _sorted(wanted: Statement, order: IncidentOrder) -> Statement:
    return wanted.order_by(unindexed(SORTED_BY[order]).desc(), unindexed(Incident.id).desc())


def _lasting(plan: Plan, until: datetime, limit: int, position: Position | None) -> Statement:
    """The ids of those that began before that time, and were seen since: by how long they lasted."""
    parts = []
    for lifetime in (None, *range(1, LONGEST + 1)):
        wanted = select(Incident.id, Incident.last_seen).where(
            Incident.lifetime == lifetime if lifetime else unindexed(Incident.lifetime).is_(None),
            Incident.last_seen >= until,
            *plan.checks,
        )
        if lifetime != LONGEST:
            wanted = wanted.where(Incident.last_seen < until + timedelta(days=4 ** (lifetime or 0)))
        if position is not None:
            wanted = wanted.where(after((Incident.last_seen, Incident.id), position))
        ordered = wanted.order_by(Incident.last_seen.desc(), Incident.id.desc()).limit(limit)
        parts.append(select(ordered.subquery()))
    every = union_all(*parts).subquery()
    return select(every.c.id).order_by(every.c.last_seen.desc(), every.c.id.desc()).limit(limit)
