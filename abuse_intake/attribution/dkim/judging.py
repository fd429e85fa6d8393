"""Judges the signatures of one message, within limits of what is verified and told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.dkim.arc import Chain
from abuse_intake.attribution.dkim.candidates import Candidate, Standings
from abuse_intake.attribution.dkim.keyring import Lookup
from abuse_intake.attribution.dkim.owners import Standing
from abuse_intake.attribution.dkim.problems import Problem, Unproven
from abuse_intake.attribution.dkim.proving import Arrival, prove
from abuse_intake.attribution.dkim.signature import NAME_CHARACTERS, parse_dkim_signature
from abuse_intake.attribution.dkim.signed_message import SignedMessage
from abuse_intake.attribution.evidence import show_lines
from abuse_intake.attribution.signatures import SignatureVerdict
from parsers.values import Message

MOST_VERIFIED = 10
"""DKIM signatures of one message."""
MOST_STRANGERS = 5
"""That are told."""
MOST_SETS = 3
"""ARC sets of ours that are tried, the newest first."""


@dataclass(frozen=True)
class Judge:
    """One message with all that its signatures are judged by."""

    message: Message
    candidates: Sequence[Candidate]
    standings: Standings
    arrival: Arrival
    lookup: Lookup

    def judge(self) -> Iterator[SignatureVerdict]:
        """DKIM signatures, topmost first, then ARC sets."""
        yield from self._judge_dkim([one for one in self.candidates if one.kind == "dkim"])
        yield from self._judge_arc([one for one in self.candidates if one.kind == "arc"])

    @cached_property
    def _signed(self) -> SignedMessage | Problem:
        """Split once, and only where a signature could prove something."""
        try:
            return SignedMessage(self.message.raw)
        except Unproven as unproven:
            return unproven.problem

    def _need_signed(self) -> SignedMessage:
        if isinstance(self._signed, Problem):
            raise Unproven(self._signed)
        return self._signed

    @cached_property
    def _chain(self) -> Chain:
        return Chain(self._need_signed(), self.standings.find, self.lookup)

    def _judge_dkim(self, candidates: Sequence[Candidate]) -> Iterator[SignatureVerdict]:
        """Strangers' are told, a few; of tenants' and ours some are verified, and one more is told."""
        chosen = choose([one for one in candidates if one.standing])
        strangers = untried = 0
        for candidate in candidates:
            if candidate.standing is None:
                strangers += 1
                if strangers <= MOST_STRANGERS:
                    yield _make_verdict(candidate, None, Problem.STRANGER)
            elif candidate.index in chosen:
                yield self._judge_one(candidate, candidate.standing, self._prove_dkim)
            elif not untried:
                untried = 1
                yield _make_verdict(candidate, candidate.standing, Problem.TOO_MANY)

    def _judge_arc(self, candidates: Sequence[Candidate]) -> Iterator[SignatureVerdict]:
        """Ours and tenants', the newest first, down to the first that verifies: that one alone counts."""
        ours = sorted((one for one in candidates if one.standing), key=lambda one: -one.instance)
        for candidate in ours[:MOST_SETS]:
            assert candidate.standing is not None
            verdict = self._judge_one(candidate, candidate.standing, self._prove_arc)
            yield verdict
            if verdict.is_proof or verdict.problem in _SAID_BY_VALID_SEALS:
                return

    def _judge_one(self, candidate: Candidate, standing: Standing, prove_it: "_Prove") -> SignatureVerdict:
        if standing.doubt:
            return _make_verdict(candidate, standing, standing.doubt)
        try:
            owner, covered = prove_it(candidate, standing)
        except Unproven as unproven:
            return _make_verdict(candidate, standing, unproven.problem)
        proof = _make_verdict(candidate, standing, None)
        return replace(proof, owner=owner, is_proof=True, covered=covered)

    def _prove_dkim(self, candidate: Candidate, standing: Standing) -> tuple[Owner, frozenset[str]]:
        message = self._need_signed()
        fields = message.every("dkim-signature")
        if candidate.index >= len(fields):
            raise Unproven(Problem.MALFORMED_HEADER)
        signature = parse_dkim_signature(fields[candidate.index])
        if (signature.domain, signature.selector) != (candidate.domain, candidate.selector):
            raise Unproven(Problem.MALFORMED)
        covered = prove(signature, message, self.arrival, self.lookup.find_records, standing.zone)
        return standing.owner, covered

    def _prove_arc(self, candidate: Candidate, standing: Standing) -> tuple[Owner, frozenset[str]]:
        covered = self._chain.check_seals(candidate.instance, candidate.domain, self.arrival)
        return self._chain.find_sender(candidate.instance, standing, covered), covered


_Prove = Callable[[Candidate, Standing], tuple[Owner, frozenset[str]]]
_SAID_BY_VALID_SEALS = frozenset(
    {
        Problem.SEAL_ALONE,
        Problem.SEAL_AMBIGUOUS,
        Problem.SEAL_OF_OTHERS,
        Problem.SEALED_LONG,
        Problem.SEALED_SWAPPABLE,
        Problem.SEALED_WEAK,
    }
)


def choose(candidates: Sequence[Candidate]) -> frozenset[int]:
    """Which to verify: the topmost of each key first, then the others, so that many junk ones hide no real one.

    Who could put junk above a real signature could as well take that away.
    """
    first: dict[tuple[str, str], int] = {}
    for one in candidates:
        first.setdefault((one.domain, one.selector), one.index)
    rest = [one.index for one in candidates if one.index not in first.values()]
    return frozenset([*first.values(), *rest][:MOST_VERIFIED])


def _make_verdict(
    candidate: Candidate, standing: Standing | None, problem: Problem | None
) -> SignatureVerdict:
    (line,) = show_lines((candidate.trace,))
    return SignatureVerdict(
        kind=candidate.kind,
        domain=_show(candidate.domain),
        selector=_show(candidate.selector),
        owner=standing.owner if standing else None,
        is_proof=False,
        problem=str(problem) if problem else None,
        is_ours=bool(standing and standing.is_ours),
        line=line,
    )


def _show(name: str) -> str:
    """What stands for a name in a signature, which may be anything, as evidence has it."""
    return "".join(filter(str.isprintable, name[:NAME_CHARACTERS]))
