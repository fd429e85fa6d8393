"""The categories and types of XARF v4, and what older versions and ARF call them."""

import re

CATEGORIES: dict[str, frozenset[str]] = {
    "connection": frozenset(
        "ddos infected_host login_attack port_scan reconnaissance scraping sql_injection vulnerability_scan".split()
    ),
    "content": frozenset(
        "brand_infringement csam csem exposed_data fraud malware phishing remote_compromise"
        " suspicious_registration".split()
    ),
    "copyright": frozenset("copyright cyberlocker link_site p2p ugc_platform usenet".split()),
    "infrastructure": frozenset("botnet compromised_server".split()),
    "messaging": frozenset("bulk_messaging spam".split()),
    "reputation": frozenset("blocklist threat_intelligence".split()),
    "vulnerability": frozenset("cve misconfiguration open_service".split()),
}

OLDER_TYPES = {
    "spam": ("messaging", "spam"),
    "loginattack": ("connection", "login_attack"),
    "portscan": ("connection", "port_scan"),
    "ddos": ("connection", "ddos"),
    "phishing": ("content", "phishing"),
    "malware": ("content", "malware"),
    "fraud": ("content", "fraud"),
    "childabuse": ("content", "csam"),
    "botnet": ("infrastructure", "botnet"),
    "copyright": ("copyright", "copyright"),
    "openservice": ("vulnerability", "open_service"),
}
"""What v3 and X-ARF 0.x call them, in lower case, without what stands between the words."""

FEEDBACK_TYPES = {"spam": "abuse", "phishing": "fraud", "malware": "virus"}
"""The feedback type (RFC 5965, section 7.3) that a type is, where one fits."""

KIND_CHARACTERS = 100

_GAP = re.compile(r"[\s_-]+")


def read_word(text: str | None) -> str | None:
    """A category or type as it is stated, in lower case; those of v4 with its underscores."""
    word = " ".join((text or "").lower().split())[:KIND_CHARACTERS] or None
    spelled = _GAP.sub("_", word or "")
    return spelled if spelled in CATEGORIES or is_type(spelled) else word


def is_type(word: str) -> bool:
    """Whether v4 has a type of that name."""
    return any(word in types for types in CATEGORIES.values())


def read_older(category: str | None, kind: str | None) -> tuple[str | None, str | None]:
    """The category and type of v4 that an older one is; else both as stated."""
    known = OLDER_TYPES.get(_GAP.sub("", (kind or "").lower()[:KIND_CHARACTERS]))
    return known or (read_word(category), read_word(kind))
