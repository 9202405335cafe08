"""The questions that readers ask the archive: all their SQL, none of their judgement.

In: a read-only connection with `sqlite3.Row` rows (`pipelines.archive.file.read_only`). Out: rows, or
iterators of rows; nothing is written.

What an audit reads of a whole archive: every copy with its text, every rejection, totals by source.

In: a read-only connection (`pipelines.archive.file.read_only`). Out: frozen rows, in the order of
their URLs or hosts. Nothing is judged here and nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


_NODES_OF_ARTICLE = "SELECT t.node_id FROM copies c JOIN texts t ON t.id = c.text_id WHERE c.article_id = ?1"


def article(connection: sqlite3.Connection, article_id: int) -> sqlite3.Row | None:
    """One row of `articles`."""
    return _one(connection, "SELECT * FROM articles WHERE id = ?", article_id)


def forward(connection: sqlite3.Connection, article_id: int) -> sqlite3.Row | None:
    """Where an article that is no more went: new_id, reason, at."""
    return _one(connection, "SELECT new_id, reason, at FROM forwards WHERE old_id = ?", article_id)


def article_of_url(connection: sqlite3.Connection, url: str) -> int | None:
    """The article that a URL belongs to: as a copy, as a page that was read, or as what answered.

    A print or AMP page has no copy of its own: it leads to the copy that it calls its own address.
    """
    for sql in (
        "SELECT article_id FROM copies WHERE url = ?1",
        "SELECT c.article_id FROM readings r JOIN copies c ON c.reading_id = r.id WHERE r.page_url = ?1",
        "SELECT c.article_id FROM readings r JOIN copies c ON c.url = r.claimed_url"
        " WHERE r.page_url = ?1 AND c.source = r.source",
        "SELECT c.article_id FROM readings r JOIN copies c ON c.reading_id = r.id"
        " WHERE r.url_answered = ?1 LIMIT 1",
    ):
        row = _one(connection, sql, url)
        if row:
            return int(row[0])
    return None


def copies(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """An article's copies with their texts, the kept one first, then by similarity."""
    return connection.execute(
        "SELECT c.*, t.text, t.node_id, n.cluster_id, r.encoding, r.editor, r.site_name, r.first_fetched_at,"
        " r.page_url"
        " FROM copies c JOIN texts t ON t.id = c.text_id JOIN readings r ON r.id = c.reading_id"
        " JOIN nodes n ON n.node_id = t.node_id"
        " WHERE c.article_id = ? ORDER BY c.kept DESC, c.similarity DESC, c.url",
        (article_id,),
    ).fetchall()


def variants(connection: sqlite3.Connection, copy_url: str, source: str) -> list[str]:
    """Addresses of other pages of the same source that call this copy their own address.

    A page whose claim was not believed has a copy of its own, and is no variant.
    """
    rows = connection.execute(
        "SELECT page_url FROM readings r LEFT JOIN copies c ON c.reading_id = r.id"
        " WHERE r.claimed_url = ?1 AND r.source = ?2 AND r.page_url <> ?1 AND coalesce(c.url, ?1) = ?1"
        " ORDER BY page_url",
        (copy_url, source),
    )
    return [row[0] for row in rows]


def origins(connection: sqlite3.Connection, reading_id: int) -> list[sqlite3.Row]:
    """Where each field of a reading came from: field, origin, evidence."""
    return connection.execute(
        "SELECT field, origin, evidence FROM origins WHERE reading_id = ? ORDER BY field", (reading_id,)
    ).fetchall()


def stripped_pieces(connection: sqlite3.Connection, reading_id: int) -> list[sqlite3.Row]:
    """What cleaning took out of a page, in page order: kind, rule, text."""
    return connection.execute(
        "SELECT kind, rule, text FROM stripped_pieces WHERE reading_id = ? ORDER BY position", (reading_id,)
    ).fetchall()


def rights(connection: sqlite3.Connection, reading_id: int) -> list[sqlite3.Row]:
    """What a page's notices say about rights, in page order: kind, holder, contact, evidence."""
    return connection.execute(
        "SELECT kind, holder, contact, evidence FROM rights WHERE reading_id = ? ORDER BY position",
        (reading_id,),
    ).fetchall()


def claims(connection: sqlite3.Connection, reading_id: int) -> list[sqlite3.Row]:
    """What a page says of addresses: kind (canonical, og:url), url."""
    return connection.execute(
        "SELECT kind, url FROM claims WHERE reading_id = ? ORDER BY kind, url", (reading_id,)
    ).fetchall()


def accepted_pairs(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """Evidence of joins within an article: pairs of its copies' texts, the most alike first."""
    return connection.execute(
        f"WITH own AS ({_NODES_OF_ARTICLE}) SELECT p.* FROM pairs p"  # our constant
        " WHERE p.verdict = 'same' AND p.node_a IN own AND p.node_b IN own"
        " ORDER BY p.similarity DESC, p.node_a, p.node_b",
        (article_id,),
    ).fetchall()


def blocked_pairs(connection: sqlite3.Connection, article_id: int, limit: int) -> list[sqlite3.Row]:
    """Articles that look like this one and were kept apart: id, title, url, the nearest pair's evidence."""
    seen = "reason, containment, similarity, numbers_shared, numbers_differ, exchanges, names_differ"
    return connection.execute(
        f"WITH own AS ({_NODES_OF_ARTICLE}), near AS ("  # our constant
        f" SELECT node_b AS node_id, {seen} FROM pairs WHERE verdict = 'blocked' AND node_a IN own"
        " UNION ALL"
        f" SELECT node_a, {seen} FROM pairs WHERE verdict = 'blocked' AND node_b IN own)"
        " SELECT a.id, a.title, a.url, near.reason, max(near.containment) AS containment, near.similarity,"
        " near.numbers_shared, near.numbers_differ, near.exchanges, near.names_differ FROM near"
        " JOIN texts t ON t.node_id = near.node_id JOIN copies c ON c.text_id = t.id"
        " JOIN articles a ON a.id = c.article_id WHERE a.id <> ?1"
        " GROUP BY a.id ORDER BY containment DESC, a.id LIMIT ?2",
        (article_id, limit),
    ).fetchall()


def rejection(connection: sqlite3.Connection, url: str) -> sqlite3.Row | None:
    """Why a URL did not become a copy: url, source, stage, reason, at."""
    return _one(connection, "SELECT url, source, stage, reason, at FROM rejections WHERE url = ?", url)


def source_names(connection: sqlite3.Connection) -> dict[str, str]:
    """The name of every source in the archive, by host."""
    return {row["host"]: row["name"] for row in connection.execute("SELECT host, name FROM sources")}


def source_yields(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """What the archive holds of each source: its row, and its copies, articles, rejections, newest day."""
    return connection.execute(
        "SELECT s.host, s.name, s.status, count(c.id) AS copies, coalesce(sum(c.kept), 0) AS articles,"
        " max(c.published_day) AS newest_day, max(c.fetched_at) AS last_read_at,"
        " (SELECT count(*) FROM rejections x WHERE x.source = s.host) AS rejections"
        " FROM sources s LEFT JOIN copies c ON c.source = s.host GROUP BY s.host ORDER BY s.host"
    ).fetchall()


def source_runs(connection: sqlite3.Connection, limit: int) -> list[sqlite3.Row]:
    """What the last `limit` runs of each source did there, the newest first."""
    return connection.execute(
        "SELECT s.run_id, s.source AS host, r.started_at, s.fetched, s.articles, s.unchanged, s.failed,"
        " s.refused, s.last_error, r.outcome = 'stopped' AS stopped, coalesce(y.new, 0) AS new,"
        " coalesce(y.undated, 0) AS undated, coalesce(y.rejected, 0) AS rejected,"
        " coalesce(y.gone, 0) AS gone, coalesce(y.found, 0) AS found"
        " FROM (SELECT *, row_number() OVER (PARTITION BY source ORDER BY run_id DESC) AS place"
        " FROM run_sources) s JOIN runs r ON r.id = s.run_id"
        " LEFT JOIN run_yields y ON y.run_id = s.run_id AND y.source = s.source WHERE s.place <= ?"
        " ORDER BY s.run_id DESC, s.source",
        (limit,),
    ).fetchall()


def _one(connection: sqlite3.Connection, sql: str, *values: object) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(sql, values).fetchone()
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


@dataclass(frozen=True, slots=True)
class RejectionRow:
    """A URL that did not become a copy."""

    url: str
    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source's totals."""

    host: str
    name: str
    articles: int
    """Articles whose kept copy is this source's."""
    joined: int
    """Its copies of articles whose text another source, or another of its pages, shows."""
    stripped: int
    """Pieces of text that were taken out of its pages."""
    rejections: int


def read_copies(connection: sqlite3.Connection) -> list[CopyRow]:
    """Every copy, by URL."""
    rows = connection.execute(
        "SELECT c.url, c.article_id, c.title, t.text, c.published_day, c.credited_source, c.language"
        " FROM copies c JOIN texts t ON t.id = c.text_id ORDER BY c.url"
    )
    return [CopyRow(*row) for row in rows]


def read_rejections(connection: sqlite3.Connection) -> list[RejectionRow]:
    """Every rejection, by URL."""
    return [
        RejectionRow(*row)
        for row in connection.execute("SELECT url, stage, reason FROM rejections ORDER BY url")
    ]


def read_sources(connection: sqlite3.Connection) -> list[SourceRow]:
    """Every source's totals, by host."""
    rows = connection.execute(
        "SELECT s.host, s.name,"
        " (SELECT count(*) FROM copies c WHERE c.source = s.host AND c.kept = 1),"
        " (SELECT count(*) FROM copies c WHERE c.source = s.host AND c.kept = 0),"
        " (SELECT count(*) FROM stripped p WHERE p.source = s.host),"
        " (SELECT count(*) FROM rejections r WHERE r.source = s.host)"
        " FROM sources s ORDER BY s.host"
    )
    return [SourceRow(*row) for row in rows]
