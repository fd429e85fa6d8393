"""The URLs of mailboxes and outboxes: taken apart, and shown without their passwords."""

from pathlib import Path

import pytest

from abuse_intake.urls import parse_service_url

ALL = ("imap", "imaps", "smtp", "smtps", "maildir", "folder")
BASE = Path("/etc/abuse-intake")


@pytest.mark.parametrize(
    ("text", "host", "port", "path"),
    [
        ("imaps://mail.example/INBOX", "mail.example", 993, "INBOX"),
        ("imap://mail.example", "mail.example", 143, ""),
        ("IMAPS://Mail.Example:1993/Junk%20mail/2026/", "mail.example", 1993, "Junk mail/2026"),
        ("smtp://mail.example", "mail.example", 25, ""),
        ("smtps://mail.example", "mail.example", 465, ""),
        ("smtp://[2001:db8::1]:2525", "2001:db8::1", 2525, ""),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, ""),
    ],
)
def test_a_server_is_taken_apart(text: str, host: str, port: int, path: str) -> None:
    """Host, port with the scheme's default, and for IMAP the mailbox's name."""
    url = parse_service_url(text, ALL, BASE)

    assert (url.host, url.port, url.path) == (host, port, path)


def test_names_and_passwords_are_decoded() -> None:
    """What a URL must write with percent signs is what the server gets."""
    url = parse_service_url("imaps://junk%40provider.example:p%2Fa%3Ass@mail.example", ALL, BASE)

    assert (url.username, url.password) == ("junk@provider.example", "p/a:ss")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("imaps://u%40x:hunter2@mail.example/INBOX", "imaps://u%40x@mail.example:993/INBOX"),
        ("smtp://u:hunter2@[2001:db8::1]", "smtp://u@[2001:db8::1]:25"),
        ("maildir:///var/mail/abuse", "maildir:///var/mail/abuse"),
    ],
)
def test_a_url_is_shown_without_its_password(text: str, shown: str) -> None:
    """As it stands in a log line or a database, a URL can be given to anyone."""
    url = parse_service_url(text, ALL, BASE)

    assert str(url) == shown
    assert "hunter2" not in repr(url)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("maildir:///var/mail/abuse", "/var/mail/abuse"),
        ("maildir://Maildir", "/etc/abuse-intake/Maildir"),
        ("folder://./mails", "/etc/abuse-intake/mails"),
        ("folder:///var/my%20mails", "/var/my mails"),
        ("maildir://~/Maildir", str(Path.home() / "Maildir")),
    ],
)
def test_a_folder_is_relative_to_the_base(text: str, path: str) -> None:
    """A path is absolute with three slashes, else relative to the configuration's folder."""
    assert parse_service_url(text, ALL, BASE).path == path


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "must begin with one of"),
        ("mail.example", "must begin with one of"),
        ("imap:mail.example", "must begin with one of"),
        ("http://mail.example", "must begin with one of"),
        ("imap://", "names no server"),
        ("maildir://", "names no folder"),
        ("maildir:///", "names no folder"),
        ("smtp://[::1", "Invalid IPv6 URL"),
        ("smtp://u:hun/ter2@h", "as its port"),
        ("smtp://h:0x19", "as its port"),
    ],
)
def test_what_is_wrong_is_said(text: str, complaint: str) -> None:
    """A URL that cannot be used is refused with the reason, and never with a part of its password."""
    with pytest.raises(ValueError, match=complaint) as caught:
        parse_service_url(text, ALL, BASE)

    assert "hun" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("mail.example", False),
        ("localhost.example", False),
    ],
)
def test_loopback_is_this_machine_only(host: str, is_loopback: bool) -> None:
    """Plain text is allowed only where it crosses no network."""
    assert parse_service_url(f"smtp://{host}", ALL, BASE).is_loopback is is_loopback
