"""Records are sorted block by block, in little memory."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abuse_intake.attribution.records import BLOCK, SAMPLES, Records


def _sort(records: Sequence[bytes]) -> tuple[list[bytes], int]:
    """The blocks that come out, and how often others could go first."""
    rests: list[None] = []
    collected = Records(len(records[0]) if records else 4)
    for begin in range(0, len(records), 1_000):
        collected.extend(records[begin : begin + 1_000])
    return list(collected.take_sorted(lambda: rests.append(None))), len(rests)


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1, 5 * BLOCK + 17])
@pytest.mark.parametrize("order", ["rising", "falling", "mixed", "equal"])
def test_records_come_back_sorted(count: int, order: str) -> None:
    """All of them, whatever their number and the order that they came in."""
    numbers = {
        "rising": range(count),
        "falling": range(count, 0, -1),
        "mixed": [number * 7_919 % 100_003 for number in range(count)],
        "equal": [7] * count,
    }[order]
    records = [number.to_bytes(4, "big") for number in numbers]

    blocks, _ = _sort(records)

    assert b"".join(blocks) == b"".join(sorted(records))


@given(st.lists(st.binary(min_size=3, max_size=3), max_size=50))
def test_records_that_sort_as_bytes(records: list[bytes]) -> None:
    """They are compared byte by byte, as unsigned numbers are."""
    assert b"".join(_sort(records)[0]) == b"".join(sorted(records))


def test_no_step_is_long() -> None:
    """A large list is sorted in parts of a few thousand, between which others go first."""
    count = 40 * BLOCK
    records = [(number * 7_919 % 1_000_003).to_bytes(4, "big") for number in range(count)]

    blocks, rests = _sort(records)

    assert max(map(len, blocks)) < 4 * 4 * BLOCK
    assert rests >= len(blocks) >= count / BLOCK / 2
    assert BLOCK % SAMPLES == 0
