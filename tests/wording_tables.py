"""All tables of wordings, by their names, and the alternatives in their patterns."""

import re
from collections.abc import Iterator
from itertools import pairwise

from parsers import robots
from parsers.wording import (
    Wording,
    aggregates,
    bounce_subjects,
    bounce_texts,
    complaints,
    feedback,
    programs,
    replies,
)

MODULES = (aggregates, bounce_subjects, bounce_texts, complaints, feedback, programs, replies, robots)
TABLES = {
    name: table for module in MODULES for name, table in vars(module).items() if isinstance(table, Wording)
}

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P<\w+>|<?[=!]|[:>]))?|[|)]|.", re.DOTALL)


def drop_alternatives(pattern: str) -> Iterator[tuple[str, str]]:
    """Each alternative of each group, and the pattern without it."""
    groups = [[0]]
    for token in _TOKEN.finditer(pattern):
        if token[0].startswith("("):
            groups.append([token.end()])
        elif token[0] == "|":
            groups[-1].append(token.end())
        elif token[0] == ")":
            yield from _drop_each(pattern, [*groups.pop(), token.end()])
    yield from _drop_each(pattern, [*groups.pop(), len(pattern) + 1])


def _drop_each(pattern: str, starts: list[int]) -> Iterator[tuple[str, str]]:
    """Alternatives begin where `starts` say; the last of these is behind the group."""
    alternatives = [pattern[start : end - 1] for start, end in pairwise(starts)]
    for index in range(len(alternatives) if len(alternatives) > 1 else 0):
        rest = "|".join(alternatives[:index] + alternatives[index + 1 :])
        yield alternatives[index], pattern[: starts[0]] + rest + pattern[starts[-1] - 1 :]
