"""The DKIM signatures that sealed results rest on: whether they covered the whole message, without their keys."""

from functools import cached_property

from abuse_intake.attribution.dkim.problems import Unproven
from abuse_intake.attribution.dkim.proving import Arrival, check_coverage
from abuse_intake.attribution.dkim.signature import parse_dkim_signature
from abuse_intake.attribution.dkim.signed_message import SignedField, SignedMessage
from abuse_intake.attribution.dkim.tags import find_tag
from parsers.addresses import is_at_or_below

MOST_SIGNATURES = 10
"""Of one message; results over more of them are not believed."""


class SealedSignatures:
    """The signatures of one message, each read once, however many results name them."""

    def __init__(self, message: SignedMessage) -> None:
        self._message = message

    def are_whole(self, domain: str) -> bool:
        """Whether all signatures of a domain (or of one above it, for `header.i`) cover the whole message."""
        of_domain = [is_whole for signer, is_whole in self._read if is_at_or_below(domain, signer)]
        return bool(of_domain) and all(of_domain)

    @cached_property
    def _read(self) -> tuple[tuple[str, bool], ...]:
        """Of each signature the domain, and whether it covers the whole message."""
        fields = self._message.every("dkim-signature")
        if len(fields) > MOST_SIGNATURES:
            return ()
        return tuple((_find_domain(field), self._is_whole(field)) for field in fields)

    def _is_whole(self, field: SignedField) -> bool:
        try:
            check_coverage(parse_dkim_signature(field), self._message, Arrival())
        except Unproven:
            return False
        return True


def _find_domain(field: SignedField) -> str:
    """As a lenient reader finds it: a malformed signature counts against its domain."""
    return find_tag(field.value.decode("latin-1"), "d").lower()
