"""What a mail holds behind its encodings, found by other means than the parsers': generous, since it only acquits."""

import base64
import binascii
import html
import re
from collections.abc import Iterator

_BASE64_RUN = re.compile(rb"(?:[A-Za-z0-9+/=]{4,}[ \t>|]{0,5}\r{0,2}\n?[ \t>|]{0,5})+")
_ENCODED_WORD = re.compile(rb"=\?[^?]*\?[Bb]\?([^?]*)\?=")
_TAG = re.compile(rb"<[^<>]*>")


def find_contents(raw: bytes) -> Iterator[bytes]:
    """The mail decoded in each way that it might be, twice over; order and borders do not matter."""
    layers = [raw]
    for _ in range(3):
        layers = [content for layer in layers for content in _decodings(layer) if content]
        yield from layers


def _decodings(raw: bytes) -> Iterator[bytes]:
    without_folds = re.sub(rb"\r{0,2}\n|\r", b"", raw)
    yield without_folds + b"\n" + raw.replace(b"\0", b"")
    yield binascii.a2b_qp(raw)
    yield _TAG.sub(b"", html.unescape(raw.decode("latin-1")).encode("utf-8", "replace"))
    for codec in ("utf-16", "utf-16-be", "utf-7"):
        yield raw.decode(codec, "ignore").encode("utf-8", "replace") if b"\0" in raw or b"+" in raw else b""
    yield b"\n".join(_decode_base64(run[0]) for run in _BASE64_RUN.finditer(raw))
    yield b"\n".join(_decode_base64(word[1]) for word in _ENCODED_WORD.finditer(raw))


def _decode_base64(run: bytes) -> bytes:
    """Read from each of four places on: a run may begin with what is no part of it."""
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", run)
    runs = (data[skip : len(data) - ((len(data) - skip) % 4 == 1)] for skip in range(4))
    return b"\n".join(base64.b64decode(one + b"=" * (-len(one) % 4)) for one in runs)
