"""What a XARF document says that has no place in a report: texts by name, with dots between the levels."""

import re
from collections.abc import Iterator, Mapping

from parsers import budget as limits
from parsers.budget import Budget
from parsers.xarf.statement import LIST, text_of

DEPTH = 5
"""Levels of objects whose texts are read."""

_NAME = re.compile(r"[^!-9;-~]+")


def read_extensions(values: Mapping[str, object], budget: Budget) -> dict[str, tuple[str, ...]]:
    """The texts, as many and as long as those of a feedback report."""
    found: dict[str, list[str]] = {}
    size, count = budget.allow(limits.FEEDBACK_BYTES), budget.allow(limits.FEEDBACK_FIELDS)
    for name, text in _texts(values, "", 0):
        size, count = size - len(text), count - 1
        if size < 0 or count < 0:
            budget.warn((limits.FEEDBACK_FIELDS if count < 0 else limits.FEEDBACK_BYTES).sentence)
            break
        found.setdefault(name, []).append(text)
    budget.spend(limits.FEEDBACK_FIELDS, sum(map(len, found.values())))
    budget.spend(limits.FEEDBACK_BYTES, sum(len(text) for texts in found.values() for text in texts))
    return {name: tuple(texts) for name, texts in found.items()}


def _texts(value: object, name: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < DEPTH:
        for key, inner in value.items():
            yield from _texts(inner, _join(name, key), depth + 1)
    elif isinstance(value, list) and depth < DEPTH:
        for inner in value[:LIST]:
            yield from _texts(inner, name, depth + 1)
    elif isinstance(value, bool):
        yield name, str(value).lower()
    elif text := text_of(value):
        yield name, text


def _join(name: str, key: str) -> str:
    part = _NAME.sub("_", key[:100])
    return f"{name}.{part}"[:200] if name else part or "_"
