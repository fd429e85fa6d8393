"""Whether memory stays flat while a large IMAP mailbox is drained, and how many mails a second go.

python bench/drain.py [--mails 3000] [--json]

`abuse-intake run --once` over a real Dovecot with so many mails in its INBOX, the outbox a Maildir. The memory of the
program itself is read ten times a second, and compared between the mails from a tenth on and the end; those of the
processes that read mails come and go and are not counted. Needs Debian's dovecot-imapd.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path

import psutil
from measuring import make_mails

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from servers.dovecot import PASSWORD, Dovecot
from servers.programs import HOST, ServerMissing

USER = "junk"
CONFIGURATION = """\
[mailbox]
url = "imap://{user}@{host}:{port}/INBOX"
password_file = "password"
address = "junk@provider.example"
[database]
url = "sqlite:///abuse-intake.db"
[outbox]
url = "maildir://Sent"
per_reporter_hour = 0
[tenants]
directory = "tenants.jsonl"
"""
KINDS = 5000
"""So many different mails are made at once; further ones differ in their Message-ID."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mails", type=int, default=3000, help="default %(default)s")
    parser.add_argument("--json", action="store_true", help="JSON Lines")
    arguments = parser.parse_args()
    try:
        server = Dovecot(storage="mdbox")
    except ServerMissing as missing:
        print(f"draining is not measured: {missing}")  # noqa: T201
        return
    with server as dovecot, tempfile.TemporaryDirectory(prefix="abuse-intake-bench-") as folder:
        dovecot.append_many(USER, _generate(arguments.mails))
        row = _drain(dovecot, Path(folder), arguments.mails)
    text = (
        "drained {mails} mails over IMAP in {seconds} s, {mails_per_second} mails/s; memory {low_mib} to {high_mib} "
        "MiB from a tenth on ({growth:+.1%} between its first and its last fifth)"
    )
    print(json.dumps(row) if arguments.json else text.format(**row), flush=True)  # noqa: T201


def _generate(count: int) -> Iterator[bytes]:
    """The demo's mails again and again, never all of them in memory."""
    shipped = make_mails(KINDS)
    rounds = range(count // KINDS + 1)
    return islice((b"X-Round: %d\r\n%b" % (number, raw) for number in rounds for raw in shipped), count)


def _drain(dovecot: Dovecot, folder: Path, mails: int) -> dict[str, object]:
    (folder / "password").write_text(PASSWORD)
    text = CONFIGURATION.format(user=USER, host=HOST, port=dovecot.port)
    (folder / "abuse-intake.toml").write_text(text, encoding="utf-8")
    with as_file(files("abuse_intake") / "demo" / "tenants.jsonl") as directory:
        (folder / "tenants.jsonl").write_bytes(directory.read_bytes())
    command = [sys.executable, "-m", "abuse_intake", "run", "--once"]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        sizes = list(_watch(process))
        said = process.stdout.read() if process.stdout else ""
    seconds = time.perf_counter() - began
    if process.returncode or not said.startswith(f"{mails} mails arrived"):
        raise SystemExit(f"the drain failed: {said}")
    return {"name": "drain over IMAP", **_summarise(sizes, mails, seconds)}


def _watch(process: "subprocess.Popen[str]") -> Iterator[int]:
    """What the program holds in memory, until it ends."""
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            yield watched.memory_info().rss
        except psutil.NoSuchProcess:
            return
        time.sleep(0.1)


def _summarise(sizes: list[int], mails: int, seconds: float) -> dict[str, object]:
    later = [size for size in sizes[len(sizes) // 10 :] if size]
    fifth = max(1, len(later) // 5)
    first, last = max(later[:fifth]), max(later[-fifth:])
    return {
        "mails": mails,
        "seconds": round(seconds, 1),
        "mails_per_second": round(mails / seconds),
        "low_mib": round(min(later) / 2**20, 1),
        "high_mib": round(max(later) / 2**20, 1),
        "growth": round(last / first - 1, 4),
    }


if __name__ == "__main__":
    main()
