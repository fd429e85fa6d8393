"""Who it says that it is from: the envelope, and where none is known, From."""

from collections.abc import Iterator

from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.evidence import Subject, show_lines
from abuse_intake.attribution.route import Origin
from parsers.addresses import domain_of
from parsers.values import Report
from storage.values import Evidence

FIELDS = {"Original-Mail-From": "envelope", "Return-Path": "envelope", "From": "from"}
"""Field → source of its evidence."""


def find_envelope_evidence(subject: Subject) -> Iterator[Evidence]:
    """The envelope sender's domain. Where no envelope is known, From stands in for it: one hand writes both."""
    for field, address, domain in find_senders(subject.report, subject.origin):
        lines = (
            (f"{field}: {address}",)
            if field != "From"
            else show_lines(subject.find_traces("from")[:1]) or (f"{field}: {address}",)
        )
        yield _domain_evidence(FIELDS[field], field, domain, subject.directory, lines)


def find_senders(report: Report, origin: Origin) -> Iterator[tuple[str, str, str]]:
    """The senders that count: the field that states it, the address, and its domain."""
    message = report.message
    stated = [("Original-Mail-From", report.original_mail_from)]
    if message is not None:
        stated.append(("Return-Path", message.return_path))
        if may_claims_count(report, origin):
            stated = [("From", message.from_address)]
    for field, address in stated:
        domain = domain_of(address) if address else None
        if address and domain:
            yield field, address, domain


def may_claims_count(report: Report, origin: Origin) -> bool:
    """Whether From, and signatures that prove nothing, stand in for the envelope: where none is known.

    Not where a stranger's host handed the message to our relay: that is mail that a tenant forwards, and all
    that stands in it may be anybody's.
    """
    message = report.message
    is_envelope_known = report.original_mail_from is not None or (message and message.return_path is not None)
    return not is_envelope_known and (origin.is_relay or origin.holding is not None)


def _domain_evidence(
    source: str, field: str, domain: str, directory: Directory, lines: tuple[str, ...]
) -> Evidence:
    owner = directory.find_domain_owner(domain)
    tenant = owner.tenant if owner else None
    whose = f"of {tenant or 'no tenant'}" if owner is None or tenant else "that two tenants list"
    return Evidence(source, domain, tenant, False, f"{field} is at {domain}, a domain {whose}", lines)
