"""Numbers of articles that last: which one each group of copies keeps, where the others lead, and their rows.

In: copies with the article that each had and the group that it belongs to now. Out: a number a group, rows of
`moves` and `forwards` that say why, and rows of `articles` with their entries in the search index, or gone. A
number stands for a piece of news, not for an address: it stays with the copies that say what they said, a
person's split takes a copy out from under it, and what was joined and is parted again has the number that it
had.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pipelines.archive.searched import take_out
from pipelines.join import judge
from pipelines.join.features import Features
from pipelines.join.verdict import SAME
from pipelines.normalise import normalise
from pipelines.sign import LONGEST
from pipelines.standing import Copy

JOINED, SPLIT, TURNED = "joined", "split", "its page says something else now"
"""Reasons of moves that no person ordered."""


@dataclass(frozen=True, slots=True)
class Member:
    """A row of `copies`, and where it belongs."""

    copy: Copy
    source_name: str
    article_id: int | None
    """The article that it had."""
    cluster: int
    headline: str = ""
    """The title of its page."""
    group: str = ""
    """Which article it belongs to: its cluster's or its part's, unless a person split or joined it."""
    is_split: bool = False
    """Whether a person took it out of its cluster."""

    @property
    def url(self) -> str:
        return self.copy.url

    @property
    def age(self) -> tuple[str, str]:
        """The oldest sorts first."""
        return self.copy.first_seen, self.copy.url


@dataclass(frozen=True, slots=True)
class Moved:
    """A copy that came to another article than it had."""

    url: str
    from_article: int
    to_article: int
    reason: str


def turned_to_other_news(
    connection: sqlite3.Connection, everyone: Sequence[Member], former_texts: Mapping[str, int]
) -> set[str]:
    """Copies whose page was rewritten into other news; looked at only where a number is contested."""
    numbers, groups = _numbers_of(everyone), _groups_of(everyone)
    return {
        copy.url
        for copy in everyone
        if copy.url in former_texts
        and (len(numbers[copy.group]) > 1 or len(groups[copy.article_id]) > 1)
        and not _is_same_news(connection, former_texts[copy.url], copy.copy.text_key)
    }


def inherit(
    connection: sqlite3.Connection, everyone: Sequence[Member], turned: Collection[str]
) -> dict[str, int]:
    """Group → the number that it keeps: that of its oldest copy, unless an older one elsewhere has it.

    Where the copies of one number part, each goes back to the number that it had before they met. Copies of a
    page that says something else now, and those that a person split off, come last.
    """
    numbers, groups = _numbers_of(everyone), _groups_of(everyone)
    ids: dict[str, int] = {}
    taken: set[int | None] = {None}
    for copy in sorted(everyone, key=lambda copy: (copy.url in turned, copy.is_split, copy.age)):
        if copy.group in ids:
            continue
        candidates = [copy.article_id]
        if len(groups[copy.article_id]) > 1:
            candidates = [*_former_numbers(connection, copy, groups), copy.article_id]
        elif len(numbers[copy.group]) > 1:
            former = _former_numbers(connection, copy, groups)
            candidates = [*(number for number in former if number in groups), copy.article_id]
        number = next((number for number in candidates if number not in taken), None)
        if number is not None:
            ids[copy.group] = number
            taken.add(number)
    return ids


def moves_of(
    everyone: Sequence[Member], ids: Mapping[str, int], turned: Collection[str], because: str
) -> list[Moved]:
    """The copies that come from another article, the oldest first, and why."""
    stayed = {copy.group for copy in everyone if copy.article_id == ids[copy.group]}
    return [
        Moved(
            copy.url,
            copy.article_id,
            ids[copy.group],
            because or (TURNED if copy.url in turned else JOINED if copy.group in stayed else SPLIT),
        )
        for copy in sorted(everyone, key=lambda copy: copy.age)
        if copy.article_id not in (None, ids[copy.group])
    ]


def note_moves(connection: sqlite3.Connection, moves: Sequence[Moved], at: str) -> None:
    """Writes down which copies came from another article."""
    connection.executemany(
        "INSERT INTO moves (url, from_article, to_article, reason, at) VALUES (?, ?, ?, ?, ?)",
        [(move.url, move.from_article, move.to_article, move.reason, at) for move in moves],
    )


def retire(
    connection: sqlite3.Connection,
    vanished: set[int],
    moves: Sequence[Moved],
    there: Collection[int],
    at: str,
) -> int:
    """Deletes articles without copies, each leaving a row that says where its oldest copy went, and why.

    A number that is `there` again leads nowhere else. Returns how many articles went.
    """
    connection.executemany("DELETE FROM forwards WHERE old_id = ?", [(number,) for number in there])
    went: dict[int, Moved] = {}
    for move in moves:
        went.setdefault(move.from_article, move)
    gone = [
        article_id
        for article_id in sorted(vanished)
        if connection.execute("SELECT 1 FROM copies WHERE article_id = ?", (article_id,)).fetchone() is None
    ]
    for article_id in gone:
        take_out(connection, article_id)
        connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        if article_id in went:
            move = went[article_id]
            connection.execute(
                "UPDATE forwards SET new_id = ? WHERE new_id = ?", (move.to_article, article_id)
            )
            connection.execute(
                "INSERT OR REPLACE INTO forwards VALUES (?, ?, ?, ?)",
                (article_id, move.to_article, move.reason, at),
            )
    return len(gone)


def last_number(path: Path) -> int:
    """The last number that the archive at `path` gave an article; 0 where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'articles'").fetchone()
    except sqlite3.Error:
        return 0
    return 0 if row is None else int(row[0])


def give_numbers_after(path: Path, last: int) -> None:
    """Makes the archive at `path` give no number to an article that was given already."""
    with closing(sqlite3.connect(path)) as connection, connection:
        if connection.execute("SELECT 1 FROM sqlite_sequence WHERE name = 'articles'").fetchone() is None:
            connection.execute("INSERT INTO sqlite_sequence VALUES ('articles', 0)")
        connection.execute(
            "UPDATE sqlite_sequence SET seq = ? WHERE name = 'articles' AND seq < ?", (last, last)
        )


def _numbers_of(everyone: Sequence[Member]) -> dict[str, set[int | None]]:
    numbers: dict[str, set[int | None]] = defaultdict(set)
    for copy in everyone:
        numbers[copy.group].add(copy.article_id)
    return numbers


def _groups_of(everyone: Sequence[Member]) -> dict[int | None, set[str]]:
    groups: dict[int | None, set[str]] = defaultdict(set)
    for copy in everyone:
        groups[copy.article_id].add(copy.group)
    return groups


def _former_numbers(connection: sqlite3.Connection, copy: Member, held: Collection[int | None]) -> list[int]:
    """Under which numbers this copy, saying what it says now, stood before: free ones and those held."""
    moves = connection.execute(
        "SELECT from_article, reason, at, from_article IN (SELECT old_id FROM forwards) FROM moves"
        " WHERE url = ? ORDER BY rowid",
        (copy.url,),
    ).fetchall()
    former = []
    for number, reason, at, is_free in moves:
        texts = _texts_until(connection, copy.url, at)
        before = texts[:-1] if reason == TURNED else texts
        if (is_free or number in held) and before and before[-1] == copy.copy.text_key:
            former.append(int(number))
    return former


def _texts_until(connection: sqlite3.Connection, url: str, at: str) -> list[bytes]:
    """What a copy's page said until then, each text once in a row, the latest last."""
    rows = connection.execute(
        "SELECT texts.sha256 FROM copies JOIN versions ON versions.reading_id = copies.reading_id"
        " JOIN texts ON texts.id = versions.text_id WHERE copies.url = ? AND versions.fetched_at <= ?"
        " ORDER BY versions.fetched_at, versions.page_id",
        (url, at),
    )
    return [text for text, _ in groupby(row[0] for row in rows)]


def _is_same_news(connection: sqlite3.Connection, former_text: int, text_key: bytes) -> bool:
    """Whether a page's present text is a version of its former one; True where that is not there any more."""
    row = connection.execute("SELECT text FROM texts WHERE id = ?", (former_text,)).fetchone()
    now = connection.execute("SELECT text FROM texts WHERE sha256 = ?", (text_key,)).fetchone()
    if row is None:
        return True
    before, after = (Features(place, normalise(text)[:LONGEST]) for place, [text] in enumerate((row, now)))
    return judge(before, after).verdict == SAME


def insert_article(connection: sqlite3.Connection, values: Mapping[str, object]) -> int:
    """Writes a new article; returns its number."""
    cursor = connection.execute(
        f"INSERT INTO articles ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        tuple(values.values()),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def update_article(connection: sqlite3.Connection, article_id: int, values: Mapping[str, object]) -> None:
    """Writes some columns of an article."""
    marks = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE articles SET {marks} WHERE id = ?", (*values.values(), article_id))


def shown_of(connection: sqlite3.Connection, article_id: int) -> tuple[str, str] | None:
    """The title and text that an article shows; None where there is none of this number."""
    row = connection.execute("SELECT title, text FROM articles WHERE id = ?", (article_id,)).fetchone()
    return None if row is None else (row[0], row[1])
