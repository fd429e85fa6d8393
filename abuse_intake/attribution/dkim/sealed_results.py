"""What a sealed ARC-Authentication-Results (RFC 8617, section 4.1.1) says about who was authenticated as the sender."""

import re
from collections.abc import Iterator

from abuse_intake.attribution.dkim.problems import Problem, Unproven
from parsers.addresses import domain_of
from parsers.authentication_results import Result, parse_sealed_results

_INSTANCE = re.compile(rb"[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*([0-9]{1,3})[ \t\r\n]*;")
STATEMENTS = {"dkim": ("header.d", "header.i"), "auth": ("smtp.auth",)}
"""Method → the properties that name who was authenticated; the first that is there counts.

SPF and DMARC say nothing between customers of one provider, who send from the same servers, and whoever logged in
may write any `smtp.mailfrom`.
"""
MOST_BYTES, MOST_RESULTS = 8 * 1024, 50
"""Of one field; a server that checks everything writes some 1,000 bytes."""


def find_instance(value: bytes) -> int | None:
    """The number of the set that it belongs to."""
    match = _INSTANCE.match(value)
    return int(match[1]) if match else None


def find_authenticated(value: bytes) -> frozenset[tuple[str, str]]:
    """The methods that passed, each with the domain that it passed for. Unproven where that is not certain."""
    if len(value) > MOST_BYTES:
        raise Unproven(Problem.SEALED_LONG)
    results = parse_sealed_results(_INSTANCE.sub(b"", value, count=1).decode("utf-8", "replace"))
    if results is None:
        raise Unproven(Problem.SEAL_ALONE)
    if len(results) > MOST_RESULTS:
        raise Unproven(Problem.SEALED_LONG)
    return frozenset(_find_passed(results))


def _find_passed(results: tuple[Result, ...]) -> Iterator[tuple[str, str]]:
    for result in results:
        if result.outcome == "pass":
            names = STATEMENTS.get(result.method, ())
            stated = next((result.properties[name] for name in names if name in result.properties), "")
            domain = domain_of(f"@{stated.rpartition('@')[2]}")
            if domain and (result.method != "auth" or "@" in stated):  # a login's name alone may be any word
                yield result.method, domain
