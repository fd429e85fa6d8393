"""What is wrong with a configuration, said in one line: which key, and what would be right."""

import difflib
import os
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

_INVALID_VALUE = re.compile(r"Invalid value \(at line ([0-9]+), column [0-9]+\)")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]{1,64})\s*=")
ENVIRONMENT_PREFIX = "ABUSE_INTAKE_"

_EXPECTED = {
    "tuple_type": 'must be a list, such as ["one", "another"]',
    "string_type": "must be text, in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
}
"""pydantic's words for a wrong type → ours."""


def explain_validation(error: ValidationError, source: str, settings: type[BaseModel]) -> str:
    """What is wrong first of all; a misspelt key comes before the missing one that it was meant to be."""
    problems = error.errors(include_url=False)
    first = next((one for one in problems if one["type"] == "extra_forbidden"), problems[0])
    names = [str(part) for part in first["loc"]]
    variable = ENVIRONMENT_PREFIX + "__".join(names[:2]).upper()
    where = f"{variable if variable in os.environ else source}: {'.'.join(names)}"
    if first["type"] == "extra_forbidden":
        return f"{where}: unknown key{_suggest(first['loc'], settings)}"
    if first["type"] == "missing":
        return f"{where}: must be given"
    if first["type"] in ("model_type", "model_attributes_type"):
        return f"{where}: must be a section; write [{names[0]}] above its keys"
    return f"{where}: {_EXPECTED.get(first['type'], first['msg'].removeprefix('Value error, '))}"


def explain_toml(error: Exception, file: Path) -> str:
    """What is wrong with the TOML; a value that is none is mostly a text without quotes. No value is repeated."""
    text = plain(error)
    place = _INVALID_VALUE.match(text)
    lines = file.read_text(encoding="utf-8").splitlines() if place else []
    key = _KEY.match(lines[int(place[1]) - 1]) if place and int(place[1]) <= len(lines) else None
    return f'{text}: {key[1]} must be a value; a text stands in quotes, {key[1]} = "…"' if key else text


def plain(error: Exception) -> str:
    """What an error says, in one line, without the name of a file that is named beside it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split())


def _suggest(location: tuple[int | str, ...], settings: type[BaseModel]) -> str:
    model: Any = settings
    for part in location[:-1]:
        annotation = model.model_fields[str(part)].annotation
        candidates = (annotation, *getattr(annotation, "__args__", ()))
        model = next(kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel))
    names = [name for name in model.model_fields if name != "base"]
    near = difflib.get_close_matches(str(location[-1]), names, 1)
    return f" (did you mean {near[0]}?)" if near else ""
