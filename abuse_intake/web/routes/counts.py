"""Junk counted: what rises, what there is most of, and how it goes from day to day."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from starlette.responses import Response

from abuse_intake import as_json
from abuse_intake.days import MOST_DAYS, Span, find_span, require_near
from abuse_intake.networks import find_counted_network
from abuse_intake.web import models
from abuse_intake.web.answers import answer
from abuse_intake.web.backend import Served
from abuse_intake.web.queries import LimitQuery
from storage.trends import count_by_day, count_junk, find_rising
from storage.values import CountedKind

KINDS: dict[str, CountedKind] = {"tenants": "tenant", "networks": "network", "subjects": "subject"}


CountedNetwork = Annotated[
    str,
    BeforeValidator(find_counted_network),
    WithJsonSchema({"type": "string", "examples": ["192.0.2.0/24", "2001:db8::/48"]}),
]


def _read_day(value: object) -> date:
    """Written as the document says (RFC 3339, full-date): Python would take other forms of ISO 8601 as well."""
    text = str(value)
    try:
        day = require_near(date.fromisoformat(text))
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError("this is no day that can be counted; write 2026-11-02")
    return day


Day = Annotated[
    date,
    BeforeValidator(_read_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-02"]}),
]

router = APIRouter(prefix="/incidents", tags=["counts"])


class SpanQuery(LimitQuery):
    """Which days of UTC."""

    default_days: ClassVar[int]

    days: int | None = Field(
        default=None, ge=1, le=MOST_DAYS, description="the last so many, up to today or `until`"
    )
    since: Day | None = Field(default=None, description="the first day, in the place of `days`")
    until: Day | None = Field(default=None, description="the last day, included; today if none is given")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        self.span(datetime.now(UTC).date())
        return self

    def span(self, today: date) -> Span:
        """The days."""
        return find_span(today, self.days, self.default_days, self.since, self.until)


class TopQuery(SpanQuery):
    """Of which days; seven if none are given."""

    default_days = 7

    most: bool = Field(default=False, description="those with the most reports, not those that rise")


class CountsQuery(SpanQuery):
    """By what, and of which days; thirty if none are given."""

    default_days = 30

    by: Literal["day", "tenant", "network", "subject"] = "day"
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
    first, last = query.span(backend.now().date())
    count = count_junk if query.most else find_rising
    with backend.database.read() as session:
        found = count(session, KINDS[kind], first, last, query.limit)
    return answer(request, _tell(first, last, [as_json.junk_count_as_json(one) for one in found]))


@router.get("/counts", response_model=models.Counts)
def show_counts(request: Request, backend: Served, query: Annotated[CountsQuery, Query()]) -> Response:
    """Count junk by day, all of it or that of one tenant or network; or by tenant, network or subject."""
    first, last = query.span(backend.now().date())
    with backend.database.read() as session:
        if query.by == "day":
            days = count_by_day(session, first, last, kind=query.kind, key=query.key)
            items = [as_json.day_count_as_json(one) for one in days]
        else:
            most = count_junk(session, query.by, first, last, query.limit)
            items = [as_json.junk_count_as_json(one) for one in most]
    return answer(request, _tell(first, last, items))


def _tell(first: date, last: date, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"first": first.isoformat(), "last": last.isoformat(), "items": items}
