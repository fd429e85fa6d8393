"""Charsets: the names that mail uses are known, and strangers' names reach no table that grows."""

import encodings

import pytest

from parsers.content import decode_charset


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("UTF-8", b"\xc3\xa4", "ä"),
        ('"utf8"', b"\xc3\xa4", "ä"),
        ("ISO_8859-1:1987", b"\xe4", "ä"),
        ("windows-1251", b"\xe6", "ж"),
        ("koi8-r", b"\xd6", "ж"),
        ("shift-jis", b"\x83\x7d", "マ"),
        ("x-sjis", b"\x83\x7d", "マ"),
        ("ISO-2022-JP", b"\x1b$B%^\x1b(B", "マ"),
        ("ks_c_5601-1987", b"\xb0\xa1", "가"),
        ("GB18030", b"\xd6\xd0", "中"),
        ("us-ascii", b"\xc3\xa4", "ä"),
        ("rot13", b"abc", "abc"),
        ("unicode_escape", b"\\x41", "\\x41"),
        ("idna", b"xn--a", "xn--a"),
        ("cp037", b"abc", "abc"),
        ("nonsense", b"\xe4", "ä"),
    ],
)
def test_a_charset_is_known_by_its_names(charset: str, raw: bytes, text: str) -> None:
    """Names in any case and punctuation; what is no charset of mail is read as UTF-8, then Windows-1252."""
    assert decode_charset(raw, charset) == text


def test_unknown_charsets_are_not_remembered() -> None:
    """`codecs` keeps each name that it does not know for ever: strangers choose the names."""
    known = len(encodings._cache)  # type: ignore[attr-defined]

    for number in range(100):
        decode_charset(b"a", f"stranger-{number}")

    assert len(encodings._cache) == known  # type: ignore[attr-defined]
