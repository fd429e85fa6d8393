"""What an IMAP server offers us, in words, for `abuse-intake check`. Nothing is changed on it."""

from collections.abc import Mapping

from imapclient import IMAPClient


def describe_abilities(client: IMAPClient) -> str:
    """How mails are filed away, and how new ones are noticed."""
    moves = "MOVE" if client.has_capability("MOVE") else "UIDPLUS (copy, then expunge)"
    news = "IDLE" if client.has_capability("IDLE") else "no IDLE: new mail is found by the polls"
    return f"files by {moves}; {news}"


def describe_folders(client: IMAPClient, names: Mapping[str, str]) -> str:
    """Which of these folders are there, by our names to the server's."""
    missing = [name for name, theirs in names.items() if not client.folder_exists(theirs)]
    if not missing:
        return f"{', '.join(names)}: there"
    return f"{', '.join(missing)}: not there yet, made when the first mail goes there"
