"""What a reader process can be asked to do with bytes, and how the answer travels.

An answer is unpacked with no more trust than the mail itself: only values of ours are made of it.
"""

import io
import pickle
from collections.abc import Callable
from typing import Any, NamedTuple

from parsers.values import ReadMail

SHA256_CHARACTERS = 64

_VALUES = frozenset(
    {
        ("parsers.values", "Correspondence"),
        ("parsers.values", "Hop"),
        ("parsers.values", "Message"),
        ("parsers.values", "ReadMail"),
        ("parsers.values", "Report"),
        ("parsers.values", "Trace"),
        ("ipaddress", "IPv4Address"),
        ("ipaddress", "IPv6Address"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
    }
)
"""The classes that the values of `parsers` are made of."""


class Task(NamedTuple):
    """`work` is done in the reader process, `unpack` in the program."""

    work: Callable[[bytes], bytes]
    unpack: Callable[[bytes], Any]


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) not in _VALUES:
            raise pickle.UnpicklingError(f"a reader answered with {module_name}.{global_name}")
        return super().find_class(module_name, global_name)


def read_mail(raw: bytes) -> bytes:
    """How a mail is read."""
    from parsers.read import read_mail

    return pickle.dumps(read_mail(raw), pickle.HIGHEST_PROTOCOL)


def read_full_view(named: bytes) -> bytes:
    """The full view of a message in a mail; its sha256 stands before the mail's bytes."""
    import json

    from abuse_intake.full_view import read_full_view
    from parsers.read import read_mail

    wanted, raw = named[:SHA256_CHARACTERS].decode("ascii"), named[SHA256_CHARACTERS:]
    messages = (report.message for report in read_mail(raw).reports)
    found = next((one for one in messages if one and one.sha256 == wanted), None)
    return json.dumps(read_full_view(found.raw) if found else None).encode("ascii")


def _unpack_mail(answer: bytes) -> ReadMail:
    found = _Unpickler(io.BytesIO(answer)).load()
    if not isinstance(found, ReadMail):
        raise pickle.UnpicklingError(f"a reader answered with {type(found).__name__}")
    return found


def _unpack_view(answer: bytes) -> Any:
    import json

    return json.loads(answer)


TASKS = (
    Task(read_mail, _unpack_mail),
    Task(read_full_view, _unpack_view),
)
"""A task is known by its place here."""
READ_MAIL, READ_FULL_VIEW = range(len(TASKS))
