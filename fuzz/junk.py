"""Builds junk: routes as many servers write them, and texts in as many charsets."""

import base64
import quopri
from dataclasses import dataclass
from random import Random

RECEIVER = "mx.reporter.example"
TIME = "{day} {month} 2026 10:0{minute}:00 +0000"
"""On either side of the day on which a network changed hands."""

ROUTES = (
    # The server that took the message from a stranger, each in its own form; {name} is what the stranger said.
    "from {name} ({name} [{ip}])\r\n\tby {by} (Postfix) with ESMTPS id 4Zq9dS0Tz9z1f\r\n"
    "\tfor <ann@reporter.example>; {time}",
    "from {name} (unknown [{ip}]) by {by} (Postfix) with SMTP id AB12; {time}",
    "from [{ip}] (helo={name})\r\n\tby {by} with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.96)\r\n"
    "\t(envelope-from <sales@tenant.example>)\r\n\tid 1rAbCd-000123-4E\r\n\tfor ann@reporter.example; {time}",
    "from {name} ([{ip}])\r\n\tby {by} with esmtp (Exim 4.96) id 1rAbCd-000123-4E; {time}",
    "from {name} ({name} [{ip}]) by {by} (8.17.1/8.17.1) with ESMTP id 3A2; {time}",
    "from {name} ([{ip}]) by {by} with Microsoft SMTPSVC(6.0.3790.4675); {time}",
    "from {name} ({ip}) by {by} (10.0.0.5) with Microsoft SMTP Server (TLS) id 15.1.2507.6; {time}",
    "from unknown (HELO {name}) ({ip})\r\n  by {by} with SMTP; {time}",
    "from {name} ([{ip}] verified)\r\n  by {by} (CommuniGate Pro SMTP 6.3) with ESMTP id 1; {time}",
    "from {name} ({name} [{ip}])\r\n\tby {by} (Haraka/2.8) with ESMTP id A.1; {time}",
    "from {name} ({name} [{ip}])\r\n\tby {by} (OpenSMTPD) with ESMTP id 1a; {time}",
    "from [198.51.100.99] (unknown [{ip}]) by {by} (Postfix) with ESMTP id AB13; {time}",
    "from unknown (HELO [198.51.100.99]) ({ip})\r\n  by {by} with SMTP; {time}",
    "from unknown (HELO 198.51.100.99) (sales@tenant.example@{ip})\r\n  by {by} with ESMTPA; {time}",
    "from {name} ({ip}) by {by} (MDaemon PRO v16) with ESMTP id 1; {time}",
)
BELOW = (
    "from localhost (localhost [127.0.0.1]) by {name} (Postfix) with ESMTP id 1; {time}",
    "from [10.1.2.3] (unknown [10.1.2.3]) by {name} with ESMTPSA id 2; {time}",
    "(qmail 12345 invoked by uid 89); 2 Nov 2026 10:00:00 -0000",
    "by {name} (Postfix, from userid 33) id 3; {time}",
    "from forged (forged [9.9.9.9]) by invented.example; {time}",
)
OTHERS = (
    "X-Mailer: Fuzz",
    "List-Unsubscribe: <http://tenant.example/u>",
    "Precedence: bulk",
    "Reply-To: x@y.example",
    "Feedback-ID: ::1.us-east-1.c0=:AmazonSES",
    "X-Mandrill-User: md_4711",
    "X-Authenticated-Sender: web1.host.example: info@contoso.example",
    "X-MS-Exchange-CrossTenant-FromEntityHeader: Hosted\r\nX-OriginatorOrg: woodgrove.example",
)
TEXTS = ("Only today", "Gewinn für Sie", "Распродажа", "大特価", "Re: your order", "a: b; c", "💰 now")
CHARSETS = ("utf-8", "iso-8859-1", "windows-1251", "iso-2022-jp", "gb18030", "koi8-r", "utf-16", "utf-7")


@dataclass(frozen=True)
class Junk:
    """A message, and what must be read of it."""

    raw: bytes
    message_id: str
    subject: str
    origin: str


def choose_ip(random: Random) -> str:
    """A public address, of the documentation networks, seldom of any other."""
    if not random.randint(0, 5):
        return f"2001:db8::{random.randint(1, 0xFFFF):x}"
    network = random.choice(("192.0.2.", "198.51.100.", "203.0.113.", "8.8.8."))
    return f"{network}{random.randint(1, 254)}"


def write_ip(random: Random, ip: str) -> str:
    """An address as servers write it in brackets: a mapped one is the same."""
    if random.randint(0, 5):
        return ip
    return f"IPv6:{ip}" if ":" in ip else f"IPv6:::ffff:{ip}"


def encode_text(random: Random, text: str) -> str:
    """For a header: as encoded words, of some charset that has its characters, or as it is."""
    if text.isascii() and random.randint(0, 2):
        return text
    charset = random.choice(CHARSETS)
    try:
        content = text.encode(charset)
    except UnicodeError:
        charset, content = "utf-8", text.encode()
    if random.randint(0, 1):
        return f"=?{charset}?B?{base64.b64encode(content).decode()}?="
    return f"=?{charset}?Q?{''.join(f'={byte:02X}' for byte in content)}?="


def build_junk(random: Random, simple: bool = False) -> Junk:
    """A message as its recipient got it; a simple one is one text of UTF-8, which can be pasted."""
    ip = choose_ip(random)
    name = random.choice(
        ("mail.tenant.example", "vps-7.hosting.example", "localhost", "pc", "mail.contoso.example")
    )
    subject = random.choice(TEXTS)
    id = f"<{random.randint(1, 10**9)}.junk@tenant.example>"
    form = random.choice(ROUTES)
    written = write_ip(random, ip) if "[{ip}]" in form else ip
    route = form.format(ip=written, name=name, by=RECEIVER, time=_time(random))
    fields = [f"Received: {route}"]
    if random.randint(0, 1):
        fields.insert(0, "Return-Path: <sales@tenant.example>")
    fields += [
        f"Received: {random.choice(BELOW).format(name=name, time=_time(random))}"
        for _ in range(random.randint(0, 3))
    ]
    rest = [
        f"From: {random.choice(('Sales', encode_text(random, 'Käufer')))} <sales@tenant.example>",
        "To: ann@reporter.example",
        f"Subject: {encode_text(random, subject)}",
        f"Date: {_time(random)}",
        f"Message-ID: {id}",
        *random.sample(OTHERS, random.randint(0, len(OTHERS))),
    ]
    header = "\r\n".join([*fields, *rest]) + "\r\nMIME-Version: 1.0\r\n"
    return Junk(header.encode() + _body(random, simple), id, subject, ip)


def _time(random: Random) -> str:
    day, month = random.randint(1, 20), random.choice(("May", "Jun", "Jul", "Nov"))
    return TIME.format(day=day, month=month, minute=random.randint(0, 9))


def _body(random: Random, simple: bool) -> bytes:
    text = random.choice(("Buy now.\r\n", "Günstig!\r\n", "Click http://evil.example/ now\r\n\r\nBye\r\n"))
    kind = 0 if simple else random.randint(0, 3)
    if kind == 0:
        return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()
    if kind == 1:
        return (
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(text.encode())
        )
    if kind == 2:
        return (
            b"Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            + quopri.encodestring(text.encode("latin-1"))
        )
    plain = b"--inner\r\nContent-Type: text/plain\r\n\r\n" + text.encode()
    rich = b"\r\n--inner\r\nContent-Type: text/html\r\n\r\n<p>Buy</p>\r\n--inner--\r\n"
    return b'Content-Type: multipart/alternative; boundary="inner"\r\n\r\n' + plain + rich
