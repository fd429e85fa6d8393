"""Mails that are made to be slow: each hits what some reader of mail is known to stumble over."""

_TOP = b"From: mallory@elsewhere.example\r\nTo: junk@provider.example\r\nSubject: Fwd: junk\r\nMIME-Version: 1.0\r\n"


def _multipart(boundary: bytes, parts: bytes) -> bytes:
    return _TOP + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n' + parts


def _nest(depth: int) -> bytes:
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
        for level in range(depth)
    )


HOSTILE = (
    _multipart(b"b", (b'--b\r\nContent-Type: text/plain; a="' + b";" * 4_000 + b"\r\n\r\nx\r\n") * 500),
    _TOP + b'Content-Type: text/plain; a="' + b";" * 80_000 + b"\r\n\r\nx\r\n",
    _TOP + _nest(1_000) + b"\r\nx\r\n",
    _TOP + b"To: " + b"," * 80_000 + b"\r\n\r\nx\r\n",
    _TOP + b"Subject: " + b"=?utf-8?q?=41?= " * 20_000 + b"\r\n\r\nx\r\n",
    _TOP + b"Received: from a (" + b"<" * 100_000 + b") by mx.example; x\r\n\r\nx\r\n",
    _TOP + b"Received: from a by b; c\r\n" * 20_000 + b"\r\nx\r\n",
    _multipart(b"b", b"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n\r\nx\r\n" * 5_000),
    _TOP + b"\r\n" + b"> From: a@b.example\r\n> Received: from a by b\r\n" * 10_000,
    _TOP + b"Content-Type: text/html\r\n\r\n" + b"<div><p>" * 60_000,
)
