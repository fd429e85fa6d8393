"""Received lines of all common servers."""

import pytest

from parsers.received import parse_received


@pytest.mark.parametrize(
    ("line", "name", "ip", "by"),
    [
        ("from helo.ex (rdns.ex [192.0.2.1]) by mx.ex (Postfix)", "rdns.ex", "192.0.2.1", "mx.ex"),
        ("from helo.ex (unknown [192.0.2.1]) by mx.ex (Postfix)", "helo.ex", "192.0.2.1", "mx.ex"),
        ("from h (rdns.ex [192.0.2.1] (may be forged)) by mx.ex (8.17)", "h", "192.0.2.1", "mx.ex"),
        ("from rdns.ex ([192.0.2.1] helo=[198.51.100.1]) by mx.ex", "rdns.ex", "192.0.2.1", "mx.ex"),
        ("from [192.0.2.1] (helo=h.ex) by mx.ex (Exim)", "h.ex", "192.0.2.1", "mx.ex"),
        (
            "from A.example (192.0.2.1) by B.example (198.51.100.1) with Microsoft SMTP Server",
            "A.example",
            "192.0.2.1",
            "B.example",
        ),
        ("from unknown (HELO h.ex) (192.0.2.1) by 0 with SMTP", "h.ex", "192.0.2.1", "0"),
        ("from unknown (HELO 198.51.100.9) (u@192.0.2.1) by mx.ex", "198.51.100.9", "192.0.2.1", "mx.ex"),
        ("from 127.0.0.1  (EHLO h.ex) (192.0.2.1)  by mta.example", "h.ex", "192.0.2.1", "mta.example"),
        (
            "from [192.0.2.1] (account a@b.example HELO [10.0.0.1]) by mx.ex",
            "[10.0.0.1]",
            "192.0.2.1",
            "mx.ex",
        ),
        ("from host.example[192.0.2.1] by mx.ex", "host.example", "192.0.2.1", "mx.ex"),
        ("from 192.0.2.7 [192.0.2.1] by mx.ex with POP3", "192.0.2.7", "192.0.2.1", "mx.ex"),
        ("from by (rdns.ex [192.0.2.1]) by mx.ex", "rdns.ex", "192.0.2.1", "mx.ex"),
        ("from x ([IPv6:2001:db8::1]) by mx.ex", "x", "2001:db8::1", "mx.ex"),
        ("from x (evil[203.0.113.9] [192.0.2.1]) by mx.ex", "x", "192.0.2.1", "mx.ex"),
        ("by mx.ex with SMTP id from192.0.2.1", None, None, "mx.ex"),
        ("(from root@localhost) by mx.ex (8.17) id 1", None, None, "mx.ex"),
        ("(qmail 1 invoked from network)", None, None, None),
        ("by mx.ex for x from [192.0.2.9]", None, None, "mx.ex"),
        ("(filter) noted FROM h.ex (192.0.2.1) BY mx.ex", "h.ex", "192.0.2.1", "mx.ex"),
        ('from "h by b.ex" (rdns.ex [192.0.2.1]) by mx.ex', "rdns.ex", "192.0.2.1", "mx.ex"),
        ("from <h.ex> ([192.0.2.1]) by mx.ex.", "h.ex", "192.0.2.1", "mx.ex"),
        ("from UNKNOWN ([192.0.2.1]) by mx.ex", None, "192.0.2.1", "mx.ex"),
        ("from h.ex ([192.0.2.1] helo= ident=x) by mx.ex", "h.ex", "192.0.2.1", "mx.ex"),
        ("from x (IDENT:user@rdns.ex [192.0.2.1]) by mx.ex", "rdns.ex", "192.0.2.1", "mx.ex"),
        ("from x (rdns.ex [192.0.2.1] looked up) by mx.ex", "rdns.ex", "192.0.2.1", "mx.ex"),
        ("by simscan (clamav) with SMTP", None, None, None),
    ],
)
def test_a_line_is_what_its_server_saw(line: str, name: str | None, ip: str | None, by: str | None) -> None:
    """The address that the server saw beats every claim of the sender."""
    hop = parse_received(f"{line}; Mon, 2 Nov 2026 10:00:00 +0000".encode()).hop

    assert (hop.from_name, str(hop.from_ip) if hop.from_ip else None, hop.by_name) == (name, ip, by)
    assert hop.at is not None


@pytest.mark.parametrize(
    "sender",
    [
        "[192.0.2.1] (helo=x ident=[198.51.100.9])",
        "rdns.ex ([192.0.2.1] helo=x ident=[198.51.100.9])",
        "rdns.ex ([192.0.2.1]:25 helo=x [198.51.100.9])",
        f"[192.0.2.1] (helo={'a' * 310}[198.51.100.9])",
        f"rdns.ex ([192.0.2.1] helo={'a' * 495}[198.51.100.9])",
        "[192.0.2.1] (port=25 helo=198.51.100.9)",
        "[192.0.2.1] (account a@198.51.100.9 HELO x)",
        "[198.51.100.9] (rdns.ex [192.0.2.1])",
        "[198.51.100.9] (192.0.2.1)",
        "h ([198.51.100.9]@rdns.ex [192.0.2.1])",
        "unknown (HELO (198.51.100.9)) (ident@192.0.2.1)",
        "unknown (HELO a) (198.51.100.9) (192.0.2.1)",
        "[192.0.2.1] (helo=a) (b [198.51.100.9])",
        "[192.0.2.1] (account a) (b [198.51.100.9])",
        'rdns.ex ([192.0.2.1]:25 "EHLO [198.51.100.9]")',
        "h (rdns.ex [192.0.2.1]) (HELO=z) (x [198.51.100.9])",
        "h (rdns.ex [192.0.2.1]) (Authenticated sender: [198.51.100.9])",
    ],
)
def test_what_the_sender_said_is_not_what_the_server_saw(sender: str) -> None:
    """A HELO, an ident or an account can hold an address; of a literal as the name, the form decides."""
    assert str(parse_received(f"from {sender} by mx.ex; x".encode()).hop.from_ip) == "192.0.2.1"


@pytest.mark.parametrize(
    "key", ["helo", "ehlo", "lhlo", "account", "auth", "authenticated", "ident", "x-said"]
)
@pytest.mark.parametrize("sign", [" ", ": ", "="])
def test_a_word_begins_what_the_sender_said(key: str, sign: str) -> None:
    """A name with its value does in any case, a bare word where servers write it so."""
    said = f"from [192.0.2.1] ({key}{sign}[198.51.100.9]) by mx.ex"

    expected = "198.51.100.9" if key == "x-said" and sign != "=" else "192.0.2.1"
    assert str(parse_received(said.encode()).hop.from_ip) == expected


@pytest.mark.parametrize("key", ["envelope-from", "envelope-sender"])
def test_an_envelope_sender_is_what_the_sender_said(key: str) -> None:
    """Servers like qmail write it behind the address."""
    said = f"from unknown (HELO h.ex) (192.0.2.1) ({key} <[198.51.100.9]>) by mx.ex"

    assert str(parse_received(said.encode()).hop.from_ip) == "192.0.2.1"


@pytest.mark.parametrize(
    "sender",
    [
        "[192.0.2.1] (unknown [fe80::1%eth0])",
        "[192.0.2.1] (fe80::1%4)",
        "192.0.2.1 (unknown [fe80::1%4])",
        "[192.0.2.1] ([masked])",
        "[192.0.2.1] (fe80:0:0:0:1:2:3:4%4)",
        "[192.0.2.1] (2001:db8::x)",
        "[192.0.2.1] (198.51.100.x)",
        "[192.0.2.1] (a@198.51.100.9)",
    ],
)
def test_an_address_as_the_name_is_no_stand_in_for_an_address_that_cannot_be_read(sender: str) -> None:
    """The server saw another one, and the name is the sender's HELO."""
    assert parse_received(f"from {sender} by mx.ex".encode()).hop.from_ip is None


def test_only_a_looked_up_name_is_verified() -> None:
    """What the sender calls itself, what may be forged, and what nobody looked up again is not."""
    lines = (
        b"from h (rdns.ex [192.0.2.1]) by mx.ex",
        b"from h.ex ([192.0.2.1]) by mx.ex",
        b"from h (rdns.ex [192.0.2.1] (may be forged)) by mx.ex",
        b"from H.example (192.0.2.1) by mx.ex",
        b"from rdns.ex ([192.0.2.1] helo=h) by mx.ex",
        b"from rdns.ex ([192.0.2.1]) by mx.ex with esmtps (TLS1.3) (Exim 4.96)",
        b"from rdns.ex (HELO h) (192.0.2.1) by mx.ex with SMTP",
        b"from h (rdns.ex [192.0.2.1]) by mx.ex (Haraka/3.0)",
        b"from h (rdns.ex [192.0.2.1]) by mx.ex (OpenSMTPD) with ESMTP",
        b"from h (192.0.2.9 [192.0.2.1]) by mx.ex",
        b"from [192.0.2.1] ([192.0.2.1] helo=h) by mx.ex",
        b"from Unknown ([192.0.2.1] helo=h) by mx.ex",
        b"from h (helo=x rdns.ex [192.0.2.1]) by mx.ex",
    )

    found = [line for line in lines if parse_received(line).verified]

    assert found == [lines[0], lines[4], lines[5]]


@pytest.mark.parametrize(
    ("sender", "helo"),
    [
        ("h.ex (rdns.ex [192.0.2.1])", "h.ex"),
        ("rdns.ex (HELO h.ex) (192.0.2.1)", "h.ex"),
        ("rdns.ex ([192.0.2.1] helo=h.ex)", "h.ex"),
        ("h.ex ([192.0.2.1] helo= ident=x)", "h.ex"),
        ("([192.0.2.1])", None),
    ],
)
def test_a_helo_is_the_name_that_the_sender_gave_itself(sender: str, helo: str | None) -> None:
    """It stands first, or in a comment."""
    assert parse_received(f"from {sender} by mx.ex".encode()).helo == helo


@pytest.mark.parametrize(
    "protocol",
    ["LMTP", "LMTPS", "LMTPA", "LMTPSA", "POP3", "POP3S", "pop3-ssl", "IMAP", "IMAPS", "imap4-ssl"],
)
def test_no_stranger_speaks_a_protocol_by_which_mail_is_fetched(protocol: str) -> None:
    """LMTP, or a mailbox of the receiver's at another provider."""
    line = parse_received(f"from h (192.0.2.1) by mx.ex with {protocol} id 1".encode())

    assert (line.is_fetched, line.is_handed_over) == (True, False)


@pytest.mark.parametrize(
    "way",
    ["with HTTP", "with HTTPS", "with mapi", "with local (Exim 4.96)", "(mailgateway 2420B) with ESMTP"],
)
def test_a_receiver_hands_over_by_other_protocols_than_smtp(way: str) -> None:
    """From its own hosts only; the last is iCloud's."""
    line = parse_received(f"from h (192.0.2.1) by mx.ex {way} id 1".encode())

    assert (line.is_fetched, line.is_handed_over) == (False, True)


@pytest.mark.parametrize(
    "piece", ["[1.2.3.4", "a@1:", "(helo=", "ehlo a ", "(a)", '"', "[::", "([1.2.3.4] helo=", "a[", "1.1."]
)
@pytest.mark.timeout(60)
def test_long_lines_are_read_to_an_answer(piece: str) -> None:
    """Reading is linear in the length; what is not would run into the time limit."""
    line = f"from x ({piece * 700}) by y".encode()

    hops = {parse_received(line).hop for _ in range(2_000)}

    assert len(hops) == 1
