"""Look-ups in the directory's arrays say what a plain list of all allocations says."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abuse_intake.attribution import records
from abuse_intake.attribution.directory import Directory
from abuse_intake.errors import DirectoryError
from parsers.values import IPAddress
from storage.values import Allocation, IPNetwork, Tenant

TENANTS = ("contoso", "fabrikam", "northwind")
MIDNIGHT = datetime(2026, 11, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
BITS = {4: (31, 24, 9, 8, 7, 1, 0), 6: (127, 96, 66, 65, 64, 63, 62, 1, 0)}
"""Bits of an address that are set or not: on both sides of where its halves meet, and at its ends."""
LENGTHS = {4: (0, 1, 8, 22, 23, 24, 30, 31, 32), 6: (0, 1, 32, 62, 63, 64, 65, 66, 126, 127, 128)}

moments = st.integers(-3, 3).map(lambda number: MIDNIGHT + number * MICROSECOND)
versions = st.sampled_from((4, 6))


def numbers(version: int) -> st.SearchStrategy[int]:
    """Addresses that lie close to each other, and far."""
    return st.sets(st.sampled_from(BITS[version])).map(lambda bits: sum(1 << bit for bit in bits))


@st.composite
def addresses(draw: st.DrawFn) -> IPAddress:
    version = draw(versions)
    number = draw(numbers(version))
    return ip_address(number.to_bytes(4 if version == 4 else 16, "big"))


@st.composite
def allocations(draw: st.DrawFn) -> Allocation:
    version = draw(versions)
    length = draw(st.sampled_from(LENGTHS[version]))
    make = IPv4Network if version == 4 else IPv6Network
    network = make((draw(numbers(version)), length), strict=False)
    bounds = sorted(draw(st.sets(moments, min_size=2, max_size=2)))
    since, until = (draw(st.sampled_from((bound, None))) for bound in bounds)
    return Allocation(network, since, until)


held = st.lists(st.tuples(st.sampled_from(TENANTS), allocations()), max_size=60)


def _time_of(allocation: Allocation) -> tuple[datetime, datetime]:
    return allocation.since or ALWAYS[0], allocation.until or ALWAYS[1]


def _is_double(held: list[tuple[str, Allocation]]) -> bool:
    """Whether two tenants hold one network at one time."""
    return any(
        one != other
        and mine.network == theirs.network
        and _time_of(mine)[0] < _time_of(theirs)[1]
        and _time_of(theirs)[0] < _time_of(mine)[1]
        for (one, mine), (other, theirs) in combinations(held, 2)
    )


def _without_doubles(held: Iterable[tuple[str, Allocation]]) -> list[tuple[str, Allocation]]:
    kept: list[tuple[str, Allocation]] = []
    for one in held:
        if not _is_double([*kept, one]):
            kept.append(one)
    return kept


def _make_directory(held: list[tuple[str, Allocation]]) -> Directory:
    return Directory(
        Tenant(id, id, allocations=tuple(allocation for holder, allocation in held if holder == id))
        for id in TENANTS
    )


def _find_slowly(
    held: list[tuple[str, Allocation]], ip: IPAddress, at: datetime
) -> tuple[str, IPNetwork] | None:
    found = [
        (allocation.network.prefixlen, tenant, allocation.network)
        for tenant, allocation in held
        if ip in allocation.network and _time_of(allocation)[0] <= at < _time_of(allocation)[1]
    ]
    return max(found, key=lambda one: one[0])[1:] if found else None


@pytest.fixture(autouse=True, scope="module")
def _small_blocks() -> Iterable[None]:
    """So few records are sorted at once that a small directory needs many blocks."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(records, "BLOCK", 8)
        patched.setattr(records, "SAMPLES", 4)
        yield


@given(held.map(_without_doubles), st.lists(st.tuples(addresses(), moments), min_size=1, max_size=20))
def test_the_arrays_find_what_a_plain_list_finds(
    held: list[tuple[str, Allocation]], asked: list[tuple[IPAddress, datetime]]
) -> None:
    """Holder and network, for nested networks of both versions, to the microsecond."""
    directory = _make_directory(held)

    for ip, at in asked:
        found = directory.find_holding(ip, at)
        assert (found and (found.tenant, found.network)) == _find_slowly(held, ip, at)
        assert directory.was_ever_held(ip) == any(ip in allocation.network for _, allocation in held)
        if found:
            assert (found.since or ALWAYS[0]) <= at < (found.until or ALWAYS[1])


@given(held)
def test_double_holdings_are_found_wherever_they_stand(held: list[tuple[str, Allocation]]) -> None:
    """A directory is refused exactly where two tenants hold one network at one time."""
    try:
        _make_directory(held)
        is_refused = False
    except DirectoryError:
        is_refused = True

    assert is_refused == _is_double(held)


def test_the_time_of_a_holding_is_as_listed() -> None:
    """A holding tells since when and until when, to the microsecond, and what is unbounded."""
    network = IPv6Network("2001:db8::1/128")
    until = MIDNIGHT + MICROSECOND
    directory = Directory(
        [
            Tenant("contoso", "contoso", allocations=(Allocation(network, None, MIDNIGHT),)),
            Tenant("fabrikam", "fabrikam", allocations=(Allocation(network, MIDNIGHT, until),)),
        ]
    )

    found = [directory.find_holding(network[0], at) for at in (MIDNIGHT - MICROSECOND, MIDNIGHT, until)]

    assert [one and (one.tenant, one.network, one.since, one.until) for one in found] == [
        ("contoso", network, None, MIDNIGHT),
        ("fabrikam", network, MIDNIGHT, until),
        None,
    ]


def test_a_short_stretch_within_a_long_one_ends_nothing() -> None:
    """A tenant that lists a network for a year, and for a day of it, holds it on the day after."""
    network = IPv4Network("192.0.2.0/24")
    year = Allocation(network, MIDNIGHT, MIDNIGHT + timedelta(days=365))
    day = Allocation(network, MIDNIGHT + timedelta(days=1), MIDNIGHT + timedelta(days=2))
    directory = Directory([Tenant("contoso", "contoso", allocations=(day, year))])

    found = [
        directory.find_holding(network[7], MIDNIGHT + timedelta(days=days)) for days in (0, 1, 3, 364, 365)
    ]

    assert [one and one.tenant for one in found] == [*["contoso"] * 4, None]


@pytest.mark.parametrize("count", [1, 15, 16, 17, 40])
def test_each_of_many_networks_in_one_64_is_found(count: int) -> None:
    """However many addresses of one /64 are listed, beside those of its neighbours."""
    firsts = [0x20010DB8 << 96 | net << 64 | 5 * place for net in (1, 2, 3) for place in range(count)]
    directory = Directory(
        Tenant(str(first), "", allocations=(Allocation(IPv6Network((first, 128))),)) for first in firsts
    )

    found = [directory.find_holding(IPv6Address(first), MIDNIGHT) for first in firsts]

    assert [one and one.tenant for one in found] == [str(first) for first in firsts]
    assert not any(directory.was_ever_held(IPv6Address(first + 1)) for first in firsts)


def test_before_its_first_stretch_a_network_is_nobodys() -> None:
    """A network that was handed over is not taken for the one listed before it, at a time before both its holders."""
    neighbour, network = IPv4Network("192.0.2.0/28"), IPv4Network("192.0.2.16/28")
    hand_over = MIDNIGHT + timedelta(days=1)
    directory = Directory(
        [
            Tenant("contoso", "contoso", allocations=(Allocation(neighbour),)),
            Tenant("fabrikam", "fabrikam", allocations=(Allocation(network, MIDNIGHT, hand_over),)),
            Tenant("northwind", "northwind", allocations=(Allocation(network, hand_over),)),
        ]
    )

    found = [directory.find_holding(network[3], at) for at in (MIDNIGHT - MICROSECOND, MIDNIGHT, hand_over)]

    assert [one and one.tenant for one in found] == [None, "fabrikam", "northwind"]
