"""Builders of archives, for tests; the same files make the same bytes."""

import gzip
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from io import BytesIO

MADE = (2026, 11, 2, 10, 0, 0)


def build_zip(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these files."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, MADE), content, method)
    return written.getvalue()


def build_tar(files: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive of these files."""
    written = BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=form) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, BytesIO(content))
    return written.getvalue()


def build_gzip(content: bytes) -> bytes:
    """A compressed file."""
    return gzip.compress(content, mtime=0)


def encrypt(archive: bytes) -> bytes:
    """The same zip archive, saying that its files are encrypted."""
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        pieces = archive.split(mark)
        at = place - len(mark)
        flagged = (piece[:at] + bytes([piece[at] | 1]) + piece[at + 1 :] for piece in pieces[1:])
        archive = mark.join((pieces[0], *flagged))
    return archive


def build_overlapping(data: bytes, count: int, method: int = 8) -> bytes:
    """A zip archive with one stretch of bytes that its list names so often, with a size that is a lie."""
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, method, 0, 0, 0, len(data), 1, 1, 0) + b"a" + data
    row = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", *(20, 20, 0, method, 0, 0), *(0, len(data), 1), *(1, 0, 0, 0, 0), 0, 0
    )
    listed = (row + b"a") * count
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(listed), len(local), 0)
    return local + listed + end
