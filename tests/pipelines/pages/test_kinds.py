import pytest

from pipelines.pages.html import read_html
from pipelines.pages.kinds import NEVER, hint_of, is_challenge, kind_of_page, kind_of_url, why_never
from tests.crawler.misbehaving import article, list_page

URLS = {
    "article": [
        "/t20230927_123.html", "/art/2023/9/27/art_12_345.html", "/2023/09/27/park.html", "/a/653_121106",
        "/2023-09/27/c_1.htm", "/n1/2023/0927/c1001-40086.html", "/content/202309/27/content_55.html",
        "/show.asp?id=7", "/news/12345.html", "/detail/99887", "/2023/new-park-opens-in-the-east/",
        "/index.php?m=content&id=3", "/search/2026/0502/77.html", "/show.php?id=4&keyword=x",
    ],
    "list": ["/news/", "/list.php?cid=4", "/category/parks", "/channel/12", "/events?month=2024-01", "/"],
    "more": ["/list_3.html", "/index_2.shtml", "/page/4/", "/news/?page=2", "/news/list-12.html"],
    "tag": ["/tag/%E5%9B%AD/", "/tags/12", "/author/li/"],
    "search": ["/search?q=x", "/s?wd=x", "/so/index?keyword=1", "/search.php", "/so/", "/list.php?kw=x"],
    "service": [
        "/login", "/user/register/", "/wp-admin/x", "/cart/", "/share/", "/share?url=x",
        "/login/3.html",
    ],
    "file": ["/a.pdf", "/b.JPG", "/c.doc", "/style.css"],
    "trap": ["/a/b/a/b/a/b/", "/news/x/x/x", "/a" * 14, "/x?" + "&".join(f"a{n}=1" for n in range(25))],
    "unknown": [
        "/about.html", "/news", "/so/100.html", "/share/7.html", "/account/12",
        "/news/a/news/b/news/x", "/node/12",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("path", "kind"), [(path, kind) for kind, paths in URLS.items() for path in paths])
def test_an_address_hints_at_its_page(path: str, kind: str) -> None:
    assert kind_of_url("http://x.cn" + path) == kind


TEASER = "示例工业园区今年引进项目三十余个，总投资过百亿元，园区负责人介绍了最新进展情况。"
FOOT = "<div>版权所有：示例工业园区管委会 主办单位：示例工业园区管委会办公室 备案号：示例备000000号</div>"
RELATED = "".join(f'<li><a href="/r/{n}">推荐阅读示例新闻标题之{n}</a></li>' for n in range(120))


def _kind(html: str, hint: str = "unknown") -> str:
    return kind_of_page(read_html(html.encode(), "http://x.cn/a").shape, hint)


@pytest.mark.parametrize("hint", ["unknown", "list", "article", "tag"])
def test_an_article_is_told_whatever_its_address_says(hint: str) -> None:
    body = article(1).replace("</body>", f"<p>{TEASER * 3}</p>{RELATED}{FOOT}</body>")
    assert _kind(body, hint) == "article"


def test_a_short_notice_is_an_article() -> None:
    assert _kind("<html><body><h1>通知</h1><p>示例园区定于明日停水，请知悉。</p></body></html>") == "article"


@pytest.mark.parametrize(("path", "kind"), [("/green-lake-12/", "article"), ("/tag/lake/", "list")])
def test_a_paragraph_below_its_headline_is_an_article_where_the_address_only_ends_as_a_columns_does(
    path: str, kind: str
) -> None:
    url = "http://x.cn" + path
    title = "青湖园区的污水厂通过验收"
    head, text = f"<title>{title}</title>", f"<h1>{title}</h1><div><p>{TEASER * 2}</p></div>"
    html = f"<html><head>{head}</head>{text}<ul>{RELATED}"
    assert _kind(html, hint_of(kind_of_url(url), url)) == kind


@pytest.mark.parametrize("hint", ["unknown", "list", "more"])
def test_a_list_of_headlines_is_a_list(hint: str) -> None:
    assert _kind(list_page([f"/{n}" for n in range(20)]).replace("</body>", FOOT + "</body>"), hint) == "list"


def test_a_list_with_teasers_is_a_list() -> None:
    items = "".join(
        f'<div class="item"><h3><a href="/{n}">示例园区新闻标题之{n}</a></h3><div>{TEASER}</div></div>'
        for n in range(12)
    )
    assert _kind(f"<html><body>{items}{FOOT}</body></html>") == "list"


def test_paragraphs_parted_by_line_breaks_are_one_text() -> None:
    body = "<br>".join([TEASER] * 4)
    assert _kind(f"<html><body><div>{body}</div><ul>{RELATED}</ul></body></html>") == "article"


def test_a_page_that_calls_itself_an_article_is_one() -> None:
    head = '<meta property="og:type" content="article">'
    html = f"<html><head>{head}</head><body><p>{TEASER * 2}</p><ul>{RELATED}</ul></body></html>"
    assert _kind(html) == "article"


def test_a_page_full_of_links_is_the_sites_own_whatever_a_shield_puts_into_it() -> None:
    mark = b"<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"
    assert is_challenge(200, mark) is True
    assert is_challenge(200, mark + b"<a href='/news/1.html'>News</a>" * 11) is False


def test_a_title_that_asks_for_proof_is_a_shields() -> None:
    page = "<html><title>{}</title><script>go()</script></html>"
    assert is_challenge(200, page.format("安全验证").encode("gb18030"), "text/html; charset=gbk") is True
    assert is_challenge(200, page.format("园区开工").encode("gb18030"), "text/html; charset=gbk") is False


SHORT = "<p>示例园区今早恢复供汽，停产三天的工厂陆续复工。</p>"


@pytest.mark.parametrize(
    ("head", "body"),
    [("示例园区恢复供汽 - 示例网", ""), ("示例网", "single single-post"), ("示例网", "showpage")],
)
def test_a_paragraph_below_a_headline_of_its_own_goes_on_to_be_read(head: str, body: str) -> None:
    html = f'<html><head><title>{head}</title></head><body class="{body}"><h1>示例园区恢复供汽</h1>'
    assert _kind(f"{html}{SHORT}{RELATED}{FOOT}</body></html>") == "article"


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in URLS.items() for path in paths])
def test_an_address_that_is_not_asked_for_has_its_reason(kind: str, path: str) -> None:
    assert bool(why_never("http://x.cn" + path)) == (kind in NEVER)
