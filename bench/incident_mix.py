"""A year of incidents as a provider may have them: a million of 3,000 tenants, with their reports, made in minutes.

Few tenants, reporters and campaigns have most of the incidents; what is old is mostly done with; subjects are those
of campaigns, with numbers of their own, or nobody else's. The same seed makes the same incidents.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from ipaddress import ip_address
from itertools import accumulate
from typing import Any

from storage.columns import sortable_address, text_hash
from storage.tallies import bare_message_id, counts_as_junk, lifetime_class, search_text

END = datetime(2026, 11, 30, tzinfo=UTC)
YEAR = timedelta(days=365)
TENANTS, REPORTERS, CAMPAIGNS, WORDS = 3_000, 50_000, 5_000, 20_000
SYLLABLES = "ba co di fe gu ha je ki lo mu na pe qui ro sa te vo wi xy zu ar en il os um".split()
CONFIDENCES = {"proven": 40, "corroborated": 25, "stated": 20, "unattributed": 15}
TYPES = {
    "abuse": 8_000,
    "fraud": 800,
    "not-spam": 400,
    "other": 300,
    None: 250,
    "virus": 200,
    "miscategorized": 1,
}
FRESH = {"new": 70, "open": 20, "confirmed": 6, "dismissed": 2, "resolved": 2}
OLD = {"new": 4, "open": 3, "confirmed": 13, "dismissed": 20, "resolved": 60}
HOURS = {0.1: 40, 1: 20, 5: 20, 20: 8, 48: 7, 150: 3, 500: 1.5, 2_000: 0.5}
"""How long reports of an incident come for."""
EVIDENCE = json.dumps(
    [
        {
            "source": "dkim",
            "value": "t.example",
            "tenant": "t",
            "verified": True,
            "detail": "d=t.example s=s1",
        },
        {
            "source": "address",
            "value": "192.0.2.1",
            "tenant": "t",
            "verified": False,
            "detail": "192.0.2.0/28",
        },
    ]
)

Row = dict[str, Any]


class IncidentMix:
    """Batches of rows: incidents, and their reports."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.count = count
        self.random = random.Random(seed)
        self._report = 0

    def batches(self, size: int = 5_000) -> Iterator[tuple[list[Row], list[Row]]]:
        """All of them, the earliest first, as they would have come."""
        for first in range(1, self.count + 1, size):
            numbers = range(first, min(first + size, self.count + 1))
            incidents = list(self._incidents(numbers))
            yield incidents, [report for one in incidents for report in self._reports_of(one)]

    def _incidents(self, numbers: range) -> Iterator[Row]:
        many = len(numbers)
        drawn = zip(
            numbers,
            self._skewed(TENANTS, many),
            self._weighted(CONFIDENCES, many),
            self._weighted(TYPES, many),
            self._weighted(HOURS, many),
            strict=True,
        )
        for number, tenant, confidence, kind, hours in drawn:
            yield self._incident(number, tenant, confidence, kind, hours)

    def _incident(self, number: int, owner: int, confidence: str, kind: str | None, hours: float) -> Row:
        pick = self.random.random
        first = END - YEAR * (1 - number / self.count) - timedelta(seconds=pick() * 3_600)
        last = min(first + timedelta(hours=hours * pick() * 2), END)
        tenant = None if confidence == "unattributed" else f"tenant-{owner}"
        address = ip_address(self._address(owner if tenant else self.random.randrange(60_000)))
        reports = 0 if pick() < 0.001 else min(500, int(1 / (1 - pick()) ** 0.5))
        message_id = f"<{number:x}.{self.random.getrandbits(48):x}@mail{owner % 7}.example>"
        subject, sender = self._subject(number), f"{self.words[owner]}@tenant-{owner}.example"
        status = self._weighted(FRESH if END - last < timedelta(days=4) else OLD, 1)[0]
        corrected = tenant is not None and pick() < 0.002
        order = f"0 0 {first.isoformat()} {number:019d} 000000000"
        return {
            "id": number,
            "key_sha256": sha256(b"%d" % number).hexdigest(),
            "tenant": tenant,
            "attributed_tenant": tenant,
            "corrected_at": last if corrected else None,
            "corrected_by": "analyst" if corrected else None,
            "corrected_tenant": tenant if corrected else None,
            "correction_note": None,
            "ip": str(address),
            "ip_sortable": sortable_address(address),
            "confidence": confidence,
            "reason": None if tenant else "no_tenant_named",
            "route": "elsewhere" if pick() < (0.02 if tenant else 0.4) else "ours",
            "feedback_type": kind,
            "feedback_type_hash": text_hash(kind),
            "status": status,
            "subject": subject,
            "message_id": message_id,
            "message_id_hash": text_hash(bare_message_id(message_id)),
            "from_address": sender,
            "search_text": search_text(subject, message_id, sender),
            "evidence": EVIDENCE,  # as text: these rows go past SQLAlchemy's types
            "has_junk": counts_as_junk(kind),
            "report_count": reports,
            "reporter_count": reports,
            "authenticated_reporter_count": 0,
            "first_seen": first,
            "last_seen": last,
            "lifetime": lifetime_class(first, last),
            "shown_order": order,
            "type_order": order,
        }

    def _reports_of(self, incident: Row) -> Iterator[Row]:
        for reporter in self._skewed(REPORTERS, incident["report_count"]):
            self._report += 1
            yield {
                "id": self._report,
                "mail_id": 1,
                "position": self._report,
                "incident_id": incident["id"],
                "reporter": f"reporter-{reporter}@isp.example",
                "reporter_hash": text_hash(f"reporter-{reporter}@isp.example"),
                "reporter_authenticated": False,
                "received_at": incident["first_seen"],
                "is_junk": incident["has_junk"],
                "message_key": "",
                **{name: incident[name] for name in ("tenant", "ip", "confidence", "reason", "route")},
                "confidence_rank": 0,
                "evidence": "[]",
                "fields": "{}",
            }

    def _subject(self, number: int) -> str:
        if self.random.random() < 0.25:
            return " ".join(self.words[at] for at in self._skewed(WORDS, self.random.randint(3, 7)))
        # Campaigns come and go: at any time some hundreds of them are about, and few bring most of it.
        now = (number - 1) * CAMPAIGNS // self.count
        campaign = max(0, now - self._skewed(400, 1)[0] * (1 + now % 7))
        return f"{self.campaigns[campaign]} {self.random.randrange(100_000)}"

    def _address(self, owner: int) -> str:
        host = self.random.randint(1, 254)
        if owner % 20 == 0:
            return f"2001:db8:{owner:x}::{host:x}"
        return f"{20 + owner % 180}.{owner // 180 % 250}.{self.random.randrange(1 + owner % 3)}.{host}"

    def _skewed(self, size: int, many: int) -> list[int]:
        """Numbers below the size: each half as often as the one of half the number."""
        return self.random.choices(range(size), cum_weights=self._weights[size], k=many) if many else []

    def _weighted(self, weights: Mapping[Any, float], many: int) -> list[Any]:
        return self.random.choices(tuple(weights), tuple(weights.values()), k=many)

    @cached_property
    def _weights(self) -> dict[int, Sequence[float]]:
        sizes = (TENANTS, REPORTERS, WORDS, 400)
        return {size: list(accumulate(1 / (1 + place) for place in range(size))) for size in sizes}

    @cached_property
    def words(self) -> list[str]:
        """What subjects are made of."""
        words = random.Random(2)
        return ["".join(words.choices(SYLLABLES, k=words.randint(2, 4))).capitalize() for _ in range(WORDS)]

    @cached_property
    def campaigns(self) -> list[str]:
        """What subjects of many incidents begin with."""
        words = random.Random(3)
        return [" ".join(words.choices(self.words, k=words.randint(2, 6))) for _ in range(CAMPAIGNS)]
