"""An archive of made-up articles for the search benchmark: facts and conclusions written directly, without the join."""

from __future__ import annotations

import hashlib
import random
import time
from contextlib import closing
from typing import TYPE_CHECKING

from benchmarks.pages import Vocabulary
from pipelines.archive.file import open_for_writing
from pipelines.places import division_names
from pipelines.spelling import spell

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


SOURCES = 60
REGIONS = division_names()


def build(path: Path, count: int) -> None:
    started = time.perf_counter()
    indexing = 0.0
    characters = stored = 0
    with closing(open_for_writing(path)) as database:
        connection = database.conn
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO sources (host, name) VALUES (?, ?)",
            [(f"s{n}.example", f"来源{n}") for n in range(SOURCES)],
        )
        for number, title, text in stories(count):
            write(connection, number, title, text)
            begun = time.perf_counter()
            connection.execute(
                "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)",
                (number, spell(title), spell(text)),
            )
            indexing += time.perf_counter() - begun
            characters += len(title) + len(text)
            stored += len(title.encode()) + len(text.encode())
        begun = time.perf_counter()
        connection.execute("COMMIT")
        indexing += time.perf_counter() - begun
        (size,) = connection.execute("SELECT sum(length(block)) FROM articles_fts_data").fetchone()
    print(
        f"{count:,} articles, {characters / count:,.0f} characters each, {path.stat().st_size / 1e6:,.0f} MB;"
        f" built in {time.perf_counter() - started:.0f} s, {indexing:.0f} s of them the index"
        f" ({1e6 * indexing / count:.0f} µs an article); index {size / 1e6:,.0f} MB, {size / stored:.2f} times the text"
    )


def stories(count: int) -> Iterator[tuple[int, str, str]]:
    vocabulary = Vocabulary(11)
    for number in range(1, count + 1):
        yield number, vocabulary.title(), "\n".join(vocabulary.paragraphs()[:6])


def write(connection: sqlite3.Connection, number: int, title: str, text: str) -> None:
    draw = random.Random(number)
    day = None if draw.random() < 0.03 else f"{2021 + number % 5}-{1 + number % 12:02}-{1 + number % 28:02}"
    at = "2026-01-01T00:00:00Z"
    connection.execute(
        "INSERT INTO texts (id, sha256, node_id, text) VALUES (?, ?, ?, ?)",
        (number, hashlib.sha256(text.encode()).digest(), number, text),
    )
    connection.executemany(
        'INSERT OR IGNORE INTO mentions (text_id, kind, start, "end", name, code) VALUES (?, ?, ?, ?, ?, ?)',
        list(mentions(number, draw)),
    )
    copies = 1 + (draw.random() < 0.3) + (draw.random() < 0.1)
    hosts = draw.sample(range(SOURCES), copies)
    connection.execute(
        "INSERT INTO articles (id, title, text, published, published_day, language, source, source_name, url,"
        " credited_source, first_seen, copies) VALUES (?, ?, ?, ?, ?, 'zh-Hans', ?, ?, ?, ?, ?, ?)",
        (
            number,
            title,
            text,
            day,
            day,
            f"s{hosts[0]}.example",
            f"来源{hosts[0]}",
            f"https://s{hosts[0]}.example/{number}",
            f"来源{hosts[0]}" if draw.random() < 0.6 else None,
            at,
            copies,
        ),
    )
    for place, host in enumerate(hosts):
        url, row = f"https://s{host}.example/{number}", number * 10 + place
        connection.execute(
            "INSERT INTO readings (id, page_url, url_answered, source, page_id, status, fetched_at, first_fetched_at,"
            " encoding, digest, text_id, title, language, published_day) VALUES (?, ?, ?, ?, ?, 200, ?, ?, 'utf-8', x'00', ?, ?, 'zh-Hans', ?)",
            (row, url, url, f"s{host}.example", row, at, at, number, title, day),
        )
        connection.execute(
            "INSERT INTO copies (id, article_id, reading_id, text_id, url, source, title, published, published_day, language,"
            " fetched_at, similarity, kept, credited_source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'zh-Hans', ?, 1, ?, ?)",
            (
                row,
                number,
                row,
                number,
                url,
                f"s{host}.example",
                title,
                day,
                day,
                at,
                place == 0,
                f"来源{hosts[0]}" if place else None,
            ),
        )
        if place:
            connection.execute(
                "INSERT INTO stripped_pieces VALUES (?, 0, 'contact', 'phone', '电话 0512-0000000')", (row,)
            )


def mentions(number: int, draw: random.Random) -> Iterator[tuple[int, str, int, int, str, str]]:
    """Eight regions, two parks and three companies a text: somewhat more than news about parks names."""
    regions = sorted(REGIONS)
    for place in range(13):
        kind = "region" if place < 8 else "park" if place < 10 else "company"
        code = regions[int(len(regions) * draw.random() ** 2)]
        name = REGIONS[code] if kind == "region" else f"{REGIONS[code]}第{draw.randrange(3)}工业园区"
        yield number, kind, place * 20, place * 20 + len(name), name, code
