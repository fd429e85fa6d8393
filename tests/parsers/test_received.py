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
    ],
)
def test_a_line_is_what_its_server_saw(line: str, name: str | None, ip: str | None, by: str | None) -> None:
    """The address that the server saw beats every claim of the sender."""
    hop = parse_received(f"{line}; Mon, 2 Nov 2026 10:00:00 +0000".encode()).hop

    assert (hop.from_name, str(hop.from_ip) if hop.from_ip else None, hop.by_name) == (name, ip, by)
    assert hop.at is not None


def test_only_a_looked_up_name_is_verified() -> None:
    """What the sender calls itself, and what may be forged, is not."""
    lines = (
        b"from h (rdns.ex [192.0.2.1]) by mx.ex",
        b"from h.ex ([192.0.2.1]) by mx.ex",
        b"from h (rdns.ex [192.0.2.1] (may be forged)) by mx.ex",
        b"from H.example (192.0.2.1) by mx.ex",
    )

    assert [parse_received(line).verified for line in lines] == [True, False, False, False]
