"""Golden pairs: each sample mail is read as the JSON beside it says; a new sample needs no new code."""

from pathlib import Path

import pytest
from golden import MAILS, find_differences, read_expected


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_is_read_as_its_json_says(mail: Path) -> None:
    """Every value that the JSON beside a sample names is found in what `parse` prints."""
    differences = find_differences(mail.read_bytes(), read_expected(mail))

    assert differences == []


def test_there_are_samples_of_every_kind() -> None:
    """The loop above is not empty by mistake."""
    kinds = {mail.parent.name for mail in MAILS}

    assert {"arf", "attached", "inline", "not_reports", "routes", "text"} <= kinds
