"""The Datasette instance that shows one archive, and the server that answers for it.

In: the archive's path and how it is shown. Out: an ASGI application; nothing is written but sets, where the
operator allows that, and nothing is loaded from another host. The archive is always called `archive` in
addresses, whatever its file is called.
"""

from __future__ import annotations

import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from fcntl import ioctl
from pathlib import Path
from termios import TIOCOUTQ
from types import FrameType
from typing import Any

from datasette.app import Datasette, DatasetteClient
from datasette.database import Database, QueryInterrupted, Results
from datasette.plugins import pm
from datasette.utils import Column, escape_sqlite, validate_sql_select
from datasette.utils.asgi import NotFound

from crawler.serve import plugin
from crawler.serve.cached import Kept
from crawler.serve.desk import Answer, Desk, StoppedError
from crawler.serve.guard import has_page
from crawler.serve.labels import metadata
from pipelines.archive.file import reader
from pipelines.catalogue import archive

NAME = "archive"
_CONNECTIONS_MAX = 500
"""At once; beyond them 503. Each takes some 50 KB."""
_SILENT_S = 30
"""Whoever sends no whole request, or takes nothing of an answer, from one look at his connection to the next
but one loses it: half a minute to a minute, which nginx waits too. A browser that opens a connection ahead of
need takes another then; who takes an answer slowly keeps his, a few bytes are enough."""
_ROWS_MAX = 10_000
"""Where Datasette asks for all rows: names of tables and columns, a page of rows."""
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How the archive is shown."""

    allow_download: bool = False
    """Offer the archive's file itself, with everything in it."""
    show_contacts: bool = False
    """Show telephone numbers and other contacts in stripped text instead of masking them."""
    edit_sets: bool = False
    """Visitors may put articles into sets and write notes to them."""
    indexable: bool = False
    """Search engines may show pages of it."""
    contact: str = ""
    """Whom to write to about rights and removals."""
    hosts: tuple[str, ...] = ()
    """The names under which it is asked for besides localhost: `crawler.serve.gate.hosts_of`."""
    base_url: str = "/"
    """The path under which a proxy shows the site."""
    https: bool = False
    """Behind a proxy that speaks https: addresses begin with it."""
    sql_time_limit_ms: int = 1500
    """A visitor's query that takes longer is stopped. The slowest page of ours takes a third of it at
    100,000 articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(ServeOptions):
    """What an instance of ours shows, and how: its pages and hooks ask."""

    path: Path
    kept: Kept = field(default_factory=Kept)


class GuardedDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """An archive that answers SQL at the desk (crawler/serve/desk.py), and has the tables that have a page.

    Guarded tables stand behind temporary views; keys and types are the tables' own. Without them a table
    that has no rowid could not be paged through, and its rows had no address.
    """

    def __init__(self, site: Datasette, path: Path, show_contacts: bool) -> None:
        super().__init__(site, path=str(path.resolve()), is_mutable=True)
        self._desk = Desk(path, show_contacts=show_contacts)

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A connection for what Datasette itself asks of the schema; any path will do."""
        uri = f"{Path(self.path).as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._all_file_connections.append(connection)
        return connection

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: float | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Results:
        """The rows of a question, as Datasette has them."""
        limit_ms = min(custom_time_limit or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)
        shown = self.ds.max_returned_rows
        most = shown + (shown == (page_size or self.ds.page_size)) if truncate else _ROWS_MAX
        given = dict(params) if isinstance(params, Mapping) else list(params or ())
        try:
            answer = await self._desk.ask(sql, given, limit_ms=limit_ms, most=most, cut=truncate)
        except StoppedError as error:
            raise QueryInterrupted(error, sql, params) from error
        with closing(sqlite3.connect(":memory:")) as connection:
            names = ", ".join(f"NULL AS {_quoted(name)}" for name in answer.columns) or "NULL"
            cursor = connection.execute(f"SELECT {names}")
            rows = [sqlite3.Row(cursor, row) for row in answer.rows]
            return Results(rows, truncate and answer.truncated, cursor.description)

    async def rows_of(self, sql: str, params: dict[str, Any], most: int) -> Answer:
        """Up to `most` rows of a visitor's question, in plain values.

        Raises:
            QueryInterrupted: it was not answered in time.
            sqlite3.OperationalError: SQLite cannot answer it, or may not, or its answer is too large.
        """
        validate_sql_select(sql)
        try:
            return await self._desk.ask(sql, params, limit_ms=self.ds.sql_time_limit_ms, most=most, cut=False)
        except StoppedError as error:
            raise QueryInterrupted(error, sql, params) from error

    async def attached_databases(self) -> list[Any]:
        """None: nothing is attached."""
        return []

    async def table_exists(self, table: str) -> bool:
        """Whether there is such a table, with a page."""
        return has_page(table) and await super().table_exists(table)

    async def table_names(self) -> list[str]:
        """The tables that have a page."""
        return [name for name in await super().table_names() if has_page(name)]

    async def view_names(self) -> list[str]:
        """The views that have a page."""
        return [name for name in await super().view_names() if has_page(name)]

    async def get_view_definition(self, view: str) -> str | None:
        """How a view that has a page is made."""
        return await super().get_view_definition(view) if has_page(view) else None

    async def table_column_details(self, table: str) -> list[Any]:
        """The columns of the table itself."""
        return await self.execute_fn(lambda connection: _own_columns(connection, table))  # type: ignore[no-any-return]

    async def primary_keys(self, table: str) -> list[str]:
        """The names of the table's own key, in its order."""
        if not has_page(table):
            raise NotFound("no such table")
        keys = [column for column in await self.table_column_details(table) if column.is_pk]
        return [column.name for column in sorted(keys, key=lambda column: column.is_pk)]


def build_site(path: Path, options: ServeOptions | None = None) -> Datasette:
    """A Datasette that shows the archive at `path`.

    Raises:
        StorageError, ForeignArchiveError, NewerArchiveError: as `pipelines.archive.file.read_only`.
    """
    options = options or ServeOptions()
    with reader(path) as connection:
        columns = {name: [column.name for column in _own_columns(connection, name)] for name in archive()}
    if not pm.is_registered(plugin):
        pm.unregister(name="datasette.handle_exception")  # it prints every local variable; ours calls it
        pm.register(plugin, name="parknews")  # for instances that are not ours
    site = Datasette(
        [],
        memory=False,
        metadata=metadata(columns),
        template_dir=str(_HERE / "templates"),
        static_mounts=[("assets", str(_HERE / "static"))],
        settings=_settings(options),
        cache_headers=False,
        pdb=False,
    )
    site.remove_database("_memory")
    site.parknews = Shown(**asdict(options), path=path)
    site.add_database(GuardedDatabase(site, path, options.show_contacts), name=NAME)
    site.client = DatasetteClient(site)  # the one made before knew none of our addresses
    return site


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


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
        "default_facet_size": 10,  # three lists of thirty were four screens of a phone
        "default_page_size": 50,
        "facet_time_limit_ms": 1000,  # 20 ms at 10,000 articles, where nobody else uses the cores
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
    """Answers on a listening socket until it is interrupted; calls `on_ready` once it does.

    The signal that asks it to end ends the process once the answers under way are sent, or after three
    seconds: what threads still count, or write into files without a name, is for nobody.
    """
    import uvicorn  # noqa: PLC0415  # building the site for a test needs no server

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_ready()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            self.asked_by = sig
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            sys.stderr.flush()
            signal.signal(self.asked_by, signal.SIG_DFL)
            signal.raise_signal(self.asked_by)

    config = uvicorn.Config(
        build_site(path, options).app(),
        log_level="warning",
        lifespan="on",
        limit_concurrency=_CONNECTIONS_MAX,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    config.load()
    config.http_protocol_class = _impatient(config.http_protocol_class)
    Server(config).run(sockets=[listener])


def _impatient(protocol: Any) -> Any:
    """The protocol, of connections that do not wait for ever: uvicorn's limit is between two requests."""

    class Impatient(protocol):  # type: ignore[misc]  # one of uvicorn's two
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._seen: object = None
            self._next_look = self.loop.call_later(_SILENT_S, self._look)

        def connection_lost(self, exc: Exception | None) -> None:
            self._next_look.cancel()
            super().connection_lost(exc)

        def resume_writing(self) -> None:
            super().resume_writing()
            self._seen = None  # what is written next may be as long as what was taken

        def _look(self) -> None:
            cycle, waits = self.cycle, self.flow.write_paused
            is_ours = cycle is not None and not (cycle.response_complete or cycle.more_body or waits)
            seen = None if is_ours else (cycle, self.transport.get_write_buffer_size(), self._not_taken())
            if seen and seen == self._seen:
                self.transport.abort()
                return
            self._seen = seen
            self._next_look = self.loop.call_later(_SILENT_S, self._look)

        def _not_taken(self) -> bytes:
            """What the system holds for the other side, which may be megabytes, as the system counts it."""
            return ioctl(self.transport.get_extra_info("socket"), TIOCOUTQ, bytes(4))

    return Impatient
