"""What a browser's SQL may read: what the catalogue shows, and nothing else.

Datasette lets a visitor write SQL. Each of its connections is read-only already; here it also loses ATTACH,
and every column that the catalogue (pipelines/catalogue) does not show: the salt and hashes of blocked
addresses, who asked for removals and what for, and whatever is new and not in the catalogue. Such columns
read as NULL. Those that are shown with their copy alone, since an unfinished removal may hold a row back,
read as NULL too, except through temporary views, which stand before the tables of those names; these mask
telephone numbers in stripped text unless the operator shows them.

SQLite says through which view a column is read by the view's bare name, and a visitor may give a subquery
any name. The views' names are therefore random, and an address that holds such a name is refused.
"""

from __future__ import annotations

import secrets
import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from pipelines.catalogue import archive
from pipelines.export.masking import mask_contacts
from pipelines.spelling import match_expression

if TYPE_CHECKING:
    from collections.abc import Callable

_FORBIDDEN = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}
_OF_SQLITE = {"sqlite_master", "sqlite_temp_master", "json_each", "json_tree"}
"""What SQLite has of itself: the schema, and functions that are read as tables (with those of `pragma_`)."""
_PREFIX = f"shown_{secrets.token_hex(8)}_"

_STRIPPED = (
    "CREATE TEMP VIEW stripped AS SELECT copies.url, pieces.kind, pieces.text, pieces.rule,"
    " copies.article_id, copies.source, pieces.position FROM temp.stripped_pieces AS pieces"
    " JOIN main.copies ON copies.reading_id = pieces.reading_id"
)


def guard(connection: sqlite3.Connection, *, show_contacts: bool) -> None:
    """Makes a Datasette connection safe to show to strangers, and its search box take 园区 as typed."""
    connection.create_function("escape_fts", 1, _expression, deterministic=True)
    connection.create_function("masked", 1, _masked, deterministic=True)
    for name, table in archive().items():
        if table.rows:
            columns = _columns(connection, name, table.seen("masked") if not show_contacts else frozenset())
            connection.execute(
                f"CREATE TEMP VIEW {_PREFIX}{name} AS SELECT {columns} FROM main.{name} WHERE {table.rows}"
            )
            connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM temp.{_PREFIX}{name}")
    connection.execute(_STRIPPED)
    connection.set_authorizer(_authorizer())


def refusing(app: Callable[..., Any], base_url: str) -> Callable[..., Any]:
    """The application without answers to addresses that name our views, or that show more than the archive.

    Datasette's pages about itself tell the file's path; its CSV stops at 1,000 rows and keeps formulas.
    """

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and _is_refused(scope, base_url):
            headers = [[b"content-type", b"text/plain; charset=utf-8"]]
            await send({"type": "http.response.start", "status": 404, "headers": headers})
            await send({"type": "http.response.body", "body": b"not here\n"})
        else:
            await app(scope, receive, send)

    return wrapped


def _is_refused(scope: dict[str, Any], base_url: str) -> bool:
    path = unquote_plus(bytes(scope.get("raw_path") or scope["path"].encode()).decode("latin-1")).partition(
        "?"
    )[0]
    query = unquote_plus(bytes(scope.get("query_string") or b"").decode("latin-1")).lower()
    below = path.removeprefix(base_url).lstrip("/")
    table = below.removeprefix("archive/").partition("/")[0].partition(".")[0]
    return (
        _PREFIX in query
        or _PREFIX in path.lower()
        or (below.startswith("archive/") and table.lower() in archive() and not has_page(table.lower()))
        or (below.startswith("-/") and not below.startswith("-/static/"))
        or (below.startswith("archive") and (below.endswith(".csv") or "_format=csv" in query))
    )


def has_page(table: str) -> bool:
    """Whether a table or view of the archive has a page: the catalogue says so."""
    return table in archive() and archive()[table].page != "none"


def _columns(connection: sqlite3.Connection, table: str, masked: frozenset[str]) -> str:
    names = [row[1] for row in connection.execute(f"PRAGMA main.table_xinfo({table})")]
    return ", ".join(f'masked("{name}") AS "{name}"' if name in masked else f'"{name}"' for name in names)


def _authorizer() -> Callable[..., int]:
    shown = {name: table.seen("shown") | {"", "ROWID"} for name, table in archive().items()}
    with_copy = {
        name: table.seen("shown_with_copy", "masked") for name, table in archive().items() if table.rows
    }

    def is_shown(table: str, column: str, through: str | None) -> bool:
        if table in _OF_SQLITE or table.startswith("pragma_") or column in shown.get(table, ()):
            return True
        return through == f"{_PREFIX}{table}" and column in with_copy.get(table, ())

    def decide(
        action: int, first: str | None, second: str | None, place: str | None, through: str | None
    ) -> int:
        if action in _FORBIDDEN:
            return sqlite3.SQLITE_DENY
        if action != sqlite3.SQLITE_READ or place == "temp" or is_shown(first or "", second or "", through):
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_IGNORE

    return decide


def _expression(query: str | None) -> str:
    """What a person typed, as an FTS5 expression; one that finds nothing where nothing was typed."""
    return match_expression(query or "") or '""'


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_contacts(text)
