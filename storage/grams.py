"""Trigrams of what is searched in: those of a term lead to the incidents that may hold it.

SQLite keeps them in a table of FTS5 that triggers fill; PostgreSQL in an index of pg_trgm. Where that extension may
not be made, search reads more rows and answers the same.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

TABLE = "incident_grams"
INDEX = "ix_incidents_grams"
MAX_GRAMS = 12
"""So many lead near enough: the rest of a long term is compared."""
READ_GRAMS = 4
"""So many of them, the rarest, if that can be told."""
WITHOUT_PG_TRGM = ("42501", "0A000", "58P01", "42704")
"""What PostgreSQL says of an extension that is not ours to make, not there (older: no such file), or out of reach."""
OLDEST, OFTEN = 4_000, 200
"""So many incidents tell which trigrams are rare; what as many have is not."""
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


def find_by_grams(session: Session, terms: Iterable[str], most: int) -> Sequence[int]:
    """The incidents on SQLite that may hold these folded terms, so many at most, by their rarest trigrams."""
    connection = session.connection()
    grams = match_expression(_rarest(connection, grams_of(terms)))
    wanted = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH ? LIMIT ?"
    return connection.exec_driver_sql(wanted, (grams, most)).scalars().all()


def _rarest(connection: Connection, grams: Sequence[str]) -> Sequence[str]:
    """Those that the oldest incidents have least of: reading what half of all have takes longer than looking there."""
    if len(grams) <= READ_GRAMS:
        return grams
    first = connection.exec_driver_sql("SELECT min(id) FROM incidents").scalar() or 0
    counted = "SELECT " + ", ".join([_COUNT] * len(grams))
    asked = [value for gram in grams for value in (match_expression([gram]), first + OLDEST)]
    found = connection.exec_driver_sql(counted, tuple(asked)).one()
    counts = dict(zip(grams, found, strict=True))
    return sorted(counts, key=counts.__getitem__)[:READ_GRAMS]


_COUNT = f"(SELECT count(*) FROM (SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH ? AND rowid < ? LIMIT {OFTEN}))"


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
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in WITHOUT_PG_TRGM:
            raise
