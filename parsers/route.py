"""The route that a header tells of: its Received lines, and what servers noted between them."""

from dataclasses import dataclass

from parsers.budget import HOPS
from parsers.header_block import Header
from parsers.headers import parse_return_path, raw_text
from parsers.received import Line, parse_domain, parse_received
from parsers.statements import STATEMENT_FIELDS, parse_statement
from parsers.values import IPAddress

STATEMENTS = 20
RETURN_PATHS = 20
RECIPIENTS = 20

RECIPIENT_FIELDS = frozenset({"delivered-to", "x-original-to", "envelope-to"})
"""What a receiving server notes of whom it delivers to."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An address that a server says it received from, and how many Received lines stand above it."""

    ip: IPAddress
    below: int


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """An envelope sender, and how many Received lines stand above it."""

    address: str
    below: int


@dataclass(frozen=True, slots=True)
class Recipient:
    """The domain of somebody it was delivered to, and how many Received lines stand above."""

    domain: str
    below: int


@dataclass(frozen=True, slots=True)
class Route:
    """The Received lines of a message, newest first, and what servers stated between them."""

    lines: tuple[Line, ...] = ()
    statements: tuple[Statement, ...] = ()
    return_paths: tuple[ReturnPath, ...] = ()
    recipients: tuple[Recipient, ...] = ()


def read_route(header: Header, limit: int = HOPS.of_one) -> Route:
    """The route that a header tells of; of more lines than the limit, the newest."""
    lines: list[Line] = []
    statements: list[Statement] = []
    return_paths: list[ReturnPath] = []
    recipients: list[Recipient] = []
    count = 0
    for name, value in header.fields:
        lower = name.lower()
        if lower == "received":
            count += 1
            if len(lines) < limit:
                lines.append(parse_received(value))
        elif lower == "return-path" and len(return_paths) < RETURN_PATHS:
            return_paths.append(ReturnPath(parse_return_path(value) or "", count))
        elif lower in RECIPIENT_FIELDS and len(recipients) < RECIPIENTS:
            recipients.append(Recipient(parse_domain(raw_text(value[:1000])) or "", count))
        elif lower in STATEMENT_FIELDS and len(statements) < STATEMENTS and (ip := parse_statement(value)):
            statements.append(Statement(ip, count))
    return Route(tuple(lines), tuple(statements), tuple(return_paths), tuple(recipients))
