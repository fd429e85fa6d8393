"""One tenant as a line of JSON: what `tenants.jsonl` lists, and what the table keeps.

A large directory is read for its look-ups only: `read_entry` takes from a line what these need, quickly, and
leaves every line that it does not understand at once to `parse_tenant`, which says what is wrong with it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any, NamedTuple

import msgspec

from storage.json_lines import read_json
from storage.serialization import to_json
from storage.tenant_fields import EXAMPLE, parse_tenant, parse_time
from storage.values import Allocation, Tenant

EPOCH = datetime.min.replace(tzinfo=UTC)
"""Times are counted from here, so that none is negative."""
BEGINNING, END = 0, 2**63
"""Since and until, where they are unbounded."""
CACHED_TIMES = 4096
_V4 = (AF_INET, {str(length): (length, (1 << 32 - length) - 1) for length in range(33)})
_V6 = (AF_INET6, {str(length): (length, (1 << 128 - length) - 1) for length in range(129)})
"""How addresses are read, and the prefixes with their host bits."""


Stretch = tuple[bytes, int, int, int]
"""A network and the time for which it is held: its address packed, its prefix; since and until in microseconds."""


class Entry(NamedTuple):
    """What look-ups need of a tenant."""

    id: str
    domains: Sequence[str]
    external_ids: Sequence[str]
    stretches: Sequence[Stretch]


class _NotAtOnce(ValueError):  # noqa: N818 - `parse_tenant` says whether it is an error
    """Something is unusual about the line, or wrong with it."""


class _AllocationLine(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    network: str
    since: str | None = None
    until: str | None = None


class _TenantLine(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    id: str
    name: str | None = None
    domains: list[str] | None = None
    external_ids: list[str] | None = None
    abuse_contact: str | None = None
    allocations: list[_AllocationLine] | None = None


class _IdLine(msgspec.Struct):
    id: str


_DECODER = msgspec.json.Decoder(_TenantLine)
_ID_DECODER = msgspec.json.Decoder(_IdLine)
_NOT_UNDERSTOOD = (msgspec.MsgspecError, ValueError, KeyError, OSError, RecursionError)


def read_entry(line: str) -> Entry:
    """What look-ups need of the tenant on this line; ValueError says what is wrong with it."""
    try:
        found = _decode(line)
        stretches = [_read_stretch(allocation) for allocation in found.allocations or ()]
        return Entry(found.id, found.domains or (), found.external_ids or (), stretches)
    except _NOT_UNDERSTOOD:
        return entry_of(read_tenant(line))


def read_tenant(line: str) -> Tenant:
    """The tenant on this line, with all that it lists; ValueError says what is wrong with it."""
    try:
        return parse_tenant(read_json(line, EXAMPLE))
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def read_id(line: bytes) -> str | None:
    """The id alone, for who looks for one tenant only; None where there is none to be read."""
    try:
        return _ID_DECODER.decode(line).id
    except _NOT_UNDERSTOOD:
        return None


def normalise_line(line: str) -> tuple[str, str]:
    """The tenant's id, and the line as it is stored; of lines that `read_entry` has taken only."""
    try:
        found = _decode(line)
        return found.id, msgspec.json.encode(found).decode()
    except _NOT_UNDERSTOOD:
        tenant = read_tenant(line)
        return tenant.id, write_tenant(tenant)


def write_tenant(tenant: Tenant) -> str:
    """The tenant as a line, without its end."""
    return to_json(
        {
            "id": tenant.id,
            "name": tenant.name,
            "domains": tenant.domains,
            "external_ids": tenant.external_ids,
            "abuse_contact": tenant.abuse_contact,
            "allocations": [_allocation_fields(allocation) for allocation in tenant.allocations],
        }
    )


def entry_of(tenant: Tenant) -> Entry:
    """What look-ups need of a tenant."""
    stretches = [_stretch_of(allocation) for allocation in tenant.allocations]
    return Entry(tenant.id, tenant.domains, tenant.external_ids, stretches)


def microseconds(time: datetime) -> int:
    """The time as a number, exactly."""
    since = time - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _decode(line: str) -> _TenantLine:
    found = _DECODER.decode(line)
    texts = (found.id, found.name or "", found.abuse_contact or "")
    if not (
        found.id and all(map(str.isprintable, (*texts, *(found.domains or ()), *(found.external_ids or ()))))
    ):
        raise _NotAtOnce
    return found


def _read_stretch(allocation: _AllocationLine) -> Stretch:
    text, _, prefix = allocation.network.partition("/")
    family, lengths = _V6 if ":" in text else _V4
    length, host_bits = lengths[prefix]
    packed = inet_pton(family, text)
    since = BEGINNING if allocation.since is None else _read_time(allocation.since)
    until = END if allocation.until is None else _read_time(allocation.until)
    if int.from_bytes(packed, "big") & host_bits or until <= since:
        raise _NotAtOnce
    return packed, length, since, until


@lru_cache(CACHED_TIMES)
def _read_time(text: str) -> int:
    time = parse_time(text, "time") if text.isprintable() else None
    if time is None:
        raise _NotAtOnce
    return microseconds(time)


def _stretch_of(allocation: Allocation) -> Stretch:
    network, since, until = allocation.network, allocation.since, allocation.until
    return (
        network.network_address.packed,
        network.prefixlen,
        microseconds(since) if since else BEGINNING,
        microseconds(until) if until else END,
    )


def _allocation_fields(allocation: Allocation) -> dict[str, Any]:
    since, until = (time and time.isoformat() for time in (allocation.since, allocation.until))
    return {"network": str(allocation.network), "since": since, "until": until}
