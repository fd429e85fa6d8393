"""Indexes by which the outbox and the audit log are read a page at a time, with any one filter."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OBJECT = "ix_audit_log_object"
INDEXES = (
    ("ix_acknowledgements_state", "acknowledgements", ("state", "id")),
    ("ix_audit_log_newest", "audit_log", ("at", "id")),
    ("ix_audit_log_actor", "audit_log", ("actor", "at", "id")),
    ("ix_audit_log_kind", "audit_log", ("object_kind", "at", "id")),
)


def upgrade() -> None:
    op.drop_index(OBJECT, "audit_log")
    op.create_index(OBJECT, "audit_log", ["object_kind", "object_id", "at", "id"])
    for name, table, columns in INDEXES:
        op.create_index(name, table, list(columns))


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table)
    op.drop_index(OBJECT, "audit_log")
    op.create_index(OBJECT, "audit_log", ["object_kind", "object_id", "id"])
