"""The ARC sets of a message (RFC 8617, section 4.1): three header fields each, numbered from the first sealer up."""

from collections import defaultdict

from abuse_intake.attribution.dkim.problems import Problem, Unproven
from abuse_intake.attribution.dkim.sealed_results import find_instance
from abuse_intake.attribution.dkim.signed_message import SignedField, SignedMessage
from abuse_intake.attribution.dkim.tags import find_tag, parse_instance

RESULTS, SIGNATURE, SEAL = "arc-authentication-results", "arc-message-signature", "arc-seal"
ORDER = (RESULTS, SIGNATURE, SEAL)
"""Of a set's fields under its seal (section 5.1.1)."""
MOST_SETS = 10
"""In the chain below a set, itself included."""


class ArcSets:
    """The fields of each set, by its number."""

    def __init__(self, message: SignedMessage) -> None:
        self._message = message
        self._fields: dict[tuple[int, str], list[SignedField]] = defaultdict(list)
        for name in ORDER:
            for field in message.every(name):
                instance = _find_instance(name, field.value)
                if instance is not None:
                    self._fields[instance, name].append(field)

    def check_complete(self, instance: int) -> None:
        """Unproven unless each set up to this one has each of its three fields, once."""
        if instance > MOST_SETS:
            raise Unproven(Problem.TOO_MANY)
        numbered = [
            self._fields.get((number, name), []) for number in range(1, instance + 1) for name in ORDER
        ]
        if not numbered or any(len(fields) != 1 for fields in numbered):
            raise Unproven(Problem.SEAL_INCOMPLETE)

    def field(self, instance: int, name: str) -> SignedField:
        """One field of a complete set."""
        (field,) = self._fields[instance, name]
        return field

    def canonicalize(self, instance: int) -> bytes:
        """What a set's seal signs: the sets from the first to this one, but for the seal itself (section 5.1.1)."""
        fields = [self.field(number, name) for number in range(1, instance + 1) for name in ORDER][:-1]
        return b"".join([self._message.canonicalize(field, "relaxed") for field in fields])


def _find_instance(name: str, value: bytes) -> int | None:
    if name == RESULTS:
        return find_instance(value)
    return parse_instance(find_tag(value.decode("latin-1"), "i"))
