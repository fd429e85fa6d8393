"""The finished bytes of an acknowledgement: what may leave, and what no server ever gets to see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abuse_intake.letters import LetterRefused, check_letter

TO = "dana@woodgrove.example"
ID = "<ack.1@provider.example>"
HEAD = f"From: junk@provider.example\r\nTo: {TO}\r\nMessage-ID: {ID}\r\nSubject: Your report\r\n".encode()
LETTER = HEAD + b"\r\nThank you.\r\n"


def test_a_letter_may_leave() -> None:
    """What holds to the rules is given back as it is."""
    assert check_letter(LETTER, TO, ID) == LETTER


@pytest.mark.parametrize(
    "end",
    [
        b"\n.\r\n", b"\r.\r\n", b"\r\n.\r", b"\r\n.\n", b"\n.\n", b"\r.\r", b"\r\n\x00.\r\n",
        b"\n\n.\r\n", b"\r\r\n.\r\n",
    ],
)  # fmt: skip
def test_what_looks_like_the_end_to_some_server_does_not_leave(end: bytes) -> None:
    """A second mail behind such an end would be a stranger's mail from us (SMTP smuggling)."""
    with pytest.raises(LetterRefused, match=r"bare CR or LF|NUL"):
        check_letter(LETTER + end + b"MAIL FROM:<x@evil.example>\r\n", TO, ID)


def test_a_dot_alone_may_leave() -> None:
    """Between whole line ends it is doubled on the way, as every server expects."""
    content = LETTER + b".\r\nMAIL FROM:<x@evil.example>\r\n"

    assert check_letter(content, TO, ID) == content


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"Bcc: victim@x.example", "its header holds b'Bcc"),
        (b"Subject: owned", "its header holds b'Subject"),
        (b" folded", "its header holds b' folded"),
        (b"\tfolded", "its header holds"),
        (b"X-Loop : junk@provider.example", "its header holds"),
        (b"X-Loop:junk@provider.example", "its header holds"),
        (b"X-Loop: ", "its header holds"),
        (b"X-Loop: a\x0bb", "its header holds"),
        (b"X-Loop: a\x7f", "its header holds"),
        (b"X-Loop: a\x1b[31m", "its header holds"),
        (b"X-Loop", "its header holds"),
        (b"X-Loop: \xc2\x85Bcc: x", "no ASCII"),
        (b"X-Loop: \xe2\x80\xa8", "no ASCII"),
        (b"X-Loop: " + b"a" * 991, "a line of more than 998 octets"),
    ],
)
def test_a_header_of_another_kind_does_not_leave(line: bytes, problem: str) -> None:
    """Each field is one of ours, once, whole on its line, in visible ASCII."""
    with pytest.raises(LetterRefused, match=problem):
        check_letter(HEAD + line + b"\r\n\r\nThank you.\r\n", TO, ID)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "its last line does not end"),
        (b"\r\n" + LETTER, "its header holds b''"),
        (LETTER[:-2], "its last line does not end"),
        (LETTER.replace(b"Message-ID", b"References"), "its header lacks message-id"),
        (LETTER.replace(b"dana@", b"sam@"), "its To is not its recipient"),
        (LETTER.replace(b"dana@", b"sam@x.example, dana@"), "its To is not its recipient"),
        (LETTER.replace(b"ack.1", b"ack.2"), "its Message-ID is not the one that is recorded"),
        (LETTER + b"a" * 999 + b"\r\n", "a line of more than 998 octets"),
        (LETTER + b"\xff\r\n", "no ASCII"),
    ],
)
def test_a_letter_that_is_not_as_it_was_written_does_not_leave(content: bytes, problem: str) -> None:
    """What another program put into the outbox, or a damaged row, is refused with what is wrong."""
    with pytest.raises(LetterRefused, match=problem):
        check_letter(content, TO, ID)


@pytest.mark.parametrize(
    "to",
    [
        "dana@x.example\r\nDATA", "dana@x.example> SIZE=1", "<dana@x.example>",
        '"a b"@x.example', "@evil.example:d@x.example",
        "dana@-x.example", "dana", "", "d\u00e4na@x.example", "dana@x\u3002example",
        "dana@x.example\n", "dana@x..example",
        f"{'d' * 65}@x.example", f"dana@{'x.' * 130}example", "a..b@x.example", "=?utf-8?q?a?= <a@x.example>",
        "dana@x.example,sam@x.example", "dana @x.example",
    ],
)  # fmt: skip
def test_only_a_strict_address_is_a_recipient(to: str) -> None:
    """Nothing else ever stands in an SMTP command."""
    with pytest.raises(LetterRefused, match="no strict address"):
        check_letter(LETTER.replace(TO.encode(), to.encode()), to, ID)


@given(st.binary(max_size=80), st.integers(0, len(LETTER)))
def test_damage_never_passes_as_another_letter(damage: bytes, place: int) -> None:
    """Whatever is put into a letter, it is refused, or it still goes to one recipient in whole lines."""
    content = LETTER[:place] + damage + LETTER[place:]

    try:
        passed = check_letter(content, TO, ID)
    except LetterRefused:
        return
    lines = passed.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert [line for line in lines if line.lower().startswith(b"to:")] == [f"To: {TO}".encode()]
    assert b"\r" not in passed.replace(b"\r\n", b"")
    assert b"\n" not in passed.replace(b"\r\n", b"")
