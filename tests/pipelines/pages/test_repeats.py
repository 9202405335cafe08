"""Traps of addresses: many of them, few pages. And what looks like one and is none."""

import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.pages.repeats import Fingerprint, Idle, Repeats, dump_idle, kind_of_address, load_idle
from pipelines.store import CrawlStore
from tests.crawler.crawling import QUICK, crawl, source
from tests.crawler.misbehaving import Answer, Asked, Server, Site, article, list_page, sitemap
from tests.readings import rows

HOST = "x.cn"


def noted(repeats: Repeats, *seen: tuple[str, int]) -> list[Idle]:
    """What was learned from (path, page) pairs."""
    for path, page in seen:
        repeats.note(f"https://{HOST}{path}", HOST, Fingerprint(page, rich=True))
    return repeats.take_learned()


def visits(paths: list[str], times: int) -> list[tuple[str, int]]:
    """Each path that many times with a parameter that is never the same."""
    draw = random.Random(1)
    return [(f"{path}?visit={draw.getrandbits(40):x}", page) for _ in range(times) for page, path in
            enumerate(paths)]  # fmt: skip


def test_a_parameter_that_changes_with_every_visit_is_found_idle_everywhere() -> None:
    repeats = Repeats()
    learned = noted(repeats, *visits([f"/news/{word}.html" for word in ("one", "two", "three")], 4))
    assert [(idle.names, idle.shape) for idle in learned] == [(("visit",), "")]
    assert (
        repeats.spell(f"https://{HOST}/park/9.html?visit=77&id=5", HOST) == f"https://{HOST}/park/9.html?id=5"
    )


def test_the_number_of_an_article_is_never_idle() -> None:
    pages = [(f"/article.php?id={n}", n) for n in range(300)]
    missing = [(f"/article.php?id={n}", 9999) for n in range(300, 330)]
    assert noted(Repeats(), *pages, *missing) == []


def test_a_tracking_name_is_idle_once_two_pages_showed_themselves_without_it() -> None:
    repeats = Repeats()
    pages = [(f"/news/{n}.html{mark}", n) for n in (1, 2) for mark in ("", "?from=home")]
    assert [(idle.names, idle.shape) for idle in noted(repeats, *pages)] == [(("from",), "/news/#.html")]
    assert repeats.spell(f"https://{HOST}/news/9.html?from=list", HOST) == f"https://{HOST}/news/9.html"


def test_a_tracking_name_that_chooses_the_page_is_never_idle() -> None:
    pages = [(f"/show.asp?ref={n}", n) for n in range(40)]
    assert noted(Repeats(), ("/show.asp", 39), *pages) == []


def test_a_wall_that_looks_the_same_everywhere_teaches_nothing() -> None:
    repeats = Repeats()
    assert noted(repeats, *((f"/news/{n}.html", 1) for n in range(50))) == []
    assert repeats.rests(f"https://{HOST}/news/999.html")
    assert not repeats.rests(f"https://{HOST}/park/999.html")


def test_lists_of_a_kind_are_idle_until_one_names_something() -> None:
    repeats = Repeats()
    for n in range(10):
        assert not repeats.is_idle(f"https://{HOST}/tags/99/")
        repeats.note_list(f"https://{HOST}/tags/{n}/", 0)
    assert repeats.is_idle(f"https://{HOST}/tags/99/")
    assert not repeats.is_idle(f"https://{HOST}/columns/99/")
    repeats.note_list(f"https://{HOST}/tags/11/", 1)
    assert not repeats.is_idle(f"https://{HOST}/tags/99/")


def test_what_rested_goes_on_once_pages_differ() -> None:
    repeats = Repeats()
    noted(repeats, *((f"/news/{n}.html", 1) for n in range(50)), ("/news/51.html", 2))
    assert not repeats.rests(f"https://{HOST}/news/999.html")


def test_a_first_page_with_two_spellings_does_not_make_pagers_idle() -> None:
    lists = [(f"/list/{n}{mark}", n) for n in range(8) for mark in ("", "?page=1")]
    assert noted(Repeats(), *lists) == []


def test_channels_that_show_one_article_are_not_idle_while_their_lists_differ() -> None:
    channels = [f"channel-{n}" for n in range(12)]
    lists = [(f"/{name}/", 1000 + n) for n, name in enumerate(channels)]
    articles = [(f"/{name}/{n}.html", n) for n in range(4) for name in channels]
    learned = noted(Repeats(), *lists, *articles)
    assert all(idle.spell(f"https://{HOST}{path}").endswith(path) for idle in learned for path, _ in lists)


@pytest.mark.parametrize(
    "form", ["/s-{r}/news/{n}.html", "/a/{r}/b/{n}.html", "/news/{n}/{r}", "/{r}/{r2}/news/{n}.html"]
)
def test_a_session_in_the_path_is_written_as_it_was_first(form: str) -> None:
    draw, repeats = random.Random(2), Repeats()
    marks = [(f"{draw.getrandbits(32):x}", f"{draw.getrandbits(32):x}") for _ in range(10)]
    for r, r2 in marks:
        noted(repeats, *((form.format(r=r, r2=r2, n=n), n) for n in range(4)))
    first = {repeats.spell(f"https://{HOST}{form.format(r=r, r2=r2, n=99)}", HOST) for r, r2 in marks}
    assert len(first) == 1, first


def test_what_was_learned_is_kept_as_it_is() -> None:
    idle = Idle(HOST, ("a", "b"), ("s", None, "t"), ("4f",), whole=True, shape="/#.html")
    assert load_idle(dump_idle(idle)) == idle


@pytest.mark.parametrize(
    ("idle", "pattern"),
    [
        (Idle(HOST, ("a", "b")), "x.cn/*?a=*&b=*"),
        (Idle(HOST, ("a",), shape="/list/#.html"), "x.cn/list/*.html?a=*"),
        (Idle(HOST, (), ("s", None), ("4f",)), "x.cn/s/*/*"),
        (Idle(HOST, ("a",), ("s-#", None), ("4f",), whole=True), "x.cn/s-*/*?a=*"),
    ],
)
def test_the_addresses_that_differ_in_idle_parts_have_one_pattern(idle: Idle, pattern: str) -> None:
    assert idle.pattern == pattern


def test_kinds_of_addresses_leave_out_what_changes() -> None:
    kinds = {kind_of_address(f"https://x.cn/news/{n}/t{n}.html?id={n}&x=1") for n in range(5)}
    assert kinds == {"x.cn/news/*/*.html?id&x"}


# Whole crawls.


def trapped(make_link, articles: int = 10, lists: int = 3) -> Site:
    """A small newspaper whose every link is written by `make_link`."""
    site = Site()

    def answer(path: str):
        def give(_: Asked) -> str:
            numbers = range(articles)
            links = [make_link(f"/news/2023/{n}.html") for n in numbers]
            links += [make_link(f"/list_{n}.html") for n in range(lists)]
            if path.startswith("/news"):
                return article(int(re.findall(r"\d+", path)[-1]), *links)
            return list_page(links).replace("新闻中心", f"新闻中心{path}")

        return give

    for path in ["/", *(f"/list_{n}.html" for n in range(lists)), *(f"/news/2023/{n}.html" for n in
                 range(articles))]:  # fmt: skip
        site.pages[path] = answer(path)
    return site


def texts_of(path: Path) -> set[int]:
    """The numbers of the articles that were stored, whatever their addresses."""
    with CrawlStore(path) as store:
        return {
            int(n)
            for page in store.pages.take(100_000, 0)
            for n in re.findall("第(\\d+)号", page.body.decode())
        }


def test_a_random_parameter_on_every_link_is_learned_and_left_out(tmp_path: Path) -> None:
    draw, path = random.Random(3), tmp_path / "a-pages.db"
    site = trapped(lambda link: f"{link}?zzz={draw.randrange(10**9)}")
    with Server(site) as server:
        crawl(path, source(server.host))
        first = len(site.log)
        site.log.clear()
        crawl(path, source(server.host))
        rejected = [(r.url, r.reason) for _, r in CrawlStore(path).pages.take_rejections(100)]
    assert texts_of(path) == set(range(10))
    assert (first < 200, len(site.log) < 20) == (True, True), (first, len(site.log))
    traps = [url for url, reason in rejected if reason.startswith("trap: `zzz`")]
    assert traps
    assert all(re.fullmatch(re.escape(server.url) + r"/[^0-9?]*\?zzz=\*", url) for url in traps), traps


def in_path(site: Site, form: str) -> Site:
    """The same site, its pages under a piece of path that may be anything."""
    pages, places = site.pages, re.compile(form)

    class Under(dict):
        def get(self, path: str, default=None):
            found = places.match(path)
            return pages.get(found[1] if found else path, default)

    site.pages = Under()
    return site


def test_a_random_piece_of_path_on_every_link_is_learned(tmp_path: Path) -> None:
    draw, path = random.Random(4), tmp_path / "a-pages.db"
    site = in_path(trapped(lambda link: f"/s/{draw.getrandbits(40):x}{link}"), r"/s/[0-9a-f]+(/.*)")
    with Server(site) as server:
        crawl(path, source(server.host))
        first = len(site.log)
        site.log.clear()
        crawl(path, source(server.host))
    assert texts_of(path) == set(range(10))
    assert (first < 250, len(site.log) < 40) == (True, True), (first, len(site.log))


def test_a_trap_on_one_half_leaves_the_other_half_whole(tmp_path: Path) -> None:
    draw, path = random.Random(5), tmp_path / "a-pages.db"
    site = trapped(lambda link: f"{link}?zzz={draw.randrange(10**9)}")
    ids = [f"/article.php?id={n}" for n in range(1000, 1060)]
    site.pages["/list_0.html"] = list_page(ids)
    site.pages["/article.php"] = lambda asked: article(int(asked.path.rpartition("=")[2]))
    with Server(site) as server:
        crawl(path, source(server.host))
    assert texts_of(path) == {*range(10), *range(1000, 1060)}


def test_one_page_under_every_address_of_a_sitemap_is_asked_for_a_few_times_a_day(tmp_path: Path) -> None:
    path = tmp_path / "a-pages.db"
    site = Site(pages={f"/news/2023/{n}.html": article(n) for n in range(30)})
    site.pages["/"] = list_page(list(site.pages))
    with Server(site) as server:
        site.pages |= {f"/old/{n}.html": article(7) for n in range(2000)}
        site.pages["/sitemap.xml"] = sitemap(*(f"{server.url}/old/{n}.html" for n in range(2000)))
        report = crawl(path, source(server.host))
        asked = sum(entry.path.startswith("/old/") for entry in site.log)
        with CrawlStore(path) as store:
            trap = store.sources.watched()[server.host].resting
    assert (asked < 60, texts_of(path), report.left > 1900) == (True, set(range(30)), True)
    assert len(trap) == 1
    assert "/old/*.html" in trap[0]


def test_relative_links_on_a_page_that_is_shown_for_every_path_end(tmp_path: Path) -> None:
    path, names = tmp_path / "a-pages.db", ["about", "news", "park", "invest", "policy", "life"]
    shell = article(5, *(f"{name}/" for name in names))

    class Every(dict):
        def get(self, path: str, default=None):
            return super().get(path, default) or (shell if path.endswith("/") else default)

    site = Site(pages=Every({f"/news/2023/{n}.html": article(n) for n in range(20)}))
    site.pages["/"] = list_page([*site.pages, *(f"{name}/" for name in names)])
    with Server(site) as server:
        crawl(path, source(server.host))
    assert (len(site.log) < 250, texts_of(path)) == (True, set(range(20))), len(site.log)


def test_sorted_views_of_one_list_are_one_page(tmp_path: Path) -> None:
    path = tmp_path / "a-pages.db"
    numbers = range(12)
    values = {"order": "abcdef", "size": "123456", "view": "xyzuvw", "dir": "pqrstu"}

    def view(asked: Asked) -> str:
        draw = random.Random(asked.path)
        rows = [
            f'<li><a href="/news/2023/{n}.html">示例园区新闻标题之{n}</a>' for n in draw.sample(numbers, 12)
        ]
        views = ["&amp;".join(f"{k}={draw.choice(v)}" for k, v in values.items()) for _ in range(20)]
        return list_page([]).replace(
            "</ul>", "".join([*rows, *(f'<a href="/list?{v}">按</a>' for v in views)])
        )

    site = Site(pages={f"/news/2023/{n}.html": article(n) for n in numbers} | {"/": view, "/list": view})
    with Server(site) as server:
        crawl(path, source(server.host))
    assert (len(site.log) < 300, texts_of(path)) == (True, set(numbers)), len(site.log)


def test_unique_pages_without_end_are_bounded_by_the_budget(tmp_path: Path) -> None:
    path, draw = tmp_path / "a-pages.db", random.Random(6)

    class Endless(dict):
        def get(self, path: str, default=None):
            known = super().get(path, default)
            if known or not path.startswith("/g/"):
                return known
            return article(
                draw.randrange(10**6, 10**9), *(f"/g/{draw.getrandbits(40):x}.html" for _ in range(9))
            )

    site = Site(pages=Endless({f"/news/2023/{n}.html": article(n) for n in range(20)}))
    site.pages["/"] = list_page([*site.pages, "/g/0.html"])
    with Server(site) as server:
        report = crawl(path, source(server.host, max_pages=60))
    [counts] = report.sources
    assert (len(site.log) < 80, set(range(20)) - texts_of(path)) == (True, set())
    assert (counts.left_early.startswith("its budget of 60 pages"), counts.left > 0) == (True, True)


def test_addresses_in_a_circle_are_rejected_each(tmp_path: Path) -> None:
    path = tmp_path / "a-pages.db"
    on = {n: Answer(status=302, headers=(("Location", f"/{(n + 1) % 4}.html"),)) for n in range(4)}
    site = Site(pages={f"/{n}.html": answer for n, answer in on.items()})
    site.pages["/"] = list_page(["/0.html", "/news/2023/1.html"])
    site.pages["/news/2023/1.html"] = article(1)
    with Server(site) as server:
        crawl(path, source(server.host))
        reasons = Counter(row[0] for row in rows(path, "SELECT reason FROM rejected"))
    assert reasons == {"redirects in a circle of 4": 4}


def test_a_host_that_asks_for_proof_of_a_human_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a-pages.db"
    site = Site(pages={f"/news/2023/{n}.html": Answer(b"<script></script>", status=412) for n in range(60)})
    site.pages["/"] = list_page([f"/news/2023/{n}.html" for n in range(60)])
    with Server(site) as server:
        report = crawl(path, source(server.host), options=replace(QUICK, per_host=1))
    assert (len(site.log) < 20, report.sources[0].left_early.startswith("bot challenge")) == (True, True)
