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

from abuse_intake.attribution import Attributor
from abuse_intake.attribution.signatures import NoVerifier, Verifier
from parsers import read_mail
from storage.values import Attribution


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    """Verifies signatures: none of those here is a real one, so that it finds no proof."""
    return NoVerifier()


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
