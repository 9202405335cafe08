import gzip
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest

from pipelines.pages.announced import (
    AddressList,
    Announced,
    format_of,
    read_feed,
    read_json_feed,
    read_sitemap,
)
from pipelines.pages.html import Anchor, read_html, robots_directives
from pipelines.pages.links import Territory
from pipelines.records import CrawlSource

BASE = "http://x.cn/news/list.html"


def roles(html: str) -> dict[str, str]:
    reading = read_html(f"<html><body>{html}</body></html>".encode(), BASE)
    return {anchor.url.removeprefix("http://x.cn"): anchor.role for anchor in reading.anchors}


@pytest.mark.parametrize(
    "text",
    [
        "下一页",
        "下页",
        "下一頁",
        "下一页>>",
        "后一页",
        "Next",
        "Next page »",
        "older posts",
        ">",
        "»",
        " 下一页 ",
    ],
)
def test_a_next_page_is_told_by_its_words(text: str) -> None:
    assert roles(f'<a href="list_2.html"><span>{text}</span></a>') == {"/news/list_2.html": "next"}


@pytest.mark.parametrize(
    ("text", "role"),
    [("下一篇", "link"), ("下一站", "link"), ("nextgen", "link"), ("next week's fair", "headline")],
)
def test_what_only_sounds_like_a_next_page_is_a_link(text: str, role: str) -> None:
    assert roles(f'<a href="a.html">{text}</a>') == {"/news/a.html": role}


@pytest.mark.parametrize("text", ["2", "[12]", "第3页", "第 3 頁"])
def test_page_numbers_are_told(text: str) -> None:
    assert roles(f'<a href="?page=2">{text}</a>') == {"/news/list.html?page=2": "numbered"}


def test_rel_next_is_told_on_a_link_and_in_the_head() -> None:
    head, body = '<link rel="next" href="/p2">', '<a rel="next" href="/p3">more to read</a>'
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    assert [(a.url, a.role) for a in read_html(html.encode(), BASE).anchors] == [
        ("http://x.cn/p3", "next"),
        ("http://x.cn/p2", "next"),
    ]


def test_a_pager_written_by_script_leads_to_the_next_page() -> None:
    html = '<html><body><script>createPageHTML(20, 3, "index", "shtml");</script></body></html>'
    assert [a.url for a in read_html(html.encode(), "http://x.cn/news/index_3.shtml").anchors] == [
        "http://x.cn/news/index_4.shtml"
    ]


def test_a_list_that_scripts_show_page_by_page_is_one() -> None:
    records = "".join(
        f'<record><![CDATA[<li><a href="/art/2026/3/1/art_1_{n}.html">青湖区的项目之{n}</a></li>]]></record>'
        for n in range(5)
    )
    html = (
        f'<html><body><script type="text/xml"><datastore>{records}</datastore></script><p>x</p></body></html>'
    )
    page = read_html(html.encode(), BASE)
    assert [a.url for a in page.anchors] == [f"http://x.cn/art/2026/3/1/art_1_{n}.html" for n in range(5)]
    assert page.shape.titled_links == 5


@pytest.mark.parametrize(("count", "led"), [(3, 3), (2, 0)])
def test_articles_that_a_script_lists_as_data_are_links(count: int, led: int) -> None:
    rows = ",".join(f'{{"title":"青湖","url":"\\/zw\\/202603\\/t20260301_{n}.html"}}' for n in range(count))
    script = f'<script>var rows=[{rows}];$.ajax({{url: "/count/?id=7", success: show}});</script>'
    page = read_html(f"<html><body>{script}</body></html>".encode(), BASE)
    assert [a.url for a in page.anchors] == [f"http://x.cn/zw/202603/t20260301_{n}.html" for n in range(led)]


def test_a_pager_of_options_and_old_frames_are_followed() -> None:
    pager = '<select><option value="list_2.html">2</option><option value="3">x</option></select>'
    assert roles(pager + '<iframe src="/f.html">') == {"/news/list_2.html": "numbered", "/f.html": "frame"}


def test_links_that_ask_not_to_be_followed_or_lead_nowhere_are_left_out() -> None:
    html = (
        '<a rel="external nofollow" href="/a">一</a><a href="javascript:void(0)">二</a><a href="#top">三</a>'
    )
    assert (
        roles(html + "<a>四</a>" + '<a href="mailto:a@x.cn">五</a><a href="">六</a><a href="tel:1">七</a>')
        == {}
    )


def test_the_base_of_a_page_holds_for_all_its_links() -> None:
    html = '<html><head><base href="http://x.cn/other/"></head><body><a href="1.html">一</a></body></html>'
    assert read_html(html.encode(), BASE).anchors == (
        Anchor("http://x.cn/other/1.html", "http://x.cn/other/1.html", "link"),
    )


@pytest.mark.parametrize(
    "url", ["http://a.example/n/2024/x.html", "http://a.example/", "http://a.example:81/n//w/"]
)
@pytest.mark.parametrize(
    "href",
    [
        *(
            "b.html",
            "../b.html",
            "../../../../b.html",
            "c/d.php?id=3",
            "/e/f.html?p=1",
            "https://b.example/g/",
        ),
        *("../c/./d.html", "a.do", "c/b.html#top", "?p=2", "//b.example/h.html"),
    ],
)
def test_an_address_is_read_as_browsers_read_it(url: str, href: str) -> None:
    [anchor] = read_html(f'<p><a href="{href}">园区</a>'.encode(), url).anchors
    assert anchor.written == urljoin(url, href).partition("#")[0]


def test_a_file_named_like_the_host_is_the_host() -> None:
    [anchor] = read_html('<a href="a.do">园区</a>'.encode(), "http://a.do/n/").anchors
    assert anchor.written == "http://a.do"


@pytest.mark.parametrize(
    ("bases", "url"),
    [
        ('<base target="_top"><base href="/a/"><base href="/b/">', "http://x.cn/a/1.html"),
        ('<base href="data:text/html,x">', "http://x.cn/news/1.html"),
        ('<base href="http://[x/">', "http://x.cn/news/1.html"),
    ],
)
def test_the_first_of_two_bases_holds_where_it_is_an_address(bases: str, url: str) -> None:
    html = f'<html><head>{bases}</head><a href="1.html">一</a></html>'
    assert [anchor.url for anchor in read_html(html.encode(), BASE).anchors] == [url]


@pytest.mark.parametrize(
    ("html", "paths"),
    [
        ("<li onclick=\"location.href='/1.html'\">园区开工</li>", ["/1.html"]),
        ("<a href='javascript:void(0)' onclick=\"window.open('/1')\">园区开工</a>", ["/1"]),
        ("<a href=\"javascript:go('2.shtml?id=3', 'new')\">园区开工</a>", ["/news/2.shtml?id=3"]),
        ("<tr data-href='/1.html'><td>园区开工</td></tr>", ["/1.html"]),
        ("<li onclick=\"location.href='/show-'+id+'.html'\">园区开工</li>", []),
        ("<b onclick=\"ga('send', 'click')\">园区</b><a href='/1' onclick=\"log('/hit')\">园区</a>", ["/1"]),
    ],
)
def test_what_leads_on_when_it_is_clicked_is_a_link(html: str, paths: list[str]) -> None:
    assert sorted(roles(html)) == paths


def test_an_address_is_given_once_in_its_most_telling_role() -> None:
    assert roles('<a href="/p2?utm_source=a">前往第二页的链接文字</a><a href="/p2">下一页</a>') == {
        "/p2": "next"
    }


def test_feeds_are_found_where_the_page_links_them() -> None:
    feed = '<link rel="alternate" type="application/atom+xml" href="/atom">'
    other = '<link rel="alternate" hreflang="en" href="/en">'
    assert read_html(f"<html><head>{feed}{other}</head></html>".encode(), BASE).feeds == ("http://x.cn/atom",)


@pytest.mark.parametrize(
    ("value", "directives"),
    [
        ("noindex, nofollow", {"noindex", "nofollow"}),
        ("None", {"none", "noindex", "nofollow"}),
        ("googlebot: noindex", set()),
        ("otherbot: noindex, nofollow", set()),
        ("otherbot: noindex, parknews: nofollow, noarchive", {"nofollow", "noarchive"}),
        ("max-snippet: 20, noindex", {"max-snippet:", "20", "noindex"}),
        ("noindex nofollow", {"noindex", "nofollow"}),
        ("parknews: noarchive, follow", {"noarchive", "follow"}),
    ],
)
def test_a_pages_wishes_are_read_where_they_are_meant_for_us(value: str, directives: set[str]) -> None:
    assert robots_directives(value) == directives


def test_a_meta_refresh_is_told_unless_it_is_for_browsers_without_scripts() -> None:
    refresh = '<meta http-equiv="refresh" content="3;URL=\'/new.html\'">'
    got = [
        read_html(f"<html><head>{head}</head><body>x</body></html>".encode(), BASE).refresh
        for head in (refresh, f"<noscript>{refresh}</noscript>", refresh.replace('"3', '"300'))
    ]
    assert got == ["http://x.cn/new.html", None, None]


@pytest.mark.parametrize(
    ("page", "led"),
    [
        ("<script>window.location.href='/index/';</script>", "http://x.cn/index/"),
        ('<script>location.replace("list.html")</script><body></body>', "http://x.cn/news/list.html"),
        ("<script>var home = '/index/';</script>", None),
        ("<script>location.href = '/' + column;</script>", None),
        ("<script>if (old) location.href='/m/';</script><a href='/1.html'>园区</a>", None),
    ],
)
def test_a_page_that_shows_nothing_leads_where_its_script_does(page: str, led: str | None) -> None:
    assert read_html(page.encode(), BASE).refresh == led


@pytest.mark.parametrize(
    "body", [b"", b"\x00" * 100, b"<", b"<a" * 50_000, b"<div>" * 200_000, b"\xff\xfe\xfd"]
)
def test_a_broken_page_leads_nowhere_and_does_no_harm(body: bytes) -> None:
    assert read_html(body, BASE).anchors == ()


def test_a_million_attributes_do_no_harm() -> None:
    many = b" ".join(b"a%d=1" % n for n in range(1_000_000))
    started = time.process_time()
    reading = read_html(b"<html><body><p " + many + b"><a href=/1>x</a></body></html>", BASE)
    assert [anchor.url for anchor in reading.anchors] == ["http://x.cn/1"]
    assert time.process_time() - started < 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_links_are_read_in_the_encoding_that_the_text_will_be_read_in(encoding: str) -> None:
    html = "<html><body><a href='/?q=园区'>示例园区项目开工</a></body></html>"
    reading = read_html(html.encode(encoding), BASE, "text/html; charset=iso-8859-1")
    assert [anchor.url for anchor in reading.anchors] == ["http://x.cn/?q=%E5%9B%AD%E5%8C%BA"]


def _sitemap(inner: str, outer: str = "urlset") -> bytes:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><{outer} xmlns="{space}">{inner}</{outer}>'.encode()


PAGE = "<url><loc> http://x.cn/1 </loc><lastmod>2026-11-01</lastmod></url>"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_sitemap_gives_its_pages_packed_or_not(pack) -> None:
    assert read_sitemap(pack(_sitemap(PAGE))) == AddressList(
        pages=(Announced("http://x.cn/1", "2026-11-01", None, "2026-11-01"),)
    )


def test_a_news_sitemap_gives_titles_and_dates() -> None:
    news = (
        '<url><loc>http://x.cn/1</loc><n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        "<n:publication_date>2026-11-02T08:00:00+08:00</n:publication_date><n:title>园区开工</n:title></n:news></url>"
    )
    assert read_sitemap(_sitemap(news)).pages == (
        Announced("http://x.cn/1", "2026-11-02T08:00:00+08:00", "园区开工"),
    )


@pytest.mark.parametrize(
    ("written", "fresh"),
    [
        ("2026-11-20", True),
        ("2026-11-20T08:00:00+08:00", True),
        ("Fri, 20 Nov 2026 08:00:00 +0800", True),
        ("2026-10-20", False),
        ("someday", False),
        (None, False),
    ],
)
def test_what_a_sitemap_dates_these_days_is_new_however_the_date_is_written(
    written: str | None, fresh: bool
) -> None:
    scope = Territory(CrawlSource("x.cn", "甲", ("https://x.cn/",)), lambda _: False)
    page = Announced("https://x.cn/news/1.html", written, None)
    _, said = scope.announced(
        "sitemap", "https://x.cn/sitemap.xml", [page], datetime(2026, 11, 23, tzinfo=UTC)
    )
    assert [one.fresh for one in said] == [fresh]


def test_an_index_gives_its_sitemaps() -> None:
    inner = "<sitemap><loc>http://x.cn/s1.xml</loc></sitemap>"
    assert read_sitemap(_sitemap(inner, "sitemapindex")).sitemaps == (
        Announced("http://x.cn/s1.xml", None, None),
    )


def test_a_sitemap_may_be_a_plain_list() -> None:
    assert [page.url for page in read_sitemap(b"# pages\r\nhttp://x.cn/1\r\nhttp://x.cn/2\r\n").pages] == [
        "http://x.cn/1",
        "http://x.cn/2",
    ]


def _members(body: bytes) -> bytes:
    return gzip.compress(body[:60]) + gzip.compress(body[60:])


@pytest.mark.parametrize(
    "made",
    [
        _members,
        lambda body: gzip.compress(gzip.compress(body)),
        lambda body: _members(body)[:-4],
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: body.decode().encode("utf-16"),
        lambda body: body.replace(b'"1.0"', b'"1.0" encoding="UTF-16"'),
        lambda body: b"<br />\n<b>Notice</b>: x in <b>/a.php</b> on line <b>3</b><br />\n" + body,
        lambda body: body.replace(b"<urlset", b"<br />\n<b>Notice</b>: x<br />\n<urlset"),
    ],
    ids=[
        "members",
        "twice",
        "broken end",
        "mark",
        "utf-16",
        "not utf-16",
        "notice",
        "notice behind the declaration",
    ],
)
def test_a_sitemap_is_read_however_it_is_sent(made: Callable[[bytes], bytes]) -> None:
    body = made(_sitemap(PAGE))
    assert (format_of(body) is not None, [page.url for page in read_sitemap(body).pages]) == (
        True,
        ["http://x.cn/1"],
    )


@pytest.mark.parametrize(
    ("inner", "url"),
    [
        ("<loc>http://x.cn/a?c=1&id=2</loc>", "http://x.cn/a?c=1&id=2"),
        ("<loc>http://x.cn/a?c=1&amp;id=2</loc>", "http://x.cn/a?c=1&id=2"),
        ("<loc>http://x.cn/a?c=1&amp;amp;id=2</loc>", "http://x.cn/a?c=1&id=2"),
        ("<loc><![CDATA[http://x.cn/a?c=1&id=2]]></loc>", "http://x.cn/a?c=1&id=2"),
        (
            '<i:image xmlns:i="urn:i"><i:loc>http://x.cn/p.jpg</i:loc></i:image><loc>http://x.cn/1</loc>',
            "http://x.cn/1",
        ),
        (
            "<image:image><image:loc>http://x.cn/p.jpg</image:loc></image:image><loc>http://x.cn/1</loc>",
            "http://x.cn/1",
        ),
    ],
)
def test_the_address_of_a_sitemaps_page_is_its_own_loc(inner: str, url: str) -> None:
    assert [page.url for page in read_sitemap(_sitemap(f"<url>{inner}</url>")).pages] == [url]


def test_the_title_of_a_film_is_not_its_pages() -> None:
    film = '<v:video xmlns:v="urn:v"><v:title>片头</v:title></v:video>'
    assert read_sitemap(_sitemap(f"<url><loc>http://x.cn/1</loc>{film}</url>")).pages[0].title is None


@pytest.mark.parametrize(
    ("title", "href"),
    [
        ("园区观察 » 评论Feed", "/comments/feed"),
        ("园区观察 » 《三号仓库交付》评论源", "/archives/4/feed"),
        ("Park Notes » Comments Feed", "/x"),
        ("", "/?feed=comments-rss2"),
        ("", "/feeds/comments/default"),
    ],
)
def test_a_feed_of_comments_is_not_asked_for(title: str, href: str) -> None:
    feeds = f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
    own = '<link rel="alternate" type="application/rss+xml" title="园区评论 » Feed" href="/feed">'
    assert read_html(f"<html><head>{feeds}{own}</head></html>".encode(), BASE).feeds == ("http://x.cn/feed",)


def test_a_page_with_a_trackback_is_no_feed() -> None:
    assert format_of(b"<!DOCTYPE html><html><body><!-- <rdf:RDF xmlns:rdf='urn:r'> --></body></html>") is None


@pytest.mark.parametrize(
    ("item", "urls"),
    [
        (
            "<link>http://c.cn/~r/1</link><f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>"
            "http://x.cn/1</f:origLink>",
            ("http://x.cn/1", "http://c.cn/~r/1"),
        ),
        (
            "<link>http://c.cn/go?to=http%3A%2F%2Fx.cn%2F1</link><guid>http://x.cn/1</guid>",
            ("http://c.cn/go?to=http%3A%2F%2Fx.cn%2F1", "http://x.cn/1"),
        ),
        ("<link>http://c.cn/go?http://x.cn/1</link>", ("http://c.cn/go?http://x.cn/1", "http://x.cn/1")),
        ("<link>http://x.cn/?c=1&id=2</link>", ("http://x.cn/?c=1&id=2",)),
    ],
)
def test_an_entry_names_its_pages_own_address_behind_a_counter(item: str, urls: tuple[str, ...]) -> None:
    [entry] = read_feed(f"<rss version='2.0'><channel><item>{item}</item></channel></rss>".encode()).pages
    assert (entry.url, *entry.others) == urls


def test_what_stands_before_the_break_of_a_sitemap_is_kept() -> None:
    assert len(read_sitemap(_sitemap(PAGE * 3)[:-40]).pages) >= 2


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>404</body></html>", b"\x1f\x8bbroken", b"<?xml version='1.0'?>"]
)
def test_what_is_no_sitemap_names_nothing(body: bytes) -> None:
    assert read_sitemap(body) == AddressList()


def test_entities_are_never_expanded() -> None:
    bomb = b"<!DOCTYPE u [<!ENTITY a 'ha'>" + b"".join(
        b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 50) for n in range(9)
    )
    secret = b"<!ENTITY f SYSTEM 'file:///etc/hostname'>]>"
    body = bomb + secret + b"<urlset><url><loc>http://x.cn/&j;&f;</loc></url></urlset>"
    assert all(len(page.url) < 100 for page in read_sitemap(body).pages)


def test_a_packed_sitemap_unpacks_to_a_bound() -> None:
    body = gzip.compress(b"<urlset>" + b" " * 80_000_000 + PAGE.encode() + b"</urlset>")
    assert read_sitemap(body).pages == ()


RSS = (
    "<rss version='2.0'><channel><item><title>一</title><link>http://x.cn/1</link>"
    "<pubDate>Mon, 23 Nov 2026</pubDate></item><item><title>二</title><guid isPermaLink='true'>http://x.cn/2</guid></item></channel></rss>"
)
ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>一</title><link href='http://x.cn/1'/>"
    "<updated>2026-11-23T00:00:00Z</updated></entry></feed>"
)


JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "items": [
    {"id": "http://x.cn/1", "title": "一", "date_published": "2026-11-23T00:00:00Z"},
    {"id": "2", "url": "http://x.cn/2"}, {"id": "3"}, "4"]}"""


@pytest.mark.parametrize(
    ("body", "urls"),
    [(JSON_FEED, ["http://x.cn/1", "http://x.cn/2"]), ("{", []), ('{"items": 3}', []), ("[" * 9999, [])],
)
def test_a_json_feed_gives_its_items(body: str, urls: list[str]) -> None:
    assert [entry.url for entry in read_json_feed(body.encode()).pages] == urls


@pytest.mark.parametrize(
    ("feed", "urls"), [(RSS, ["http://x.cn/1", "http://x.cn/2"]), (ATOM, ["http://x.cn/1"])]
)
def test_a_feed_gives_its_entries(feed: str, urls: list[str]) -> None:
    assert [entry.url for entry in read_feed(feed.encode()).pages] == urls


def test_what_is_no_feed_announces_nothing() -> None:
    assert read_feed(b"<html><body>no feed</body></html>") == AddressList()


@pytest.mark.parametrize(("days", "told"), [(range(1, 31), True), ([23] * 30, False)])
def test_lastmods_that_are_all_the_same_tell_nothing(days: Sequence[int], told: bool) -> None:
    pages = "".join(
        f"<url><loc>http://x.cn/{n}</loc><lastmod>2026-11-{day:02}</lastmod></url>"
        for n, day in enumerate(days)
    )
    assert all(bool(page.changed) is told for page in read_sitemap(_sitemap(pages)).pages)


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (RSS.encode(), "list", "feed"),
        (JSON_FEED.encode(), "list", "feed"),
        (_sitemap(PAGE), "list", "sitemap"),
        (b"http://x.cn/1", "sitemap", "sitemap"),
        (b"<html><body>x</body></html>", "list", None),
    ],
)
def test_a_format_is_told_by_its_bytes_and_else_by_what_was_asked_for(
    body: bytes, kind: str, expected: str | None
) -> None:
    form = format_of(body, kind)
    assert (form and form.kind) == expected


def test_a_counter_on_a_page_does_not_change_its_sketch() -> None:
    page = "<html><body><p>示例园区项目日前正式开工建设，浏览次数：{}</p></body></html>"
    other = "<html><body><p>示例园区项目日前正式竣工投产，浏览次数：{}</p></body></html>"
    first, second, third = (
        read_html(body.encode(), BASE).sketch for body in (page.format(5), page.format(12), other.format(5))
    )
    assert (first == second, first == third) == (True, False)
