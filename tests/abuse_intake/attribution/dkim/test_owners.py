"""Whose a signing domain is."""

import pytest
from report_builders import make_tenant
from signing import FakeDns, name_of, sign, verify_one
from signing_keys import rsa_key

from abuse_intake.attribution import Directory
from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.dkim.owners import Standing, find_standing
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.settings_attribution import ProviderSettings
from storage.values import Tenant

OURS = "onmicrosoft.example"
GUID = "7c1f4f0e-5a1b-4f0a-9d53-0d1c3a2b9e41"
PROVIDER = ProviderSettings(signing_domains=(OURS, "eu.onmicrosoft.example"))
TENANTS = [
    make_tenant("contoso", domains=("contoso.example", "my-shop.example", "shared.example")),
    make_tenant("fabrikam", domains=("fabrikam.example", f"brand.{OURS}", "shared.example")),
    make_tenant("house", domains=(OURS,)),
    Tenant(id="t7", name="Seven", external_ids=("Adventure", GUID, "both")),
    Tenant(id="t8", name="Eight", external_ids=("contoso", "both")),
    Tenant(id="tailspin", name="Tailspin", domains=("a-b.example", "a.b.example")),
]


def _standing(domain: str, provider: ProviderSettings = PROVIDER) -> Standing | None:
    return find_standing(domain, provider, Directory(TENANTS))


@pytest.mark.parametrize(
    ("domain", "name", "tenant"),
    [
        ("contoso.example", "contoso.example", "contoso"),
        ("mail.eu.contoso.example", "contoso.example", "contoso"),
        ("shared.example", "shared.example", None),
    ],
)
def test_a_listed_domain_is_its_tenants(domain: str, name: str, tenant: str | None) -> None:
    """And all below it; one that two tenants list is neither's."""
    assert _standing(domain) == Standing(Owner(name, tenant), zone=name)


@pytest.mark.parametrize(
    "domain",
    [
        "stranger.example",
        "example",
        "xcontoso.example",
        "contoso.example.",
        "con_toso.contoso.example",
        "-a.contoso.example",
        "a-.contoso.example",
        f"{'a' * 64}.contoso.example",
        f"{'a.' * 130}contoso.example",
        "contosó.contoso.example",
        "",
    ],
)
def test_a_stranger_s_domain_and_what_is_no_domain_are_nobodys(domain: str) -> None:
    """Nothing is looked up for them."""
    assert _standing(domain) is None


@pytest.mark.parametrize(
    ("domain", "name", "tenant"),
    [
        (f"brand.{OURS}", f"brand.{OURS}", "fabrikam"),
        (f"a.brand.{OURS}", f"brand.{OURS}", "fabrikam"),
        (f"adventure.{OURS}", f"adventure.{OURS}", "t7"),
        (f"mail.adventure.{OURS}", f"adventure.{OURS}", "t7"),
        (f"{GUID}.{OURS}", f"{GUID}.{OURS}", "t7"),
        (f"fabrikam.{OURS}", f"fabrikam.{OURS}", "fabrikam"),
        ("fabrikam.eu.onmicrosoft.example", "fabrikam.eu.onmicrosoft.example", "fabrikam"),
        # Nobody's: the domain itself, though a tenant lists it, unknown names, and what two tenants could be.
        (OURS, OURS, None),
        ("eu.onmicrosoft.example", "eu.onmicrosoft.example", None),
        (f"unknown.{OURS}", f"unknown.{OURS}", None),
        (f"contoso.{OURS}", f"contoso.{OURS}", None),
        (f"both.{OURS}", f"both.{OURS}", None),
        (f"adventure.unknown.{OURS}", f"adventure.unknown.{OURS}", None),
    ],
)
def test_below_our_signing_domains_the_label_next_to_them_names_the_tenant(
    domain: str, name: str, tenant: str | None
) -> None:
    """A listed domain first, then an external id or an id; who lists the signing domain does not own its mail."""
    standing = _standing(domain)

    assert standing is not None
    assert (standing.owner, standing.is_ours) == (Owner(name, tenant), True)


@pytest.mark.parametrize(
    ("label", "standing"),
    [
        ("contoso-example", Standing(Owner("contoso.example", "contoso"), "contoso.example")),
        (
            "my-shop-example",
            Standing(Owner("my-shop.example", "contoso"), "my-shop.example", needs_from=True),
        ),
        ("mail-contoso-example", None),
        ("shared-example", None),
        ("a-b-example", None),
        ("example", None),
        ("-".join("abcdefghijkl"), None),
        ("--", None),
    ],
)
def test_google_workspace_writes_dots_as_hyphens(label: str, standing: Standing | None) -> None:
    """The one listed domain that reads so; where a stranger's could too, From must agree."""
    domain = f"{label}.20230601.gappssmtp.com"

    assert _standing(domain) == standing
    assert _standing(domain, ProviderSettings(disabled_profiles=("google_workspace",))) is None
    assert _standing(f"{label}.2023060.gappssmtp.com") is None


@pytest.mark.parametrize(
    ("sender", "is_proof"),
    [("a@my-shop.example", True), ("a@eu.my-shop.example", True), ("a@my.shop.example", False)],
)
def test_a_name_with_several_readings_needs_a_from_there(sender: str, is_proof: bool) -> None:
    """my.shop.example reads like my-shop.example, and may be a stranger's."""
    domain = "my-shop-example.20230601.gappssmtp.com"
    message = f"From: {sender}\r\nSubject: x\r\n\r\nHello\r\n".encode()
    dns = FakeDns({name_of(domain): (rsa_key().record,)})

    verdict = verify_one(sign(message, domain=domain, names=("from", "subject")), dns, tenants=TENANTS)

    assert verdict.is_proof == is_proof
    assert verdict.problem == (None if is_proof else Problem.FROM_ELSEWHERE)
