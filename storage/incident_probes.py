"""Which of the conditions of a filter leaves few incidents: counted by its index, up to a limit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.bulk import is_postgresql
from storage.grams import find_by_grams
from storage.incident_records import INCIDENT
from storage.incident_statements import count_found
from storage.incident_wants import Wanted
from storage.paging import Statement
from storage.planner import by_grams

FEW = 2_000
"""So many incidents are looked at one by one; of what more have, every five hundredth row has it."""
VERY_FEW = 100
"""No need to look for fewer."""


@dataclass(frozen=True, slots=True)
class Few:
    """The only incidents that may match: so many."""

    count: int
    found_by: str | None
    """The condition that finds them."""
    ids: Sequence[int] = ()
    """They themselves, where no condition does."""


def find_few(session: Session, wanted: Wanted, finding: Iterable[str]) -> Few | None:
    """The smallest set of incidents that one of the conditions that find any leaves, if one is small enough."""
    fewest: Few | None = None
    for name in finding:
        found = _probe(session, wanted, name)
        if found is not None and (fewest is None or found.count < fewest.count):
            fewest = found
        if fewest is not None and fewest.count <= VERY_FEW:
            return fewest
    return fewest


def _probe(session: Session, wanted: Wanted, name: str) -> Few | None:
    """Nothing when there are more than few."""
    terms = wanted.terms_of(name)
    if terms:
        ids = _find_by_terms(session, terms)
        return Few(len(ids), None, ids) if len(ids) <= FEW else None
    count = session.scalar(count_found(name), {**wanted.values, "limit": FEW + 1}) or 0
    return Few(count, name) if count <= FEW else None


def _find_by_terms(session: Session, terms: Sequence[str]) -> Sequence[int]:
    if not is_postgresql(session):
        return find_by_grams(session, terms, FEW + 1)
    patterns: dict[str, Any] = {f"term{at}": _pattern(term) for at, term in enumerate(terms)}
    with by_grams(session):
        return session.scalars(_all_like(len(terms)), {**patterns, "limit": FEW + 1}).all()


@lru_cache(maxsize=100)
def _all_like(terms: int) -> Statement:
    like = (INCIDENT.search_text.like(bindparam(f"term{at}"), escape="/") for at in range(terms))
    return select(INCIDENT.id).where(*like).limit(bindparam("limit"))


def _pattern(term: str) -> str:
    """The term anywhere, literally."""
    escaped = term.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{escaped}%"
