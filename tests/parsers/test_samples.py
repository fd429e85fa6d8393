"""Golden pairs: each sample mail is read as the JSON beside it says; a new sample needs no new code."""

import re
from pathlib import Path

import pytest
from golden import MAILS, find_differences, read_expected, read_shown


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_is_read_as_its_json_says(mail: Path) -> None:
    """Every value that the JSON beside a sample names is found in what `parse` prints."""
    differences = find_differences(mail.read_bytes(), read_expected(mail))

    assert differences == []


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_says_what_it_shows(mail: Path) -> None:
    """One sentence, first in the JSON: whoever breaks a sample learns what is broken."""
    first = mail.with_suffix(".json").read_text(encoding="utf-8")[:150]

    assert first.startswith('{\n  "shows": "')
    assert re.fullmatch(r"[^a-z\s][^\n]{13,118}\.", read_shown(mail))


@pytest.mark.parametrize("kind", sorted({mail.parent.name for mail in MAILS}))
def test_no_two_samples_of_a_kind_show_the_same(kind: str) -> None:
    """Then one of them can go, or its sentence does not say what it is for."""
    shown = [read_shown(mail) for mail in MAILS if mail.parent.name == kind]

    assert sorted(shown) == sorted(set(shown))


def test_there_are_samples_of_every_kind() -> None:
    """The loop above is not empty by mistake."""
    kinds = {mail.parent.name for mail in MAILS}

    forms = {"archives", "arf", "attached", "inline", "outlook", "prose", "xarf"}
    assert forms | {"not_reports", "routes", "text"} <= kinds
