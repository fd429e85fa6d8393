"""One tenant from its JSON object, checked field by field: ValueError says what is wrong, for a person."""

from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from storage.values import Allocation, IPNetwork, Tenant

KNOWN_FIELDS = frozenset({"id", "name", "domains", "external_ids", "abuse_contact", "allocations"})
EXAMPLE = '{"id": "contoso", "name": "Contoso Ltd"}'
ALLOCATION_FIELDS = frozenset({"network", "since", "until"})


def parse_tenant(fields: Any) -> Tenant:
    """One tenant from its JSON object; ValueError says what is wrong."""
    if not isinstance(fields, dict):
        raise ValueError(f"not a JSON object; a line looks like {EXAMPLE}")
    _refuse_unknown(fields, KNOWN_FIELDS)
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
    _refuse_unknown(fields, ALLOCATION_FIELDS)
    since, until = (parse_time(_text(fields, name), name) for name in ("since", "until"))
    if since and until and until <= since:
        raise ValueError(f"allocation {fields['network']}: `until` is not after `since`")
    network = _text(fields, "network") or ""
    return Allocation(_parse_network(network), since, until)


def _parse_network(text: str) -> IPNetwork:
    try:
        return ip_network(text)
    except ValueError as error:
        fault = str(error)
    try:
        whole = ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"allocation {text!r}: {fault}") from None
    raise ValueError(f"allocation {text!r}: {fault}; write {whole}") from None


def _refuse_unknown(fields: Mapping[str, Any], known: frozenset[str]) -> None:
    """A mistyped `until` would leave a network with a tenant for ever."""
    if unknown := sorted(fields.keys() - known):
        raise ValueError(f"unknown field {unknown[0]!r}; known are {', '.join(sorted(known))}")


def parse_time(text: str | None, name: str) -> datetime | None:
    """A time in UTC, read as RFC 3339 without being pedantic; None and empty are unbounded."""
    if not text:
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
