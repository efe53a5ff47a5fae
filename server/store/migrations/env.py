"""Alembic's entry: runs the migrations on the connection that `server.store.schema` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import update

from server.store.tables import metadata, schema_state

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
newest = context.script.get_revision("head")
connection.execute(update(schema_state).values(revision=newest.revision, serves_from=newest.module.serves_from))
