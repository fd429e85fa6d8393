"""A Google Workspace name that could be a stranger's too proves nothing by ARC, whatever From says."""

import pytest
from report_builders import make_tenant
from sealing import COVERING, OURS, ask_dkimpy_about_arc, seal
from signing import MESSAGE, TENANTS, FakeDns, name_of, sign, verify
from signing_keys import rsa_key

from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.signatures import SignatureVerdict

CERTAIN = "contoso-example.20230601.gappssmtp.com"
AMBIGUOUS = "my-shop-example.20230601.gappssmtp.com"
"""Of my-shop.example, which is a tenant's, and of my.shop.example, which may be a stranger's."""
SHOP = make_tenant("shop", domains=("my-shop.example",))
AT_SHOP = MESSAGE.replace(b"sales@contoso.example", b"sales@my-shop.example")


def _verdict(raw: bytes) -> SignatureVerdict:
    dns = FakeDns({name_of(domain): (rsa_key().record,) for domain in (OURS, CERTAIN, AMBIGUOUS)})
    assert ask_dkimpy_about_arc(raw, dns.records)
    (verdict,) = (one for one in verify(raw, dns, tenants=(*TENANTS, SHOP)) if one.kind == "arc")
    return verdict


@pytest.mark.parametrize("message", [MESSAGE, AT_SHOP], ids=["other From", "From at the tenant's"])
def test_what_seals_under_an_ambiguous_name_blames_nobody(message: bytes) -> None:
    """Who holds the stranger's key writes From and the results: neither makes the tenant of the same name guilty."""
    raw = seal(message, "auth=pass smtp.auth=ann@my-shop.example", domain=AMBIGUOUS)

    verdict = _verdict(raw)

    assert (verdict.is_proof, verdict.problem) == (False, Problem.OTHER_READINGS)


@pytest.mark.parametrize("method", ["dkim=pass header.d=", "dkim=pass header.i=@", "auth=pass smtp.auth=a@"])
def test_a_seal_of_ours_over_an_ambiguous_name_blames_nobody(method: str) -> None:
    """A stranger's mail that a tenant of ours received was signed well, and sealed by us: From is not looked at."""
    raw = seal(sign(AT_SHOP, domain=AMBIGUOUS), f"{method}{AMBIGUOUS}", domain=OURS, names=COVERING)

    verdict = _verdict(raw)

    assert (verdict.is_proof, verdict.problem) == (False, Problem.SEAL_ALONE)


def test_an_ambiguous_name_takes_no_proof_from_another() -> None:
    """It stands for nobody, so it is no second tenant beside the one who logged in."""
    results = f"auth=pass smtp.auth=ann@contoso.example; dkim=pass header.d={AMBIGUOUS}"

    verdict = _verdict(seal(sign(domain=AMBIGUOUS), results, domain=OURS, names=COVERING))

    assert verdict.owner is not None
    assert (verdict.is_proof, verdict.owner.tenant) == (True, "contoso")


def test_a_name_with_one_reading_proves_by_a_seal() -> None:
    """As the owner's sealing key, and as the signer whom a seal of ours names."""
    as_sealer = seal(MESSAGE, "auth=pass smtp.auth=ann@contoso.example", domain=CERTAIN)
    signed = sign(domain=CERTAIN)
    as_signer = seal(signed, f"dkim=pass header.d={CERTAIN}", domain=OURS, names=COVERING)

    found = [_verdict(raw) for raw in (as_sealer, as_signer)]

    assert [(one.is_proof, one.owner and one.owner.tenant) for one in found] == [(True, "contoso")] * 2
