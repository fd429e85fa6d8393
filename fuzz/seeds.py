"""The mails that fuzzing begins with: the samples of the tests, and those of the demo."""

from functools import cache

from fuzz.hunt import ROOT

FOLDERS = ("tests/samples", "abuse_intake/demo/mails")


@cache
def read_seeds() -> tuple[bytes, ...]:
    """All of them, in an order that stays."""
    return tuple(file.read_bytes() for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.eml")))
