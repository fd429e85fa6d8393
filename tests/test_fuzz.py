"""The fuzzing itself: a short run that is the same each time, and whether its oracle would see what is broken."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from random import Random
from typing import Any

import pytest

from fuzz.build import KINDS
from fuzz.consequences import PROMISES as CONSEQUENCES
from fuzz.damage import DAMAGES, TOKENS
from fuzz.finding import Finding
from fuzz.oracle import check, find
from fuzz.promises import PROMISES
from fuzz.storing import find_stored
from parsers import read_mail
from parsers.values import ReadMail

SEED = 7
FORWARD = KINDS["forward"](Random(SEED)).raw


@pytest.mark.parametrize("kind", KINDS)
def test_a_built_mail_is_read_as_what_it_is(kind: str) -> None:
    """What is damaged later is a mail of its kind, and keeps all promises."""
    for seed in range(5):
        built = KINDS[kind](Random(seed))

        assert find(built.raw) is None
        assert built.find_unexpected(built.raw) is None


@pytest.mark.parametrize("damage", dict.fromkeys(DAMAGES), ids=lambda one: one.__name__)
def test_a_damaged_mail_keeps_the_promises(damage: Callable[[Random, bytes, bytes], bytes]) -> None:
    """Each damage by itself, on a mail of each kind; `make fuzz` goes on from here."""
    random = Random(SEED)
    mails = [build(random).raw for build in KINDS.values()]

    findings = [find(damage(random, mail, random.choice(mails))) for mail in mails]

    assert findings == [None] * len(mails)


def test_damages_are_the_same_again() -> None:
    """A seed brings a finding back."""
    one, other = ([damage(Random(SEED), FORWARD, FORWARD) for damage in DAMAGES] for _ in range(2))

    assert one == other


def test_built_mails_are_stored() -> None:
    """A mail of each kind goes through the intake's own steps into a database."""
    assert find_stored([build(Random(SEED)).raw for build in KINDS.values()]) is None


def test_the_tokens_are_bytes() -> None:
    """The dictionary is read as libFuzzer reads it."""
    assert {b"\r\n", b"\0", b"\xff\xfe", b'"', b"\\"} <= set(TOKENS)


def _change(read: ReadMail, **fields: Any) -> ReadMail:
    return replace(read, reports=(replace(read.reports[0], **fields),))


def _change_message(read: ReadMail, **fields: Any) -> ReadMail:
    message = read.reports[0].message
    assert message is not None
    return _change(read, message=replace(message, **fields))


WRONG: dict[str, Callable[[ReadMail], ReadMail]] = {
    "another size": lambda read: replace(read, size=1),
    "a report with a reason": lambda read: replace(read, reason="bounce"),
    "no report with reports": lambda read: replace(read, disposition="not_a_report"),
    "quarantined": lambda read: replace(read, disposition="quarantined", reports=()),
    "NUL": lambda read: _change(read, user_agent="a\0b"),
    "a lone surrogate": lambda read: _change_message(read, subject="\ud800"),
    "a list": lambda read: _change(read, reported_uris=["a"]),
    "a huge value": lambda read: _change(read, user_agent="a" * 3_000_000),
    "a reporter from elsewhere": lambda read: replace(read, reporter="victim@x.example"),
    "a reporter with a header": lambda read: replace(read, reporter="a@b.example\r\nBcc: c@d.example"),
    "a loose message id": lambda read: replace(
        read, correspondence=replace(read.correspondence, message_id="<a b@c>")
    ),
    "a private origin": lambda read: _change(
        read, origin_ip=ip_address("10.0.0.1"), candidate_ips=(ip_address("10.0.0.1"),)
    ),
    "an origin that was not offered": lambda read: _change(read, candidate_ips=()),
    "another hop": lambda read: _change(read, origin_hop=99),
    "somebody who is not named": lambda read: _change(
        read, origin_hop=None, origin_ip=ip_address("9.9.9.9"), candidate_ips=(ip_address("9.9.9.9"),)
    ),
    "a mapped address": lambda read: _change(read, source_ip=ip_address("::ffff:192.0.2.1")),
    "no incidents": lambda read: _change(read, incidents=0),
    "other bytes": lambda read: _change_message(read, raw=b"From: x\r\n\r\n"),
    "another id": lambda read: _change_message(read, message_id="<another@x.example>"),
    "a subject of lines": lambda read: _change_message(read, message_id="<a\nb@x.example>"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str) -> None:
    """A reading that breaks a promise breaks at least one of the oracle's."""
    read = WRONG[name](check(FORWARD))

    broken = []
    for promise in (*PROMISES, *CONSEQUENCES):
        try:
            promise(FORWARD, read)
        except Exception as error:  # noqa: BLE001 - whatever it raises, it was seen
            broken.append(error)

    assert broken


def test_what_raises_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the promise and the place, so that two of the same are known."""

    def fail(_: bytes) -> ReadMail:
        raise IndexError("tuple index out of range")

    monkeypatch.setattr("fuzz.oracle.read_mail", fail)

    finding = find(FORWARD)

    assert isinstance(finding, Finding)
    assert "IndexError" in str(finding)
    assert __file__ in finding.place


def test_what_never_ends_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless loop is ended by force."""

    def hang(_: bytes) -> ReadMail:
        while True:
            pass

    monkeypatch.setattr("fuzz.oracle.read_mail", hang)
    monkeypatch.setattr("fuzz.oracle.HANGS_AFTER", 0.05)

    assert "reading ends" in str(find(FORWARD))


def test_a_reading_that_remembers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading of a mail is the same as the first."""
    sizes = iter(range(1000))
    monkeypatch.setattr("fuzz.relations.read_mail", lambda raw: replace(read_mail(raw), size=next(sizes)))

    assert "reading twice" in str(find(FORWARD))
