"""The directory in memory: which tenant held an address at a time, and which owns a domain."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import NamedTuple

from abuse_intake.attribution.doubtful import MOST, Warnings, doubt_domain, doubt_network, is_name
from abuse_intake.attribution.holdings import Collector, Holdings, Overlap
from abuse_intake.errors import DirectoryConflictError
from parsers.addresses import list_never_public
from parsers.values import IPAddress
from storage.tenant_lines import BEGINNING, END, EPOCH, Entry, entry_of, microseconds
from storage.values import IPNetwork, Tenant

_SIZES = {4: 4, 6: 16}
"""Bytes of an address."""


class Holding(NamedTuple):
    """A network that one tenant holds from `since` (inclusive) until `until` (exclusive); None = unbounded."""

    tenant: str
    holdings: Holdings
    place: int

    @property
    def network(self) -> IPNetwork:
        """The network; to make it takes as long as to find it."""
        return self.holdings.network(self.place)

    @property
    def since(self) -> datetime | None:
        """The first moment."""
        return _time_of(self.holdings.stored(self.place).since)

    @property
    def until(self) -> datetime | None:
        """The first moment that is its no more."""
        return _time_of(self.holdings.stored(self.place).until)


class Owner(NamedTuple):
    """Whose a listed name is: `name` as listed; `tenant` is None when two tenants list it."""

    name: str
    tenant: str | None


class Directory:
    """All tenants, indexed for look-ups by address and time, and by domain.

    Nested networks of different tenants are normal: the longest prefix *valid at that time* wins. The same
    network held by two tenants at one time raises DirectoryConflictError; a domain of two tenants names nobody.
    Only what look-ups need is kept: names and contacts stay where they are listed.
    """

    def __init__(self, tenants: Iterable[Tenant] = ()) -> None:
        self._warnings = Warnings()
        self._ids: list[str] = []
        self._known: set[str] = set()
        self._domains: dict[str, str | None] = {}
        self._external_ids: dict[str, str | None] = {}
        self._holdings: dict[int, Holdings] = {}
        self._fill(map(entry_of, tenants), lambda: None)

    @classmethod
    def of_entries(cls, entries: Iterable[Entry], rest: Callable[[], None] = lambda: None) -> "Directory":
        """The directory of a large list; `rest` is called every few milliseconds, so that others get their turn."""
        directory = cls()
        directory._fill(entries, rest)
        return directory

    @property
    def warnings(self) -> list[str]:
        """What is doubtful about it, each in a sentence."""
        return self._warnings.listed()

    @property
    def tenant_count(self) -> int:
        """How many tenants are listed."""
        return len(self._ids)

    def find_holding(self, ip: IPAddress, at: datetime) -> Holding | None:
        """The allocation that covered `ip` at `at`, with the longest prefix; those that overlap count as one."""
        holdings = self._holdings[ip.version]
        found = holdings.find(int(ip), microseconds(at))
        return None if found is None else Holding(self._ids[found[1]], holdings, found[0])

    def find_nearest_holding(self, ip: IPAddress, at: datetime) -> Holding | None:
        """For an address that nobody held at `at`: the allocation before or after that is nearest in time."""
        holdings = self._holdings[ip.version]
        found = holdings.find_nearest(int(ip), microseconds(at))
        return None if found is None else Holding(self._ids[found[1]], holdings, found[0])

    def find_held_in(self, network: IPNetwork, at: datetime) -> Iterator[Holding]:
        """The allocations that take addresses of this network at that time: those around it, and those inside."""
        then, holdings = microseconds(at), self._holdings[network.version]
        for place in chain(holdings.places_around(network), holdings.places_inside(network)):
            stored = holdings.stored(place)
            if stored.since <= then < stored.until:
                yield Holding(self._ids[stored.tenant], holdings, place)

    def was_ever_held(self, ip: IPAddress) -> bool:
        """Whether any tenant held `ip` at any time."""
        return self._holdings[ip.version].covers(int(ip))

    def find_domain_owner(self, domain: str | None) -> Owner | None:
        """Who lists `domain` or the nearest domain above it."""
        name = (domain or "").lower().rstrip(".")
        while name:
            if name in self._domains:
                return Owner(name, self._domains[name])
            name = name.partition(".")[2]
        return None

    def find_external_owner(self, external_id: str) -> Owner | None:
        """Who is known by this id in other systems, in any case."""
        key = external_id.strip().casefold()
        return Owner(external_id, self._external_ids[key]) if key in self._external_ids else None

    def knows_tenant(self, id: str) -> bool:
        """Whether a tenant of that id is listed."""
        return id in self._known

    def _fill(self, entries: Iterable[Entry], rest: Callable[[], None]) -> None:
        collectors = {version: Collector(version) for version in _SIZES}
        for entry in entries:
            self._add(entry, collectors)
            rest()
        for version, collector in collectors.items():
            try:
                self._holdings[version] = collector.finish(rest)
            except Overlap as overlap:
                raise self._explain(overlap) from None
        self._doubt_networks()

    def _doubt_networks(self) -> None:
        """Networks that are not public; a large directory that has many is not looked through."""
        for network in list_never_public():
            holdings = self._holdings[network.version]
            for place in islice(holdings.places_inside(network), MOST + 1):
                tenant = self._ids[holdings.stored(place).tenant]
                self._warnings.add(doubt_network(holdings.network(place), tenant))

    def _add(self, entry: Entry, collectors: dict[int, Collector]) -> None:
        if entry.id in self._known:
            raise DirectoryConflictError(
                f"tenant {entry.id} is listed twice: give each tenant one line", entry.id
            )
        self._known.add(entry.id)
        for version, size in _SIZES.items():
            of_version = [stretch for stretch in entry.stretches if len(stretch[0]) == size]
            collectors[version].extend(len(self._ids), of_version)
        self._ids.append(entry.id)
        for domain in entry.domains:
            name = domain.lower().rstrip(".")
            if not is_name(name):
                self._warnings.add(doubt_domain(name, entry.id))
            self._add_name(self._domains, entry.id, name, "domain")
        for external_id in entry.external_ids:
            self._add_name(self._external_ids, entry.id, external_id.strip().casefold(), "external id")

    def _add_name(self, owners: dict[str, str | None], tenant: str, name: str, kind: str) -> None:
        holder = owners.setdefault(name, tenant)
        if holder not in (tenant, None):
            self._warnings.add(f"{kind} {name} is listed by {holder} and {tenant}: it names nobody")
            owners[name] = None

    def _explain(self, overlap: Overlap) -> DirectoryConflictError:
        one, other = (self._ids[tenant] for tenant in overlap.tenants)
        return DirectoryConflictError(
            f"network {overlap.network} is held by {one} and {other} at the same time: "
            "set `until` of one to the `since` of the other",
            one,
            other,
        )


def _time_of(number: int) -> datetime | None:
    return None if number in (BEGINNING, END) else EPOCH + timedelta(microseconds=number)
