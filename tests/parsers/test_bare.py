"""Files that are no mail, given alone."""

import io
import zipfile

import pytest

from parsers.bare import ARCHIVE, OUTLOOK
from parsers.compound import SIGNATURE
from parsers.read import read_mail


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("junk.eml", b"Subject: junk\r\n\r\n")
    return file.getvalue()


@pytest.mark.parametrize(
    ("raw", "warnings"),
    [(SIGNATURE + b"\0" * 504, (OUTLOOK,)), (_zip(), (ARCHIVE,)), (b"\0junk", ()), (b"", ())],
)
def test_what_mails_carry_is_no_mail_itself(raw: bytes, warnings: tuple[str, ...]) -> None:
    """It stays `not_mail`; a warning tells that the mail around it is what is read."""
    read = read_mail(raw)

    assert (read.reason, read.warnings) == ("not_mail", warnings)
