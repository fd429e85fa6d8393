"""Which program a mail was written with, by the headers that the program writes: it decides which guide helps."""

import re
from dataclasses import dataclass

from parsers.header_block import Header
from parsers.headers import raw_text

VALUE_CHARACTERS = 300

_NAMED = ("x-mailer", "user-agent")
_MESSAGE_ID = ("message-id",)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a program leaves in the header: fields, how a value of them reads, and the value that a real mail has."""

    program: str
    fields: tuple[str, ...]
    pattern: str
    text: str


MARKS: tuple[Mark, ...] = (
    Mark("outlook_mac", _NAMED, r"Microsoft-MacOutlook/", "Microsoft-MacOutlook/16.96.25041326"),
    Mark("outlook", _NAMED, r"Microsoft (?:Office )?Outlook(?! Express)", "Microsoft Outlook 16.0"),
    Mark("apple_mail", _NAMED, r"Apple Mail \(", "Apple Mail (2.3826.500.181.1.5)"),
    Mark("iphone_mail", _NAMED, r"i(?:Phone|Pad|Pod) Mail \(", "iPhone Mail (22F76)"),
    Mark("thunderbird_android", _NAMED, r"(?:Thunderbird|K-9 Mail) for Android", "K-9 Mail for Android"),
    Mark("thunderbird", _NAMED, r"(?:.{1,200} )?Thunderbird(?:/|$)", "Mozilla Thunderbird"),
    Mark("thunderbird", _NAMED, r"Betterbird ", "Betterbird (Windows)"),
    Mark(
        "thunderbird",
        _NAMED,
        r".{1,200} SeaMonkey/",
        "Mozilla/5.0 (X11; rv:91.0) Gecko/20100101 SeaMonkey/2.53",
    ),
    Mark("yahoo", _NAMED, r"WebService/\S{1,30} (?:YMail|YahooMail)", "WebService/1.1.24652 YMailNovation"),
    Mark("yahoo", _NAMED, r"WebService/\S{1,30} Aol", "WebService/1.1.24652 AolMailNorrin"),
    Mark(
        "apple_mail",
        ("mime-version",),
        r"1\.0 \((?:Mac OS X Mail|Apple Message)",
        r"1.0 (Mac OS X Mail 16.0 \(3826.500.181.1.5\))",
    ),
    Mark("roundcube", _NAMED, r"Roundcube(?: Webmail)?/", "Roundcube Webmail/1.6.11"),
    Mark("evolution", _NAMED, r"Evolution \d", "Evolution 3.56.2"),
    Mark("kmail", _NAMED, r"KMail/", "KMail/6.4.1"),
    Mark("mutt", _NAMED, r"(?:Neo)?Mutt[/ ]", "Mutt/2.2.13 (2024-03-09)"),
    Mark("proton", ("feedback-id",), r"\d{1,20}:user:proton", "12345678:user:proton"),
    Mark(
        "yahoo",
        _MESSAGE_ID,
        r"<[^<>@]{1,200}@mail\.yahoo\.com>",
        "<1214160213.2380.1763989200@mail.yahoo.com>",
    ),
    Mark(
        "gmail",
        _MESSAGE_ID,
        r"<[^<>@]{1,200}@mail\.gmail\.com>",
        "<CAKq8uW2L1bD9vNf6m5rXo7yT0@mail.gmail.com>",
    ),
    Mark("gmail", ("x-gm-message-state",), r"A", "AOJu0YxT5V2cF8m3bQ9kLr7dW1sZ6hN4gJ0pXtEuHaMqCyKvRiUe"),
    # Outlook on the web, the new Outlook, and the classic one with Exchange: they write the same.
    Mark("outlook_web", ("x-ms-has-attach",), r"", "yes"),
    Mark(
        "outlook_web",
        _MESSAGE_ID,
        r"<[^<>@]{1,200}@[^<>@]{1,100}\.(?:outlook|exchangelabs)\.com>",
        "<DB9PR08MB9876F0C4A2B16D6E7A3C5E48CC5AA@DB9PR08MB9876.eurprd08.prod.outlook.com>",
    ),
    Mark("outlook_web", ("thread-index",), r"A", "AQHbOzvE9oQmT0m7WkqTn1bZ3r6f9g=="),
)
"""The first mark that a mail has decides: a name before what the server of the program adds."""


_FIELDS = frozenset(name for mark in MARKS for name in mark.fields)


def find_mail_program(header: Header) -> str | None:
    """The program that a mail was written with, as `MARKS` call it, or None."""
    texts = {name: _text(header.first(name)) for name in _FIELDS & header.by_name.keys()}
    for mark in MARKS:
        for name in mark.fields:
            if name in texts and re.match(mark.pattern, texts[name], re.IGNORECASE):
                return mark.program
    return None


def _text(value: bytes | None) -> str:
    return raw_text((value or b"")[: 4 * VALUE_CHARACTERS])[:VALUE_CHARACTERS]
