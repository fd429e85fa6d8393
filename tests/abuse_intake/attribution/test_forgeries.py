"""Forgeries of every source against every tenant: none of them is blamed, and nothing is proven."""

from datetime import datetime
from email.utils import format_datetime
from ipaddress import ip_address

import pytest
from forging import (
    ARRIVALS,
    DIRECTORY,
    FORGED,
    FORGED_RECEIVED,
    NUMBERS,
    PROVIDER,
    RECEIVED_AT,
    SENDERS,
    STRANGERS,
    TENANT_ADDRESSES,
    TIMES,
    build_message,
    build_report,
    forge_lines,
    forge_senders,
    write_received,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from signing import sign
from signing_keys import rsa_key

from abuse_intake.attribution import Attributor
from abuse_intake.attribution.dkim.archive import KeyArchive
from abuse_intake.attribution.dkim.dns_keys import DnsKeys, Fetched
from abuse_intake.attribution.dkim.keyring import Keyring
from abuse_intake.attribution.dkim.verifier import DkimVerifier
from abuse_intake.attribution.signatures import Verifier
from parsers import read_mail
from storage.values import Attribution


class EveryKey:
    """A DNS that has the same real key under every name: a signature fails by what it signs, not for want of a key."""

    def fetch(self, name: str) -> Fetched:
        """The key."""
        return Fetched((rsa_key().record,), 300)


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    """The real one."""
    return DkimVerifier(PROVIDER, Keyring(KeyArchive(), DnsKeys(EveryKey())))


def _attribute(mail: bytes, verifier: Verifier) -> Attribution:
    (report, *_) = read_mail(mail).reports
    attributor = Attributor(PROVIDER, DIRECTORY, verifier)
    attributor.prepare([report])
    return attributor.attribute(report, RECEIVED_AT)


def _path(sender: str | None) -> list[str]:
    return [] if sender is None else [f"Return-Path: <{sender}>"]


def _is_held(ip: str, at: datetime) -> bool:
    return DIRECTORY.find_holding(ip_address(ip), at) is not None


FOREIGN = [(ip, at) for ip in (*TENANT_ADDRESSES, *STRANGERS) for at in ARRIVALS if not _is_held(ip, at)]
HELD = [(ip, at) for ip in TENANT_ADDRESSES for at in ARRIVALS if _is_held(ip, at)]


@settings(max_examples=300)
@given(st.sampled_from(FOREIGN), SENDERS, FORGED, TIMES, st.data())
def test_no_tenant_is_named_when_the_route_does_not_come_from_us(
    verifier: Verifier,
    handed_in: tuple[str, datetime],
    sender: str | None,
    forged: list[str],
    date: datetime,
    data: st.DataObject,
) -> None:
    """A stranger may write all below the receiver's own line, and the envelope: nobody is blamed for it.

    That address may have been a tenant's before, or become one's later; the message's own dates are forged.
    """
    ip, at = handed_in
    junk = build_message([*_path(sender), write_received(ip, "mx.reporter.example", at)], forged, date)
    stated = [f"Original-Mail-From: <{sender}>"] if sender else []
    arf = data.draw(st.sampled_from((None, (), tuple(stated), (f"Source-IP: {ip}", *stated))))

    found = _attribute(build_report(junk, arf), verifier)

    assert (found.tenant, found.confidence, found.route) == (None, "unattributed", "elsewhere")
    assert found.reason in ("not_ours", "no_holder_then", "no_route")


@settings(max_examples=200)
@given(st.sampled_from(HELD), SENDERS, FORGED, TIMES)
def test_a_tenants_own_host_can_have_nobody_else_named(
    verifier: Verifier, handed_in: tuple[str, datetime], sender: str | None, forged: list[str], date: datetime
) -> None:
    """Whatever it writes: its holder at the arrival is named, or nobody."""
    ip, at = handed_in
    holding = DIRECTORY.find_holding(ip_address(ip), at)
    junk = build_message([*_path(sender), write_received(ip, "mx.reporter.example", at)], forged, date)

    found = _attribute(build_report(junk, None), verifier)

    assert holding
    assert found.tenant in (None, holding.tenant)
    assert found.confidence != "proven"


@settings(max_examples=200)
@given(st.sampled_from(STRANGERS), st.sampled_from((None, "", "bob@stranger.example")), FORGED, TIMES, TIMES)
def test_a_stranger_whose_mail_a_tenant_forwards_can_have_nobody_named(
    verifier: Verifier, ip: str, sender: str | None, forged: list[str], at: datetime, date: datetime
) -> None:
    """Below the line that our relay wrote about the stranger's host, nothing counts."""
    honest = [
        write_received("203.0.113.7", "mx.reporter.example", at),
        write_received(ip, "mx1.out.provider.example", at),
    ]

    found = _attribute(build_report(build_message([*_path(sender), *honest], forged, date), None), verifier)

    assert (found.tenant, found.confidence) == (None, "unattributed")


@settings(max_examples=300)
@given(FORGED, SENDERS, st.lists(FORGED_RECEIVED, max_size=3), TIMES, st.data())
def test_nothing_fabricated_is_proven(
    verifier: Verifier,
    forged: list[str],
    sender: str | None,
    route: list[str],
    date: datetime,
    data: st.DataObject,
) -> None:
    """Whoever makes up a whole report, its route too, gets no further than their own word."""
    ip = data.draw(st.sampled_from((*TENANT_ADDRESSES, *STRANGERS, "203.0.113.7")))
    fields = (f"Source-IP: {ip}", f"Arrival-Date: {format_datetime(date)}")
    arf = data.draw(st.sampled_from((None, fields)))

    found = _attribute(build_report(build_message([*_path(sender), *route], forged, date), arf), verifier)

    assert found.confidence != "proven"
    assert not any(evidence.verified for evidence in found.evidence)
    if found.route == "elsewhere":
        assert found.tenant is None


@pytest.mark.parametrize("number", NUMBERS)
def test_the_forgeries_name_their_victims_where_they_count(number: int, verifier: Verifier) -> None:
    """What is forged above is what a tenant is named by when it is true: otherwise these tests would show nothing."""
    at = ARRIVALS[4]
    relay = write_received("203.0.113.7", "mx.reporter.example", at)
    rows = [
        line
        for line in forge_lines(number)
        if line.startswith(("Feedback", "X-Mail", "X-Man", "CFBL", "X-Auth"))
    ]
    senders = [f"Return-Path: <{sender}>" for sender in forge_senders(number)]
    exchange = "\n".join(line for line in list(forge_lines(number))[:2])

    for line in [*rows, exchange]:
        found = _attribute(build_report(build_message([relay], [line], at), None), verifier)
        assert found.tenant == f"t{number}", line
    for path in senders:
        found = _attribute(build_report(build_message([path, relay], [], at), None), verifier)
        assert found.tenant == f"t{number}", path


GENUINE = sign(
    b"From: news@t0.example\r\nTo: ann@reporter.example\r\nSubject: News\r\n"
    b"Date: Mon, 16 Nov 2026 07:58:00 +0000\r\n\r\nThe news of t0.\r\n",
    domain="t0.example",
)
"""What tenant 0 signed: anybody who received it may use it for a forgery."""
CHANGES = st.sampled_from(
    (
        ("below the header", b"\r\n\r\n", b"\r\n\r\nFirst "),
        ("at the end", b"t0.\r\n", b"t0.\r\nBuy now.\r\n"),
        ("another sender", b"news@t0", b"boss@t1"),
        ("another subject", b"Subject: News", b"Subject: Offer"),
        ("another signer", b"d=t0.example", b"d=t1.example"),
        ("a second sender", b"From: ", b"From: boss@t1.example\r\nFrom: "),
        ("a second subject", b"Subject: ", b"Subject: Offer\r\nSubject: "),
        ("a sender behind", b"\r\n\r\n", b"\r\nFrom: boss@t1.example\r\n\r\n"),
        ("a length", b"c=relaxed", b"l=3; c=relaxed"),
    )
)


@settings(max_examples=200)
@given(CHANGES, FORGED, TIMES, st.sampled_from((*TENANT_ADDRESSES, *STRANGERS, "203.0.113.7")))
def test_a_signed_message_that_was_changed_is_not_proven(
    verifier: Verifier, change: tuple[str, bytes, bytes], forged: list[str], at: datetime, ip: str
) -> None:
    """Whatever is put above it: what a tenant signed proves nothing once it says something else."""
    _, before, after = change
    assert before in GENUINE
    changed = GENUINE.replace(before, after, 1)
    above = "\n".join([write_received(ip, "mx.reporter.example", at), *forged, ""]).encode()

    found = _attribute(build_report(above + changed.replace(b"\r\n", b"\n"), None), verifier)

    assert found.confidence != "proven"


def test_what_those_forgeries_are_made_from_is_a_proof(verifier: Verifier) -> None:
    """Unchanged, it proves its sender: otherwise the test above would show nothing."""
    line = write_received("198.51.100.213", "mx.reporter.example", ARRIVALS[4]).encode()

    found = _attribute(build_report(line + b"\n" + GENUINE.replace(b"\r\n", b"\n"), None), verifier)

    assert (found.tenant, found.confidence, found.route) == ("t0", "proven", "elsewhere")
