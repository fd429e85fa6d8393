"""A batch's keys are asked for at once; what was prepared is verified without waiting."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sealing import seal
from signing import (
    ARRIVAL,
    DOMAIN,
    MESSAGE,
    PROVIDER,
    TENANTS,
    FakeDns,
    as_message,
    name_of,
    publish,
    sign,
    sign_with_tags,
    verify,
    write_archive,
)
from signing_keys import rsa_key

from abuse_intake.attribution import Directory
from abuse_intake.attribution.dkim.archive import KeyArchive
from abuse_intake.attribution.dkim.dns_keys import MOST_QUESTIONS, DnsKeys, Unreachable
from abuse_intake.attribution.dkim.keyring import KeyName, Keyring
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.dkim.verifier import DkimVerifier, in_turn
from parsers.values import Message

DIRECTORY = Directory(TENANTS)


def _verifier(dns: FakeDns | None, archive: KeyArchive | None = None) -> DkimVerifier:
    return DkimVerifier(PROVIDER, Keyring(archive or KeyArchive(), DnsKeys(dns) if dns else None))


def _message(raw: bytes, number: int = 0) -> Message:
    return as_message(raw, sha256=f"{number:064}")


def _problems(verifier: DkimVerifier, message: Message) -> list[str | None]:
    return [verdict.problem for verdict in verifier.verify(message, DIRECTORY, ARRIVAL)]


def test_keys_are_asked_for_once_and_before_they_are_needed() -> None:
    """All that a batch needs, DKIM and ARC, each name once."""
    ours = PROVIDER.signing_domains[0]
    dns = publish()
    dns.records[name_of(ours)] = (rsa_key().record,)
    raw = seal(sign(), "auth=pass smtp.auth=a@contoso.example", domain=ours)
    verifier, messages = _verifier(dns), [_message(raw, number) for number in range(3)]

    verifier.prepare(messages, DIRECTORY)
    asked = sorted(dns.asked)

    assert asked == [name_of(), name_of(ours)]
    assert [_problems(verifier, message) for message in messages] == [[None, None]] * 3
    assert sorted(dns.asked) == asked


def test_what_failed_while_it_was_prepared_is_not_asked_for_again() -> None:
    """Slow DNS holds a batch once; a message of another batch is asked for when the failure is forgotten."""
    dns = FakeDns({name_of(): Unreachable("SERVFAIL")})
    verifier, message = _verifier(dns), _message(sign())

    verifier.prepare([message], DIRECTORY)

    assert _problems(verifier, message) == [Problem.UNREACHABLE]
    assert dns.asked == [name_of()]


def test_a_message_that_was_not_prepared_is_asked_for() -> None:
    """Whoever attributes one mail alone need not prepare."""
    dns = publish()
    verifier = _verifier(dns)
    verifier.prepare([], DIRECTORY)

    assert _problems(verifier, _message(sign())) == [None]


def test_nothing_is_asked_for_what_cannot_be_a_proof() -> None:
    """A body that was changed, a rule that is broken: the key would change nothing."""
    dns = publish()
    verifier = _verifier(dns)
    hopeless = [sign().replace(b"never", b"always"), sign_with_tags(l="1"), sign(names=("from", "date"))]
    messages = [_message(raw, number) for number, raw in enumerate(hopeless)]

    verifier.prepare(messages, DIRECTORY)

    assert all(_problems(verifier, message) != [None] for message in messages)
    assert dns.asked == []


def test_the_archive_spares_the_dns(tmp_path: Any) -> None:
    """A key that verifies is there; one that is not there, or does not verify, is asked for."""
    dns = FakeDns()
    archive = KeyArchive(write_archive(tmp_path / "keys.jsonl", (DOMAIN, "s1", rsa_key().record)))
    verifier = _verifier(dns, archive)
    archived, other = _message(sign(), 1), _message(sign(key=rsa_key(1024, 1)), 2)

    verifier.prepare([archived], DIRECTORY)
    asked_for_archived = list(dns.asked)
    verifier.prepare([archived, other], DIRECTORY)

    assert (asked_for_archived, dns.asked) == ([], [name_of()])
    assert _problems(verifier, archived) == [None]
    assert _problems(verifier, other) == [Problem.HEADER_CHANGED]


def test_one_mail_asks_few_questions() -> None:
    """Whatever selectors it names: prepared or not."""
    raw = MESSAGE
    for number in range(9):
        raw = sign(raw, selector=f"x{number}")
    prepared, alone = FakeDns(), FakeDns()
    verifier = _verifier(prepared)

    verifier.prepare([_message(raw)], DIRECTORY)
    problems = [verdict.problem for verdict in verify(raw, alone)]

    assert len(prepared.asked) == len(alone.asked) == MOST_QUESTIONS
    assert problems == [Problem.NO_KEY] * MOST_QUESTIONS + [Problem.UNREACHABLE] * 5
    assert _problems(verifier, _message(raw)) == problems


def test_without_the_dns_the_archive_alone_is_asked() -> None:
    """And the words say so."""
    assert _problems(_verifier(None), _message(sign())) == [Problem.NO_KEY_IN_ARCHIVE]


def test_a_copy_of_which_less_was_read_takes_no_proof_from_a_message() -> None:
    """A mail may bring so much that of the same bytes in it only the first fields are read."""
    verifier, whole = _verifier(publish()), _message(sign(), 1)
    cut = replace(whole, traces=())
    verifier.prepare([whole], DIRECTORY)

    verifier.prepare([whole, cut], DIRECTORY)

    assert (_problems(verifier, whole), _problems(verifier, cut)) == ([None], [])


def test_a_prepared_message_is_verified_once() -> None:
    """What was found while its keys were looked up stands, but where it rests on the arrival or on the directory."""
    dns = publish()
    verifier = _verifier(dns)
    lasting, expiring = _message(sign(), 1), _message(sign_with_tags(x=str(int(ARRIVAL.timestamp()))), 2)
    verifier.prepare([lasting], DIRECTORY)

    verifier.prepare([lasting, expiring], DIRECTORY)
    first, second = (verifier.verify(lasting, DIRECTORY, ARRIVAL) for _ in range(2))
    late = ARRIVAL + timedelta(days=1)

    assert first is second
    assert _problems(verifier, expiring) == [None]
    assert [verdict.problem for verdict in verifier.verify(expiring, DIRECTORY, late)] == [Problem.EXPIRED]
    assert [verdict.problem for verdict in verifier.verify(lasting, Directory(), ARRIVAL)] == [
        Problem.STRANGER
    ]


def test_many_names_of_one_message_keep_no_other_waiting() -> None:
    """The first name of each message is asked for before any message's second, each once."""
    a, b, c = (KeyName(selector, "contoso.example", "contoso.example") for selector in "abc")

    assert list(in_turn([[a, b], [], [c, a]])) == [a, c, b]
