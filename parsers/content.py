"""Taking off what mail puts around content: transfer encodings and charsets. Nothing here raises."""

import binascii
import re
from codecs import charmap_decode
from encodings.aliases import aliases

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_NOT_QUOTED_PRINTABLE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,100}\r?\n|$)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PUNCTUATION = re.compile(r"[^a-z0-9.]+")
_LOOKED_AT = 64 * 1024
CUT_OF = 2
"""Of so many characters beyond ASCII one may be cut, in what still is UTF-8."""
_WINDOWS = "".join(bytes([code]).decode("cp1252", "replace") for code in range(256))
"""All characters of Windows-1252: the codec itself is slow where one is missing."""
_GROUP = 48
"""Characters that a separately padded piece of base64 has at the least, on average."""

_MAIL_CODECS = frozenset(
    """
    utf_7 utf_16 utf_16_be utf_16_le
    iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_10
    iso8859_13 iso8859_14 iso8859_15 iso8859_16
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp850 cp852 cp855 cp858 cp866 cp874
    koi8_r koi8_u mac_cyrillic mac_greek mac_roman
    big5hkscs cp950 gb18030 hz cp949 iso2022_kr cp932 euc_jp iso2022_jp iso2022_jp_2
    """.split()
)
"""Python's names of the charsets that text may be in, besides UTF-8, which is tried in any case.

A name that a stranger wrote is never given to `codecs`, which would remember each name that it does not know
for ever, and knows codecs that are none.
"""

_OTHER_NAMES = {
    "gb_2312_80": "gb2312",
    "iso_8859_8_i": "iso8859_8",  # visual and logical order differ for the eye only
    "iso_8859_8_e": "iso8859_8",
    "windows_31j": "cp932",
    "windows_874": "cp874",
    "windows_949": "cp949",
    "x_euc_jp": "euc_jp",
    "x_gbk": "gbk",
    "x_mac_cyrillic": "mac_cyrillic",
    "x_mac_roman": "mac_roman",
    "x_sjis": "cp932",
}
"""Names seen in mail that Python has no alias for."""

_AS_READ = {
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
"""Charsets that mail is written in a larger one of: they are read as browsers read them (WHATWG Encoding)."""


def decode_transfer(body: bytes, encoding: str) -> bytes:
    """The content under a Content-Transfer-Encoding (RFC 2045, section 6); an unknown one is none."""
    if encoding == "base64":
        return decode_base64(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    return body


def decode_base64(body: bytes) -> bytes:
    """Base64 with whatever stands between its characters, wrong padding, and a cut end.

    Some programs encode piece by piece, and each piece has padding of its own.
    """
    data = body.translate(None, _NOT_BASE64).rstrip(b"=")
    if b"=" not in data:
        return _decode_group(data)
    pieces = data.replace(b"==", b"=").split(b"=", len(data) // _GROUP + 1)
    return b"".join([_decode_group(piece.partition(b"=")[0]) for piece in pieces])


def _decode_group(data: bytes) -> bytes:
    data = data[: len(data) - (len(data) % 4 == 1)]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def is_quoted_printable(body: bytes) -> bool:
    """Whether each `=` in it begins an escape: some senders declare the encoding and do not apply it."""
    return not _NOT_QUOTED_PRINTABLE.search(body, 0, _LOOKED_AT)


def decode_charset(raw: bytes, charset: str | None) -> str:
    """Text by the declared charset, else UTF-8, of which a character may be cut, else Windows-1252."""
    if not charset and raw.isascii():
        return clean_text(raw.decode("ascii"))
    for codec in (_find_codec(charset) if charset else None, "utf_8"):
        if codec:
            try:
                return clean_text(raw.decode(codec))
            except (UnicodeError, ValueError):
                continue
    cut = raw.decode("utf-8", "replace")
    beyond_ascii = len(cut) - len(cut.encode("ascii", "ignore"))
    if 0 < cut.count("\ufffd") * CUT_OF <= beyond_ascii:
        return clean_text(cut)
    return clean_text(charmap_decode(raw, "strict", _WINDOWS)[0])


def _find_codec(name: str) -> str | None:
    """The codec of a charset of mail, or None."""
    if len(name) > 40:
        return None
    key = _PUNCTUATION.sub("_", name.lower()).strip("_")
    codec = _OTHER_NAMES.get(key) or aliases.get(key) or aliases.get(key.replace(".", "_")) or key
    codec = _AS_READ.get(codec, codec)
    return codec if codec in _MAIL_CODECS else None


def clean_text(text: str) -> str:
    """Text without NUL and lone surrogates, so that every database and UTF-8 take it."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
