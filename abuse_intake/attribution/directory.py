"""The directory in memory: which tenant held an address at a time, and which owns a domain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import NamedTuple

from abuse_intake.errors import DirectoryError
from parsers.values import IPAddress
from storage.values import Allocation, Tenant

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)


class Holding(NamedTuple):
    """A stretch of time, half open, in which one tenant holds one network."""

    since: datetime
    until: datetime
    tenant: str
    allocation: Allocation


@dataclass(frozen=True, slots=True)
class DomainOwner:
    """The longest listed domain that a name falls under; `tenant` is None when two tenants list it."""

    domain: str
    tenant: str | None


class Directory:
    """All tenants, indexed for look-ups by address and time, and by domain.

    Nested networks of different tenants are normal: the longest prefix *valid at that time* wins. The same
    network held by two tenants at one time raises DirectoryError; a domain of two tenants names nobody.
    """

    def __init__(self, tenants: Iterable[Tenant] = ()) -> None:
        self.tenants: dict[str, Tenant] = {}
        self.warnings: list[str] = []
        self._networks: dict[tuple[int, int], dict[int, list[Holding]]] = {}
        self._domains: dict[str, str | None] = {}
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
                    return holding
        return None

    def was_ever_held(self, ip: IPAddress) -> bool:
        """Whether any tenant held `ip` at any time."""
        return any(True for _ in self._holdings_around(ip))

    def find_domain_owner(self, domain: str | None) -> DomainOwner | None:
        """Who lists `domain` or the nearest domain above it."""
        name = (domain or "").lower().rstrip(".")
        while name:
            if name in self._domains:
                return DomainOwner(name, self._domains[name])
            name = name.partition(".")[2]
        return None

    def _holdings_around(self, ip: IPAddress) -> Iterator[list[Holding]]:
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
            self._add_domain(tenant.id, domain.lower().rstrip("."))

    def _add_allocation(self, tenant: str, allocation: Allocation) -> None:
        network = allocation.network
        key = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
        holding = Holding(allocation.since or _BEGINNING, allocation.until or _END, tenant, allocation)
        of_length = self._networks.setdefault((network.version, network.prefixlen), defaultdict(list))
        of_length[key].append(holding)

    def _add_domain(self, tenant: str, domain: str) -> None:
        holder = self._domains.setdefault(domain, tenant)
        if holder not in (tenant, None):
            self.warnings.append(f"domain {domain} is listed by {holder} and {tenant}: it names nobody")
            self._domains[domain] = None

    def _refuse_double_holdings(self) -> None:
        for of_length in self._networks.values():
            for holdings in of_length.values():
                if len(holdings) > 1:
                    _refuse_overlap(sorted(holdings, key=lambda holding: holding.since))


def _refuse_overlap(holdings: list[Holding]) -> None:
    latest = holdings[0]
    for following in holdings[1:]:
        if following.since < latest.until and following.tenant != latest.tenant:
            raise DirectoryError(
                f"network {ip_network(following.allocation.network)} is held by {latest.tenant} and "
                f"{following.tenant} at the same time: set `until` of one to the `since` of the other"
            )
        latest = max(latest, following, key=lambda holding: holding.until)
