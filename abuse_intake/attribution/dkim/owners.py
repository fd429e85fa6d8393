"""Whose a signing domain is: a tenant's own, one of the provider's, or Google Workspace's for a tenant."""

import re
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from abuse_intake.attribution.directory import Directory, Owner
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.dkim.signature import is_domain
from abuse_intake.settings_attribution import ProviderSettings
from parsers.addresses import is_at_or_below

WORKSPACE = "google_workspace"
WORKSPACE_SUFFIX = ".gappssmtp.com"
_WORKSPACE_DOMAIN = re.compile(rf"([a-z0-9-]+)\.[0-9]{{8}}{re.escape(WORKSPACE_SUFFIX)}")
MOST_HYPHENS = 10
"""Of a Workspace name: each may stand for a dot."""


class Standing(NamedTuple):
    """Whom a signing domain stands for."""

    owner: Owner
    zone: str
    """Whose servers are asked for its keys; names of one zone share the limits of that."""
    is_ours: bool = False
    """The key is the provider's own."""
    is_signing_domain: bool = False
    """It is one of `provider.signing_domains` itself: what that seals may speak of any tenant."""
    has_other_readings: bool = False
    """The name could stand for a stranger's domain too."""

    @property
    def doubt(self) -> Problem | None:
        """Why no signature of it could prove anything, however well it verifies; None where one could."""
        if self.is_ours:
            return None
        if self.owner.tenant is None:
            return Problem.SHARED
        return Problem.OTHER_READINGS if self.has_other_readings else None


def find_standing(domain: str, provider: ProviderSettings, directory: Directory) -> Standing | None:
    """Whom a signature of this domain could prove; None for a stranger's, and for what is no domain."""
    if not is_domain(domain):
        return None
    ours = _find_signing_domain(domain, provider)
    if ours is not None:
        return _find_behind_ours(domain, ours, directory)
    owner = directory.find_domain_owner(domain)
    if owner is not None:
        return Standing(owner, owner.name)
    match = _WORKSPACE_DOMAIN.fullmatch(domain)
    if match is None or WORKSPACE in provider.disabled_profiles:
        return None
    return _find_workspace_owner(match[1], directory)


def _find_signing_domain(domain: str, provider: ProviderSettings) -> str | None:
    """The longest signing domain of the provider that it is, or lies below."""
    found = (one for one in provider.signing_domains if is_at_or_below(domain, one))
    return max(found, key=len, default=None)


def _find_behind_ours(domain: str, ours: str, directory: Directory) -> Standing:
    """Whoever lists a domain below the signing domain; else nobody.

    A label there is a name that its owner chose, and may have chosen to look like another's id.
    """
    listed = directory.find_domain_owner(domain)
    if listed is not None and listed.name.endswith(f".{ours}"):
        return Standing(listed, listed.name, is_ours=True)
    return Standing(Owner(domain, None), ours, is_ours=True, is_signing_domain=domain == ours)


def _find_workspace_owner(label: str, directory: Directory) -> Standing | None:
    """The tenant of the only listed domain that reads as the label once its dots are hyphens.

    A label with several hyphens has several readings, and a stranger may own the others.
    """
    hyphens = label.count("-")
    if hyphens > MOST_HYPHENS:
        return None
    found = dict(_find_readings(label, directory))
    if len(found) != 1:
        return None
    ((name, tenant),) = found.items()
    return Standing(Owner(name, tenant), name, has_other_readings=hyphens > 1) if tenant else None


def _find_readings(label: str, directory: Directory) -> Iterator[tuple[str, str | None]]:
    first, *rest = label.split("-")
    for joints in product("-.", repeat=len(rest)):
        name = first + "".join(joint + part for joint, part in zip(joints, rest, strict=True))
        owner = directory.find_domain_owner(name)
        if owner is not None and owner.name == name:
            yield name, owner.tenant
