from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.records import Claim, Decoded, Extracted, Page, Rejection, Source

NEWS = "临湖智造园一季度新签约项目三十二个，计划总投资一百八十六亿元，较去年同期增长两成一。"
TITLE = "园区新签项目三十二个"
SOURCE = Source("www.example.cn")


def _page(url: str = "https://www.example.cn/news/1.html") -> Page:
    return Page(
        page_id=1,
        source="www.example.cn",
        url=url,
        url_answered=url,
        status=200,
        headers=(),
        body=b"",
        fetched_at=datetime(2024, 6, 28, tzinfo=UTC),
    )


def _extract(html: str, url: str = "https://www.example.cn/news/1.html") -> Extracted | Rejection:
    return extract(Decoded(html, "utf-8"), _page(url), SOURCE)


def _article(body: str = "", head: str = "", title: str = TITLE) -> str:
    paragraphs = "".join(f"<p>{NEWS}</p>" for _ in range(3))
    return (
        f"<html><head><title>{title}</title>{head}</head>"
        f"<body><h1>{TITLE}</h1>{body}<div>{paragraphs}</div></body></html>"
    )


def _found(html: str) -> Extracted:
    result = _extract(html)
    assert isinstance(result, Extracted)
    return result


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        f"{TITLE}_园区产业网",
        f"{TITLE} - 要闻 - 园区产业网",
        f"{TITLE}-园区新闻网",
        f"{TITLE} | The Park Times",
        f"园区产业网 {TITLE}",
        f"{TITLE[:6]}...",
    ],
)
def test_the_title_is_the_heading_whatever_the_site_adds_to_it(title: str) -> None:
    field = _found(_article(title=title)).title
    assert field is not None
    assert (field.value, field.origin) == (TITLE, "heading")


@pytest.mark.parametrize(
    ("byline", "name", "value"),
    [
        ("来源：临湖日报社 作者：陈立", "credited_source", "临湖日报"),
        ("來源 港灣經貿報 時間 2024-01-22 點擊:657", "credited_source", "港灣經貿報"),
        ("作者:任庆华 来源:滨海日报 浏览次数:5600 发布时间:[2019-3-5]", "credited_source", "滨海日报"),
        ("作者:任庆华 来源:滨海日报 浏览次数:5600 发布时间:[2019-3-5]", "author", "任庆华"),
        ("发布日期:2015-11-26 来源:园区评论 编辑:杜若 浏览次数:864", "credited_source", "园区评论"),
        ("发布日期:2015-11-26 来源:园区评论 编辑:杜若 浏览次数:864", "editor", "杜若"),
        ("稿源：《滨海日报》", "credited_source", "滨海日报"),
        ("By Maria Ortega, Staff Writer", "author", "Maria Ortega"),
        ("Source: The Park Times", "credited_source", "The Park Times"),
        ("发表时间：2014-09-29 17:33:30 来源：", "credited_source", None),
        ("作者：admin 来源：本站", "author", None),
        ("登录 注册 版权所有", "author", None),
    ],
)
def test_a_byline_is_read_label_by_label(byline: str, name: str, value: str | None) -> None:
    field = getattr(_found(_article(f"<div>{byline}</div>")), name)
    assert (field and field.value) == value


def test_a_meta_tag_gives_the_time_and_json_ld_the_author() -> None:
    head = (
        '<meta property="article:published_time" content="2024-03-01T08:00:00+08:00">'
        '<script type="application/ld+json">'
        '{"@graph": [{"@type": "NewsArticle", "author": {"name": "Lee Park"}}]}</script>'
    )
    found = _found(_article(head=head))
    assert found.published is not None
    assert found.author is not None
    assert (found.published.value, found.published.origin, found.author.value, found.author.origin) == (
        "2024-03-01T08:00:00+08:00",
        "meta:article:published_time",
        "Lee Park",
        "json-ld",
    )


def test_claims_are_absolute_and_a_broken_one_is_left_out() -> None:
    head = '<link rel="canonical" href="/news/1"><meta property="og:url" content="http://[broken">'
    assert _found(_article(head=head)).claims == (Claim("canonical", "https://www.example.cn/news/1"),)


def test_broken_json_ld_does_not_matter() -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", [[[</script>'
    assert _found(_article(head=head)).lines[-1] == NEWS


@pytest.mark.parametrize(
    "text", [NEWS, NEWS[:31], "Two firms have signed leases at the freeport, its operator said. " * 2]
)
def test_a_short_true_article_is_no_rejection(text: str) -> None:
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><div>2024-05-01</div><div><p>{text}</p></div>"
    result = _extract(html)
    assert isinstance(result, Extracted)
    assert text.strip() in result.lines


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<div>" * 200_000 + NEWS,
        '<a href="x">' * 100_000 + NEWS,
        "<p>" + NEWS * 20_000,
        f"<p>{NEWS}</p>" * 30_000,
        "<p>电话</p>" * 100_000,
        "<p>" + "（" * 300_000 + NEWS,
        "<p>" + NEWS * 5 + "2019-1-" * 30_000,
        "<style>" + ".a{display:none}" * 10_000 + "</style><p>" + NEWS * 5,
        "<style>" + "@media print{" * 10_000 + "</style><p>" + NEWS * 5,
        '<script>var a="<p>' + "\\" * 500_001 + "</script><p>短</p>",
        '<script type="application/ld+json">' + "[" * 100_000 + "</script><p>" + NEWS * 5,
        "<title>" + "标题_" * 50_000 + "</title><h1>标题</h1><p>" + NEWS * 5,
        "<table>" + "<tr><td>a</td><td>" * 3_000 + NEWS * 5,
        "<p>" + "a@b." * 100_000,
        "<p>" + "，。" * 200_000,
        "<p>" + "来源：" * 50_000,
    ],
    ids=lambda html: html[:24] or "nothing",
)
def test_a_hostile_page_takes_no_more_than_seconds(html: str) -> None:
    started = time.process_time()
    result = _extract(html)
    if isinstance(result, Extracted):
        clean(result, _page(), SOURCE)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "title", ["我市404家企业入选专精特新名单", "银行系统错误致客户多转账十万元 法院这样判"]
)
def test_a_headline_that_reports_on_errors_is_no_missing_page(title: str) -> None:
    html = f"<title>{title}</title><h1>{title}</h1><div>2024-05-01</div><div><p>{NEWS}</p></div>"
    assert isinstance(_extract(html), Extracted)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404 Not Found", "The requested URL was not found on this server."),
        ("提示信息", "您访问的页面不存在或已被删除"),
        ("园区产业网", "该文章已被删除"),
        ("Page not found | The Riverside Courier", "Sorry, we could not find what you were looking for."),
    ],
)
def test_a_page_that_says_it_is_missing_is_rejected(title: str, text: str) -> None:
    result = _extract(f"<title>{title}</title><h1>{title}</h1><p>{text}</p><p><a href='/'>首页</a></p>")
    assert isinstance(result, Rejection)
    assert result.reason.startswith("not found page")


def test_a_digest_with_a_byline_is_no_list_page() -> None:
    item = f"<p>{NEWS}</p><p>{NEWS}</p>"
    items = "".join(f"<h3><a href=/{i}>园区要闻第{i}条：项目集中开工</a></h3>{item}" for i in range(6))
    byline = "<div>2024-05-01 08:00 来源：临湖日报</div>"
    result = _extract(f"<title>一周要闻</title><h1>一周要闻</h1>{byline}<div>{items}</div>")
    assert isinstance(result, Extracted)
