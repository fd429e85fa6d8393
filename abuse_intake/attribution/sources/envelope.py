"""Who it says that it is from: the envelope, and where none is known, From."""

from collections.abc import Iterator
from typing import NamedTuple

from abuse_intake.attribution.claims import describe_owner
from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.evidence import Subject, show_lines
from abuse_intake.attribution.return_paths import REWRITTEN, read_sendgrid, read_srs
from abuse_intake.attribution.route import Origin
from parsers.addresses import domain_of
from parsers.values import Report
from storage.values import Evidence

FIELDS = {"Original-Mail-From": "envelope", "Return-Path": "envelope", "From": "from"}
"""Field → source of its evidence."""


class Sender(NamedTuple):
    """A sender that counts: the field that states it, the address, and its domain."""

    field: str
    address: str
    domain: str

    @property
    def local_part(self) -> str:
        """What stands before the last @; the empty text for From, which no service rewrites."""
        return self.address.strip("<>").rpartition("@")[0] if self.field != "From" else ""


def find_envelope_evidence(subject: Subject) -> Iterator[Evidence]:
    """The envelope sender's domain, and an account that it tells. Where no envelope is known, From stands in for it.

    All of it is one group, because one hand writes it.
    """
    for sender in find_senders(subject.report, subject.origin):
        lines: tuple[str, ...] = (f"{sender.field}: {sender.address}",)
        if sender.field == "From":
            lines = show_lines(subject.find_traces("from")[:1]) or lines
        yield _find_domain_evidence(subject, sender, lines)
        yield from _find_account_evidence(subject, sender, lines)


def find_envelope_owners(subject: Subject) -> Iterator[Owner]:
    """Who lists the domains and accounts that the senders tell."""
    for sender in find_senders(subject.report, subject.origin):
        account = _read_account(subject, sender)
        found = subject.directory.find_external_owner(account) if account else None
        yield from (owner for owner in (subject.directory.find_domain_owner(sender.domain), found) if owner)


def find_senders(report: Report, origin: Origin) -> Iterator[Sender]:
    """The envelope senders that are known, or else From where it may stand in for them."""
    message = report.message
    stated = [("Original-Mail-From", report.original_mail_from)]
    if message is not None:
        stated.append(("Return-Path", message.return_path))
        if may_claims_count(report, origin):
            stated = [("From", message.from_address)]
    for field, address in stated:
        domain = domain_of(address) if address else None
        if address and domain:
            yield Sender(field, address, domain)


def may_claims_count(report: Report, origin: Origin) -> bool:
    """Whether From, and signatures that prove nothing, stand in for the envelope: where none is known.

    Not where a stranger's host handed the message to our relay: that is mail that a tenant forwards, and all
    that stands in it may be anybody's.
    """
    return explain_uncounted(report, origin) is None


def explain_uncounted(report: Report, origin: Origin) -> str | None:
    """Why From, and signatures that prove nothing, do not count, in words; None where they do."""
    stated = (report.original_mail_from, report.message.return_path if report.message else None)
    known = [address for address in stated if address is not None]
    if not origin.is_ours:
        return "it does not count, as nothing shows that the message left our servers"
    if known:
        return f"it does not count beside an envelope{'' if any(known) else ' (the null sender, <>)'}"
    if origin.is_relay or origin.holding is not None:
        return None
    return "it does not count, as a host that is no tenant's handed the message in"


def _find_domain_evidence(subject: Subject, sender: Sender, lines: tuple[str, ...]) -> Evidence:
    owner = subject.directory.find_domain_owner(sender.domain)
    detail = f"{sender.field} is at {sender.domain}, a domain {describe_owner(owner)}"
    before = read_srs(sender.local_part) if "srs" not in subject.provider.disabled_profiles else None
    if before is not None:
        known = f"; before that it was {before}" if before else ""
        detail += f", {REWRITTEN}{known}"
    tenant = owner.tenant if owner else None
    return Evidence(FIELDS[sender.field], sender.domain, tenant, False, detail, lines)


def _find_account_evidence(subject: Subject, sender: Sender, lines: tuple[str, ...]) -> Iterator[Evidence]:
    account = _read_account(subject, sender)
    if account:
        owner = subject.directory.find_external_owner(account)
        detail = f"SendGrid: {sender.field} holds {account}, an id {describe_owner(owner)}"
        yield Evidence("envelope", account, owner.tenant if owner else None, False, detail, lines)


def _read_account(subject: Subject, sender: Sender) -> str | None:
    """The account of SendGrid, unless the address may be that of a stranger's customer of SendGrid."""
    is_off = "sendgrid" in subject.provider.disabled_profiles or subject.origin.is_passed_on
    return None if is_off else read_sendgrid(sender.local_part)
