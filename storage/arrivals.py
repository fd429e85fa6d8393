"""When a reported message arrived, as far as its report says: then a tenant had the address, and not later."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def find_arrival(fields: Mapping[str, Any], received_at: datetime) -> datetime | None:
    """The time of the hop that gave the origin, else what the report states; never later than the report itself.

    Attribution asks the directory as of the same time, or as of the report where there is none.
    """
    origin = fields.get("origin_ip")
    hops = (fields.get("message") or {}).get("hops") or () if origin else ()
    at = next((hop["at"] for hop in hops if hop["from_ip"] == origin and hop["at"]), None)
    stated = at or fields.get("arrival_date")
    return min(datetime.fromisoformat(stated), received_at) if stated else None
