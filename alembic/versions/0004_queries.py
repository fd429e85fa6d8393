"""What queries at a million incidents need: indexes, hashes to find texts by, trigrams, and junk counted as it comes."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session


from storage.columns import lower_address, text_hash
from storage.grams import create_grams, drop_grams
from storage.junk_counts import COUNTED_COLUMNS, store_junk
from storage.tallies import bare_message_id, lifetime_class, search_text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BATCH = 5_000
INDEXES: tuple[tuple[str, tuple[str, ...], str | None], ...] = (
    ("ix_incidents_address", ("ip_sortable", "last_seen", "id"), None),
    ("ix_incidents_type", ("feedback_type_hash", "last_seen", "id"), None),
    ("ix_incidents_message_id", ("message_id_hash",), None),
    ("ix_incidents_most_reported", ("report_count", "id"), None),
    ("ix_incidents_tenant_most_reported", ("tenant", "report_count", "id"), None),
    ("ix_incidents_first_seen", ("first_seen", "id"), None),
    ("ix_incidents_tenant_first_seen", ("tenant", "first_seen", "id"), None),
    ("ix_incidents_status_first_seen", ("status", "first_seen", "id"), None),
    ("ix_incidents_elsewhere", ("last_seen", "id"), "route = 'elsewhere'"),
    ("ix_incidents_corrected", ("last_seen", "id"), "corrected_at IS NOT NULL"),
    ("ix_incidents_emptied", ("last_seen", "id"), "coalesce(report_count, report_count) = 0"),
    ("ix_incidents_lasting", ("lifetime", "last_seen", "id", "first_seen"), "lifetime IS NOT NULL"),
)
NEW_COLUMNS = {
    "incidents": {
        "feedback_type_hash": sa.BigInteger(),
        "message_id_hash": sa.BigInteger(),
        "lifetime": sa.SmallInteger(),
    },
    "reports": {"reporter_hash": sa.BigInteger()},
}
TIME = sa.DateTime(timezone=True)
"""SQLite gives it back without its zone."""


def upgrade() -> None:
    for table, columns in NEW_COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    _create_junk_tallies()
    op.drop_index("ix_incidents_address", "incidents")
    _fill_incidents(op.get_bind())
    _fill_reports(op.get_bind())
    for name, indexed, where in INDEXES:
        condition = sa.text(where) if where else None
        op.create_index(name, "incidents", list(indexed), sqlite_where=condition, postgresql_where=condition)
    op.create_index("ix_reports_reporter", "reports", ["reporter_hash", "incident_id"])
    create_grams(op.get_bind())


def downgrade() -> None:
    drop_grams(op.get_bind())
    op.drop_index("ix_reports_reporter", "reports")
    for name, *_ in INDEXES:
        op.drop_index(name, "incidents")
    op.create_index("ix_incidents_address", "incidents", ["ip_sortable", "last_seen"])
    op.drop_table("junk_tallies")
    for table, columns in NEW_COLUMNS.items():
        for name in columns:
            op.drop_column(table, name)


def _create_junk_tallies() -> None:
    op.create_table(
        "junk_tallies",
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("incidents", sa.BigInteger(), nullable=False),
        sa.Column("reports", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", "day", name="pk_junk_tallies"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_junk_tallies_most", "junk_tallies", ["kind", "day", "reports", "key"])


def _fill_incidents(connection: sa.Connection) -> None:
    names = {"id", "tenant", "feedback_type", "message_id", "from_address", "last_seen", *COUNTED_COLUMNS}
    kinds = {"first_seen": TIME, "last_seen": TIME, "has_junk": sa.Boolean()}
    of_then = sa.table("incidents", *(sa.column(name, kinds.get(name)) for name in sorted(names)))
    filled = sa.text(
        "UPDATE incidents SET feedback_type_hash = :type, message_id_hash = :message_id, lifetime = :lifetime,"
        " search_text = :search_text WHERE id = :number"
    )
    for rows in _batches(connection, of_then):
        connection.execute(filled, [_fill(row) for row in rows])
        nothing = {"has_junk": False, "report_count": 0}
        store_junk(Session(connection), [({**row, **nothing}, row) for row in rows])


def _fill(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": row["id"],
        "type": text_hash(row["feedback_type"]),
        "message_id": text_hash(bare_message_id(row["message_id"])),
        "lifetime": lifetime_class(row["first_seen"], row["last_seen"]),
        "search_text": search_text(row["subject"], row["message_id"], row["from_address"]),
    }


def _fill_reports(connection: sa.Connection) -> None:
    of_then = sa.table("reports", sa.column("id"), sa.column("reporter"))
    filled = sa.text("UPDATE reports SET reporter_hash = :hash WHERE id = :number")
    for rows in _batches(connection, of_then):
        connection.execute(
            filled, [{"number": row["id"], "hash": text_hash(lower_address(row["reporter"]))} for row in rows]
        )


def _batches(connection: sa.Connection, of_then: sa.TableClause) -> Iterator[list[dict[str, Any]]]:
    """All rows by id, so many at a time: a million need no more memory than a few."""
    last = -1
    while True:
        wanted = sa.select(of_then).where(of_then.c.id > last).order_by(of_then.c.id).limit(BATCH)
        rows = [_with_zones(row) for row in connection.execute(wanted).mappings()]
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


def _with_zones(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None
        else value.astimezone(UTC) if isinstance(value, datetime) else value
        for name, value in row.items()
    }  # fmt: skip
