"""What the program and a reader process say to each other: frames of mails one way, a reply to each the other."""

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

READY = 0
"""The process can read; said once, before all else."""
NOT_READY = 1
"""It cannot, and the text says why."""
ANSWER = 2
FAULT = 3
"""An exception: a fault of ours, and the text says which and where."""
OUT_OF_MEMORY = 4
"""The process ends after it said so."""

MAX_REPLY = 1 << 30
"""Bytes of a reply; the memory that a process may use leaves room for less."""

_FRAME = struct.Struct("!BI")
_SIZE = struct.Struct("!Q")
_REPLY = struct.Struct("!BQ")

Read = Callable[[int], bytes]
"""Gives exactly so many bytes, or EOFError."""


class Reply(NamedTuple):
    """What a process says of one mail, in the order in which it was given them."""

    kind: int
    content: bytes


def pack_frame(task: int, inputs: Sequence[bytes]) -> Iterator[bytes]:
    """The bytes to send; a single input, which may be large, is not copied."""
    sizes = b"".join(_SIZE.pack(len(one)) for one in inputs)
    head = _FRAME.pack(task, len(inputs)) + sizes
    if len(inputs) == 1:
        yield head
        yield inputs[0]
    else:
        yield b"".join((head, *inputs))


def read_frame(read: Read) -> tuple[int, list[bytes]]:
    """The number of a task, and its inputs."""
    task, count = _FRAME.unpack(read(_FRAME.size))
    sizes = [size for (size,) in _SIZE.iter_unpack(read(_SIZE.size * count))]
    return task, [read(size) for size in sizes]


def pack_reply(kind: int, content: bytes = b"") -> bytes:
    """The bytes of one reply."""
    return _REPLY.pack(kind, len(content)) + content


def read_reply(read: Read) -> Reply:
    """One reply. EOFError where none comes, or one that is larger than any."""
    kind, size = _REPLY.unpack(read(_REPLY.size))
    if size > MAX_REPLY:
        raise EOFError
    return Reply(kind, read(size))
