"""Alembic's entry: run the migrations on the connection that the journal hands over."""

from alembic import context

from datasets.journal.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
