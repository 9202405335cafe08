"""Near-duplicates through the product's own stage: python -m benchmarks.neardup DIRECTORY [--orders 5] [--peers]

DIRECTORY holds documents.jsonl and names.jsonl (id, cluster, kind, level, text, …) with score.py, and where there
are, english.jsonl (id, text) with english.reuse.jsonl (smaller, larger, reuse: the share of the smaller text that
stands in the larger, words) and chinese_pairs.jsonl (a, b, label: copy or other). Each order is one archive file
filled in ten runs (the file is closed and opened again between them); the clusters must be the same in all. Prints
precision and recall by kind, texts a second, and one table of all sets.

--peers measures datasketch's LSH at .8 and .5 beside it; --text-dedup PYTHON also text-dedup's MinHash with
the settings of its README. text-dedup (0.4.1) wants Python 3.12 and 1.2 GB of libraries of its own, so it has its own
environment:

    python3.12 -m venv /tmp/peer && /tmp/peer/bin/pip install text-dedup==0.4.1
    python -m benchmarks.neardup DIRECTORY --orders 1 --text-dedup /tmp/peer/bin/python
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import module_of, options, rows_of
from pipelines.archive.write.facts import put_text
from pipelines.archive.write.join_index import SqliteJoinIndex
from pipelines.join import Joiner
from pipelines.sign import sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pipelines.records import Signed

Labels = dict[str, Any]
"""Text to the label of its cluster."""

MIGRATIONS = Path(__file__).parent.parent / "pipelines/archive/migrations"
INCREMENTS = 10


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--orders", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="also datasketch's LSH at .8 and .5")
    parser.add_argument("--text-dedup", metavar="PYTHON", help="an interpreter that has text-dedup")
    parser.add_argument("--wrong", action="store_true", help="also list the pairs wrongly joined or missed")
    arguments = parser.parse_args()
    table: dict[str, dict[str, str]] = {}
    same = [_measure(known, arguments, table) for known in _sets(arguments.directory)]
    _print_table(table)
    return 0 if all(same) else 1


@dataclass(frozen=True)
class _Set:
    """Texts, and what clusters of them are worth."""

    name: str
    documents: list[dict[str, Any]]
    judge: Callable[[Labels], dict[str, str]]
    """Named figures of a clustering, as they are printed."""
    report: Callable[[Labels], str] = lambda _: ""
    """More of it."""


def _sets(directory: Path) -> Iterator[_Set]:
    scorer = module_of(directory / "score.py")
    for name in ("documents", "names"):
        documents = rows_of(directory / f"{name}.jsonl")
        yield _Set(name, documents, partial(_scores, scorer, documents), partial(_details, scorer, documents))
    if (directory / "english.jsonl").exists():
        documents, pairs = (rows_of(directory / f"english{kind}.jsonl") for kind in ("", ".reuse"))
        yield _Set("english", documents, partial(_reuse_scores, [row["id"] for row in documents], pairs))
    if (directory / "chinese_pairs.jsonl").exists():
        pairs = rows_of(directory / "chinese_pairs.jsonl")
        documents = [
            {"id": f"{number}{side}", "text": row[side]} for number, row in enumerate(pairs) for side in "ab"
        ]
        yield _Set("pairs", documents, partial(_pair_scores, pairs))


def _scores(scorer: Any, documents: list[dict[str, Any]], labels: Labels) -> dict[str, str]:
    result = scorer.score(documents, labels)
    return {"precision": f"{result['precision']:.4f}", "recall": f"{result['recall']:.4f}"}


def _details(scorer: Any, documents: list[dict[str, Any]], labels: Labels) -> str:
    result = scorer.score(documents, labels)
    return f"{scorer.report(result)}\nmissed {result['missed']}\nwrong {result['wrong']}"


COPY_REUSE, FOUND_REUSE, OTHER_REUSE = 0.6, 0.7, 0.5
"""Of the smaller text, in runs of five words that the other has: what is a copy, surely one, and other news."""


def _reuse_scores(names: list[str], pairs: list[dict[str, Any]], labels: Labels) -> dict[str, str]:
    """How well clusters fit the copies: components at a reuse of .6, joins of other news, copies found."""
    reuse = {frozenset((row["smaller"], row["larger"])): float(row["reuse"]) for row in pairs}
    gold = _components(names, [tuple(pair) for pair, share in reuse.items() if share >= COPY_REUSE])
    joined = [frozenset(pair) for group in _groups(labels) for pair in itertools.combinations(group, 2)]
    other = sum(reuse.get(pair, 0.0) < OTHER_REUSE for pair in joined)
    copies = [tuple(pair) for pair, share in reuse.items() if share >= FOUND_REUSE]
    found = sum(labels[one] == labels[two] for one, two in copies)
    return {
        "ARI": f"{_adjusted_rand_index(gold, labels):.3f}",
        "joins of other news": f"{other / max(1, len(joined)):.3f} of {len(joined)}",
        "copies found": f"{found / len(copies):.3f} of {len(copies)}",
    }


def _pair_scores(pairs: list[dict[str, Any]], labels: Labels) -> dict[str, str]:
    counts = Counter(
        (row["label"], labels[f"{number}a"] == labels[f"{number}b"]) for number, row in enumerate(pairs)
    )
    return {
        name: f"{counts[label, True] / (counts[label, True] + counts[label, False]):.3f} of"
        f" {counts[label, True] + counts[label, False]}"
        for name, label in (("copies joined", "copy"), ("others joined", "other"))
    }


def _components(names: list[str], pairs: Iterable[tuple[str, ...]]) -> Labels:
    """Union-find (Tarjan 1975)."""
    parent = {name: name for name in names}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for one, two in pairs:
        parent[root(one)] = root(two)
    return {name: root(name) for name in names}


def _groups(labels: Labels) -> list[list[str]]:
    groups: dict[Any, list[str]] = {}
    for name, label in labels.items():
        groups.setdefault(label, []).append(name)
    return list(groups.values())


def _adjusted_rand_index(gold: Labels, labels: Labels) -> float:
    """Hubert and Arabie, "Comparing partitions" (1985)."""

    def pairs(counts: Iterable[int]) -> float:
        return sum(count * (count - 1) / 2 for count in counts)

    both = pairs(Counter((gold[name], labels[name]) for name in gold).values())
    ours, theirs = pairs(Counter(gold.values()).values()), pairs(Counter(labels[n] for n in gold).values())
    expected = ours * theirs / pairs([len(gold)])
    return (both - expected) / ((ours + theirs) / 2 - expected)


def _measure(known: _Set, arguments: argparse.Namespace, table: dict[str, dict[str, str]]) -> bool:
    documents = known.documents
    started = time.process_time()
    signed = {document["id"]: sign(document["text"]) for document in documents}
    sign_s = time.process_time() - started
    print(f"== {known.name}: {len(documents)} texts; sign {len(documents) / sign_s:.0f} texts per CPU second")
    results = [_run(documents, signed, order) for order in range(arguments.orders)]
    shown, *wrong = known.report(results[0]).rpartition("\nmissed")[::2]
    print(shown, *([f"missed{wrong[0]}"] if arguments.wrong else []), sep="\n", end="\n" if shown else "")
    identical = all(other == results[0] for other in results)
    told = "identical" if identical else "DIFFERENT"
    print(f"{arguments.orders} orders, {INCREMENTS} increments each: {told} clusters")
    found = {"parknews": results[0]}
    if arguments.peers or arguments.text_dedup:
        found |= {f"datasketch {threshold}": _peer(documents, threshold) for threshold in (0.8, 0.5)}
    if arguments.text_dedup:
        found["text-dedup"] = _text_dedup(documents, arguments.text_dedup)
    for program, labels in found.items():
        for figure, value in known.judge(labels).items():
            table.setdefault(f"{known.name}: {figure}", {})[program] = value
    return identical


def _print_table(table: dict[str, dict[str, str]]) -> None:
    programs = list(dict.fromkeys(program for row in table.values() for program in row))
    print("| | " + " | ".join(programs) + " |\n| --- |" + " --- |" * len(programs))
    for name, row in table.items():
        print(f"| {name} | " + " | ".join(row.get(program, "") for program in programs) + " |")


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
                put_text(connection, document["text"], signed[document["id"]].node_id)
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


def _open(path: Path) -> sqlite3.Connection:
    fresh = not path.exists()
    connection = sqlite3.connect(path)
    if fresh:
        for migration in sorted(MIGRATIONS.glob("*.sql")):
            connection.executescript(migration.read_text("utf-8"))
    return connection


def _peer(documents: list[dict[str, Any]], threshold: float) -> Labels:
    """What datasketch's LSH finds as people use it: character 5-grams, one threshold, union-find."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - only this baseline needs it

    lsh = MinHashLSH(threshold=threshold, num_perm=128)
    pairs: list[tuple[str, str]] = []
    for document in documents:
        minhash = MinHash(num_perm=128)
        text = document["text"]
        minhash.update_batch([text[at : at + 5].encode() for at in range(max(1, len(text) - 4))])
        pairs += [(other, document["id"]) for other in lsh.query(minhash)]
        lsh.insert(document["id"], minhash)
    return _components([document["id"] for document in documents], pairs)


_TEXT_DEDUP = """
input = {{ input_type = "local_files", file_type = "json", read_arguments = {{ path = "json", data_files = "{file}", split = "train", cache_dir = "cache" }} }}
algorithm = {{ algorithm_name = "minhash", algo_name = "minhash", text_column = "text", num_perm = 240, threshold = 0.7, ngram_size = 5, check_false_positive = true }}
output = {{ output_dir = "out", save_clusters = true }}
debug = {{}}
"""


def _text_dedup(documents: list[dict[str, Any]], python: str) -> Labels:
    """What text-dedup's MinHash finds at .7 with words of five, as its README has it, in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "texts.jsonl")
        rows = (json.dumps({"text": document["text"]}, ensure_ascii=False) for document in documents)
        path.write_text("\n".join(rows) + "\n", "utf-8")
        Path(folder, "config.toml").write_text(_TEXT_DEDUP.format(file=path), "utf-8")
        subprocess.run([python, "-m", "text_dedup.minhash"], check=True, capture_output=True, cwd=folder)
        read = "import json, pickle; print(json.dumps(pickle.load(open('out/clusters.pickle', 'rb'))))"
        told = subprocess.run([python, "-c", read], check=True, capture_output=True, text=True, cwd=folder)
    found = {int(row): label for row, label in json.loads(told.stdout).items()}
    return {document["id"]: found.get(row, row) for row, document in enumerate(documents)}


if __name__ == "__main__":
    sys.exit(main())
