"""The full view within the guard: mail-parser has inputs that cost it minutes, an analyst sees it in seconds or not."""

from hashlib import sha256

from arrival_builders import make_forward, make_message

from abuse_intake.guard.failure import Failure
from abuse_intake.guard.pool import Guard
from parsers import read_mail

SEMICOLONS = b'Content-Type: text/plain; a="' + b";" * 80_000 + b"\n"
"""They cost the standard library's reader, on which mail-parser stands, more than ten seconds."""


def hash_of(raw: bytes) -> str:
    (report,) = read_mail(raw).reports
    assert report.message
    return report.message.sha256


def test_it_shows_the_message_of_that_hash() -> None:
    """All of one reported message, found in the mail that reported it."""
    raw = make_forward(make_message(1))

    with Guard(most=1) as guard:
        view = guard.read_full_view(raw, hash_of(raw))

    assert isinstance(view, dict)
    assert view["from"]
    assert "error" not in view


def test_a_message_that_is_not_there_has_no_view() -> None:
    """The mail is no longer read as it was."""
    with Guard(most=1) as guard:
        assert guard.read_full_view(make_forward(make_message(1)), sha256(b"").hexdigest()) is None


def test_a_message_that_costs_too_much_has_none() -> None:
    """A field of 80,000 semicolons ends the process, and not the analyst's patience."""
    raw = make_forward(SEMICOLONS + make_message(1))

    with Guard(most=1) as guard:
        assert guard.read_full_view(raw, hash_of(raw)) == Failure("too_costly")
