"""IP addresses and mail addresses."""

from ipaddress import ip_address

import pytest

from parsers.addresses import can_be_origin, domain_of, parse_ip, strict_addr_spec


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" [192.0.2.1]", "192.0.2.1"),
        ("192.0.2.1 (mail.example)", "192.0.2.1"),
        ("192.0.2.1:25", "192.0.2.1"),
        ("[IPv6:2001:DB8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
    ],
)
def test_an_address_is_read_in_all_its_spellings(text: str, expected: str) -> None:
    """Brackets, prefixes, ports, comments and mapped forms all yield the canonical address."""
    assert str(parse_ip(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "192.0.2",
        "192.0.2.x",
        "192.0.2.256",
        "192.0.02.1",
        "192.0.2.1.5",
        "fe80::1%eth0",
        "1.2.3.4.example",
        "::1::",
    ],
)
def test_what_is_no_whole_address_is_none(text: str) -> None:
    """Cut, masked, zoned and zero-padded addresses are not guessed at."""
    assert parse_ip(text) is None


@pytest.mark.parametrize(
    "text", ["192.0.2.1", "198.51.100.1", "203.0.113.1", "8.8.8.8", "2001:db8::1", "2606:4700::1"]
)
def test_public_and_documentation_addresses_can_be_an_origin(text: str) -> None:
    """Tests and examples are written with the documentation networks."""
    assert can_be_origin(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "0.0.0.0",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.0.1",
        "192.88.99.1",
        "198.18.0.1",
        "::",
        "::1",
        "100::1",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "2002:a00:1::1",
    ],
)
def test_addresses_of_no_internet_host_cannot_be_an_origin(text: str) -> None:
    """Private, loopback, link-local, shared, multicast, unspecified and reserved ones, also mapped."""
    assert not can_be_origin(ip_address(text))


@pytest.mark.parametrize("text", ["a@b.example", "a.b+tag@b.example", "o'neil@b.example", "a@[192.0.2.1]"])
def test_a_plain_address_is_strict(text: str) -> None:
    """A dot-atom at a domain passes as written."""
    assert strict_addr_spec(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b",
        "a b@c",
        "a@b\r\nBcc: c@d",
        "a@b\n",
        '"a\rb"@c.example',
        "a..b@c",
        ".a@c",
        "ä@c",
        "a@ä.example",
        "a@b c",
        "<a@b>",
        "a@b@c",
        "x" * 65 + "@b.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 126 + "cc",
    ],
)
def test_what_is_unsafe_in_a_header_is_none(text: str) -> None:
    """Line ends, quotes, spaces, other scripts and lengths over the limits do not pass."""
    assert strict_addr_spec(text) is None


def test_the_domain_of_an_address_is_lower_case() -> None:
    """Without a domain there is none."""
    assert domain_of("<A@B.Example.>") == "b.example"
    assert domain_of("a") is None
    assert domain_of("a@b c") is None
