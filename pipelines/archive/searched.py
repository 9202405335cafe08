"""What the search index holds of an article: its title and text, what its other copies and its files say.

In: an article's number, in a transaction that has written its copies. Out: its rows of `articles_fts`
and `other_words`. The index is contentless and must be told what it held; for title and text that is the
article's former row, for the rest `other_words`, which also tells a reader which copy holds the words.
Of other copies only sentences are taken that the kept copy does not have, with a few characters around,
so that the index grows by what differs; what a copy's files say is held whole. Words that a page spells
otherwise to get past filters (蕞大 for 最大) are held a second time, as they are usually spelt: a list in
pipelines/words says which.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipelines.normalise import simplify
from pipelines.spelling import spell, squeeze
from pipelines.words import words

_SENTENCE = re.compile(r"[^。！？!?；\n]*[。！？!?；\n]*")
_CONTEXT = 16
"""Characters around what differs, so that a phrase is found that begins before it."""
_AT_ONCE = 500
"""Articles whose entries are held in memory while an index is filled."""
_TEXTS_MAX = 200
"""Distinct texts of an article that are looked at: of those with more, all that matters has been said."""
_FILES_MAX = 50
"""Files of an article that are searched: as many as one page is taken to have."""
APART = "\uf8ff"
"""Stands between pieces, so that no phrase goes from one to the next. Nobody types it."""


@dataclass(frozen=True, slots=True)
class Other:
    """What one copy, or a file of it, says besides."""

    url: str
    kind: Literal["copy", "spelling", "file"]
    title: str
    """A file's name."""
    text: str


def refresh(connection: sqlite3.Connection, before: Mapping[int, tuple[str, str] | None]) -> None:
    """Brings the entries of articles up to date, once their rows and copies are written.

    Before any other statement that SQLite may have to undo by itself, FTS5 writes what it has in memory: done
    one by one between other rows, each article became a segment of the index, a fifth of all writing.

    Args:
        connection: inside a transaction.
        before: articles with the title and text that each had, None for a new one.
    """
    entries = [(number, shown, *_entry(connection, number)) for number, shown in sorted(before.items())]
    changed = [entry for entry in entries if entry[1] != entry[2] or entry[3] != entry[4]]
    for number, _, _, held, others in changed:
        if held != others:
            _put_others(connection, number, others)
    for number, shown, shows, held, others in changed:
        if shown is not None:
            _put_row(connection, number, indexed(*shown, held), is_deleted=True)
        _put_row(connection, number, indexed(*shows, others))


def _entry(
    connection: sqlite3.Connection, article_id: int
) -> tuple[tuple[str, str], list[Other], list[Other]]:
    """An article's title and text, what its entry holds besides, and what it should hold."""
    title, text = connection.execute(
        "SELECT title, text FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    return (title, text), _held(connection, article_id), list(_others(connection, article_id, title, text))


def refresh_files(connection: sqlite3.Connection, urls: Iterable[str]) -> None:
    """Brings the entries up to date of the articles that link to these files."""
    articles = {
        number: (title, text)
        for url in urls
        for number, title, text in connection.execute(
            "SELECT DISTINCT a.id, a.title, a.text FROM attachments JOIN copies USING (reading_id)"
            " JOIN articles a ON a.id = article_id WHERE attachments.url = ?",
            (url,),
        )
    }
    refresh(connection, articles)


def take_out(connection: sqlite3.Connection, article_id: int) -> None:
    """Takes an article out, before its row goes."""
    row = connection.execute("SELECT title, text FROM articles WHERE id = ?", (article_id,)).fetchone()
    if row is not None:
        _put_row(
            connection, article_id, indexed(row[0], row[1], _held(connection, article_id)), is_deleted=True
        )
        _put_others(connection, article_id, [])


def fill(connection: sqlite3.Connection) -> None:
    """Fills an empty index from all articles."""
    connection.execute("DELETE FROM other_words")
    numbers = [row[0] for row in connection.execute("SELECT id FROM articles ORDER BY id")]
    for start in range(0, len(numbers), _AT_ONCE):
        refresh(connection, dict.fromkeys(numbers[start : start + _AT_ONCE]))


def indexed(title: str, text: str, others: Iterable[Other]) -> tuple[str, str, str, str]:
    """The four columns of an entry."""
    said = list(others)
    titles = f" {APART} ".join(spell(other.title) for other in said if other.title)
    texts = f" {APART} ".join(spell(other.text) for other in said if other.text)
    return spell(title), spell(text), titles, texts


def others_of(connection: sqlite3.Connection, article_id: int) -> list[Other]:
    """What an article's other copies say besides, as it is indexed."""
    return _held(connection, article_id)


def _held(connection: sqlite3.Connection, article_id: int) -> list[Other]:
    rows = connection.execute(
        "SELECT url, kind, title, text FROM other_words WHERE article_id = ? ORDER BY position", (article_id,)
    )
    return [Other(*row) for row in rows]


def _put_row(
    connection: sqlite3.Connection, article_id: int, columns: tuple[str, ...], *, is_deleted: bool = False
) -> None:
    """An entry; one that is deleted must be told as it was."""
    command, mark = ("articles_fts, ", "'delete', ") if is_deleted else ("", "")
    connection.execute(
        f"INSERT INTO articles_fts ({command}rowid, title, text, other_titles, other_text)"
        f" VALUES ({mark}?, ?, ?, ?, ?)",
        (article_id, *columns),
    )


def _put_others(connection: sqlite3.Connection, article_id: int, others: Sequence[Other]) -> None:
    """What an article's other copies say besides, in place of what they said."""
    connection.execute("DELETE FROM other_words WHERE article_id = ?", (article_id,))
    connection.executemany(
        "INSERT INTO other_words (article_id, position, url, kind, title, text) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (article_id, position, other.url, other.kind, other.title, other.text)
            for position, other in enumerate(others)
        ],
    )


def _others(connection: sqlite3.Connection, article_id: int, title: str, text: str) -> Iterator[Other]:
    copies = connection.execute(
        "SELECT copies.url, copies.title, texts.text FROM copies JOIN texts ON texts.id = copies.text_id"
        " WHERE copies.article_id = ? ORDER BY copies.kept DESC, copies.url LIMIT ?",
        (article_id, _TEXTS_MAX),
    )
    titles, sentences = {squeeze(title)}, set[str]()
    spelt = set()
    for url, own_title, own_text in copies:
        other_title = "" if squeeze(own_title) in titles else own_title
        if own_text != text and not sentences:
            sentences = {squeeze(sentence) for sentence in _SENTENCE.findall(text)}
        different = "" if own_text == text else _different(own_text, sentences)
        titles.add(squeeze(own_title))
        if other_title or different:
            yield Other(url, "copy", other_title, different)
        usual = (_as_usual(own_title), _as_usual(own_text))
        if any(usual) and usual not in spelt:
            spelt.add(usual)
            yield Other(url, "spelling", *usual)
    yield from _files(connection, article_id)


def _files(connection: sqlite3.Connection, article_id: int) -> Iterator[Other]:
    """What the copies' files say, each text once."""
    known = set()
    for url, name, text in connection.execute(
        "SELECT copies.url, a.name, t.text FROM copies JOIN attachments a USING (reading_id)"
        " JOIN attachment_texts t ON t.url = a.url AND t.source = copies.source"
        " WHERE copies.article_id = ? ORDER BY copies.kept DESC, copies.url, a.position LIMIT ?",
        (article_id, _FILES_MAX),
    ):
        if text not in known:
            known.add(text)
            yield Other(url, "file", name, text)


def _different(text: str, known: set[str]) -> str:
    """The sentences that are not known yet, with a little around each stretch of them; now they are known."""
    new = []
    at = 0
    for sentence in _SENTENCE.findall(text):
        said = squeeze(sentence)
        if said and said not in known:
            known.add(said)
            new.append((at, at + len(sentence)))
        at += len(sentence)
    return _pieces(text, new)


def _as_usual(text: str) -> str:
    """What of a text is spelt otherwise than usual, as it is usually spelt, with a little around."""
    pattern, usual = _spellings()
    changed = [found for found in pattern.finditer(simplify(text)) if usual[found[0]] != found[0]]
    written, at, places = "", 0, []
    for found in changed:
        written += text[at : found.start()]
        places.append((len(written), len(written) + len(usual[found[0]])))
        written += usual[found[0]]
        at = found.end()
    return _pieces(written + text[at:], places) if changed else ""


def _pieces(text: str, places: list[tuple[int, int]]) -> str:
    """Places of a text with a little around, those that touch as one."""
    found: list[list[int]] = []
    for start, end in places:
        start, end = max(0, start - _CONTEXT), end + _CONTEXT  # noqa: PLW2901  # widened
        if found and start <= found[-1][1]:
            found[-1][1] = end
        else:
            found.append([start, end])
    return APART.join(text[start:end] for start, end in found)


@cache
def _spellings() -> tuple[re.Pattern[str], dict[str, str]]:
    pairs = [line.partition("→")[::2] for line in words("spelling.usual")]
    usual = dict(pairs)
    longest_first = sorted(usual, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), usual
