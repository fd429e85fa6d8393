"""`[provider]`, `[tenants]` and `[dkim]`: what attribution rests on."""

import difflib
import fnmatch
import re
import unicodedata
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator

from abuse_intake.settings_section import Section

BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _checked_name(text: str) -> str:
    if not text.strip() or len(text) > 200 or any(map(_steers, text)):
        raise ValueError("must be a name of 1 to 200 characters, on one line and without control characters")
    return text


def _steers(character: str) -> bool:
    """Whether it would break or reorder a line; joiners and marks of direction stand in names of some scripts."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in BIDI_CONTROLS


def _checked_network(value: Any) -> IPv4Network | IPv6Network:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        return ip_network(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(
            f"{value!r} is no network; write for example 203.0.113.0/24 or 2001:db8::/32"
        ) from None


def parse_nameserver(text: str) -> tuple[str, int]:
    """Address and port of a name server; ValueError for what is none."""
    bracketed = re.fullmatch(r"\[([^]]*)](?::([0-9]{1,5}))?", text)
    plain = re.fullmatch(r"([0-9.]+)(?::([0-9]{1,5}))?", text)
    match = bracketed or plain
    host, port = (match[1], match[2] or "53") if match else (text, "53")
    try:
        if not 0 < int(port) < 65536:
            raise ValueError
        return str(ip_address(host)), int(port)
    except ValueError:
        raise ValueError(
            f"{text!r} is no name server; write its address: 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353"
        ) from None


def _checked_nameserver(text: str) -> str:
    parse_nameserver(text)
    return text


def _checked_signing_domain(text: str) -> str:
    domain = text.strip().lower().rstrip(".")
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", domain):
        raise ValueError(f"{text!r} is no domain; write for example provider.example")
    return domain


Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_checked_network)]

ProfileName = Literal[
    "amazon_ses",
    "cfbl",
    "cpanel",
    "exchange_online",
    "fastmail",
    "google_workspace",
    "mailgun",
    "mandrill",
    "sendgrid",
    "srs",
]


PROFILES: tuple[ProfileName, ...] = get_args(ProfileName)


def _checked_profile(value: Any) -> Any:
    if isinstance(value, str) and value not in PROFILES:
        near = difflib.get_close_matches(value.lower(), PROFILES, 1)
        hint = f" (did you mean {near[0]}?)" if near else f"; there are {', '.join(PROFILES)}"
        raise ValueError(f"{value!r} is no profile{hint}")
    return value


class ProviderSettings(Section):
    """`[provider]`: our own outbound networks and the names of our relays."""

    name: Annotated[str, AfterValidator(_checked_name)] = "this mail provider"
    relays: tuple[Network, ...] = ()
    hosts: tuple[str, ...] = ()
    signing_domains: tuple[Annotated[str, AfterValidator(_checked_signing_domain)], ...] = ()
    """Domains of ours that mail of many tenants is signed with: `onmicrosoft.com`, `amazonses.com`."""
    disabled_profiles: tuple[Annotated[ProfileName, BeforeValidator(_checked_profile)], ...] = ()
    """Rows of the table of provider headers that are not to be believed here."""

    def is_our_host(self, name: str | None) -> bool:
        """Whether a name that stands after `by` in Received is one of our relays'."""
        lowered = (name or "").lower().rstrip(".")
        return any(fnmatch.fnmatchcase(lowered, pattern.lower()) for pattern in self.hosts)


class TenantsSettings(Section):
    """`[tenants]`: the directory file; without it the directory is what was imported into the database."""

    directory: Path | None = None


class DkimSettings(Section):
    """`[dkim]`: where public keys are looked up."""

    keys: Path | None = None
    """An archive of published keys; it is asked before the DNS."""
    dns: bool = True
    nameservers: tuple[Annotated[str, AfterValidator(_checked_nameserver)], ...] = ()
    """`192.0.2.53` or `192.0.2.53:5353`, `[2001:db8::53]:5353`; none = those of this machine."""
