"""Where tenants are listed: what is wrong with a list is told, and nothing stays open behind it."""

from pathlib import Path

import psutil
import pytest
from report_builders import make_tenant
from sqlalchemy import update
from storage_builders import NOW, open_empty

from abuse_intake.directory_listing import FileListing, ImportedListing
from abuse_intake.directory_source import read_unchanged
from abuse_intake.errors import DirectoryError
from storage.models import Tenant, table_of
from storage.tenant_lines import write_tenant
from storage.tenants import replace_lines


def test_a_list_that_is_refused_does_not_stay_open(tmp_path: Path) -> None:
    """While the error is still in hand, as in a background reading that nobody asked about yet, the file is closed."""
    path = tmp_path / "tenants.jsonl"
    path.write_text('{"id": "contoso"}\n{"id": "contoso"}\n{"id": "fabrikam"}\n')

    with pytest.raises(DirectoryError) as told:
        read_unchanged(FileListing(path))

    assert told.tb is not None
    assert str(path) not in [file.path for file in psutil.Process().open_files()]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (
            '{"id": "a"}\n{"id": "contoso"}\n\n{"id": "contoso"}\n',
            "lines 2 and 4: tenant contoso is listed twice",
        ),
        (
            '{"id": "x"}\n{"id": "b", "allocations": [{"network": "192.0.2.0/24"}]}\n'
            '{"id": "a", "name": "b", "allocations": [{"network": "192.0.2.0/24"}]}\n',
            "lines 2 and 3: network 192.0.2.0/24 is held by ",
        ),
    ],
)
def test_lines_that_contradict_each_other_are_named(tmp_path: Path, lines: str, complaint: str) -> None:
    """With the file: whoever reads the log may have several."""
    path = tmp_path / "tenants.jsonl"
    path.write_text(lines)

    with pytest.raises(DirectoryError) as told:
        read_unchanged(FileListing(path))

    assert str(told.value).startswith(f"{path}, {complaint}")


def test_a_damaged_import_is_told(tmp_path: Path) -> None:
    """Whatever is asked of it, it says to import the directory again."""
    with open_empty(tmp_path) as database:
        with database.begin() as session:
            replace_lines(session, [("contoso", write_tenant(make_tenant("contoso")))], NOW)
            session.execute(update(table_of(Tenant)).values(document="{"))
        listing = ImportedListing(database)

        for ask in (
            lambda: list(listing.read_entries()),
            lambda: list(listing.read_tenants()),
            lambda: listing.find_tenant("contoso"),
        ):
            with pytest.raises(DirectoryError, match="the imported directory is damaged, import it again"):
                ask()
