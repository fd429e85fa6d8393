"""When a provider header is believed: where the message came from, and who signed what."""

import pytest
from attribution_world import (
    CONTOSO,
    CONTOSO_GUID,
    ELSEWHERE,
    PROVIDER,
    RELAY,
    STRANGER_TO_RELAY,
    USER_TO_RELAY,
    FakeVerifier,
    attribute,
    find_headers,
    make_verdict,
)

from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.signatures import SignatureVerdict
from abuse_intake.settings_attribution import ProviderSettings

FROM_SES = "Feedback-ID: ::1.us-east-1.c0n+oso/1=:AmazonSES"
OF_FABRIKAM = "Feedback-ID: ::1.us-east-1.fa6r1kam=:AmazonSES"
EVERY_LINE = [
    OF_FABRIKAM,
    "Feedback-ID: if4br1kam:Fastmail",
    "X-Mandrill-User: md_4712",
    "CFBL-Feedback-ID: cfbl-2",
    "X-Authenticated-Sender: h: a@fabrikam.example",
]
SIGNED = make_verdict("amazonses.com", "feedback-id", "from", "subject")


def test_a_header_and_an_address_corroborate() -> None:
    """Two groups that name the same tenant."""
    found = attribute(FROM_SES, route=CONTOSO)

    assert (found.tenant, found.confidence) == ("contoso", "corroborated")


def test_a_header_and_the_envelope_corroborate() -> None:
    """Two groups that name the same tenant, behind a shared relay."""
    found = attribute(FROM_SES, return_path="a@contoso.example")

    assert (found.tenant, found.confidence) == ("contoso", "corroborated")


def test_a_header_and_an_address_that_disagree_name_nobody() -> None:
    """A tenant's own server may write another's id: the tenant is not believed, and the other is left alone."""
    found = attribute(OF_FABRIKAM, route=CONTOSO)

    assert (found.tenant, found.reason) == (None, "conflict")


def test_two_rows_that_disagree_are_ambiguous() -> None:
    """All provider headers are one group."""
    found = attribute(FROM_SES, "X-Mandrill-User: md_4712")

    assert (found.tenant, found.reason) == (None, "ambiguous")


@pytest.mark.parametrize("line", EVERY_LINE)
def test_a_header_names_nobody_when_the_message_came_from_elsewhere(line: str) -> None:
    """Who is only named by a message that never passed our servers is a victim of it."""
    found = attribute(line, route=ELSEWHERE)

    assert (found.tenant, found.reason, found.route) == (None, "not_ours", "elsewhere")


@pytest.mark.parametrize("line", EVERY_LINE)
def test_a_header_of_what_a_stranger_handed_in_names_nobody(line: str) -> None:
    """A tenant forwards what anybody wrote; the evidence says so."""
    found = attribute(line, route=STRANGER_TO_RELAY)

    (evidence,) = find_headers(found)
    assert (found.tenant, found.reason, evidence.tenant) == (None, "no_tenant_named", None)
    assert "handed the message in and may have written it" in evidence.detail


@pytest.mark.parametrize("line", EVERY_LINE)
def test_a_header_of_a_user_who_had_logged_in_names_the_tenant(line: str) -> None:
    """From wherever a user sends, our relay knows who that is, and its header tells."""
    found = attribute(line, route=USER_TO_RELAY)

    assert (found.tenant, found.confidence) == ("fabrikam", "stated")


INSIDE_EXCHANGE = (
    "Received: from mail-am.outbound.protection.outlook.com (mail-am.outbound.protection.outlook.com [203.0.113.9]) "
    "by mx.reporter.example (Postfix) with ESMTPS id 4Z1; Mon, 16 Nov 2026 08:00:00 +0000\n"
    "Received: from AS8PR01.eurprd01.prod.outlook.com (2603:10a6:20b:3f4::10) by AM6PR01.eurprd01.prod.outlook.com "
    "(2603:10a6:20b:48::20) with Microsoft SMTP Server (version=TLS1_2) id 15.20.1; Mon, 16 Nov 2026 07:59:00 +0000"
)
EXCHANGE = ProviderSettings.model_validate({"relays": ["203.0.113.0/26"], "hosts": ["*.outlook.com"]})
HOSTED = "X-MS-Exchange-CrossTenant-FromEntityHeader: Hosted"


@pytest.mark.parametrize(
    ("route", "entity", "tenant"),
    [
        (INSIDE_EXCHANGE, HOSTED, "contoso"),
        (INSIDE_EXCHANGE, HOSTED.replace("Hosted", "Internet"), None),
        (INSIDE_EXCHANGE.replace("AM6PR01.eurprd01.prod.outlook.com", "mx.nooutlook.com"), HOSTED, None),
        (
            STRANGER_TO_RELAY.replace(
                "mx1.out.provider.example (Postfix)", "mx1.outlook.com.stranger.example"
            ),
            HOSTED,
            None,
        ),
    ],
)
def test_exchange_online_writes_its_headers_anew(route: str, entity: str, tenant: str | None) -> None:
    """Its own hosts have addresses that nobody lists; a stranger's message is one from the Internet there."""
    provider = EXCHANGE.model_copy(
        update={"hosts": (*EXCHANGE.hosts, "*.nooutlook.com", "*.stranger.example")}
    )

    found = attribute(entity, f"X-MS-Exchange-CrossTenant-Id: {CONTOSO_GUID}", route=route, provider=provider)

    assert (found.tenant, found.route) == (tenant, "ours")


def test_a_login_that_a_strangers_server_tells_of_counts_for_nothing() -> None:
    """Only the line in which our relay took the message counts, not the one below, which the stranger wrote."""
    forged = USER_TO_RELAY.partition("\n")[2]

    found = attribute(OF_FABRIKAM, route=f"{STRANGER_TO_RELAY}\n{forged}")

    assert (found.tenant, found.reason) == (None, "no_tenant_named")


def test_an_ambiguous_header_of_a_stranger_is_no_reason() -> None:
    """It would not count if it named somebody."""
    found = attribute("Feedback-ID: shared:Fastmail", route=STRANGER_TO_RELAY)

    assert found.reason == "no_tenant_named"


def test_a_header_that_the_service_signed_is_proof() -> None:
    """Its key covers the field that its servers write into each message."""
    found = attribute(FROM_SES, verifier=FakeVerifier(SIGNED))

    (evidence,) = find_headers(found)
    assert evidence.verified
    assert (found.tenant, found.confidence) == ("contoso", "proven")


def test_a_signed_header_outranks_an_address() -> None:
    """The service's own word, which nobody else could sign, against a copy that a reporter gave us."""
    found = attribute(FROM_SES, route=RELAY, return_path="a@fabrikam.example", verifier=FakeVerifier(SIGNED))

    assert (found.tenant, found.confidence, found.reason) == ("contoso", "proven", None)


@pytest.mark.parametrize(
    "verdict",
    [
        make_verdict("amazonses.com", "from", "subject"),
        make_verdict("amazonses.com", "feedback-id", is_proof=False),
        make_verdict("amazonses.com", "feedback-id", is_ours=False),
        make_verdict("amazonses.com", "feedback-id", kind="arc"),
        make_verdict("provider.example", "feedback-id"),
        make_verdict("messagingengine.com", "feedback-id"),
        make_verdict("notamazonses.com", "feedback-id"),
        make_verdict("amazonses.com.stranger.example", "feedback-id"),
    ],
)
def test_no_other_signature_makes_a_header_a_proof(verdict: SignatureVerdict) -> None:
    """Another key, even one of ours, proves only that our servers let the field out, not that they wrote it."""
    found = attribute(FROM_SES, verifier=FakeVerifier(verdict))

    assert not find_headers(found)[0].verified
    assert (found.tenant, found.confidence) == ("contoso", "stated")


@pytest.mark.parametrize(
    "line",
    ["CFBL-Feedback-ID: cfbl-2", "X-Authenticated-Sender: h: a@fabrikam.example"],
)
@pytest.mark.parametrize("domain", ["amazonses.com", "provider.example"])
def test_what_any_sender_may_write_is_never_a_proof(line: str, domain: str) -> None:
    """A signature over it proves that it was there, and not who wrote it."""
    verifier = FakeVerifier(make_verdict(domain, line.partition(":")[0].lower()))

    assert attribute(line, verifier=verifier).confidence == "stated"


@pytest.mark.parametrize("route", [STRANGER_TO_RELAY, ELSEWHERE])
def test_a_signed_header_proves_nothing_of_what_a_stranger_handed_in(route: str) -> None:
    """The service signs what it forwards too; and of a copy from elsewhere nobody knows whether it was forwarded."""
    found = attribute(FROM_SES, route=route, verifier=FakeVerifier(SIGNED))

    assert (found.tenant, found.confidence) == (None, "unattributed")


def test_two_signed_ids_are_no_proof() -> None:
    """The service signed a field that it did not write beside its own."""
    found = attribute(FROM_SES, OF_FABRIKAM, verifier=FakeVerifier(SIGNED))

    assert (found.tenant, found.reason) == (None, "ambiguous")


def test_the_form_of_a_name_makes_no_difference() -> None:
    """Fields count in any case, as everywhere in mail."""
    found = attribute(FROM_SES.replace("Feedback-ID", "FEEDBACK-id"), verifier=FakeVerifier(SIGNED))

    assert found.confidence == "proven"


def test_a_switched_off_row_is_no_proof() -> None:
    """A provider that switched it off does not believe its signature either."""
    provider = PROVIDER.model_copy(update={"disabled_profiles": ("amazon_ses",)})

    assert attribute(FROM_SES, provider=provider, verifier=FakeVerifier(SIGNED)).tenant is None


SHARED = Owner("shared.example", None)


@pytest.mark.parametrize(
    ("verdict", "return_path", "reason"),
    [
        (make_verdict("shared.example", is_proof=False, is_ours=False, owner=SHARED), None, "ambiguous"),
        (make_verdict("shared.example", is_proof=False, is_ours=False, owner=SHARED), "", "no_tenant_named"),
        (make_verdict("shared.example", is_ours=False, owner=SHARED), "", "ambiguous"),
        (make_verdict("provider.example", owner=Owner("provider.example", None)), "", "no_tenant_named"),
    ],
)
def test_a_signing_domain_of_two_tenants_is_ambiguous(
    verdict: SignatureVerdict, return_path: str | None, reason: str
) -> None:
    """Where the signature would count, the reason says why it names nobody; the provider's own names nobody anyhow."""
    found = attribute(return_path=return_path, verifier=FakeVerifier(verdict))

    assert (found.tenant, found.reason) == (None, reason)
