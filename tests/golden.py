"""Golden pairs: sample mails, and what the JSON beside each says of how it is read."""

import json
from pathlib import Path
from typing import Any

from parsers import read_mail
from parsers.as_json import mail_as_json

SAMPLES = Path(__file__).resolve().parent / "samples"
MAILS = sorted(SAMPLES.glob("*/*.eml"))


def read_expected(mail: Path) -> dict[str, Any]:
    """How a sample must be read."""
    expected = _read_json(mail)
    expected.pop("shows", None)
    return expected


def read_shown(mail: Path) -> str:
    """What a sample shows: the first thing that the JSON beside it says."""
    return str(_read_json(mail).get("shows", ""))


def _read_json(mail: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))
    return found


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
