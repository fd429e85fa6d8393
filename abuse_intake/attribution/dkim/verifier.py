"""The verifier of reported messages' signatures: which of them prove who sent it, and why the others do not."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest

from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.dkim.candidates import Standings, find_candidates
from abuse_intake.attribution.dkim.judging import Judge
from abuse_intake.attribution.dkim.keyring import KeyName, Keyring, Lookup
from abuse_intake.attribution.dkim.proving import Arrival
from abuse_intake.attribution.signatures import SignatureVerdict
from abuse_intake.settings_attribution import ProviderSettings
from parsers.values import Message, Trace


class DkimVerifier:
    """Verifies DKIM signatures and ARC sets of tenants and of the provider; others are told, not verified.

    One thread uses it at a time. Messages that went through `prepare` are verified without waiting for the DNS.
    """

    def __init__(self, provider: ProviderSettings, keyring: Keyring) -> None:
        self.keyring = keyring
        self._provider = provider
        self._prepared = _Prepared(Directory())

    def prepare(self, messages: Iterable[Message], directory: Directory) -> None:
        """Read the archive again if it has changed, and ask the DNS at once for what these messages need."""
        self.keyring.archive.refresh()
        self._prepared = prepared = _Prepared(directory)
        wanted: list[list[KeyName]] = []
        for message in messages:
            lookup, arrival = Lookup(self.keyring, may_ask=False), Arrival()
            verdicts = self._judge(message, directory, arrival, lookup)
            wanted.append(list(lookup.wanted.values()))
            is_final = not lookup.wanted and not arrival.was_asked
            if message.sha256:
                prepared.verdicts[_identify(message)] = verdicts if is_final else None
        self.keyring.ask_all(in_turn(wanted))

    def verify(
        self, message: Message, directory: Directory, arrival: datetime
    ) -> tuple[SignatureVerdict, ...]:
        """A verdict on each signature, topmost first, then on ARC sets, the newest first; never an error."""
        prepared = self._prepared.verdicts
        identity = _identify(message)
        verdicts = prepared.get(identity) if directory is self._prepared.directory else None
        if verdicts is not None:
            return verdicts
        lookup = Lookup(self.keyring, may_ask=identity not in prepared)
        return self._judge(message, directory, Arrival(arrival), lookup)

    def _judge(
        self, message: Message, directory: Directory, arrival: Arrival, lookup: Lookup
    ) -> tuple[SignatureVerdict, ...]:
        standings = Standings(self._provider, directory)
        candidates = find_candidates(message.traces, standings)
        return tuple(Judge(message, candidates, standings, arrival, lookup).judge()) if candidates else ()


_Identity = tuple[str, tuple[Trace, ...]]


def _identify(message: Message) -> _Identity:
    """All that verdicts rest on: the bytes, and the fields read of them, which are fewer where a mail held too much."""
    return message.sha256, message.traces


def in_turn(wanted: Iterable[Sequence[KeyName]]) -> Iterator[KeyName]:
    """The first name of each message, then the second ones: no message's many names keep another's one waiting."""
    seen = set[KeyName]()
    for names in zip_longest(*wanted):
        for name in names:
            if name is not None and name not in seen:
                seen.add(name)
                yield name


class _Prepared:
    """What is known of the messages of the batch in hand: the verdicts, where they are final."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.verdicts: dict[_Identity, tuple[SignatureVerdict, ...] | None] = {}
