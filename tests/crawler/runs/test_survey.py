"""`sources add` and `sources check`: a look, a preview, and an entry in the file."""

import tomllib
from pathlib import Path

import pytest

from crawler.runs.survey import site_name
from crawler.sources import add_entries, bare_source, entry
from pipelines.errors import ConfigurationError
from pipelines.records import CrawlSource
from tests.commands import parknews_here
from tests.crawler.misbehaving import Answer, Server, Site, article, list_page, sitemap
from tests.crawler.moved import parknews

COMMENTED = """# ours, since 2024

[[source]]
host = "a.example.cn"   # the first one
name = "甲"
start_urls = ["https://a.example.cn/"]
# the end"""


def test_an_entry_is_added_and_every_comment_stays(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(COMMENTED, encoding="utf-8")
    add_entries(path, [CrawlSource("b.example.cn", '乙"报', ("https://b.example.cn/",))])
    text = path.read_text(encoding="utf-8")
    assert text.startswith(COMMENTED)
    assert [source["name"] for source in tomllib.loads(text)["source"]] == ["甲", '乙"报']


def test_a_host_twice_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(COMMENTED, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="stands twice"):
        add_entries(path, [CrawlSource("a.example.cn", "甲", ("https://a.example.cn/",))])
    assert (path.read_text(encoding="utf-8"), sorted(p.name for p in tmp_path.iterdir())) == (
        COMMENTED,
        ["sources.toml"],
    )


def test_an_entry_says_only_what_is_not_the_default() -> None:
    assert tomllib.loads(entry(CrawlSource("b.cn", "乙", ("https://b.cn/",))))["source"] == [
        {"host": "b.cn", "name": "乙", "start_urls": ["https://b.cn/"]}
    ]


def test_a_new_file_begins_with_its_entry(tmp_path: Path) -> None:
    add_entries(tmp_path / "new.toml", [CrawlSource(h, h, (f"https://{h}/",)) for h in ("a.cn", "b.cn")])
    text = (tmp_path / "new.toml").read_text(encoding="utf-8")
    assert (text.startswith("[[source]]"), text.count("\n\n[[source]]")) == (True, 1)


def test_a_private_site_is_asked_as_patiently_as_any() -> None:
    assert bare_source("http://10.0.0.1/", allow_private=True).delay_s == CrawlSource("a", "a", ()).delay_s


def park() -> Site:
    site = Site()
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    page = list_page([f"/news/2023/{n}.html" for n in range(5)], ("/list/2/", "通知公告"), head=head)
    site.pages = {
        "/": Answer(
            page.replace("新闻中心", "首页 - 示例园区管委会").encode("gb18030"), content_type="text/html"
        ),
        "/list/2/": list_page(["/news/2023/5.html"]),
        "/feed.xml": b"<rss version='2.0'><channel></channel></rss>",
        **{f"/news/2023/{n}.html": article(n) for n in range(6)},
    }
    return site


def test_a_site_is_looked_at_and_written_only_with_consent(tmp_path: Path) -> None:
    site = park()
    with Server(site) as server:
        site.pages["/sitemap.xml"] = sitemap(f"{server.url}/news/2023/5.html")
        add = ("sources", "add", server.url, "--allow-private")
        asked = parknews(tmp_path, *add)
        written_before = (tmp_path / "sources.toml").exists()
        agreed = parknews(tmp_path, *add, "--json", "--yes")
        again = parknews_here(tmp_path, *add, "--yes")
        checked = parknews(tmp_path, "sources", "check")
    [survey] = agreed.json["sources"]
    [written] = tomllib.loads((tmp_path / "sources.toml").read_text(encoding="utf-8"))["source"]
    assert (written_before, asked.code, "示例园区管委会" in asked.out, "gb18030" in asked.out) == (
        False,
        1,
        True,
        True,
    )
    assert (written["host"], written["name"]) == (server.host, "示例园区管委会")
    assert [url.rpartition("/")[2] for url in (*survey["feeds"], *survey["sitemaps"])] == [
        "feed.xml",
        "sitemap.xml",
    ]
    assert (agreed.code, len(survey["articles"]) >= 5) == (0, True)
    assert (again.code, "stands in" in again.err) == (2, True)
    assert (checked.code, "HTTP 404: none" in checked.out) == (0, True)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<title>示例安全新闻网 &#8211; 关注每一天</title>", "示例安全新闻网"),
        ("<title>关注每一天 - 示例安全新闻网</title>", "示例安全新闻网"),
        ("<title>首页_示例园区管委会</title>", "示例园区管委会"),
        ("<title>e-Park News</title>", "e-Park News"),
        ("<title>Park &amp; Harbour | Home</title>", "Park & Harbour"),
        ('<meta content="Tom &amp; Co" property="og:site_name"><title>x</title>', "Tom & Co"),
        ('<meta property="og:site_name" content="10.0.0.1"><title>示例网</title>', "示例网"),
        ("<title>127.0.0.1</title>", ""),
    ],
)
def test_a_site_has_the_name_that_it_gives_itself(head: str, name: str) -> None:
    assert site_name(f"<html><head>{head}</head></html>", [], []) == name


def test_the_zone_that_a_site_s_language_and_articles_show_is_written(tmp_path: Path) -> None:
    text = "".join(
        f"<p>{who} sagte, das Werk im Norden der Stadt nehme {when} den Betrieb auf.</p>"
        for who, when in (("Die Leiterin", "im Herbst"), ("Der Rat", "bald"), ("Ein Nachbar", "morgen"))
    )
    pages = {f"/news/{n}.html": f"Werk {n} nimmt den Betrieb auf" for n in range(3)}
    site = Site(pages={"/": list_page(list(pages)).replace("<html>", "<html lang='de'>")})
    for path, title in pages.items():
        stated = "<meta property='article:published_time' content='2024-05-03T20:30:00+02:00'>"
        site.pages[path] = f"<html><title>{title}</title>{stated}<body><h1>{title}</h1>{text}</body></html>"
    with Server(site) as server:
        added = parknews(tmp_path, "sources", "add", server.url, "--allow-private", "--yes")
    assert added.code == 0, added
    [written] = tomllib.loads((tmp_path / "sources.toml").read_text(encoding="utf-8"))["source"]
    assert (written["time_zone"], written["language"]) == ("Europe/Berlin", "de")


def test_what_is_said_of_a_site_is_written_and_what_it_would_take_is_told(tmp_path: Path) -> None:
    site = park()
    site.robots = "User-agent: *\nCrawl-delay: 0.2"
    excerpt = "预计明年年底建成投产。" * 12
    shown = "".join(
        f'<h2><a href="/news/2023/{n}.html">示例园区第{n}号项目开工</a></h2><p>占地{n}亩，{excerpt}</p>'
        for n in range(5)
    )
    for n in (1, 2):
        site.pages[f"/month/2023{n}.html"] = f"<title>归档</title>{shown}"
    site.pages["/"] = list_page([*(f"/news/2023/{n}.html" for n in range(3)), *list(site.pages)[-2:]])
    with Server(site) as server:
        site.pages["/sitemap.xml"] = sitemap(*(f"{server.url}/news/2023/{n}.html" for n in range(6)))
        add = ("sources", "add", server.url, "--allow-private", "--yes")
        said = ("--name", "我的园区", "--every", "90m", "--time-zone", "Europe/Berlin", "--deny", "/old/")
        wrong = parknews(tmp_path, *add, "--every", "often")
        asked = len(site.log)
        done = parknews(tmp_path, *add, *said, "--article", "^/news/\\d+/", "--list", "/tag/")
    [written] = tomllib.loads((tmp_path / "sources.toml").read_text(encoding="utf-8"))["source"]
    assert (wrong.code, wrong.err, asked) == (
        2,
        'parknews: --every must be a duration such as "30m", "6h", "1d" or "2w", not \'often\'\n',
        0,
    )
    assert written == {
        "host": server.host,
        "name": "我的园区",
        "start_urls": [server.url],
        "every": "90m",
        "allow_private": True,
        "delay_s": 0.0,
        "time_zone": "Europe/Berlin",
        "language": "zh-Hans",
        "articles": [r"^/news/\d+/"],
        "lists": ["/tag/"],
        "deny": ["/old/"],
    }
    assert "posts named: 6 by sitemap" in done.out
    assert "; 2 of 8 samples look like lists" in done.out
    assert "0.2 s between requests; the first run takes at least" in done.out


def test_a_site_that_gives_nothing_is_not_written(tmp_path: Path) -> None:
    with Server(Site(pages={"/": list_page([])})) as server:
        added = parknews(tmp_path, "sources", "add", server.url, "--allow-private", "--yes")
    assert (added.code, (tmp_path / "sources.toml").exists()) == (1, False)


def test_a_public_site_is_not_looked_at_without_a_contact(tmp_path: Path) -> None:
    added = parknews_here(tmp_path, "sources", "add", "https://www.example.cn/")
    assert (added.code, "PARKNEWS_CONTACT" in added.err) == (2, True)


def test_a_file_of_sites_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    sites = [park() for _ in range(4)]
    with Server(sites[0]) as a, Server(sites[1]) as b, Server(sites[2]) as c, Server(sites[3]) as d:
        hosts = [server.host for server in (a, b, c, d)]
        add_entries(tmp_path / "sources.toml", [CrawlSource(hosts[0], "甲", (a.url,), allow_private=True)])
        (tmp_path / "sites.txt").write_text("# parks\n" + "\n".join((a.url, b.url, c.url, d.url)) + "\n")
        add = ("sources", "add", "--from", str(tmp_path / "sites.txt"), "--allow-private", "--yes")
        first = parknews(tmp_path, *add)
        again = parknews_here(tmp_path, *add)
    written = tomllib.loads((tmp_path / "sources.toml").read_text(encoding="utf-8"))["source"]
    assert ([source["host"] for source in written], first.code, again.code) == (hosts, 0, 0)
    assert "1 of 4 stand in" in first.err
    assert (len(sites[0].log), "4 of 4 stand in" in again.err) == (0, True)
