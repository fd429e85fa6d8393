"""Hypothesis strategies: mails of every kind that the reader knows, built and then damaged."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from fuzz.build import KINDS
from fuzz.damage import DAMAGES, MAX_BYTES
from fuzz.finding import Finding
from fuzz.seeds import read_seeds

AT_MOST = 5


@dataclass(frozen=True)
class Drawn:
    """A mail, and what its builder expects of it as long as it is whole."""

    raw: bytes
    find_unexpected: Callable[[bytes], Finding | None] | None = None


@st.composite
def mails(draw: st.DrawFn) -> Drawn:
    """A mail that was built, or is a sample; whole, or with some damages."""
    random = draw(st.randoms(use_true_random=False))
    kind = draw(st.sampled_from([*KINDS, None]))
    built = KINDS[kind](random) if kind else None
    raw = built.raw if built else draw(st.sampled_from(read_seeds()))
    damages = draw(st.lists(st.sampled_from(DAMAGES), max_size=AT_MOST))
    if not damages and built:
        return Drawn(raw, built.find_unexpected)
    for one in damages:
        raw = one(random, raw, draw(st.sampled_from(read_seeds())))[:MAX_BYTES]
    return Drawn(raw)
