"""What a browser's SQL may read and call: what the catalogue shows and a list allows, and nothing else.

Datasette lets a visitor write SQL. A guarded connection answers questions alone: what it may do, call
and read are lists, so that what is new in SQLite or in the archive is refused until somebody looked at
it. Every column that the catalogue (pipelines/catalogue) does not show reads as NULL: hashes of
blocked addresses, who asked for removals and what for. Those that are shown with their copy
alone, since an unfinished removal may hold a row back, read as NULL too, except through temporary views,
which stand before the tables of those names; these mask telephone numbers in stripped text unless the
operator shows them. How large anything may get is bounded as well; how long it may take,
crawler/serve/desk.py sees to.

SQLite says through which view a column is read by the view's bare name, and a visitor may give a subquery
any name. The views' names are therefore random, nothing tells them, and a question that has one is refused.
So is one that names the tables of the search index: FTS5 reads them with the visitor's rights.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable

from pipelines.catalogue import archive
from pipelines.export.masking import masked
from pipelines.query import match_expression

_ACTIONS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE}
"""What is done without a further look. Reading, calling and pragmas are looked at; nothing else is done. (The
schema cannot be written: the file is open for reading, and to SQLite it is its own.)"""

_FUNCTIONS = frozenset(
    """abs acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10
    log2 mod pi pow power radians round sign sin sinh sqrt tan tanh trunc avg count group_concat
    string_agg max min sum total json_group_array json_group_object cume_dist dense_rank first_value lag
    last_value lead nth_value ntile percent_rank rank row_number char concat concat_ws format glob hex
    instr length like lower ltrim match printf quote replace rtrim soundex substr substring trim unhex
    unicode upper octet_length coalesce ifnull iif likelihood likely nullif typeof unlikely random
    current_date current_time current_timestamp date datetime julianday strftime time timediff unixepoch
    -> ->> json json_array json_array_length json_error_position json_extract json_insert json_object
    json_patch json_pretty json_quote json_remove json_replace json_set json_type json_valid bm25
    highlight snippet sqlite_version escape_fts masked
    """.split()
)
"""What may be called: all that computes from its arguments. Not what takes pointers or writes
(fts3_tokenizer, fts5, optimize, load_extension), makes bytes out of nothing (zeroblob, randomblob) or tells
of the process."""

_PRAGMAS = frozenset(
    """
    table_info table_xinfo table_list index_list index_info index_xinfo foreign_key_list schema_version
    data_version
    """.split()
)
"""What Datasette asks of the schema, and an analyst may; and what FTS5 asks before it answers."""

_OF_SQLITE = frozenset({"sqlite_master", "sqlite_schema", "json_each", "json_tree"})
"""What SQLite has of itself that may be read: the schema, and JSON as rows. Not the temporary schema,
which has our views' names, and nothing of other statements, pages and modules."""

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 4_000_000,  # of a value or a row: a page's text is a tenth of it
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 50_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 2_000,  # Datasette asks for the names of 1,000 rows in one question
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

CLOSED = "articles_fts_"
"""What the names of the search index's own tables begin with: it must stand in no question."""

_STRIPPED = (
    "CREATE TEMP VIEW stripped AS SELECT copies.url, pieces.kind, pieces.text, pieces.rule,"
    " copies.article_id, copies.source, pieces.position FROM temp.stripped_pieces AS pieces"
    " JOIN main.copies ON copies.reading_id = pieces.reading_id"
)
_TEXTS = (
    "CREATE TEMP VIEW texts AS SELECT id, sha256, node_id, CASE WHEN article_id IS NULL"
    " THEN (SELECT text FROM temp.unshown_texts AS other WHERE other.text_id = held.id)"
    " ELSE (SELECT text FROM main.articles WHERE articles.id = article_id) END AS text"
    " FROM temp.text_rows AS held"
)


def guard(connection: sqlite3.Connection, *, show_contacts: bool) -> str:
    """Makes a connection safe to show to strangers, and its search box take 园区 as typed.

    Returns:
        What the names of our views begin with: it must stand in no question and in no answer.
    """
    prefix = f"shown_{secrets.token_hex(8)}_"
    connection.create_function("escape_fts", 1, _expression, deterministic=True)
    connection.create_function("masked", 1, masked, deterministic=True)
    for name, table in archive().items():
        if table.rows:
            columns = _columns(connection, name, table.seen("masked") if not show_contacts else frozenset())
            connection.execute(
                f"CREATE TEMP VIEW {prefix}{name} AS SELECT {columns} FROM main.{name} WHERE {table.rows}"
            )
            connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM temp.{prefix}{name}")
    connection.execute(_STRIPPED)
    connection.execute(_TEXTS)
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    connection.set_authorizer(_authorizer(*_names(connection), prefix))
    return prefix


def has_page(table: str) -> bool:
    """Whether a table or view of the archive has a page: the catalogue says so."""
    return table in archive() and archive()[table].page != "none"


def _columns(connection: sqlite3.Connection, table: str, masked: frozenset[str]) -> str:
    names = [row[1] for row in connection.execute(f"PRAGMA main.table_xinfo({table})")]
    return ", ".join(f'masked("{name}") AS "{name}"' if name in masked else f'"{name}"' for name in names)


def _names(connection: sqlite3.Connection) -> tuple[frozenset[str], frozenset[str]]:
    """What is read as a table: what lies in the file, and SQLite's modules."""
    tables = connection.execute("SELECT name FROM main.sqlite_master")
    modules = connection.execute("SELECT name FROM pragma_module_list")
    return frozenset(row[0] for row in tables), frozenset(row[0] for row in modules)


def _authorizer(tables: frozenset[str], modules: frozenset[str], prefix: str) -> Callable[..., int]:
    shown = {name: table.seen("shown") | {"", "ROWID"} for name, table in archive().items()}
    with_copy = {
        name: table.seen("shown_with_copy", "masked") for name, table in archive().items() if table.rows
    }
    pragmas = {f"pragma_{name}" for name in _PRAGMAS}

    def read(table: str, column: str, place: str | None, through: str | None) -> int:
        if place == "temp":
            return sqlite3.SQLITE_DENY if table.startswith("sqlite_") else sqlite3.SQLITE_OK
        if table in _OF_SQLITE or table in pragmas:
            return sqlite3.SQLITE_OK
        if column in shown.get(table, ()):
            return sqlite3.SQLITE_OK
        if through == f"{prefix}{table}" and column in with_copy.get(table, ()):
            return sqlite3.SQLITE_OK
        if table in tables:
            return sqlite3.SQLITE_IGNORE
        is_subquery = place is None and table not in modules and not table.startswith(("pragma_", "sqlite_"))
        return sqlite3.SQLITE_OK if is_subquery else sqlite3.SQLITE_DENY

    def decide(
        action: int, first: str | None, second: str | None, place: str | None, through: str | None
    ) -> int:
        if action == sqlite3.SQLITE_READ:
            return read(first or "", second or "", place, through)
        is_allowed = (
            action in _ACTIONS
            or (action == sqlite3.SQLITE_UPDATE and first == "sqlite_master")  # how SQLite opens the index
            or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS)
            or (action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _PRAGMAS)
        )
        return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY

    return decide


def _expression(query: str | None) -> str:
    """What a person typed, as an FTS5 expression; one that finds nothing where nothing was typed."""
    return match_expression(query or "") or '""'
