"""Migrations of the database, applied by Alembic from `server.store.schema`."""
