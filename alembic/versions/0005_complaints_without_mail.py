"""What an incident is about that is no mail: the category and type that a XARF report states."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = ("category", "type")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("incidents", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("incidents", name)
