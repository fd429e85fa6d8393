"""What analysts ask, with values drawn from the incidents as they are: what many have, and what few have."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_network
from typing import Any

from incident_mix import END
from sqlalchemy.orm import Session

from storage.incidents import find_incident, find_incident_page, incident_cursors
from storage.trends import count_by_day, count_junk, find_rising
from storage.values import CountedKind, IncidentFilter, IncidentOrder, IncidentRecord

LAST = (END - timedelta(days=1)).date()


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a round asks for: an incident that is there, and somebody who reported one."""

    incident: IncidentRecord
    reporter: str
    random: random.Random

    @property
    def words(self) -> str:
        """Two words of its subject."""
        return " ".join(self.random.sample((self.incident.subject or "").split(), 2))

    @property
    def part(self) -> str:
        """A piece of its subject, from anywhere."""
        subject = self.incident.subject or ""
        begin = self.random.randrange(max(1, len(subject) - 10))
        return subject[begin : begin + self.random.randint(6, 12)]

    @property
    def network(self) -> Any:
        """The /24 or the /48 around its address."""
        address = self.incident.ip
        assert address is not None
        return ip_network((address.packed, 24 if address.version == 4 else 48), strict=False)


Query = Callable[[Session, Drawn], object]


def listed(order: IncidentOrder = "newest", /, **of: Callable[[Drawn], Any]) -> Query:
    """A first page by a filter, whose values are drawn."""

    def ask(session: Session, drawn: Drawn) -> object:
        filter = IncidentFilter(**{name: value(drawn) for name, value in of.items()})
        return find_incident_page(session, filter, order)

    return ask


def deep(order: IncidentOrder, /, **of: Callable[[Drawn], Any]) -> Query:
    """A page that begins at an incident from anywhere."""

    def ask(session: Session, drawn: Drawn) -> object:
        filter = IncidentFilter(**{name: value(drawn) for name, value in of.items()})
        one = drawn.incident
        at: Any = {"newest": one.last_seen, "most_reported": one.report_count, "first_seen": one.first_seen}[
            order
        ]
        return find_incident_page(
            session, filter, order, 50, incident_cursors(filter, order).write((at, int(one.id)))
        )

    return ask


def counted(find: Callable[..., object], kind: CountedKind, days: int) -> Query:
    """The top of some days that end anywhere in the year."""

    def ask(session: Session, drawn: Drawn) -> object:
        last = LAST - timedelta(days=drawn.random.randrange(365 - 2 * days))
        return find(session, kind, last - timedelta(days=days - 1), last)

    return ask


def daily(**of: Callable[[Drawn], Any]) -> Query:
    """Thirty days."""

    def ask(session: Session, drawn: Drawn) -> object:
        named = {name: value(drawn) for name, value in of.items()}
        return count_by_day(session, date(2026, 6, 1), date(2026, 6, 30), **named)

    return ask


OF: dict[str, Callable[[Drawn], Any]] = {
    "tenant": lambda one: one.incident.tenant or "tenant-0",
    "address": lambda one: ip_network(str(one.incident.ip)),
    "network": lambda one: one.network,
    "status": lambda one: one.incident.status,
    "confidence": lambda one: one.incident.confidence,
    "feedback_type": lambda one: one.incident.feedback_type or "miscategorized",
    "route": lambda one: one.incident.route,
    "since": lambda one: one.incident.last_seen,
    "until": lambda one: one.incident.first_seen,
    "search": lambda one: one.part,
    "subject": lambda one: one.words,
    "message_id": lambda one: one.incident.message_id,
    "reporter": lambda one: one.reporter,
    "corrected": lambda _: True,
    "emptied": lambda _: True,
}


def _of(*names: str) -> dict[str, Callable[[Drawn], Any]]:
    return {("network" if name == "address" else name): OF[name] for name in names}


PAIRS = (
    ("tenant", "status"), ("tenant", "feedback_type"), ("tenant", "subject"), ("tenant", "search"),
    ("tenant", "until"), ("network", "status"), ("search", "since"), ("status", "confidence"),
    ("since", "until"), ("reporter", "status"),
)  # fmt: skip
ORDERS: tuple[IncidentOrder, ...] = ("newest", "most_reported", "first_seen")
QUERIES: dict[str, Query] = {
    "one incident": lambda session, one: find_incident(session, one.incident.id),
    **{f"by {name}": listed("newest", **_of(name)) for name in OF},
    **{f"by {' + '.join(pair)}": listed("newest", **_of(*pair)) for pair in PAIRS},
    **{f"all, {order}": listed(order) for order in ORDERS},
    **{
        f"by {name}, {order}": listed(order, **_of(name))
        for order in ORDERS[1:]
        for name in ("tenant", "status", "confidence", "network", "search")
    },
    **{f"deep, {order}": deep(order) for order in ORDERS},
    **{f"deep by {name}, newest": deep("newest", **_of(name)) for name in ("tenant", "status", "search")},
    "none: tenant": listed(tenant=lambda _: "nobody"),
    "none: search": listed(search=lambda _: "qzx jkw vvq"),
    "none: subject": listed(subject=lambda _: "zzyzx"),
    "none: reporter": listed(reporter=lambda _: "nobody@isp.example"),
    "none: network": listed(network=lambda _: ip_network("9.9.9.0/24")),
    "none: type": listed(feedback_type=lambda _: "x-nothing"),
    **{f"top {kind}s, 7 days": counted(count_junk, kind, 7) for kind in ("tenant", "network", "subject")},
    **{f"top {kind}s, 30 days": counted(count_junk, kind, 30) for kind in ("tenant", "network", "subject")},
    **{f"rising {kind}s, 7 days": counted(find_rising, kind, 7) for kind in ("tenant", "network", "subject")},
    "days": daily(),
    "days of a tenant": daily(kind=lambda _: "tenant", key=OF["tenant"]),
}
WORST: dict[str, Query] = {
    "worst: two letters that many have": listed(search=lambda _: "ba"),
    "worst: two letters that nobody has": listed(search=lambda _: "qq"),
    "worst: what one of 500 has": listed(reporter=lambda _: "reporter-40@isp.example"),
    "worst: rising tenants, 90 days": counted(find_rising, "tenant", 90),
}
