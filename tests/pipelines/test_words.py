"""The lists of words: that they are well made, that each is asked for, and what patterns make of them."""

from __future__ import annotations

import ast
import json
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipelines
import pipelines.stages  # makes the patterns by which pages are read
from pipelines import words
from pipelines.report.words import words as report_words
from pipelines.words import pattern, position

FOLDER = Path(words.__file__).parent
ROOT = FOLDER.parents[1]
LISTS = {
    f"{file.stem}.{name}": set(by_language)
    for file in FOLDER.glob("*.toml")
    for name, by_language in tomllib.loads(file.read_text("utf-8")).items()
}
LANGUAGES = LISTS["credit.label"]
"""Those that parknews reads: each knows how a source is named."""


def test_the_lists_and_all_patterns_made_of_them_have_no_fault() -> None:
    for module in pkgutil.walk_packages(pipelines.__path__, "pipelines."):
        import_module(module.name)
    assert words.check() == []


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_token_begins_as_its_pattern_looks_for_it(data: st.DataObject) -> None:
    token = data.draw(st.sampled_from([token for name in LISTS for token in words.words(name)]))
    firsts, written = words._firsts(token), re.compile(words._expression(token))
    text = data.draw(st.from_regex(written))
    assert not firsts or {match[0][:1] for match in written.finditer(text)} <= set(firsts)


@pytest.mark.parametrize(
    ("token", "firsts"),
    [
        ("来源", "来"),
        (r"/\b(?:story|article) from/", "sa"),
        ("/(?<![a-z])[Rr]eporting by/", "Rr"),
        ("/jan(?:uar|vier)?/", "j"),
        ("/(?:the )?story/", ""),
        ("/a?b/", ""),
        ("/(?:a?|b)c/", ""),
        ("/a|b/", ""),
        ("/(?:a|b){0,2}c/", ""),
        ("/[^a]b/", ""),
        (r"/\d+/", ""),
        ("/(?i:a)b/", ""),
        ("/(?!a)b/", ""),
        ("/.b/", ""),
    ],
)
def test_how_a_token_begins_is_told_where_a_look_tells(token: str, firsts: str) -> None:
    assert words._firsts(token) == firsts


def test_a_pattern_of_many_words_finds_them_in_any_case_and_script() -> None:
    made = pattern(r"(?:^|\W){byline.editor|byline.author|credit.label}?[:：]", as_written=True)
    assert [m[0] for m in made.finditer("責任編輯：\nEDITOR:\n:")] == ["責任編輯：", "\nEDITOR:", "\n:"]


def test_every_list_is_asked_for() -> None:
    files = [*ROOT.glob("crawler/**/*.py"), *ROOT.glob("pipelines/**/*.py"), *FOLDER.glob("*.toml")]
    asked = {
        name
        for file in files
        for name in re.findall(r"[\"{|]([a-z_]+\.[a-z_]+)(?=[\"}|])", file.read_text("utf-8"))
    }
    assert LISTS.keys() - asked == set()


def test_no_pattern_has_words_of_its_own() -> None:
    """Three words to choose from, or two in Chinese, are a list."""
    choice = re.compile(r"[\u4e00-\u9fff]{2,}\)?\|[\u4e00-\u9fff]{2,}|[a-z]{3,}\|[a-z]{3,}\|[a-z]{3,}")
    modules = [
        *ROOT.glob("pipelines/clean/*.py"),
        *ROOT.glob("pipelines/extract/[!s]*.py"),  # scan.py has the words of style sheets
        ROOT / "pipelines/pages/html.py",
        ROOT / "pipelines/pages/kinds.py",
        ROOT / "crawler/runs/survey.py",
        ROOT / "pipelines/dates.py",
        ROOT / "pipelines/publishers.py",
    ]
    strings = (
        (module.name, node.value)
        for module in modules
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    assert [(name, text) for name, text in strings if choice.search(re.sub(r"\{[a-z_.|]+\}", "", text))] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_language_has_words_wherever_others_have_some(language: str) -> None:
    """One that has no word for it says so: `de = ''`."""
    shared = {name for name, have in LISTS.items() if len(have & LANGUAGES) > 1}
    assert {name for name in shared if language not in LISTS[name]} == set()


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_language_has_a_name_for_readers(language: str) -> None:
    assert f"language.{language}" in report_words("zh").texts


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_language_has_cases(language: str) -> None:
    expected = (json.loads(file.read_text("utf-8")) for file in ROOT.glob("tests/cases/*/expected.json"))
    assert any(str(case.get("language", "")).partition("-")[0] == language for case in expected)


def test_the_names_of_months_and_weekdays_are_complete() -> None:
    counted = {
        (name, language): len(words.words(name, language))
        for name in ("date.month_name", "date.weekday_name")
        for language in LISTS[name]
    }
    assert {(name, count) for (name, _), count in counted.items()} == {
        ("date.month_name", 12),
        ("date.weekday_name", 7),
    }


GERMAN = {
    "credit.label": "Quelle",
    "byline.by_name": "Von",
    "caption.photo": "Foto",
    "contact.label": "Telefon",
    "share.line": "Artikel teilen",
    "related.heading": "Mehr zum Thema",
    "date.month_name": "/jan(?:uar)?/\n/feb(?:ruar)?/\nmärz",
    "date.ordinal": ".",
}
READ_GERMAN = """
from datetime import UTC, datetime
from pipelines.clean.tail import tail_rule
from pipelines.dates import Moment, read_date
lines = ["Quelle: Tagblatt", "Von Anna Müller", "Foto: Max Muster/dpa", "Telefon: 030 1", "Artikel teilen",
         "Mehr zum Thema", "Das Werk nimmt im Herbst den Betrieb auf."]
print([rule and rule.kind for rule in map(tail_rule, lines)])
print(read_date("5. März 2024, 10:30 Uhr", Moment(datetime(2024, 6, 1, tzinfo=UTC)), "byline").value)
"""


def test_a_language_is_added_by_lines_in_the_lists(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    for name, tokens in GERMAN.items():
        file, _, table = name.partition(".")
        path = tmp_path / f"pipelines/words/{file}.toml"
        head = re.compile(rf"^(\[{table}\].*)$", re.MULTILINE)
        german = head.sub(f"\\1\nx-german = '''\n{tokens}\n'''", path.read_text("utf-8"))
        path.write_text(german, "utf-8")
    read = subprocess.run(
        [sys.executable, "-c", READ_GERMAN], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert read.stdout.splitlines() == [
        "['editor', 'editor', 'caption', 'contact', 'share', 'related', None]",
        "2024-03-05T10:30:00+08:00",
    ]


def test_a_pattern_holds_the_words_of_its_lists_and_the_longest_first() -> None:
    found = pattern("{credit.label|credit.taken_from}于?", as_written=True).findall("來源 转载自")
    assert found == ["來源", "转载自"]


def test_white_space_may_stand_where_a_word_has_a_space_between_characters() -> None:
    assert pattern("{byline.editor}").findall("责编 责\u3000编") == ["责编", "责\u3000编"]


def test_a_pattern_is_held_against_simplified_text_unless_it_is_as_written() -> None:
    assert pattern("^{credit.label}$").search("來源") is None


def test_a_word_has_its_place_in_the_list_of_its_language() -> None:
    assert [position("date.month_name", name) for name in ("March", "sept", "Brumaire")] == [3, 9, 0]
