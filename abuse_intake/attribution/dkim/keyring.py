"""Where keys come from: the archive first, then, where they may be asked for, the DNS."""

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from abuse_intake.attribution.dkim.archive import KeyArchive
from abuse_intake.attribution.dkim.dns_keys import MOST_QUESTIONS, PATIENT_SECONDS, Answer, DnsKeys
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.dkim.resolver import Resolver
from abuse_intake.settings_attribution import DkimSettings

Records = tuple[str, ...] | Problem
"""All records of one place, or why there are none."""


class KeyName(NamedTuple):
    """Under which name a key is published, and whose servers are asked for it."""

    selector: str
    domain: str
    zone: str
    """Names of one zone share its limits: a tenant's domain, or one of the provider's."""

    @property
    def whole(self) -> str:
        """The name in the DNS."""
        return f"{self.selector}._domainkey.{self.domain}"


FindRecords = Callable[[KeyName], Iterable[Records]]


class Keyring:
    """The archive and the DNS; `dns` is None where that is never asked."""

    def __init__(self, archive: KeyArchive, dns: DnsKeys | None) -> None:
        self.archive = archive
        self.dns = dns

    def find_in_archive(self, name: KeyName) -> Iterator[Records]:
        """The archive's records, where it has any."""
        records = self.archive.find(name.whole)
        if records:
            yield records

    def ask_all(self, names: Iterable[KeyName]) -> None:
        """Ask the DNS for these at once, within a few seconds in all."""
        if self.dns is not None:
            self.dns.ask_all([(name.whole, name.zone) for name in names])


def open_keyring(settings: DkimSettings, base: Path = Path(), *, is_patient: bool = False) -> Keyring:
    """The keys as they are configured; KeyArchiveError where the archive cannot be used.

    `is_patient`: an operator asks for keys of mails that were read before, and waits; strangers cannot have that done.
    """
    archive = KeyArchive(base / settings.keys if settings.keys else None)
    archive.refresh(is_first=True)
    return Keyring(archive, _open_dns(settings, is_patient) if settings.dns else None)


def _open_dns(settings: DkimSettings, is_patient: bool) -> DnsKeys:
    resolver = Resolver(settings.nameservers)
    if is_patient:
        return DnsKeys(resolver, batch_seconds=PATIENT_SECONDS, names_a_minute=math.inf)
    return DnsKeys(resolver)


class Lookup:
    """The keys of one mail: asks the DNS a few questions at most.

    `may_ask` = False: nobody is asked again, what the DNS has not said by now counts as unreachable. `wanted`
    are the names that would have been asked for.
    """

    def __init__(self, keyring: Keyring, *, may_ask: bool) -> None:
        self._keyring = keyring
        self._may_ask = may_ask
        self.wanted: dict[str, KeyName] = {}

    def find_records(self, name: KeyName) -> Iterator[Records]:
        """The archive's, then the DNS's, each when the one before did not do."""
        has_some = False
        for records in self._keyring.find_in_archive(name):
            has_some = True
            yield records
        if self._keyring.dns is not None:
            yield self._recall_or_ask(self._keyring.dns, name)
        elif not has_some:
            yield Problem.NO_KEY_IN_ARCHIVE

    def want(self, name: KeyName) -> None:
        """Note a name that is going to be needed, where the archive has no key of it."""
        if self._keyring.dns is not None and not self._keyring.archive.find(name.whole):
            self._recall_or_ask(self._keyring.dns, name)

    def _recall_or_ask(self, dns: DnsKeys, name: KeyName) -> Records:
        answer = dns.recall(name.whole)
        if answer is None:
            answer = self._ask(dns, name)
        if answer.records:
            return answer.records
        return Problem.NO_KEY if answer.is_certain else Problem.UNREACHABLE

    def _ask(self, dns: DnsKeys, name: KeyName) -> Answer:
        if name.whole not in self.wanted and len(self.wanted) >= MOST_QUESTIONS:
            return Answer((), is_certain=False)
        self.wanted[name.whole] = name
        return dns.ask(name.whole, name.zone) if self._may_ask else Answer((), is_certain=False)
