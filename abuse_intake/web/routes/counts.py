"""Junk counted: what rises, what there is most of, and how it goes from day to day."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from starlette.responses import Response

from abuse_intake import as_json
from abuse_intake.networks import find_counted_network
from abuse_intake.web import models
from abuse_intake.web.answers import answer
from abuse_intake.web.backend import Served
from abuse_intake.web.queries import LimitQuery
from storage.trends import count_by_day, count_junk, find_rising
from storage.values import CountedKind

MAX_DAYS = 366
KINDS: dict[str, CountedKind] = {"tenants": "tenant", "networks": "network", "subjects": "subject"}

CountedNetwork = Annotated[
    str,
    BeforeValidator(find_counted_network),
    WithJsonSchema({"type": "string", "examples": ["192.0.2.0/24", "2001:db8::/48"]}),
]

router = APIRouter(prefix="/incidents", tags=["counts"])


class TopQuery(LimitQuery):
    """How many days, up to today."""

    days: int = Field(default=7, ge=1, le=MAX_DAYS)
    most: bool = Field(default=False, description="those with the most reports, not those that rise")


class CountsQuery(LimitQuery):
    """By what, and how many days, up to today."""

    by: Literal["day", "tenant", "network", "subject"] = "day"
    days: int = Field(default=30, ge=1, le=MAX_DAYS)
    tenant: str | None = Field(default=None, description="by day: only this tenant's", examples=["contoso"])
    network: CountedNetwork | None = Field(default=None, description="by day: only from this /24 or /48")

    @model_validator(mode="after")
    def _counts_one(self) -> Self:
        given = (self.tenant is not None) + (self.network is not None)
        if given > 1 or (given and self.by != "day"):
            raise ValueError("count by day for one tenant or one network")
        return self

    @property
    def kind(self) -> CountedKind | None:
        """What the one is that is counted by day; None for all."""
        return "tenant" if self.tenant is not None else "network" if self.network is not None else None

    @property
    def key(self) -> str | None:
        """Which one."""
        return self.network if self.tenant is None else self.tenant


@router.get("/top/{kind}", response_model=models.JunkCounts)
def show_top(
    request: Request,
    backend: Served,
    kind: Literal["tenants", "networks", "subjects"],
    query: Annotated[TopQuery, Query()],
) -> Response:
    """Show what rises against as many days before, or what there is most of. Reports are strangers' word."""
    first, last = _span(backend, query.days)
    count = count_junk if query.most else find_rising
    with backend.database.read() as session:
        found = count(session, KINDS[kind], first, last, query.limit)
    return answer(request, _tell(first, last, [as_json.junk_count_as_json(one) for one in found]))


@router.get("/counts", response_model=models.Counts)
def show_counts(request: Request, backend: Served, query: Annotated[CountsQuery, Query()]) -> Response:
    """Count junk by day, all of it or that of one tenant or network; or by tenant, network or subject."""
    first, last = _span(backend, query.days)
    with backend.database.read() as session:
        if query.by == "day":
            days = count_by_day(session, first, last, kind=query.kind, key=query.key)
            items = [as_json.day_count_as_json(one) for one in days]
        else:
            most = count_junk(session, query.by, first, last, query.limit)
            items = [as_json.junk_count_as_json(one) for one in most]
    return answer(request, _tell(first, last, items))


def _span(backend: Served, days: int) -> tuple[date, date]:
    last = backend.now().date()
    return last - timedelta(days=days - 1), last


def _tell(first: date, last: date, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"first": first.isoformat(), "last": last.isoformat(), "items": items}
