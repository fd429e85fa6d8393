"""What stands behind the `?` of a route, checked: a name that we do not know is refused, never ignored."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from abuse_intake.networks import parse_address, parse_network
from abuse_intake.orders import ORDERS, Sort
from abuse_intake.times import parse_time
from storage.values import Confidence, IncidentFilter, IncidentOrder, IncidentStatus, IPNetwork, Route

MAX_PAGE = 500


def _parse_address(value: Any) -> IPNetwork:
    try:
        return parse_address(str(value))
    except ValueError:
        raise ValueError("this is no IP address; for a network use cidr") from None


def _parse_network(value: Any) -> IPNetwork:
    try:
        return parse_network(str(value))
    except ValueError:
        raise ValueError("this is no network; write 192.0.2.0/24 or 2001:db8::/32") from None


def _parse_moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("this is no text: give a date, a time (RFC 3339), or an age")
    return parse_time(value, datetime.now(UTC))


def _none_if_empty(text: str | None) -> str | None:
    # FastAPI takes `cursor=` for nothing in some versions, for an empty text in others.
    return text or None


Moment = Annotated[
    datetime,
    BeforeValidator(_parse_moment),
    WithJsonSchema(
        {
            "type": "string",
            "description": "a date, a time (RFC 3339), or an age: 90m, 12h, 7d, 4w",
            "examples": ["7d", "2026-11-02", "2026-11-02T10:00:00Z"],
        }
    ),
]
Address = Annotated[
    IPNetwork,
    BeforeValidator(_parse_address),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "format": "ipv4"}, {"type": "string", "format": "ipv6"}],
            "examples": ["192.0.2.1"],
        }
    ),
]
Cidr = Annotated[
    IPNetwork,
    BeforeValidator(_parse_network),
    WithJsonSchema(
        {
            "type": "string",
            "description": "a network",
            "examples": ["192.0.2.0/24", "2001:db8::/32"],
        }
    ),
]


class Query(BaseModel):
    """Names that are not known are refused: a mistyped filter must not widen what is chosen."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class LimitQuery(Query):
    """How many."""

    limit: int = Field(default=50, ge=1, le=MAX_PAGE, description="at most so many")


class CursorQuery(LimitQuery):
    """How many, and where to begin."""

    cursor: Annotated[str | None, AfterValidator(_none_if_empty)] = Field(
        default=None, description="`next_cursor` of the page before; empty = the first page"
    )


class FilterQuery(Query):
    """Which incidents: all that is given must hold."""

    tenant: str | None = Field(default=None, description="of this tenant", examples=["contoso"])
    ip: Address | None = Field(default=None, description="from this address; or give cidr")
    cidr: Cidr | None = Field(default=None, description="from this network")
    status: IncidentStatus | None = None
    confidence: Confidence | None = None
    type: str | None = Field(
        default=None,
        description="feedback type, else the type of XARF; its spam, phishing and malware are abuse, fraud, virus",
        examples=["abuse"],
    )
    route: Route | None = None
    since: Moment | None = Field(default=None, description="last seen at or after")
    until: Moment | None = Field(default=None, description="first seen before")
    search: str | None = Field(default=None, description="part of subject, Message-ID or From, literally")
    subject: str | None = Field(default=None, description="words that all stand in the subject")
    reporter: str | None = Field(default=None, description="address of somebody who reported it")
    message_id: str | None = Field(default=None, description="the whole Message-ID")
    corrected: bool = Field(default=False, description="only those whose tenant was corrected by hand")
    emptied: bool = Field(default=False, description="only those that lost all their reports")

    @model_validator(mode="after")
    def _one_network(self) -> "FilterQuery":
        if self.ip is not None and self.cidr is not None:
            raise ValueError("ip and cidr exclude each other")
        return self

    def as_filter(self) -> IncidentFilter:
        """As the store takes it."""
        return IncidentFilter(
            tenant=self.tenant,
            network=self.ip or self.cidr,
            status=self.status,
            confidence=self.confidence,
            feedback_type=self.type,
            route=self.route,
            since=self.since,
            until=self.until,
            search=self.search,
            subject=self.subject,
            message_id=self.message_id,
            reporter=self.reporter,
            corrected=self.corrected,
            emptied=self.emptied,
        )


class SortedQuery(FilterQuery):
    """Which incidents, and in which order."""

    sort: Sort = Field(default="newest", description="falling")

    @property
    def order(self) -> IncidentOrder:
        """As the store calls it."""
        return ORDERS[self.sort]


class PageQuery(SortedQuery, CursorQuery):
    """Which incidents, and where to begin."""
