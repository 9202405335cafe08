"""What the store has of addresses and pages: queued once, committed whole, handed out in order."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import StorageError
from pipelines.pages.frontier import Announcement
from pipelines.records import Rejection
from pipelines.store import CrawlStore, store_path
from pipelines.store.sources import StoredRobots
from tests.pipelines.store.storing import BODY, HOST, NOON, begin, entries, fetched, link, queue


def test_the_store_lies_beside_the_archive() -> None:
    assert store_path("data/archive.db") == Path("data/archive-pages.db")


def test_a_committed_page_comes_out_as_it_came_in(store: CrawlStore) -> None:
    entry = queue(store, link("/1"))["/1"]
    store.commits.page(begin(store), entry, fetched("/1"))
    [page] = store.pages.take(10, 0)
    assert (page.url, page.source, page.body, page.status, page.fetched_at, page.header("etag")) == (
        f"http://{HOST}/1",
        HOST,
        BODY,
        200,
        NOON,
        '"1"',
    )


def test_pages_come_out_in_order_until_they_are_ingested(store: CrawlStore) -> None:
    crawl = begin(store)
    known = queue(store, *(link(f"/{n}") for n in range(5)))
    for path, entry in known.items():
        store.commits.page(crawl, entry, fetched(path))
    first = store.pages.take(2, 0)
    store.pages.mark_ingested([page.page_id for page in first])
    rest = store.pages.take(10, 0)
    assert ([p.url[-1] for p in first], [p.url[-1] for p in rest], store.pages.pending()) == (
        ["0", "1"],
        ["2", "3", "4"],
        3,
    )


def test_lists_never_come_out(store: CrawlStore) -> None:
    entry = queue(store, link("/", "start"))["/"]
    store.commits.page(begin(store), entry, fetched("/", article=False))
    assert (
        store.pages.take(10, 0),
        store.pages.pending(),
        store.pages.latest(f"http://{HOST}/") is not None,
    ) == ([], 0, True)


def test_a_page_its_links_and_its_state_are_one_transaction(store: CrawlStore) -> None:
    entry = queue(store, link("/1"))["/1"]
    crawl = begin(store)
    broken = fetched("/1", news=(link("/2"), link("/3", kind=None)))  # type: ignore[arg-type]
    with pytest.raises(StorageError):
        store.commits.page(crawl, entry, broken)
    after = [e.url for e in entries(store)], store.pages.pending()
    assert after == ([f"http://{HOST}/1"], 0)


def test_links_are_queued_once_and_the_most_urgent_first(store: CrawlStore) -> None:
    entry = queue(store, link("/", "start", 0))["/"]
    news = (link("/old", priority=60), link("/new", priority=15), link("/old", priority=60))
    done = store.commits.page(begin(store), entry, fetched("/", article=False, news=news))
    assert (done.found_news, [e.url[-3:] for e in entries(store)]) == (2, ["new", "old"])


def test_the_same_bytes_again_are_no_new_page(store: CrawlStore) -> None:
    queue(store, link("/1"))
    [entry] = entries(store)
    crawl = begin(store)
    store.commits.page(crawl, entry, fetched("/1"))
    begin(store, now=1e9, revisit=True)
    later = begin(store, now=2e9, revisit=True)
    [again] = entries(store)
    done = store.commits.page(later, again, fetched("/1"))
    changed = store.commits.page(later, again, fetched("/1", body=b"<html>other</html>"))
    assert (again.known, again.etag, done.page_id, changed.page_id) == (True, '"1"', None, 2)


def test_an_unfinished_round_is_taken_up_and_an_old_one_given_up(store: CrawlStore) -> None:
    first = store.frontier.begin(HOST, every_s=3600, revisit=False, now=1000)
    again = store.frontier.begin(HOST, every_s=3600, revisit=False, now=2000)
    later = store.frontier.begin(HOST, every_s=3600, revisit=False, now=9000)
    assert (again.resumed, again.crawl_id == first.crawl_id, later.resumed) == (True, True, False)


def test_a_new_round_reads_lists_again_and_articles_not(store: CrawlStore) -> None:
    crawl = begin(store)
    known = queue(store, link("/", "start"), link("/list", "list"), link("/1"), link("/list_2", "more"))
    for path, entry in known.items():
        news = (link("/2"),) if path == "/list" else ()
        store.commits.page(crawl, entry, fetched(path, article=path == "/1", kind=entry.kind, news=news))
    [found] = entries(store)
    store.commits.page(crawl, found, fetched("/2"))
    store.frontier.finish(crawl, outcome="done", now=1500)
    begin(store, now=2000)
    assert sorted(e.url.removeprefix(f"http://{HOST}") for e in entries(store)) == ["/", "/list"]


def _asked(store: CrawlStore, after_s: float) -> list[str]:
    """What a round asks for that begins so long after the pages of the first were fetched."""
    crawl = begin(store, now=NOON.timestamp() + after_s)
    found = entries(store)
    for entry in found:
        store.commits.unchanged(crawl, entry, now=NOON.timestamp() + after_s)
    store.frontier.finish(crawl, outcome="done", now=NOON.timestamp() + after_s)
    return sorted(entry.url.removeprefix(f"http://{HOST}") for entry in found)


def test_a_list_that_names_nothing_new_is_asked_for_ever_less_often(store: CrawlStore) -> None:
    crawl = begin(store)
    feeds = replace(link("/feed", "feed"), depth=1), replace(link("/tag/feed", "feed"), depth=2)
    known = queue(store, link("/", "start"), link("/list", "list"), *feeds, link("/sitemap.xml", "sitemap"))
    for path, entry in known.items():
        store.commits.page(crawl, entry, fetched(path, article=False, kind=entry.kind))
    store.frontier.finish(crawl, outcome="done", now=NOON.timestamp())
    always = ["/", "/feed", "/sitemap.xml"]
    all_of_them = ["/", "/feed", "/list", "/sitemap.xml", "/tag/feed"]
    asked = [_asked(store, hours * 3600) for hours in (6, 13, 24, 36, 40)]
    assert asked == [always, all_of_them, always, always, all_of_them]


def test_lists_that_are_put_off_wait_for_their_moment(store: CrawlStore) -> None:
    crawl = begin(store)
    known = queue(store, link("/", "start"), link("/tag/1", "tag"))
    store.frontier.put_off([known["/tag/1"]], until=NOON.timestamp() + 1000)
    store.commits.page(crawl, known["/"], fetched("/", article=False, kind="start"))
    store.frontier.finish(crawl, outcome="done", now=NOON.timestamp())
    assert [_asked(store, 500), _asked(store, 1500)] == [["/"], ["/", "/tag/1"]]


def test_a_page_that_is_read_as_a_list_is_asked_for_as_lists_are(store: CrawlStore) -> None:
    crawl = begin(store)
    known = queue(store, link("/", "start"), link("/column"))
    store.commits.page(crawl, known["/"], fetched("/", article=False, kind="start"))
    store.commits.page(crawl, known["/column"], fetched("/column"))
    store.pages.mark_lists([page.page_id for page in store.pages.take(10, 0)])
    store.frontier.finish(crawl, outcome="done", now=NOON.timestamp())
    assert [_asked(store, 6 * 3600), _asked(store, 13 * 3600)] == [["/"], ["/", "/column"]]


def test_further_pages_of_a_list_are_read_again_once_it_shows_news(store: CrawlStore) -> None:
    crawl = begin(store)
    known = queue(store, link("/", "start"), link("/list_2", "more"))
    for path, entry in known.items():
        store.commits.page(crawl, entry, fetched(path, article=False, kind=entry.kind))
    store.frontier.finish(crawl, outcome="done", now=1500)
    second = begin(store, now=NOON.timestamp() + 1)
    [start] = entries(store)
    more = (link("/list_2", "more"),)
    store.commits.page(
        second, start, fetched("/", article=False, kind="start", body=b"same news", lists=more)
    )
    quiet = [e.kind for e in entries(store)]
    store.commits.page(
        second, start, fetched("/", article=False, kind="start", body=b"x", news=(link("/9"),), lists=more)
    )
    assert (quiet, sorted(e.kind for e in entries(store))) == ([], ["article", "more"])


def test_a_retry_waits_for_its_time(store: CrawlStore) -> None:
    entry = queue(store, link("/1"))["/1"]
    store.commits.retry(entry, "timeout", None, next_at=500.0)
    [later] = entries(store, now=500.0)
    assert (entries(store, now=499.0), store.frontier.next_at(HOST, HOST, 499.0), later.attempts) == (
        [],
        500.0,
        1,
    )


def test_an_address_that_is_given_up_becomes_a_rejection_until_that_is_noted(store: CrawlStore) -> None:
    entry = queue(store, link("/1"))["/1"]
    store.commits.failure(begin(store), entry, "gone", "HTTP 404: not found", 404, now=1.0)
    [(row, rejection)] = store.pages.take_rejections(10)
    store.pages.mark_rejections([row])
    expected = Rejection(f"http://{HOST}/1", HOST, "fetch", "HTTP 404: not found")
    assert (rejection, store.pages.take_rejections(10)) == (expected, [])


def test_the_same_failure_in_a_later_round_is_no_second_rejection(store: CrawlStore) -> None:
    queue(store, link("/1"))
    for now in (1e6, 2e6):
        crawl = begin(store, now=now)
        [entry] = entries(store)
        store.commits.failure(crawl, entry, "failed", "HTTP 403: forbidden", 403, now=now)
        store.frontier.finish(crawl, outcome="done", now=now)
    assert len(store.pages.take_rejections(10)) == 1


def test_a_failing_address_is_given_up_for_good_after_some_rounds(store: CrawlStore) -> None:
    queue(store, link("/1"))
    tried = 0
    for now in range(20):
        crawl = begin(store, now=now * 1e6)
        for entry in entries(store):
            tried += 1
            store.commits.failure(crawl, entry, "failed", "HTTP 403: forbidden", 403, now=0.0)
        store.frontier.finish(crawl, outcome="done", now=now * 1e6)
    assert tried == 5


def test_two_addresses_that_lead_to_one_give_one(store: CrawlStore) -> None:
    crawl = begin(store)
    known = queue(store, link("/a"), link("/b"))
    found = [
        store.commits.redirect(crawl, known[path], 301, link("/c", hops=1), now=1.0) for path in ("/a", "/b")
    ]
    assert (found, [e.url for e in entries(store)]) == ([1, 0], [f"http://{HOST}/c"])


def test_robots_txt_is_kept_with_the_sitemaps_it_names(store: CrawlStore) -> None:
    robots = StoredRobots("http://x.cn", 200, b"User-agent: *", 1.0, 2.0)
    store.sources.save_robots(robots, [link("/sitemap.xml", "sitemap", 10)])
    assert (store.sources.robots("http://x.cn"), [e.kind for e in entries(store)]) == (robots, ["sitemap"])


def test_one_thread_writes_while_another_drains(store: CrawlStore) -> None:
    crawl = begin(store)
    known = queue(store, *(link(f"/{n}") for n in range(200)))
    drained: list[int] = []
    done = threading.Event()

    def drain() -> None:
        while not (done.is_set() and store.pages.pending() == 0):
            pages = store.pages.take(16, drained[-1] if drained else 0)
            store.pages.mark_ingested([page.page_id for page in pages])
            drained.extend(page.page_id for page in pages)

    thread = threading.Thread(target=drain)
    thread.start()
    for path, entry in known.items():
        store.commits.page(crawl, entry, fetched(path, body=path.encode()))
    done.set()
    thread.join(30)
    assert drained == list(range(1, 201))


@pytest.mark.parametrize(
    ("announcements", "expected"),
    [
        ((), (None, "")),
        (
            (Announcement("/a", "feed", "Mon, 02 Mar 2026 08:30:00 +0800", None),),
            (datetime(2026, 3, 2, 0, 30, tzinfo=UTC), "feed"),
        ),
        (
            (
                Announcement("/a", "feed", "2026-03-02T00:30:00Z", None),
                Announcement("/a", "sitemap", "2026-03-01", None, changed="2026-03-05"),
            ),
            (datetime(2026, 3, 1, tzinfo=UTC), "news sitemap"),
        ),
        (
            (
                Announcement("/a", "feed", "2026-03-02T00:30:00Z", None),
                Announcement("/a", "sitemap", "2026-03-01", None, changed="2026-03-01"),
            ),
            (datetime(2026, 3, 2, 0, 30, tzinfo=UTC), "feed"),
        ),
        (
            (Announcement("/a", "sitemap", "2026-03-01", None, changed="2026-03-01"),),
            (datetime(2026, 3, 1, tzinfo=UTC), "sitemap"),
        ),
        ((Announcement("/a", "feed", "soon", None),), (None, "")),
        ((Announcement("/a", "feed", "0001-01-01T00:00:00Z", None),), (None, "")),
    ],
    ids=[
        "none",
        "feed",
        "news sitemap is earlier",
        "lastmod is no publication",
        "lastmod alone",
        "unreadable",
        "no clock",
    ],
)
def test_a_page_comes_with_what_its_site_announced_of_it(
    store: CrawlStore, announcements: tuple[Announcement, ...], expected: tuple[datetime | None, str]
) -> None:
    said = tuple(replace(one, url=f"http://{HOST}{one.url}") for one in announcements)
    crawl = begin(store)
    found = queue(store, link("/feed", "feed"), link("/a"))
    store.commits.page(crawl, found["/feed"], fetched("/feed", article=False, announcements=said))
    store.commits.page(crawl, found["/a"], fetched("/a"))
    assert [(page.announced_at, page.announced_by) for page in store.pages.take(9, 0)] == [expected]


SAID = (Announcement(f"http://{HOST}/a", "feed", None, None, fresh=True),)


def _read(
    store: CrawlStore, crawl: int, path: str, *, body: bytes = BODY, kind_of_a: str = "article"
) -> None:
    """Commits the front page, the feed that names /a or /a itself, whichever of them has to be read."""
    news = {"/": (link("/a", kind_of_a),), "/feed": (link("/a", priority=15),)}.get(path, ())
    kind = {"/": "start", "/feed": "feed"}.get(path, "article")
    page = fetched(path, article=kind == "article", kind=kind, news=news, body=body)
    page = replace(page, announcements=SAID if path == "/feed" else ())
    [entry] = [entry for entry in entries(store) if entry.url == page.url_asked]
    store.commits.page(crawl, entry, page)


@pytest.mark.parametrize("kind", ["article", "list"])
@pytest.mark.parametrize("order", [("/feed", "/", "/a"), ("/", "/feed", "/a"), ("/", "/a", "/feed")])
def test_what_a_feed_names_is_asked_for_soon_whenever_the_feed_is_read(
    store: CrawlStore, order: tuple[str, ...], kind: str
) -> None:
    """Whatever its address looks like: many an article's ends with a slash."""
    queue(store, link("/", "start"), link("/feed", "feed"))
    crawl = begin(store)
    for path in order:
        _read(store, crawl, path, kind_of_a=kind)
    store.frontier.finish(crawl, outcome="done", now=NOON.timestamp())
    assert "/a" in _asked(store, 1.3 * 86400)


def test_a_feed_that_goes_on_naming_a_page_brings_no_further_visit(store: CrawlStore) -> None:
    queue(store, link("/", "start"), link("/feed", "feed"))
    crawl = begin(store)
    for path in ("/", "/feed", "/a"):
        _read(store, crawl, path)
    store.frontier.finish(crawl, outcome="done", now=NOON.timestamp())
    assert "/a" in _asked(store, 1.3 * 86400)
    again = begin(store, now=NOON.timestamp() + 1.4 * 86400)
    _read(store, again, "/feed", body=b"and more")
    store.frontier.finish(again, outcome="done", now=NOON.timestamp() + 1.4 * 86400)
    assert "/a" not in _asked(store, 2.6 * 86400)
