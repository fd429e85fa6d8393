"""The verifier of reported messages' signatures: which of them prove who sent it, and why the others do not."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.dkim.candidates import Claims, find_candidates
from abuse_intake.attribution.dkim.judging import Judge
from abuse_intake.attribution.dkim.keyring import KeyName, Keyring, Lookup
from abuse_intake.attribution.signatures import SignatureVerdict
from abuse_intake.settings_attribution import ProviderSettings
from parsers.values import Message


class DkimVerifier:
    """Verifies DKIM signatures and ARC sets of tenants and of the provider; others are told, not verified.

    One thread uses it at a time. Messages that went through `prepare` are verified without waiting for the DNS.
    """

    def __init__(self, provider: ProviderSettings, keyring: Keyring) -> None:
        self.keyring = keyring
        self._provider = provider
        self._prepared: frozenset[str] = frozenset()

    def prepare(self, messages: Iterable[Message], directory: Directory) -> None:
        """Read the archive again if it has changed, and ask the DNS at once for what these messages need."""
        self.keyring.archive.refresh()
        prepared = []
        wanted: dict[str, KeyName] = {}
        for message in messages:
            lookup = Lookup(self.keyring, may_ask=False)
            for _ in self._judge(message, directory, None, lookup):
                pass
            wanted |= lookup.wanted
            prepared.append(message.sha256)
        self.keyring.ask_all(wanted.values())
        self._prepared = frozenset(prepared) - {""}

    def verify(
        self, message: Message, directory: Directory, arrival: datetime
    ) -> tuple[SignatureVerdict, ...]:
        """A verdict on each signature, topmost first, then on ARC sets, the newest first; never an error."""
        lookup = Lookup(self.keyring, may_ask=message.sha256 not in self._prepared)
        return tuple(self._judge(message, directory, arrival, lookup))

    def _judge(
        self, message: Message, directory: Directory, arrival: datetime | None, lookup: Lookup
    ) -> Iterator[SignatureVerdict]:
        claims = Claims(self._provider, directory)
        candidates = find_candidates(message.traces, claims)
        return Judge(message, candidates, claims, arrival, lookup).judge()
