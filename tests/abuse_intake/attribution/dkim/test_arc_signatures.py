"""Sealed results that rest on a DKIM signature: which of these a seal may vouch for."""

import pytest
from sealing import COVERING, OURS, find_seal_verdict, seal
from signing import MESSAGE, SIGNED_NAMES, sign

from abuse_intake.attribution.dkim.problems import Problem


@pytest.mark.parametrize(
    "results", ["dkim=pass header.d=contoso.example", "dkim=pass header.i=@contoso.example"]
)
def test_a_seal_vouches_for_a_signature_that_covers_the_message(results: str) -> None:
    """Also where the signature itself fails now; not where it signs less than the whole, or is not there."""
    partly = sign(names=("from", "date"))
    broken = sign().replace(b"; b=", b"; b=AAAA")

    found = [
        find_seal_verdict(seal(raw, results, domain=OURS, names=COVERING))
        for raw in (broken, partly, MESSAGE)
    ]

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

    found = [find_seal_verdict(raw).problem for raw in (sealed, swapped)]

    assert found == (
        [Problem.SEALED_SWAPPABLE] * 2
        if names is SIGNED_NAMES
        else [Problem.SEALED_WEAK, Problem.HEADER_CHANGED]
    )


def test_a_seal_covers_every_signature_that_its_results_rest_on() -> None:
    """One that was put in below, or on top, after the seal is not covered."""
    sealed = seal(sign(), "dkim=pass header.d=contoso.example", domain=OURS, names=COVERING)
    added = b"DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s1; h=from:subject; bh=AAAA; b=AAAA\r\n"

    assert find_seal_verdict(sealed).is_proof
    assert find_seal_verdict(added + sealed).problem == Problem.SEALED_SWAPPABLE


def test_a_seal_vouches_for_an_identity_below_the_signing_domain() -> None:
    """`header.i` names a domain below that of the signature."""
    raw = seal(sign(), "dkim=pass header.i=@mail.contoso.example", domain=OURS, names=COVERING)

    assert find_seal_verdict(raw).is_proof
