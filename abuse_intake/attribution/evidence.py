"""The sources of evidence, one function each: what it saw, whom that names, and whether it was verified.

A source yields what it saw even when that names nobody, so that an analyst can check it. To add one, write
its function and put it into SOURCES with the group that it belongs to.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.route import Origin
from parsers.addresses import domain_of
from parsers.values import Report
from storage.values import Evidence


@dataclass(frozen=True, slots=True)
class Subject:
    """What the sources look at: one report, where it came from, and who our tenants are."""

    report: Report
    origin: Origin
    directory: Directory


def find_address_evidence(subject: Subject) -> Iterator[Evidence]:
    """The allocation that covered the origin address when the message arrived."""
    holding, origin = subject.origin.holding, subject.origin
    if holding is None or origin.ip is None:
        return
    since = f" since {holding.allocation.since:%Y-%m-%d}" if holding.allocation.since else ""
    detail = (
        f"{origin.ip} lies in {holding.allocation.network}, which {holding.tenant} held{since}, "
        f"as of {origin.arrival:%Y-%m-%d %H:%M} UTC"
    )
    yield Evidence("address", str(origin.ip), holding.tenant, False, detail)


def find_envelope_evidence(subject: Subject) -> Iterator[Evidence]:
    """The envelope sender's domain. Where no envelope is known, From stands in for it: one hand writes both."""
    for field, domain in find_sender_domains(subject.report, subject.origin):
        yield _domain_evidence("envelope", field, domain, subject.directory)


def find_sender_domains(report: Report, origin: Origin) -> Iterator[tuple[str, str]]:
    """The domains of the sender that count, each with the field that states it.

    From does not stand in where a stranger's host handed the message to our relay: that is mail that a tenant
    forwards, and its From may be anybody's.
    """
    message = report.message
    stated = [("Original-Mail-From", report.original_mail_from)]
    if message is not None:
        stated.append(("Return-Path", message.return_path))
        if all(address is None for _, address in stated) and (origin.is_relay or origin.holding):
            stated = [("From", message.from_address)]
    for field, address in stated:
        domain = domain_of(address) if address else None
        if domain:
            yield field, domain


def find_hearsay(subject: Subject) -> Iterator[Evidence]:
    """Whether the message may be made up; it names nobody, and says why nothing is corroborated."""
    if subject.report.is_hearsay:
        message = subject.report.message
        detail = (
            "the message stood in a complaint that only its sender's words tell from junk; whoever sent that "
            "may have made it up, so that sources that agree corroborate nothing"
        )
        yield Evidence("hearsay", (message and message.message_id) or "", None, False, detail)


def _domain_evidence(source: str, field: str, domain: str, directory: Directory) -> Evidence:
    owner = directory.find_domain_owner(domain)
    tenant = owner.tenant if owner else None
    whose = f"of {tenant or 'no tenant'}" if owner is None or tenant else "that two tenants list"
    return Evidence(source, domain, tenant, False, f"{field} is at {domain}, a domain {whose}")


SOURCES: tuple[Callable[[Subject], Iterator[Evidence]], ...] = (
    find_address_evidence,
    find_envelope_evidence,
    find_hearsay,
)

GROUPS = {"address": "address", "envelope": "envelope"}
"""Source → group. Only different groups corroborate each other: what one hand can write together is one group."""


def gather_evidence(subject: Subject) -> tuple[Evidence, ...]:
    """All that all sources see, in the order of SOURCES."""
    return tuple(evidence for source in SOURCES for evidence in source(subject))
