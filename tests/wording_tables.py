"""All tables of the parsers, by the names of their modules and their own, and the alternatives in a pattern."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pkgutil import walk_packages
from typing import Any

import parsers
from parsers.wording import Wording

MODULES = [import_module(found.name) for found in walk_packages(parsers.__path__, "parsers.")]


def find_tables(*types: type) -> dict[str, Any]:
    """The values of these types that modules of the parsers assign to a name, such as `nested.SIGNS`."""
    return {
        f"{module.__name__.removeprefix('parsers.')}.{name}": value
        for module in MODULES
        for name, value in vars(module).items()
        if isinstance(value, types) and re.search(rf"^{name}\b.*=", inspect.getsource(module), re.MULTILINE)
    }


TABLES: dict[str, Wording] = find_tables(Wording)

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
