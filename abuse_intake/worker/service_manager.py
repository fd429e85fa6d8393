"""What the worker tells the service manager that started it: sd_notify(3), in its own few lines.

Where there is no service manager, nothing is told. See docs/decisions/0008-worker.md.
"""

import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress

MAX_STATUS = 200
TIMEOUT_SECONDS = 1.0
MICROSECONDS = 1_000_000


class ServiceManager:
    """The socket that NOTIFY_SOCKET names; `@` before a name is an abstract one of Linux."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_seconds = _read_watchdog(environment)
        """How often it wants a sign of life at least; None where it wants none."""
        self._status = ""

    def ready(self) -> None:
        """The worker works, or works again after a reload."""
        self._tell("READY=1")

    def reloading(self) -> None:
        """The configuration is read again; `ready` ends that."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The worker is about to end."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """A sign of life, for its watchdog."""
        self._tell("WATCHDOG=1")

    def status(self, text: str) -> None:
        """What the worker does, in a line; the same line is not told again."""
        line = " ".join(text.split())[:MAX_STATUS]
        if line != self._status:
            self._status = line
            self._tell(f"STATUS={line}")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as one:
            one.settimeout(TIMEOUT_SECONDS)
            one.sendto(message.encode("utf-8", "replace"), self._address)


def _read_watchdog(environment: Mapping[str, str]) -> float | None:
    """WATCHDOG_USEC, unless WATCHDOG_PID says that it is meant for another process."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        microseconds = int(environment.get("WATCHDOG_USEC", "0"))
    except ValueError:
        return None
    return microseconds / MICROSECONDS if microseconds > 0 else None
