"""A person's word on where things stand, above what is read by rule."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.records import Field, Missed, Page, Reading, Rejection, Selectors, Source
from pipelines.stages import read_page

TEXT = (
    "青岚湖科技园昨日启用第三期标准厂房，首批十二家企业签约入驻，预计年产值超过三十亿元。",
    "园区管委会负责人表示，新厂房配套齐全，企业可以拎包入驻，还将提供一站式服务。",
)
OTHER = "本站推荐：临江大桥明日通车，全长三公里，双向六车道，往返两岸只需五分钟，市民出行更加方便快捷。"
PAGE = f"""<html><head><title>青岚在线</title><meta name="day" content="2024-04-30"></head><body>
<h1>青岚在线</h1><h2 class="head">新厂房启用</h2>
<p class="top">稿件来源：青岚日报 发布时间：2024-05-06</p><p class="by">作者：林知远</p>
<div class="side"><p>{OTHER}</p><p>{OTHER[5:]}</p><p>{OTHER[9:]}</p></div>
<div class="text"><p>{TEXT[0]}</p><div class="app">打开客户端看全文</div><p>{TEXT[1]}</p>
<p style="display:none">看不见的文字藏在这里，只给机器看。</p></div></body></html>"""


def _read(html: str = PAGE, **selectors: str | list[str]) -> Reading | Rejection:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    page = Page(1, "x.cn", "https://x.cn/1.html", "https://x.cn/1.html", 200, (), html.encode(), at)
    said = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in selectors.items()}
    return read_page(page, Source("x.cn", read=Selectors(**said)))


def _reading(html: str = PAGE, **selectors: str | list[str]) -> Reading:
    result = _read(html, **selectors)
    assert isinstance(result, Reading), result
    return result


def test_the_text_is_what_readers_see_of_the_body_and_nothing_else() -> None:
    story = _reading(body=".text", drop=".app").story
    assert (story.text.split("\n"), story.text_from) == ([*TEXT], Field("", "sources file", ".text"))


def test_what_is_dropped_or_hidden_in_the_body_is_told_with_its_rule() -> None:
    stripped = _reading(body=".text", drop=".app").story.stripped
    assert [(piece.kind, piece.rule) for piece in stripped] == [
        ("dropped", "sources file"),
        ("hidden", "hidden-element"),
    ]


def test_a_body_that_a_script_reveals_is_read() -> None:
    hidden = PAGE.replace('<div class="text">', '<div class="text" style="display:none">')
    assert TEXT[0] in _reading(hidden, body=".text").story.text


@pytest.mark.parametrize(
    ("key", "selector", "field", "value"),
    [
        ("title", ".head", "title", "新厂房启用"),
        ("date", "meta[name=day]", "published", "2024-04-30"),
        ("date", "//p[@class='top']", "published", "2024-05-06"),
        ("author", [".nobody", ".by"], "author", "林知远"),
        ("credit", ".top", "credited_source", "青岚日报"),
    ],
)
def test_a_field_is_what_its_selector_finds_with_or_without_a_label(
    key: str, selector: str | list[str], field: str, value: str
) -> None:
    found = getattr(_reading(body=".text", **{key: selector}).story, field)
    assert (found.value, found.origin) == (value, "sources file")


def test_a_field_may_be_found_in_what_is_dropped() -> None:
    story = _reading(body=".text", date=".top", drop=".top").story
    assert (story.published and story.published.value, story.credited_source) == ("2024-05-06", None)


def test_a_selector_that_gives_nothing_leaves_the_page_to_the_rules_and_is_told() -> None:
    told, plain = _reading(body=".none", date=".by", author=".side p").story, _reading().story
    assert (told.text, told.published, told.author) == (plain.text, plain.published, plain.author)
    assert told.missed == (
        Missed("body", "finds nothing"),
        Missed("date", "no date in “作者：林知远”"),
        Missed("author", f"nobody is named in “{OTHER}”"),
    )


def test_a_page_that_is_refused_says_that_its_body_was_not_found() -> None:
    links = "".join(
        f'<li><a href="/{n}.html">新闻标题第{n}条在这里</a> 2024-05-0{n}</li>' for n in range(1, 9)
    )
    result = _read(f"<html><title>新闻</title><ul>{links}</ul></html>", body=".text")
    assert isinstance(result, Rejection)
    assert result.reason.endswith("; `body` of [source.read] finds nothing")


def test_a_page_that_looks_like_a_list_is_an_article_where_its_body_is_named() -> None:
    links = "".join(
        f'<li><a href="/{n}.html">新闻标题第{n}条在这里</a> 2024-05-0{n}</li>' for n in range(1, 9)
    )
    text = f"<i class='d'>2024-05-09</i><b class='t'>{TEXT[0]}</b>"
    assert (
        _reading(f"<html><title>新闻</title><ul>{links}</ul>{text}</html>", body=".t", date=".d").story.text
        == TEXT[0]
    )
