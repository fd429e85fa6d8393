"""Decisions that wait to be stored."""

import pytest
from storage_builders import attribution

from abuse_intake import spool
from abuse_intake.spool import Spool
from storage.redecisions import Redecision, StoredReport


def decision(number: int) -> Redecision:
    report = StoredReport(str(number), "1", 0, "1", "old", "", attribution())
    return Redecision(report, attribution("proven", tenant="fabrikam"), f"new {number}")


@pytest.mark.parametrize("memory", [1, 1_000_000])
def test_what_is_kept_comes_back_in_order(monkeypatch: pytest.MonkeyPatch, memory: int) -> None:
    """In memory or in a file, decisions come back as they were, as often as asked, also by two at once."""
    monkeypatch.setattr(spool, "MEMORY_BYTES", memory)
    kept = Spool()
    kept.add([decision(1), decision(2)])
    kept.add([])
    kept.add([decision(3)])

    both = list(zip(kept, kept, strict=True))

    assert [(one.report.id, other.report.id) for one, other in both] == [("1", "1"), ("2", "2"), ("3", "3")]
    assert list(kept) == [decision(1), decision(2), decision(3)]
    assert len(kept) == 3
    assert decision(2) in kept
    assert decision(4) not in kept


def test_more_can_be_kept_after_a_look() -> None:
    """What is added after it was gone through stands at the end."""
    kept = Spool()
    kept.add([decision(1), decision(2)])

    first = next(iter(kept))
    kept.add([decision(3)])

    assert first == decision(1)
    assert [one.report.id for one in kept] == ["1", "2", "3"]
