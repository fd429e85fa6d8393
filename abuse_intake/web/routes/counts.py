"""Junk counted: what rises, what there is most of, and how it goes from day to day."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from abuse_intake import as_json
from abuse_intake.web import models
from abuse_intake.web.answers import answer
from abuse_intake.web.backend import Served
from abuse_intake.web.queries import LimitQuery
from storage.trends import count_by_day, count_junk, find_rising
from storage.values import CountedKind

MAX_DAYS = 366
KINDS: dict[str, CountedKind] = {"tenants": "tenant", "networks": "network", "subjects": "subject"}

router = APIRouter(prefix="/incidents", tags=["counts"])


class TopQuery(LimitQuery):
    """How many days, up to today."""

    days: int = Field(default=7, ge=1, le=MAX_DAYS)
    most: bool = Field(default=False, description="those with the most reports, not those that rise")


class CountsQuery(LimitQuery):
    """By what, and how many days, up to today."""

    by: Literal["day", "tenant", "network"] = "day"
    days: int = Field(default=30, ge=1, le=MAX_DAYS)


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
    """Count junk by day, by tenant or by network."""
    first, last = _span(backend, query.days)
    with backend.database.read() as session:
        if query.by == "day":
            days = count_by_day(session, first, last)
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
