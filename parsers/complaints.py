"""In what words people complain about junk, and to whom: tables that tell complaints from junk."""

import re

from parsers.headers import decode_text
from parsers.mime import Part
from parsers.wording import Wording

ADDRESSED = ("to", "cc", "resent-to")
NOTED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")
"""Where senders write recipients, and where servers note them."""
VALUE_BYTES = 4 * 1024
VALUES = 3
ADDRESSES = 50

ABUSE_DESKS = Wording(
    r"abuse|spam|phish|junk|spoof|fraud|scam|complain|feedback|dmarc",
    r"(?:^|[-_.+=])(?:reports?|reporting|fbl|jmrp|arf|uce|security|soc|noc|cert|[cps]?sirt|irt)(?:$|[-_.+=\d])",
)
"""Local parts of those who receive complaints, with whatever stands before or behind."""

ROLES = Wording(
    r"info|support|admin|administrator|webmaster|postmaster|hostmaster|helpdesk|servicedesk|service|contact|kontakt|office",
    r"legal|dns|domains?|tech|technik|network|ripe|whois|copyright|dmca|trust|safety|sales|mail|hosting",
    start=r"(?:^|[-_.+=])(?:",
    end=r")(?:$|[-_.+=\d])",
)
"""Local parts of those whom people complain to when they know no abuse desk; much junk goes there too."""

FORWARDS = Wording(
    r"(?:fwd?|wg|tr|rv|enc|i|vs|vb|vl|pd|doorst|ilt|továbbítás|fs|переслать|转发|轉寄|転送)\s{0,2}[:：]",
    r"[^\n]{0,300}\(fwd\)\s{0,5}$",
    start=r"^\W{0,3}(?:\[[^\]\n]{0,40}\]\s{0,3})?",
)
"""Prefixes of what is forwarded, in the languages of common mail programs."""

COMPLAINT_SUBJECTS = Wording(
    r"complain|\babuse\b|unsolicited|\bu[bc]e\b|spamcop|spam.?trap|from your (?:network|server|ip|domain|system)",
    r"(?:spam|phishing|junk|scam|fraud)(?: e?-?mails?| messages?)? (?:report|from|through|via|received|sent by)",
    r"report(?:ed|ing)?(?: of| as| for)? (?:spam|phish|junk|scam|fraud)",
    r"^\W{0,3}(?:spam|phishing|junk|scam)(?: ?-?e?-?mails?)?\W{0,3}$",
    r"beschwerde|missbrauch|plainte|signalement|denuncia|queja|segnalazione|жалоба|举报|迷惑メール",
)
"""What subjects of complaints say, and those of junk rarely."""

JUNK_WORDS = Wording(
    r"spam|phish|scam|junk|unsolicited|unwanted|\bu[bc]e\b|complain|abuse report",
    r"unerwünscht|unverlangt|unaufgefordert|betrug|beschwerde",  # German
    r"indésirable|pourriel|non sollicité|hameçonnage|plainte",  # French
    r"no desead|no solicitad|queja|denuncia",  # Spanish
    r"indesiderat|non richiest",  # Italian
    r"indesejad|não solicitad|reclamaç",  # Portuguese
    r"ongewenst|klacht",  # Dutch
    r"skräppost|oönskad|uønsket|søppelpost",  # Swedish, Danish, Norwegian
    r"niechcian|niezamówion|skarg",  # Polish
    r"nevyžádan|nevyžiadan|stížnost",  # Czech, Slovak
    r"спам|нежелательн|жалоб",  # Russian
    r"istenmeyen",  # Turkish
    r"迷惑メール|スパム",  # Japanese
    r"垃圾(?:邮件|郵件|信)|投诉",  # Chinese
    r"스팸",  # Korean
    r"مزعج|غير مرغوب",  # Arabic
)
"""What people call what they complain about."""

_THINGS = r"(?:network|server|system|customer|client|user|host|range|domain|machine|ip|subscriber)"
COMPLAINT_TEXTS = Wording(
    r"(?:came|comes?|coming|sent|sending|received|got|originat\w{1,4}) (?:\w{1,20} ){0,3}from (?:one of )?"
    rf"your (?:\w{{1,20}} ){{0,2}}{_THINGS}",
    r"\bstop (?:sending|mailing|spamming)\b|\bi never (?:asked|subscribed|signed up)\b",
)
"""What needs no word for junk beside it."""

PLEAS = Wording(
    rf"\byour (?:\w{{1,20}} ){{0,2}}{_THINGS}|from you\b|of yours\b|about your ",
    r"\b(?:i|we)(?:'ve| have)?(?: just| keep| also)? (?:received?|got|get|getting|receiving)\b",
    r"was sent to (?:me|us|my)\b",
    r"\b(?:ihr|eur)\w{0,3} (?:\w{1,20} )?(?:server|netz|kunde|system)|\b(?:bekomme|erhalte)n?\b",  # German
    r"\bvotre (?:réseau|serveur|client)|je reçois|nous recevons|j'ai reçu",  # French
    r"\bsus? (?:red|servidor|cliente)|\brecib[ií]",  # Spanish
    r"\b(?:vostr[oa]|vostri) (?:server|rete|client)|\bricev",  # Italian
    r"\b(?:vosso|seu|sua|vossa) (?:servidor|rede|cliente)|\brecebi|\brecebemos",  # Portuguese
    r"\b(?:uw|jullie) (?:server|netwerk|klant)|\bontv(?:ing|ang)",  # Dutch
    r"\b(?:er|din|deres) (?:server|nätverk|kund|kunde)|\bjag får|\bmodtager",  # Swedish, Danish, Norwegian
    r"serwera|sieci|otrzymuj|otrzymał",  # Polish
    r"\bvašeho|\bobdrže",  # Czech, Slovak
    r"\bваш\w{0,4} (?:сервер|сет|клиент)|\bполуч",  # Russian
    r"sunucunuz|alıyorum|aldım",  # Turkish
    r"サーバ|受信|届",  # Japanese
    r"服务器|伺服器|收到",  # Chinese
    r"귀사|서버|받았",  # Korean
    r"خادمكم|تصلني|وصلتني",  # Arabic
)
"""From whom, and to whom: what people say besides who complain to those that it came from."""

COMPLAINTS_RECEIVED = Wording(
    r"complaint (?:of|from|by|that) (?:one of )?(?:our|a) ",
    r"(?:received|got|following|forward\w{0,3})(?: (?!my\b)\w{1,20}){0,3} (?:complaint|abuse (?:report|notice))",
    r"(?:erhalten|erhielten|folgende|anbei)(?: (?!meine\b)\w{1,20}){0,3} (?:beschwerde|abuse-?meldung)",
    r"(?:reçu|suivante|transmet\w{0,4})(?: (?!ma\b)\w{1,20}){0,3} plainte|plainte (?:suivante|ci-jointe|reçue)",
    r"(?:recibido|siguiente|reenv\w{1,5})(?: (?!mi\b)\w{1,20}){0,3} (?:queja|denuncia|reclamación)",
)
"""What a reporter says who passes somebody's complaint on; one of its own it sends itself."""

TICKET_SUBJECTS = Wording(r"\[[^\]\n]{0,40}(?:#|ticket\W{1,3}|\bid\W{1,3})\d{3,12}\]")
"""How trackers write the number of a ticket in subjects."""

TICKET_MARKS = (
    ("managed-by", "rt "),  # RT
    ("x-mailer", "otrs "),
    ("x-mailer", "zendesk "),
    ("x-jira-fingerprint", ""),
    ("x-xarf", ""),
    ("x-arf", ""),
)
"""Fields by which complaint trackers and robots are known, and how their values begin."""

_PREFIX = re.compile(
    r"\s{0,3}(?:[^\W\d_]{1,12}\s?(?:\[\d{1,3}\])?[:：]|\[[^\]\n]{0,40}\]|\*{1,5}[^*\n]{1,20}\*{1,5})\s{0,3}"
)
_FOR = re.compile(rb"\bfor <([^<>\s]{1,254}>)")
_TO_BLANKS = bytes(32 if chr(code) in "<>,;:\"'()[] \t\r\n" else code for code in range(256))


def is_forward(root: Part) -> bool:
    """Whether somebody passed a mail on, by its subject."""
    return FORWARDS.is_in(read_subject(root))


def read_subject(root: Part) -> str:
    """The decoded subject, cut."""
    return (decode_text(root.header.first("subject")) or "")[:1000]


def strip_prefixes(subject: str) -> str:
    """The subject without what programs and filters put before it, to compare."""
    for _ in range(10):
        found = _PREFIX.match(subject)
        if not found or found.end() == len(subject):
            break
        subject = subject[found.end() :]
    return " ".join(subject.casefold().split())


def find_recipients(root: Part) -> set[str]:
    """Addresses that a message went to, lower case: named in its header, or noted by the last servers."""
    return _addresses_in(root, ADDRESSED) | find_noted(root)


def find_noted(root: Part) -> set[str]:
    """Addresses that the last servers noted: those that it was delivered to, whoever else got it."""
    lines = root.header.every("received")[:VALUES]
    receivers = (found[1] for line in lines if (found := _FOR.search(line)))
    return _addresses_in(root, NOTED) | {address for value in receivers for address in _find_addresses(value)}


def _addresses_in(root: Part, names: tuple[str, ...]) -> set[str]:
    values = (value for name in names for value in root.header.every(name)[:VALUES])
    return {address for value in values for address in _find_addresses(value)}


def _find_addresses(value: bytes) -> list[str]:
    """What stands around each at sign, near enough: names and comments may be among it."""
    words = value[:VALUE_BYTES].translate(_TO_BLANKS).split()
    found = [word for word in words if b"@" in word][:ADDRESSES]
    return [word.decode("latin-1").lower() for word in found]
