"""What identifies where abuse came from, or where it is: an address, a domain or an URL."""

import re
from dataclasses import dataclass

from parsers.addresses import domain_of, parse_ip
from parsers.arf_values import read_ip
from parsers.values import IPAddress

_URL = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://(?:[^/?#@\s]{0,200}@)?(\[[0-9a-f:.]{2,45}\]|[^/?#:\s]{1,255})", re.IGNORECASE
)
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,20}(?!\d)[\w-]{2,63}\.?")


@dataclass(frozen=True, slots=True)
class Source:
    """One identifier: an address, a domain, or an URL, with the address that it names instead of a host."""

    ip: IPAddress | None = None
    domain: str | None = None
    uri: str | None = None


def read_source(text: str) -> Source | None:
    """What kind of identifier a text is; None if it is none that one can follow."""
    if ip := read_ip(text):
        return Source(ip)
    if url := _URL.match(text):
        return Source(parse_ip(url[1]), uri=text)
    domain = domain_of(text) if "@" in text else text
    return Source(domain=domain.rstrip(".")) if domain and _DOMAIN.fullmatch(domain) else None
