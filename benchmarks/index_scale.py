"""The join stage as the archive grows: python benchmarks/index_scale.py [--texts 10000 100000 1000000]

Each number is one archive file of its own, filled with generated texts through the product's own sign,
Joiner and SqliteJoinIndex, in batches as the drain writes them. A tenth are copies of earlier texts
(truncated, wrapped or reworded); a tenth of all sentences are stock sentences drawn by Zipf's law, so
that texts share keys and some keys stand in a large part of the archive. Prints, for the whole and for
its last tenth, texts a second, CPU per text, the 99th percentile, memory, bytes and the time to open.
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
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.pages import Vocabulary
from pipelines.archive.connect import open_for_writing
from pipelines.archive.join_index import SqliteJoinIndex
from pipelines.join import Joiner
from pipelines.sign import sign

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

BATCH = 32
_STOCK, _STOCK_SHARE = 2000, 0.1
_COPIES_SHARE, _REMEMBERED = 0.1, 5000


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where the files go (default: the system's)")
    arguments = parser.parse_args()
    rates = []
    for count in arguments.texts:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            context = get_context("spawn")
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_measure, args=(count, Path(folder) / "archive.db", sender))
            process.start()
            sender.close()
            rates.append(receiver.recv())
            process.join()
    if len(rates) > 1:
        print(f"the last texts of the largest go at {rates[-1] / rates[0]:.2f} of the smallest's rate")
    return 0


def texts(count: int, seed: int = 3) -> Iterator[str]:
    """Generated articles of about 900 characters; the same seed gives the same ones."""
    vocabulary, draw = Vocabulary(seed), random.Random(seed)
    stock = [vocabulary.sentence() for _ in range(_STOCK)]
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(_STOCK)))
    earlier: list[list[str]] = []
    for _ in range(count):
        if earlier and draw.random() < _COPIES_SHARE:
            sentences = _copy(draw.choice(earlier), vocabulary, draw)
        else:
            sentences = [
                draw.choices(stock, cum_weights=weights)[0]
                if draw.random() < _STOCK_SHARE
                else vocabulary.sentence()
                for _ in range(min(90, max(3, int(draw.lognormvariate(3, 0.6)))))
            ]
            if len(earlier) < _REMEMBERED:
                earlier.append(sentences)
            else:
                earlier[draw.randrange(_REMEMBERED)] = sentences
        yield "".join(sentences)


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

    wall: list[float] = field(default_factory=list)
    sign_cpu_s: float = 0
    join_cpu_s: float = 0

    def note(self, adds: list[float], batch: float, sign_cpu_s: float, join_cpu_s: float) -> None:
        self.wall += [add + batch / len(adds) for add in adds]
        self.sign_cpu_s += sign_cpu_s
        self.join_cpu_s += join_cpu_s

    def line(self, name: str) -> str:
        count, ranked = len(self.wall), sorted(self.wall)
        return (
            f"  {name}: {count / sum(ranked):.0f} texts a second; CPU ms a text: sign {1000 * self.sign_cpu_s / count:.2f},"
            f" join {1000 * self.join_cpu_s / count:.2f}; 99th percentile {1000 * ranked[count * 99 // 100]:.1f} ms,"
            f" worst {1000 * ranked[-1]:.0f} ms"
        )


def _measure(count: int, path: Path, sender: object) -> None:
    database = open_for_writing(path)
    connection = database.conn
    whole, last = _Costs(), _Costs()
    joiner = Joiner(SqliteJoinIndex(connection))
    batches = _batches(count)
    done = 0
    for batch in batches:
        began = time.process_time()
        signed = [sign(text) for text in batch]
        signing = time.process_time() - began
        began, adds = time.process_time(), []
        start = time.perf_counter()
        connection.execute("BEGIN")
        for text, one in zip(batch, signed, strict=True):
            row = (hashlib.sha256(text.encode()).digest(), one.node_id, text)
            connection.execute("INSERT OR IGNORE INTO texts (sha256, node_id, text) VALUES (?, ?, ?)", row)
            before = time.perf_counter()
            joiner.add(one)
            adds.append(time.perf_counter() - before)
        joiner.relink()
        connection.execute("COMMIT")
        rest = time.perf_counter() - start - sum(adds)
        done += len(batch)
        for costs in (whole, last) if done > count * 9 // 10 else (whole,):
            costs.note(adds, rest, signing, time.process_time() - began)
    _report(count, path, connection, whole, last)
    database.close()
    sender.send(len(last.wall) / sum(last.wall))  # type: ignore[attr-defined]


def _batches(count: int) -> Iterator[list[str]]:
    source = texts(count)
    while batch := list(itertools.islice(source, BATCH)):
        yield batch


def _report(count: int, path: Path, connection: sqlite3.Connection, whole: _Costs, last: _Costs) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (keys,) = connection.execute("SELECT count(*) FROM node_keys").fetchone()
    pairs, clusters = connection.execute(
        "SELECT (SELECT count(*) FROM pairs), (SELECT count(DISTINCT cluster_id) FROM nodes)"
    ).fetchone()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (text_bytes,) = connection.execute("SELECT sum(length(CAST(text AS BLOB))) FROM texts").fetchone()
    began = time.perf_counter()
    again = open_for_writing(path)
    Joiner(SqliteJoinIndex(again.conn)).relink()
    opening = time.perf_counter() - began
    again.close()
    size = path.stat().st_size
    print(f"== {count} texts: {keys / count:.0f} keys a text, {pairs} pairs, {clusters} clusters")
    print(whole.line("all"))
    print(last.line("last tenth"))
    print(
        f"  memory {memory:.0f} MB; {size / 1e6:.0f} MB on disk, {(size - text_bytes) / count / 1000:.1f} KB a text"
        f" beside the text itself; opens in {1000 * opening:.0f} ms",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
