"""Readers of single header values."""

import pytest

from parsers.headers import (
    decode_text,
    display_name,
    first_address,
    message_id_as_written,
    parse_mailboxes,
    parse_sole_address,
    strict_msg_ids,
    strip_comments,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"=?utf-8?B?R3LDtg==?= =?utf-8?B?w59l?=", "Größe"),
        (b"=?utf-8?Q?e=C3?=\r\n =?utf-8?Q?=A4n?=", "eän"),
        (b"Re: =?iso-8859-1?Q?M=FCller?= and =?utf-8*de?q?=C3=A4?=", "Re: Müller and ä"),
        ("Größe".encode(), "Größe"),
        ("Größe".encode("cp1252"), "Größe"),
        (b"=?unknown-8bit?Q?=E4?=", "ä"),
        (b"=?utf-8?B?YWJj", "=?utf-8?B?YWJj"),
        (b"=?utf-8?Q?a=00b?=", "ab"),
    ],
)
def test_text_is_decoded(value: bytes, expected: str) -> None:
    """Encoded words, cut characters, raw 8-bit text and unknown charsets become text without NUL."""
    assert decode_text(value) == expected


def test_raw_text_is_read_in_the_charset_of_the_body() -> None:
    """Raw text that is no UTF-8 is what the body's charset says."""
    assert decode_text("Привет".encode("koi8-r"), "koi8-r") == "Привет"


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        (b"Ann <ann@x.example>", "Ann", "ann@x.example"),
        (b'"Doe, Jane" <jane@x.example>', "Doe, Jane", "jane@x.example"),
        (b"=?utf-8?Q?Doe,_J=C3=B6rg?= <j@x.example>", "Doe, Jörg", "j@x.example"),
        (b"ann@x.example (Ann)", None, "ann@x.example"),
        (b'"Ann <ann@x.example>', "Ann", "ann@x.example"),
        (b"MAILER-DAEMON", None, None),
    ],
)
def test_a_name_and_an_address_are_told_apart(value: bytes, name: str | None, address: str | None) -> None:
    """Quotes, encoded names, comments and missing halves of quotes."""
    assert (display_name(value), first_address(value)) == (name, address)


def test_a_group_is_its_members() -> None:
    """Group names are dropped."""
    assert [box.address for box in parse_mailboxes(b"Team: a@x.example, b@x.example;")] == [
        "a@x.example",
        "b@x.example",
    ]


def test_two_senders_are_none() -> None:
    """Who answers two addresses answers a stranger's choice."""
    assert parse_sole_address([b"a@x.example"]) == "a@x.example"
    assert parse_sole_address([b"a@x.example, b@x.example"]) is None
    assert parse_sole_address([b"a@x.example", b"b@x.example"]) is None
    assert parse_sole_address([b'"a\rBcc: c@d"@x.example']) is None
    assert parse_sole_address([b"a@x.example, " + b"a" * 9000 + b", b@x.example"]) is None
    assert parse_sole_address([b"a@x.example," * 300 + b"b@x.example"]) is None
    assert parse_sole_address([b"(a)" * 2000 + b"a@x.example"]) is None


@pytest.mark.parametrize(
    "value",
    [
        b"<a@x.example> <b@x.example>",
        b'"Ann" <a@x.example> b@x.example',
        b"<a@x.example>garbage",
        b'<a@x.example> "Ann"',
    ],
)
def test_what_stands_behind_an_address_makes_it_odd(value: bytes) -> None:
    """Another program might read the other address."""
    assert parse_sole_address([value]) is None


@pytest.mark.parametrize(
    "value",
    [
        b"Bcc:a@x.example",
        b"b@y.example Bcc: a@x.example",
        b"b@y.example\r\n\tBcc: a@x.example",
        b"@y.example:a@x.example",
        b"Reporters: a@x.example;",
    ],
)
def test_a_bare_address_behind_a_colon_is_odd(value: bytes) -> None:
    """What stands before the colon is the name of a group to one program, and the address to another."""
    assert parse_sole_address([value]) is None


@pytest.mark.parametrize(
    "value",
    [
        b"<a@x.example> (Ann)",
        b"Desk: Ann <a@x.example>",
        b"Ann <a@x.example>,",
        b'"b@x.example" <a@x.example>',
    ],
)
def test_a_comment_or_a_name_makes_no_second_address(value: bytes) -> None:
    """Comments, empty list places and quoted names are harmless."""
    assert parse_sole_address([value]) == "a@x.example"


@pytest.mark.parametrize("value", [b"<vic\0tim@x.example>", b'<a@x."example>', b"a(b)@x.example"])
def test_an_address_that_is_not_written_so_is_none(value: bytes) -> None:
    """Taking something out of it would make an address that nobody wrote."""
    assert parse_sole_address([value]) is None


def test_a_cut_message_id_is_trimmed() -> None:
    """Where a long one is cut at a blank, none is left at its end."""
    assert message_id_as_written(b"a" * 997 + b" b") == "a" * 997


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(relay) 192.0.2.1 (a (b) c)", "192.0.2.1"),
        ('"a (b)" c', '"a (b)" c'),
        ("a@x.example(@b.example", "a@x.example(@b.example"),
        (r"a\(b", r"a\(b"),
        (" a ", "a"),
        ("a)", "a"),
        ("2).0.3.9", "2 .0.3.9"),
        ("23(a)(b (c)).0.113.99", "23 .0.113.99"),
        ("a (b) c(d) e", "a  c e"),
        ("a " + "(b)" * 30, "a"),
        ("a " + "(b)" * 40, "a " + "(b)" * 40),
    ],
)
def test_comments_are_stripped(text: str, expected: str) -> None:
    """Nested ones too; none in quotes, none that never ends, none of a costly text; and nothing is joined by it."""
    assert strip_comments(text) == expected


@pytest.mark.parametrize("piece", [b"<a", b'"a"', b'"', b"(", b",", b"a@1:", b"=?a?b?", b"<", b'"\\'])
@pytest.mark.timeout(60)
def test_of_a_long_sender_little_is_kept(piece: bytes) -> None:
    """What is read of one address list is bounded, and what is kept of it."""
    value = piece * 10_000

    first_address(value)
    name = display_name(value) or ""

    assert len(name) <= 1000


def test_only_strict_message_ids_are_taken() -> None:
    """They go into headers of ours."""
    assert strict_msg_ids(b"<a@b> <c d@e> x@y <f@[192.0.2.1]>") == ("<a@b>", "<f@[192.0.2.1]>")
    assert strict_msg_ids(b"<a\r@b>") == ()
