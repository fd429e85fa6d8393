"""Complaints in prose: a text that says what was abused and names a public address, with nothing attached.

What such a text says may be wrong, or no complaint: so signs are weighed, and a doubtful one is none. Which of the
addresses is a tenant's, attribution decides.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from parsers.budget import NAMED, WORDS, Budget
from parsers.content import decode_charset
from parsers.named import Named, find_named, rank
from parsers.outside import Outside
from parsers.prose_texts import find_texts, is_table, read_text
from parsers.values import IPAddress, Report
from parsers.wording import abuses, attacks, complaint_texts
from parsers.wording.circulars import CIRCULARS
from parsers.wording.complaint_subjects import COMPLAINT_SUBJECTS
from parsers.wording.defences import DEFENCES
from parsers.wording.english_requests import ENGLISH_ASKS
from parsers.wording.harmless import HARMLESS
from parsers.wording.offers import OFFERS
from parsers.wording.replies import ANSWERS
from parsers.wording.requests import ASKS
from parsers.wording.settled import SETTLED
from parsers.wording.statuses import STATUS_SUBJECTS

NEEDED = 4
"""Points from which a text is a complaint."""
NEEDED_OF_PROGRAM = 7
"""The same of what a program sent by its own word: most of that only tells of a host."""
SENTENCES = 50
"""Mentions whose sentences are looked at."""
HEADER_LINES = 20

_WRITERS = ("received", "x-originating-ip")


@dataclass
class _Prose:
    """What a mail says in words, and which addresses it names."""

    outside: Outside
    text: str
    """The subject and the beginning: what people want of a desk stands there, and logs below it."""
    named: list[Named]

    @cached_property
    def blamed(self) -> list[Named]:
        """The mentions of addresses that are not the writer's own."""
        own = {ip for ip, is_own in self.ranked if is_own}
        return [one for one in self.named if one.ip not in own]

    @cached_property
    def ranked(self) -> list[tuple[IPAddress, bool]]:
        """All addresses, best first, and which are the writer's own."""
        return list(rank(self.named, _find_writers_addresses(self.outside)))


def read_prose(outside: Outside, reason: str | None, budget: Budget) -> Report | None:
    """The report that a mail's own text is, or None; `reason` is why the mail is none otherwise."""
    if not _can_complain(outside, reason):
        return None
    parts = list(find_texts(outside.root))
    texts = [read_text(part, outside.subject, budget) for part in parts]
    named = [one for part, text in zip(parts, texts, strict=True) for one in find_named(text, is_table(part))]
    words = DEFENCES.cut_from(f"{_read_own_subject(outside)}\n" + "\n".join(texts)[: WORDS.of_one])
    prose = _Prose(outside, words, find_named(_read_own_subject(outside)) + named)
    if not prose.blamed or not _says_abuse(words):
        return None
    needed = NEEDED_OF_PROGRAM if reason else NEEDED
    points = list(_weigh(prose))
    is_complaint = sum(points) >= needed and _is_for_desk(prose, min(points) < 0)
    return _make_report(prose, texts, budget) if is_complaint else None


def _can_complain(outside: Outside, reason: str | None) -> bool:
    """Programs that answer, or tell of their own host, do not complain; nor does what a list sends around."""
    if reason not in (None, "auto_reply") or (reason and not outside.is_generated):
        return False
    if outside.is_automatic or outside.return_path == "" or outside.has("list-unsubscribe"):
        return False
    return not STATUS_SUBJECTS.is_in(outside.subject)


def _read_own_subject(outside: Outside) -> str:
    """That of an answer is somebody else's, and what it calls a complaint is settled."""
    is_answer = ANSWERS.is_in(outside.subject) or SETTLED.is_in(outside.subject)
    return "" if is_answer else outside.subject


def _find_writers_addresses(outside: Outside) -> frozenset[IPAddress]:
    """Where the mail itself came from."""
    header = outside.root.header
    values = [value for name in _WRITERS for value in header.every(name)[:HEADER_LINES]]
    lines = "\n".join(decode_charset(value[:1000], None) for value in values)
    return frozenset(one.ip for one in find_named(lines, is_table=True))


def _says_abuse(text: str) -> bool:
    return any(
        table.is_in(text) for table in (*_KINDS, attacks.ATTACKS, attacks.AT_US, complaint_texts.JUNK_WORDS)
    )


_KINDS = {abuses.FRAUD: "fraud", abuses.MALWARE: "virus", abuses.SPAM: "abuse"}
"""What was abused, and the feedback type that it is."""


def _find_kind(text: str) -> str | None:
    """The kind that the words are clear of: unwanted mail may be of another kind too, no other of two."""
    kinds = [kind for table, kind in _KINDS.items() if table.is_in(text)]
    others = [kind for kind in kinds if kind != "abuse"]
    if attacks.ATTACKS.is_in(text) or len(others) > 1:
        return None
    return next(iter(others or kinds), None)


def _names_beside_abuse(prose: _Prose) -> bool:
    """An address is named in one sentence with what was abused."""
    return any(_says_abuse(DEFENCES.cut_from(one.sentence)) for one in prose.blamed[:SENTENCES])


def _ties_nothing(prose: _Prose) -> bool:
    """No address is named as the source of anything, nor beside what was abused: it may be any host's."""
    return not any(has(prose) for has in (_names_beside_abuse, _says_source, _shows_log))


def _says_source(prose: _Prose) -> bool:
    """It says that something came from an address."""
    return any(one.is_source for one in prose.blamed)


def _shows_log(prose: _Prose) -> bool:
    """An address stands in a log or a table."""
    return any(one.is_logged for one in prose.blamed)


def _says_attack(prose: _Prose) -> bool:
    """What was abused is no mail."""
    return attacks.ATTACKS.is_in(prose.text)


def _complains(prose: _Prose) -> bool:
    """Its subject is that of a complaint, or says what was abused."""
    subject = DEFENCES.cut_from(_read_own_subject(prose.outside))
    return COMPLAINT_SUBJECTS.is_in(subject) or _says_abuse(subject)


def _asks(prose: _Prose) -> bool:
    """It says what shall be done."""
    return ENGLISH_ASKS.is_in(prose.text) or ASKS.is_in(prose.text)


def _says_from_us(prose: _Prose) -> bool:
    """It says that it came from us."""
    return complaint_texts.COMPLAINT_TEXTS.is_in(prose.text)


def _pleads(prose: _Prose) -> bool:
    """It says to whom it came, or whose customer did it."""
    return complaint_texts.PLEAS.is_in(prose.text)


def _is_harmless(prose: _Prose) -> bool:
    """It wants to be taken off a list, asks, or tells of a change."""
    return HARMLESS.is_in(prose.text)


def _offers(prose: _Prose) -> bool:
    """It is what a shop, a service, a school or an author of news sends to one."""
    return OFFERS.is_in(prose.text) and not _is_circular(prose)


def _is_circular(prose: _Prose) -> bool:
    """It went to many at once."""
    return CIRCULARS.is_in(prose.text)


def _is_question(prose: _Prose) -> bool:
    """Its subject asks."""
    return _read_own_subject(prose.outside).rstrip().endswith(("?", "？"))


def _is_settled(prose: _Prose) -> bool:
    """It answers a complaint."""
    return SETTLED.is_in(prose.text)


def _exemplifies(prose: _Prose) -> bool:
    """It names addresses only as examples."""
    return all(one.is_example for one in prose.blamed)


def _is_for_desk(prose: _Prose, is_doubtful: bool) -> bool:
    """It wants something of those that it goes to; what only tells of an attack is a question, or the news.

    A subject is not enough where anything speaks against a complaint (`is_doubtful`).
    """
    wishes = (_asks, _says_from_us, _pleads, _shows_log)
    if any(has(prose) for has in wishes) or attacks.AT_US.is_in(prose.text):
        return True
    return not is_doubtful and _complains(prose)


SIGNS: tuple[tuple[int, Callable[[_Prose], bool]], ...] = (
    (2, _names_beside_abuse),
    (1, _says_source),
    (1, _shows_log),
    (1, _says_attack),
    (3, _complains),
    (2, _asks),
    (2, _says_from_us),
    (1, _pleads),
    (-3, _is_harmless),
    (-3, _offers),
    (-5, _is_circular),
    (-2, _is_question),
    (-2, _exemplifies),
    (-1, _ties_nothing),
    (-3, _is_settled),
)
"""What speaks for a complaint, and against it."""


def _weigh(prose: _Prose) -> Iterator[int]:
    return (points for points, has in SIGNS if has(prose))


def _make_report(prose: _Prose, texts: list[str], budget: Budget) -> Report:
    ranked = prose.ranked[: budget.take(NAMED, len(prose.ranked))]
    return Report(
        "prose",
        feedback_type=_find_kind(prose.text),
        candidate_ips=tuple(ip for ip, _ in ranked),
        own_ips=tuple(ip for ip, is_own in ranked if is_own),
        text_sha256=hashlib.sha256(" ".join("\n".join(texts).split()).encode("utf-8")).hexdigest(),
    )
