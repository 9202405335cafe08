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
_LETTERS = frozenset("ai")
_RANK_MOST = {2: 120, 3: 1_200}


def main() -> None:
    """Write two lines: words, the frequent first; names."""
    rows = enumerate(_first_column("wordsegment", "unigrams.txt"))
    words = list(islice((word for rank, word in rows if _is_word(word, rank)), _WORDS))
    names = {
        name.lower()
        for file, count in (
            ("dist.male.first", _FIRST),
            ("dist.female.first", _FIRST),
            ("dist.all.last", _LAST),
        )
        for name in islice(_first_column("names", file), count)
    }
    common = set(words[:3_000])
    lines = [" ".join(words), " ".join(sorted(names - common))]
    _OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


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
