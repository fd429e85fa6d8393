"""Whether a server says in its Received line that its client had logged in."""

from parsers.headers import strip_comments

AUTHENTICATED = frozenset({"esmtpa", "esmtpsa", "utf8smtpa", "utf8smtpsa"})
"""What stands after `with` then (RFC 3848; RFC 6531, section 4.3), lower case: Postfix, Exim, Sendmail."""


def had_logged_in(received: str) -> bool:
    """Whether this value of Received names a protocol with authentication.

    What the client said stands in the same line: one that has a second `by` or `with`, or quotes, tells nothing.
    """
    words = strip_comments(received).lower().split()
    if '"' in received or words.count("by") != 1 or words.count("with") != 1:
        return False
    place = words.index("with")
    return words.index("by") < place and not AUTHENTICATED.isdisjoint(words[place + 1 : place + 2])
