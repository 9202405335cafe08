"""What readers ask of the whole archive: totals of each source, and every copy and rejection.

In: a read-only connection with `sqlite3.Row` rows (`pipelines.archive.file.read_only`). Out: rows, in the
order of their hosts or URLs. Nothing is judged here and nothing is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipelines.archive.read.selection import Days, within


def source_names(connection: sqlite3.Connection) -> dict[str, str]:
    """The name of every source in the archive, by host."""
    return {row["host"]: row["name"] for row in connection.execute("SELECT host, name FROM sources")}


@dataclass(frozen=True, slots=True)
class Yield:
    """What the archive holds of one source."""

    status: str = "active"
    articles: int = 0
    """Articles whose kept copy is this source's."""
    copies: int = 0
    rejections: int = 0
    newest_day: str | None = None
    last_read_at: str | None = None
    """UTC: when the page that was read last had been fetched."""
    same_titled: int = 0
    """Copies whose title at least two others of the source have too: lists, and notices made alike."""
    joined_within: int = 0
    """Copies that are of one article with another copy of the same source."""
    selector_misses: Mapping[str, int] = field(default_factory=dict)
    """Key of `[source.read]` -> its copies' pages on which that selector gave nothing."""


def source_yields(connection: sqlite3.Connection) -> dict[str, Yield]:
    """What the archive holds of each source, by host."""
    misses: dict[str, dict[str, int]] = {}
    for host, key, pages in connection.execute(
        "SELECT r.source, m.key, count(*) FROM missed m JOIN readings r ON r.id = m.reading_id"
        " JOIN copies c ON c.reading_id = r.id GROUP BY r.source, m.key ORDER BY r.source, m.key"
    ):
        misses.setdefault(host, {})[key] = pages
    rows = connection.execute(
        "WITH titles AS (SELECT source, count(*) AS n FROM copies GROUP BY source, title),"
        " repeats AS (SELECT source, sum(iif(n >= 3, n, 0)) AS titled FROM titles GROUP BY source)"
        " SELECT s.host, s.status, coalesce(sum(c.kept), 0), count(c.id),"
        " (SELECT count(*) FROM rejections x WHERE x.source = s.host), max(c.published_day),"
        " max(c.fetched_at), coalesce(r.titled, 0), count(c.id) - count(DISTINCT c.article_id)"
        " FROM sources s LEFT JOIN copies c ON c.source = s.host LEFT JOIN repeats r ON r.source = s.host"
        " GROUP BY s.host ORDER BY s.host"
    )
    return {host: replace(Yield(*held), selector_misses=misses.get(host, {})) for host, *held in rows}


def stripped_by_source(connection: sqlite3.Connection) -> dict[str, int]:
    """How many pieces of text were taken out of the pages of each source that has some, by host."""
    return dict(connection.execute("SELECT source, count(*) FROM stripped GROUP BY source").fetchall())


def source_standing(connection: sqlite3.Connection, days: Days) -> list[sqlite3.Row]:
    """How each source stands: what the archive has of it, and on how many of these days it was asked.

    host, name, status, articles, copies, newest_day, days_asked, days_fetched, days_failed, last_fetched
    (UTC), last_error (of its latest run); by name.
    """
    where, values = within(days, "day")
    return connection.execute(
        "WITH held AS (SELECT source, count(*) AS copies, max(published_day) AS newest_day FROM copies"
        " GROUP BY source),"
        " shown AS (SELECT substr(key, instr(key, ' ') + 1) AS source, sum(n) AS articles FROM tallies"
        " WHERE kind = 'held' GROUP BY 1),"
        " asked AS (SELECT source, sum(state <> 'not due') AS days_asked, sum(state = 'fetched') AS"
        f" days_fetched, sum(state = 'failed') AS days_failed FROM coverage WHERE {where} GROUP BY source)"
        " SELECT s.host, s.name, s.status, coalesce(k.articles, 0) AS articles,"
        " coalesce(h.copies, 0) AS copies, h.newest_day, coalesce(a.days_asked, 0) AS days_asked,"
        " coalesce(a.days_fetched, 0) AS days_fetched, coalesce(a.days_failed, 0) AS days_failed,"
        " (SELECT max(at) FROM run_sources r WHERE r.source = s.host AND r.fetched + r.unchanged > 0)"
        " AS last_fetched, coalesce((SELECT last_error FROM run_sources r WHERE r.source = s.host"
        " ORDER BY run_id DESC LIMIT 1), '') AS last_error"
        " FROM sources s LEFT JOIN held h ON h.source = s.host LEFT JOIN shown k ON k.source = s.host"
        " LEFT JOIN asked a ON a.source = s.host"
        " WHERE s.status <> 'removed' ORDER BY s.name, s.host",
        values,
    ).fetchall()


def source_runs(connection: sqlite3.Connection, limit: int) -> list[sqlite3.Row]:
    """What the last `limit` runs of each source did there, the newest first."""
    return connection.execute(
        "SELECT s.run_id, s.source AS host, r.started_at, s.fetched, s.articles, s.unchanged, s.failed,"
        " s.refused, s.last_error, r.outcome = 'stopped' AS stopped, coalesce(y.new, 0) AS new,"
        " coalesce(y.undated, 0) AS undated, coalesce(y.rejected, 0) AS rejected,"
        " coalesce(y.gone, 0) AS gone, coalesce(y.found, 0) AS found"
        " FROM sources CROSS JOIN run_sources s ON s.source = sources.host AND s.run_id >="
        " (SELECT min(run_id) FROM (SELECT run_id FROM run_sources WHERE source = sources.host"
        " ORDER BY run_id DESC LIMIT ?)) JOIN runs r ON r.id = s.run_id"
        " LEFT JOIN run_yields y ON y.run_id = s.run_id AND y.source = s.source"
        " ORDER BY s.run_id DESC, s.source",
        (limit,),
    ).fetchall()


@dataclass(frozen=True, slots=True)
class LearnedTemplate:
    """What was learned of how a source makes one kind of its pages."""

    selector: str
    """The element that holds the article."""
    state: str
    """proposed (being confirmed), used, or withdrawn."""
    pages: int
    """From which it was learned."""
    at: str
    """UTC: when the newest of these was fetched."""
    cut: int
    """Kinds of elements that are left out."""
    read: int
    """Pages that it read alone."""
    agreed: int
    """Pages that were read whole too and said the same."""
    erred: int
    """How often they did not: then it was mended or withdrawn."""


def learned_templates(connection: sqlite3.Connection, host: str) -> list[LearnedTemplate]:
    """The templates of a source, those that read the most pages first."""
    rows = connection.execute(
        "SELECT selector, state, pages, at, json_array_length(learned, '$.cut'),"
        " count(*) FILTER (WHERE way = 'template'), count(*) FILTER (WHERE agrees), erred FROM templates t"
        " LEFT JOIN template_pages p ON p.source = t.source AND p.template = t.key"
        " WHERE t.source = ? GROUP BY t.container ORDER BY 6 DESC, 7 DESC, selector",
        (host,),
    )
    return [LearnedTemplate(*row) for row in rows]


def changed_templates(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Sources whose pages are made otherwise than before: since when (UTC), and where articles stood."""
    rows = connection.execute("SELECT source, max(at), selector FROM template_changes GROUP BY source")
    return {source: (at, selector) for source, at, selector in rows}


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


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy with the text that its page had."""

    url: str
    article_id: int
    title: str
    text: str
    published_day: str | None
    credited_source: str | None
    language: str
    versions: int = 1
    """Texts that its page has had."""
    is_disputed: bool = False
    """Whether its article's copies differ in figures, dates or names."""


def read_copies(connection: sqlite3.Connection) -> list[CopyRow]:
    """Every copy, by URL."""
    rows = connection.execute(
        "SELECT c.url, c.article_id, c.title, t.text, c.published_day, c.credited_source, c.language,"
        " (SELECT count(*) FROM versions v WHERE v.reading_id = c.reading_id), a.disputed"
        " FROM copies c JOIN texts t ON t.id = c.text_id JOIN articles a ON a.id = c.article_id"
        " ORDER BY c.url"
    )
    return [CopyRow(*row) for row in rows]


def read_rejections(connection: sqlite3.Connection) -> dict[str, str]:
    """The reason of every rejection, by URL."""
    return dict(connection.execute("SELECT url, reason FROM rejections ORDER BY url").fetchall())
