"""Golden pairs: each sample mail is read as the JSON beside it says; a new sample needs no new code."""

import json
from pathlib import Path
from typing import Any

import pytest

from parsers import read_mail
from parsers.as_json import mail_as_json

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
MAILS = sorted(SAMPLES.glob("*/*.eml"))


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where `found` lacks what `expected` says; keys that it does not name may have any value."""
    if isinstance(expected, dict) and isinstance(found, dict) and not path.endswith("extensions"):
        return [
            line for key in expected for line in differences(expected[key], found.get(key), f"{path}.{key}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            d
            for i, pair in enumerate(zip(expected, found, strict=True))
            for d in differences(*pair, f"{path}[{i}]")
        ]
    return [] if expected == found else [f"{path}: {found!r} is not {expected!r}"]


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_is_read_as_its_json_says(mail: Path) -> None:
    """Every value that the JSON beside a sample names is found in what `parse` prints."""
    expected = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))

    found = mail_as_json(read_mail(mail.read_bytes()), mail.name)

    assert differences(expected, found) == []


def test_there_are_samples_of_every_kind() -> None:
    """The loop above is not empty by mistake."""
    kinds = {mail.parent.name for mail in MAILS}

    assert {"arf", "attached", "inline", "not_reports", "routes", "text"} <= kinds
