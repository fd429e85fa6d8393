"""Asks the DNS for TXT records, with dnspython: within 3 seconds a question."""

from typing import Any

from abuse_intake.attribution.dkim.dns_keys import Fetched, Unreachable
from abuse_intake.settings_attribution import parse_nameserver

SECONDS = 3.0
LIFETIME_SECONDS, TRY_SECONDS = 2.5, 1.0
"""For a question, and for one try of it; the library may wait a little longer than it is told."""
MOST_RECORDS = 10
PAYLOAD_BYTES = 1232
"""A longer answer is asked for again over TCP."""


class Resolver:
    """The servers that are configured, else this machine's. The library is loaded when first asked."""

    def __init__(self, nameservers: tuple[str, ...] = ()) -> None:
        self._nameservers = nameservers
        self._resolver: Any = None

    def fetch(self, name: str) -> Fetched:
        """The TXT records of a name, their strings joined. Unreachable when no server answers."""
        import dns.exception
        import dns.resolver

        try:
            answer = self._open().resolve(f"{name}.", "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return Fetched(())
        except dns.exception.Timeout as error:
            raise Unreachable(f"no answer within {SECONDS:g} s", took_too_long=True) from error
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise Unreachable(" ".join(str(error).split()) or type(error).__name__) from error
        records = (b"".join(record.strings).decode("latin-1") for record in answer)
        return Fetched(tuple(records)[:MOST_RECORDS], answer.rrset.ttl if answer.rrset else 0)

    def _open(self) -> Any:
        import dns.nameserver
        import dns.resolver

        if self._resolver is None:
            resolver = dns.resolver.Resolver(configure=not self._nameservers)
            if self._nameservers:
                servers = map(parse_nameserver, self._nameservers)
                resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in servers]
            resolver.lifetime, resolver.timeout = LIFETIME_SECONDS, TRY_SECONDS
            resolver.use_edns(0, 0, PAYLOAD_BYTES)
            self._resolver = resolver
        return self._resolver
