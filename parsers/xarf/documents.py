"""Where XARF documents begin in the content of a part: JSON in any encoding, or the fields of X-ARF."""

import re

from parsers import budget as limits
from parsers.budget import Budget
from parsers.content import clean_text, decode_charset
from parsers.saved import unwrap
from parsers.xarf.json_documents import Found, cut_values, read_json
from parsers.xarf.yaml_documents import read_yaml

WORDS = ('"xarf_version"', '"source_identifier"', '"ReportType"')
"""One of these stands in each document in JSON."""
YAML_WORDS = (b"Report-Type:", b"Source:")

_JSON = re.compile(rb"(?:\xef\xbb\xbf)?[\s\[\x1e]{0,1000}+\{")
_WIDE_JSON = re.compile(rb"(?:\xff\xfe|\xfe\xff)?[\s\0\[]{0,1000}+\{")
_BASE64_JSON = re.compile(rb"\s{0,100}(?:e[yw]|W[3wy])[A-Za-z0-9+/]{54,}+={0,2}+(?:\s|$)")


def begins_like_xarf(content: bytes) -> bool:
    """Whether content that begins so may hold documents: JSON, or the fields of X-ARF."""
    return is_json(content) or all(word in content for word in YAML_WORDS)


def is_json(content: bytes) -> bool:
    """Whether it begins like JSON: as it is, in UTF-16, or in base64 that nobody declared."""
    return any(form.match(content) for form in (_JSON, _WIDE_JSON, _BASE64_JSON))


def find_documents(content: bytes, budget: Budget) -> Found:
    """The documents, and what is wrong with them; none where it is something else."""
    limit = limits.XARF_DOCUMENTS.of_one + 1
    if not is_json(content):
        text = decode_charset(_mark_nul(content[: limits.FEEDBACK_BYTES.of_one]), None)
        return read_yaml(text, limit, limits.FEEDBACK_FIELDS.of_one)
    text = decode_json(content)
    if not any(word in text for word in WORDS):
        return Found()
    granted = budget.allow(limits.XARF_VALUES)
    cut, amount = cut_values(text, granted)
    budget.take(limits.XARF_VALUES, amount)
    found = read_json(cut, limit)
    found.is_broken = found.is_broken and amount <= granted
    return found


def decode_json(content: bytes) -> str:
    """The text, by what it begins with; what is no UTF-8 is replaced."""
    if _BASE64_JSON.match(content):
        content = unwrap(content)
    if b"\0" not in content[:4]:
        return decode_charset(_mark_nul(content.removeprefix(b"\xef\xbb\xbf")), None)
    little = content.startswith(b"\xff\xfe") or content[1:2] == b"\0"
    body = content[2:] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else content
    text = body.decode("utf-16-le" if little else "utf-16-be", "replace")
    return clean_text(text.replace("\0", "?"))


def _mark_nul(content: bytes) -> bytes:
    """Taken out, it would make an address of what stands on both sides."""
    return content.replace(b"\0", b"?")
