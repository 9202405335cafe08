"""A person's word on what a source's addresses lead to: patterns of the sources file, heeded by every run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.records import AddressWords
from pipelines.said import expression_of, word_on
from tests.commands import parknews_here
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.crawler.moved import parknews, write_source

DIGEST = "".join(
    f'<h2><a href="/news/{n}.html">示例园区第{n}号项目开工</a></h2>'
    f"<p>本报讯 示例工业园区第{n}号项目日前正式开工建设，总投资{n + 3}亿元，占地{n + 20}亩，"
    "预计明年年底建成。</p>"
    for n in range(1, 7)
)
SAID = ('articles = ["/week/"]', 'lists = ["/news/2"]', 'deny = ["/news/1.html", "*print="]')


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://a.cn/news/1.html", "article"),
        ("https://a.cn/news/", "list"),
        ("https://a.cn/news/1.html?print=1", "deny"),
        ("https://a.cn/12", "article"),
        ("https://a.cn/12/x", None),
        ("https://a.cn/%E6%96%B0%E9%97%BB/1", "list"),
        ("https://b.a.cn/other", "deny"),
        ("https://a.cn/other", None),
    ],
)
def test_the_longest_pattern_that_fits_holds(url: str, kind: str | None) -> None:
    words = AddressWords(("/news/", r"^/\d+$"), ("/news/$", "/新闻/"), ("/news/*?print=", "https://b.a.cn/"))
    word = word_on(url, words)
    assert (word and word.kind) == kind


@pytest.mark.parametrize("pattern", ["news/", "", "^(", ".*"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"must begin|regular expression"):
        expression_of(pattern)


def test_a_person_s_word_on_addresses_wins_over_what_pages_look_like(tmp_path: Path) -> None:
    site = Site()
    news = [f"/news/{n}.html" for n in range(1, 7)]
    site.pages = {
        "/": list_page([*news, "/week/1.html", "/news/1.html?print=1"]),
        "/week/1.html": f"<title>一周要闻</title><h1>一周要闻</h1>{DIGEST}",
        "/news/1.html?print=1": article(1),
        **{path: article(n) for n, path in enumerate(news, 1)},
    }
    with Server(site) as server:
        write_source(tmp_path, server.host)
        parknews(tmp_path, "crawl")
        before = _shown(tmp_path, server.url)
        asked = site.asked("/week/1.html")
        write_source(tmp_path, server.host, *SAID)
        parknews(tmp_path, "crawl")
        after = _shown(tmp_path, server.url)
        write_source(tmp_path, server.host)
        parknews(tmp_path, "reprocess")
        back = _shown(tmp_path, server.url)
    assert before == {"week/1": "list page", "news/1": "article", "news/2": "article"}
    assert after == {"week/1": "article", "news/1": "passed over", "news/2": "list page"}
    assert (asked, site.asked("/week/1.html")) == (1, 1), "what is stored is read again"
    assert back == before


def _shown(folder: Path, url: str) -> dict[str, str]:
    """What each of three pages is."""
    shown = {}
    for name in ("week/1", "news/1", "news/2"):
        said = parknews_here(folder, "show", f"{url}/{name}.html", "--json").json
        shown[name] = said["found"] if said["found"] == "article" else said["reason"].partition(":")[0]
    return shown
