"""Write words.txt, the dictionary of the name guard, from jieba's (MIT, github.com/fxsjy/jieba).

    pip install jieba && python -m pipelines.join.make_words

A file of our own, since the guard needs a twelfth of jieba's entries and none of its code.
"""

from __future__ import annotations

from pathlib import Path

import jieba

from pipelines.surnames import SURNAMES

_OUTPUT = Path(__file__).with_name("words.txt")
_FREQUENT = 20
"""Counted in jieba's corpus: below it, entries are mostly names and fragments."""
_REGION_TAGS = ("ns", "nz", "n")


def main() -> None:
    """Write two lines: the names of Chinese regions, and ordinary words of two to four characters."""
    with jieba.get_dict_file() as lines:
        rows = [line.decode().split(" ") for line in lines]
    tags = {word: tag.strip() for word, _, tag in rows}
    places = {
        word[:-1]
        for word, tag in tags.items()
        if tag == "ns" and 3 <= len(word) <= 4 and word[-1] in "省市县州"
    }
    places = {place for place in places if tags.get(place) in _REGION_TAGS} | {"北京", "上海", "天津", "重庆"}
    words = {
        word
        for word, frequency, tag in rows
        if 2 <= len(word) <= 4 and int(frequency) >= _FREQUENT and not _is_person(word, tag.strip())
    }
    lines = [" ".join(sorted(places)), " ".join(sorted(words - places))]
    _OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _is_person(word: str, tag: str) -> bool:
    return tag.startswith("nr") and len(word) == 3 and word[0] in SURNAMES


if __name__ == "__main__":
    main()
