"""Makes docs/images/demo.svg: what `abuse-intake demo` shows on a terminal, taken from a real run of it.

Run it with `.venv/bin/python docs/images/make_picture.py` after a change of what the demo shows.
"""

import os
import pty
import re
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

WIDTH = 154
PICTURE = Path(__file__).parent / "demo.svg"
SHOWN_INCIDENTS = ("contoso", "tailspin", "nobody")


def main() -> None:
    """Run the demo on a terminal of its own, and draw the part that fits a page."""
    with tempfile.TemporaryDirectory() as folder:
        lines = run_on_terminal(Path(folder)).replace("\r\n", "\n").splitlines()
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text("$ make demo", style="bold"))
    for line in choose_lines(lines):
        console.print(Text.from_ansi(line), no_wrap=True, crop=True)
    PICTURE.write_text(draw(console), encoding="utf-8")


def run_on_terminal(folder: Path) -> str:
    """What the demo writes to a terminal that is WIDTH columns wide, with its colours."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "abuse_intake", "demo"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"},
    )
    os.close(theirs)
    written = b"".join(iter(lambda: read_some(ours), b""))
    if program.wait() != 0:
        raise SystemExit(f"the demo ended with {program.returncode}")
    return written.decode()


def read_some(descriptor: int) -> bytes:
    """The next bytes from the terminal; none when the program has ended, which Linux tells as an error."""
    try:
        return os.read(descriptor, 65_536)
    except OSError:
        return b""


def choose_lines(lines: list[str]) -> list[str]:
    """The summary, all mails, and the incidents of a few tenants; the acknowledgement stands in the README's text."""
    chosen: list[str] = []
    keep = True
    for line in lines:
        plain = Text.from_ansi(line).plain
        if plain.startswith("Incidents of "):
            keep = plain.startswith(tuple(f"Incidents of {name}" for name in SHOWN_INCIDENTS))
        if plain.startswith("One acknowledgement"):
            break
        if keep:
            chosen.append(line)
    return chosen


def draw(console: Console) -> str:
    """The picture. It names no font of the web, so that looking at it fetches nothing."""
    page = re.sub(r"\s*@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(
        title="abuse-intake demo", theme=DIMMED_MONOKAI, code_format=page, unique_id="demo"
    )


if __name__ == "__main__":
    main()
