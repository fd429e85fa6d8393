"""Who a reported message says it is from."""

import pytest

from parsers.senders import read_sender


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        (b"Ann <ann@x.example>", "ann@x.example", "Ann"),
        (b'"bank@bank.example" <ann@x.example>', "ann@x.example", "bank@bank.example"),
        (b"Doe, Jane <ann@x.example>", "ann@x.example", "Doe, Jane"),
        (b"Ann [ann@x.example]", "ann@x.example", "Ann"),
        (b"=?utf-8?Q?Ann_<ann=40x.example>?=", "ann@x.example", "Ann"),
        (b"Bank Service", None, "Bank Service"),
        (b"MAILER-DAEMON", None, None),
        (None, None, None),
    ],
)
def test_a_sender_is_read_as_a_mail_program_shows_it(
    value: bytes | None, address: str | None, name: str | None
) -> None:
    """Whatever a sender wrote, the address alone and the name apart."""
    assert read_sender(value, None) == (address, name)


@pytest.mark.parametrize(
    "piece", [b"<a", b'"', b"(", b",", b"a@1:", b"a@", b" @", b"a", b"=?a?b?", b"=?a?q?=", b"\x1b$B", b"\xf6"]
)
@pytest.mark.timeout(60)
def test_of_a_long_sender_little_is_kept(piece: bytes) -> None:
    """What is read of it is bounded, and what is kept."""
    for _ in range(20):
        sender = read_sender(piece * 10_000, "utf-8")

    assert len(sender.name or "") <= 1000
    assert len(sender.address or "") <= 1000
