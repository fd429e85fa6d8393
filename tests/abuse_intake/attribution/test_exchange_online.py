"""Exchange Online: its ids are the sender's or the receiver's, and only one header says which."""

import pytest
from attribution_world import CONSUMERS, CONTOSO_GUID, FABRIKAM_GUID, SHARED_GUID, attribute, find_headers

ENTITY = "X-MS-Exchange-CrossTenant-FromEntityHeader: "
ID = "X-MS-Exchange-CrossTenant-Id: "
ORG = "X-OriginatorOrg: "
UNKNOWN_GUID = "99999999-aaaa-4bbb-8ccc-dddddddddddd"


@pytest.mark.parametrize("id", [CONTOSO_GUID, CONTOSO_GUID.upper()])
@pytest.mark.parametrize(("entity", "role"), [("Hosted", "sender's"), ("HybridOnPrem", "relaying")])
def test_the_id_names_the_tenant(entity: str, role: str, id: str) -> None:
    """A mailbox's tenant, or that of a server on premises that relays; in any case."""
    found = attribute(ENTITY + entity, ID + id)

    (evidence,) = find_headers(found)
    assert (found.tenant, found.confidence) == ("contoso", "stated")
    assert (evidence.value, evidence.tenant) == (CONTOSO_GUID, "contoso")
    assert f"is the {role} tenant, of contoso" in evidence.detail
    assert evidence.lines == (ENTITY + entity, ID + id)


def test_the_domain_of_the_originator_names_the_tenant() -> None:
    """Where the directory does not list the id, or there is none."""
    beside = attribute(ENTITY + "Hosted", ID + UNKNOWN_GUID, ORG + "Contoso.example")
    alone = attribute(ENTITY + "HybridOnPrem", ORG + "mail.contoso.example")

    assert [(one.value, one.tenant) for one in find_headers(beside)] == [
        (UNKNOWN_GUID, None),
        ("contoso.example", "contoso"),
    ]
    assert (beside.tenant, alone.tenant) == ("contoso", "contoso")


def test_id_and_domain_that_agree_are_one_group() -> None:
    """The same server writes both, so that they do not corroborate each other."""
    found = attribute(ENTITY + "Hosted", ID + CONTOSO_GUID, ORG + "contoso.example")

    assert [one.tenant for one in find_headers(found)] == ["contoso", "contoso"]
    assert (found.tenant, found.confidence) == ("contoso", "stated")


REFUSED = [
    ((ENTITY + "Internet", ID + CONTOSO_GUID, ORG + "contoso.example"), "the receiver's", "no_tenant_named"),
    ((ENTITY + "Internet", ID + CONTOSO_GUID), "says Internet", "no_tenant_named"),
    ((ID + CONTOSO_GUID, ORG + "contoso.example"), "sender's or the receiver's", "no_tenant_named"),
    ((ORG + "contoso.example",), "sender's or the receiver's", "no_tenant_named"),
    ((ENTITY, ID + CONTOSO_GUID), "not known", "no_tenant_named"),
    ((ENTITY + "Hosted (so)", ID + CONTOSO_GUID), "not known", "no_tenant_named"),
    ((ENTITY + "Partner", ID + CONTOSO_GUID), "not known", "no_tenant_named"),
    ((ENTITY + "Hosted", ENTITY + "Internet", ID + CONTOSO_GUID), "differ", "no_tenant_named"),
    ((ENTITY + "Hosted", ENTITY + "HybridOnPrem", ID + CONTOSO_GUID), "differ", "no_tenant_named"),
    ((ENTITY + "Hosted", ID + CONTOSO_GUID, ID + UNKNOWN_GUID), "differ", "no_tenant_named"),
    ((ENTITY + "Hosted", ID + CONTOSO_GUID, ID + FABRIKAM_GUID), "differ", "ambiguous"),
    ((ENTITY + "Hosted", ORG + "contoso.example", ORG + "fabrikam.example"), "differ", "ambiguous"),
    ((ENTITY + "Hosted", ID + CONTOSO_GUID, ORG + "fabrikam.example"), "more than one tenant", "ambiguous"),
    ((ENTITY + "Hosted", ID + SHARED_GUID, ORG + "contoso.example"), "more than one tenant", "ambiguous"),
    ((ENTITY + "Hosted", ID + CONSUMERS), "no customer", "no_tenant_named"),
    ((ENTITY + "Hosted", ID + CONSUMERS.upper(), ORG + "contoso.example"), "no customer", "no_tenant_named"),
    ((ENTITY + "Hosted", ID + "4711"), "no GUID", "no_tenant_named"),
    ((ENTITY + "Hosted", ID + f"{{{CONTOSO_GUID}}}"), "no GUID", "no_tenant_named"),
    ((ENTITY + "Hosted", ID, ORG + "contoso.example"), "no GUID", "no_tenant_named"),
    ((ENTITY + "Hosted", ORG + "a b.contoso.example"), "no domain", "no_tenant_named"),
    ((ENTITY + "Hosted",), "there is no", "no_tenant_named"),
    ((ENTITY + "Hosted", *[ID + CONTOSO_GUID] * 10), "more than 10", "no_tenant_named"),
]


@pytest.mark.parametrize(("lines", "why", "reason"), REFUSED)
def test_ids_that_may_be_the_receivers_name_nobody(lines: tuple[str, ...], why: str, reason: str) -> None:
    """The evidence shows the lines, and says why they name nobody."""
    found = attribute(*lines)

    (evidence,) = find_headers(found)
    assert (found.tenant, found.reason, evidence.tenant) == (None, reason, None)
    assert why in evidence.detail
    assert [line.strip() for line in evidence.lines] == [line.strip() for line in lines]


def test_an_id_of_two_tenants_is_ambiguous() -> None:
    """It names neither, and the reason says why."""
    found = attribute(ENTITY + "Hosted", ID + SHARED_GUID)

    assert (found.tenant, found.reason) == (None, "ambiguous")


def test_fields_that_agree_twice_are_one() -> None:
    """A message that passed two servers of Exchange may have each of them twice."""
    found = attribute(ENTITY + "Hosted", ID + CONTOSO_GUID, ENTITY + "hosted", ID + CONTOSO_GUID.upper())

    assert found.tenant == "contoso"


def test_it_can_be_switched_off() -> None:
    """A provider that is not Exchange Online believes none of it."""
    from abuse_intake.settings_attribution import ProviderSettings

    provider = ProviderSettings.model_validate(
        {"relays": ["203.0.113.0/26"], "disabled_profiles": ["exchange_online"]}
    )

    found = attribute(ENTITY + "Hosted", ID + CONTOSO_GUID, provider=provider)

    assert (found.tenant, find_headers(found)) == (None, [])


def test_the_receivers_ids_are_refused_in_one_sentence() -> None:
    """What an analyst reads says once why nobody is named."""
    found = attribute(ENTITY + "Internet", ID + CONTOSO_GUID)

    assert find_headers(found)[0].detail.endswith(
        "FromEntityHeader says Internet: these are the receiver's, so that it names nobody"
    )
