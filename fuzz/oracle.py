"""The oracle: what must hold of every byte string, whatever was sent. One for every way of making mails.

`check` raises a `Finding` that names the promise that was broken; each promise is a function in a table of its own
module: what reading yields (`promises`), what is made of it (`consequences`), what two readings have in common
(`relations`), and what is stored (`storing`).
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from fuzz import consequences, promises, relations
from fuzz.finding import Finding
from parsers import read_mail
from parsers.values import ReadMail

CPU_SECONDS = 1.0
"""What reading one mail may cost; the guard ends it under 4 s."""
HANGS_AFTER = 20.0
"""Seconds of CPU after which a check is ended by force."""

Promise = Callable[[bytes, ReadMail], None]
PROMISES: tuple[Promise, ...] = (*promises.PROMISES, *consequences.PROMISES, *relations.RELATIONS)


def check(raw: bytes, patience: float = 1.0) -> ReadMail:
    """How the mail is read; Finding if anything that was promised does not hold.

    `patience` is how many times slower this process runs than the program does.
    """
    with ended_by_force(HANGS_AFTER * patience):
        read = _read(raw, CPU_SECONDS * patience)
        for promise in PROMISES:
            with named(promise.__name__):
                promise(raw, read)
    return read


def find(raw: bytes, patience: float = 1.0) -> Finding | None:
    """The finding that this mail is, or None."""
    try:
        check(raw, patience)
    except Finding as finding:
        return finding
    return None


def _read(raw: bytes, limit: float) -> ReadMail:
    """A mail is too costly if it is three times in a row: others use the machine as well."""
    with named("read_mail raises nothing"):
        seconds, read = _time(raw)
        if seconds > limit:
            seconds = min(seconds, _time(raw)[0], _time(raw)[0])
    if seconds > limit:
        raise Finding("reading is bounded", f"{seconds:.1f} s of CPU for {len(raw)} bytes")
    return read


def _time(raw: bytes) -> tuple[float, ReadMail]:
    began = time.process_time()
    read = read_mail(raw)
    return time.process_time() - began, read


@contextmanager
def named(promise: str) -> Iterator[None]:
    """Whatever is raised here breaks this promise."""
    try:
        yield
    except (Finding, KeyboardInterrupt, SystemExit):
        raise
    except AssertionError as error:
        raise Finding(promise.replace("_", " "), str(error)) from error
    except BaseException as error:
        raise Finding(promise.replace("_", " "), f"{type(error).__name__}: {error}") from error


@contextmanager
def ended_by_force(seconds: float) -> Iterator[None]:
    """An endless loop, also one in a regular expression, becomes a finding."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise Finding("reading ends", f"still at it after {seconds:.0f} s of CPU")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
