"""dnsmasq on a loopback port: a DNS server for zones of the tests, whose TXT records may change between questions."""

import shutil
import subprocess
from types import TracebackType
from typing import Self

from servers.programs import (
    HOST,
    await_port,
    end_process,
    find_free_port,
    find_program,
    make_folder,
    start_process,
)

STRING_BYTES = 255


class Dnsmasq:
    """A context manager; listens on `port`, over UDP and TCP, and knows `zones` and nothing else."""

    def __init__(self, *zones: str) -> None:
        self._program = find_program("dnsmasq", "dnsmasq-base")
        self._zones = zones
        self.port = find_free_port()
        self._folder = make_folder("dnsmasq")
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: list[str] = []

    @property
    def address(self) -> str:
        """The server as `dkim.nameservers` has it."""
        return f"{HOST}:{self.port}"

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def publish(self, records: dict[str, tuple[str, ...]]) -> None:
        """Answer with these TXT records from now on."""
        self._lines = [
            f"txt-record={name},{_strings(text)}" for name, texts in records.items() for text in texts
        ]
        self.stop()
        self._start()

    def stop(self) -> None:
        """Answer nobody."""
        if self._process is not None:
            end_process(self._process)
            self._process = None

    def _start(self) -> None:
        config = self._folder / "dnsmasq.conf"
        local = [f"local=/{zone}/" for zone in self._zones]
        fixed = [f"port={self.port}", f"listen-address={HOST}", "bind-interfaces", "local-ttl=300"]
        alone = ["no-resolv", "no-hosts", "no-poll", "keep-in-foreground", "user=", "pid-file="]
        config.write_text("\n".join([*fixed, *alone, *local, *self._lines]) + "\n")
        log = self._folder / "dnsmasq.log"
        with log.open("ab") as output:
            self._process = start_process(
                [self._program, "-C", str(config)], stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        await_port(self.port, self._process, log)


def _strings(text: str) -> str:
    """A text in strings of 255 bytes, as TXT records hold them, each in quotes for its semicolons and commas."""
    pieces = [text[start : start + STRING_BYTES] for start in range(0, len(text), STRING_BYTES)]
    return ",".join(f'"{piece}"' for piece in pieces)
