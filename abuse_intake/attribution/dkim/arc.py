"""ARC (RFC 8617): what the provider, or a tenant, sealed about who was authenticated as the sender."""

from collections.abc import Callable, Container, Iterator

from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.dkim.arc_sets import RESULTS, SEAL, SIGNATURE, ArcSets
from abuse_intake.attribution.dkim.keyring import KeyName, Lookup
from abuse_intake.attribution.dkim.owners import Standing
from abuse_intake.attribution.dkim.problems import Problem, Unproven
from abuse_intake.attribution.dkim.proving import (
    Arrival,
    check_content,
    find_covered,
    verify,
    verify_signed,
)
from abuse_intake.attribution.dkim.sealed_results import find_authenticated
from abuse_intake.attribution.dkim.sealed_signatures import SealedSignatures
from abuse_intake.attribution.dkim.signature import Signature, parse_arc_signature, parse_seal
from abuse_intake.attribution.dkim.signed_message import SignedMessage

FindStanding = Callable[[str], Standing | None]


class Chain:
    """The ARC sets of one message, and whether their seals verify."""

    def __init__(self, message: SignedMessage, find_standing: FindStanding, lookup: Lookup) -> None:
        self._message = message
        self._find_standing = find_standing
        self._lookup = lookup
        self._sets = ArcSets(message)
        self._signatures = SealedSignatures(message)
        self._seals: dict[int, Problem | None] = {}

    def check_seals(self, instance: int, domain: str, arrival: Arrival) -> frozenset[str]:
        """The fields that this set of a domain covers; Unproven unless its signature and all seals up to it verify."""
        self._sets.check_complete(instance)
        signature = parse_arc_signature(self._sets.field(instance, SIGNATURE))
        if {signature.domain, self._parse_seal(instance)[0].domain} != {domain}:
            raise Unproven(Problem.SEAL_DOMAINS)
        check_content(signature, self._message, arrival)
        self._want_keys(instance, signature)
        verify_signed(signature, self._message, self._lookup.find_records, self._find_zone(domain))
        self._check_seal(instance)
        for below in range(instance - 1, 0, -1):
            self._check_seal_below(below)
        return find_covered(signature, self._message)

    def find_sender(self, instance: int, standing: Standing, covered: Container[str]) -> Owner:
        """The tenant that the sealed results say was authenticated; Unproven where this set cannot say that.

        A name below a signing domain may be a customer's, listed or not. `covered`: of `check_seals`.
        """
        named = list(self._find_named(instance))
        tenants = {owner.tenant for *_, owner in named}
        if len(tenants) != 1:
            raise Unproven(Problem.SEAL_AMBIGUOUS if tenants else Problem.SEAL_ALONE)
        if not standing.is_signing_domain and tenants != {standing.owner.tenant}:
            raise Unproven(Problem.SEAL_OF_OTHERS)
        are_sealed = not self._message.counts["dkim-signature"] or "dkim-signature" in covered
        for method, domain, owner in named:
            if method == "auth" or (are_sealed and self._signatures.are_whole(domain)):
                return owner
        raise Unproven(Problem.SEALED_WEAK if are_sealed else Problem.SEALED_SWAPPABLE)

    def _find_named(self, instance: int) -> Iterator[tuple[str, str, Owner]]:
        """Method, domain and tenant of what the sealed results say passed, where it names a tenant for certain."""
        for method, domain in sorted(find_authenticated(self._sets.field(instance, RESULTS).value)):
            standing = self._find_standing(domain)
            if standing and standing.owner.tenant and not standing.doubt:
                yield method, domain, standing.owner

    def _parse_seal(self, instance: int) -> tuple[Signature, str]:
        return parse_seal(self._sets.field(instance, SEAL))

    def _want_keys(self, instance: int, signature: Signature) -> None:
        """Note all keys before the first of them is needed, so that they are asked for at once."""
        seals = [self._parse_seal(number)[0] for number in range(instance, 0, -1)]
        for name in [self._key_name(one) for one in (signature, *seals)]:
            self._lookup.want(name)

    def _key_name(self, signature: Signature) -> KeyName:
        return KeyName(signature.selector, signature.domain, self._find_zone(signature.domain))

    def _find_zone(self, domain: str) -> str:
        """Whose servers have a key; Unproven for a stranger's, who is not asked."""
        standing = self._find_standing(domain)
        if standing is None or standing.doubt:
            raise Unproven(Problem.CHAIN_UNPROVEN)
        return standing.zone

    def _check_seal_below(self, instance: int) -> None:
        try:
            self._check_seal(instance)
        except Unproven as unproven:
            if unproven.problem == Problem.UNREACHABLE:
                raise
            raise Unproven(Problem.CHAIN_BROKEN) from None

    def _check_seal(self, instance: int) -> None:
        """Unproven unless the seal of this set verifies; worked out once."""
        if instance not in self._seals:
            try:
                self._verify_seal(instance)
                self._seals[instance] = None
            except Unproven as unproven:
                self._seals[instance] = unproven.problem
        problem = self._seals[instance]
        if problem is not None:
            raise Unproven(problem)

    def _verify_seal(self, instance: int) -> None:
        seal, chain_state = self._parse_seal(instance)
        if chain_state != ("none" if instance == 1 else "pass"):
            raise Unproven(Problem.CHAIN_BROKEN)
        digest = seal.digest(self._sets.canonicalize(instance))
        verify(seal, digest, self._lookup.find_records, self._find_zone(seal.domain))
