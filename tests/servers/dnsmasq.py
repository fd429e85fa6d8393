"""dnsmasq on a loopback port: a DNS server for zones of the tests, whose TXT records may change between questions."""

from servers.programs import HOST, Server

STRING_BYTES = 255


class Dnsmasq(Server):
    """Listens over UDP and TCP, and knows `zones` and nothing else."""

    def __init__(self, *zones: str) -> None:
        super().__init__("dnsmasq", "dnsmasq-base")
        self._zones = zones
        self._lines: list[str] = []

    @property
    def address(self) -> str:
        """The server as `dkim.nameservers` has it."""
        return f"{HOST}:{self.port}"

    def publish(self, records: dict[str, tuple[str, ...]]) -> None:
        """Answer with these TXT records from now on."""
        self._lines = [
            f"txt-record={name},{_strings(text)}" for name, texts in records.items() for text in texts
        ]
        self.stop()
        self.start()

    def make_command(self) -> list[str]:
        config = self._folder / "dnsmasq.conf"
        local = [f"local=/{zone}/" for zone in self._zones]
        fixed = [f"port={self.port}", f"listen-address={HOST}", "bind-interfaces", "local-ttl=300"]
        alone = ["no-resolv", "no-hosts", "no-poll", "keep-in-foreground", "user=", "pid-file="]
        config.write_text("\n".join([*fixed, *alone, *local, *self._lines]) + "\n")
        return [str(self._program), "-C", str(config)]


def _strings(text: str) -> str:
    """A text in strings of 255 bytes, as TXT records hold them, each in quotes for its semicolons and commas."""
    pieces = [text[start : start + STRING_BYTES] for start in range(0, len(text), STRING_BYTES)]
    return ",".join(f'"{piece}"' for piece in pieces)
