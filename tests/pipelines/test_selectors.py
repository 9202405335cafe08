from __future__ import annotations

import pytest
from lxml import html

from pipelines.selectors import all_found, compiled, found

PAGE = html.document_fromstring(
    '<html><head><meta name="day" content="2024-05-06"></head><body><h1>标题</h1>'
    '<div class="a">一</div><div class="a">二</div><p class="b"> </p></body></html>'
)


def _texts(*selectors: str) -> list[str]:
    return [thing if isinstance(thing, str) else str(thing.text) for thing in found(PAGE, selectors)]


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        (".a", ["一", "二"]),
        ("//div[@class='a'][2]", ["二"]),
        ("h1::text", ["标题"]),
        ("meta[name=day]::attr(content)", ["2024-05-06"]),
        ("string(//h1)", ["标题"]),
        ("(//div)[1]/text()", ["一"]),
        ("//p/text()", []),
    ],
)
def test_css_and_xpath_find_elements_and_texts(selector: str, texts: list[str]) -> None:
    assert _texts(selector) == texts


def test_of_several_the_first_that_finds_something_counts() -> None:
    assert (_texts(".none", "h1", ".a"), len(list(all_found(PAGE, ["h1", ".none", ".a"])))) == (["标题"], 3)


@pytest.mark.parametrize(
    "selector", ["h1[", "//h1[", "", "a:nope", "count(//a)", "(1 + 1)", "//a[unknown:f(.)]"]
)
def test_what_is_no_selector_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match=r"must be|cannot be asked"):
        found(html.document_fromstring("<html><body><a>x</a></body></html>"), [selector])


def test_the_refusal_says_which_kind_of_selector_it_was_taken_for() -> None:
    with pytest.raises(ValueError, match="must be an XPath selector"):
        compiled("//h1[")
