"""What the server keeps: the decision log, and every version that a decision was made by.

One interface over two databases, SQLite in one file and PostgreSQL; the tests in tests/server/store run on both.
"""

from server.store.database import Database
from server.store.entries import Document, Entry, LoggedRow, Placed, Row, Run, StoredRequest
from server.store.log import DecisionLog
from server.store.reading import Filter
from server.store.scope import Scope

__all__ = [
    "Database",
    "DecisionLog",
    "Document",
    "Entry",
    "Filter",
    "LoggedRow",
    "Placed",
    "Row",
    "Run",
    "Scope",
    "StoredRequest",
]
