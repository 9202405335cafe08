"""How fast search is, and whether it is exactly right: every answer is compared with a scan.

    python -m benchmarks.search ARCHIVE [--no-scan]

Asks an archive (`python -m benchmarks.million` fills one of any size) 200 queries of 1 to 10 characters that are cut
out of its texts, most of them common words, some rare, a few that occur nowhere, and as many of the query language
(OR, NOT, NEAR, in the title, folded) made of such words. For each query the ids of all matches are compared with
those of a scan of all that is indexed. Prints the median and 95th percentile of the first page of hits, and the time
of the facets.
"""

from __future__ import annotations

import random
import statistics
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import options
from benchmarks.search_scan import says
from pipelines.archive.file import read_only
from pipelines.archive.read.selection import FACETS, Selection, count_selected, facet, select_ids
from pipelines.archive.searched import indexed, others_of
from pipelines.query import And, Not, parse, sought
from pipelines.search import search
from pipelines.spelling import tokens

if TYPE_CHECKING:
    import sqlite3

    from pipelines.query import Node

QUERIES = 200


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--no-scan", action="store_true", help="leave out the comparison with a scan")
    chosen = parser.parse_args()
    with closing(read_only(chosen.archive)) as connection:
        [count] = connection.execute("SELECT count(*) FROM articles").fetchone()
        queries = cut_queries(connection)
        for asked, what in ((queries, "pieces of text"), (composed(queries), "the query language")):
            tell(connection, asked, count, what)
            if not chosen.no_scan:
                compare(connection, asked)
        facets(connection)


def tell(connection: sqlite3.Connection, queries: list[str], count: int, what: str) -> None:
    timings, pages, cores = ask(connection, queries)
    print(
        f"{count:,} articles, {what}: first 20 hits, newest first: median {1000 * statistics.median(timings):.1f} ms,"
        f" 95th percentile {1000 * p95(timings):.1f} ms; of a core: {1000 * statistics.median(cores):.1f} ms,"
        f" {1000 * p95(cores):.1f} ms; all matches counted too: median {1000 * statistics.median(pages):.1f} ms,"
        f" 95th percentile {1000 * p95(pages):.1f} ms"
    )


def cut_queries(connection: sqlite3.Connection) -> list[str]:
    draw = random.Random(5)
    found = []
    [highest] = connection.execute("SELECT max(id) FROM articles").fetchone()
    for number in range(QUERIES):
        [text] = connection.execute(
            "SELECT text FROM articles WHERE id <= ? ORDER BY id DESC LIMIT 1", (draw.randint(1, highest),)
        ).fetchone()
        said = tokens(text)
        length = number % 10 + 1
        start = draw.randrange(len(said) - length)
        piece = said[start : start + length]
        if number % 40 == 39:
            piece = piece[::-1]
        found.append('"' + " ".join(piece).replace('"', "") + '"')
    return found


SHAPES = (
    "{} {}",
    "{} OR {}",
    "{} NOT {}",
    "NEAR({} {})",
    "title:{} {}",
    "({} OR {}) {}",
    "{} OR ({} NOT {})",
)


def composed(pieces: list[str]) -> list[str]:
    draw = random.Random(6)
    return [SHAPES[n % len(SHAPES)].format(*draw.sample(pieces, 3)) for n in range(QUERIES)]


def ask(connection: sqlite3.Connection, queries: list[str]) -> tuple[list[float], list[float], list[float]]:
    """Seconds a query: to the first hits, with all matches counted, and a core's to the first hits."""
    timings, pages, cores = [], [], []
    for query in queries:
        begun, used = time.perf_counter(), time.process_time()
        search(connection, query, limit=20)
        timings.append(time.perf_counter() - begun)
        cores.append(time.process_time() - used)
        count_selected(connection, Selection(query=query))
        pages.append(time.perf_counter() - begun)
    return timings, pages, cores


def compare(connection: sqlite3.Connection, queries: list[str]) -> None:
    """Every query against a scan of the tokens, those of other copies too."""
    begun = time.perf_counter()
    expected: dict[str, set[int]] = {query: set() for query in queries}
    trees = [(query, parse(query).tree) for query in queries]
    for number, title, text in connection.execute("SELECT id, title, text FROM articles"):
        flat = indexed(title, text, others_of(connection, number))
        said = [column.split(" ") for column in flat]
        for query, tree in trees:
            if tree and _may(flat, tree) and says(said[::2], said[1::2], tree):
                expected[query].add(number)
    scanned = (time.perf_counter() - begun) / len(queries)
    wrong = [
        query for query in queries if set(select_ids(connection, Selection(query=query))) != expected[query]
    ]
    matches = sorted(len(found) for found in expected.values())
    print(
        f"  {len(queries) - len(wrong)} of {len(queries)} queries equal a scan (matches: median {matches[len(matches) // 2]:,},"
        f" most {matches[-1]:,}, none {matches.count(0)}); a scan costs {1000 * scanned:.0f} ms a query"
    )
    if wrong:
        raise SystemExit(f"wrong: {wrong[:5]}")


def _may(flat: tuple[str, ...], tree: Node) -> bool:
    """Whether a needle stands there at all, or none needs to: a glance that spares most of the scan."""
    if isinstance(tree, And):
        return all(_may(flat, part) for part in tree.parts)
    if isinstance(tree, Not):
        return True
    return any(" ".join(needle.tokens) in one for needle in sought(tree) for one in flat)


def facets(connection: sqlite3.Connection) -> None:
    [host] = connection.execute("SELECT host FROM sources ORDER BY host LIMIT 1").fetchone()
    for selection, what in ((Selection(), "all articles"), (Selection(sources=(host,)), "one source")):
        used = time.process_time()
        for name in FACETS:
            facet(connection, selection, name)
        print(f"  all facets of the list of {what}: {time.process_time() - used:.2f} s of a core")


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    main()
