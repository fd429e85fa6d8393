"""When the reported message arrived, with the incident: then, and not when it was reported, a tenant had the address.

Incidents from before have none until another report of theirs comes; what shows one whole asks its reports.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("incidents", "arrived_at")
