"""What a sealed ARC-Authentication-Results (RFC 8617, section 4.1.1) says about who was authenticated as the sender."""

import re
from collections.abc import Iterator

from abuse_intake.attribution.dkim.problems import Problem, Unproven
from parsers.addresses import domain_of
from parsers.authentication_results import Result, parse_sealed_results

_INSTANCE = re.compile(rb"[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*([0-9]{1,3})[ \t\r\n]*;")
STATEMENTS = {"dkim": ("header.d", "header.i"), "auth": ("smtp.auth", "smtp.mailfrom")}
"""Method → the properties that name who was authenticated; the first that is there counts.

SPF and DMARC say nothing between customers of one provider, who send from the same servers.
"""


def find_instance(value: bytes) -> int | None:
    """The number of the set that it belongs to."""
    match = _INSTANCE.match(value)
    return int(match[1]) if match else None


def find_authenticated(value: bytes) -> frozenset[tuple[str, str]]:
    """The methods that passed, each with the domain that it passed for. Unproven where that is not certain."""
    results = parse_sealed_results(_INSTANCE.sub(b"", value, count=1).decode("utf-8", "replace"))
    if results is None:
        raise Unproven(Problem.SEAL_ALONE)
    return frozenset(_find_passed(results))


def _find_passed(results: tuple[Result, ...]) -> Iterator[tuple[str, str]]:
    for result in results:
        if result.outcome == "pass":
            names = STATEMENTS.get(result.method, ())
            stated = next((result.properties[name] for name in names if name in result.properties), "")
            domain = domain_of(f"@{stated.rpartition('@')[2]}")
            if domain:
                yield result.method, domain
