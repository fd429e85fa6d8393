"""Points in time as people give them, to commands and to the API alike."""

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"([0-9]{1,9})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_time(text: str, now: datetime) -> datetime:
    """RFC 3339, a date, or an age such as 90m, 12h, 7d, 4w; without an offset it is UTC. ValueError for all else."""
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no time; write 2026-11-02, 2026-11-02T10:00:00Z, or an age such as 7d"
        ) from None
