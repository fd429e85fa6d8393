"""ARC sets, really sealed: which prove whose tenant sent a message, and why the others do not."""

import dkim
import pytest
from report_builders import make_tenant
from sealing import ask_dkimpy_about_arc, seal
from signing import (
    DOMAIN,
    MESSAGE,
    SIGNED_NAMES,
    TENANTS,
    FakeDns,
    name_of,
    sign,
    verify,
)
from signing_keys import ed25519_key, rsa_key

from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.signatures import SignatureVerdict

OURS = "onmicrosoft.example"
STRANGER = "stranger.example"
BRAND = f"brand.{OURS}"
"""A domain below ours that a tenant lists."""
COVERING = (*SIGNED_NAMES, "dkim-signature")
NAMES = [name.encode() for name in COVERING]
AUTHENTICATED = "auth=pass smtp.auth=ann@contoso.example"


def _dns() -> FakeDns:
    names = (DOMAIN, "fabrikam.example", OURS, STRANGER, "shared.example", BRAND, f"fabrikam.{OURS}")
    return FakeDns({name_of(domain): (rsa_key().record,) for domain in names})


def _verdicts(raw: bytes, dns: FakeDns | None = None) -> list[SignatureVerdict]:
    tenants = (*TENANTS, make_tenant("brand", domains=(BRAND,)))
    return [verdict for verdict in verify(raw, dns or _dns(), tenants=tenants) if verdict.kind == "arc"]


def _verdict(raw: bytes, dns: FakeDns | None = None) -> SignatureVerdict:
    (verdict,) = _verdicts(raw, dns)
    assert verdict.is_proof == (verdict.problem is None)
    return verdict


@pytest.mark.parametrize(
    "results",
    [
        AUTHENTICATED,
        "spf=fail smtp.mailfrom=x.example; auth=pass (plain) smtp.auth=ann@contoso.example",
        "auth=pass smtp.auth=ann@mail.contoso.example smtp.mailfrom=x@fabrikam.example",
        'auth=pass smtp.auth="ann@contoso.example"',
    ],
)
def test_a_seal_of_ours_proves_whom_it_says_was_authenticated(results: str) -> None:
    """The tenant whose user logged in; dkimpy takes the chain for valid too."""
    raw = seal(MESSAGE, results, domain=OURS)

    verdict = _verdict(raw)

    assert verdict.is_proof
    assert verdict.owner is not None
    assert (verdict.owner.tenant, verdict.is_ours, verdict.domain) == ("contoso", True, OURS)
    assert verdict.covered == set(SIGNED_NAMES)
    assert verdict.line.startswith("ARC-Seal: i=1; cv=none;")
    assert ask_dkimpy_about_arc(raw, _dns().records)
    assert _verdict(raw.replace(b"\r\n", b"\n")).is_proof


@pytest.mark.parametrize(
    "results", ["dkim=pass header.d=contoso.example", "dkim=pass header.i=@contoso.example"]
)
def test_a_seal_vouches_for_a_signature_that_covers_the_message(results: str) -> None:
    """Also where the signature itself fails now; not where it signs less than the whole, or is not there."""
    partly = sign(names=("from", "date"))
    broken = sign().replace(b"; b=", b"; b=AAAA")

    found = [_verdict(seal(raw, results, domain=OURS, names=COVERING)) for raw in (broken, partly, MESSAGE)]

    assert [one.problem for one in found] == [None, Problem.SEALED_WEAK, Problem.SEALED_WEAK]


@pytest.mark.parametrize("names", [SIGNED_NAMES, COVERING], ids=["not covered", "covered"])
def test_a_signature_that_could_be_swapped_is_nothing_to_rest_on(names: tuple[str, ...]) -> None:
    """Whoever received a weak one may put one in its place that claims to cover all: the seal still verifies."""
    sealed = seal(
        sign(names=("from", "date")), "dkim=pass header.d=contoso.example", domain=OURS, names=names
    )
    weak, _, rest = sealed.partition(b"DKIM-Signature:")
    strong = (
        b"DKIM-Signature: v=1; a=rsa-sha256; d=contoso.example; s=s1; h=from:subject; bh=AAAA; b=AAAA\r\n"
    )
    swapped = weak + strong + rest[rest.index(b"From: Sales") :]

    found = [_verdict(raw).problem for raw in (sealed, swapped)]

    assert found == (
        [Problem.SEALED_SWAPPABLE] * 2
        if names is SIGNED_NAMES
        else [Problem.SEALED_WEAK, Problem.HEADER_CHANGED]
    )


def test_a_seal_covers_every_signature_that_its_results_rest_on() -> None:
    """One that was put in below, or on top, after the seal is not covered."""
    sealed = seal(sign(), "dkim=pass header.d=contoso.example", domain=OURS, names=COVERING)
    added = b"DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s1; h=from:subject; bh=AAAA; b=AAAA\r\n"

    assert _verdict(sealed).is_proof
    assert _verdict(added + sealed).problem == Problem.SEALED_SWAPPABLE


@pytest.mark.parametrize(
    ("results", "problem"),
    [
        ("spf=pass smtp.mailfrom=contoso.example", Problem.SEAL_ALONE),
        ("dmarc=pass header.from=contoso.example", Problem.SEAL_ALONE),
        ("auth=fail smtp.auth=ann@contoso.example", Problem.SEAL_ALONE),
        ("auth=pass smtp.auth=ann@stranger.example smtp.mailfrom=a@contoso.example", Problem.SEAL_ALONE),
        ("auth=pass smtp.mailfrom=ann@contoso.example", Problem.SEAL_ALONE),
        ("auth=pass smtp.auth=ann smtp.mailfrom=ann@contoso.example", Problem.SEAL_ALONE),
        ("auth=pass smtp.auth=ann", Problem.SEAL_ALONE),
        ("auth=pass smtp.auth=contoso.example", Problem.SEAL_ALONE),
        ("auth=pass smtp.auth=ann@shared.example", Problem.SEAL_ALONE),
        ("auth=pass (smtp.auth=ann@contoso.example)", Problem.SEAL_ALONE),
        ('auth=pass reason="smtp.auth=ann@contoso.example"', Problem.SEAL_ALONE),
        ("auth=pass reason=smtp.auth=ann@contoso.example", Problem.SEAL_ALONE),
        ("auth=pass x.smtp.auth=ann@contoso.example", Problem.SEAL_ALONE),
        ("auth=pass-not smtp.auth=ann@contoso.example", Problem.SEAL_ALONE),
        ("spf=fail (auth=pass smtp.auth=ann@contoso.example)", Problem.SEAL_ALONE),
        ("auth=pass smtp.auth=a@contoso.example smtp.auth=a@fabrikam.example", Problem.SEAL_ALONE),
        (f"{AUTHENTICATED}; auth=pass smtp.auth=b@fabrikam.example", Problem.SEAL_AMBIGUOUS),
    ],
)
def test_a_seal_that_names_no_one_tenant_proves_nothing(results: str, problem: Problem) -> None:
    """It passed through us: so does all mail that our tenants receive."""
    assert _verdict(seal(MESSAGE, results, domain=OURS)).problem == problem


def test_junk_signatures_below_hide_no_seal() -> None:
    """What a sender puts into its message before we seal it takes no look-up from the seal, nor from what it says."""
    message = MESSAGE
    for number in range(45):
        junk = f"DKIM-Signature: v=1; d=a{number}.20230601.gappssmtp.com; s=x\r\n".encode()
        message = junk + message

    assert _verdict(seal(message, AUTHENTICATED, domain=OURS)).is_proof


def test_a_seal_vouches_for_an_identity_below_the_signing_domain() -> None:
    """`header.i` names a domain below that of the signature."""
    raw = seal(sign(), "dkim=pass header.i=@mail.contoso.example", domain=OURS, names=COVERING)

    assert _verdict(raw).is_proof


def test_what_dkimpy_seals_is_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own sealer reads an Authentication-Results field and writes the set that says the same.

    It would not cover DKIM signatures, as the sealers of Google and others do.
    """
    monkeypatch.setattr(dkim.DKIM, "SHOULD_NOT", ())
    stated = b"Authentication-Results: sealer.example; dkim=pass header.d=contoso.example\r\n"
    raw = sign()
    lines = dkim.arc_sign(
        stated + raw, b"s1", OURS.encode(), rsa_key().private, b"sealer.example", include_headers=NAMES
    )

    verdict = _verdict(b"".join(lines) + raw)

    assert (verdict.is_proof, verdict.owner) == (True, Owner(DOMAIN, "contoso"))


def test_a_tenant_can_seal_for_itself_only() -> None:
    """Else any tenant that holds a key could blame another."""
    assert _verdict(seal(MESSAGE, AUTHENTICATED, domain=DOMAIN)).owner == Owner(DOMAIN, "contoso")
    assert _verdict(seal(MESSAGE, AUTHENTICATED, domain="fabrikam.example")).problem == Problem.SEAL_OF_OTHERS


def test_below_a_signing_domain_a_seal_is_its_owners() -> None:
    """The key is the provider's, the name a customer's: listed or not, it cannot blame another."""
    own = "auth=pass smtp.auth=ann@brand.onmicrosoft.example"

    found = [
        _verdict(seal(MESSAGE, results, domain=domain))
        for domain, results in ((BRAND, own), (BRAND, AUTHENTICATED), (f"fabrikam.{OURS}", AUTHENTICATED))
    ]

    assert [one.problem for one in found] == [None, Problem.SEAL_OF_OTHERS, Problem.SEAL_OF_OTHERS]
    assert [one.owner and one.owner.tenant for one in found] == ["brand", "brand", None]


def test_seals_of_strangers_are_not_looked_at() -> None:
    """Most mail has some; they can prove nothing here, and their keys are not asked for."""
    dns = _dns()

    assert _verdicts(seal(MESSAGE, AUTHENTICATED, domain=STRANGER), dns) == []
    assert dns.asked == []


def test_what_strangers_sealed_above_changes_nothing() -> None:
    """The set counts that is ours, wherever the message went later."""
    raw = seal(seal(MESSAGE, AUTHENTICATED, domain=OURS), "spf=pass", domain=STRANGER)

    assert _verdict(raw).is_proof


def test_a_chain_that_begins_with_a_stranger_proves_nothing() -> None:
    """Its seal cannot be verified: nobody but tenants' and our own servers are asked for keys."""
    raw = seal(seal(MESSAGE, "spf=pass", domain=STRANGER), AUTHENTICATED, domain=OURS)
    dns = _dns()

    assert ask_dkimpy_about_arc(raw, dns.records)
    assert _verdict(raw, dns).problem == Problem.CHAIN_UNPROVEN
    assert dns.asked == []


def test_the_highest_set_of_ours_that_verifies_counts() -> None:
    """What a lower one says is not looked at; one that fails leaves the next to count."""
    inner = seal(MESSAGE, AUTHENTICATED, domain=OURS)
    both = seal(inner, "spf=pass", domain=OURS)
    other = seal(inner, "auth=pass smtp.auth=b@fabrikam.example", domain=OURS)
    failing = other.replace(b"; b=", b"; b=AAAA", 1)

    assert [verdict.problem for verdict in _verdicts(both)] == [Problem.SEAL_ALONE]
    assert [verdict.owner and verdict.owner.tenant for verdict in _verdicts(other)] == ["fabrikam"]
    assert [(one.problem, one.is_proof) for one in _verdicts(failing)] == [
        (Problem.HEADER_CHANGED, False),
        (None, True),
    ]


CHANGES = [
    (b"smtp.auth=ann@contoso.example", b"smtp.auth=bob@fabrikam.example", Problem.HEADER_CHANGED),
    (b"never", b"always", Problem.BODY_CHANGED),
    (b"Great", b"Greater", Problem.HEADER_CHANGED),
    (b"From: Sales", b"From: a@b.example\r\nFrom: Sales", Problem.SECOND_FROM),
    (b"cv=none", b"cv=pass", Problem.CHAIN_BROKEN),
    (b"cv=none; ", b"", Problem.MALFORMED),
    (b"ARC-Authentication-Results: i=1;", b"X: i=1;", Problem.SEAL_INCOMPLETE),
    (b"ARC-Authentication-Results: i=1;", b"ARC-Authentication-Results: i=2;", Problem.SEAL_INCOMPLETE),
    (b"From: Sales", b"ARC-Seal: i=1; d=x.example\r\nFrom: Sales", Problem.SEAL_INCOMPLETE),
]


@pytest.mark.parametrize(("old", "new", "problem"), CHANGES, ids=[repr(new)[:30] for _, new, _ in CHANGES])
def test_what_was_changed_later_is_told(old: bytes, new: bytes, problem: Problem) -> None:
    """What the seal says, what its signature covers, and the set itself."""
    raw = seal(MESSAGE, AUTHENTICATED, domain=OURS)

    assert _verdict(raw.replace(old, new, 1)).problem == problem


def test_a_broken_seal_below_breaks_the_chain() -> None:
    """Each seal up to ours must verify, though ours covers all of them."""
    inner = seal(MESSAGE, AUTHENTICATED, domain=DOMAIN)
    broken = inner.replace(b"cv=none; a=rsa-sha256", b"cv=none; a=rsa-sha256; x=1", 1)
    raw = seal(broken, AUTHENTICATED, domain=OURS)

    assert _verdicts(raw)[0].problem == Problem.CHAIN_BROKEN
    assert not ask_dkimpy_about_arc(raw, _dns().records)


def test_the_two_signatures_of_a_set_are_of_one_domain() -> None:
    """Else whose set it is could be read in two ways."""
    of_ours = seal(MESSAGE, AUTHENTICATED, domain=OURS)
    of_tenant = seal(MESSAGE, AUTHENTICATED, domain="fabrikam.example")
    seal_line = of_ours[: of_ours.index(b"ARC-Message-Signature")]
    mixed = seal_line + of_tenant[of_tenant.index(b"ARC-Message-Signature") :]

    assert _verdict(mixed).problem == Problem.SEAL_DOMAINS


def test_a_signature_that_leaves_subject_unsigned_seals_nothing() -> None:
    """An ARC-Message-Signature keeps the rules of DKIM."""
    raw = seal(MESSAGE, AUTHENTICATED, domain=OURS, names=("from", "date"))

    assert _verdict(raw).problem == Problem.SUBJECT_UNSIGNED


def test_ed25519_and_long_keys_seal_too() -> None:
    """All algorithms that DKIM knows."""
    for key in (ed25519_key(), rsa_key(2048)):
        dns = FakeDns({name_of(OURS): (key.record,)})

        assert _verdict(seal(MESSAGE, AUTHENTICATED, key, domain=OURS), dns).is_proof


def test_a_chain_of_very_many_sets_is_not_verified() -> None:
    """It would cost more than it can tell."""
    raw = MESSAGE
    for _ in range(11):
        raw = seal(raw, AUTHENTICATED, domain=OURS)

    verdicts = _verdicts(raw)

    assert [(one.problem, one.is_proof) for one in verdicts] == [(Problem.TOO_MANY, False), (None, True)]
