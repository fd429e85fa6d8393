"""Key records (RFC 6376, section 3.6.1; RFC 8463): what a domain publishes under a selector."""

from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from abuse_intake.attribution.dkim.problems import Problem, Unproven
from abuse_intake.attribution.dkim.tags import decode_base64, parse_tags, split_list

KeyType = Literal["rsa", "ed25519"]

RECORD_CHARACTERS = 8192
"""A key of 8,192 bits takes 1,500."""
LEAST_BITS, MOST_BITS = 1024, 8192
MOST_EXPONENT = 2**32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that is in force, and what it may be used for."""

    kind: KeyType
    key: RSAPublicKey | Ed25519PublicKey
    is_testing: bool
    is_for_domain_alone: bool
    """`t=s`: the identity must be at the very domain, none below it."""

    def check(self) -> None:
        """Unproven for a key that is too weak, or so strong that checking it takes long."""
        if isinstance(self.key, RSAPublicKey):
            exponent = self.key.public_numbers().e
            is_sane = exponent % 2 == 1 and 3 <= exponent < MOST_EXPONENT
            if not (LEAST_BITS <= self.key.key_size <= MOST_BITS and is_sane):
                raise Unproven(Problem.WEAK_KEY)

    def verifies(self, signature: bytes, digest: bytes) -> bool:
        """Whether it signed what has this SHA-256."""
        try:
            if isinstance(self.key, RSAPublicKey):
                self.key.verify(signature, digest, PKCS1v15(), Prehashed(SHA256()))
            else:
                self.key.verify(signature, digest)
        except InvalidSignature:
            return False
        return True


def parse_key_record(record: str) -> PublicKey:
    """The key; Unproven says what is wrong with it: malformed, revoked, or not for mail."""
    tags = _parse_record(record)
    kind = tags.get("k", b"rsa").lower()
    if kind not in (b"rsa", b"ed25519") or not _allows(tags):
        raise Unproven(Problem.OTHER_KEY)
    packed = tags.get("p")
    if packed is None:
        raise Unproven(Problem.MALFORMED_KEY)
    if not packed:
        raise Unproven(Problem.REVOKED)
    key = _load_key(kind, decode_base64(packed, Problem.MALFORMED_KEY))
    flags = split_list(tags.get("t", b""))
    return PublicKey("rsa" if kind == b"rsa" else "ed25519", key, "y" in flags, "s" in flags)


def _parse_record(record: str) -> dict[str, bytes]:
    try:
        text = record.encode("latin-1")
    except UnicodeEncodeError:
        raise Unproven(Problem.MALFORMED_KEY) from None
    tags = parse_tags(text[: RECORD_CHARACTERS + 1], Problem.MALFORMED_KEY)
    is_version_right = tags.get("v", b"DKIM1") == b"DKIM1" and ("v" not in tags or next(iter(tags)) == "v")
    if len(text) > RECORD_CHARACTERS or not is_version_right:
        raise Unproven(Problem.MALFORMED_KEY)
    return tags


def _allows(tags: dict[str, bytes]) -> bool:
    """Whether it is for SHA-256 and for mail."""
    services = split_list(tags.get("s", b"*"))
    return "sha256" in split_list(tags.get("h", b"sha256")) and bool({"*", "email"}.intersection(services))


def _load_key(kind: bytes, packed: bytes) -> RSAPublicKey | Ed25519PublicKey:
    """An RSA key as SubjectPublicKeyInfo, or bare as RFC 6376 has it; an Ed25519 key is its 32 bytes."""
    try:
        if kind == b"ed25519":
            return Ed25519PublicKey.from_public_bytes(packed)
        key = load_der_public_key(packed)
    except (ValueError, UnsupportedAlgorithm):
        raise Unproven(Problem.MALFORMED_KEY) from None
    if not isinstance(key, RSAPublicKey):
        raise Unproven(Problem.MALFORMED_KEY)
    return key
