"""Addresses that a text names, as people and programs write them, and what each is there: an offender's, or not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from parsers.addresses import can_be_origin, parse_ip
from parsers.values import IPAddress
from parsers.wording.named import EXAMPLES, LOGGED, SOURCES, VERSIONS
from parsers.wording.owners import OWN_AFTER, OWN_BEFORE
from parsers.wording.targets import TARGETS, TARGETS_AFTER

MENTIONS = 500
"""Addresses, whichever, that are looked at in one text."""
LINE = 300
"""Characters of a line, either side, that tell what an address is."""
BESIDE = 60
SENTENCE = 200
HEADED = 2_000
"""How far below its head a line of a table in the text may stand."""
SMALL = 40
"""Where none of its four numbers is greater it may be a version, and needs a word beside it that says what it is."""

_DOT = "\ue000"
"""A dot that was written so that nobody follows it: what has one is an address."""
_DISARMED = re.compile(
    r"(?<=[0-9a-fA-F]) ?(?:[\[({]\s?(?:\.|dot|punkt|point|punto|ponto)\s?[\])}]|\\\.) ?(?=\d)", re.IGNORECASE
)
_COLON = re.compile(r"(?<=[0-9a-fA-F:\])}])[\[({]:[\])}](?=[0-9a-fA-F:\[({])")
_ADDRESS = re.compile(
    rf"(?<![\w.@{_DOT}-])(?<!\w/)(?:(?P<four>\d{{1,3}}(?:[.{_DOT}]\d{{1,3}}){{3}})(?![.{_DOT}]?\w)"
    r"|(?<!:)(?P<six>[0-9a-fA-F]{1,4}:[0-9a-fA-F:]{2,38})(?![\w:]))(?!-\w)(?:/(?P<prefix>\d{1,3})(?![\w.]))?"
)
_HEADED_LIST = re.compile(r"([^\n]{1,200}[:：])\s*\n[\s*•-]*\Z")
"""A line that says what the list below it is."""
_SENTENCE_END = re.compile(r"[.!?]\s|[。！？]|\n[ \t]*\n|\n(?=[^:\n]{1,40}:[ \t])|\n(?=\s*[-*•|])")
_CELL = re.compile(r"[;,\t|]")
_WORD = re.compile(r"[^\s;,|]{1,40}")
_SOURCE_HEAD = re.compile(
    r"\b(?:src|sourc|attack|from|client|remote|offend|quell|angreif|origin|orig)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Named:
    """One mention of a public address."""

    ip: IPAddress
    sentence: str
    """What is said beside it."""
    is_logged: bool = False
    """It stands in a line of a log, a table or a list."""
    is_source: bool = False
    """A word before it says that something came from it, or that it is an address."""
    is_own: bool = False
    """It is the writer's own, or that of whom an attack was aimed at."""
    is_example: bool = False
    """A word before it says that it is one of many."""


def find_named(text: str, is_table: bool = False) -> list[Named]:
    """The public addresses that a text names, in order; of a table, each line is a record."""
    if "[" in text or "(" in text or "{" in text or "\\" in text:
        text = _COLON.sub(":", _DISARMED.sub(_DOT, text))
    targets = _find_target_columns(text) if is_table else frozenset[int]()
    mentions = islice(_ADDRESS.finditer(text), MENTIONS)
    return [named for found in mentions if (named := _read(text, found, is_table, targets))]


def _read(text: str, found: re.Match[str], is_table: bool, targets: frozenset[int]) -> Named | None:
    written = found["four"] or found["six"]
    ip = parse_ip(written.replace(_DOT, ".").removesuffix(":") if "::" not in written[-2:] else written)
    if not ip or not _is_whole(ip, found["prefix"]) or not _is_public(ip):
        return None
    line, start = _cut_line(text, found.start(), found.end())
    before, behind = line[max(0, start - BESIDE) : start], line[start + len(written) :]
    is_logged = is_table or LOGGED.is_in(line)
    is_source = SOURCES.is_in(before)
    if not is_table and not _is_address(written, before, is_logged or is_source):
        return None
    is_target = TARGETS.is_in(before) or _is_second(line[:start]) or _column(line[:start]) in targets
    if not is_table and not is_target and _has_address(line[:start]):
        is_target = _is_below_target(text, found.start())
    is_target = is_target or TARGETS_AFTER.is_in(behind[:BESIDE])
    is_own = is_target or OWN_BEFORE.is_in(before) or OWN_AFTER.is_in(behind[:BESIDE])
    return Named(ip, _find_sentence(text, found), is_logged, is_source, is_own, EXAMPLES.is_in(before))


def _is_whole(ip: IPAddress, prefix: str | None) -> bool:
    """A network is no address."""
    return prefix is None or int(prefix) == ip.max_prefixlen


def _is_public(ip: IPAddress) -> bool:
    """Of IPv6 only what is handed out: much else looks like it."""
    return can_be_origin(ip) and (ip.version == 4 or int(ip) >> 125 == 1)


def _is_address(written: str, before: str, is_sure: bool) -> bool:
    """Versions and numbers of sections look like addresses."""
    if ":" in written or _DOT in written:
        return True
    if VERSIONS.is_in(before):
        return False
    return is_sure or any(int(number) > SMALL for number in written.split("."))


def _is_second(before: str) -> bool:
    """Behind another address of a line, and `to`, stands where it went."""
    return before.rstrip(" [(").lower().endswith((" to", " >", " an", " nach", " à", " a")) and _has_address(
        before
    )


def _has_address(text: str) -> bool:
    """Whether there is one; times look like addresses too."""
    return any(
        parse_ip((found["four"] or found["six"]).replace(_DOT, ".")) for found in _ADDRESS.finditer(text)
    )


def _is_below_target(text: str, place: int) -> bool:
    """Whether the head above a line of a table says that its second address is whom an attack was aimed at."""
    above = text[max(0, place - HEADED) : place].split("\n")[-2::-1]
    head = next((line for line in above if line.strip() and not _has_address(line)), "")
    target = next((found.start() for found in _WORD.finditer(head) if TARGETS.is_in(found[0])), None)
    return target is not None and _SOURCE_HEAD.search(head, 0, target) is not None


def _cut_line(text: str, start: int, end: int) -> tuple[str, int]:
    """The line around a mention, and where that stands in it."""
    first = max(text.rfind("\n", 0, start) + 1, start - LINE)
    last = text.find("\n", end, end + LINE)
    return text[first : last if last >= 0 else end + LINE], start - first


def _find_sentence(text: str, found: re.Match[str]) -> str:
    before = text[max(0, found.start() - SENTENCE) : found.start()]
    behind = text[found.end() : found.end() + SENTENCE]
    if head := _HEADED_LIST.search(before):
        return f"{head[1]} {_cut_line(text, found.start(), found.end())[0]}"
    begin = max((end.end() for end in _SENTENCE_END.finditer(before)), default=0)
    end = _SENTENCE_END.search(behind)
    return f"{before[begin:]}{found[0]}{behind[: end.start() + 1 if end else SENTENCE]}"


def _find_target_columns(text: str) -> frozenset[int]:
    """The columns of a table whose heads say that they hold whom an attack was aimed at."""
    head = text[: text.find("\n")][:LINE] if "\n" in text else ""
    if not head or _ADDRESS.search(head):
        return frozenset()
    return frozenset(index for index, cell in enumerate(_CELL.split(head)) if TARGETS.is_in(cell.strip('" ')))


def _column(before: str) -> int:
    return len(_CELL.findall(before))


def rank(named: list[Named], also_own: frozenset[IPAddress]) -> Iterator[tuple[IPAddress, bool]]:
    """Each address once, and whether it is the writer's own: those of logs and tables first, the writer's own last."""
    own = {one.ip for one in named if one.is_own} | also_own
    order = sorted(named, key=lambda one: (one.ip in own, not one.is_logged))
    yield from dict.fromkeys((one.ip, one.ip in own) for one in order)
