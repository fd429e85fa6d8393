"""Real keys, each made once for all tests."""

import base64
import hashlib
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from servers.programs import find_program


@dataclass(frozen=True, slots=True)
class Key:
    """A private key as dkimpy wants it, and the record that publishes it."""

    private: bytes
    record: str
    algorithm: bytes = b"rsa-sha256"

    def sign(self, data: bytes) -> bytes:
        """A signature over bytes."""
        if self.algorithm == b"ed25519-sha256":
            made = Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.private))
            return made.sign(hashlib.sha256(data).digest())
        private = load_pem_private_key(self.private, None)
        assert isinstance(private, RSAPrivateKey)
        return private.sign(data, PKCS1v15(), SHA256())

    def publish(self, **tags: str) -> str:
        """The record with other tags."""
        return "; ".join([*(f"{name}={value}" for name, value in tags.items()), self.record])


@cache
def rsa_key(bits: int = 1024, number: int = 0) -> Key:
    """An RSA key; another `number` is another key."""
    if bits < 1024:
        return _weak_rsa_key(bits)
    made = generate_private_key(public_exponent=65537, key_size=bits)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return Key(private, f"k=rsa; p={_der(made.public_key())}")


def _weak_rsa_key(bits: int) -> Key:
    """One that cryptography refuses to make."""
    openssl = find_program("openssl", "openssl")
    private = subprocess.run(
        [openssl, "genrsa", "-traditional", str(bits)], capture_output=True, check=True
    ).stdout
    public = subprocess.run(
        [openssl, "rsa", "-pubout", "-outform", "DER"], input=private, capture_output=True, check=True
    ).stdout
    return Key(private, f"k=rsa; p={base64.b64encode(public).decode()}")


@cache
def ed25519_key() -> Key:
    """An Ed25519 key."""
    made = Ed25519PrivateKey.generate()
    private = base64.b64encode(made.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    public = base64.b64encode(made.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    return Key(private, f"k=ed25519; p={public}", b"ed25519-sha256")


def _der(public: Any) -> str:
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
