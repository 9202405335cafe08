"""How long a search takes and how large its index is, beside a scan with LIKE over the same articles.

    python -m benchmarks.search [ARTICLES]

Articles are made of sentences of the demo's stories; each query is timed five times, the median counts.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.demo.definition import load
from pipelines.archive.connect import open_for_writing, read_only
from pipelines.search import search
from pipelines.spelling import spell

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

QUERIES = ("园", "园区", "集成电路", "骑手驿站", "两座写字楼的楼顶", "不存在的词")
"""From a character in most articles to words in one of two hundred, and one in none. (On words that are
everywhere LIKE is quick too: it stops at the twentieth article.)"""
REPEATS = 5
SEED = 20260301


def main() -> None:
    """Prints the index's size and a line a query."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        fill(path, articles)
        connection = read_only(path)
        print(f"{articles} articles; index {index_ratio(connection):.2f} times the text's bytes")
        for query in QUERIES:
            index_s = median_s(lambda query=query: search(connection, query))
            scan_s = median_s(lambda query=query: scan(connection, query))
            print(
                f"{query}: {1000 * index_s:.1f} ms, LIKE {1000 * scan_s:.1f} ms: {scan_s / index_s:.1f} times"
            )


def fill(path: Path, articles: int) -> None:
    """An archive of articles with one copy each."""
    chosen = random.Random(SEED)
    stories = list(load().stories.values())
    sentences = [line for story in stories for line in story.lines]
    database = open_for_writing(path)
    database.conn.execute("PRAGMA foreign_keys = OFF")  # searching looks at no page and no text below
    with database.atomic():
        database.conn.execute("INSERT INTO sources (host, name) VALUES ('a.example', '')")
        for number in range(1, articles + 1):
            title = chosen.choice(stories).title
            put(database.conn, number, title, "\n".join(chosen.sample(sentences, 6)))
    database.close()


def put(connection: sqlite3.Connection, number: int, title: str, text: str) -> None:
    """One article, its copy and its row of the index, without the facts below them."""
    day = f"20{number % 25:02}-01-01"
    connection.execute(
        "INSERT INTO articles (id, title, text, language, source, source_name, url, first_seen, copies,"
        " published_day) VALUES (?, ?, ?, 'zh', 'a.example', '', ?, '', 1, ?)",
        (number, title, text, f"https://a.example/{number}", day),
    )
    connection.execute(
        "INSERT INTO copies (article_id, reading_id, text_id, url, source, title, language, fetched_at,"
        " similarity, kept, published_day) VALUES (?1, ?1, ?1, ?1, 'a.example', '', 'zh', '', 1, 1, ?2)",
        (number, day),
    )
    connection.execute(
        "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", (number, spell(title), spell(text))
    )


def index_ratio(connection: sqlite3.Connection) -> float:
    """Bytes of the index's pages to bytes of the text."""
    sql = (
        "SELECT (SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'articles_fts%') * 1.0"
        " / (SELECT sum(length(CAST(title || text AS BLOB))) FROM articles)"
    )
    return float(connection.execute(sql).fetchone()[0])


def scan(connection: sqlite3.Connection, query: str) -> None:
    """The same articles by LIKE: what one would do without an index."""
    words = query.split()
    where = " AND ".join("(title LIKE ? OR text LIKE ?)" for _ in words)
    values = [f"%{word}%" for word in words for _ in range(2)]
    connection.execute(
        f"SELECT * FROM articles WHERE {where} ORDER BY published_day DESC LIMIT 20", values
    ).fetchall()


def median_s(run: Callable[[], object]) -> float:
    """The median time of a few runs."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
