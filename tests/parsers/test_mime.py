"""The splitter: exact bytes, and every tolerated defect."""

import base64

import pytest
from mail_builders import build_junk, build_mail, build_part

from parsers.budget import Budget
from parsers.content_type import parse_content_type
from parsers.header_block import split_header
from parsers.mime import parse_message


def contents(raw: bytes) -> list[bytes]:
    """The decoded contents of the leaves."""
    return [part.content() for part in parse_message(raw, Budget()).leaves]


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_an_enclosed_message_is_exact(line_end: bytes) -> None:
    """Not a byte more or less than stands between the delimiters."""
    junk = build_junk().replace(b"\r\n", line_end)
    raw = build_mail(build_part(b"hi", "text/plain")).replace(b"\r\n", line_end)
    raw = raw.replace(
        b"--frontier--",
        b"--frontier"
        + line_end
        + b"Content-Type: message/rfc822"
        + line_end * 2
        + junk
        + line_end
        + b"--frontier--",
    )

    assert contents(raw)[-1] == junk


def test_an_encoded_message_is_exact() -> None:
    """The transfer encoding is taken off, with the junk between its characters and its wrong padding."""
    encoded = base64.encodebytes(build_junk()).replace(b"\n", b" !\r\n").rstrip(b"= \r\n!")
    raw = build_mail(build_part(encoded, more="Content-Transfer-Encoding: base64\r\n"))

    assert contents(raw) == [build_junk()]


def test_a_declared_encoding_that_was_not_applied_is_left_alone() -> None:
    """Plain headers under a declared base64 or quoted-printable stay as they are."""
    for encoding in ("base64", "quoted-printable"):
        raw = build_mail(
            build_part(build_junk(subject="=?utf-8?Q?a?="), more=f"Content-Transfer-Encoding: {encoding}\r\n")
        )
        part = parse_message(raw, Budget()).children[0]

        assert part.message_content() == build_junk(subject="=?utf-8?Q?a?=")


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw.replace(b"--frontier--\r\n", b""),
        lambda raw: raw.replace(b'boundary="frontier"', b"boundary=frontier"),
        lambda raw: raw.replace(b'boundary="frontier"', b'boundary="frontier'),
        lambda raw: raw.replace(b'boundary="frontier"', b"x=y"),
        lambda raw: raw.replace(b'; boundary="frontier"', b' boundary="frontier"'),
        lambda raw: raw.replace(b"--frontier\r\n", b"--frontier \t\r\n"),
        lambda raw: raw.replace(b"\r\n", b"\n"),
        lambda raw: raw.replace(b"\r\n", b"\r"),
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: b"From someone Mon Nov  2 09:59:00 2026\r\n" + raw,
        lambda raw: b"\r\n\r\n" + raw,
    ],
)
def test_a_defect_costs_no_part(damage) -> None:  # type: ignore[no-untyped-def]
    """Missing ends, quotes and parameters, other line ends, and what stands before the header."""
    raw = damage(build_mail(build_part(b"one", "text/plain"), build_part(b"two", "text/plain")))

    assert [content.strip() for content in contents(raw)] == [b"one", b"two"]


def test_a_line_that_only_begins_like_a_delimiter_is_content() -> None:
    """Boundaries are compared as whole lines."""
    raw = build_mail(build_part(b"a\r\n--frontierx\r\n --frontier\r\nb", "text/plain"))

    assert contents(raw) == [b"a\r\n--frontierx\r\n --frontier\r\nb"]


def test_a_folded_field_is_one_value() -> None:
    """Folds, lines without a colon, and the end of the header."""
    header, body_start = split_header(b"A: b\r\n c\r\nnonsense\r\nD : e\r\n\r\nF: g", 0, 38)

    assert list(header.fields) == [("A", b"b c"), ("D", b"e")]
    assert body_start == 29


def test_pieces_of_base64_with_padding_of_their_own_are_all_decoded() -> None:
    """Some programs encode piece by piece: what follows the first padding is not lost."""
    junk = build_junk()
    encoded = b"\r\n".join(base64.b64encode(junk[at : at + 50]) for at in range(0, len(junk), 50))
    raw = build_mail(build_part(encoded, more="Content-Transfer-Encoding: base64\r\n"))

    assert contents(raw) == [junk]


def test_one_long_field_pushes_no_other_out() -> None:
    """A value is cut by itself, before the header is."""
    raw = b"X-A: " + b"a" * 300_000 + b"\r\nFrom: a@b.example\r\nSubject: s\r\n\r\n"

    header, _ = split_header(raw, 0, len(raw))

    assert header.first("from") == b"a@b.example"
    assert header.first("subject") == b"s"
    assert header.cuts == ()


def test_a_parameter_is_read_with_blanks_around_its_sign() -> None:
    """Names, quoted and bare values, an open quote, and what is no parameter."""
    value = b'text/plain; a = 1;b="x; \\"y\\" = z" c*0=p; c*1="q" ; = ;d="open; e=5'

    assert parse_content_type(value).parameters == {
        "a": "1",
        "b": 'x; "y" = z',
        "c": "pq",
        "d": "open",
        "e": "5",
    }


def test_the_parameters_of_a_whole_mail_are_counted() -> None:
    """When too many were read, the first few of each further part still are."""
    stuffing = "".join(f"; a{number}=b" for number in range(100))
    budget = Budget()

    root = parse_message(build_mail(*[build_part(b"x", f"text/plain; charset=x{stuffing}")] * 200), budget)

    assert len(root.children[0].content_type.parameters) == 100
    assert root.children[-1].content_type.parameters == {"charset": "x", "a0": "b", "a1": "b", "a2": "b"}
    assert list(budget.warnings) == ["A Content-Type is too long; its end was not read."]


@pytest.mark.parametrize("flood", [b"X-Flood: 1\n", b"Subject: 1\n", b"Content-Type-X: 1\n"])
def test_no_flood_of_fields_hides_what_a_mail_is(flood: bytes) -> None:
    """Behind thousands of other fields, or of one that counts, the type and the sender are found all the same."""
    top = b"Subject: Hi\n" + flood * 3000
    raw = (
        top
        + b"FROM : a@b.example\ncontent-TYPE: multipart/mixed;\n boundary=b\nX-Last: 1\n\n--b\n\nHello\n--b--\n"
    )

    root = parse_message(raw, Budget())

    assert root.header.first("from") == b"a@b.example"
    assert [part.text() for part in root.children] == ["Hello"]
    assert "x-last" not in root.header.by_name


@pytest.mark.parametrize(
    "name", ["content-type", "content-transfer-encoding", "from", "subject", "message-id", "date"]
)
def test_no_flood_hides_what_every_mail_needs(name: str) -> None:
    """Each of the fields that a mail cannot be read without is found behind all others."""
    raw = b"X-Flood: 1\n" * 3000 + name.title().encode() + b": here\n\nHello\n"

    header, _ = split_header(raw, 0, len(raw))

    assert header.first(name) == b"here"
