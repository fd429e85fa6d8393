"""Reads Authentication-Results (RFC 8601) tolerantly: which checks the receiving server says passed, and for whom."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parsers.addresses import is_at_or_below

_OUTSIDE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*"?|[^"(]++|\(', re.DOTALL)
_INSIDE = re.compile(r"[^()\\]++|\\.|[()\\]", re.DOTALL)
"""The pieces of a value, outside and inside of a comment: each character is looked at once."""
_QUOTED_WORD = re.compile(r'"([\w.@+-]+)"', re.ASCII)
_ENDS_ESCAPED = re.compile(r'(?<!\\)\\(?:\\\\)*"$')
_MAX_NESTED_COMMENTS = 10
_METHOD = re.compile(r"\s*([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(header|smtp)\.([a-z-]+)\s*=\s*([^\s;]+)", re.IGNORECASE)
_ALIGNING = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.mail")}


@dataclass(frozen=True, slots=True)
class Result:
    """One check of one method: `dkim=pass header.d=example.org`."""

    method: str
    outcome: str
    properties: dict[str, str]


def find_results(values: Iterable[str], authserv_id: str) -> tuple[Result, ...]:
    """The results of the topmost field that `authserv_id` wrote; a field without an id, or another's, never counts."""
    for value in values:
        identifier, _, rest = _without_comments(value).partition(";")
        if (identifier.split() or [""])[0].lower() == authserv_id.lower():
            return tuple(_parse_results(rest))
    return ()


def parse_sealed_results(value: str) -> tuple[Result, ...] | None:
    """All results of one field whose writer is known by a signature; None where it cannot be read with certainty.

    That is where a comment or a quoted string never ends, or one check has a property twice.
    """
    if not _is_closed(value):
        return None
    identifier, semicolon, rest = _without_comments(value).partition(";")
    if not semicolon or "=" in identifier:
        return None
    results = [_parse_statement(statement) for statement in rest.split(";") if statement.strip()]
    return None if None in results else tuple(result for result in results if result)


def _parse_statement(statement: str) -> Result | None:
    """One check, word by word: nothing within a value is taken for a property. None for one with a property twice."""
    parts = (word.partition("=") for word in statement.split())
    (method, outcome), *words = [(name.lower(), value) for name, _, value in parts]
    properties = dict(words)
    return (
        Result(method.partition("/")[0], outcome.lower(), properties)
        if len(properties) == len(words)
        else None
    )


def is_authenticated(values: Iterable[str], authserv_id: str, domain: str) -> bool:
    """Whether `domain` (of From) passed DMARC, or DKIM or SPF of the same domain or of one above it."""
    return any(_vouches_for(result, domain.lower()) for result in find_results(values, authserv_id))


def _vouches_for(result: Result, domain: str) -> bool:
    if result.outcome != "pass":
        return False
    if result.method == "dmarc":
        return result.properties.get("header.from", domain).rpartition("@")[2].lower() == domain
    named = (result.properties.get(name, "") for name in _ALIGNING.get(result.method, ()))
    return any(_is_aligned(domain, name.rpartition("@")[2].lower()) for name in named)


def _is_aligned(domain: str, authenticated: str) -> bool:
    return "." in authenticated and is_at_or_below(domain, authenticated)


def _parse_results(text: str) -> Iterable[Result]:
    for statement in text.split(";"):
        method = _METHOD.match(statement)
        if method:
            properties = {
                f"{kind}.{name}".lower(): value for kind, name, value in _PROPERTY.findall(statement)
            }
            yield Result(method[1].lower(), method[2].lower(), properties)


def _without_comments(text: str) -> str:
    """Quoted strings and comments can hold anything, also what looks like a result: they are taken out.

    A quoted string that is no more than one word stands as that word (RFC 8601, section 2.2).
    What one that is never closed would hold is left out too.
    """
    kept: list[str] = []
    position = depth = 0
    while found := (_INSIDE if depth else _OUTSIDE).match(text, position):
        piece, position = found[0], found.end()
        if not depth:
            kept.append(_unquoted(piece) if piece[0] in '"(' else piece)
        depth += (piece == "(") - (piece == ")" and depth > 0)
        if depth > _MAX_NESTED_COMMENTS:
            return ""
    return "".join(kept)


def _is_closed(text: str) -> bool:
    """Whether every quoted string and every comment ends."""
    position = depth = 0
    while found := (_INSIDE if depth else _OUTSIDE).match(text, position):
        piece, position = found[0], found.end()
        if (
            not depth
            and piece[0] == '"'
            and (len(piece) < 2 or piece[-1] != '"' or _ENDS_ESCAPED.search(piece))
        ):
            return False
        depth += (piece == "(") - (piece == ")" and depth > 0)
    return not depth


def _unquoted(piece: str) -> str:
    word = _QUOTED_WORD.fullmatch(piece)
    return word[1] if word else " "
