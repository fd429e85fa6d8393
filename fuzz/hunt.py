"""One hunt: mails are tried one after the other; a finding is made small, saved, and told with how to see it again."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from fuzz.finding import Finding
from fuzz.oracle import find
from fuzz.storing import find_stored

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".fuzz"
"""What fuzzing keeps between its runs; git ignores it."""
FINDINGS = FOLDER / "findings"
BATCH = 50
"""Mails that are stored together, now and then."""
STORED_OF = 4
"""One mail of so many is stored: that is slower than all else together."""
SHRINK_SECONDS = 20
TOLD_EVERY = 0.5


class Hunt:
    """Tries mails until the time is up; the first finding ends it, unless it is to go on for others."""

    def __init__(self, name: str, seconds: float, patience: float = 1.0, keep_going: bool = False) -> None:
        self.name = name
        self.tried = 0
        self._ends_at = time.monotonic() + seconds
        self._patience = patience
        self._keep_going = keep_going
        self._told_at = 0.0
        self._batch: list[bytes] = []
        self._known: set[tuple[str, str]] = set()
        FINDINGS.mkdir(parents=True, exist_ok=True)

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._ends_at

    def try_mail(self, raw: bytes, expect: Callable[[bytes], Finding | None] | None = None) -> None:
        """Hold a mail against all promises, and against what its builder expects of it."""
        at_file(self.name).write_bytes(raw)  # what the process dies of, if it does
        self.tried += 1
        finding = find(raw, self._patience) or (expect(raw) if expect else None)
        if finding:
            self._report(finding, [raw], expect or find)
        elif self.tried % STORED_OF == 0:
            self._batch.append(raw)
        if len(self._batch) == BATCH:
            self._store()
        if time.monotonic() - self._told_at > TOLD_EVERY:
            self.tell()

    def tell(self) -> None:
        """Let the one who waits know how far it is."""
        self._told_at = time.monotonic()
        new = progress_file(self.name).with_suffix(".new")
        new.write_text(json.dumps({"tried": self.tried, "found": len(self._known)}))
        new.replace(progress_file(self.name))

    def _store(self) -> None:
        batch, self._batch = self._batch, []
        finding = find_stored(batch)
        if finding:
            alone = next((one for one in ([raw] for raw in batch) if find_stored(one)), batch)
            self._report(finding, alone, lambda raw: find_stored([raw]))

    def _report(
        self, finding: Finding, raws: Sequence[bytes], search: Callable[[bytes], Finding | None]
    ) -> None:
        if finding.kind in self._known:
            return
        if len(raws) == 1:
            raws = [shrink(raws[0], finding, search)]
        files = [_save(finding, raw) for raw in raws]
        again = [sys.executable, "-m", "fuzz", *(str(file.relative_to(ROOT)) for file in files)]
        seen = subprocess.run(again, cwd=ROOT, capture_output=True, text=True, check=False)
        if seen.returncode == 0 and self._patience > 1:
            return  # only this process is that slow
        self._known.add(finding.kind)
        self.tell()
        with (FOLDER / "findings.txt").open("a") as told:
            told.write(f"{describe(finding)}\n  again: {' '.join(['.venv/bin/python', *again[1:]])}\n")
        if not self._keep_going:
            os._exit(1)


def describe(finding: Finding) -> str:
    """A finding in a line, with the place in the program if it raised."""
    text = "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in str(finding))
    return f"FINDING {text}" + (f" ({finding.place})" if finding.place else "")


def at_file(name: str) -> Path:
    """Where an engine writes the mail that it is about to try."""
    return FOLDER / f"at-{name}.eml"


def progress_file(name: str) -> Path:
    """Where an engine writes how far it is."""
    return FOLDER / f"progress-{name}.json"


def shrink(raw: bytes, finding: Finding, search: Callable[[bytes], Finding | None]) -> bytes:
    """A smaller mail with the same finding: lines, then bytes are left out, in halves, quarters and so on."""
    ends_at = time.monotonic() + SHRINK_SECONDS
    for split in (lambda one: one.splitlines(keepends=True), lambda one: [bytes([byte]) for byte in one]):
        pieces = split(raw)
        size = max(1, len(pieces) // 2)
        while size and time.monotonic() < ends_at:
            start = 0
            while start < len(pieces) and time.monotonic() < ends_at:
                fewer = pieces[:start] + pieces[start + size :]
                found = search(b"".join(fewer))
                if found and found.kind == finding.kind:
                    pieces = fewer
                else:
                    start += size
            size //= 2
        raw = b"".join(pieces)
    return raw


def _save(finding: Finding, raw: bytes) -> Path:
    slug = re.sub(r"[^a-z0-9]+", "-", finding.promise.lower()).strip("-")[:60]
    file = FINDINGS / f"{slug}-{sha256(raw).hexdigest()[:8]}.eml"
    file.write_bytes(raw)
    return file
