"""ARC sets, really sealed: which prove whose tenant sent a message, and why the others do not."""

import dkim
import pytest
from sealing import (
    BRAND,
    COVERING,
    OURS,
    STRANGER,
    ask_dkimpy_about_arc,
    find_seal_verdict,
    find_seal_verdicts,
    seal,
    seal_dns,
)
from signing import (
    DOMAIN,
    MESSAGE,
    SIGNED_NAMES,
    FakeDns,
    name_of,
    sign,
)
from signing_keys import ed25519_key, rsa_key

from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.dkim.problems import Problem

NAMES = [name.encode() for name in COVERING]
AUTHENTICATED = "auth=pass smtp.auth=ann@contoso.example"


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

    verdict = find_seal_verdict(raw)

    assert verdict.is_proof
    assert verdict.owner is not None
    assert (verdict.owner.tenant, verdict.is_ours, verdict.domain) == ("contoso", True, OURS)
    assert verdict.covered == set(SIGNED_NAMES)
    assert verdict.line.startswith("ARC-Seal: i=1; cv=none;")
    assert ask_dkimpy_about_arc(raw, seal_dns().records)
    assert find_seal_verdict(raw.replace(b"\r\n", b"\n")).is_proof


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
    assert find_seal_verdict(seal(MESSAGE, results, domain=OURS)).problem == problem


def test_junk_signatures_below_hide_no_seal() -> None:
    """What a sender puts into its message before we seal it takes no look-up from the seal, nor from what it says."""
    message = MESSAGE
    for number in range(45):
        junk = f"DKIM-Signature: v=1; d=a{number}.20230601.gappssmtp.com; s=x\r\n".encode()
        message = junk + message

    assert find_seal_verdict(seal(message, AUTHENTICATED, domain=OURS)).is_proof


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

    verdict = find_seal_verdict(b"".join(lines) + raw)

    assert (verdict.is_proof, verdict.owner) == (True, Owner(DOMAIN, "contoso"))


def test_a_tenant_can_seal_for_itself_only() -> None:
    """Else any tenant that holds a key could blame another."""
    assert find_seal_verdict(seal(MESSAGE, AUTHENTICATED, domain=DOMAIN)).owner == Owner(DOMAIN, "contoso")
    assert (
        find_seal_verdict(seal(MESSAGE, AUTHENTICATED, domain="fabrikam.example")).problem
        == Problem.SEAL_OF_OTHERS
    )


def test_below_a_signing_domain_a_seal_is_its_owners() -> None:
    """The key is the provider's, the name a customer's: listed or not, it cannot blame another."""
    own = "auth=pass smtp.auth=ann@brand.onmicrosoft.example"

    found = [
        find_seal_verdict(seal(MESSAGE, results, domain=domain))
        for domain, results in ((BRAND, own), (BRAND, AUTHENTICATED), (f"fabrikam.{OURS}", AUTHENTICATED))
    ]

    assert [one.problem for one in found] == [None, Problem.SEAL_OF_OTHERS, Problem.SEAL_OF_OTHERS]
    assert [one.owner and one.owner.tenant for one in found] == ["brand", "brand", None]


def test_seals_of_strangers_are_not_looked_at() -> None:
    """Most mail has some; they can prove nothing here, and their keys are not asked for."""
    dns = seal_dns()

    assert find_seal_verdicts(seal(MESSAGE, AUTHENTICATED, domain=STRANGER), dns) == []
    assert dns.asked == []


def test_what_strangers_sealed_above_changes_nothing() -> None:
    """The set counts that is ours, wherever the message went later."""
    raw = seal(seal(MESSAGE, AUTHENTICATED, domain=OURS), "spf=pass", domain=STRANGER)

    assert find_seal_verdict(raw).is_proof


def test_a_chain_that_begins_with_a_stranger_proves_nothing() -> None:
    """Its seal cannot be verified: nobody but tenants' and our own servers are asked for keys."""
    raw = seal(seal(MESSAGE, "spf=pass", domain=STRANGER), AUTHENTICATED, domain=OURS)
    dns = seal_dns()

    assert ask_dkimpy_about_arc(raw, dns.records)
    assert find_seal_verdict(raw, dns).problem == Problem.CHAIN_UNPROVEN
    assert dns.asked == []


def test_the_highest_set_of_ours_that_verifies_counts() -> None:
    """What a lower one says is not looked at; one that fails leaves the next to count."""
    inner = seal(MESSAGE, AUTHENTICATED, domain=OURS)
    both = seal(inner, "spf=pass", domain=OURS)
    other = seal(inner, "auth=pass smtp.auth=b@fabrikam.example", domain=OURS)
    failing = other.replace(b"; b=", b"; b=AAAA", 1)

    assert [verdict.problem for verdict in find_seal_verdicts(both)] == [Problem.SEAL_ALONE]
    assert [verdict.owner and verdict.owner.tenant for verdict in find_seal_verdicts(other)] == ["fabrikam"]
    assert [(one.problem, one.is_proof) for one in find_seal_verdicts(failing)] == [
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

    assert find_seal_verdict(raw.replace(old, new, 1)).problem == problem


def test_a_broken_seal_below_breaks_the_chain() -> None:
    """Each seal up to ours must verify, though ours covers all of them."""
    inner = seal(MESSAGE, AUTHENTICATED, domain=DOMAIN)
    broken = inner.replace(b"cv=none; a=rsa-sha256", b"cv=none; a=rsa-sha256; x=1", 1)
    raw = seal(broken, AUTHENTICATED, domain=OURS)

    assert find_seal_verdicts(raw)[0].problem == Problem.CHAIN_BROKEN
    assert not ask_dkimpy_about_arc(raw, seal_dns().records)


def test_the_two_signatures_of_a_set_are_of_one_domain() -> None:
    """Else whose set it is could be read in two ways."""
    of_ours = seal(MESSAGE, AUTHENTICATED, domain=OURS)
    of_tenant = seal(MESSAGE, AUTHENTICATED, domain="fabrikam.example")
    seal_line = of_ours[: of_ours.index(b"ARC-Message-Signature")]
    mixed = seal_line + of_tenant[of_tenant.index(b"ARC-Message-Signature") :]

    assert find_seal_verdict(mixed).problem == Problem.SEAL_DOMAINS


def test_a_signature_that_leaves_subject_unsigned_seals_nothing() -> None:
    """An ARC-Message-Signature keeps the rules of DKIM."""
    raw = seal(MESSAGE, AUTHENTICATED, domain=OURS, names=("from", "date"))

    assert find_seal_verdict(raw).problem == Problem.SUBJECT_UNSIGNED


def test_ed25519_and_long_keys_seal_too() -> None:
    """All algorithms that DKIM knows."""
    for key in (ed25519_key(), rsa_key(2048)):
        dns = FakeDns({name_of(OURS): (key.record,)})

        assert find_seal_verdict(seal(MESSAGE, AUTHENTICATED, key, domain=OURS), dns).is_proof


def test_a_chain_of_very_many_sets_is_not_verified() -> None:
    """It would cost more than it can tell."""
    raw = MESSAGE
    for _ in range(11):
        raw = seal(raw, AUTHENTICATED, domain=OURS)

    verdicts = find_seal_verdicts(raw)

    assert [(one.problem, one.is_proof) for one in verdicts] == [(Problem.TOO_MANY, False), (None, True)]
