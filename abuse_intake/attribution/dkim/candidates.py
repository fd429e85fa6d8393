"""Which of a message's signatures are worth looking at: found from the header fields that were kept of it, cheaply."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.dkim.owners import WORKSPACE_SUFFIX, Standing, find_standing
from abuse_intake.attribution.dkim.tags import find_tag, parse_instance
from abuse_intake.settings_attribution import ProviderSettings
from parsers.values import Trace

KINDS: dict[str, Literal["dkim", "arc"]] = {"dkim-signature": "dkim", "arc-seal": "arc"}
MOST_READ = 20
"""Names of Google Workspace of one message that are looked up: each may be read in a thousand ways."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One DKIM-Signature or ARC-Seal: `index` counts the fields of its name from the top."""

    kind: Literal["dkim", "arc"]
    index: int
    trace: Trace
    domain: str
    selector: str
    standing: Standing | None
    """Whose it is; None = a stranger's."""
    instance: int = 0
    """The number of the ARC set."""


class Standings:
    """Whose the signing domains of one message are, each looked up once."""

    def __init__(self, provider: ProviderSettings, directory: Directory) -> None:
        self._provider = provider
        self._directory = directory
        self._known: dict[str, Standing | None] = {}
        self._read = 0

    def find(self, domain: str) -> Standing | None:
        """Whom a signature of this domain could prove, if anybody."""
        if domain not in self._known:
            self._read += domain.endswith(WORKSPACE_SUFFIX)
            if domain.endswith(WORKSPACE_SUFFIX) and self._read > MOST_READ:
                return None
            self._known[domain] = find_standing(domain, self._provider, self._directory)
        return self._known[domain]


def find_candidates(traces: Sequence[Trace], standings: Standings) -> tuple[Candidate, ...]:
    """All signatures, topmost first, those of strangers too."""
    return tuple(_find_of("dkim-signature", traces, standings)) + tuple(
        _find_of("arc-seal", traces, standings)
    )


def _find_of(name: str, traces: Sequence[Trace], standings: Standings) -> Iterator[Candidate]:
    fields = (trace for trace in traces if trace.name.lower() == name)
    for index, trace in enumerate(fields):
        domain, selector = (find_tag(trace.value, tag).lower() for tag in ("d", "s"))
        instance = parse_instance(find_tag(trace.value, "i")) or 0 if KINDS[name] == "arc" else 0
        yield Candidate(KINDS[name], index, trace, domain, selector, standings.find(domain), instance)
