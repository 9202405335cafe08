"""Write characters.txt, the table of character variants and sounds, from opencc and pypinyin.

    python -m pipelines.normalise.make_characters

Kept as a file so that a text's node id does not move when one of the two libraries is upgraded,
and so that a worker process starts without loading them (pypinyin alone takes 0.25 s). Running
this again with other data gives other node ids: every text must then be signed again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import opencc
from pypinyin.constants import PINYIN_DICT

_OUTPUT = Path(__file__).with_name("characters.txt")
_WORDS = Path(__file__).parent.parent / "join/words.txt"
_IDEOGRAPHS = [
    *range(0x3400, 0x4DC0),
    *range(0x4E00, 0xA000),
    *range(0xF900, 0xFB00),
    *range(0x20000, 0x2A6E0),
]

# Pairs that input methods offer for each other and that copyists swap, as listed by Chinese input
# methods under 模糊音: retroflex and flat initials, n and l, front and back nasals.
_FUZZY = ((r"^zh", "z"), (r"^ch", "c"), (r"^sh", "s"), (r"^n", "l"), (r"ng$", "n"))


def main() -> None:
    """Write the table: traditional with simplified characters; regional words; a line a sound."""
    taiwan, mainland = opencc.OpenCC("tw2s").convert, opencc.OpenCC("t2s").convert
    simplified = {chr(code): taiwan(mainland(chr(code))) for code in _IDEOGRAPHS}
    pairs = "".join(old + new for old, new in simplified.items() if old != new and len(new) == 1)
    sounds: dict[str, list[str]] = defaultdict(list)
    for code in _IDEOGRAPHS:
        reading = PINYIN_DICT.get(code, "").split(",")[0]
        if reading and simplified[chr(code)] == chr(code):
            sounds[_fold(reading)].append(chr(code))
    lines = [
        f"= {pairs}",
        " ".join(_regional()),
        *(f"{sound} {''.join(characters)}" for sound, characters in sorted(sounds.items())),
    ]
    _OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _regional() -> list[str]:
    """Words that Taiwan and the mainland say differently: 社群=社区."""
    to_taiwan, from_taiwan = opencc.OpenCC("s2twp").convert, opencc.OpenCC("tw2s").convert
    words = {word: from_taiwan(word) for word in _WORDS.read_text("utf-8").splitlines()[1].split(" ")}
    pairs = {ours: from_taiwan(to_taiwan(word)) for word, ours in words.items()}
    return sorted(f"{theirs}={ours}" for ours, theirs in pairs.items() if ours != theirs and len(theirs) > 1)


def _fold(reading: str) -> str:
    """A syllable without tone marks and without the differences that copyists confuse."""
    plain = "".join(c for c in unicodedata.normalize("NFD", reading) if not unicodedata.combining(c))
    for pattern, folded in _FUZZY:
        plain = re.sub(pattern, folded, plain)
    return plain


if __name__ == "__main__":
    main()
