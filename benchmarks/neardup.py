"""Near-duplicates through the product's own stage: python benchmarks/neardup.py DIRECTORY [--orders 5] [--peers]

DIRECTORY holds documents.jsonl, names.jsonl (id, cluster, kind, level, text, …) and score.py. Each
order is one archive file filled in ten runs (the file is closed and opened again between them); the
clusters must be the same in all. Prints precision and recall, by kind too, and texts a second.

--peers measures datasketch's LSH at .8 and .5 beside it; --text-dedup PYTHON also text-dedup's MinHash with
the settings of its README. text-dedup (0.4.1) wants Python 3.12 and 1.2 GB of libraries of its own, so it has its own
environment:

    python3.12 -m venv /tmp/peer && /tmp/peer/bin/pip install text-dedup==0.4.1
    python -m benchmarks.neardup DIRECTORY --orders 1 --text-dedup /tmp/peer/bin/python
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.archive.write.join_index import SqliteJoinIndex
from pipelines.join import Joiner
from pipelines.sign import sign

if TYPE_CHECKING:
    from pipelines.records import Signed

MIGRATIONS = Path(__file__).parent.parent / "pipelines/archive/migrations"
INCREMENTS = 10


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--orders", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="also datasketch's LSH at .8 and .5")
    parser.add_argument("--text-dedup", metavar="PYTHON", help="an interpreter that has text-dedup")
    parser.add_argument("--wrong", action="store_true", help="also list the pairs wrongly joined or missed")
    arguments = parser.parse_args()
    scorer = _import(arguments.directory / "score.py")
    same = [
        _measure(arguments.directory / name, scorer, arguments) for name in ("documents.jsonl", "names.jsonl")
    ]
    return 0 if all(same) else 1


def _measure(path: Path, scorer: Any, arguments: argparse.Namespace) -> bool:
    documents = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    started = time.process_time()
    signed = {document["id"]: sign(document["text"]) for document in documents}
    sign_s = time.process_time() - started
    print(f"== {path.name}: {len(documents)} texts; sign {len(documents) / sign_s:.0f} texts per CPU second")
    results = [_run(documents, signed, order) for order in range(arguments.orders)]
    result = scorer.score(documents, results[0])
    print(scorer.report(result))
    identical = all(other == results[0] for other in results)
    print(
        f"{arguments.orders} orders, {INCREMENTS} increments each: {'identical' if identical else 'DIFFERENT'} clusters"
    )
    if arguments.wrong:
        print("missed", result["missed"], "\nwrong", result["wrong"], file=sys.stderr)
    if arguments.peers:
        for threshold in (0.8, 0.5):
            _peer(documents, scorer, threshold)
    if arguments.text_dedup:
        _text_dedup(path, documents, scorer, arguments.text_dedup)
    return identical


def _run(documents: list[dict[str, Any]], signed: dict[str, Signed], order: int) -> dict[str, int]:
    """The cluster of every document, after adding them in one order, in several runs on one file."""
    shuffled = documents[:]
    random.Random(order).shuffle(shuffled)
    size = -(-len(shuffled) // INCREMENTS)
    costs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(shuffled), size):
            connection = _open(Path(folder) / "archive.db")
            joiner = Joiner(SqliteJoinIndex(connection))
            for document in shuffled[start : start + size]:
                _store(connection, document["text"], signed[document["id"]])
                began = time.process_time()
                joiner.add(signed[document["id"]])
                joiner.relink()
                costs.append(time.process_time() - began)
            connection.commit()
            connection.close()
        connection = _open(Path(folder) / "archive.db")
        clusters = dict(connection.execute("SELECT node_id, cluster_id FROM nodes"))
        connection.close()
    costs.sort()
    print(
        f"order {order}: join {len(costs) / sum(costs):.0f} texts per CPU second, mean {1000 * sum(costs) / len(costs):.2f} ms,"
        f" 99th percentile {1000 * costs[len(costs) * 99 // 100]:.1f} ms, worst {1000 * costs[-1]:.1f} ms"
    )
    return {document["id"]: clusters[signed[document["id"]].node_id] for document in documents}


def _store(connection: sqlite3.Connection, text: str, signed: Signed) -> None:
    digest = hashlib.sha256(text.encode()).digest()
    connection.execute(
        "INSERT OR IGNORE INTO texts (sha256, node_id, text) VALUES (?, ?, ?)", (digest, signed.node_id, text)
    )


def _open(path: Path) -> sqlite3.Connection:
    fresh = not path.exists()
    connection = sqlite3.connect(path)
    if fresh:
        for migration in sorted(MIGRATIONS.glob("*.sql")):
            connection.executescript(migration.read_text("utf-8"))
    return connection


def _peer(documents: list[dict[str, Any]], scorer: Any, threshold: float) -> None:
    """What datasketch's LSH finds as people use it: character 5-grams, one threshold, union-find."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - only this baseline needs it

    lsh = MinHashLSH(threshold=threshold, num_perm=128)
    parent = {document["id"]: document["id"] for document in documents}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for document in documents:
        minhash = MinHash(num_perm=128)
        text = document["text"]
        minhash.update_batch([text[at : at + 5].encode() for at in range(max(1, len(text) - 4))])
        for other in lsh.query(minhash):
            parent[root(other)] = root(document["id"])
        lsh.insert(document["id"], minhash)
    print(f"datasketch LSH at {threshold}:")
    print(scorer.report(scorer.score(documents, {name: root(name) for name in parent})).splitlines()[0])


_TEXT_DEDUP = """
input = {{ input_type = "local_files", file_type = "json", read_arguments = {{ path = "json", data_files = "{file}", split = "train", cache_dir = "cache" }} }}
algorithm = {{ algorithm_name = "minhash", algo_name = "minhash", text_column = "text", num_perm = 240, threshold = 0.7, ngram_size = 5, check_false_positive = true }}
output = {{ output_dir = "out", save_clusters = true }}
debug = {{}}
"""


def _text_dedup(path: Path, documents: list[dict[str, Any]], scorer: Any, python: str) -> None:
    """What text-dedup's MinHash finds at .7 with words of five, as its README has it, in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.toml").write_text(_TEXT_DEDUP.format(file=path.resolve()), "utf-8")
        subprocess.run([python, "-m", "text_dedup.minhash"], check=True, capture_output=True, cwd=folder)
        read = "import json, pickle; print(json.dumps(pickle.load(open('out/clusters.pickle', 'rb'))))"
        told = subprocess.run([python, "-c", read], check=True, capture_output=True, text=True, cwd=folder)
    found = {int(row): label for row, label in json.loads(told.stdout).items()}
    labels = {document["id"]: found.get(row, row) for row, document in enumerate(documents)}
    print("text-dedup MinHash:")
    print(scorer.report(scorer.score(documents, labels)).splitlines()[0])


def _import(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
