"""Sources of a directory in a file, polled as the worker polls them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from abuse_intake.directory_source import DirectorySource
from abuse_intake.errors import DirectoryUnreadableError
from abuse_intake.settings_attribution import ProviderSettings
from storage.database import Database
from storage.tenant_lines import Entry

IDS = ("a", "b", "c")


def write_tenants(path: Path, *lines: dict[str, Any] | str) -> Path:
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines))
    return path


def open_source(file: Path | None, database: Database | None = None) -> DirectorySource:
    return DirectorySource(ProviderSettings(), file, database)


def refresh(source: DirectorySource) -> None:
    """As several polls do it: what has changed is read, and then in force."""
    source.refresh()
    source.wait()
    source.refresh()


def list_ids(source: DirectorySource) -> list[str]:
    return [id for id in IDS if source.attributor.directory.knows_tenant(id)]


def refuse_to_read(path: Path) -> Iterator[Entry]:
    raise DirectoryUnreadableError(f"tenants file {path} cannot be read: Permission denied")
