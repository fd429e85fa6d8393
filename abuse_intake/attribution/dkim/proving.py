"""What makes a signature a proof: rules over what it states, then the body's hash, then a key that verifies it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from abuse_intake.attribution.dkim.keyring import FindRecords, KeyName
from abuse_intake.attribution.dkim.problems import Problem, Unproven
from abuse_intake.attribution.dkim.public_key import parse_key_record
from abuse_intake.attribution.dkim.signature import Signature
from abuse_intake.attribution.dkim.signed_message import SignedMessage
from parsers.addresses import is_at_or_below


class Arrival:
    """When a message arrived; None = not known yet: then nothing has expired."""

    def __init__(self, at: datetime | None = None) -> None:
        self._at = at
        self.was_asked = False
        """Whether anything that was found rests on it."""

    def is_after(self, seconds: int) -> bool:
        """Whether it was later than so many seconds after 1970 began."""
        self.was_asked = True
        return self._at is not None and self._at.timestamp() > seconds


class Coverage(NamedTuple):
    """What the rules look at: a signature, and how often each field stands in the message and is signed."""

    signature: Signature
    counts: Counter[str]
    signed: Counter[str]
    arrival: Arrival

    def has_unsigned(self, *names: str) -> bool:
        """Whether more fields of a name stand in the message than are signed, and more than the one that may."""
        return any(self.counts[name] > max(1, self.signed[name]) for name in names)


RULES: tuple[tuple[Callable[[Coverage], bool], Problem], ...] = (
    (lambda coverage: not coverage.signed["from"], Problem.FROM_UNSIGNED),
    (lambda coverage: not coverage.signed["subject"], Problem.SUBJECT_UNSIGNED),
    (lambda coverage: coverage.has_unsigned("from"), Problem.SECOND_FROM),
    (lambda coverage: coverage.has_unsigned("subject"), Problem.SECOND_SUBJECT),
    # A second one of these is another date, or another way to show the body, than the signer's.
    (
        lambda coverage: coverage.has_unsigned("date", "content-type", "content-transfer-encoding"),
        Problem.SECOND_FIELD,
    ),
    (lambda coverage: not _is_within(coverage.signature), Problem.IDENTITY),
    (lambda coverage: _has_expired(coverage), Problem.EXPIRED),
)
"""What makes a signature no proof, whatever its key says; the first that holds is told."""


def check_coverage(signature: Signature, message: SignedMessage, arrival: Arrival) -> None:
    """Unproven unless it covers From, Subject and the body, and did so when the message arrived."""
    coverage = Coverage(signature, message.counts, Counter(signature.names), arrival)
    for holds, problem in RULES:
        if holds(coverage):
            raise Unproven(problem)


def prove(
    signature: Signature,
    message: SignedMessage,
    arrival: Arrival,
    find_records: FindRecords,
    zone: str,
) -> frozenset[str]:
    """The names of the fields of which it signs every one. Unproven where it is no proof."""
    check_content(signature, message, arrival)
    verify_signed(signature, message, find_records, zone)
    return find_covered(signature, message)


def check_content(signature: Signature, message: SignedMessage, arrival: Arrival) -> None:
    """Unproven unless it covers what it must, and the body is the one that was signed; no key is needed for that."""
    check_coverage(signature, message, arrival)
    if message.hash_body(signature.body_form) != signature.body_hash:
        raise Unproven(Problem.BODY_CHANGED if message.has_body else Problem.NO_BODY)
    if not message.is_whole:
        raise Unproven(Problem.NO_BODY)


def verify_signed(signature: Signature, message: SignedMessage, find_records: FindRecords, zone: str) -> None:
    """Unproven unless a published key verifies it over the fields that it signs."""
    signed = message.canonicalize_signed(signature.names, signature.header_form, without=signature.field)
    verify(signature, signature.digest(signed), find_records, zone)


def find_covered(signature: Signature, message: SignedMessage) -> frozenset[str]:
    """The names of the fields of which it signs every one."""
    times = Counter(signature.names)
    return frozenset(name for name, signed in times.items() if 0 < message.counts[name] <= signed)


def verify(signature: Signature, digest: bytes, find_records: FindRecords, zone: str) -> None:
    """Unproven unless one of the published keys verifies it; the first failure of the last place asked is told."""
    problem = Problem.NO_KEY
    for records in find_records(KeyName(signature.selector, signature.domain, zone)):
        if isinstance(records, Problem):
            problem = problem if problem != Problem.NO_KEY and records != Problem.UNREACHABLE else records
            continue
        failure = _try_keys(signature, digest, records)
        if failure is None:
            return
        problem = failure
    raise Unproven(problem)


def _try_keys(signature: Signature, digest: bytes, records: Iterable[str]) -> Problem | None:
    """Why no record verifies it; None where one does."""
    failures = []
    for failure in _failures(signature, digest, records):
        if failure is None:
            return None
        failures.append(failure)
    return failures[0] if failures else Problem.NO_KEY


def _failures(signature: Signature, digest: bytes, records: Iterable[str]) -> Iterator[Problem | None]:
    for record in records:
        try:
            _check_key(signature, digest, record)
        except Unproven as unproven:
            yield unproven.problem
        else:
            yield None


def _check_key(signature: Signature, digest: bytes, record: str) -> None:
    key = parse_key_record(record)
    if key.kind != signature.algorithm:
        raise Unproven(Problem.OTHER_KEY)
    key.check()
    if not key.verifies(signature.value, digest):
        raise Unproven(Problem.HEADER_CHANGED)
    if key.is_testing:
        raise Unproven(Problem.TESTING)
    if key.is_for_domain_alone and signature.identity not in (None, signature.domain):
        raise Unproven(Problem.IDENTITY)


def _is_within(signature: Signature) -> bool:
    """Whether its identity is at its domain, or below."""
    identity = signature.identity
    return identity is None or is_at_or_below(identity, signature.domain)


def _has_expired(coverage: Coverage) -> bool:
    expires = coverage.signature.expires
    return expires is not None and coverage.arrival.is_after(expires)
