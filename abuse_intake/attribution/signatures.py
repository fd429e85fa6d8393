"""What verifying a signature of a reported message comes to: whose it is, and whether it proves who sent it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from abuse_intake.attribution.directory import Directory, Owner
from parsers.values import Message


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """One DKIM signature (RFC 6376), or one ARC set of a message (RFC 8617), and what it proves."""

    kind: Literal["dkim", "arc"]
    domain: str
    """The signing domain `d=`, lower case."""
    selector: str
    owner: Owner | None
    """Whose signing domain that is; None = a stranger's, which proves nothing and is not looked at further."""
    is_proof: bool
    """It verifies, and covers the whole body, From and Subject, and no second one of them is unsigned."""
    problem: str | None = None
    """Why it is no proof, in words for an analyst; None for a proof."""
    is_ours: bool = False
    """The key is the provider's own (`provider.signing_domains`): what it covers, our servers let out."""
    covered: frozenset[str] = frozenset()
    """Lower-case names of the header fields of which it signs every one; empty unless it is a proof."""
    line: str = ""
    """The header line, as evidence shows it."""


class Verifier(Protocol):
    """Verifies the signatures of reported messages."""

    def prepare(self, messages: Iterable[Message], directory: Directory) -> None:
        """Look up at once the keys that these messages need, so that none waits for another."""

    def verify(
        self, message: Message, directory: Directory, arrival: datetime
    ) -> tuple[SignatureVerdict, ...]:
        """A verdict on each signature, topmost first; never an error, whatever the message holds."""


class NoVerifier:
    """Looks at no signature."""

    def prepare(self, messages: Iterable[Message], directory: Directory) -> None:
        """Nothing is needed."""

    def verify(
        self, message: Message, directory: Directory, arrival: datetime
    ) -> tuple[SignatureVerdict, ...]:
        """No verdicts."""
        return ()
