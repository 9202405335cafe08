"""Differences between copies: python benchmarks/differences.py DIRECTORY

DIRECTORY holds documents.jsonl (id, cluster, kind, text, …) with an `original` for most clusters. No copy
of an original differs from it in a figure, date or name, so every one that is told is false. Then one
number of each copy is changed, and whether that is told is counted. Prints both by kind, and the time.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks import options, rows_of
from pipelines.join.differences import differences, spell_out

_NUMBER = re.compile(r"(?<![a-zA-Z\d.])\d{1,5}(?:\.\d+)?(?![\d.])")
SEED = 3


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument(
        "--show", action="store_true", help="also print what is told falsely, and what is missed"
    )
    arguments = parser.parse_args()
    documents = rows_of(arguments.directory / "documents.jsonl")
    originals = {d["cluster"]: d["text"] for d in documents if d["kind"] == "original"}
    copies = [(d["kind"], d["text"], originals[d["cluster"]]) for d in documents if d["cluster"] in originals]
    draw = random.Random(SEED)
    pairs, false, changed, told = Counter(), Counter(), Counter(), Counter()
    started = time.process_time()
    for kind, text, original in copies:
        found = differences(spell_out(original), spell_out(text))
        pairs[kind] += 1
        false[kind] += bool(found)
        if found and arguments.show:
            print("false", kind, found[0], file=sys.stderr)
    per_pair_ms = 1000 * (time.process_time() - started) / len(copies)
    for kind, text, original in copies:
        numbers = [n for n in _NUMBER.finditer(text) if n.group() in original]
        if not numbers:
            continue
        number = draw.choice(numbers)
        whole, _, rest = number.group().partition(".")
        other = str(int(whole) + draw.randint(1, 9)) + (f".{rest}" if rest else "")
        forged = text[: number.start()] + other + text[number.end() :]
        found = differences(spell_out(original), spell_out(forged))
        changed[kind] += 1
        told[kind] += any(other in one.theirs for one in found)
        if arguments.show and not any(other in one.theirs for one in found):
            around = text[max(0, number.start() - 12) : number.end() + 12].replace("\n", "|")
            print("missed", kind, around, other, file=sys.stderr)
    print("kind            copies  told falsely  changed  told")
    for kind in sorted(pairs):
        print(f"{kind:15} {pairs[kind]:6} {false[kind]:13} {changed[kind]:8} {told[kind]:5}")
    print(
        f"all: {false.total()} of {pairs.total()} told falsely; {told.total()} of {changed.total()} changed"
        f" numbers told ({told.total() / changed.total():.0%}); {per_pair_ms:.1f} ms CPU a pair"
    )
    return 1 if false.total() > 0.01 * pairs.total() else 0


if __name__ == "__main__":
    sys.exit(main())
