"""The parsers need nothing but Python: every version of it that is at hand reads the samples alike."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import golden
import pytest

ROOT = Path(__file__).parents[2]
PLACES = (*os.environ.get("PATH", "").split(os.pathsep), "/usr/bin", "/usr/local/bin")
NAMES = ("python3", *(f"python3.{minor}" for minor in range(11, 20)))

SCRIPT = """
import golden
for mail in golden.MAILS:
    for difference in golden.find_differences(mail.read_bytes(), golden.read_expected(mail)):
        print(mail.parent.name, mail.stem, difference)
"""


ABOUT = """
import sys
if sys.version_info >= (3, 11):
    print(".".join(map(str, sys.version_info[:3])), sys.executable)
"""


@cache
def find_pythons() -> dict[str, str]:
    """By version an interpreter of each that the parsers are for; that of Debian is often older than others."""
    found = dict([_ask(sys.executable)])
    for path in (Path(place) / name for place in PLACES for name in NAMES):
        if path.is_file():
            version, executable = _ask(str(path))
            found.setdefault(version, executable)
    return {version: executable for version, executable in found.items() if version}


@cache
def _ask(path: str) -> tuple[str, str]:
    """Its version and where it really is; nothing of one that does not start, or is too old."""
    done = subprocess.run([path, "-S", "-c", ABOUT], capture_output=True, text=True, check=False)
    version, _, executable = done.stdout.strip().partition(" ")
    return (version, executable) if executable else ("", "")


@pytest.mark.parametrize("version", sorted(find_pythons()))
def test_each_python_reads_the_samples_alike(version: str) -> None:
    """Also one whose regular expressions have a bug that another has not."""
    paths = os.pathsep.join((str(ROOT), str(Path(golden.__file__).parent)))

    done = subprocess.run(
        [find_pythons()[version], "-S", "-P", "-B", "-c", SCRIPT],
        env={"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout[:2000], done.stderr[-2000:], done.returncode) == ("", "", 0)
