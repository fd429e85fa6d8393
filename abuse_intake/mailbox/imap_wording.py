"""What went wrong with an IMAP server, in a line that says what to do."""

import re

from imapclient.exceptions import IMAPClientError, LoginError

_SERVERS_WORDS = re.compile(r"""b["'](.*)["']""", re.DOTALL)


def describe_error(error: Exception, username: str | None) -> str:
    """An error of the library's or the system's, in words."""
    if isinstance(error, LoginError):
        return (
            f"the server refused the login of {username}: {plain(error)}: "
            "check the username and mailbox.password_file"
        )
    if isinstance(error, (IMAPClientError, OSError)):
        return plain(error)
    if isinstance(error, UnicodeError):
        return "IMAP cannot take the host, username or password so written"
    return f"an answer of the server cannot be read ({type(error).__name__}: {plain(error)})"


def plain(error: Exception) -> str:
    """What the server or the system said; imaplib gives a server's words as the text of a bytes object."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    said = _SERVERS_WORDS.fullmatch(text)
    return " ".join((said[1] if said else text).split())[:200]
