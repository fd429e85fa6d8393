"""`make fuzz`: looks for mails that break a promise, for so long; or tries mails that it found before.

python -m fuzz [--seconds 600] [--seed N] [--keep-going]
python -m fuzz FILE…      # hold these mails against all promises; several are also stored together
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from random import SystemRandom

from abuse_intake.log import configure_log
from fuzz.engines import has_atheris
from fuzz.hunt import FINDINGS, FOLDER, ROOT, at_file, describe, progress_file

GRACE = 60
"""Seconds that an engine may take for its last mail, and to make a finding small."""
SHOWN_EVERY = 1 if sys.stdout.isatty() else 30


def main() -> int:
    """The exit code: 1 if there was a finding."""
    parser = argparse.ArgumentParser(
        prog="fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(2**31))
    parser.add_argument("--keep-going", action="store_true", help="do not end with the first finding")
    arguments = parser.parse_args()
    if arguments.files:
        return try_files(arguments.files)
    return hunt(arguments.seconds, arguments.seed, arguments.keep_going)


def try_files(files: list[Path]) -> int:
    """Say of each mail whether it breaks a promise."""
    from fuzz.oracle import find
    from fuzz.storing import find_stored

    configure_log(only_errors=True)
    raws = [file.read_bytes() for file in files]
    findings = [finding for raw in raws if (finding := find(raw))] + [
        finding for finding in [find_stored(raws)] if finding
    ]
    for finding in findings:
        say(describe(finding))
    if not findings:
        say(f"{len(files)} tried: all promises hold")
    return 1 if findings else 0


def hunt(seconds: float, seed: int, keep_going: bool) -> int:
    """Run the engines side by side, a core each, and say how it goes and what came of it."""
    names = ["hypothesis", "loop", *["atheris"] * has_atheris()]
    if not has_atheris():
        say(
            "atheris is not installed (PyPI has no wheel of it for this Python): fuzzing WITHOUT coverage guidance."
        )
    FINDINGS.mkdir(parents=True, exist_ok=True)
    told = FOLDER / "findings.txt"
    told.unlink(missing_ok=True)
    began = time.monotonic()
    engines = {name: _start(name, seconds, seed + number, keep_going) for number, name in enumerate(names)}
    try:
        died = _watch(engines, began, seconds, keep_going)
    finally:
        for engine in engines.values():
            engine.kill()
    tried, rate = _count(names, began)
    findings = told.read_text().splitlines() if told.exists() else []
    findings += died
    for line in findings:
        say(line)
    say(
        f"fuzz: {tried} mails in {time.monotonic() - began:.0f} s ({rate:.0f} a second; seed {seed}), "
        + (f"FINDINGS: {sum(line.startswith('FINDING') for line in findings)}" if findings else "no finding")
    )
    return 1 if findings else 0


def _start(name: str, seconds: float, seed: int, keep_going: bool) -> "subprocess.Popen[bytes]":
    for file in (progress_file(name), at_file(name)):
        file.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "fuzz.engines",
        name,
        str(seconds),
        str(seed),
        *["keep-going"] * keep_going,
    ]
    with (FOLDER / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def _watch(
    engines: dict[str, "subprocess.Popen[bytes]"], began: float, seconds: float, keep_going: bool
) -> list[str]:
    """Until all have ended, or one has found something; what engines died of."""
    shown_at = began
    while any(engine.poll() is None for engine in engines.values()):
        time.sleep(0.2)
        spent = time.monotonic() - began
        if time.monotonic() - shown_at > SHOWN_EVERY:
            shown_at = time.monotonic()
            _show(list(engines), began, max(0, seconds - spent))
        if any(engine.poll() for engine in engines.values()) and not keep_going:
            break
        if spent > seconds + GRACE:
            break
    if sys.stdout.isatty():
        sys.stdout.write("\n")
    return [
        line
        for name, engine in engines.items()
        for line in _explain(name, engine, time.monotonic() - began > seconds + GRACE)
    ]


def _explain(name: str, engine: "subprocess.Popen[bytes]", is_late: bool) -> list[str]:
    """What an engine that neither ended well nor told a finding died of, with the mail that it was at."""
    code = engine.poll()
    if code in (0, 1) and (code == 0 or (FOLDER / "findings.txt").exists()):
        return []
    if code is None and not is_late:
        return []  # the other one found something
    how = "did not end" if code is None else f"died ({code})"
    at, kept = at_file(name), FINDINGS / f"{name}-{'hangs' if code is None else 'died'}.eml"
    if not at.exists():
        return [f"FINDING {name} {how} before its first mail: see {FOLDER / name}.log"]
    kept.write_bytes(at.read_bytes())
    return [
        f"FINDING {name} {how}: see {FOLDER / name}.log",
        f"  again: .venv/bin/python -m fuzz {kept.relative_to(ROOT)}",
    ]


def _count(names: list[str], began: float) -> tuple[int, float]:
    tried = sum(_progress(name) for name in names)
    return tried, tried / (time.monotonic() - began)


def _progress(name: str) -> int:
    try:
        return int(json.loads(progress_file(name).read_text())["tried"])
    except (FileNotFoundError, ValueError):
        return 0


def _show(names: list[str], began: float, left: float) -> None:
    tried, rate = _count(names, began)
    each = ", ".join(f"{name} {_progress(name)}" for name in names)
    line = f"{tried} mails ({each}), {rate:.0f} a second, {left:.0f} s left"
    sys.stdout.write(f"\r{line:<79}" if sys.stdout.isatty() else f"{line}\n")
    sys.stdout.flush()


def say(line: str) -> None:
    """To whoever runs it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
