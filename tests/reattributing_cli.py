"""A database whose mails were worked with a directory that is mended since, for the tests of the command."""

import sqlite3
from typing import Any

from command_line import TENANTS, CommandLine

CONTOSO, FABRIKAM = TENANTS
MOVED = (
    {**CONTOSO, "domains": [], "allocations": []},
    {**FABRIKAM, "allocations": [{"network": "192.0.2.0/27"}]},
)
"""The directory once it is known that the network of contoso was fabrikam's all the time."""


def query(cli: CommandLine, statement: str, *values: object) -> list[Any]:
    """What the database answers; changes are committed."""
    with sqlite3.connect(next(cli.folder.glob("*.db"))) as database:
        return database.execute(statement, values).fetchall()


def everything(cli: CommandLine) -> str:
    """All that the database holds, as text."""
    with sqlite3.connect(next(cli.folder.glob("*.db"))) as database:
        return "\n".join(database.iterdump())


def tenants_of(cli: CommandLine, *filters: str) -> dict[str, str | None]:
    """The incidents that are listed, and whose they are."""
    return {one["id"]: one["tenant"] for one in cli("incidents", "list", "--json", *filters).objects()}
