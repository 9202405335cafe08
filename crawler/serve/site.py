"""The Datasette instance that shows one archive, and the server that answers for it.

In: the archive's path and how it is shown. Out: an ASGI application; nothing is written, and nothing is
loaded from another host. The archive is always called `archive` in addresses, whatever its file is called.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.app import Datasette, DatasetteClient
from datasette.database import Database
from datasette.plugins import pm
from datasette.utils import Column, escape_sqlite

from crawler.serve import plugin
from crawler.serve.labels import metadata
from pipelines.archive.file import read_only
from pipelines.catalogue import archive
from pipelines.report.page import STYLE

if TYPE_CHECKING:
    import socket
    import sqlite3
    from collections.abc import Callable

NAME = "archive"
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How the archive is shown."""

    allow_download: bool = False
    """Offer the archive's file itself, with everything in it."""
    show_contacts: bool = False
    """Show telephone numbers and other contacts in stripped text instead of masking them."""
    contact: str = ""
    """Whom to write to about rights and removals."""
    base_url: str = "/"
    """The path under which a proxy shows the site."""
    https: bool = False
    """Behind a proxy that speaks https: addresses begin with it."""
    sql_time_limit_ms: int = 1500
    """A visitor's query that takes longer is stopped. The slowest page of ours takes a third of it at
    100,000 articles."""


class GuardedDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """An archive whose guarded tables stand behind temporary views: keys and types are the tables' own.

    Without them a table that has no rowid could not be paged through, and its rows had no address.
    """

    async def table_column_details(self, table: str) -> list[Any]:
        """The columns of the table itself."""
        return await self.execute_fn(lambda connection: _own_columns(connection, table))  # type: ignore[no-any-return]

    async def primary_keys(self, table: str) -> list[str]:
        """The names of the table's own key, in its order."""
        keys = [column for column in await self.table_column_details(table) if column.is_pk]
        return [column.name for column in sorted(keys, key=lambda column: column.is_pk)]


def build_site(path: Path, options: ServeOptions | None = None) -> Datasette:
    """A Datasette that shows the archive at `path`.

    Raises:
        StorageError, ForeignArchiveError, NewerArchiveError: as `pipelines.archive.file.read_only`.
    """
    options = options or ServeOptions()
    with closing(read_only(path)) as connection:
        columns = {name: [column.name for column in _own_columns(connection, name)] for name in archive()}
    if not pm.is_registered(plugin):
        pm.unregister(name="datasette.handle_exception")  # it prints every local variable; ours calls it
        pm.register(plugin, name="parknews")  # for instances that are not ours
    site = Datasette(
        [],
        memory=False,
        metadata=metadata(columns),
        template_dir=str(_HERE / "templates"),
        static_mounts=[("assets", str(_HERE / "static")), ("pictures", str(STYLE.parent))],
        settings=_settings(options),
        cache_headers=False,
        pdb=False,
    )
    site.remove_database("_memory")
    site.parknews = plugin.Shown(path, options.show_contacts, options.contact, options.allow_download)
    site.add_database(GuardedDatabase(site, path=str(path.resolve()), is_mutable=True), name=NAME)
    site.client = DatasetteClient(site)  # the one made before knew none of our addresses
    return site


def _own_columns(connection: sqlite3.Connection, table: str) -> list[Column]:
    rows = connection.execute(f"PRAGMA main.table_xinfo({escape_sqlite(table)})")
    return [Column(*row) for row in rows]


def _settings(options: ServeOptions) -> dict[str, Any]:
    return {
        "allow_download": options.allow_download,
        "allow_csv_stream": False,  # our export has all rows, and no formulas
        "allow_signed_tokens": False,
        "base_url": options.base_url,
        "default_cache_ttl": 0,
        "default_page_size": 50,
        "facet_time_limit_ms": 400,
        "force_https_urls": options.https,
        "max_returned_rows": 1000,
        "num_sql_threads": 4,
        "sql_time_limit_ms": options.sql_time_limit_ms,
        "suggest_facets": False,
        "truncate_cells_html": 100,
    }


def run_site(
    path: Path, options: ServeOptions, listener: socket.socket, on_ready: Callable[[], None]
) -> None:
    """Answers on a listening socket until it is interrupted; calls `on_ready` once it does."""
    import uvicorn  # noqa: PLC0415  # building the site for a test needs no server

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_ready()

    config = uvicorn.Config(
        build_site(path, options).app(),
        log_level="warning",
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    Server(config).run(sockets=[listener])
