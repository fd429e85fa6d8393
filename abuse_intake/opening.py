"""The database that the settings name, without what only reading mails needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from abuse_intake.settings import Settings
from storage.database import Database

IN_MEMORY = "sqlite://"


@contextmanager
def open_database(settings: Settings, *, make: bool = True) -> Iterator[Database]:
    """The database, made on first use; SchemaError when it is of another version.

    Who only looks gets an empty one in memory where no SQLite file is yet: whoever makes the file owns it.
    """
    database = Database(settings.database_url())
    if not (make or database.is_there()):
        database = Database(IN_MEMORY)
    try:
        database.require_current()
        yield database
    finally:
        database.close()
