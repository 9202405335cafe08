"""The join stage as the archive grows: python -m benchmarks.index_scale [--texts 10000 100000 1000000]

Each number is one archive file of its own, filled with generated texts through the product's own sign,
Joiner and SqliteJoinIndex, in batches as the drain writes them. A tenth are copies of earlier texts
(truncated, wrapped or reworded); a tenth of all sentences are stock sentences drawn by Zipf's law, so
that texts share keys and some keys stand in a large part of the archive. Prints, for the whole and for
its last tenth, texts a second (of CPU, and on the wall), CPU per text and its share of what decoding,
extracting and cleaning a page of `benchmarks.pages` cost in the same run; the 99th percentile; how many
copies were found; memory, bytes and the time to open.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import random
import resource
import sys
import tempfile
import time
from array import array
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.pages import Vocabulary, generate
from pipelines.archive.file import open_for_writing
from pipelines.archive.write.join_index import SqliteJoinIndex
from pipelines.clean import clean
from pipelines.decode import decode
from pipelines.extract import extract
from pipelines.join import Joiner
from pipelines.records import Decoded, Extracted, Page, Source
from pipelines.sign import sign

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from pipelines.records import Signed

BATCH = 32
_PAGES = 60
_SAY_EVERY_S = 60
_STOCK, _STOCK_SHARE = 2000, 0.1
_COPIES_SHARE, _REMEMBERED = 0.1, 5000


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where the files go (default: the system's)")
    arguments = parser.parse_args()
    costs = []
    for count in arguments.texts:
        extracting = extraction_cpu_s()
        print(
            f"decode, extract and clean: {1000 * extracting:.1f} ms CPU a page of benchmarks.pages",
            flush=True,
        )
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            context = get_context("spawn")
            receiver, sender = context.Pipe(duplex=False)
            path = Path(folder) / "archive.db"
            process = context.Process(target=_measure, args=(count, path, extracting, sender))
            process.start()
            sender.close()
            costs.append(receiver.recv())
            process.join()
        print(f"  and afterwards: {1000 * extraction_cpu_s():.1f} ms", flush=True)
    if len(costs) > 1:
        print(
            f"the last texts of the largest go at {costs[0] / costs[-1]:.2f} of the smallest's rate, by CPU"
        )
    return 0


def extraction_cpu_s() -> float:
    """CPU seconds that a generated page takes up to its cleaned text."""
    pages = generate(_PAGES)
    source = Source("pages.example")
    for warm in (True, False):
        began = time.process_time()
        for number, one in enumerate(pages[:5] if warm else pages):
            url = f"http://pages.example{one.path}"
            page = Page(number, source.host, url, url, 200, (), one.html, datetime(2026, 1, 1, tzinfo=UTC))
            decoded = decode(page)
            assert isinstance(decoded, Decoded)
            extracted = extract(decoded, page, source)
            assert isinstance(extracted, Extracted)
            clean(extracted, page, source)
    return (time.process_time() - began) / len(pages)


def texts(count: int, seed: int = 3) -> Iterator[tuple[str, int | None]]:
    """Generated articles of about 900 characters, each with the number of the text that it copies.

    The same seed gives the same ones.
    """
    vocabulary, draw = Vocabulary(seed), random.Random(seed)
    stock = [vocabulary.sentence() for _ in range(_STOCK)]
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(_STOCK)))
    earlier: list[tuple[int, list[str]]] = []
    for number in range(count):
        original = None
        if earlier and draw.random() < _COPIES_SHARE:
            original, copied = draw.choice(earlier)
            sentences = _copy(copied, vocabulary, draw)
        else:
            sentences = [
                draw.choices(stock, cum_weights=weights)[0]
                if draw.random() < _STOCK_SHARE
                else vocabulary.sentence()
                for _ in range(min(90, max(3, int(draw.lognormvariate(3, 0.6)))))
            ]
            if len(earlier) < _REMEMBERED:
                earlier.append((number, sentences))
            else:
                earlier[draw.randrange(_REMEMBERED)] = (number, sentences)
        yield "".join(sentences), original


def _copy(sentences: list[str], vocabulary: Vocabulary, draw: random.Random) -> list[str]:
    kind = draw.randrange(3)
    if kind == 0:
        return sentences[: max(2, len(sentences) * 2 // 3)]
    if kind == 1:
        return [vocabulary.sentence(), *sentences, vocabulary.sentence()]
    return [vocabulary.sentence() if draw.random() < 0.2 else sentence for sentence in sentences]


@dataclass
class _Costs:
    """What texts cost, in the order they came."""

    wall: array[float] = field(default_factory=lambda: array("d"))
    cpu: array[float] = field(default_factory=lambda: array("d"))
    sign_s: float = 0

    def note(self, adds: list[tuple[float, float]], batch: tuple[float, float], sign_s: float) -> None:
        """Take what each text of a batch took, on the wall and of CPU, and what all of them took together."""
        self.wall.extend(wall + batch[0] / len(adds) for wall, _ in adds)
        self.cpu.extend(cpu + batch[1] / len(adds) for _, cpu in adds)
        self.sign_s += sign_s

    @property
    def join_ms(self) -> float:
        return 1000 * sum(self.cpu) / len(self.cpu)

    def line(self, name: str, extraction_s: float) -> str:
        count = len(self.wall)
        sign_ms = 1000 * self.sign_s / count
        share = (sign_ms + self.join_ms) / 1000 / extraction_s
        return (
            f"  {name}: joins {1000 / self.join_ms:.0f} texts a CPU second, {count / sum(self.wall):.0f} a second"
            f" of the clock; CPU ms a text: sign {sign_ms:.2f}, join {self.join_ms:.2f},"
            f" {share:.0%} of extraction's\n    a text's join: {_spread(self.cpu)} of CPU; {_spread(self.wall)}"
            " of the clock"
        )


def _spread(seconds: array[float]) -> str:
    ranked, count = sorted(seconds), len(seconds)
    median, high = ranked[count // 2], ranked[count * 99 // 100]
    return f"median {1000 * median:.1f} ms, 99th percentile {1000 * high:.1f} ms, worst {1000 * ranked[-1]:.0f} ms"


def _measure(count: int, path: Path, extraction_s: float, sender: Connection) -> None:
    database = open_for_writing(path)
    connection = database.conn
    whole, last, recent = _Costs(), _Costs(), _Costs()
    joiner = Joiner(SqliteJoinIndex(connection))
    nodes, originals = array("q"), array("q")
    source = texts(count)
    said = time.monotonic()
    while batch := list(itertools.islice(source, BATCH)):
        began = time.process_time()
        signed = [sign(text) for text, _ in batch]
        signing = time.process_time() - began
        adds, rest = _join(connection, joiner, [text for text, _ in batch], signed)
        for costs in (whole, recent, last) if len(nodes) >= count * 9 // 10 else (whole, recent):
            costs.note(adds, rest, signing)
        nodes.extend(one.node_id for one in signed)
        originals.extend(-1 if original is None else original for _, original in batch)
        if time.monotonic() - said > _SAY_EVERY_S:
            print(recent.line(f"{len(nodes)} of {count}", extraction_s), file=sys.stderr, flush=True)
            said, recent = time.monotonic(), _Costs()
    print(f"== {count} texts: {_shape(connection, count, nodes, originals)}")
    print(whole.line("all", extraction_s))
    print(last.line("last tenth", extraction_s))
    print(_sizes(count, path, connection), flush=True)
    database.close()
    sender.send(last.join_ms)


def _join(
    connection: sqlite3.Connection, joiner: Joiner, batch: list[str], signed: list[Signed]
) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """Writes one batch; what each text took and what all of them together did, on the wall and of CPU."""
    start, adds = (time.perf_counter(), time.process_time()), []
    connection.execute("BEGIN")
    for text, one in zip(batch, signed, strict=True):
        row = (hashlib.sha256(text.encode()).digest(), one.node_id, text)
        connection.execute("INSERT OR IGNORE INTO texts (sha256, node_id, text) VALUES (?, ?, ?)", row)
        before = time.perf_counter(), time.process_time()
        joiner.add(one)
        adds.append((time.perf_counter() - before[0], time.process_time() - before[1]))
    joiner.relink()
    connection.execute("COMMIT")
    spent = time.perf_counter() - start[0], time.process_time() - start[1]
    return adds, (spent[0] - sum(wall for wall, _ in adds), spent[1] - sum(cpu for _, cpu in adds))


def _shape(connection: sqlite3.Connection, count: int, nodes: array[int], originals: array[int]) -> str:
    (keys,) = connection.execute("SELECT count(*) FROM node_keys").fetchone()
    pairs, clusters = connection.execute(
        "SELECT (SELECT count(*) FROM pairs), (SELECT count(DISTINCT cluster_id) FROM nodes)"
    ).fetchone()
    same = "SELECT (SELECT cluster_id FROM nodes WHERE node_id = ?) = (SELECT cluster_id FROM nodes WHERE node_id = ?)"
    copies = [(nodes[number], nodes[original]) for number, original in enumerate(originals) if original >= 0]
    found = sum(connection.execute(same, pair).fetchone()[0] for pair in copies)
    return (
        f"{keys / count:.0f} keys a text, {pairs} pairs, {clusters} clusters;"
        f" {found / len(copies):.1%} of {len(copies)} copies with their original"
    )


def _sizes(count: int, path: Path, connection: sqlite3.Connection) -> str:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (text_bytes,) = connection.execute("SELECT sum(length(CAST(text AS BLOB))) FROM texts").fetchone()
    began = time.perf_counter()
    again = open_for_writing(path)
    Joiner(SqliteJoinIndex(again.conn)).relink()
    opening = time.perf_counter() - began
    again.close()
    size = path.stat().st_size
    return (
        f"  memory {memory:.0f} MB; {size / 1e6:.0f} MB on disk, {(size - text_bytes) / count:.0f} bytes a text"
        f" beside the text itself; opens in {1000 * opening:.0f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
