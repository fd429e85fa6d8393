"""What can go wrong in the store; each message is one line that says what to do and holds no password.

StorageError (never raised itself)
├── DatabaseUnavailable   it does not answer: missing, locked, connection lost, disk full
├── SchemaError           it answers, but is not of this program's version
├── NotFound              no row of that id
├── BadCursor             a cursor that is none, or of another list
└── DirectoryConflict     the tenants that were given contradict each other
"""


class StorageError(Exception):
    """Anything that the store refuses or cannot do; catch this one, it is never raised itself."""


class DatabaseUnavailable(StorageError):  # noqa: N818 - it reads as what it says
    """The database does not answer now; the same call may succeed later."""


class SchemaError(StorageError):
    """The database's tables are older or newer than this program's."""


class NotFound(StorageError):  # noqa: N818 - likewise
    """Nothing is stored under that id."""


class BadCursor(StorageError):  # noqa: N818 - likewise
    """The text names no place in this list."""


class DirectoryConflict(StorageError):  # noqa: N818 - likewise
    """Two of the given tenants cannot stand in one directory."""
