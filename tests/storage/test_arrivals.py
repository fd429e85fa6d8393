"""When a reported message arrived, as its report says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storage.arrivals import find_arrival

RECEIVED = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOP = {"from_ip": "192.0.2.1", "at": "2026-11-02T09:59:00+00:00"}
STATED = {"arrival_date": "2026-11-01T08:00:00+00:00"}


def _message(*hops: dict[str, Any]) -> dict[str, Any]:
    return {"message": {"hops": list(hops)}}


@pytest.mark.parametrize(
    ("fields", "origin", "arrived"),
    [
        (_message({"from_ip": "192.0.2.9", "at": "2026-11-02T10:00:00+00:00"}, HOP), "192.0.2.1", "2026-11-02T09:59"),
        (_message(HOP) | STATED, "192.0.2.1", "2026-11-02T09:59"),
        (_message({**HOP, "at": None}) | STATED, "192.0.2.1", "2026-11-01T08:00"),
        (_message(HOP) | STATED, "192.0.2.7", "2026-11-01T08:00"),
        ({"message": None} | STATED, None, "2026-11-01T08:00"),
        (_message({"from_ip": None, "at": "2026-11-02T09:59:00+00:00"}), None, None),
        (_message({**HOP, "at": "2031-01-01T00:00:00+00:00"}), "192.0.2.1", "2026-11-02T12:00"),
        ({}, "192.0.2.1", None),
    ],
    ids=["hop", "hop and field", "no time", "another address", "no message", "no origin", "later", "nothing"],
)  # fmt: skip
def test_the_hop_that_gave_the_origin_tells_when(
    fields: dict[str, Any], origin: str | None, arrived: str | None
) -> None:
    """Else what the report states; nothing arrives after its report."""
    at = find_arrival(fields | {"origin_ip": origin}, RECEIVED)

    assert (at and at.strftime("%Y-%m-%dT%H:%M")) == arrived
