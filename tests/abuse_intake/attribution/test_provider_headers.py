"""Provider headers: every row of the table, with header blocks of our own making."""

import base64

import pytest
from attribution_world import attribute, find_headers, make_sid
from hypothesis import given
from hypothesis import strategies as st

from abuse_intake.attribution.evidence import LINE_CHARACTERS
from abuse_intake.attribution.provider_headers import PROFILES
from abuse_intake.settings_attribution import ProviderSettings
from parsers.traces import PROVIDER_FIELDS


def _sid_of(text: str) -> str:
    return f"X-Mailgun-Sid: {base64.b64encode(text.encode()).decode()}"


NAMED = [
    ("amazon_ses", "Feedback-ID: ::1.us-east-1.c0n+oso/1=:AmazonSES", "1.us-east-1.c0n+oso/1=", "contoso"),
    ("amazon_ses", "Feedback-ID: shop:weekly:1.eu-west-1.fa6r1kam=:amazonses", None, "fabrikam"),
    ("amazon_ses", "Feedback-ID: 1.us-east-1.FA6R1KAM=:AmazonSES", None, "fabrikam"),
    ("fastmail", "Feedback-ID: ic0ntoso:Fastmail", "ic0ntoso", "contoso"),
    ("mailgun", f"X-Mailgun-Sid: {make_sid('3f2', 'a@reporter.example', 'c0de')}", "c0de", "contoso"),
    ("mailgun", f"X-Mailgun-Sid: {make_sid('3f2', 'ü?>~@reporter.example', 'f4b')}", "f4b", "fabrikam"),
    ("mandrill", "X-Mandrill-User: md_4711", "md_4711", "contoso"),
    ("mandrill", "X-Mandrill-User: md_815", "md_815", "contoso"),
    ("cfbl", "CFBL-Feedback-ID: cfbl-1", "cfbl-1", "contoso"),
    ("cfbl", "CFBL-Feedback-ID: cfbl-2:33:\n 4444", "cfbl-2:33:4444", "fabrikam"),
    (
        "cpanel",
        "X-Authenticated-Sender: web1.host.example: info@contoso.example",
        "contoso.example",
        "contoso",
    ),
    ("cpanel", "X-Authenticated-Sender: Info@mail.Fabrikam.example", "mail.fabrikam.example", "fabrikam"),
    (
        "cpanel",
        "X-Authenticated-Sender: web1.host.example: sales@hosted.example",
        "sales@hosted.example",
        "contoso",
    ),
    (
        "cpanel",
        "X-Get-Message-Sender-Via: w.example: authenticated_id: info@contoso.example",
        None,
        "contoso",
    ),
]


@pytest.mark.parametrize(("profile", "line", "value", "tenant"), NAMED)
def test_each_row_names_the_tenant(profile: str, line: str, value: str | None, tenant: str) -> None:
    """The id is looked up, its lines are shown, and the sentence says what was seen where."""
    found = attribute(line)

    (evidence,) = find_headers(found)
    assert (found.tenant, found.confidence) == (tenant, "stated")
    assert (evidence.tenant, evidence.verified) == (tenant, False)
    assert evidence.value == (value or evidence.value)
    assert evidence.lines == (line.replace("\n", ""),)
    assert evidence.value in evidence.detail
    assert tenant in evidence.detail
    assert line.partition(":")[0] in evidence.detail


@pytest.mark.parametrize(("profile", "line", "value", "tenant"), NAMED)
def test_each_row_can_be_switched_off(profile: str, line: str, value: str | None, tenant: str) -> None:
    """A provider believes no header that its own servers do not write."""
    provider = ProviderSettings.model_validate({"relays": ["203.0.113.0/26"], "disabled_profiles": [profile]})

    found = attribute(line, provider=provider)

    assert found.tenant is None
    assert find_headers(found) == []


@pytest.mark.parametrize(
    "line",
    [
        "Feedback-ID: 1:2:3:4",
        "Feedback-ID: ic0ntoso:Fastmail:customer",
        "Feedback-ID: ic0ntoso",
        "X-Get-Message-Sender-Via: w.example: acl_c_authenticated_local_user: info@contoso.example",
        "X-Get-Message-Sender-Via: info@contoso.example",
        "X-EOPTenantAttributedMessage: 7c1f4f0e-5a1b-4f0a-9d53-0d1c3a2b9e41:0",
    ],
)
def test_fields_of_other_services_are_no_evidence(line: str) -> None:
    """A Feedback-ID that nobody of the table signs as its own says nothing, and nothing is shown."""
    found = attribute(line)

    assert found.reason == "no_tenant_named"
    assert find_headers(found) == []


@pytest.mark.parametrize(
    "line",
    [
        "Feedback-ID: :AmazonSES",
        "Feedback-ID: c0n oso:Fastmail",
        "Feedback-ID: ïc0ntoso:Fastmail",
        f"Feedback-ID: {'i' * 201}:Fastmail",
        "X-Mailgun-Sid: c0de",
        "X-Mailgun-Sid: WyJjMGRlIl0",
        f"X-Mailgun-Sid: {make_sid('c0de')}",
        f"X-Mailgun-Sid: {make_sid('c0de', *'abcd', 'c0de')}",
        _sid_of('["a", "b", 4711]'),
        _sid_of('{"a": "c0de", "b": "c0de"}'),
        _sid_of("[" * 1100),
        _sid_of("[" + "9" * 1000 + ', ["c0de"]]'),
        _sid_of('["a", "c0 de"]'),
        f"X-Mailgun-Sid: {make_sid('x' * 2000, 'c0de')}",
        f"X-Mailgun-Sid: {make_sid('a', 'c0de')} !",
        "X-Mandrill-User: 4711",
        "X-Mandrill-User: md_4711x",
        "X-Mandrill-User: md_٤٧١١",
        "CFBL-Feedback-ID:",
        "X-Authenticated-Sender: web1.host.example: contoso",
        "X-Authenticated-Sender: info@contoso.example, info@fabrikam.example",
        "X-Get-Message-Sender-Via: w.example: authenticated_id: "
        "info+contoso.example/only user confirmed/virtual account not confirmed",
    ],
)
def test_what_is_not_of_its_form_names_nobody(line: str) -> None:
    """Hostile and broken values are evidence that says so, and never an error."""
    found = attribute(line)

    (evidence,) = find_headers(found)
    assert (found.tenant, found.reason, evidence.tenant) == (None, "no_tenant_named", None)
    assert "holds no id of its form" in evidence.detail


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("Feedback-ID: ic0ntoso:Fastmail", "Feedback-ID: if4br1kam:Fastmail"), "ambiguous"),
        (("Feedback-ID: ic0ntoso:Fastmail", "Feedback-ID: nobody:Fastmail"), "no_tenant_named"),
        (("X-Mandrill-User: md_4711", "X-Mandrill-User: ?"), "no_tenant_named"),
        (
            (
                "X-Authenticated-Sender: a@contoso.example",
                "X-Get-Message-Sender-Via: h: authenticated_id: a@fabrikam.example",
            ),
            "ambiguous",
        ),
    ],
)
def test_different_ids_in_several_fields_are_none(lines: tuple[str, ...], reason: str) -> None:
    """One of them was written by the sender, and nobody can tell which."""
    found = attribute(*lines)

    (evidence,) = find_headers(found)
    assert (found.tenant, found.reason) == (None, reason)
    assert "different ids" in evidence.detail
    assert evidence.lines == lines


def test_the_same_id_twice_is_one() -> None:
    """Fields that agree do not weaken each other, whatever their case."""
    found = attribute("Feedback-ID: ic0ntoso:Fastmail", "feedback-id: IC0NTOSO:FASTMAIL")

    assert (found.tenant, found.confidence) == ("contoso", "stated")


def test_an_id_of_two_tenants_is_ambiguous() -> None:
    """It names neither, and the reason says why."""
    found = attribute("Feedback-ID: shared:Fastmail")

    assert (found.tenant, found.reason) == (None, "ambiguous")
    assert "that two tenants list" in find_headers(found)[0].detail


def test_forms_of_one_id_that_two_tenants_list_are_ambiguous() -> None:
    """The whole value is fabrikam's, its first field is contoso's; or one of the forms is both's."""
    found = attribute("CFBL-Feedback-ID: cfbl-1:of-fabrikam")
    both = attribute("CFBL-Feedback-ID: shared:4711")

    assert (found.tenant, found.reason) == (None, "ambiguous")
    assert (both.tenant, both.reason) == (None, "ambiguous")


def test_an_id_of_no_tenant_is_shown() -> None:
    """An analyst sees the id, and that the directory does not list it."""
    (evidence,) = find_headers(attribute("Feedback-ID: inobody:Fastmail"))

    assert (evidence.value, evidence.tenant) == ("inobody", None)
    assert evidence.detail == "Fastmail: Feedback-ID holds inobody, an id of no tenant"


@pytest.mark.parametrize("count", [11, 60])
def test_fields_that_may_hide_another_name_nobody(count: int) -> None:
    """Behind many copies of a forged field, the one that the server wrote might not be seen."""
    found = attribute(*["Feedback-ID: if4br1kam:Fastmail"] * count, "Feedback-ID: ic0ntoso:Fastmail")

    assert found.tenant is None
    assert "more than 10" in find_headers(found)[0].detail


def test_fields_of_another_service_that_may_hide_one_name_nobody() -> None:
    """Many fields of the same name hide it as well."""
    found = attribute("Feedback-ID: if4br1kam:Fastmail", *["Feedback-ID: 1:2"] * 60)

    assert found.tenant is None


def test_a_header_that_was_not_read_to_its_end_names_nobody() -> None:
    """Exim writes its field at the end, which a sender could push out of what is read."""
    padding = [f"X-Pad-{number}: 1" for number in range(1100)]

    found = attribute("X-Authenticated-Sender: a@fabrikam.example", *padding)

    assert (found.tenant, find_headers(found)) == (None, [])


def test_long_values_are_cut() -> None:
    """Neither the value nor the lines of evidence grow with what the sender wrote."""
    (evidence,) = find_headers(attribute(f"X-Mandrill-User: {'x' * 3000}"))

    assert len(evidence.value) == 200
    assert len(evidence.lines[0]) == LINE_CHARACTERS


@given(st.sampled_from(sorted(PROVIDER_FIELDS)), st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_hostile_values_name_nobody(name: str, values: list[bytes]) -> None:
    """Whatever bytes a field holds, it is read without an error, and what is shown of it is bounded."""
    lines = [f"{name}: {value.decode('utf-8', 'surrogateescape')}" for value in values]

    found = attribute("X-MS-Exchange-CrossTenant-FromEntityHeader: Hosted", *lines)

    assert found.tenant is None
    for evidence in find_headers(found):
        assert len(evidence.value) <= 200
        assert "\0" not in "".join((evidence.value, evidence.detail, *evidence.lines))
        assert len(evidence.detail) <= 400


def test_every_field_of_the_table_is_read_from_messages() -> None:
    """A row whose fields the parser does not keep would never say anything."""
    assert {name.lower() for profile in PROFILES for name in profile.fields} == PROVIDER_FIELDS
