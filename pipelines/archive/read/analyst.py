"""The figures an analyst asks first: all their SQL.

In: a read-only connection. Out: frozen rows, counts and what they leave out; nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.places import region_name

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure, date or name that a copy has otherwise than the kept one."""

    url: str
    kind: str
    place: str
    """The words around it in the kept copy, with … for the value."""
    kept_value: str
    copy_value: str


@dataclass(frozen=True, slots=True)
class Version:
    """What a page said on a day before today."""

    url: str
    fetched_at: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a text names."""

    name: str
    code: str | None
    """GB/T 2260, of a region or of the region in the name."""
    times: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an article's copies stand to each other."""

    kept_because: str
    first_publisher: str | None
    first_publisher_status: str
    first_publisher_because: str
    differences: tuple[Difference, ...]
    versions: tuple[Version, ...]
    """Earlier texts of its pages, the newest first; the present ones are the copies' own."""


def standing(connection: sqlite3.Connection, article_id: int) -> Standing:
    """What the archive concludes about an article's copies, and what their pages said before."""
    article = connection.execute(
        "SELECT kept_because, first_publisher, first_publisher_status, first_publisher_because"
        " FROM articles WHERE id = ?",
        (article_id,),
    ).fetchone()
    differences = connection.execute(
        "SELECT c.url, d.kind, d.place, d.kept_value, d.copy_value FROM differences d"
        " JOIN copies c ON c.id = d.copy_id WHERE d.article_id = ? ORDER BY c.url, d.position",
        (article_id,),
    )
    versions = connection.execute(
        "SELECT c.url, v.fetched_at, v.title, t.text FROM copies c"
        " JOIN versions v ON v.reading_id = c.reading_id JOIN texts t ON t.id = v.text_id"
        " WHERE c.article_id = ? AND (v.text_id <> c.text_id OR v.title <> c.title)"
        " ORDER BY v.fetched_at DESC, c.url",
        (article_id,),
    )
    return Standing(
        kept_because=article["kept_because"],
        first_publisher=article["first_publisher"],
        first_publisher_status=article["first_publisher_status"],
        first_publisher_because=article["first_publisher_because"],
        differences=tuple(Difference(*row) for row in differences),
        versions=tuple(Version(*row) for row in versions),
    )


def names_in(connection: sqlite3.Connection, article_id: int) -> dict[str, list[Named]]:
    """What an article's text names: kind → names, a region under its full name, the most named first."""
    rows = connection.execute(
        "SELECT m.kind, CASE m.kind WHEN 'region' THEN m.code ELSE m.name END AS named, m.code, count(*)"
        " FROM copies k JOIN mentions m ON m.text_id = k.text_id"
        " WHERE k.article_id = ? AND k.kept = 1 GROUP BY m.kind, named ORDER BY 4 DESC, min(m.start)",
        (article_id,),
    )
    found: dict[str, list[Named]] = {}
    for kind, named, code, times in rows:
        name = region_name(code) if kind == "region" else named
        found.setdefault(kind, []).append(Named(name, code, times))
    return found


def table_columns(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Every table and view of the archive with its columns."""
    rows = connection.execute(
        "SELECT s.name, c.name FROM sqlite_schema s, pragma_table_xinfo(s.name) c"
        " WHERE s.type IN ('table', 'view') ORDER BY s.name, c.cid"
    )
    columns: dict[str, list[str]] = {}
    for table, column in rows:
        columns.setdefault(table, []).append(column)
    return columns


def failed_sources(connection: sqlite3.Connection, since: str, until: str) -> list[str]:
    """Names of the sources that failed on some day of a period; all days where it is unbounded."""
    rows = connection.execute(
        "SELECT DISTINCT name FROM coverage WHERE state = 'failed' AND day >= ? AND day <= ? ORDER BY name",
        (since, (until or "9999") + "~"),
    )
    return [row[0] for row in rows]


def newest_day(connection: sqlite3.Connection) -> str | None:
    """The newest day of any article that is not in the future."""
    row = connection.execute(
        "SELECT max(published_day) FROM articles INDEXED BY articles_by_day"
        " WHERE published_day <= date('now', '+1 day')"
    ).fetchone()
    return None if row[0] is None else str(row[0])


def last_run(connection: sqlite3.Connection) -> sqlite3.Row | None:
    """The latest row of `runs`."""
    row: sqlite3.Row | None = connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    return row
