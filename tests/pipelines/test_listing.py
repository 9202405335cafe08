"""What is a list, and what one article, as templates of many systems write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipelines.extract import extract
from pipelines.extract.body import _two_of_three, own_text
from pipelines.extract.listing import Listing
from pipelines.extract.scan import Scan, parse_page, scan
from pipelines.records import Decoded, Extracted, Page, Rejection, Source

HOST = "news.example-park.cn"
TOLD = (
    "临湖智造园昨日与九家企业签约，项目涉及传感器、精密模具和冷链装备，全部达产后年产值可达四十二亿元。",
    "东岭物流港三号仓库本周交付，第一批货物是发往口岸的两千吨纸浆，港区说旺季还要再加一班夜车。",
    "青禾种业园的育种大棚换上了新的遥感设备，技术员在手机上就能看到每一垄苗的水分和长势。",
)
HEADS = ("临湖智造园签下九个新项目", "东岭物流港三号仓库交付", "青禾种业园大棚用上遥感设备")


def _read(
    body: str, *, head: str = "", title: str = "", path: str = "/x/7.html", by: str = ""
) -> Extracted | Rejection:
    url = f"https://{HOST}{path}"
    page = Page(1, HOST, url, url, 200, (), b"", datetime(2026, 5, 2, tzinfo=UTC), announced_by=by)
    html = f"<html><head><title>{title}</title>{head}</head>{body}</html>"
    return extract(Decoded(html, "utf-8"), page, Source(HOST))


def _is_list(read: Extracted | Rejection) -> bool:
    return isinstance(read, Rejection) and read.reason.startswith("list page")


def _posts(count: int, paragraphs: int = 1) -> str:
    """Items as WordPress, Hexo and Hugo write them, with the beginning of each text or all of it."""
    return "".join(
        f'<article class="post"><header><h2><a href="/archives/{n}">{HEADS[n]}</a></h2>'
        f"<time>2026-04-0{n + 1}</time></header><div>"
        + "".join(f"<p>{TOLD[(n + p) % 3]}</p>" for p in range(paragraphs))
        + f'</div><footer><a href="/tag/park">园区</a> <a href="/archives/{n}#more">阅读全文</a></footer>'
        + "</article>"
        for n in range(count)
    )


@pytest.mark.parametrize("paragraphs", [1, 6])
@pytest.mark.parametrize("path", ["/", "/page/3/", "/2026/04/", "/columns/park-news/"])
def test_headlines_that_lead_to_other_pages_with_their_texts_are_a_list(path: str, paragraphs: int) -> None:
    body = f"<body><h1>园区观察</h1>{_posts(3, paragraphs)}</body>"
    assert _is_list(_read(body, title="园区观察", path=path))


def test_a_list_without_headings_is_one_too() -> None:
    items = "".join(
        f'<li><a class="title" href="/html/2026/{n}.html">{HEADS[n]}</a><span>2026-04-0{n + 1}</span>'
        f'<p class="intro">{TOLD[n]}...</p></li>'
        for n in range(3)
    )
    assert _is_list(
        _read(f"<body><div>主页 &gt; 新闻</div><ul>{items}</ul></body>", title="国内新闻_园区观察")
    )


def test_entries_with_their_section_day_and_counts_are_a_list() -> None:
    items = "".join(
        f'<li><a href="/a/{n}.html"><img src="/{n}.jpg"></a>[<b><a href="/a/park/">园区</a></b>]'
        f'<a href="/a/{n}.html">{HEADS[n]}</a><span><small>日期：</small>2026-04-0{n + 1}'
        f"<small>点击：</small>12<small>好评：</small>0</span><p>{TOLD[n]}...</p></li>"
        for n in range(3)
    )
    assert _is_list(_read(f'<body class="articlelist"><ul>{items}</ul></body>', title="园区_园区观察"))


def test_texts_with_links_to_read_on_are_a_list_although_their_headlines_lead_nowhere() -> None:
    items = "".join(
        f'<div><h3>{HEADS[n]}</h3><p>{TOLD[n]}</p><a href="/news/{n}.html">阅读全文</a></div>'
        for n in range(3)
    )
    assert _is_list(_read(f"<body>{items}</body>", title="园区新闻-园区观察", path="/news/"))


def test_articles_whose_whole_cards_are_links_are_a_list_where_the_page_says_so() -> None:
    items = "".join(
        f"<article><header><h2>{HEADS[n]}</h2></header><div><p>{TOLD[n]}</p></div>"
        f'<a class="entry-link" href="/posts/{n}/"></a></article>'
        for n in range(3)
    )
    assert _is_list(
        _read(f'<body class="list"><main>{items}</main></body>', title="园区观察", path="/page/2/")
    )
    assert not _is_list(_read(f"<body><main><h1>园区观察</h1>{items}</main></body>", title="园区观察"))


@pytest.mark.parametrize(
    ("body", "head", "title", "path"),
    [
        ("archive tag", "", "招商 – 园区观察", "/archives/1204"),
        ("", '<meta property="og:type" content="website">', "2026年4月 – 园区观察", "/archives/1204"),
        ("", '<meta property="og:type" content="website">', "园区观察", "/tags/park/"),
        (
            "",
            f'<script type="application/ld+json">{json.dumps({"@type": "CollectionPage"})}</script>',
            "标签：招商 - 园区观察",
            "/x",
        ),
    ],
)
def test_a_page_of_one_post_is_a_list_where_two_things_say_so(
    body: str, head: str, title: str, path: str
) -> None:
    html = f'<body class="{body}"><h1>招商</h1>{_posts(1)}</body>'
    assert _is_list(_read(html, head=head, title=title, path=path))


def _related(count: int) -> str:
    """Other articles below one's own text, each with the beginning of its text."""
    return "<h4>相关文章</h4>" + "".join(
        f'<div class="item"><h3><a href="/post/{n}.html">{HEADS[n]}</a></h3><p>{TOLD[n]}...</p></div>'
        for n in range(count)
    )


OWN = "河口化工园今早八点恢复供汽，停产三天的十一家工厂陆续复工，没有人员受伤。"


@pytest.mark.parametrize("said", [OWN, OWN + "园区说检修提前了一天，蒸汽管网换了六百米旧管。"])
def test_a_paragraph_of_its_own_above_other_articles_is_an_article(said: str) -> None:
    body = (
        f'<body><h1>河口化工园恢复供汽</h1><div class="info">2026-04-09</div><div><p>{said}</p>'
        f"<p>检修队昨晚撤出，管网压力已经回到平常的水平。</p></div>{_related(3)}</body>"
    )
    read = _read(body, title="河口化工园恢复供汽 - 园区观察")
    assert isinstance(read, Extracted)
    assert read.lines[0] == said
    assert not set(TOLD) & {line.removesuffix("...") for line in read.lines}


def test_a_page_that_a_feed_names_is_no_list() -> None:
    html = f"<body><h1>一周园区</h1>{_posts(3)}</body>"
    assert not _is_list(_read(html, title="一周园区", by="feed"))


def test_the_text_below_a_headline_that_leads_to_its_origin_is_the_page_s_own() -> None:
    body = (
        '<body><article><h3><a href="https://origin.example.org/1">河口化工园恢复供汽，十一家工厂复工</a></h3>'
        f'<div class="meta">2026-04-09 <a href="/tags/1">河口化工园管委会</a></div><pre>{OWN[:-1]}...</pre>'
        "</article></body>"
    )
    read = _read(body, title="河口化工园恢复供汽，十一家工厂复工")
    assert isinstance(read, Extracted)
    assert read.lines == (OWN[:-1] + "...",)


def test_links_to_other_sites_between_paragraphs_make_no_list() -> None:
    rows = "".join(
        f'<li><a href="https://blog-{n}.example.org/">邻居博客之{n}，值得一读</a></li><p>{TOLD[n % 3]}</p>'
        for n in range(6)
    )
    body = (
        f"<body><h1>我常看的六个园区博客</h1><p>2026-04-09</p><div><p>{OWN}</p><ul>{rows}</ul></div></body>"
    )
    assert isinstance(_read(body, title="我常看的六个园区博客"), Extracted)


def test_cards_between_the_paragraphs_of_an_article_make_no_list() -> None:
    cards = "".join(
        f'<div class="card"><h4><a href="/post/{n}.html">{HEADS[n]}</a></h4></div><p>{TOLD[n]}</p>'
        for n in range(3)
    )
    body = f"<body><h1>河口化工园恢复供汽</h1><p>2026-04-09 来源：园区观察</p><div>{cards}</div></body>"
    assert isinstance(_read(body, title="河口化工园恢复供汽 - 园区观察"), Extracted)


def test_a_mirror_s_links_to_the_site_that_it_copies_are_its_own() -> None:
    page = parse_page('<p><a href="https://www.park.example/1.html">临湖智造园签下九个新项目</a></p>')
    assert page is not None
    [line] = scan(page).lines
    stranger, mirror = (
        Listing(1, 0, 0.0, 0, is_article=False, hosts=frozenset(hosts))
        for hosts in ({"mirror.example"}, {"mirror.example", "park.example"})
    )
    assert (stranger.leads_out(line), mirror.leads_out(line)) == (True, False)


def test_a_further_page_with_one_excerpt_is_a_list_where_its_title_is_the_site_s() -> None:
    body = f'<body><a href="/">园区观察</a><h1>园区观察</h1><h2>{HEADS[0]}</h2><p>{TOLD[0]}...</p></body>'
    head = '<meta property="og:type" content="website">'
    assert _is_list(_read(body, head=head, title="园区观察", path="/page/4/"))
    assert not _is_list(_read(body, title="园区观察"))


RELATED = "".join(
    f'<h3><a href="/news/{n}.html">{HEADS[n]}</a></h3><p>{TOLD[n][:30]}</p><li>2026-04-0{n + 1}</li>'
    for n in range(3)
)


@pytest.mark.parametrize(
    "told",
    [
        "3月2日，青湖园区的两家企业拿到了排污许可证，从递交材料到领证只用了三天，比去年快了一半。",
        "青湖园区拟将三号厂房租给两家企业，现予公示五日；举报电话由园区纪委值守，有异议的单位请书面提出。",
        "青湖园区三个项目完成备案，总投资四亿元，主办单位介绍说，厂房年底封顶，明年三月试生产。",
    ],
)
def test_a_paragraph_with_words_of_page_feet_is_an_article(told: str) -> None:
    title = "青湖园区三月二日发布的一条消息"
    byline = "<div><span>2026-03-02</span> <a href='/by/lin'>林岚</a> 在 <a href='/c/news'>资讯</a></div>"
    read = _read(
        f"<body><h1>{title}</h1>{byline}<div><p>{told}</p></div><h2>更多文章</h2>{RELATED}</body>",
        title=title,
    )
    assert isinstance(read, Extracted), read
    assert read.lines == (told,)


@pytest.mark.parametrize(
    ("title", "is_page"), [("502", False), ("502 Bad Gateway", False), ("502路公交今起改道", True)]
)
def test_what_a_shield_says_instead_of_a_page_is_none(title: str, is_page: bool) -> None:
    told = "".join(f"<p>{text}</p>" for text in TOLD * 2)
    read = _read(f"<body><h1>{title}</h1><span>2026-03-02</span>{told}</body>", title=title)
    assert isinstance(read, Extracted) == is_page


def test_a_page_without_a_paragraph_of_prose_has_no_text_of_its_own() -> None:
    told = "The new hall was opened on Monday, and the first six firms have moved in, the council said. "
    root = parse_page(f"<html><body><h1>Hall</h1><p>{told * 2}</p><p>{told * 3}</p></body></html>")
    assert root is not None
    assert own_text(root, scan(root), 0.5)
    assert own_text(root, Scan(), 0.5) is None


@pytest.mark.parametrize(("paragraphs", "is_taken"), [(4, True), (7, False)])
def test_all_that_trafilatura_finds_is_asked_for_where_its_precise_lines_lack_much(
    paragraphs: int, *, is_taken: bool
) -> None:
    told = (
        "Hall {} was opened on Monday, and the first six firms have moved in since then, said the council. "
    )
    more = (
        "Two more halls of the same size are to follow by the end of the year, and the roads will be widened."
    )
    text = [told.format(number) for number in range(paragraphs)]
    shown = "".join(f"<p>{line}</p>" for line in text)
    root = parse_page(
        f'<html><body><article>{shown}<div class="bottom"><p>{more}</p></div></article></body></html>'
    )
    assert root is not None
    assert (more in _two_of_three((*text, more), root, 0.0)) == is_taken


def test_a_link_that_repeats_the_section_of_the_head_is_no_headline() -> None:
    body = (
        "<body><table><tr><td>首页 &gt; 往期查看 &gt; 正文</td></tr>"
        f"<tr><td><a href='/past/'>往期查看</a></td></tr>"
        f"<tr><td>{HEADS[0]}</td></tr><tr><td>编辑：系统管理员 2026-03-02 09:08:16</td></tr></table>"
    )
    read = _read(f"{body}<div>{''.join(f'<p>{text}</p>' for text in TOLD)}</div></body>", title="往期查看")
    assert isinstance(read, Extracted)
    assert read.title is not None
    assert read.title.value == HEADS[0]
