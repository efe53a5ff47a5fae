"""The catalogue that the settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from engine.documents import FolderDocuments
from server.catalogue import Catalogue
from server.catalogues.database import DatabaseCatalogue
from server.catalogues.editions import Network
from server.catalogues.folder import FolderCatalogue
from server.config import Settings
from server.metrics import Metrics
from server.sandboxes import Sandboxes
from server.store.database import Database

__all__ = ["make_catalogue"]


def make_catalogue(
    settings: Settings,
    metrics: Metrics,
    sandboxes: Sandboxes,
    after_reading: Callable[[], None] | None,
    when_ready: Callable[[], None],
) -> Catalogue:
    """The catalogue of the folder or of the database, whose readings are rehearsed in child processes.

    A ruleset that brings durable-rules down ends only such a process. `after_reading` is called after every reading,
    `when_ready` where the first one succeeds only after the server has started.

    Raises:
        SettingsError: when the URL of the database is none.
    """
    if settings.rulesets_source == "database":
        assert settings.database_url is not None  # the settings see to it

        def build(networks: Sequence[Network]) -> None:
            sandboxes.run("networks", msgspec.json.encode(networks))

        database = Database(settings.database_url.get_secret_value())
        return DatabaseCatalogue(database, metrics, rehearse=build, after_reading=after_reading, when_ready=when_ready)
    documents = FolderDocuments(settings.rulesets)

    def read() -> None:
        sandboxes.run("rehearse", b"", documents=documents)

    return FolderCatalogue(
        settings.rulesets,
        metrics,
        settle_seconds=settings.reload_settle_seconds,
        rehearse=read,
        after_reading=after_reading,
    )
