"""What a server says that it saw (Received-SPF, RFC 7208, 9.1; Authentication-Results, RFC 8601): an address.

These fields repeat what the sender said, its HELO and its MAIL FROM, and both can look like a statement. So
a parameter counts only outside of comments and quotes, a comment only by what the server itself writes in
it, and where two addresses are stated, none is.
"""

import re
from collections.abc import Iterator

from parsers.addresses import parse_ip
from parsers.content import decode_charset
from parsers.values import IPAddress

VALUE_BYTES = 4096

STATEMENT_FIELDS = frozenset({"received-spf", "authentication-results", "arc-authentication-results"})

_QUOTED = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'
_TOKEN = re.compile(rf'[()]|(?:[^\s;()"]|{_QUOTED})+', re.DOTALL)
_QUOTED_TEXT = re.compile(_QUOTED, re.DOTALL)
_IP = r"\[?((?:IPv6:)?[0-9a-f:.]{3,45})\]?"
_PARAMETER = re.compile(rf'(?:client-ip|(?:smtp\.)?remote-ip|policy\.iprev)="?{_IP}"?,?', re.IGNORECASE)
_COMMENTS = (
    # Microsoft; Hotmail until 2016 went on with the alignment
    re.compile(rf"^ ?sender ip is {_IP}(?: identity alignment result is [a-z ]{{1,60}})?$", re.IGNORECASE),
    re.compile(rf"\bdiscourages use of {_IP} as permitted\b", re.IGNORECASE),
    # policyd-spf
    re.compile(rf"^ ?client-ip={_IP} helo=", re.IGNORECASE),
    # Google, Yahoo and all that follow the example of RFC 7208
    re.compile(rf"\bdesignates? {_IP} as permitted\b", re.IGNORECASE),
    re.compile(rf"(?:^|: ){_IP} is neither permitted nor denied\b", re.IGNORECASE),
)


def parse_statement(value: bytes) -> IPAddress | None:
    """The one address that a server says it received from; None if there is none, or more than one."""
    texts = _find_stated(decode_charset(value[:VALUE_BYTES], None))
    stated = {ip for text in texts if (ip := parse_ip(text))}
    return stated.pop() if len(stated) == 1 else None


def _find_stated(text: str) -> Iterator[str]:
    comment: list[str] = []
    depth = 0
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token in "()":
            depth = max(0, depth + (1 if token == "(" else -1))
            if depth == 0 and comment:
                yield from _find_in_comment(" ".join(comment))
                comment = []
        elif depth:
            comment.append(_QUOTED_TEXT.sub('""', token))
        elif parameter := _PARAMETER.fullmatch(token):
            yield parameter[1]


def _find_in_comment(comment: str) -> Iterator[str]:
    for pattern in _COMMENTS:
        for found in pattern.finditer(comment):
            yield found[1]
