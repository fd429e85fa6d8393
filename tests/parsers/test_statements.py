"""What servers say that they saw, and what senders make look like it."""

import pytest

from parsers.statements import parse_statement


@pytest.mark.parametrize(
    "value",
    [
        "pass (google.com: domain of a@x.example designates 192.0.2.1 as permitted sender) client-ip=192.0.2.1;",
        "pass (domain of x.example designates 192.0.2.1 as permitted sender)",
        "softfail (google.com: domain of transitioning a@x.example does not designate 192.0.2.1 as permitted sender)",
        "neutral (google.com: 192.0.2.1 is neither permitted nor denied by best guess record for domain of x)",
        'Pass (mailfrom) identity=mailfrom; client-ip="192.0.2.1"; helo=x; envelope-from=a@x.example',
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.example; dkim=none",
        "mx.example; iprev=pass policy.iprev=192.0.2.1 (x.example)",
        "mx.example; iprev=pass (x.example) smtp.remote-ip=192.0.2.1;",
    ],
)
def test_a_server_states_whom_it_received_from(value: str) -> None:
    """Received-SPF and Authentication-Results of Google, Yahoo, Microsoft, policyd-spf, Exim and Fastmail."""
    assert str(parse_statement(value.encode())) == "192.0.2.1"


@pytest.mark.parametrize(
    "said",
    [
        "client-ip=198.51.100.9@x.example",
        '"client-ip=198.51.100.9"@x.example',
        '"sender ip is 198.51.100.9"@x.example',
        '"a) client-ip=198.51.100.9; ("@x.example',
        '"\\"designates 198.51.100.9 as permitted"@x.example',
        "(sender IP is 198.51.100.9)",
    ],
)
def test_what_a_sender_said_is_no_statement(said: str) -> None:
    """A MAIL FROM stands in a comment, a quoted string and a parameter; none of them makes it the server's word."""
    value = (
        f"pass (mx.example: domain of {said} designates 192.0.2.1 as permitted sender)"
        f' client-ip=192.0.2.1; envelope-from="{said.replace(chr(34), "")}"; helo=client-ip=198.51.100.9'
    )

    assert str(parse_statement(value.encode())) == "192.0.2.1"


@pytest.mark.parametrize(
    "value",
    [
        "pass client-ip=192.0.2.1; helo=x;client-ip=198.51.100.9;",
        "pass (domain of b designates 198.51.100.9 as permitted c@x designates 192.0.2.1 as permitted sender)",
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x (sender IP is 198.51.100.9)",
        "none client-ip=192.0.2.1@x.example",
        'none client-ip="192.0.2.1"@x.example',
        "none (mx.example: client-ip=192.0.2.1)",
        "none; smtp.helo=client-ip=192.0.2.1",
    ],
)
def test_a_doubtful_statement_is_none(value: str) -> None:
    """Two addresses, or one at a place where a sender can write."""
    assert parse_statement(value.encode()) is None


@pytest.mark.parametrize("piece", ['"\\', "(", '("', "client-ip=", '"a"', "designates 1"])
@pytest.mark.timeout(60)
def test_long_statements_are_read_to_an_answer(piece: str) -> None:
    """Reading is linear in the length; what is not would run into the time limit."""
    found = {parse_statement((piece * 4096).encode()) for _ in range(100)}

    assert len(found) == 1
