"""Attributes one report: traces its origin, gathers evidence, decides."""

from collections.abc import Iterable
from datetime import datetime

from abuse_intake.attribution.decide import Facts, decide, find_proven, group_tenants
from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.evidence import Subject
from abuse_intake.attribution.route import trace_origin
from abuse_intake.attribution.signatures import NoVerifier, Verifier
from abuse_intake.attribution.sources import gather_evidence, has_ambiguous_name
from abuse_intake.attribution.sources.envelope import may_claims_count
from abuse_intake.settings_attribution import ProviderSettings
from parsers.values import Report
from storage.values import Attribution


class Attributor:
    """Knows the provider and its directory; attributes reports as of their arrival."""

    def __init__(
        self, provider: ProviderSettings, directory: Directory, verifier: Verifier | None = None
    ) -> None:
        self.provider = provider
        self.directory = directory
        self._verifier = verifier or NoVerifier()

    def prepare(self, reports: Iterable[Report]) -> None:
        """Look up at once what attributing these reports needs from elsewhere."""
        messages = (report.message for report in reports)
        self._verifier.prepare((message for message in messages if message), self.directory)

    def attribute(self, report: Report, received_at: datetime) -> Attribution:
        """To whom the reported message is attributed, how sure, and why."""
        origin = trace_origin(report, received_at, self.provider, self.directory)
        message = report.message
        signatures = self._verifier.verify(message, self.directory, origin.arrival) if message else ()
        subject = Subject(report, origin, self.directory, self.provider, signatures)
        evidence = gather_evidence(subject)
        named = group_tenants(evidence, may_claims_count=may_claims_count(report, origin))
        verdict = decide(
            Facts(
                origin=origin,
                was_ever_held=origin.ip is not None and self.directory.was_ever_held(origin.ip),
                named=named,
                has_ambiguous_name=not named and has_ambiguous_name(subject),
                is_hearsay=report.is_hearsay,
                proven=find_proven(evidence),
            )
        )
        return Attribution(
            ip=origin.ip,
            tenant=verdict.tenant,
            confidence=verdict.confidence,
            reason=verdict.reason,
            route="ours" if origin.is_ours else "elsewhere",
            evidence=evidence,
        )
