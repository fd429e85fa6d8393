"""Which of the conditions of a filter leaves few incidents: counted by its index, up to a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from storage.bulk import is_postgresql
from storage.grams import find_by_grams
from storage.incident_filter import Condition
from storage.models import Incident
from storage.one_of import one_of
from storage.planner import by_grams

FEW = 2_000
"""So many incidents are looked at one by one; of what more have, every five hundredth row has it."""
VERY_FEW = 100
"""No need to look for fewer."""


@dataclass(frozen=True, slots=True)
class Few:
    """The only incidents that may match: so many, and how they are found."""

    count: int
    among: ColumnElement[bool]


def find_few(session: Session, conditions: Sequence[Condition]) -> Few | None:
    """The smallest set of incidents that one condition leaves, if any is small enough."""
    fewest: Few | None = None
    for one in conditions:
        found = _probe(session, one)
        if found is not None and (fewest is None or found.count < fewest.count):
            fewest = found
        if fewest is not None and fewest.count <= VERY_FEW:
            return fewest
    return fewest


def _probe(session: Session, condition: Condition) -> Few | None:
    """Nothing when there are more than few, or nothing finds them."""
    if condition.terms:
        found = _find_by_terms(session, condition.terms)
        return Few(len(found), one_of(session, Incident.id, found)) if len(found) <= FEW else None
    if condition.ids is not None:
        return _count(session, condition.ids, Incident.id.in_(condition.ids))
    if condition.index is not None:
        return _count(session, select(Incident.id).where(condition.index), condition.index)
    return None


def _count(session: Session, wanted: Any, among: ColumnElement[bool]) -> Few | None:
    """Counted by the database alone, without handing over what nobody reads."""
    count = session.scalar(select(func.count()).select_from(wanted.limit(FEW + 1).subquery())) or 0
    return Few(count, among) if count <= FEW else None


def _find_by_terms(session: Session, terms: Sequence[str]) -> Sequence[int]:
    if not is_postgresql(session):
        return find_by_grams(session, terms, FEW + 1)
    like = (Incident.search_text.contains(term, autoescape=True) for term in terms)
    with by_grams(session):
        return session.scalars(select(Incident.id).where(*like).limit(FEW + 1)).all()
