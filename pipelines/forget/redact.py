"""Passages of pages that stay: counted, or taken out of all that both files have of these pages.

In: blocks of passages and the files. Out: how many values and raw pages hold one; or the same files with a
mark in its place. The catalogue says which columns hold words of a page. What follows from texts (joins,
copies, the index) is drawn again by whoever called.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from pipelines import catalogue
from pipelines.archive.kept_out.blocks import Matcher
from pipelines.archive.kept_out.redacted import Redaction, is_of_passages, redaction_of
from pipelines.archive.write.facts import Changes, change_text, forget_lessons
from pipelines.archive.write.furniture import Furniture
from pipelines.records import Page
from pipelines.store import CrawlStore

_TEXTS = (
    "id IN (SELECT text_id FROM readings WHERE id = ?1"
    " UNION SELECT text_id FROM versions WHERE reading_id = ?1)"
)
_NOTED = (  # what somebody noted of its article
    "article_id IN (SELECT put_as FROM sets WHERE article_id IN (SELECT article_id FROM copies"
    " WHERE reading_id = ?1 UNION SELECT article_id FROM withheld WHERE reading_id = ?1))"
)
_FILES = "SELECT url FROM attachments WHERE reading_id = ?1"
_ADDRESSES = (
    "(SELECT page_url FROM readings WHERE id = ?1 UNION SELECT url_answered FROM readings WHERE id = ?1"
    f" UNION SELECT url FROM copies WHERE reading_id = ?1 UNION {_FILES})"
)


def redactions(connection: sqlite3.Connection, matcher: Matcher) -> Iterator[tuple[int, Redaction]]:
    """The readings of which passages stay out, each with what takes them out."""
    if not is_of_passages(matcher):
        return
    rows = connection.execute(
        "SELECT r.id, page_url, url_answered, c.url FROM readings r LEFT JOIN copies c ON c.reading_id = r.id"
    ).fetchall()
    for reading_id, *addresses in rows:
        if redaction := redaction_of(matcher, *addresses):
            yield reading_id, redaction


def values_held(connection: sqlite3.Connection, reading_id: int, redaction: Redaction) -> int:
    """How many values of a page's rows hold a passage."""
    _teach(connection, redaction)
    return sum(
        connection.execute(
            f"SELECT count(*) FROM {table} WHERE ({where}) AND {column} <> {redacted}", (reading_id,)
        ).fetchone()[0]
        for table, column, where, redacted in _places()
    )


def rewrite_values(
    connection: sqlite3.Connection, reading_id: int, redaction: Redaction, changes: Changes
) -> int:
    """Takes the passages out of a page's rows; returns how many values it changed."""
    texts = connection.execute(f"SELECT id, text FROM texts WHERE {_TEXTS}", (reading_id,)).fetchall()
    changed = 0
    for text_id, text in texts:
        if (redacted := redaction.text(text)) != text:
            change_text(connection, reading_id, text_id, redacted, changes)
            changed += 1
    _teach(connection, redaction)
    for table, column, where, redacted in _places():
        if table != "texts":
            change = f"UPDATE {table} SET {column} = {redacted} WHERE ({where}) AND {column} <> {redacted}"
            changed += connection.execute(change, (reading_id,)).rowcount
    changes.files.update(url for (url,) in connection.execute(_FILES, (reading_id,)))
    _forget_digests(connection, reading_id)
    return changed


def _forget_digests(connection: sqlite3.Connection, reading_id: int) -> None:
    """Nothing stays that confirms a guess at how the page was: of all it said, of its lines or its title."""
    [source] = connection.execute("SELECT source FROM readings WHERE id = ?", (reading_id,)).fetchone()
    Furniture(connection).remove(reading_id, source)
    forget_lessons(connection, source)
    connection.execute("UPDATE readings SET digest = zeroblob(32) WHERE id = ?", (reading_id,))


def _teach(connection: sqlite3.Connection, redaction: Redaction) -> None:
    connection.create_function("redacted", 1, lambda said: said and redaction.text(said))
    connection.create_function("redacted_piece", 1, lambda said: said and redaction.text(said, is_cut=True))


def _places() -> Iterator[tuple[str, str, str, str]]:
    """Table, column, condition with the reading's number, and the column redacted: texts first."""
    yield "texts", "text", _TEXTS, "redacted(text)"
    for column in catalogue.archive()["set_articles"].sentences:
        yield "set_articles", column, _NOTED, f"redacted({column})"
    for name, table in catalogue.archive().items():
        if table.forgets == "reading":
            where = "id = ?1" if name == "readings" else "reading_id = ?1"
            columns = table.words
        elif table.forgets == "address" and table.addresses:
            where = " OR ".join(f"{address} IN {_ADDRESSES}" for address in table.addresses)
            columns = (*table.words, *table.sentences)
        else:
            continue
        for column in columns:
            is_whole = name == "attachment_texts"
            yield name, column, where, f"redacted{'' if is_whole else '_piece'}({column})"


def pages_held(store: CrawlStore, matcher: Matcher) -> int:
    """How many raw pages and announced titles hold a passage."""
    if not is_of_passages(matcher):
        return 0
    return sum(1 for _ in _changed(store, matcher)) + len(_announced(store, matcher))


def rewrite_pages(store: CrawlStore, matcher: Matcher) -> dict[str, int]:
    """Takes the passages out of raw pages, those of lists that name the page too; a file goes whole."""
    if not is_of_passages(matcher):
        return {}
    counts = {"raw pages": 0, "files": 0}
    for page_id, page in _changed(store, matcher):
        if page is None:
            store.pages.drop([page_id])
        else:
            store.pages.rewrite(page)
        counts["files" if page is None else "raw pages"] += 1
    titles = _announced(store, matcher)
    with store.writing() as connection:
        connection.executemany("UPDATE announcements SET title = ? WHERE url = ? AND via = ?", titles)
    return counts | {"announced by feeds and sitemaps": len(titles)}


def _changed(store: CrawlStore, matcher: Matcher) -> Iterator[tuple[int, Page | None]]:
    """Raw pages that hold a passage, and what stays of each."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT page_id, source, url, url_answered, url_asked, article FROM pages"
        ).fetchall()
    named: dict[str, dict[str, Redaction]] = {}
    for page_id, source, url, answered, asked, _ in rows:
        if redaction := redaction_of(matcher, url, answered, asked):
            named.setdefault(source, {})[url.partition("://")[2].partition("/")[2]] = redaction
            [page] = store.pages.stored([page_id])
            if (redacted := redaction.page(page)) is not page:
                yield page_id, redacted
    for page_id, source, _, _, _, is_article in rows:
        if source in named and not is_article:
            yield from _of_list(store, page_id, named[source])


def _of_list(
    store: CrawlStore, page_id: int, named: dict[str, Redaction]
) -> Iterator[tuple[int, Page | None]]:
    """A list or feed that leads to pages of which passages stay out."""
    for page in store.pages.stored([page_id]):
        redacted: Page | None = page
        for path, redaction in named.items():
            if redacted and not page.is_file and path.encode() in page.body:
                redacted = redaction.page(redacted)
        if redacted is not page:
            yield page_id, redacted


def _announced(store: CrawlStore, matcher: Matcher) -> list[tuple[str, str, str]]:
    """Titles that feeds gave to such pages without the passages, with their addresses and ways."""
    if not is_of_passages(matcher):
        return []
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT title, url, via FROM announcements WHERE title IS NOT NULL"
        ).fetchall()
    found = ((title, url, via, redaction_of(matcher, url)) for title, url, via in rows)
    told = ((r.text(title) if r else title, url, via, title) for title, url, via, r in found)
    return [(redacted, url, via) for redacted, url, via, title in told if redacted != title]
