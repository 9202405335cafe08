"""The lists of words: that they are well made, that each is asked for, and what patterns make of them."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pipelines
from pipelines import words
from pipelines.words import pattern

FOLDER = Path(words.__file__).parent
ROOT = FOLDER.parents[1]
LISTS = {
    f"{file.stem}.{name}" for file in FOLDER.glob("*.toml") for name in tomllib.loads(file.read_text("utf-8"))
}


def test_the_lists_and_all_patterns_made_of_them_have_no_fault() -> None:
    for module in pkgutil.walk_packages(pipelines.__path__, "pipelines."):
        import_module(module.name)
    assert words.check() == []


def test_every_list_is_asked_for() -> None:
    files = [*ROOT.glob("crawler/**/*.py"), *ROOT.glob("pipelines/**/*.py"), *FOLDER.glob("*.toml")]
    asked = {
        name
        for file in files
        for name in re.findall(r"[\"{|]([a-z_]+\.[a-z_]+)(?=[\"}|])", file.read_text("utf-8"))
    }
    assert LISTS - asked == set()


def test_a_pattern_holds_the_words_of_its_lists_and_the_longest_first() -> None:
    found = pattern("{credit.label|credit.taken_from}于?", as_written=True).findall("來源 转载自")
    assert found == ["來源", "转载自"]


def test_a_pattern_is_held_against_simplified_text_unless_it_is_as_written() -> None:
    assert pattern("^{credit.label}$").search("來源") is None
