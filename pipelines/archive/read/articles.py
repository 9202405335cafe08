"""What readers ask of one article: its rows and its copies', all in SQL, and nothing judged.

In: a read-only connection with `sqlite3.Row` rows (`pipelines.archive.file.read_only`). Out: rows; nothing is
written.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

_NODES_OF_ARTICLE = "SELECT t.node_id FROM copies c JOIN texts t ON t.id = c.text_id WHERE c.article_id = ?1"


def article(connection: sqlite3.Connection, article_id: int) -> sqlite3.Row | None:
    """One row of `articles`."""
    return _one(connection, "SELECT * FROM articles WHERE id = ?", article_id)


def beginnings(connection: sqlite3.Connection, ids: str, characters: int) -> list[str]:
    """Titles and beginnings of texts of articles, their numbers given as JSON."""
    sql = (
        "SELECT title || char(10) || substr(text, 1, ?) FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?))"
    )
    return [row[0] for row in connection.execute(sql, (characters, ids))]


def names_said(connection: sqlite3.Connection, ids: str) -> list[tuple[str, int]]:
    """The parks and companies that these articles name, and how many do."""
    return connection.execute(
        "SELECT entity, count(DISTINCT k.article_id) FROM copies k JOIN mentions USING (text_id)"
        " WHERE k.kept = 1 AND mentions.kind IN ('park', 'company') AND entity <> ''"
        " AND k.article_id IN (SELECT value FROM json_each(?)) GROUP BY 1",
        (ids,),
    ).fetchall()


def other_words(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """What the other copies say besides: url, source_name, kind, title, text (pieces parted by a sign)."""
    return connection.execute(
        "SELECT o.url, s.name AS source_name, o.kind, o.title, o.text FROM other_words o"
        " JOIN copies c ON c.url = o.url JOIN sources s ON s.host = c.source"
        " WHERE o.article_id = ? ORDER BY o.position",
        (article_id,),
    ).fetchall()


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
        "SELECT c.article_id FROM readings r JOIN readings b ON b.source = r.source AND r.claimed_url"
        " IN (b.page_url, b.claimed_url) JOIN copies c ON c.reading_id = b.id WHERE r.page_url = ?1",
        "SELECT c.article_id FROM readings r JOIN copies c ON c.reading_id = r.id"
        " WHERE r.url_answered = ?1 LIMIT 1",
        "SELECT c.article_id FROM claims k JOIN copies c ON c.reading_id = k.reading_id"
        " WHERE k.url = ?1 AND k.kind = 'redirect' LIMIT 1",
    ):
        row = _one(connection, sql, url)
        if row:
            return int(row[0])
    return None


def copies(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """An article's copies with their texts and readings, the kept one first, then by similarity."""
    return connection.execute(
        "SELECT c.*, t.text, t.node_id, n.cluster_id, gone.at AS gone_at,"
        " coalesce(way.way, 'whole') AS read_by, r.*"  # of equal names, the copy's
        " FROM copies c JOIN texts t ON t.id = c.text_id JOIN readings r ON r.id = c.reading_id"
        " JOIN nodes n ON n.node_id = t.node_id LEFT JOIN gone ON gone.page_url = r.page_url"
        " LEFT JOIN template_pages way ON way.page_url = r.page_url"
        " WHERE c.article_id = ? ORDER BY c.kept DESC, c.similarity DESC, c.url",
        (article_id,),
    ).fetchall()


def variants(connection: sqlite3.Connection, copy_url: str, source: str) -> list[str]:
    """The other addresses of a copy: pages that name one address as their own, and what leads on to it.

    A page whose claim was not believed has a copy of its own, and is no variant.
    """
    rows = connection.execute(
        "SELECT r.page_url FROM readings r LEFT JOIN copies c ON c.reading_id = r.id"
        " WHERE r.claimed_url IN (?1, (SELECT claimed_url FROM readings WHERE page_url = ?1))"
        " AND r.source = ?2 AND r.page_url <> ?1 AND coalesce(c.url, ?1) = ?1"
        " UNION SELECT k.url FROM claims k JOIN copies c ON c.reading_id = k.reading_id"
        " WHERE c.url = ?1 AND k.kind = 'redirect' ORDER BY 1",
        (copy_url, source),
    )
    return [row[0] for row in rows]


_OF_READING = {
    "attachments": "SELECT url, name, type, bytes, (SELECT length(text) FROM attachment_texts t JOIN readings"
    " ON readings.id = reading_id WHERE t.url = attachments.url AND t.source = readings.source)"
    " FROM attachments WHERE reading_id = ? ORDER BY position",
    "claims": "SELECT kind, url FROM claims WHERE reading_id = ? ORDER BY kind, url",
    "missed": "SELECT key, why FROM missed WHERE reading_id = ? ORDER BY key",
    # Of a field that a person set, himself.
    "origins": "SELECT o.field, iif(c.id, 'correction', origin) AS origin,"
    " iif(c.id, '', evidence) AS evidence FROM origins o"
    " JOIN readings r ON r.id = reading_id LEFT JOIN corrections c"
    " ON c.page_url = r.page_url AND c.field = o.field AND c.withdrawn_at IS NULL"
    " WHERE reading_id = ? ORDER BY o.field",
    "rights": "SELECT kind, holder, contact, evidence, value, origin FROM rights"
    " WHERE reading_id = ? ORDER BY position",
    # No line with an author who was corrected.
    "stripped": "SELECT kind, rule, text FROM stripped_pieces s JOIN readings r ON r.id = reading_id"
    " WHERE reading_id = ? AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.page_url = r.page_url"
    " AND c.field = 'author' AND c.withdrawn_at IS NULL AND instr(s.text, r.author) > 0)"
    " ORDER BY position",
    "versions": "SELECT v.fetched_at, v.title, t.text FROM versions v JOIN texts t ON t.id = v.text_id"
    " WHERE v.reading_id = ? ORDER BY v.fetched_at, v.page_id",
}
_OF_ARTICLE = {
    "accepted_pairs": f"WITH own AS ({_NODES_OF_ARTICLE}) SELECT p.* FROM pairs p"  # our constant
    " WHERE p.verdict = 'same' AND p.node_a IN own AND p.node_b IN own"
    " ORDER BY p.similarity DESC, p.node_a, p.node_b",
    "decisions": "SELECT DISTINCT d.id, d.kind, d.url, d.other_url, d.reason, d.at FROM copies c"
    " JOIN decisions d ON c.url IN (d.url, d.other_url)"
    " WHERE c.article_id = ? AND d.withdrawn_at IS NULL ORDER BY d.id",
    "differences": "SELECT c.url, d.kind, d.place, d.kept_value, d.copy_value FROM differences d"
    " JOIN copies c ON c.id = d.copy_id WHERE d.article_id = ? ORDER BY c.url, d.position",
    # Their present texts are the copies' own.
    "earlier_versions": "SELECT c.url, v.fetched_at, v.title, t.text FROM copies c"
    " JOIN versions v ON v.reading_id = c.reading_id JOIN texts t ON t.id = v.text_id"
    " WHERE c.article_id = ? AND (v.text_id <> c.text_id OR v.title <> c.title)"
    " ORDER BY v.fetched_at DESC, c.url",
    "evidence": "SELECT c.url, e.claim, e.value, e.believed, e.reason FROM copies c"
    " JOIN first_publisher_evidence e ON e.copy_id = c.id WHERE c.article_id = ?"
    " ORDER BY c.kept DESC, c.url, e.claim",
    # Copies of other articles that hold this one too.
    "held_by": "SELECT c.url, a.id, a.title, s.similarity, s.contained FROM secondary_copies s"
    " JOIN copies c ON c.id = s.copy_id JOIN articles a ON a.id = c.article_id"
    " WHERE s.article_id = ? ORDER BY s.contained DESC, c.url",
    # Other articles that copies of this one hold too.
    "holds": "SELECT c.url, a.id, a.title, s.similarity, s.contained FROM copies c"
    " JOIN secondary_copies s ON s.copy_id = c.id JOIN articles a ON a.id = s.article_id"
    " WHERE c.article_id = ? ORDER BY c.url, a.id",
    # Copies that left this article: whose they are now. Of moves there are few, of copies all that there is.
    "moved_away": "SELECT m.url, m.from_article, c.article_id, m.reason, max(m.at) FROM moves m"
    " CROSS JOIN copies c ON c.url = m.url WHERE m.from_article = ?1 AND c.article_id <> ?1"
    " GROUP BY m.url ORDER BY max(m.at), m.url",
    "moves": "SELECT m.url, m.from_article, m.to_article, m.reason, m.at FROM copies c"
    " JOIN moves m ON m.url = c.url WHERE c.article_id = ? ORDER BY m.at, m.url, m.rowid",
}
"""Lists of an article or of a page's reading, by the names that pipelines/show.py has for them."""


def of_reading(connection: sqlite3.Connection, what: str, reading_id: int) -> list[sqlite3.Row]:
    """What a page's reading has of one kind, in page order where there is one."""
    return connection.execute(_OF_READING[what], (reading_id,)).fetchall()


def of_article(connection: sqlite3.Connection, what: str, article_id: int) -> list[sqlite3.Row]:
    """What an article has of one kind, of all its copies."""
    return connection.execute(_OF_ARTICLE[what], (article_id,)).fetchall()


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


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a text names."""

    name: str
    written: str
    """One of the ways in which the text has it."""
    code: str | None
    """GB/T 2260, of a region or of the region in the name."""
    times: int


def names_in(connection: sqlite3.Connection, article_id: int) -> dict[str, list[Named]]:
    """What an article's text names: kind → names, each under its one name, the most named first."""
    rows = connection.execute(
        "SELECT m.kind, coalesce(m.entity, m.name) AS named, min(m.name), m.code, count(*)"
        " FROM copies k JOIN mentions m ON m.text_id = k.text_id"
        " WHERE k.article_id = ? AND k.kept = 1"
        " GROUP BY m.kind, named, CASE m.kind WHEN 'region' THEN m.code END ORDER BY 5 DESC, min(m.start)",
        (article_id,),
    )
    found: dict[str, list[Named]] = {}
    for kind, named, written, code, times in rows:
        found.setdefault(kind, []).append(Named(named, written, code, times))
    return found


def _one(connection: sqlite3.Connection, sql: str, *values: object) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(sql, values).fetchone()
    return row
