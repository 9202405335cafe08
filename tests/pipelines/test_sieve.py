"""The one look that tells which rules a line may fit never leaves out one that it fits."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.clean.rules import BARE_DATE, CUES, LINES, PIECES, TAIL, Rule, may_fit
from pipelines.clean.sieve import Sieve, needed

RULES = (*CUES, *LINES, *TAIL, *PIECES, BARE_DATE)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_line_that_fits_a_rule_may_fit_it(data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(RULES))
    written = re.compile(rule.pattern.pattern, rule.pattern.flags)
    line = data.draw(st.from_regex(written))
    assume(written.search(line))
    assert may_fit(line) & rule.bit


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_most_rules_may_not_fit_a_line_of_news(rule: Rule) -> None:
    unknown = {"ruler", "page-tool"}
    assert bool(may_fit("园区里的新厂房落成了") & rule.bit) == (rule.name in unknown)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("^责任编辑", {"责任编辑"}),
        ("(?:来源|稿源)[:：]", {"来源:", "来源：", "稿源:", "稿源："}),
        (r"来\s?源", {"来"}),
        (r"\d{3}", set()),
        ("编(?:辑)?[^。]*校对员", {"校对员"}),
        ("(?:扫码|.*)关注我们", {"关注我们"}),
        ("(?=.*转载).*", {"转载"}),
        ("(?!.*转载).*", set()),
        ("Photo", {"photo"}),
        ("(?:电话)?", set()),
    ],
)
def test_the_words_that_every_match_has(expression: str, words: set[str]) -> None:
    assert needed(re.compile(expression)) == words


@pytest.mark.parametrize("line", ["ADVERTİSİNG", "advertısıng", "adverti\u017fing", "\ud800ADVERTISING"])
def test_letters_that_patterns_take_for_others_hide_nothing(line: str) -> None:
    pattern = re.compile("advertising", re.IGNORECASE)
    assert pattern.search(line)
    assert Sieve([pattern]).may_match(line) == 1


def test_a_pattern_of_which_nothing_is_told_may_match_anywhere() -> None:
    patterns = [re.compile("责任编辑"), re.compile(r"\d"), re.compile("来源")]
    assert Sieve(patterns).may_match("来源不详") == 0b110
