from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.extract.scan import squeeze_space
from pipelines.records import Claim, Decoded, Extracted, Page, Rejection, Source
from pipelines.stages import read_page

NEWS = "临湖智造园一季度新签约项目三十二个，计划总投资一百八十六亿元，较去年同期增长两成一。"
TITLE = "园区新签项目三十二个"
SOURCE = Source("www.example.cn")


def _page(url: str = "https://www.example.cn/news/1.html") -> Page:
    return Page(1, "www.example.cn", url, url, 200, (), b"", datetime(2024, 6, 28, tzinfo=UTC))


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
        ("2024-06-13 Source: Haitang Bay Today Font size: A A A", "credited_source", "Haitang Bay Today"),
        ("2024-06-11 08:15 滨海观察 作者：陈立", "credited_source", "滨海观察"),
        ("2024-06-11 来源：今日头条", "credited_source", "今日头条"),
        ("临潮晚报 2024 年 5 月 8 日", "credited_source", "临潮晚报"),
        ("《临潮晚报》（2024年05月08日 第 06 版）", "credited_source", "临潮晚报"),
        ("2024-06-11 来源：　评论：0 点击：", "credited_source", None),
        ("转载自：园区评论 | 2023/06/15 16:25", "credited_source", "园区评论"),
        ("文｜罗文博 编辑｜许志强", "author", "罗文博"),
        ("资金来源：财政拨款", "credited_source", None),
        (
            "<span>2024-06-11</span><span>滨海日报</span><span>作者：陈立</span><i>326</i>评论",
            "author",
            "陈立",
        ),
        ("撰文：陳嘉樹　出版：2024-06-09 16:20", "author", "陳嘉樹"),
        ("Posted in News on May 14, 2024 by Chen Jiashu", "author", "Chen Jiashu"),
        ("发表时间：2014-09-29 17:33:30 来源：", "credited_source", None),
        ("作者：admin 来源：本站", "author", None),
        ("登录 注册 版权所有", "author", None),
        ("作者： 来源：", "author", None),
        ("作者：陈立 周敏 来源：滨海日报", "author", "陈立 周敏"),
        ("作者：陈 立 来源：滨海日报", "author", "陈立"),
        ("作者：信息发布员6", "author", None),
        ("作者：超级管理员发布时间：2024-05-31", "author", None),
        ("■ 专家论道", "author", None),
        ("□ 陈立", "author", "陈立"),
        ("记者：贵园区这是第 15 次发布产业信息", "author", None),
        ("（本报记者 陈立文整理）", "author", "陈立文"),
        ("新厂房昨日封顶。（滨海日报记者 陈立 摄）", "author", None),
        ("陈立文 2024-06-11 08:15", "author", "陈立文"),
        ("【信息发布时间：2024-05-29 阅读次数：】", "credited_source", None),
        ("发布时间：2024-05-28 来源：滨海日报分享：", "credited_source", "滨海日报"),
        ("来源：滨海日报举报", "credited_source", "滨海日报"),
        ("来源：滨海日报字体大小： 大 中 小", "credited_source", "滨海日报"),
        ("来源：滨海市文旅局（原市文广局）", "credited_source", "滨海市文旅局(原市文广局)"),
        ("来源：滨海日报（记者 陈立）", "credited_source", "滨海日报"),
        ("来源：http://www.example.cn/a/1.html", "credited_source", None),
        ("来源：www.example.cn", "credited_source", None),
        ("来源：浏览次数", "credited_source", None),
        ("来源：admin", "credited_source", None),
        ("供稿：滨海市教育局", "credited_source", "滨海市教育局"),
        ("供稿：陈立文", "credited_source", None),
        (
            "来源：滨海市园区（保税区管理局）办公室 日期：2024-05-03",
            "credited_source",
            "滨海市园区(保税区管理局)办公室",
        ),
        ("2024-05-03 来源：滨海日报 记者 陈立文 摄影 杜若", "author", "陈立文"),
        ("投稿人：陈立文 日期：2024-05-03", "author", "陈立文"),
        ("作者 陈立文", "author", "陈立文"),
        ("□ 滨海日报记者 陈立文 通讯员 杜若", "author", "陈立文"),
        ("文/陈立文 图/杜若", "author", "陈立文"),
        ("文字 放大", "author", None),
        ("作者 简介", "author", None),
        ("2024-05-03 记者 昨日 获悉", "author", None),
        ("举报电话：25780000", "credited_source", None),
    ],
)
def test_a_byline_is_read_label_by_label(byline: str, name: str, value: str | None) -> None:
    field = getattr(_found(_article(f"<div>{byline}</div>")), name)
    assert (field and field.value) == value


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("园区\n落成", "园区落成"),
        ("园区 \t\r\n  落成", "园区落成"),
        ("园区。\n\n\u3000落成", "园区。落成"),
        ("园区\u3000\n落成", "园区 落成"),
        ("园区 落成", "园区 落成"),
        ("园区\nHall", "园区 Hall"),
        ("Hall\n园区", "Hall 园区"),
    ],
)
def test_a_line_break_between_ideographs_is_no_space(written: str, shown: str) -> None:
    assert squeeze_space(written) == shown


def test_who_typed_a_page_in_is_not_its_author() -> None:
    meta = "<meta name='author' content='陈立'><meta name='contentsource' content='滨海市政务服务处'>"
    shown = "<div>来源：滨海市政务服务处 2024-05-03</div><div>陈立</div>"
    hidden, edited, visible = (
        _found(_article(body, meta)) for body in ("", "<div>责任编辑：陈立</div>", shown)
    )
    assert (hidden.author, hidden.credited_source, edited.author) == (None, None, None)
    assert visible.author is not None
    assert visible.credited_source is not None


@pytest.mark.parametrize(
    ("title", "is_believed"),
    [(TITLE, False), ("RSS周记(一百) | Notes", True), ("経済産業省、半導体支援策を発表 港湾経済新聞", True)],
)
def test_whom_a_meta_tag_alone_names_is_the_author_unless_the_title_is_chinese(
    title: str, is_believed: bool
) -> None:
    found = _found(_article(head="<meta name='author' content='Lee Park'>", title=title))
    assert (found.author is not None) == is_believed


def test_a_document_is_published_later_than_it_is_dated() -> None:
    found = _found(_article("<div>发文日期：2024-05-03</div><div>发布日期：2024-05-09</div>"))
    assert found.published is not None
    assert found.published.value == "2024-05-09"


def test_a_column_of_the_site_is_no_credit() -> None:
    path = "<div>首页 &gt; 临湖园区 &gt; 临湖园区新闻</div>"
    html = _article("<div>2024-05-03 临湖园区工业新闻</div>").replace("<h1>", f"{path}<h1>")
    assert _found(html).credited_source is None


def test_all_authors_of_a_foreign_page_are_named() -> None:
    authors = '[{"@type": "Person", "name": "Şule Öz"}, {"@type": "Person", "name": "Ann Lee (ale)"}]'
    html = (
        "<html lang='de'><head><title>Werk nimmt Betrieb auf</title><script type='application/ld+json'>"
        f'{{"@type": "NewsArticle", "author": {authors}}}</script></head><body><h1>Werk nimmt Betrieb</h1>'
        f"{'<p>Das Werk nimmt im Herbst den Betrieb auf, sagte die Leiterin.</p>' * 4}</body></html>"
    )
    author = _found(html).author
    assert author is not None
    assert author.value == "Şule Öz; Ann Lee"


@pytest.mark.parametrize(
    ("title", "line", "name"),
    [
        (
            "Werk nimmt Betrieb auf",
            "Am 24. September 2024 von Ann Vogel · Aktualisiert: 28.09.2024",
            "Ann Vogel",
        ),
        ("La zone s'agrandit", "Publié le 15 mars 2024 à 10h30 – Par Élodie Marchand", "Élodie Marchand"),
        (
            "Kawasan terima pabrik",
            "Selasa | 10:15 WIB | Penulis: Dewi Lestari | Editor: Agus",
            "Dewi Lestari",
        ),
        ("산업단지에 공장 착공", "기자명 김민수 기자", "김민수"),
        ("산업단지에 공장 착공", "박서연 기자 seo@park.example", "박서연"),
        ("산업단지에 공장 착공", "어제 만난 기자 여러분", None),
        ("산업단지에 공장 착공", "입력 2024.05.09. 오후 2:26 박서연 기자", "박서연"),
        ("Parque recebe fábrica", "Por Carla Menezes — Pedra Alta", "Carla Menezes"),
        ("산업단지에 공장 착공", "입력 2024.05.09. 오후 2:26 경제부 기자", None),
        ("산업단지에 공장 착공", "입력 2024.05.09. 오후 2:26 시민 기자", None),
        ("Завод открыт", "9 мая 2024, 14:20 | Автор: Анна Крылова", "Анна Крылова"),
        ("Завод открыт", "Текст Закона Российской Федерации", None),
        ("Park to grow", "By Tom Hadley Local Democracy Reporter", "Tom Hadley"),
    ],
)
def test_a_byline_of_another_language_names_the_author(title: str, line: str, name: str | None) -> None:
    text = "<p>Das Werk nimmt im Herbst den Betrieb auf, sagte die Leiterin am Montag.</p>" * 4
    head = f"<head><title>{title}</title></head>"
    author = _found(f"<html>{head}<body><h1>{title}</h1><div>{line}</div>{text}</body></html>").author
    assert (author and author.value) == name


@pytest.mark.parametrize(
    ("title", "below"),
    [
        ("Member login", "<label>User name</label><input><p>Remember me on this computer</p>"),
        ("标签：智能制造", "<p>智能制造 工业互联网 数字化转型 机器人</p><p>共 32 篇文章</p>"),
        ("站内搜索 智能制造", "<p>共找到 0 条与 智能制造 相关的结果</p><p>按时间 按相关度</p>"),
        ("Halls of the park", "<h2>Park opens a new hall</h2><h2>Tenants sign leases in the north</h2>"),
        ("系统提示", "<p>操作失败 错误代码 10023 请求编号 88afe23c</p>"),
    ],
)
def test_few_words_below_a_day_are_no_article_where_they_are_a_form_s_a_list_s_or_an_error_s(
    title: str, below: str
) -> None:
    head = f"<head><title>{title}</title></head>"
    html = f"<html>{head}<body><h1>{title}</h1><div>2024-06-03</div><div>{below}</div></body></html>"
    assert isinstance(_extract(html), Rejection)


def test_what_heads_the_links_below_a_few_words_is_no_part_of_them() -> None:
    below = "<p>园区二期昨日开园，十二家企业入驻，总投资二十八亿元。</p>"
    others = "".join(f"<li><a href='/n/{n}.html'>园区第{n}批企业认定名单公布了</a></li>" for n in range(6))
    html = f"<h1>{TITLE}</h1><div>2024-06-03</div>{below}<h3>热点新闻</h3><ul>{others}</ul>"
    found = _found(f"<html><head><title>{TITLE}</title></head><body>{html}</body></html>")
    assert found.lines == ("园区二期昨日开园，十二家企业入驻，总投资二十八亿元。",)


@pytest.mark.parametrize("blank", ["<%=title%>", "{{title}}", "${title}"])
def test_a_template_of_an_item_is_no_text_of_a_list(blank: str) -> None:
    items = "".join(
        f"<li><a href='/n/{n}.html'>园区第{n}批企业认定名单公布了</a>06-0{n}</li>" for n in range(1, 9)
    )
    item = f"<script type='text/template'><h3>{blank}</h3><p>{NEWS}{NEWS}</p></script>"
    html = (
        f"<html><head><title>园区动态</title></head><body><h1>园区动态</h1>2024-06-03<ul>{items}</ul>{item}"
    )
    assert isinstance(_extract(html), Rejection)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Stolen crane cannot be found", "A crane that was stolen from the park in May is still missing."),
        (
            "Nothing found at plant after search",
            "Crews searched the plant of the park for an hour on Monday.",
        ),
        (
            "Bus pass no longer available",
            "The park's paper bus pass has been replaced by a card, it was said.",
        ),
        ("Die gesuchte Seite ist der Süden", "Der Park wächst nach Süden, sagte die Leiterin am Montag."),
        ("Lanzan página que busca empleo", "El parque abrió un sitio para quienes buscan empleo, se dijo."),
    ],
)
def test_a_headline_that_reports_on_what_is_missing_is_an_article_s(title: str, text: str) -> None:
    head = f"<head><title>{title}</title></head>"
    html = f"<html>{head}<body><h1>{title}</h1><div>2024-06-03</div><p>{text}</p><p>{text}</p></body></html>"
    assert isinstance(_extract(html), Extracted)


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


def test_a_page_names_its_other_addresses() -> None:
    head = (
        '<link rel="shortlink" href="/?p=1"><link rel="amphtml" href="/amp"><link rel="alternate" href="/f">'
        '<link rel="alternate" media="only screen and (max-width: 640px)" href="//m.example.cn/1">'
    )
    assert [(claim.kind, claim.url) for claim in _found(_article(head=head)).claims] == [
        ("shortlink", "https://www.example.cn/?p=1"),
        ("amphtml", "https://www.example.cn/amp"),
        ("alternate", "https://m.example.cn/1"),
    ]


def test_a_broken_base_does_not_matter() -> None:
    found = _found(_article(head='<base href="http://[::1"><link rel="canonical" href="/a">'))
    assert found.claims == (Claim("canonical", "https://www.example.cn/a"),)


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
        f'<meta name="author" content="{"1" * 100_000}"><h1>{TITLE}</h1>' + f"<p>{NEWS}</p>" * 3,
        "<title>" + "标题_" * 50_000 + "</title><h1>标题</h1><p>" + NEWS * 5,
        "<table>" + "<tr><td>a</td><td>" * 3_000 + NEWS * 5,
        "<p>" + "a@b." * 100_000,
        "<p>" + "，。" * 200_000,
        "<p>" + "来源：" * 50_000,
        f"<p>{NEWS * 5}</p><p>投资3亿元" + "9" * 100_000,
        f"<p>{NEWS * 5}</p><p>投资3亿元" + "1,234," * 20_000,
        f"<p>{NEWS * 5}</p><p>" + "\u202e" * 100_000,
        f'<p>{NEWS * 5}</p><p><a href="/{"9" * 100_000}">x</a>',
    ],
    ids=lambda html: html[:24] or "nothing",
)
def test_a_hostile_page_takes_no_more_than_seconds(html: str) -> None:
    started = time.process_time()
    read_page(replace(_page(), body=html.encode()), SOURCE)
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


@pytest.mark.parametrize(
    ("line", "credited"),
    [
        ("本文来自“星塘新闻网”，作者：唐立新，经授权发布。", "星塘新闻网"),
        ("转自：云岭发布", "云岭发布"),
        ("转自云岭发布", "云岭发布"),
        ("文章来源：滨海日报社", "滨海日报"),
        ("（来源：滨海日报）", "滨海日报"),
        ("（滨海日报）", "滨海日报"),
        ("This story originally appeared in Cuiping Daily.", "Cuiping Daily"),
        ("本文来自网络", None),
        ("转自动化改造让他们少走了很多弯路，效率提高三成。", None),
    ],
)
def test_a_credit_as_the_last_line_is_read_and_goes(line: str, credited: str | None) -> None:
    found = _found(_article().replace("</div></body>", f"<p>{line}</p></div></body>"))
    story = clean(found, _page(), SOURCE)
    assert not isinstance(story, Rejection)
    field = story.credited_source
    kept = credited is None and "网络" not in line
    assert ((field and field.value), line in story.text.split("\n")) == (credited, kept)


def test_a_dateline_of_a_paper_is_its_credit_and_stays() -> None:
    found = _found(_article().replace("<p>", "<p>北望网讯（记者周建宁）", 1))
    assert found.credited_source is not None
    assert (found.credited_source.value, found.credited_source.origin) == ("北望网", "dateline")
    assert found.lines[1 if found.lines[0] == TITLE else 0].startswith("北望网讯")


@pytest.mark.parametrize(
    ("html", "limit"),
    [
        ("<div>" * 3_000 + f"<p>{NEWS}</p>", "no text: its elements nest deeper than 2,048"),
        ("<p>短行</p>" * 25_000 + f"<p>{NEWS}</p>" * 3, "no text: only its first 20,000 lines were read"),
        (
            "<!--" + "x" * 8_000_000 + f"--><p>{NEWS}</p>",
            "no text: only its first 8,000,000 characters were read",
        ),
    ],
    ids=["deep", "long", "large"],
)
def test_a_rejection_names_the_limit_that_cost_the_text(html: str, limit: str) -> None:
    result = _extract(f"<html><body>{html}")
    assert isinstance(result, Rejection)
    assert result.reason == limit


def test_the_two_lines_of_a_heading_are_one_title() -> None:
    title = "从荒滩到新城——临港新区建设纪实"
    html = _article(title=f"{title} - 园区新闻网").replace(
        f"<h1>{TITLE}</h1>", "<h1>从荒滩到新城<br>——临港新区建设纪实</h1>"
    )
    field = _found(html).title
    assert field is not None
    assert field.value == title


def test_a_notice_is_dated_and_signed_below_its_text() -> None:
    signature = "<div><p>翠屏智造谷管委会</p><p>二〇二四年二月二十六日</p></div>"
    found = _found(_article().replace("</body>", f"{signature}</body>"))
    assert found.published is not None
    assert (found.published.value, found.lines[-2:]) == (
        "2024-02-26",
        ("翠屏智造谷管委会", "二〇二四年二月二十六日"),
    )


def test_a_date_in_two_lines_is_one() -> None:
    found = _found(_article("<div><div>07</div><div>2024-05</div></div>"))
    assert found.published is not None
    assert found.published.value == "2024-05-07"


def test_a_footer_that_is_longer_than_the_news_stays_a_footer() -> None:
    about = "临湖智造园是集研发、生产、生活于一体的现代园区，先后获得多项荣誉称号，每年接待考察三千批次。"
    html = f'<h1>{TITLE}</h1><div><p>{NEWS}</p></div><div class="footer"><dl><dd>{about * 3}</dd></dl></div>'
    assert [line for line in _found(f"<title>{TITLE}</title>{html}").lines if about in line] == []


TWO_LINES = f"<h1>{TITLE}<br>总投资一百八十六亿元<br>同比增长两成</h1>"
FOOTER = "<p>版权所有：临湖智造园管理服务中心</p>"


@pytest.mark.parametrize(
    ("title", "above", "below", "found"),
    [
        # a <title> that is the site's name, a headline in a div, the name again in a footer or a banner
        ("临湖智造园管理服务中心", f"<div>{TITLE}</div><div>2024-06-11 08:15</div>", FOOTER, TITLE),
        ("临湖智造园", f"<div>临湖智造园欢迎您！</div><div>{TITLE}</div><p>2024-06-11</p>", "", TITLE),
        (
            "临湖智造网-园区动态",
            f"<h1>{TITLE}</h1><p>2024-06-11</p>",
            "<p>临湖智造网</p><p>2024年6月11日</p>",
            TITLE,
        ),
        # a byline inside the heading's element
        (TITLE, f"<h2>{TITLE} 2024-06-11 来源：临湖日报</h2>", "", TITLE),
        (f"{TITLE}_临湖网", f"<h1>{TITLE} 作者：陈立</h1>", "", TITLE),
        # three lines of one heading
        (
            f"{TITLE} 总投资一百八十六亿元 同比增长两成 - 临湖网",
            TWO_LINES,
            "",
            f"{TITLE} 总投资一百八十六亿元 同比增长两成",
        ),
        # a middle dot inside a name
        ("高质量发展·临湖论坛", "<h1>高质量发展·临湖论坛</h1>", "", "高质量发展·临湖论坛"),
        (f"{TITLE}·临湖日报", f"<h1>{TITLE}</h1>", "", TITLE),
        # traditional characters below a <title> in simplified ones
        (f"{TITLE}_临湖网", "<h1>臨湖網</h1><p>園區新簽項目三十二個</p>", "", "園區新簽項目三十二個"),
    ],
)
def test_a_site_s_name_a_sign_off_or_a_byline_is_no_title(
    title: str, above: str, below: str, found: str
) -> None:
    paragraphs = "".join(f"<p>{NEWS}</p>" for _ in range(3))
    field = _found(
        f"<html><head><title>{title}</title></head><body>{above}<div>{paragraphs}</div>{below}</body></html>"
    ).title
    assert field is not None
    assert field.value == found


@pytest.mark.parametrize(
    ("stated", "displayed"),
    [
        ("Nach dem Richtfest: Werk Nord nimmt die Arbeit auf", "Werk Nord nimmt die Arbeit auf"),
        ("Zona industrial: la fábrica abre en otoño", "La nueva fábrica del valle"),
        ("Parc d’activités : « Nous embauchons »", "Parc d’activités"),
    ],
)
def test_the_headline_that_the_page_s_head_gives_twice_is_the_title(stated: str, displayed: str) -> None:
    head = (
        f'<meta property="og:title" content="{stated}"><script type="application/ld+json">'
        f'{{"@type": "NewsArticle", "headline": "{stated}"}}</script>'
    )
    text = "".join(
        f"<p>Das Werk im Norden der Stadt, das dritte am Ort, beginnt am Montag, Nr. {n}.</p>"
        for n in range(9)
    )
    field = _found(
        f"<html><head><title>{displayed} | The Daily Park</title>{head}</head>"
        f"<body><h1>{displayed}</h1><p>5. Juni 2024</p>{text}</body></html>"
    ).title
    assert field is not None
    assert field.value == stated


@pytest.mark.parametrize(
    ("head", "byline", "published"),
    [
        (
            "",
            "更新时间：2024-06-20 10:00 发布时间：2024-05-03 14:26 来源：临湖日报",
            "2024-05-03T14:26:00+08:00",
        ),
        ("", "报名截止：2024-06-28 发布日期：2024-05-03 来源：临湖日报", "2024-05-03"),
        ("", "活动时间：2024-06-18 09:00 发布：2024-05-03", "2024-05-03"),
        ("", "公示时间：2024-06-18 编辑：周敏", "2024-06-18"),
        ("", "打印时间：2024-06-27", None),
        ("", "浏览：20240503次 编号：2024-05-03-001", None),
        ("", "<abbr class='time' title='2024-05-03 14:26'>上个月</abbr>", "2024-05-03T14:26:00+08:00"),
        ("", "今天是2024年6月28日 星期五 欢迎访问园区网", None),
        ("", "2024-06-18 星期二 多云 3~12℃", None),
        ("", "Updated June 19, 2024 Published May 3, 2024 9:26pm", "2024-05-03T21:26:00+08:00"),
        ("", "Aktualisiert am 19.06.2024, veröffentlicht am 3. Mai 2024", "2024-05-03"),
        ("", "更新时间：2024-05-20", "2024-05-20"),
        ("<meta name='PubDate' content='2024-06-20 10:00'>", "日期：2024-05-03 字号：大 中 小", "2024-05-03"),
        ("<meta name='PubDate' content='2024-05-03 10:00'>", "日期：2024-05-03", "2024-05-03T10:00:00+08:00"),
        (
            "<meta name='PubDate' content='2024-05-03 10:00'>",
            "园区二期于2024年4月1日开工",
            "2024-05-03T10:00:00+08:00",
        ),
        ("", "<span class='time' data-time='1714717586'>上个月</span>", "2024-05-03T14:26:26+08:00"),
        ("", "<span class='time' data-time='1714717586000'>上个月</span>", "2024-05-03T14:26:26+08:00"),
        ("", "<i itemprop='datePublished' content='2024-05-03'>上个月</i>", "2024-05-03"),
        (
            "",
            "<time class='updated' datetime='2024-06-20'>更新</time>"
            "<time class='published' datetime='2024-05-03'>发布</time>",
            "2024-05-03",
        ),
    ],
)
def test_of_several_days_the_day_of_publication_is_read(
    head: str, byline: str, published: str | None
) -> None:
    found = _found(_article(f"<div>{byline}</div>", head)).published
    assert (found and found.value) == published


def test_a_clock_above_the_headline_dates_nothing() -> None:
    html = _article().replace("<h1>", "<div>2024年6月28日 星期五</div><h1>")
    assert _found(html).published is None


def test_a_foreign_page_is_dated_by_the_zone_that_it_states() -> None:
    title, text = "Werk nimmt Betrieb auf", "Das Werk nimmt im Herbst den Betrieb auf, sagte die Leiterin."
    stated = "<meta property='article:published_time' content='2024-05-03T20:30:00+02:00'>"
    html = (
        f"<html lang='de'><head><title>{title}</title>{stated}</head>"
        f"<body><h1>{title}</h1>{f'<p>{text}</p>' * 4}</body></html>"
    )
    found = _found(html).published
    assert found is not None
    assert (found.value, found.day.isoformat()) == ("2024-05-03T20:30:00+02:00", "2024-05-03")


_NEXT = "项目负责人表示，首批设备将在八月进场，年底前有四条生产线试车，明年再引进二十家企业。"
_LEAD, _REST = f"<p>{NEWS}</p>", f"<p>{_NEXT}</p>"
_HEAD = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
_WHOLE = (NEWS, _NEXT)


@pytest.mark.parametrize(
    "body",
    [
        f'<div>{_LEAD}<div style="display:none">{_REST}</div><span onclick="x()">展开全文</span></div>',
        f"<div>{_LEAD}<section hidden>{_REST}</section><button>阅读全文</button></div>",
        f'<div>{_LEAD}<div style="height:0;overflow:hidden">{_REST}</div><p>剩余全文 ↓</p></div>',
        f'<div><div>{_LEAD}<p hidden>{_NEXT}</p></div><a href="javascript:;">Read more</a></div>',
    ],
)
def test_hidden_text_that_readers_can_open_is_text(body: str) -> None:
    assert _found(f"{_HEAD}{body}</body></html>").lines == _WHOLE


def test_hidden_text_that_nobody_can_open_is_stripped() -> None:
    result = _found(
        f'{_HEAD}<div>{_LEAD}{_REST}<div style="display:none">{NEWS[::-1]}</div></div></body></html>'
    )
    assert (result.lines, [piece.kind for piece in result.stripped]) == (_WHOLE, ["hidden"])


@pytest.mark.parametrize(
    "piece",
    [
        '<span style="display:none">本站首发</span>',
        '<i style="opacity:0">本站首发</i>',
        '<em style="font-size:1px">本站首发</em>',
        '<font style="color:#fff;font-size:8px">x7 Kq</font>',
        "<del>八</del>",
        "<s>本站首发</s>",
        '<span style="text-decoration: line-through">八</span>',
        "\u00ad",
        "\u200b",
        "\u2060",
        "<rt>xie</rt>",
    ],
)
def test_what_no_reader_sees_leaves_a_sentence_whole(piece: str) -> None:
    broken = _LEAD[:20] + piece + _LEAD[20:]
    assert _found(f"{_HEAD}<div>{broken}{_REST}</div></body></html>").lines == _WHOLE


@pytest.mark.parametrize(
    "body",
    [
        f'<div><a name="top">{_LEAD}{_REST}</div>',
        f'<div><a href="javascript:void(0)">{_LEAD}</a><a href="app:x">{_REST}</a></div>',
    ],
)
def test_text_within_an_anchor_or_a_script_link_is_no_navigation(body: str) -> None:
    long = body.replace(_WHOLE[0], _WHOLE[0] * 2).replace(_WHOLE[1], _WHOLE[1] * 2)
    assert _found(f"{_HEAD}{long}</body></html>").lines == tuple(line * 2 for line in _WHOLE)


@pytest.mark.parametrize(
    "around",
    [
        "<noscript>{}</noscript>",
        "<template>{}</template>",
        "<textarea>{}</textarea>",
        '<script type="text/template">{}</script>',
        '<script type="text/x-handlebars">{}</script>',
    ],
)
def test_text_that_is_kept_for_scripts_is_read_where_the_page_shows_none_and_has_a_day(around: str) -> None:
    kept = around.format(_LEAD + _REST)
    days = ("<p>2024-06-27 09:30</p>", "")
    dated, undated = (f"{_HEAD}{day}<div>{kept}</div></body></html>" for day in days)
    assert _found(dated).lines == _WHOLE
    assert isinstance(_extract(undated), Rejection)


def test_code_and_names_in_a_chinese_article_leave_it_to_the_vote() -> None:
    code = "\n".join(f"feed{n} = urlread('https://park.example/{n}.xml');" for n in range(12))
    body = f"{_LEAD}<ul><li>{_NEXT}</li></ul><pre>{code}</pre>{_REST.replace('八', '九')}"
    result = _found(f"{_HEAD}<div>{body}</div></body></html>")
    assert result.lines == (*_WHOLE, " ".join(code.split()), _NEXT.replace("八", "九"))


def test_a_sentence_that_begins_with_the_sites_name_is_no_headline() -> None:
    said = "临湖园区产业网今日发布《园区年度签约名单》，共收入三十二个项目，这是第十五次发布。"
    result = _found(
        f"<html><head><title>临湖园区产业网-综合信息</title></head><body><h1>{TITLE}</h1>"
        f"<p>2024-06-27 09:30</p><div><p>{said}</p>{_LEAD}{_REST}</div></body></html>"
    )
    assert (result.title and result.title.value, said in result.lines) == (TITLE, True)


_ENGLISH = (
    "The harbour park opened its third hall on Monday, and the first four tenants moved in with 320 people.",
    "Its director, Anna Weller, said that the hall was full before the roof was on, which nobody expected.",
    "Construction took nineteen months and cost 41 million euros, two million less than had been allowed.",
    "The next hall is to follow in autumn, once the state has approved a second line to the power station.",
    "Two of the tenants make pumps, one repairs ferries, and the fourth has not said what it will do there.",
    "Neighbours complained about lorries at night; the park promised that the last would come at nine.",
)


_HEADLINE = '<h1>Third hall opens at harbour park</h1><div class="byline">27 June 2024</div>'


def _english(body: str) -> Extracted:
    return _found(
        f"<html><head><title>Third hall opens at harbour park</title></head><body>{body}</body></html>"
    )


def test_an_article_that_advertisements_cut_into_elements_named_as_a_sidebar_is_whole() -> None:
    first, *others = (
        f'<div class="article__content"><p>{one}</p><p>{two}</p></div>'
        for one, two in zip(_ENGLISH[::2], _ENGLISH[1::2], strict=True)
    )
    cut = '</div><div class="ad">Advertisement</div><div class="sidebar-grid">'.join(
        (_HEADLINE + first, *others)
    )
    assert _english(f'<div class="sidebar-grid">{cut}</div>').lines == _ENGLISH


def test_a_question_that_an_interview_asks_of_everybody_stays_each_time() -> None:
    asked = "What is the next thing that you want to build here?"
    lines = tuple(line for answer in _ENGLISH for line in (asked, answer))
    body = "".join(f"<p>{line}</p>" for line in lines)
    assert _english(f"{_HEADLINE}<article>{body}</article>").lines == lines


def test_the_text_within_a_row_of_data_in_a_script_is_read_without_what_is_data() -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in _ENGLISH)
    row = json.dumps({"id": "A1", "path": "a" * 900, "contentHtml": f"{paragraphs}$$ADVERT$$<p>{NEWS}</p>"})
    script = f"self.__next_f.push([1,{json.dumps('5:' + row)}])".replace("<", "\\u003c")
    assert _english(f"{_HEADLINE}<script>{script}</script>").lines == (*_ENGLISH, NEWS)
