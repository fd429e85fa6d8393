"""The first tables: mails, deliveries, reports, incidents, the directory and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "directory_imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_imports")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "incidents",
        sa.Column("id", ID, nullable=False),
        sa.Column("key_sha256", sa.String(length=64), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("ip_sortable", sa.LargeBinary(), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("feedback_type", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("from_address", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("has_junk", sa.Boolean(), nullable=False),
        sa.Column("report_count", sa.BigInteger(), nullable=False),
        sa.Column("reporter_count", sa.BigInteger(), nullable=False),
        sa.Column("authenticated_reporter_count", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_order", sa.Text(), nullable=True),
        sa.Column("type_order", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("key_sha256", name=op.f("uq_incidents_key_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incidents_address", "incidents", ["ip_sortable", "last_seen"], unique=False)
    op.create_index("ix_incidents_confidence", "incidents", ["confidence", "last_seen", "id"], unique=False)
    op.create_index("ix_incidents_newest", "incidents", ["last_seen", "id"], unique=False)
    op.create_index("ix_incidents_status", "incidents", ["status", "last_seen", "id"], unique=False)
    op.create_index("ix_incidents_tenant", "incidents", ["tenant", "last_seen", "id"], unique=False)
    op.create_table(
        "mails",
        sa.Column("id", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disposition", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reporter", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unanswered_reason", sa.Text(), nullable=True),
        sa.Column("reporter_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("sha256", name=op.f("uq_mails_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mails_disposition", "mails", ["disposition", "received_at", "id"], unique=False)
    op.create_index("ix_mails_newest", "mails", ["received_at", "id"], unique=False)
    op.create_index(
        "ix_mails_held_back",
        "mails",
        ["reporter_sha256", "read_at"],
        unique=False,
        sqlite_where=sa.text("unanswered_reason = 'held_back'"),
        postgresql_where=sa.text("unanswered_reason = 'held_back'"),
    )
    op.create_index(
        "ix_mails_unread",
        "mails",
        ["received_at", "id"],
        unique=False,
        sqlite_where=sa.text("disposition IS NULL"),
        postgresql_where=sa.text("disposition IS NULL"),
    )
    op.create_table(
        "tenants",
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("abuse_contact", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tenants")),
        sa.UniqueConstraint("id", name=op.f("uq_tenants_id")),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("id", ID, nullable=False),
        sa.Column("mail_id", ID, nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_sha256", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_acknowledgements_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_acknowledgements_mail_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_acknowledgements_due", "acknowledgements", ["state", "next_attempt_at", "id"], unique=False
    )
    op.create_index("ix_acknowledgements_newest", "acknowledgements", ["created_at"], unique=False)
    op.create_index(
        "ix_acknowledgements_recipient", "acknowledgements", ["to_sha256", "created_at"], unique=False
    )
    op.create_table(
        "allocations",
        sa.Column("tenant_number", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_number"], ["tenants.number"], name=op.f("fk_allocations_tenant_number")
        ),
        sa.PrimaryKeyConstraint("tenant_number", "position", name=op.f("pk_allocations")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("mail_id", ID, nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("folder", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_deliveries_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("mailbox", "uid", "validity", name=op.f("uq_deliveries_mailbox_uid_validity")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deliveries_mail_id"), "deliveries", ["mail_id"], unique=False)
    op.create_index(
        "ix_deliveries_unfiled",
        "deliveries",
        ["mailbox", "id"],
        unique=False,
        sqlite_where=sa.text("filed_at IS NULL"),
        postgresql_where=sa.text("filed_at IS NULL"),
    )
    op.create_table(
        "incident_history",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_history_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_history")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_incident_history_incident_id"), "incident_history", ["incident_id"], unique=False
    )
    op.create_table(
        "incident_tallies",
        sa.Column("incident_id", ID, autoincrement=False, nullable=False),
        sa.Column("tally", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_tallies_incident_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", "tally", name=op.f("pk_incident_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mail_contents",
        sa.Column("mail_id", ID, autoincrement=False, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_mail_contents_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mail_contents")),
    )
    op.create_table(
        "reports",
        sa.Column("id", ID, nullable=False),
        sa.Column("mail_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("reporter", sa.Text(), nullable=True),
        sa.Column("reporter_authenticated", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_junk", sa.Boolean(), nullable=False),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.Column("confidence_rank", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_reports_incident_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_reports_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("mail_id", "position", name=op.f("uq_reports_mail_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_reports_incident",
        "reports",
        ["incident_id", "confidence_rank", "received_at", "mail_id", "position"],
        unique=False,
    )
    op.create_table(
        "tenant_domains",
        sa.Column("tenant_number", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_number"], ["tenants.number"], name=op.f("fk_tenant_domains_tenant_number")
        ),
        sa.PrimaryKeyConstraint("tenant_number", "position", name=op.f("pk_tenant_domains")),
    )
    op.create_table(
        "tenant_external_ids",
        sa.Column("tenant_number", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_number"], ["tenants.number"], name=op.f("fk_tenant_external_ids_tenant_number")
        ),
        sa.PrimaryKeyConstraint("tenant_number", "position", name=op.f("pk_tenant_external_ids")),
    )


def downgrade() -> None:
    op.drop_table("directory_imports")
    op.drop_table("tenant_external_ids")
    op.drop_table("tenant_domains")
    op.drop_index("ix_reports_incident", table_name="reports")
    op.drop_table("reports")
    op.drop_table("mail_contents")
    op.drop_table("incident_tallies")
    op.drop_index(op.f("ix_incident_history_incident_id"), table_name="incident_history")
    op.drop_table("incident_history")
    op.drop_index(
        "ix_deliveries_unfiled",
        table_name="deliveries",
        sqlite_where=sa.text("filed_at IS NULL"),
        postgresql_where=sa.text("filed_at IS NULL"),
    )
    op.drop_index(op.f("ix_deliveries_mail_id"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_table("allocations")
    op.drop_index("ix_acknowledgements_recipient", table_name="acknowledgements")
    op.drop_index("ix_acknowledgements_newest", table_name="acknowledgements")
    op.drop_index("ix_acknowledgements_due", table_name="acknowledgements")
    op.drop_table("acknowledgements")
    op.drop_table("tenants")
    op.drop_index(
        "ix_mails_unread",
        table_name="mails",
        sqlite_where=sa.text("disposition IS NULL"),
        postgresql_where=sa.text("disposition IS NULL"),
    )
    op.drop_index(
        "ix_mails_held_back",
        table_name="mails",
        sqlite_where=sa.text("unanswered_reason = 'held_back'"),
        postgresql_where=sa.text("unanswered_reason = 'held_back'"),
    )
    op.drop_index("ix_mails_newest", table_name="mails")
    op.drop_index("ix_mails_disposition", table_name="mails")
    op.drop_table("mails")
    op.drop_index("ix_incidents_tenant", table_name="incidents")
    op.drop_index("ix_incidents_status", table_name="incidents")
    op.drop_index("ix_incidents_newest", table_name="incidents")
    op.drop_index("ix_incidents_confidence", table_name="incidents")
    op.drop_index("ix_incidents_address", table_name="incidents")
    op.drop_table("incidents")
