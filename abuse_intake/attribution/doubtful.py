"""What a directory lists and can never match, or rarely: told as warnings, for the rest of it is good."""

import re

from storage.values import IPNetwork

MOST = 50
"""Warnings that are told one by one."""

_LABEL = r"[a-z0-9_\-\u0080-\U0010ffff]{1,63}"
is_name = re.compile(rf"{_LABEL}(?:\.{_LABEL})*").fullmatch
"""Whether a lower-case text without a final dot can be a domain; names of all scripts are."""
_BEFORE = re.compile(r"^(?:[a-z]{1,20}://|\*?\.)")


class Warnings:
    """Gathers warnings, of which there may be as many as lines."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._more = 0

    def add(self, warning: str) -> None:
        """One more."""
        if len(self._told) < MOST:
            self._told.append(warning)
        else:
            self._more += 1

    def listed(self) -> list[str]:
        """The first of them, and how many more there are at least: not all of each kind are looked for."""
        return [*self._told, f"and at least {self._more:,} more"] if self._more else list(self._told)


def doubt_domain(name: str, tenant: str) -> str:
    """The warning about what is no domain, with the one that may be meant."""
    meant = re.split(r"[/:]", _BEFORE.sub("", name.strip(), count=1), maxsplit=1)[0].rpartition("@")[2]
    remedy = f"; write {meant}" if is_name(meant) else ""
    return f"domain {name!r} of {tenant} is no domain and matches nothing{remedy}"


def doubt_network(network: IPNetwork, tenant: str) -> str:
    """The warning about a network whose addresses do not send over the internet."""
    return (
        f"network {network} of {tenant} is not public: no mail comes from it, except where one of your own relays"
        " took it from there"
    )
