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
    Tenant(id="t7", name="Seven", external_ids=("Adventure", GUID)),
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
        # Nobody's: the domain itself, though a tenant lists it, and names that look like somebody's id.
        (OURS, OURS, None),
        ("eu.onmicrosoft.example", "eu.onmicrosoft.example", None),
        (f"unknown.{OURS}", f"unknown.{OURS}", None),
        (f"fabrikam.{OURS}", f"fabrikam.{OURS}", None),
        (f"adventure.{OURS}", f"adventure.{OURS}", None),
        (f"mail.adventure.{OURS}", f"mail.adventure.{OURS}", None),
        (f"{GUID}.{OURS}", f"{GUID}.{OURS}", None),
    ],
)
def test_below_our_signing_domains_only_a_listed_domain_names_a_tenant(
    domain: str, name: str, tenant: str | None
) -> None:
    """A customer chooses its name there, also one like another's id; the signing domain itself is no customer's."""
    standing = _standing(domain)

    assert standing is not None
    assert (standing.owner, standing.is_ours) == (Owner(name, tenant), True)
    assert (standing.is_signing_domain, standing.doubt) == (domain in PROVIDER.signing_domains, None)


@pytest.mark.parametrize(
    ("label", "standing"),
    [
        ("contoso-example", Standing(Owner("contoso.example", "contoso"), "contoso.example")),
        (
            "my-shop-example",
            Standing(Owner("my-shop.example", "contoso"), "my-shop.example", has_other_readings=True),
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
    """The one listed domain that reads so; whether a stranger's could too is noted."""
    domain = f"{label}.20230601.gappssmtp.com"

    assert _standing(domain) == standing
    assert _standing(domain, ProviderSettings(disabled_profiles=("google_workspace",))) is None
    assert _standing(f"{label}.2023060.gappssmtp.com") is None


@pytest.mark.parametrize("sender", ["a@my-shop.example", "a@my.shop.example"])
def test_a_name_with_several_readings_is_a_claim_and_no_proof(sender: str) -> None:
    """my.shop.example reads like my-shop.example, may be a stranger's, and its owner writes any From."""
    domain = "my-shop-example.20230601.gappssmtp.com"
    message = f"From: {sender}\r\nSubject: x\r\n\r\nHello\r\n".encode()
    dns = FakeDns({name_of(domain): (rsa_key().record,)})

    verdict = verify_one(sign(message, domain=domain, names=("from", "subject")), dns, tenants=TENANTS)

    assert (verdict.is_proof, verdict.problem) == (False, Problem.OTHER_READINGS)
    assert verdict.owner == Owner("my-shop.example", "contoso")
    assert dns.asked == []
