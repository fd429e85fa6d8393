"""The networks that junk is counted by, as people name them: the /24 or the /48 that an address lies in."""

from ipaddress import ip_address

from storage.columns import sortable_address
from storage.junk_counts import network_of


def find_counted_network(text: str) -> str:
    """The one that this address, or the first of this network, lies in; ValueError where it is neither."""
    try:
        address = ip_address(text.partition("/")[0])
    except ValueError:
        raise ValueError("this is no network; write 192.0.2.0/24 or 2001:db8::/48") from None
    return str(network_of(sortable_address(getattr(address, "ipv4_mapped", None) or address)))
