"""The archive of published keys, `dkim-keys.jsonl`: also those since rotated, which the DNS has no more."""

from collections import defaultdict
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO

import structlog

from abuse_intake.attribution.dkim.problems import Problem, Unproven
from abuse_intake.attribution.dkim.public_key import parse_key_record
from abuse_intake.attribution.dkim.signature import is_key_name
from abuse_intake.attribution.numbered_lines import explain_not_utf8
from abuse_intake.errors import KeyArchiveError
from storage.json_lines import read_json

log = structlog.get_logger()

JOINT = "_domainkey"
FIELDS = ("domain", "selector", "record")
EXAMPLE = '{"domain": "contoso.example", "selector": "s1", "record": "v=DKIM1; k=rsa; p=…"}'


class KeyArchive:
    """The keys of a file, read again when it changes; one that has become wrong is told once, and what was read stays.

    Without a path it is empty.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._stamp: object = None
        self._records: dict[str, tuple[str, ...]] = {}
        self.problem: str | None = None
        """Why it cannot be read now, where that is so."""

    def find(self, name: str) -> tuple[str, ...]:
        """All records that were published under a name, in the file's order."""
        return self._records.get(name, ())

    def count(self) -> int:
        """How many records it holds."""
        return sum(map(len, self._records.values()))

    def refresh(self, *, is_first: bool = False) -> None:
        """Read the file again if it has changed. KeyArchiveError only the first time."""
        if self._path is None:
            return
        try:
            stamp = _find_stamp(self._path)
            if stamp != self._stamp:
                self._records = read_key_file(self._path)
        except KeyArchiveError as error:
            if is_first:
                raise
            if str(error) != self.problem:
                log.error("the archive of keys that was read before stays in force", problem=str(error))
            self.problem = str(error)
            return
        if self.problem is not None:
            log.info("the archive of keys can be read again")
        self.problem, self._stamp = None, stamp


def _find_stamp(path: Path) -> object:
    """Another value when the file has changed; what is no regular file could keep a reader waiting for ever."""
    try:
        stat = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from None
    if not S_ISREG(stat.st_mode):
        raise KeyArchiveError(f"dkim.keys {path} is no regular file")
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def read_key_file(path: Path) -> dict[str, tuple[str, ...]]:
    """The records by the name that they were published under. KeyArchiveError names file, line and fault."""
    found: dict[str, list[str]] = defaultdict(list)
    try:
        with path.open("rb") as file, TextIOWrapper(file, encoding="utf-8-sig") as lines:
            for name, record in _parse_lines(lines, path, file):
                found[name].append(record)
    except OSError as error:
        raise _unreadable(path, error) from None
    return {name: tuple(records) for name, records in found.items()}


def _parse_lines(lines: TextIOWrapper, path: Path, file: BinaryIO) -> Iterator[tuple[str, str]]:
    try:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _parse_line(line, f"{path}, line {number}")
    except UnicodeDecodeError:
        raise KeyArchiveError(f"dkim.keys {path} cannot be read: {explain_not_utf8(file)}") from None


def _unreadable(path: Path, error: OSError) -> KeyArchiveError:
    return KeyArchiveError(f"dkim.keys {path} cannot be read: {error.strerror}")


def _parse_line(line: str, where: str) -> tuple[str, str]:
    try:
        return parse_archived_key(read_json(line, EXAMPLE))
    except (ValueError, RecursionError) as error:
        raise KeyArchiveError(f"{where}: {' '.join(str(error).split())[:300]}") from None


def parse_archived_key(fields: Any) -> tuple[str, str]:
    """The name that a key was published under, and its record; ValueError says what is wrong."""
    if not isinstance(fields, dict):
        raise ValueError(f"not a JSON object; a line looks like {EXAMPLE}")
    unknown = sorted(fields.keys() - set(FIELDS))
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}; known are {', '.join(FIELDS)}")
    for name in FIELDS:
        if not isinstance(fields.get(name), str) or not fields[name]:
            raise ValueError(f"field {name!r} must be text")
    domain, selector = fields["domain"].lower().rstrip("."), fields["selector"].lower()
    _refuse_joints(selector, domain)
    if not is_key_name(selector, domain):
        raise ValueError(f"no key can be published under selector {selector!r} of {domain!r}")
    _check_record(fields["record"])
    return f"{selector}.{JOINT}.{domain}", fields["record"]


def _refuse_joints(selector: str, domain: str) -> None:
    """Nobody looks for a key under `s1._domainkey._domainkey.contoso.example`."""
    for name, value, part in (("selector", selector, 0), ("domain", domain, -1)):
        if JOINT in value.split("."):
            meant = value.split(JOINT)[part].strip(".")
            remedy = f'; write "{name}": "{meant}"' if meant else ""
            raise ValueError(
                f"field {name!r} holds {JOINT}, which stands between selector and domain{remedy}"
            )


def _check_record(record: str) -> None:
    """A key that is revoked, weak or for something else was published all the same."""
    try:
        parse_key_record(record)
    except Unproven as unproven:
        if unproven.problem == Problem.MALFORMED_KEY:
            raise ValueError("field 'record' is no key record; one looks like v=DKIM1; k=rsa; p=…") from None
