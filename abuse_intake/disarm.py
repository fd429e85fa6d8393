"""Makes strangers' text harmless in a mail of ours: nobody can send links, or their own text at length, through us."""

import re
import unicodedata

MAX_QUOTED = 100
"""Characters of a stranger's text that the body shows."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that steer, hide or reorder text; a soft hyphen in a host name would hide its dots."""
_SCHEME = re.compile(r"(?i)(h)tt(ps?)(?=\s*:|\b)")
_OTHER_SCHEME = re.compile(r"(?<!hxxp)(?<!hxxps):(?=//)", re.IGNORECASE)
_NUMBER_OR_DOT = re.compile(
    r"(?P<number>(?<![\w.\u3002-])[0-9]+(?:\.[0-9]+){1,2}(?![\w-]|[.\u3002]\w))"
    r"|(?<=[^\s.])[.\u3002\uff0e\uff61](?=[^\s.])"
)
"""A dot within a word; but 1.99, 24.11.2026 and 1.000.000 are numbers, which no mail program makes a link of. Four
numbers are an IPv4 address, and a letter on either side makes it a name."""


def disarm(text: str, limit: int = MAX_QUOTED) -> str:
    """A stranger's text for the body: one line, cut, without control or bidi characters, links disarmed."""
    plain = unicodedata.normalize(
        "NFKC", text[: 4 * limit]
    )  # dots and colons in disguise become what they are
    visible = (" " if unicodedata.category(one) in _INVISIBLE else one for one in plain)
    clean = " ".join("".join(visible).split())
    clean = clean[:limit] + ("…" if len(clean) > limit else "")
    without_schemes = _OTHER_SCHEME.sub("[:]", _SCHEME.sub(r"\1xx\2", clean))
    return _NUMBER_OR_DOT.sub(lambda found: found["number"] or "[.]", without_schemes)
