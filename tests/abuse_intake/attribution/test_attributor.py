"""Attribution as a whole: report, directory and relays → tenant, address, confidence, evidence."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_builders import RECEIVED_AT, allocate, make_hop, make_report, make_tenant

from abuse_intake.attribution import Attributor, Directory
from abuse_intake.settings_attribution import ProviderSettings
from parsers.values import Report
from storage.values import Attribution

PROVIDER = ProviderSettings(relays=(ip_network("203.0.113.0/26"),), hosts=("*.out.provider.example",))
TENANTS = [
    make_tenant("contoso", "192.0.2.0/28", domains=("contoso.example", "shared.example")),
    make_tenant("fabrikam", "192.0.2.16/28", domains=("fabrikam.example", "shared.example")),
    make_tenant("former", allocate("198.51.100.0/27", None, "2026-01-01"), domains=("former.example",)),
    make_tenant("adventure", domains=("adventure.example",)),
]
OURS = "a.out.provider.example"


def _attribute(report: Report) -> Attribution:
    return Attributor(PROVIDER, Directory(TENANTS)).attribute(report, RECEIVED_AT)


def _verdict(report: Report) -> tuple[str | None, str, str | None, str]:
    found = _attribute(report)
    return found.tenant, found.confidence, found.reason, found.route


def test_address_and_envelope_that_agree_corroborate() -> None:
    """Two groups of sources that name the same tenant."""
    report = make_report(make_hop("192.0.2.5"), return_path="sales@mail.contoso.example")

    assert _verdict(report) == ("contoso", "corroborated", None, "ours")


def test_hearsay_is_not_corroborated() -> None:
    """Whoever made the message up wrote its address and its envelope; the evidence says so."""
    report = make_report(
        make_hop("192.0.2.5"), return_path="sales@mail.contoso.example", message_id="<1@x>", is_hearsay=True
    )

    found = _attribute(report)

    assert (found.tenant, found.confidence) == ("contoso", "stated")
    assert [(one.source, one.value, one.tenant) for one in found.evidence] == [
        ("address", "192.0.2.5", "contoso"),
        ("envelope", "mail.contoso.example", "contoso"),
        ("hearsay", "<1@x>", None),
    ]


def test_an_address_alone_states() -> None:
    """A foreign envelope neither adds nor takes away."""
    report = make_report(make_hop("192.0.2.5"), return_path="sales@elsewhere.example")

    assert _verdict(report) == ("contoso", "stated", None, "ours")


def test_behind_a_shared_relay_the_envelope_states() -> None:
    """Where the address names nobody, the envelope's domain alone does."""
    report = make_report(
        make_hop("203.0.113.7"), make_hop("198.51.100.140", OURS), return_path="a@adventure.example"
    )

    assert _verdict(report) == ("adventure", "stated", None, "ours")


def test_a_forged_sender_through_a_stranger_names_nobody() -> None:
    """Who is only named by a message that never passed our servers is a victim of it."""
    report = make_report(
        make_hop("198.51.100.213"),
        make_hop("192.0.2.5", OURS),
        return_path="boss@contoso.example",
        from_address="boss@contoso.example",
        original_mail_from="boss@contoso.example",
    )

    assert _verdict(report) == (None, "unattributed", "not_ours", "elsewhere")


def test_an_address_that_somebody_held_once_names_nobody_now() -> None:
    """The reason says that the address had a holder, at another time."""
    report = make_report(make_hop("198.51.100.7"), return_path="a@former.example")

    assert _verdict(report) == (None, "unattributed", "no_holder_then", "elsewhere")


def test_sources_that_disagree_name_nobody() -> None:
    """An address of one tenant and an envelope of another."""
    report = make_report(make_hop("192.0.2.5"), return_path="a@fabrikam.example")

    assert _verdict(report) == (None, "unattributed", "conflict", "ours")


def test_an_envelope_of_two_tenants_is_ambiguous() -> None:
    """Two fields of the same envelope that name different tenants."""
    report = make_report(
        make_hop("203.0.113.7"), return_path="a@fabrikam.example", original_mail_from="a@contoso.example"
    )

    assert _verdict(report) == (None, "unattributed", "ambiguous", "ours")


@pytest.mark.parametrize("field", ["return_path", "original_mail_from", "from_address"])
def test_a_domain_that_two_tenants_list_is_ambiguous(field: str) -> None:
    """Wherever it stands, such a domain names nobody, and the reason says why."""
    report = make_report(make_hop("203.0.113.7"), **{field: "a@shared.example"})

    assert _verdict(report) == (None, "unattributed", "ambiguous", "ours")


def test_a_domain_of_two_tenants_does_not_weaken_an_address() -> None:
    """An address names its tenant beside an ambiguous domain."""
    report = make_report(make_hop("192.0.2.5"), return_path="a@shared.example")

    assert _verdict(report) == ("contoso", "stated", None, "ours")


def test_from_stands_in_only_without_an_envelope() -> None:
    """Where the envelope is known, From says nothing; the null sender is an envelope too."""
    without = make_report(make_hop("203.0.113.7"), from_address="a@adventure.example")
    null = make_report(make_hop("203.0.113.7"), from_address="a@adventure.example", return_path="")

    assert _verdict(without) == ("adventure", "stated", None, "ours")
    assert _verdict(null) == (None, "unattributed", "no_tenant_named", "ours")


def test_from_stands_in_for_nothing_that_a_stranger_handed_over() -> None:
    """What a tenant forwards through our relay was written by a stranger, and its From names anybody."""
    report = make_report(
        make_hop("203.0.113.7"),
        make_hop("198.51.100.200", "mta1.out.provider.example"),
        from_address="a@adventure.example",
    )

    assert _verdict(report) == (None, "unattributed", "no_tenant_named", "ours")


def test_from_and_envelope_are_one_group() -> None:
    """One hand writes both, so that they never corroborate each other."""
    report = make_report(
        make_hop("203.0.113.7"),
        return_path="a@adventure.example",
        original_mail_from="a@adventure.example",
        from_address="a@adventure.example",
    )

    assert _verdict(report)[1] == "stated"


def test_a_report_without_any_address_has_no_route() -> None:
    """Nothing is attributed to anybody on the word of a header alone."""
    report = make_report(return_path="a@contoso.example")

    assert _verdict(report) == (None, "unattributed", "no_route", "elsewhere")


def test_the_evidence_says_what_was_seen() -> None:
    """Each source tells its value, whom that names, and in words why; nothing unsigned is verified."""
    found = _attribute(make_report(make_hop("192.0.2.5", at="2026-11-09"), return_path="a@elsewhere.example"))

    assert [(one.source, one.value, one.tenant, one.verified) for one in found.evidence] == [
        ("address", "192.0.2.5", "contoso", False),
        ("envelope", "elsewhere.example", None, False),
    ]
    assert "192.0.2.0/28" in found.evidence[0].detail
    assert "2026-11-09" in found.evidence[0].detail


ADDRESSES = st.sampled_from(
    """192.0.2.5 192.0.2.20 198.51.100.7 198.51.100.213 203.0.113.7 203.0.113.99 10.0.0.1 2001:db8::1""".split()
)
SENDERS = st.sampled_from(
    [
        "a@contoso.example",
        "a@fabrikam.example",
        "a@former.example",
        "a@shared.example",
        "a@elsewhere.example",
        "",
        None,
    ]
)
HOPS = st.builds(
    make_hop,
    st.one_of(st.none(), ADDRESSES),
    st.sampled_from([OURS, "mx.elsewhere.example", None]),
    st.sampled_from([None, "2025-06-01", "2026-11-10", "2027-01-01"]),
)


@st.composite
def _reports(draw: st.DrawFn) -> Report:
    hops = draw(st.lists(HOPS, min_size=1, max_size=5))
    origin_hop = draw(st.one_of(st.none(), st.integers(0, len(hops) - 1)))
    fields = {name: draw(SENDERS) for name in ("return_path", "original_mail_from", "from_address")}
    if origin_hop is None:
        fields["origin_ip"] = draw(st.one_of(st.none(), ADDRESSES.map(ip_address)))
    return make_report(*hops, origin_hop=origin_hop, **fields)


@given(_reports())
def test_no_tenant_is_named_without_a_route_through_us(report: Report) -> None:
    """Whatever a report claims, without our servers on its route nobody is blamed."""
    found = _attribute(report)

    if found.route == "elsewhere":
        assert (found.tenant, found.confidence) == (None, "unattributed")
        assert found.reason in ("no_route", "not_ours", "no_holder_then")
    assert (found.tenant is None) == (found.confidence == "unattributed") == (found.reason is not None)


@given(_reports())
def test_a_route_through_us_is_one_that_we_can_see(report: Report) -> None:
    """`ours` needs an address in an allocation valid then, or a relay as the origin that the parser concluded."""
    found = _attribute(report)
    directory = Directory(TENANTS)

    is_relay = report.origin_ip is not None and any(report.origin_ip in one for one in PROVIDER.relays)
    held = found.ip is not None and directory.was_ever_held(found.ip)
    assert found.route == "elsewhere" or is_relay or held
