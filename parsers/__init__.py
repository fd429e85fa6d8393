"""Bytes in, values out: reads mails and the reports in them.

Pure: no database, no network, no clock, no settings.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.read import read_mail

__all__ = ["read_mail"]


def __getattr__(name: str) -> object:
    """The readers are loaded when they are asked for: who handles values of theirs only does not wait for them."""
    if name != "read_mail":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from parsers.read import read_mail

    return read_mail
