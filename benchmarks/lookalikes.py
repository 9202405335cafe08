"""Look-alikes and copies that nothing was tuned to: python -m benchmarks.lookalikes [--set plain] [--seed 1]

Forms are filled in six ways each with made-up names and numbers; two fillings of each, and every article,
are copied by each kind of transformation at three levels. All go through the product's own join stage. Sets
(forms.toml), each with forms of its own, in the order in which they were written: `plain`, filled from short
lists; `wide`, with names of every place, instalments of series and short items over one site's footer; `daily`
and `brief`, more of these; `reports`, with different reports of one event too. How they are copied says
copying.py. --originals FILE also takes the originals of a documents.jsonl (see neardup.py), so that the
transformations meet real prose; --thesaurus FILE swaps words for those on the same line of it. Prints precision
and recall, and for each kind of copy how many are with their original; for each form how many fillings were
merged.
"""

from __future__ import annotations

import itertools
import random
import sys
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import options, rows_of
from benchmarks.copying import (
    DICTATION,
    LEVELS,
    PORTALS,
    READERS,
    SPINNERS,
    Family,
    read_thesaurus,
    sentences_of,
    thesaurus,
)
from benchmarks.filling import SLOTS, WIDE_SLOTS, fill
from benchmarks.neardup import _open
from pipelines.archive.write.facts import put_text
from pipelines.archive.write.join_index import SqliteJoinIndex
from pipelines.join import Joiner, judge
from pipelines.join.features import Features
from pipelines.sign import sign

if TYPE_CHECKING:
    from benchmarks.filling import Slots

FILLINGS, COPIED = 6, 2


@dataclass(frozen=True)
class Text:
    cluster: str
    kind: str
    level: int
    text: str
    also: str = ""


CUTTING = frozenset({"truncate", "digest"})
"""Ways that may leave a form without its names: whose copy that is nobody can tell."""


FORMS = tomllib.loads(Path(__file__).with_name("forms.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Set:
    """What one set is made of."""

    name: str
    copying: Family
    slots: Slots
    not_forms: frozenset[str] = CUTTING

    def texts(self, sort: str) -> list[Any]:
        """What forms.toml has of one sort: `leads`, `footers`, `articles`, `events`; perhaps nothing."""
        return FORMS[self.name].get(sort, [])


SETS = {
    "plain": Set("plain", SPINNERS, SLOTS, frozenset()),
    "wide": Set("wide", READERS, WIDE_SLOTS),
    "daily": Set("daily", READERS, WIDE_SLOTS),
    "brief": Set("brief", PORTALS, WIDE_SLOTS),
    "reports": Set("reports", DICTATION, WIDE_SLOTS),
}


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", choices=SETS, default="plain")
    parser.add_argument("--originals", type=Path)
    parser.add_argument("--thesaurus", type=Path, help="a file with words of one meaning on each line")
    parser.add_argument("--wrong", action="store_true", help="also show the pairs wrongly joined or missed")
    arguments = parser.parse_args()
    if arguments.thesaurus:
        thesaurus.update(read_thesaurus(arguments.thesaurus.read_text("utf-8").splitlines()))
    _report(texts(arguments.seed, arguments.originals, SETS[arguments.set]), arguments.wrong)
    return 0


def texts(seed: int, originals: Path | None = None, of: Set = SETS["plain"]) -> list[Text]:
    """All texts of a draw, with what they are."""
    draw = random.Random(seed)
    found = []
    for name, form in FORMS[of.name]["forms"].items():
        for number in range(FILLINGS):
            text = fill(form, draw, of.slots)
            found.append(Text(f"{name}/{number}", "original", 0, text))
            if number < COPIED:
                found += _copies(f"{name}/{number}", text, draw, [], of, of.not_forms)
    for event, reports in enumerate(of.texts("events")):
        for number, text in enumerate(reports):
            found.append(Text(f"event{event}/{number}", "original", 0, text))
            found += _copies(f"event{event}/{number}", text, draw, [], of, of.not_forms)
    articles = _articles(of) + _read(originals)
    if of.texts("leads"):
        found += _framed(articles[1::2], draw, of)
        articles = articles[::2]
    for number, text in enumerate(articles):
        found.append(Text(f"article/{number}", "original", 0, text))
        others = [(f"article/{n}", other) for n, other in enumerate(articles) if n != number]
        found += _copies(f"article/{number}", text, draw, others, of)
    draw.shuffle(found)
    return found


def _articles(of: Set) -> list[str]:
    """The set's own prose, and that of the first."""
    own = [] if of.name == "plain" else of.texts("articles")
    return own + SETS["plain"].texts("articles")


def _read(path: Path | None) -> list[str]:
    rows = rows_of(path) if path else []
    return [row["text"] for row in rows if row["kind"] in ("original", "single")]


def _framed(articles: list[str], draw: random.Random, of: Set) -> list[Text]:
    """Instalments of series, and short items above one site's long footer: each with a body of its own."""
    bodies = [body for text in articles for body in _bodies(text, draw)]
    draw.shuffle(bodies)
    found: list[Text] = []
    for kind, frames in (("series", of.texts("leads")), ("footer", of.texts("footers"))):
        for frame in frames:
            for _ in range(min(FILLINGS, len(bodies))):
                body, cluster = bodies.pop(), f"{kind}/{len(found)}"
                text = f"{frame}\n{body}" if kind == "series" else f"{body}\n{frame}"
                found.append(Text(cluster, "original", 0, text))
    return found


def _bodies(text: str, draw: random.Random) -> list[str]:
    """Pieces of an article, 80 to 250 characters each, without those between them."""
    found, body, least = [], "", draw.randint(80, 250)
    for sentence in sentences_of(text):
        body += sentence
        if len(body) >= least:
            found.append(body)
            body, least = "", draw.randint(80, 250)
    return found


def _copies(
    cluster: str,
    text: str,
    draw: random.Random,
    others: list[tuple[str, str]],
    of: Set,
    but: frozenset[str] = frozenset(),
) -> list[Text]:
    found = []
    latin = sum("a" <= c <= "z" for c in text) > len(text) / 2
    for kind, transform in of.copying.ways.items():
        if (latin and kind in of.copying.chinese) or kind in but:
            continue
        level = draw.randint(1, LEVELS)
        copy = transform(text, level, draw)
        if copy and copy != text:
            found.append(Text(cluster, kind, level, copy))
    if others and draw.random() < 0.5:
        name, other = draw.choice(others)
        found.append(Text(cluster, "concat", 1, text + "\n" + other[: len(text) * 3 // 4], name))
    return found


def _labels(rows: list[Text]) -> list[int]:
    """The cluster of each text, by the product's own join stage."""
    connection = _open(Path(":memory:"))
    joiner = Joiner(SqliteJoinIndex(connection))
    nodes = []
    for row in rows:
        signed = sign(row.text)
        nodes.append(signed.node_id)
        put_text(connection, row.text, signed.node_id)
        joiner.add(signed)
    joiner.relink()
    cluster = dict(connection.execute("SELECT node_id, cluster_id FROM nodes"))
    return [cluster[node] for node in nodes]


def _report(rows: list[Text], show_wrong: bool) -> None:  # noqa: C901, PLR0912  # one table after another
    labels = _labels(rows)
    groups: dict[int, list[int]] = defaultdict(list)
    for number, label in enumerate(labels):
        groups[label].append(number)
    right, wrong, merged = 0, [], defaultdict(set)
    for members in groups.values():
        for a, b in itertools.combinations(members, 2):
            if rows[a].cluster == rows[b].cluster:
                right += 1
            elif rows[a].cluster not in (rows[b].also,) and rows[b].cluster != rows[a].also:
                wrong.append((a, b))
                for at in (a, b):
                    merged[rows[at].cluster.split("/")[0]].add(at)
    sizes = Counter(row.cluster for row in rows)
    all_pairs = sum(size * (size - 1) // 2 for size in sizes.values())
    originals = {row.cluster: number for number, row in enumerate(rows) if row.kind == "original"}
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    missed = []
    for number, row in enumerate(rows):
        if row.kind != "original":
            hit = labels[number] == labels[originals[row.cluster]]
            for key in (row.kind, "form" if not row.cluster.startswith("article") else "article"):
                found[key][0] += hit
                found[key][1] += 1
            if not hit:
                missed.append((number, originals[row.cluster]))
    print(
        f"{len(rows)} texts: pair P {right / max(1, right + len(wrong)):.4f} R {right / all_pairs:.4f} (wrong {len(wrong)}, missed {all_pairs - right})"
    )
    print(
        "copy found: " + "  ".join(f"{kind} {hit / all_:.3f}" for kind, (hit, all_) in sorted(found.items()))
    )
    total = Counter(row.cluster.split("/")[0] for row in rows)
    print(
        "merged: " + "  ".join(f"{name} {len(at) / total[name]:.2f}" for name, at in sorted(merged.items()))
    )
    names = sum(name not in FORMS["plain"]["bulletins"] and name != "article" for name in merged)
    print(f"forms with a wrong pair: {len(merged)}, of these {names} differ in names")
    if show_wrong:
        for title, pairs in (("WRONG", wrong), ("MISSED", missed)):
            for a, b in pairs[:400]:
                verdict = judge(*(Features(at, sign(rows[at].text).normalised) for at in (a, b)))
                print(
                    title, *(f"{rows[at].cluster}:{rows[at].kind}:{rows[at].level}" for at in (a, b)), verdict
                )


if __name__ == "__main__":
    sys.exit(main())
