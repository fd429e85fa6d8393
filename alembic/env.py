"""Runs the migrations on the connection, and in the transaction, of storage.schema."""

from alembic import context
from storage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
