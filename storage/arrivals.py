"""When a reported message arrived, as far as its report says: then a tenant had the address, and not later."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def find_arrival(fields: Mapping[str, Any], ip: str | None, received_at: datetime) -> datetime | None:
    """The time of the hop that gave the address, else what the report states; never later than the report itself."""
    hops = (fields.get("message") or {}).get("hops") or () if ip else ()
    at = next((hop["at"] for hop in hops if hop["from_ip"] == ip and hop["at"]), None)
    stated = at or fields.get("arrival_date")
    return min(datetime.fromisoformat(stated), received_at) if stated else None
