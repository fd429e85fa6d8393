"""Each tenant of the imported directory is one document, in the place of rows in three more tables."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
PAGE = 500

TENANTS = sa.table("tenants", *map(sa.column, ("number", "id", "name", "abuse_contact", "document")))
CHILDREN: dict[str, dict[str, tuple[Any, bool]]] = {
    "tenant_domains": {"domain": (sa.Text(), False)},
    "tenant_external_ids": {"external_id": (sa.Text(), False)},
    "allocations": {"network": (sa.Text(), False), "since": (TIME, True), "until": (TIME, True)},
}
"""Table → its columns beside the tenant's number and the position: type, and whether it may be null."""


def upgrade() -> None:
    op.add_column("tenants", sa.Column("document", sa.Text(), nullable=True))
    last = 0
    while page := _fetch_page(last):
        last = page[-1].number
        _write_documents(page)
    for table in CHILDREN:
        op.drop_table(table)
    with op.batch_alter_table("tenants") as tenants:
        tenants.alter_column("document", existing_type=sa.Text(), nullable=False)
        tenants.drop_column("name")
        tenants.drop_column("abuse_contact")


def downgrade() -> None:
    """The tables as they were, empty: the directory must be imported again."""
    for table in ("tenants", "directory_imports"):
        op.execute(sa.delete(sa.table(table)))
    with op.batch_alter_table("tenants") as tenants:
        tenants.drop_column("document")
        tenants.add_column(sa.Column("name", sa.Text(), nullable=False))
        tenants.add_column(sa.Column("abuse_contact", sa.Text(), nullable=True))
    for table, columns in CHILDREN.items():
        op.create_table(
            table,
            sa.Column("tenant_number", ID, nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            *(sa.Column(name, type_, nullable=is_nullable) for name, (type_, is_nullable) in columns.items()),
            sa.ForeignKeyConstraint(
                ["tenant_number"], ["tenants.number"], name=op.f(f"fk_{table}_tenant_number")
            ),
            sa.PrimaryKeyConstraint("tenant_number", "position", name=op.f(f"pk_{table}")),
        )


def _fetch_page(after: int) -> Sequence[Any]:
    rows = sa.select(TENANTS).where(TENANTS.c.number > after).order_by(TENANTS.c.number).limit(PAGE)
    return op.get_bind().execute(rows).all()


def _write_documents(page: Sequence[Any]) -> None:
    children = {table: _fetch_children(table, page[0].number, page[-1].number) for table in CHILDREN}
    documents = [
        {"at": tenant.number, "new": json.dumps(_make_document(tenant, children), ensure_ascii=False)}
        for tenant in page
    ]
    written = sa.update(TENANTS).where(TENANTS.c.number == sa.bindparam("at"))
    op.get_bind().execute(written.values(document=sa.bindparam("new")), documents)


def _fetch_children(table: str, first: int, last: int) -> dict[int, list[Any]]:
    columns = [sa.column(name, type_) for name, (type_, _) in CHILDREN[table].items()]
    rows = sa.table(table, sa.column("tenant_number"), sa.column("position"), *columns)
    theirs = sa.select(rows).where(rows.c.tenant_number.between(first, last))
    children: dict[int, list[Any]] = defaultdict(list)
    for row in op.get_bind().execute(theirs.order_by(rows.c.tenant_number, rows.c.position)):
        children[row.tenant_number].append(row)
    return children


def _make_document(tenant: Any, children: dict[str, dict[int, list[Any]]]) -> dict[str, Any]:
    domains, external_ids, allocations = (children[table].get(tenant.number, ()) for table in CHILDREN)
    return {
        "id": tenant.id,
        "name": tenant.name,
        "domains": [row.domain for row in domains],
        "external_ids": [row.external_id for row in external_ids],
        "abuse_contact": tenant.abuse_contact,
        "allocations": [
            {"network": row.network, "since": _write_time(row.since), "until": _write_time(row.until)}
            for row in allocations
        ],
    }


def _write_time(time: datetime | None) -> str | None:
    """RFC 3339; SQLite holds UTC without saying so."""
    if time is None:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
