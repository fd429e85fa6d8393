"""Our verdicts beside dkimpy's: what we take for a proof verifies there, and what is well-formed is judged alike."""

import random

import pytest
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given
from hypothesis import strategies as st
from signing import SIGNED_NAMES, ask_dkimpy, publish, sign, verify
from signing_keys import ed25519_key, rsa_key

from abuse_intake.attribution.dkim.canonical import canonicalize_body, canonicalize_field
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.dkim.signed_message import restore_line_ends

LINE_PIECES = st.sampled_from([b" ", b"  ", b"\t", b"a", b"=", b".", b"\xc3\xa9", b"\r", b"word", b" \t \t"])
LINE_ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r\n\r\n", b" \r\n"])
BODIES = st.lists(st.one_of(LINE_PIECES, LINE_ENDS), max_size=40).map(b"".join)
FOLDS = st.lists(
    st.sampled_from([b"x", b" ", b"\t", b"\r\n ", b"\r\n\t", b";", b"=?utf-8?q?a?=", b"b="]), max_size=12
)
VALUES = FOLDS.map(b"".join).filter(lambda value: not value.endswith((b"\r\n ", b"\r\n\t")))
FORMS = st.tuples(*[st.sampled_from([b"simple", b"relaxed"])] * 2)


@given(body=BODIES)
def test_bodies_have_the_canonical_form_that_dkimpy_gives_them(body: bytes) -> None:
    """Random blanks, tabs, line ends and empty lines, all of them ended as on the wire."""
    restored = restore_line_ends(body + b"\r\n")

    assert canonicalize_body(restored, "simple") == Simple.canonicalize_body(restored)
    assert canonicalize_body(restored, "relaxed") == Relaxed.canonicalize_body(restored)


@given(value=VALUES)
def test_fields_have_the_canonical_form_that_dkimpy_gives_them(value: bytes) -> None:
    """Random folds and blanks."""
    ((name, relaxed),) = Relaxed.canonicalize_headers([(b"Subject", value + b"\r\n")])

    assert canonicalize_field(b"Subject", value, "relaxed") == name + b":" + relaxed
    assert canonicalize_field(b"Subject", value, "simple") == b"Subject:" + value + b"\r\n"


@given(body=BODIES, subject=VALUES, forms=FORMS, is_rsa=st.booleans(), is_lf=st.booleans())
def test_what_dkimpy_signs_is_a_proof(
    body: bytes, subject: bytes, forms: tuple[bytes, bytes], is_rsa: bool, is_lf: bool
) -> None:
    """Whatever the body and the folds of its fields, also when its line ends are lost, but for a CR before one."""
    key = rsa_key() if is_rsa else ed25519_key()
    header = b"From: a@contoso.example\r\nSubject:" + subject + b"\r\nDate: today\r\n\r\n"
    raw = sign(restore_line_ends(header + body + b"\r\n"), key, names=SIGNED_NAMES, canonicalize=forms)
    dns = publish(key.record)

    (verdict,) = verify(raw.replace(b"\r\n", b"\n") if is_lf and b"\r\r" not in raw else raw, dns)

    assert ask_dkimpy(raw, dns.records)
    assert verdict.is_proof


MUTATIONS = (
    b"",
    b" ",
    b"\t",
    b"\r\n",
    b"\n",
    b"\r\n ",
    b"\r",
    b"x",
    b";",
    b"=",
    b":",
    b"\0",
    b"From: b@x.example\r\n",
)


@given(seed=st.integers(0, 2**32), count=st.integers(1, 3), forms=FORMS)
def test_no_mutation_is_a_proof_that_dkimpy_refuses(
    seed: int, count: int, forms: tuple[bytes, bytes]
) -> None:
    """Bytes put in, taken away or exchanged anywhere in a signed message, its signature included."""
    chance = random.Random(seed)
    raw = sign(canonicalize=forms)
    for _ in range(count):
        at = chance.randrange(len(raw))
        raw = raw[:at] + chance.choice(MUTATIONS) + raw[at + chance.randrange(3) :]
    dns = publish()

    proofs = [verdict for verdict in verify(raw, dns) if verdict.is_proof]

    assert not proofs or ask_dkimpy(raw, dns.records)


REFUSED_BY_US_ALONE = {
    Problem.PARTIAL: {"length": True},
    Problem.SUBJECT_UNSIGNED: {"names": ("from", "date")},
}


@pytest.mark.parametrize("problem", REFUSED_BY_US_ALONE)
def test_what_dkimpy_lets_through_and_we_do_not(problem: Problem) -> None:
    """A valid signature that covers too little is no proof of what it does not cover."""
    raw, dns = sign(**REFUSED_BY_US_ALONE[problem]), publish()

    (verdict,) = verify(raw, dns)

    assert ask_dkimpy(raw, dns.records)
    assert (verdict.is_proof, verdict.problem) == (False, problem)
