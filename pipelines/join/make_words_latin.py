"""Write words_latin.txt, the English words and names of the name guard.

    pip install wordsegment names && python -m pipelines.join.make_words_latin

Words by frequency are wordsegment's (Apache 2.0, github.com/grantjenks/python-wordsegment), names those of
the US Census of 1990 (public domain) as the package names has them (MIT, github.com/treyhunner/names).
"""

from __future__ import annotations

from importlib import resources
from itertools import islice
from pathlib import Path

_OUTPUT = Path(__file__).with_name("words_latin.txt")
_WORDS, _FIRST, _LAST = 30_000, 400, 1_500
_COMMON = 3_000
_WORDS_TOO = (
    "al angel ann art ben bill bob bobby brandy brown carol chad cherry chris christian cruz crystal "
    "daisy dale dan dawn dean diamond don drew earl ed eve faith fay fern frank gay gene glen grace "
    "grant guy harry heather holly hope iris ivy jack jackie jan jason jean jerry jim jo joe jordan joy "
    "june kay ken kim lee leo les lily lane long love lou lucky max mark marion may mercedes mike miles "
    "nick norm opal page pat patience pearl penny pete ralph ray rich rob robin rod ron rose roy ruby "
    "rusty sam sandy shell sky stone star sue summer sunny ted tim tom tony tracy van violet will "
    "willow wade ward april august austin brook carmen charity chase charlotte china clay dallas denver "
    "destiny florence france georgia india israel jersey jordan kent madison melody paris princess "
    "savannah sydney troy victoria virginia warren"
)
"""Frequent given names that are words, places or brands as often; the others stand for people."""
_LETTERS = frozenset("ai")
_RANK_MOST = {2: 120, 3: 1_200}


def main() -> None:
    """Write two lines: words, the frequent first; names."""
    rows = enumerate(_first_column("wordsegment", "unigrams.txt"))
    words = list(islice((word for rank, word in rows if _is_word(word, rank)), _WORDS))
    given = _names("dist.male.first", _FIRST) | _names("dist.female.first", _FIRST)
    names = (given | _names("dist.all.last", _LAST)) - set(words[:_COMMON])
    lines = [
        " ".join(words),
        " ".join(sorted(names | (given & set(words[:_COMMON])) - set(_WORDS_TOO.split()))),
    ]
    _OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _names(file: str, count: int) -> set[str]:
    return {name.lower() for name in islice(_first_column("names", file), count)}


def _first_column(package: str, file: str) -> list[str]:
    lines = resources.files(package).joinpath(file).read_text("utf-8").splitlines()
    return [line.split()[0] for line in lines]


def _is_word(word: str, rank: int) -> bool:
    """Whether it is a word by itself: short ones are mostly abbreviations, unless frequent."""
    return word in _LETTERS or (
        len(word) > 1 and word.isalpha() and rank < _RANK_MOST.get(len(word), rank + 1)
    )


if __name__ == "__main__":
    main()
