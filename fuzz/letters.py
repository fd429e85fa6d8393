"""What built mails are made of: a header, and parts in whatever encoding; and how a mail must be read while whole."""

import base64
import quopri
from dataclasses import dataclass
from random import Random

from fuzz.finding import Finding
from fuzz.junk import Junk, encode_text
from parsers import read_mail

REPORTER = "ann@reporter.example"
DELIVERY = (
    "Received: from mx.reporter.example (mx.reporter.example [198.51.100.250])\r\n"
    "\tby mail.provider.example; Tue, 24 Nov 2026 11:00:00 +0000\r\n"
)
PREAMBLES = ("", "This is MIME.\r\n")
NAMES = ("Ann ", "", "=?utf-8?Q?=C3=84nn?= ", '"Ann, of R." ')


@dataclass(frozen=True)
class Built:
    """A mail of one kind: how it must be read, and which message, if any, must be among what it reports."""

    kind: str
    raw: bytes
    reasons: frozenset[str | None]
    junk: Junk | None = None

    def find_unexpected(self, raw: bytes) -> Finding | None:
        """A finding if the mail, as it was built, is read as something else."""
        if raw != self.raw:
            return None
        read = read_mail(raw)
        if read.reason not in self.reasons:
            return Finding(f"a built mail is what it is: {self.kind}", f"{read.reason}")
        if self.junk is None or read.reason is not None:
            return None
        # Shrunk, the messages of a mailbox file may all have one id.
        reported = [report.message and report.message.message_id for report in read.reports]
        if self.junk.message_id not in reported:
            return Finding(f"a built mail reports its junk: {self.kind}", f"{reported}")
        blamed = {
            str(report.origin_ip)
            for report, message_id in zip(read.reports, reported, strict=True)
            if message_id == self.junk.message_id
        }
        if self.junk.origin not in blamed:
            return Finding(
                f"a built mail blames whom it names: {self.kind}", f"{blamed}, not {self.junk.origin}"
            )
        return None


REPORT = frozenset({None})


def make_head(random: Random, subject: str, sender: str = REPORTER, more: str = "") -> str:
    """The header of a mail to the abuse mailbox, without its type and its last, empty line."""
    top = (
        f"From: {random.choice(NAMES)}<{sender}>\r\n"
        f"To: junk@provider.example\r\nSubject: {encode_text(random, subject)}\r\n"
        f"Date: Tue, 24 Nov 2026 1{random.randint(0, 9)}:00:00 +0000\r\n"
        f"Message-ID: <{random.randint(1, 10**9)}@reporter.example>\r\n{more}MIME-Version: 1.0\r\n"
    )
    if random.randint(0, 1):
        return f"Return-Path: <{sender}>\r\n{DELIVERY}{top}"
    return top


def make_multipart(random: Random, head: str, kind: str, *parts: bytes) -> bytes:
    """The mail of these parts."""
    boundary = random.choice(("frontier", "=_b1", "----=_Part_1_2.3", "a b", "0000000000"))
    start = f'{head}Content-Type: {kind}; boundary="{boundary}"\r\n\r\n{random.choice(PREAMBLES)}'
    inner = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return start.encode() + inner + f"--{boundary}--\r\n".encode()


def make_part(random: Random, content: bytes, kind: str, more: str = "", encode: bool = True) -> bytes:
    """One part, in an encoding that chance chooses."""
    how = random.randint(0, 3) if encode else 0
    if how == 1:
        more, content = f"{more}Content-Transfer-Encoding: base64\r\n", base64.encodebytes(content)
    if how == 2:
        more, content = f"{more}Content-Transfer-Encoding: quoted-printable\r\n", quopri.encodestring(content)
    return f"Content-Type: {kind}\r\n{more}\r\n".encode() + content


def make_words(random: Random, text: str = "Please stop this.") -> bytes:
    """A text of the sender."""
    return make_part(
        random, text.encode(), random.choice(("text/plain", "text/plain; charset=utf-8")), encode=False
    )
