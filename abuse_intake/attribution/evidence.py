"""What the sources of evidence look at, and how the header lines that they stand on are shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.route import Origin
from abuse_intake.attribution.signatures import SignatureVerdict
from abuse_intake.settings_attribution import ProviderSettings
from parsers.values import Report, Trace

LINE_CHARACTERS = 1000
"""Of a header line that evidence stands on; the whole of it is in the mail."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the sources look at: one report, where it came from, who signed it, and who our tenants are."""

    report: Report
    origin: Origin
    directory: Directory
    provider: ProviderSettings
    signatures: tuple[SignatureVerdict, ...] = ()

    def find_traces(self, *names: str) -> tuple[Trace, ...]:
        """The trace fields of these lower-case names, topmost first."""
        message = self.report.message
        return tuple(trace for trace in message.traces if trace.name.lower() in names) if message else ()


def show_lines(traces: Iterable[Trace]) -> tuple[str, ...]:
    """Header fields as the lines that evidence stands on, unfolded, very long ones cut."""
    lines = (f"{trace.name}: {trace.value}" for trace in traces)
    return tuple(
        line if len(line) <= LINE_CHARACTERS else f"{line[: LINE_CHARACTERS - 1]}…" for line in lines
    )
