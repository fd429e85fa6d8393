"""Trigrams of what is searched in: those of a term lead to the incidents that may hold it.

SQLite keeps them in a table of FTS5 that triggers fill; PostgreSQL in an index of pg_trgm. Where that extension may
not be made, search reads more rows and answers the same.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

TABLE = "incident_grams"
INDEX = "ix_incidents_grams"
MAX_GRAMS = 24
"""So many lead near enough: the rest of a long term is compared."""
OLD, NEW = "old.id, old.search_text", "new.id, new.search_text"
FORGET = f"INSERT INTO {TABLE} ({TABLE}, rowid, search_text) VALUES ('delete', {OLD});"
KEEP = f"INSERT INTO {TABLE} (rowid, search_text) VALUES ({NEW});"
TRIGGERS = {
    "keeps": f"AFTER INSERT ON incidents BEGIN {KEEP} END",
    "changes": "AFTER UPDATE OF search_text ON incidents WHEN old.search_text <> new.search_text "
    f"BEGIN {FORGET} {KEEP} END",
    "forgets": f"AFTER DELETE ON incidents BEGIN {FORGET} END",
}


def grams_of(terms: Iterable[str]) -> tuple[str, ...]:
    """Some trigrams that a text must have to hold all these folded terms; none when they are too short."""
    found = dict.fromkeys(term[at : at + 3] for term in terms for at in range(len(term) - 2))
    grams = list(found)
    return tuple(grams[:: -(-len(grams) // MAX_GRAMS) or 1])


def match_expression(grams: Iterable[str]) -> str:
    """Texts that have all of these, as FTS5 wants it written."""
    return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in grams)


def create_grams(connection: Connection) -> None:
    """Make what keeps the trigrams, and take in those of the incidents that are there."""
    if connection.dialect.name == "postgresql":
        _create_on_postgresql(connection)
        return
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(search_text, content='', detail=none,"
        " tokenize='trigram case_sensitive 1')"
    )
    connection.exec_driver_sql(
        f"INSERT INTO {TABLE} (rowid, search_text) SELECT id, search_text FROM incidents"
    )
    for name, does in TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {TABLE}_{name} {does}")


def drop_grams(connection: Connection) -> None:
    """Remove it again."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"DROP INDEX IF EXISTS {INDEX}"))
        return
    for name in TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER {TABLE}_{name}")
    connection.exec_driver_sql(f"DROP TABLE {TABLE}")


def _create_on_postgresql(connection: Connection) -> None:
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            connection.execute(
                text(f"CREATE INDEX {INDEX} ON incidents USING gin (search_text gin_trgm_ops)")
            )
    except DBAPIError:  # not installed, or not ours to make: search works without it
        return
