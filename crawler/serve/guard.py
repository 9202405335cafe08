"""What a browser's SQL may read: what is shown, and no secret, nothing held back, no one's telephone number.

Datasette lets a visitor write SQL. Each of its connections is read-only already; here it also loses ATTACH,
and whatever a visitor must not see: the salt and hashes of blocked addresses, who asked for removals and
what for, what an unfinished removal holds back, and (unless asked for) telephone numbers in stripped text.
Such columns read as NULL, except through temporary views, which stand before the tables of those names and
show what belongs to a copy.

SQLite says through which view a column is read by the view's bare name, and a visitor may give a subquery
any name. The views' names are therefore random, and an address that holds such a name is refused.
"""

from __future__ import annotations

import secrets
import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from pipelines.export.masking import mask_contacts
from pipelines.spelling import match_expression

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRET = {
    "meta": {"value"},
    "blocks": {"hash"},
    "removals": {
        *("scope", "requester", "reason", "plan_hash", "basis", "ticket", "operator", "counts", "survivors"),
        *("verification", "ledger_line"),
    },
    "removal_events": {"detail"},
    "removal_requests": {"requester", "reason", "basis", "ticket", "answers", "outcome"},
    "residue_hashes": {"hashes"},
    "stay_down": {"shingles", "numbers"},
    "stay_down_keys": {"key"},
    "stay_down_matches": {"url", "source"},
    "stale": {"page_url"},
    "decisions": {"url", "other_url", "reason"},
}
INTERNAL = frozenset(
    {
        *("meta", "blocks", "removal_events", "removal_requests", "residue_hashes", "stay_down"),
        *("stay_down_keys", "stay_down_matches", "stale", "decisions"),
    }
)
"""Tables without a page: nothing in them is for visitors. `removals` keeps its page, its secrets empty."""
_SHOWN = {
    "texts": ("text", "id IN (SELECT text_id FROM main.copies)"),
    "mentions": ("name", "text_id IN (SELECT text_id FROM main.copies)"),
    "readings": (
        "page_url url_answered title author editor credited_source site_name claimed_url digest",
        "id IN (SELECT reading_id FROM main.copies)",
    ),
    "origins": ("evidence", "reading_id IN (SELECT reading_id FROM main.copies)"),
    "claims": ("url", "reading_id IN (SELECT reading_id FROM main.copies)"),
    "versions": ("title", "reading_id IN (SELECT reading_id FROM main.copies)"),
    "moves": ("url reason", "url IN (SELECT url FROM main.copies)"),
    "forwards": ("reason", "new_id IN (SELECT article_id FROM main.copies)"),
    "gone": ("page_url", "page_url IN (SELECT url FROM main.copies)"),
    "corrections": ("page_url value reason", "page_url IN (SELECT url FROM main.copies)"),
    "stripped_pieces": ("text", "reading_id IN (SELECT reading_id FROM main.copies)"),
    "rights": ("holder contact evidence", "reading_id IN (SELECT reading_id FROM main.copies)"),
}
"""Table → the columns that hold words of pages, and which rows belong to what is shown."""

_MASKED = {"stripped_pieces": frozenset({"text"}), "rights": frozenset({"contact", "evidence"})}
"""Table → the columns in which telephone numbers are masked unless asked for."""

_FORBIDDEN = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}
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
    for table, (_, rows) in _SHOWN.items():
        columns = _columns(connection, table, masked=not show_contacts)
        connection.execute(
            f"CREATE TEMP VIEW {_PREFIX}{table} AS SELECT {columns} FROM main.{table} WHERE {rows}"
        )
        connection.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM temp.{_PREFIX}{table}")
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
        or (below.startswith("archive/") and table.lower() in INTERNAL)
        or (below.startswith("-/") and not below.startswith("-/static/"))
        or (below.startswith("archive") and (below.endswith(".csv") or "_format=csv" in query))
    )


def _columns(connection: sqlite3.Connection, table: str, *, masked: bool) -> str:
    names = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
    hidden = _MASKED.get(table, frozenset()) if masked else frozenset()
    return ", ".join(f"masked({name}) AS {name}" if name in hidden else name for name in names)


def _authorizer() -> Callable[..., int]:
    guarded = {(table, column) for table, (columns, _) in _SHOWN.items() for column in columns.split()}
    secret = {(table, column) for table, columns in _SECRET.items() for column in columns}

    def decide(
        action: int, first: str | None, second: str | None, place: str | None, through: str | None
    ) -> int:
        if action in _FORBIDDEN:
            return sqlite3.SQLITE_DENY
        if action != sqlite3.SQLITE_READ or place == "temp":
            return sqlite3.SQLITE_OK
        if (first, second) in secret:
            return sqlite3.SQLITE_IGNORE
        if (first, second) in guarded and through != f"{_PREFIX}{first}":
            return sqlite3.SQLITE_IGNORE
        return sqlite3.SQLITE_OK

    return decide


def _expression(query: str | None) -> str:
    """What a person typed, as an FTS5 expression; one that finds nothing where nothing was typed."""
    return match_expression(query or "") or '""'


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_contacts(text)
