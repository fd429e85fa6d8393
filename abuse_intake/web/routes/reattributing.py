"""Decides again on stored reports, as `incidents reattribute` does."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import ConfigDict, Field, model_validator

from abuse_intake.reattributing import DecidedBatch, Redecider
from abuse_intake.settling import (
    Homes,
    Tally,
    foresee_batch,
    redecision_as_json,
    store_batch,
    trouble_as_json,
)
from abuse_intake.web.access import Analyst
from abuse_intake.web.answers import Stream
from abuse_intake.web.backend import Backend, Served
from abuse_intake.web.content_types import JSON, JSON_LINES, wants
from abuse_intake.web.decisions import MAX_ID
from abuse_intake.web.queries import FilterQuery
from storage.bulk import chunked
from storage.redecisions import find_incident_ids, require_incident_ids
from storage.values import Actor, IncidentFilter

MAX_INCIDENTS = 1_000
"""Incidents that one call decides on."""
LINES_AT_ONCE = 100
"""Differences in memory at once."""
STREAM = {200: {"content": {JSON_LINES: {"schema": {"type": "string"}}}}}
Id = Annotated[str, Field(pattern=r"^[0-9]+$", max_length=MAX_ID)]

router = APIRouter(prefix="/incidents", tags=["decisions"], dependencies=[wants(JSON)])


class ReattributeBody(FilterQuery):
    """Which incidents, by ids or by filters; without either all of them, so many at a time."""

    model_config = ConfigDict(strict=True)

    ids: list[Id] | None = Field(
        default=None, min_length=1, max_length=MAX_INCIDENTS, examples=[["17", "18"]]
    )
    apply: bool = Field(default=False, description="store what differs; without it nothing is stored")
    after: Id | None = Field(
        default=None, description="`next_after` of the call before, with the same filters"
    )

    @model_validator(mode="after")
    def _ids_or_filters(self) -> Self:
        if self.ids is not None and (self.after is not None or self.as_filter() != IncidentFilter()):
            raise ValueError("give ids or filters, not both")
        return self


@dataclass(frozen=True, slots=True)
class Work:
    """What one call decides on."""

    ids: Sequence[int]
    more: int
    """Incidents that the filters choose beyond these."""
    applies: bool
    actor: Actor


@router.post("/reattribute", status_code=200, response_class=Stream, responses=STREAM)  # type: ignore[arg-type]
def reattribute(backend: Served, caller: Analyst, body: ReattributeBody) -> Stream:
    """Decide again over stored mails: a line a difference, then one that sums up; without it, it was cut off."""
    work = _choose(backend, body, caller.actor)
    redecider = Redecider(backend.database, backend.guard, backend.attributors.find_patient())
    return Stream(backend.redecisions, _decide(backend, redecider, work), JSON_LINES, "reattributed.jsonl")


def _choose(backend: Backend, body: ReattributeBody, actor: Actor) -> Work:
    with backend.database.read() as session:
        if body.ids is not None:
            return Work(require_incident_ids(session, body.ids), 0, body.apply, actor)
        found = find_incident_ids(session, body.as_filter())
    start = bisect_right(found, int(body.after)) if body.after else 0
    chosen = found[start : start + MAX_INCIDENTS]
    return Work(chosen, len(found) - start - len(chosen), body.apply, actor)


def _decide(backend: Backend, redecider: Redecider, work: Work) -> Iterator[bytes]:
    tally = Tally()
    for batch in redecider.decide(work.ids):
        homes = _settle(backend, batch, work)
        tally.add_batch(batch)
        for some in chunked(batch.changed, LINES_AT_ONCE):
            settled = tally.settle(some, homes)
            yield _lines(redecision_as_json(*one, is_stored=work.applies) for one in settled)
        yield _lines(trouble_as_json(one) for one in batch.troubles)
    last = str(work.ids[-1]) if work.more else None
    yield _lines([{"summary": {**tally.as_json(), "more_incidents": work.more, "next_after": last}}])


def _settle(backend: Backend, batch: DecidedBatch, work: Work) -> Homes:
    if work.applies:
        return store_batch(backend.database, batch, work.actor, backend.now())
    return foresee_batch(backend.database, batch)


def _lines(bodies: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(body).encode() + b"\n" for body in bodies)
