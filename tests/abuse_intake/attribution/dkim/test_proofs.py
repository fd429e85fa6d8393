"""DKIM signatures, really made: which prove who sent a message, and why the others do not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from signing import (
    ARRIVAL,
    DOMAIN,
    MESSAGE,
    PROVIDER,
    SIGNED_NAMES,
    FakeDns,
    Key,
    ask_dkimpy,
    ed25519_key,
    name_of,
    publish,
    rsa_key,
    sign,
    sign_with_tags,
    verify,
    verify_one,
    write_archive,
)

from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.dkim.archive import KeyArchive
from abuse_intake.attribution.dkim.dns_keys import Unreachable
from abuse_intake.attribution.dkim.problems import Problem

NAMES = ":".join(SIGNED_NAMES)


def _problem(raw: bytes, dns: FakeDns | None = None) -> str | None:
    verdict = verify_one(raw, dns)
    assert verdict.is_proof == (verdict.problem is None)
    return verdict.problem


@pytest.mark.parametrize(
    "key", [rsa_key(1024), rsa_key(2048), ed25519_key()], ids=["1024", "2048", "ed25519"]
)
@pytest.mark.parametrize("header", [b"simple", b"relaxed"])
@pytest.mark.parametrize("body", [b"simple", b"relaxed"])
def test_a_whole_signature_of_a_tenant_proves(key: Key, header: bytes, body: bytes) -> None:
    """Of every algorithm and in every canonical form; dkimpy agrees."""
    raw, dns = sign(key=key, canonicalize=(header, body)), publish(key.record)

    verdict = verify_one(raw, dns)

    assert verdict.is_proof
    assert verdict.problem is None
    assert (verdict.domain, verdict.selector, verdict.is_ours) == (DOMAIN, "s1", False)
    assert verdict.owner == Owner(DOMAIN, "contoso")
    assert verdict.covered == set(SIGNED_NAMES)
    assert verdict.line.startswith("DKIM-Signature: v=1; a=")
    assert ask_dkimpy(raw, dns.records)


@pytest.mark.parametrize("canonical", [b"simple", b"relaxed"])
def test_line_ends_lost_on_the_way_are_restored(canonical: bytes) -> None:
    """Saved with LF alone, in part, or without the last line end, a message is what was signed."""
    raw = sign(canonicalize=(canonical, canonical))

    assert verify_one(raw.replace(b"\r\n", b"\n")).is_proof
    assert verify_one(raw.replace(b"\r\n", b"\n", 5)).is_proof
    assert verify_one(raw.removesuffix(b"\r\n")).is_proof
    assert verify_one(b"From sales Fri Nov 20 11:00:00 2026\r\n" + raw).is_proof
    assert verify_one(b"\r\n\r\n" + raw).is_proof


def test_fields_that_were_put_on_top_later_change_nothing() -> None:
    """Servers on the way add their own, and take none away."""
    raw = b"Return-Path: <a@b.example>\r\nReceived: from x\r\n\tby y; today\r\n" + sign()

    assert verify_one(raw).is_proof


CHANGED = [
    ("body", b"never", b"always", Problem.BODY_CHANGED),
    ("body longer", b"Contoso\r\n", b"Contoso\r\nMore\r\n", Problem.BODY_CHANGED),
    ("subject", b"Great  offer", b"Greater offer", Problem.HEADER_CHANGED),
    ("from", b"Sales <sales@", b"Boss <boss@", Problem.HEADER_CHANGED),
    ("to gone", b"To: ann@reporter.example\r\n", b"", Problem.HEADER_CHANGED),
    ("bare CR", b"Subject: Great", b"Subject: Gr\reat", Problem.MALFORMED_HEADER),
    ("no field", b"To: ann", b"Hello\r\nTo: ann", Problem.MALFORMED_HEADER),
    ("NUL", b"To: ann", b"To: a\0nn", Problem.MALFORMED_HEADER),
    ("blank before colon", b"Subject:", b"Subject :", Problem.MALFORMED_HEADER),
    ("second from", b"From: Sales", b"From: boss@contoso.example\r\nFrom: Sales", Problem.SECOND_FROM),
    ("second from below", b"MIME-V", b"from: boss@contoso.example\r\nMIME-V", Problem.SECOND_FROM),
    ("second subject", b"Subject:", b"Subject: Free\r\nSubject:", Problem.SECOND_SUBJECT),
    ("second date", b"Date:", b"Date: Mon, 2 Nov 2026 11:00:00 +0000\r\nDate:", Problem.SECOND_FIELD),
    ("second type", b"Content-Type:", b"Content-Type: text/html\r\nContent-Type:", Problem.SECOND_FIELD),
    ("no body", MESSAGE[MESSAGE.index(b"\r\n\r\n") + 4 :], b"", Problem.NO_BODY),
    ("header alone", MESSAGE[MESSAGE.index(b"\r\n\r\n") + 2 :], b"", Problem.NO_BODY),
]


@pytest.mark.parametrize(
    ("old", "new", "problem"), [case[1:] for case in CHANGED], ids=[case[0] for case in CHANGED]
)
def test_what_was_changed_later_is_told(old: bytes, new: bytes, problem: Problem) -> None:
    """Each change has its own words, and none is a proof."""
    raw = sign()
    assert raw.count(old) == 1

    assert _problem(raw.replace(old, new)) == problem


def test_a_field_signed_twice_over_allows_no_second() -> None:
    """A name that stands once more in h= than in the message signs that there is no other."""
    raw = sign(names=(*SIGNED_NAMES, "from", "subject"))

    assert verify_one(raw).is_proof
    assert not verify_one(raw.replace(b"Subject:", b"Subject: Free\r\nSubject:")).is_proof


def test_both_of_two_fields_may_be_signed() -> None:
    """What the signer saw and signed is no addition, and each is covered."""
    message = MESSAGE.replace(b"Subject:", b"Subject: First\r\nSubject:")

    assert _problem(sign(message)) == Problem.SECOND_SUBJECT
    assert "subject" in verify_one(sign(message, names=(*SIGNED_NAMES, "subject"))).covered


def test_a_subject_that_is_not_there_must_be_signed_all_the_same() -> None:
    """Or anybody could put one in."""
    message = MESSAGE.replace(b"Subject: Great  offer\r\n", b"")

    assert verify_one(sign(message)).is_proof
    assert _problem(sign(message, names=("from", "date"))) == Problem.SUBJECT_UNSIGNED


TAGS: list[tuple[dict[str, str | None], Problem | None]] = [
    ({}, None),
    ({"l": "5"}, Problem.PARTIAL),
    ({"h": "from:date"}, Problem.SUBJECT_UNSIGNED),
    ({"h": "subject:date"}, Problem.FROM_UNSIGNED),
    ({"h": "From : SUBJECT"}, None),
    ({"h": "from::subject"}, Problem.MALFORMED),
    ({"h": None}, Problem.MALFORMED),
    ({"h": ":".join(["from", "subject"] * 600)}, Problem.MALFORMED),
    ({"a": "rsa-sha1"}, Problem.SHA1),
    ({"a": "rsa-md5"}, Problem.ALGORITHM),
    ({"a": None}, Problem.ALGORITHM),
    ({"a": "ed25519-sha256"}, Problem.OTHER_KEY),
    ({"v": "2"}, Problem.MALFORMED),
    ({"v": None}, Problem.MALFORMED),
    ({"c": "relaxed/nofws"}, Problem.MALFORMED),
    ({"c": "relaxed/relaxed/relaxed"}, Problem.MALFORMED),
    ({"q": "dns/txt"}, None),
    ({"q": "http"}, Problem.MALFORMED),
    ({"i": "@contoso.example"}, None),
    ({"i": "ann@Mail.Contoso.example"}, None),
    ({"i": "ann@xcontoso.example"}, Problem.IDENTITY),
    ({"i": "ann@example"}, Problem.IDENTITY),
    ({"i": "contoso.example"}, Problem.MALFORMED),
    ({"x": str(int(ARRIVAL.timestamp()) + 1)}, None),
    ({"x": str(int(ARRIVAL.timestamp()) - 1)}, Problem.EXPIRED),
    ({"t": "1000", "x": "999"}, Problem.MALFORMED),
    ({"x": "soon"}, Problem.MALFORMED),
    ({"x": "9" * 100}, Problem.MALFORMED),
    ({"b": ""}, Problem.MALFORMED),
    ({"b": "AAA"}, Problem.MALFORMED),
    ({"b": "AAAA"}, Problem.HEADER_CHANGED),
    ({"bh": "AAAA"}, Problem.BODY_CHANGED),
    ({"bh": None}, Problem.MALFORMED),
    ({"z": "From:x", "unknown": "1"}, None),
    ({"1": "x"}, Problem.MALFORMED),
    ({"s": "a..b"}, Problem.MALFORMED),
    ({"s": "a b"}, Problem.MALFORMED),
    ({"s": "x" * 64}, Problem.MALFORMED),
    ({"s": None}, Problem.MALFORMED),
]


@pytest.mark.parametrize(("tags", "problem"), TAGS, ids=[str(tags)[:40] for tags, _ in TAGS])
def test_what_a_signature_states_decides(tags: dict[str, str | None], problem: Problem | None) -> None:
    """Each rule has its own words; all else about these signatures is right."""
    assert _problem(sign_with_tags(**tags)) == problem


def test_a_tag_that_stands_twice_is_an_error() -> None:
    """Readers differ in which of the two they take (RFC 6376, section 3.2)."""
    assert _problem(sign().replace(b"; s=s1;", b"; s=s1; s=s1;")) == Problem.MALFORMED


@pytest.mark.parametrize("other", ["rsa_key", "revoked", "malformed"])
def test_no_sense_in_a_key_is_no_proof(other: str) -> None:
    """A key that is not the signer's, was revoked, or cannot be read."""
    records = {"rsa_key": rsa_key(1024, 1).record, "revoked": "v=DKIM1; p=", "malformed": "v=DKIM1; p=AAAA"}
    expected = {
        "rsa_key": Problem.HEADER_CHANGED,
        "revoked": Problem.REVOKED,
        "malformed": Problem.MALFORMED_KEY,
    }

    assert _problem(sign(), publish(records[other])) == expected[other]


KEYS: list[tuple[str, Problem | None]] = [
    ("v=DKIM1; {}", None),
    ("{}", None),
    ("{};", None),
    ("v=DKIM2; {}", Problem.MALFORMED_KEY),
    ("{}; v=DKIM1", Problem.MALFORMED_KEY),
    ("v=DKIM1; {}; p=", Problem.MALFORMED_KEY),
    ("v=DKIM1; h=sha256; {}", None),
    ("v=DKIM1; h=sha1:sha256; {}", None),
    ("v=DKIM1; h=sha1; {}", Problem.OTHER_KEY),
    ("v=DKIM1; s=*; {}", None),
    ("v=DKIM1; s=email; {}", None),
    ("v=DKIM1; s=tlsrpt; {}", Problem.OTHER_KEY),
    ("v=DKIM1; t=y; {}", Problem.TESTING),
    ("v=DKIM1; t=s:y; {}", Problem.TESTING),
    ("v=DKIM1; t=s; {}", None),
    ("v=DKIM1; g=*; n=a note; {}", None),
    ("v=DKIM1; {} \x00", Problem.MALFORMED_KEY),
    ("v=spf1 -all", Problem.MALFORMED_KEY),
    ("", Problem.MALFORMED_KEY),
    ("v=DKIM1; {}; n=" + "x" * 9000, Problem.MALFORMED_KEY),
    ("v=DKIM1; k=rsa; p=" + "A" * 4000, Problem.MALFORMED_KEY),
]


@pytest.mark.parametrize(("record", "problem"), KEYS, ids=[record[:30] for record, _ in KEYS])
def test_what_a_key_is_published_for_decides(record: str, problem: Problem | None) -> None:
    """Version, hash, service and flags of its record."""
    assert _problem(sign(), publish(record.format(rsa_key().record))) == problem


def test_a_key_for_its_domain_alone_signs_for_nothing_below() -> None:
    """t=s: the identity must be at the very domain."""
    strict = publish(f"t=s; {rsa_key().record}")

    assert _problem(sign_with_tags(i="a@mail.contoso.example"), strict) == Problem.IDENTITY
    assert _problem(sign_with_tags(i="a@contoso.example"), strict) is None


@pytest.mark.parametrize("bits", [512, 768])
def test_a_weak_key_proves_nothing(bits: int) -> None:
    """Whoever factors it signs as the tenant."""
    key = rsa_key(bits)

    assert _problem(sign(key=key), publish(key.record)) == Problem.WEAK_KEY


def test_any_of_several_records_may_verify() -> None:
    """While a key is rotated under one name, both are published."""
    assert _problem(sign(), publish("v=DKIM1; p=", rsa_key(1024, 1).record, rsa_key().record)) is None


def test_a_selector_that_is_not_there_and_one_that_cannot_be_asked_for() -> None:
    """The first is certain, the second may be otherwise later; each has its words."""
    assert _problem(sign(selector="unknown")) == Problem.NO_KEY
    assert _problem(sign(), FakeDns({name_of(): Unreachable("SERVFAIL")})) == Problem.UNREACHABLE


def test_a_stranger_proves_nothing_and_is_not_asked() -> None:
    """Neither its servers nor anybody's: mail could make us ask anyone anything. A few are told."""
    raw = MESSAGE
    for number in range(7):
        raw = sign(raw, domain=f"stranger{number}.example")
    dns = FakeDns()

    verdicts = verify(raw, dns)

    assert [verdict.domain for verdict in verdicts] == [
        f"stranger{number}.example" for number in (6, 5, 4, 3, 2)
    ]
    assert {(verdict.owner, verdict.is_proof, verdict.problem) for verdict in verdicts} == {
        (None, False, Problem.STRANGER)
    }
    assert dns.asked == []


def test_a_domain_of_two_tenants_proves_nothing_and_is_not_asked() -> None:
    """It would name either."""
    dns = FakeDns()

    verdict = verify_one(sign(domain="shared.example"), dns)

    assert (verdict.owner, verdict.is_proof) == (Owner("shared.example", None), False)
    assert (verdict.problem, dns.asked) == (Problem.SHARED, [])


def test_each_of_two_signatures_is_judged() -> None:
    """Topmost first; that one fails takes nothing from the other."""
    raw = sign(sign(), domain="stranger.example")
    both = sign(sign(), selector="unknown")

    assert [(one.domain, one.is_proof) for one in verify(raw)] == [
        ("stranger.example", False),
        (DOMAIN, True),
    ]
    assert [(one.selector, one.is_proof) for one in verify(both)] == [("unknown", False), ("s1", True)]


def test_keys_since_rotated_are_in_the_archive(tmp_path: Path) -> None:
    """It is asked first; the DNS only when none of its keys does."""
    archive = KeyArchive(
        write_archive(
            tmp_path / "keys.jsonl",
            (DOMAIN, "s1", rsa_key(1024, 1).record),
            (DOMAIN, "s1", rsa_key().record),
        )
    )
    archive.refresh(is_first=True)
    dns = publish(rsa_key(2048).record)

    old = verify_one(sign(), dns, archive=archive)
    asked_for_old = list(dns.asked)
    new = verify_one(sign(key=rsa_key(2048)), dns, archive=archive)

    assert (old.is_proof, asked_for_old) == (True, [])
    assert (new.is_proof, dns.asked) == (True, [name_of()])


def test_arrival_decides_on_expiry_not_the_present() -> None:
    """Reports come late; a message that arrived before its signature expired was signed."""
    raw = sign_with_tags(x=str(int(ARRIVAL.timestamp())))

    assert verify_one(raw).is_proof
    assert verify_one(raw, arrival=datetime(2026, 11, 21, tzinfo=UTC)).problem == Problem.EXPIRED


def test_ours_is_verified_though_it_names_nobody() -> None:
    """The provider's own domain: a proof that our servers let it out, with no tenant."""
    domain = PROVIDER.signing_domains[0]
    dns = FakeDns({name_of(domain): (rsa_key().record,)})

    verdict = verify_one(sign(domain=domain), dns)

    assert (verdict.is_proof, verdict.is_ours, verdict.owner) == (True, True, Owner(domain, None))
