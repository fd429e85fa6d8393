"""A small provider: its relays, and tenants that hold nested networks, for ever or for a while."""

from datetime import UTC, datetime
from ipaddress import ip_network

from abuse_intake.answering import Ourselves
from abuse_intake.attribution import Attributor, Directory
from abuse_intake.concluding import Concluder
from abuse_intake.settings_attribution import ProviderSettings
from storage.values import Allocation, Tenant

RECEIVED_AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
_HANDED_OVER = datetime(2026, 7, 1, tzinfo=UTC)

US = Ourselves(
    "junk@provider.example", ("junk@provider.example", "abuse@provider.example"), "Provider Example"
)
PROVIDER = ProviderSettings(
    relays=(ip_network("203.0.113.0/24"),), hosts=("*.out.provider.example", "*.provider.example")
)
TENANTS = (
    Tenant(
        "contoso",
        "Contoso Ltd",
        ("contoso.example", "tenant.example"),
        external_ids=("c0=",),
        allocations=(
            Allocation(ip_network("192.0.2.0/28")),
            Allocation(ip_network("198.51.100.0/25"), until=_HANDED_OVER),
        ),
    ),
    Tenant(
        "fabrikam",
        "Fabrikam GmbH",
        ("fabrikam.example",),
        external_ids=("4711",),
        allocations=(
            Allocation(ip_network("192.0.2.0/26")),
            Allocation(ip_network("198.51.100.0/25"), since=_HANDED_OVER),
            Allocation(ip_network("203.0.113.64/29")),
        ),
    ),
    Tenant(
        "woodgrove",
        "Woodgrove",
        ("woodgrove.example",),
        allocations=(Allocation(ip_network("2001:db8::/48")), Allocation(ip_network("192.0.2.128/32"))),
    ),
)
ATTRIBUTOR = Attributor(PROVIDER, Directory(TENANTS))


def make_concluder() -> Concluder:
    """What mails to that provider lead to."""
    return Concluder(lambda: ATTRIBUTOR, US, max_bytes=16_000_000, per_reporter_hour=4)
