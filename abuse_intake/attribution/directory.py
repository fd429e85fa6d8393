"""The directory in memory: which tenant held an address at a time, and which owns a domain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import NamedTuple

from abuse_intake.errors import DirectoryError
from parsers.values import IPAddress
from storage.values import Allocation, IPNetwork, Tenant

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)


class Holding(NamedTuple):
    """A network that one tenant holds from `since` (inclusive) until `until` (exclusive); None = unbounded."""

    tenant: str
    network: IPNetwork
    since: datetime | None
    until: datetime | None


class Owner(NamedTuple):
    """Whose a listed name is: `name` as listed; `tenant` is None when two tenants list it."""

    name: str
    tenant: str | None


class _Stretch(NamedTuple):
    since: datetime
    until: datetime
    tenant: str
    allocation: Allocation


class Directory:
    """All tenants, indexed for look-ups by address and time, and by domain.

    Nested networks of different tenants are normal: the longest prefix *valid at that time* wins. The same
    network held by two tenants at one time raises DirectoryError; a domain of two tenants names nobody.
    """

    def __init__(self, tenants: Iterable[Tenant] = ()) -> None:
        self.tenants: dict[str, Tenant] = {}
        self.warnings: list[str] = []
        self._networks: dict[tuple[int, int], dict[int, list[_Stretch]]] = {}
        self._domains: dict[str, str | None] = {}
        self._external_ids: dict[str, str | None] = {}
        for tenant in tenants:
            self._add(tenant)
        self._lengths = {
            version: sorted((length for family, length in self._networks if family == version), reverse=True)
            for version in (4, 6)
        }
        self._refuse_double_holdings()

    def find_holding(self, ip: IPAddress, at: datetime) -> Holding | None:
        """The allocation that covered `ip` at `at`, with the longest prefix."""
        for holdings in self._holdings_around(ip):
            for holding in holdings:
                if holding.since <= at < holding.until:
                    allocation = holding.allocation
                    return Holding(holding.tenant, allocation.network, allocation.since, allocation.until)
        return None

    def was_ever_held(self, ip: IPAddress) -> bool:
        """Whether any tenant held `ip` at any time."""
        return any(True for _ in self._holdings_around(ip))

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
        return id in self.tenants

    def _holdings_around(self, ip: IPAddress) -> Iterator[list[_Stretch]]:
        number, bits = int(ip), ip.max_prefixlen
        for length in self._lengths[ip.version]:
            found = self._networks[ip.version, length].get(number >> (bits - length))
            if found:
                yield found

    def _add(self, tenant: Tenant) -> None:
        if tenant.id in self.tenants:
            raise DirectoryError(f"tenant {tenant.id} is listed twice: give each tenant one line")
        self.tenants[tenant.id] = tenant
        for allocation in tenant.allocations:
            self._add_allocation(tenant.id, allocation)
        for domain in tenant.domains:
            self._add_name(self._domains, tenant.id, domain.lower().rstrip("."), "domain")
        for external_id in tenant.external_ids:
            self._add_name(self._external_ids, tenant.id, external_id.strip().casefold(), "external id")

    def _add_allocation(self, tenant: str, allocation: Allocation) -> None:
        network = allocation.network
        key = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
        holding = _Stretch(allocation.since or _BEGINNING, allocation.until or _END, tenant, allocation)
        of_length = self._networks.setdefault((network.version, network.prefixlen), defaultdict(list))
        of_length[key].append(holding)

    def _add_name(self, owners: dict[str, str | None], tenant: str, name: str, kind: str) -> None:
        holder = owners.setdefault(name, tenant)
        if holder not in (tenant, None):
            self.warnings.append(f"{kind} {name} is listed by {holder} and {tenant}: it names nobody")
            owners[name] = None

    def _refuse_double_holdings(self) -> None:
        for of_length in self._networks.values():
            for holdings in of_length.values():
                if len(holdings) > 1:
                    _refuse_overlap(sorted(holdings, key=lambda holding: holding.since))


def _refuse_overlap(holdings: list[_Stretch]) -> None:
    latest = holdings[0]
    for following in holdings[1:]:
        if following.since < latest.until and following.tenant != latest.tenant:
            raise DirectoryError(
                f"network {ip_network(following.allocation.network)} is held by {latest.tenant} and "
                f"{following.tenant} at the same time: set `until` of one to the `since` of the other"
            )
        latest = max(latest, following, key=lambda holding: holding.until)
