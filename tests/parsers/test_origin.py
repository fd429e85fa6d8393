"""What of a header the receiving side wrote: the envelope sender."""

from ipaddress import ip_address

import pytest

from parsers.budget import HOPS
from parsers.header_block import split_header
from parsers.origin import conclude_origin, find_return_path
from parsers.route import RETURN_PATHS, STATEMENTS, Route, read_route

RECEIVER = "Received: by store.reporter.example with LMTP id 1; x\n"
ORIGIN = "Received: from evil.example (evil.example [198.51.100.7]) by mx.reporter.example (Postfix); x\n"
LOWER = "Received: from a.example (a.example [192.0.2.5]) by evil.example (Postfix); x\n"
PATH = "Return-Path: <a@x.example>\n"


def _route(header: str) -> Route:
    raw = header.encode()
    return read_route(split_header(raw, 0, len(raw))[0])


def _return_path(header: str) -> str | None:
    return find_return_path(_route(header))


@pytest.mark.parametrize("header", [PATH + RECEIVER + ORIGIN, RECEIVER + PATH + ORIGIN, PATH])
def test_a_return_path_of_the_receiving_side_is_the_envelope(header: str) -> None:
    """On top, or below some of the receiver's own lines."""
    assert _return_path(header) == "a@x.example"


@pytest.mark.parametrize("header", [ORIGIN + PATH, RECEIVER + ORIGIN + PATH + LOWER, ORIGIN + LOWER + PATH])
def test_a_return_path_below_the_origin_is_the_senders_own_word(header: str) -> None:
    """A sender can write any field into its message."""
    assert _return_path(header) is None


def test_a_forged_return_path_does_not_replace_the_null_sender() -> None:
    """The empty text is the null sender."""
    assert _return_path("Return-Path: <>\n" + ORIGIN + PATH) == ""


def test_what_the_report_names_besides_is_a_candidate_only() -> None:
    """A private Source-IP before a public one: the public one is offered, not concluded."""
    origin = conclude_origin(Route(), ip_address("10.0.0.1"), (ip_address("192.0.2.5"),))

    assert (origin.ip, origin.candidates) == (None, (ip_address("192.0.2.5"),))


def test_what_an_unlinked_line_says_is_a_candidate_only() -> None:
    """The sender may have written it; with an origin, nothing below it is offered."""
    inner = "Received: from gate (192.168.1.5) by EX1.reporter.local; x\n"
    unlinked, concluded = conclude_origin(_route(inner + LOWER)), conclude_origin(_route(ORIGIN + LOWER))

    assert (unlinked.ip, unlinked.candidates) == (None, (ip_address("192.0.2.5"),))
    assert concluded.candidates == (ip_address("198.51.100.7"),)


def test_a_return_path_above_a_forwarders_client_is_the_envelope() -> None:
    """The receiver states the client of the forwarder that verifiably handed the message over."""
    stated = "Received-SPF: pass (domain of x.example designates 192.0.2.5 as permitted sender)\n"

    assert _return_path(stated + ORIGIN + PATH + LOWER) == "a@x.example"


def test_of_a_long_route_the_newest_is_read() -> None:
    """Received lines, statements and envelope senders have limits, so that no route costs much."""
    stated = "Received-SPF: pass client-ip=192.0.2.1;\n"
    header = ORIGIN * (HOPS.of_one + 1) + PATH * (RETURN_PATHS + 1) + stated * (STATEMENTS + 1)

    route = _route(header)

    counts = (len(route.lines), len(route.return_paths), len(route.statements))
    assert counts == (HOPS.of_one, RETURN_PATHS, STATEMENTS)


def test_only_fields_that_state_an_address_do() -> None:
    """Any other field may repeat what a sender wrote."""
    assert _route("X-Spam-Report: client-ip=192.0.2.1;\n" + ORIGIN).statements == ()
