"""Reads `tenants.jsonl`: one tenant a line; a wrong line is named with its number and what is wrong."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from abuse_intake.errors import DirectoryError
from storage.values import Allocation, Tenant

KNOWN_FIELDS = frozenset({"id", "name", "domains", "external_ids", "abuse_contact", "allocations"})


def read_directory_file(path: Path) -> Iterator[Tenant]:
    """The tenants of a JSON Lines file, in its order. DirectoryError names the file, the line and the fault."""
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _parse_line(line, f"{path}, line {number}")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise DirectoryError(f"tenants file {path} cannot be read: {reason}") from None


def _parse_line(line: str, where: str) -> Tenant:
    try:
        return parse_tenant(json.loads(line))
    except (ValueError, TypeError, RecursionError) as error:
        raise DirectoryError(f"{where}: {' '.join(str(error).split())[:300]}") from None


def parse_tenant(fields: Any) -> Tenant:
    """One tenant from its JSON object; ValueError says what is wrong."""
    if not isinstance(fields, dict):
        raise ValueError('not a JSON object; a line looks like {"id": "contoso", "name": "Contoso Ltd"}')
    unknown = sorted(fields.keys() - KNOWN_FIELDS)
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}; known are {', '.join(sorted(KNOWN_FIELDS))}")
    identifier = _text(fields, "id")
    if not identifier:
        raise ValueError("field 'id' must be given")
    return Tenant(
        id=identifier,
        name=_text(fields, "name") or identifier,
        domains=_texts(fields, "domains"),
        external_ids=_texts(fields, "external_ids"),
        abuse_contact=_text(fields, "abuse_contact"),
        allocations=tuple(_parse_allocation(allocation) for allocation in _list(fields, "allocations")),
    )


def _parse_allocation(fields: Any) -> Allocation:
    if not isinstance(fields, dict) or "network" not in fields:
        raise ValueError('an allocation looks like {"network": "192.0.2.0/28", "since": null, "until": null}')
    since, until = _parse_time(fields, "since"), _parse_time(fields, "until")
    if since and until and until <= since:
        raise ValueError(f"allocation {fields['network']}: `until` is not after `since`")
    network = _text(fields, "network") or ""
    try:
        return Allocation(ip_network(network), since, until)
    except ValueError as error:
        raise ValueError(f"allocation {network!r}: {error}") from None


def _parse_time(fields: Mapping[str, Any], name: str) -> datetime | None:
    text = _text(fields, name)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} {text!r} is no RFC 3339 time; write 2026-01-01T00:00:00Z") from None


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"field {name!r} must be text")
    return _storable(value, name) if value else None


def _texts(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = _list(fields, name)
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"field {name!r} must be a list of texts")
    return tuple(_storable(value, name) for value in values)


def _storable(value: str, name: str) -> str:
    """The text, if a database can hold it: no control characters, and no halves of a character."""
    if not value.isprintable():
        raise ValueError(f"field {name!r} holds characters that cannot be printed: {value!r}")
    return value


def _list(fields: Mapping[str, Any], name: str) -> list[Any]:
    values = fields.get(name)
    if values is not None and not isinstance(values, list):
        raise ValueError(f"field {name!r} must be a list")
    return values or []
