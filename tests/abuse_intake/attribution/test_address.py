"""What the evidence says of an address: who held it, or why it names nobody."""

import pytest
from attribution_world import (
    CONTOSO,
    ELSEWHERE,
    RELAY,
    STRANGER_TO_RELAY,
    USER_TO_RELAY,
    attribute,
    make_raw,
    read_report,
)
from report_builders import RECEIVED_AT, allocate, make_report, make_tenant

from abuse_intake.attribution import Attributor, Directory
from abuse_intake.settings_attribution import ProviderSettings
from storage.values import Attribution, Evidence

HANDED = "198.51.100.200, which handed the message to our relay 203.0.113.7, is none of ours"
CASES = (
    (ELSEWHERE, 1, "198.51.100.213 is none of ours"),
    (RELAY, 1, "203.0.113.7 is one of our relays: who handed the message to it is not known"),
    (STRANGER_TO_RELAY, 2, HANDED),
    (USER_TO_RELAY, 2, f"{HANDED}; whoever sent from it had logged in there"),
    (
        ELSEWHERE.replace("198.51.100.213", "198.51.100.7"),
        1,
        "198.51.100.7 lies in 198.51.100.0/27, which former held until 2026-01-01; "
        "nobody held it at 2026-11-16 08:00 UTC",
    ),
    (
        STRANGER_TO_RELAY.replace("198.51.100.200", "198.51.100.7"),
        2,
        "198.51.100.7, which handed the message to our relay 203.0.113.7, lies in 198.51.100.0/27, "
        "which former held until 2026-01-01; nobody held it at 2026-11-16 08:00 UTC",
    ),
)


def _find_address(found: Attribution) -> list[Evidence]:
    return [one for one in found.evidence if one.source == "address"]


@pytest.mark.parametrize(("route", "lines", "detail"), CASES)
def test_an_address_that_names_nobody_is_told(route: str, lines: int, detail: str) -> None:
    """With why it names nobody, and the Received lines from the origin's down to the one that has the address."""
    (evidence,) = _find_address(attribute(route=route))

    assert (evidence.tenant, evidence.verified, evidence.detail) == (None, False, detail)
    assert len(evidence.lines) == lines
    assert evidence.value in evidence.lines[-1]


def test_the_relay_that_took_it_in_is_the_last_of_ours() -> None:
    """Behind two relays, the inner one is told, which the stranger spoke to."""
    inner = (
        "Received: from mx2.out.provider.example (mx2.out.provider.example [203.0.113.9]) "
        "by mx1.out.provider.example (Postfix) with ESMTPS id 4Z0; Mon, 16 Nov 2026 07:59:30 +0000"
    )
    route = STRANGER_TO_RELAY.replace(RELAY, f"{RELAY}\n{inner}").replace(
        "by mx1.out.provider.example (Postfix) with ESMTPS id 4Z0; Mon, 16 Nov 2026 07:59:00",
        "by mx2.out.provider.example (Postfix) with ESMTPS id 4Z0; Mon, 16 Nov 2026 07:59:00",
    )

    (evidence,) = _find_address(attribute(route=route))

    assert evidence.detail.startswith("198.51.100.200, which handed the message to our relay 203.0.113.9, is")
    assert len(evidence.lines) == 3


def test_a_later_holder_is_told_as_one() -> None:
    """An address that somebody holds only since the message arrived names nobody, and the evidence says since when."""
    tenants = [make_tenant("contoso", allocate("192.0.2.0/28", "2026-11-18"))]
    report = read_report(make_raw(route=CONTOSO))

    found = Attributor(ProviderSettings(), Directory(tenants)).attribute(report, RECEIVED_AT)

    (evidence,) = _find_address(found)
    assert (found.tenant, found.reason, evidence.tenant) == (None, "no_holder_then", None)
    assert evidence.detail == (
        "192.0.2.5 lies in 192.0.2.0/28, which contoso held only from 2026-11-18 on; "
        "nobody held it at 2026-11-16 08:00 UTC"
    )


def test_without_an_address_there_is_nothing_to_say() -> None:
    """A report that brings no route has no evidence of one."""
    found = Attributor(ProviderSettings(), Directory()).attribute(
        make_report(from_address="a@x.example"), RECEIVED_AT
    )

    assert _find_address(found) == []
