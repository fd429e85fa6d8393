"""Attributes one report: traces its origin, gathers evidence, decides."""

from datetime import datetime

from abuse_intake.attribution.decide import Facts, decide, group_tenants
from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.evidence import Subject, find_sender_domains, gather_evidence
from abuse_intake.attribution.route import Origin, trace_origin
from abuse_intake.settings import ProviderSettings
from parsers.values import Report
from storage.values import Attribution


class Attributor:
    """Knows the provider and its directory; attributes reports as of their arrival."""

    def __init__(self, provider: ProviderSettings, directory: Directory) -> None:
        self.provider = provider
        self.directory = directory

    def attribute(self, report: Report, received_at: datetime) -> Attribution:
        """To whom the reported message is attributed, how sure, and why."""
        origin = trace_origin(report, received_at, self.provider, self.directory)
        evidence = gather_evidence(Subject(report, origin, self.directory))
        verdict = decide(
            Facts(
                origin=origin,
                was_ever_held=origin.ip is not None and self.directory.was_ever_held(origin.ip),
                named=group_tenants(evidence),
                has_ambiguous_domain=self._has_ambiguous_domain(report, origin),
                is_hearsay=report.is_hearsay,
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

    def _has_ambiguous_domain(self, report: Report, origin: Origin) -> bool:
        owners = (
            self.directory.find_domain_owner(domain) for _, domain in find_sender_domains(report, origin)
        )
        return any(owner is not None and owner.tenant is None for owner in owners)
