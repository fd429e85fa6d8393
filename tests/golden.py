"""Golden pairs: sample mails, and what the JSON beside each says of how it is read."""

import json
from pathlib import Path
from typing import Any

from parsers import read_mail
from parsers.as_json import mail_as_json

SAMPLES = Path(__file__).resolve().parent / "samples"
MAILS = sorted(SAMPLES.glob("*/*.eml"))


def read_expected(mail: Path) -> dict[str, Any]:
    """What the JSON beside a sample says."""
    expected: dict[str, Any] = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))
    expected.pop("shows", None)  # what the sample is for, in a sentence
    return expected


def find_differences(raw: bytes, expected: dict[str, Any]) -> list[str]:
    """Where what `parse` prints lacks what is expected; what is not named there may have any value."""
    return _differ(expected, mail_as_json(read_mail(raw), ""))


def _differ(expected: Any, found: Any, path: str = "") -> list[str]:
    if isinstance(expected, dict) and isinstance(found, dict) and not path.endswith("extensions"):
        return [line for key in expected for line in _differ(expected[key], found.get(key), f"{path}.{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for index, pair in pairs for line in _differ(*pair, f"{path}[{index}]")]
    return [] if expected == found else [f"{path}: {found!r} is not {expected!r}"]
