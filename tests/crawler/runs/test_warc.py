"""Stored pages out and in; what is kept for how long, and what a full disk does."""

import gzip
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.runs.warc import Imported, Taking, import_warc, write_warc
from pipelines.errors import ConfigurationError
from pipelines.pages.answers import no_news
from pipelines.records import CrawlSource, Page, Rejection
from pipelines.store import CrawlStore
from pipelines.workers import WorkerOptions, Workers
from tests.commands import Answer, parknews_here
from tests.crawler.crawling import QUICK, crawl, source
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.crawler.moved import parknews, write_source
from tests.pipelines.store.storing import fetched, link
from tests.readings import rows

PARK = CrawlSource("127.0.0.1:1", "甲", ("http://127.0.0.1:1/",))


class InPlace(Workers):
    """Judges in this process: the latest batch first, as may happen among several workers."""

    def __init__(self) -> None:
        self.batches: list[Any] = []

    room = property(lambda self: 2 - len(self.batches))
    busy = property(lambda self: bool(self.batches))

    def submit(self, batch: Any) -> None:
        self.batches.append(batch)

    def collect(self, timeout_s: float) -> list[tuple[Page, Rejection]]:
        return [(page, no_news(page, source)) for page, source in self.batches.pop()]


def take(path: Path, store: CrawlStore, of: CrawlSource = PARK, *, blocked: bool = False) -> Imported:
    done = Imported()
    taking = Taking(store, [of], lambda _: blocked, InPlace(), done)
    try:
        for _ in taking.take(str(path)):
            pass
    finally:
        taking.end()
    return done


def copies(folder: Path) -> list[tuple]:
    return rows(folder / "archive.db", "SELECT url, title, published, fetched_at FROM copies ORDER BY url")


def test_what_is_exported_comes_in_elsewhere_as_it_was(tmp_path: Path) -> None:
    site = Site(pages={"/": list_page([f"/news/2023/{n}.html" for n in range(4)])})
    site.pages |= {f"/news/2023/{n}.html": article(n) for n in range(4)}
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    with Server(site) as server:
        for folder in (here, there):
            write_source(folder, server.host)
        parknews(here, "crawl")
        site.log.clear()
        exported = parknews(here, "warc", "export", "--output", str(tmp_path / "pages.warc.gz"))
        imported = parknews(there, "warc", "import", str(tmp_path / "pages.warc.gz"), "--json").json
        again = parknews(there, "warc", "import", str(tmp_path / "pages.warc.gz"), "--json").json
    assert (exported.code, site.log) == (0, [])
    assert (imported["pages"], imported["other"], imported["articles_new"]) == (4, 1, 4)
    assert (again["pages"], again["known"]) == (0, 4)
    assert copies(there) == copies(here)


def test_others_read_our_records(tmp_path: Path) -> None:
    with CrawlStore(tmp_path / "a-pages.db") as store:
        store.frontier.queue([link("/1")])
        [entry] = store.frontier.next_entries("x.cn", "x.cn", 9, 1e12)
        crawl_id = store.frontier.begin("x.cn", every_s=1, revisit=False, now=1.0).crawl_id
        body = article(1).encode("gb18030")
        headers = (
            ("content-type", "text/html; charset=gbk"),
            ("content-encoding", "gzip"),
            ("x-name", "园区"),
        )
        store.commits.page(crawl_id, entry, fetched("/1", body=body, headers=headers))
        write_warc(store.pages.every(), tmp_path / "p.warc.gz", "parknews/test")
    with (tmp_path / "p.warc.gz").open("rb") as file:
        [info, page] = [(r.rec_type, r.content_stream().read(), r) for r in ArchiveIterator(file)]
    assert (info[0], page[0], page[1]) == ("warcinfo", "response", body)
    assert page[2].http_headers.get_header("content-encoding") is None


def test_a_record_says_that_its_page_was_drawn(tmp_path: Path) -> None:
    drawn, path = "drawn by Chromium 140.0, 2 requests", tmp_path / "p.warc.gz"
    body = article(1).encode()
    with CrawlStore(tmp_path / "a-pages.db") as store, CrawlStore(tmp_path / "b-pages.db") as other:
        store.frontier.queue([link("/news/2024/1.html")])
        [entry] = store.frontier.next_entries("x.cn", "x.cn", 9, 1e12)
        crawl_id = store.frontier.begin("x.cn", every_s=1, revisit=False, now=1.0).crawl_id
        store.commits.page(
            crawl_id, entry, replace(fetched("/news/2024/1.html", body=body, headers=()), rendered=drawn)
        )
        pages = store.pages
        write_warc(pages.every(), path, "parknews/test", lambda page: pages.drawn_by(page.page_id))
        take(path, other, CrawlSource("x.cn", "甲", ("https://x.cn/",)))
        _, kept = other.pages.how_fetched(entry.url) or ("", "")
    with path.open("rb") as file:
        said = [record.rec_headers.get_header("WARC-Drawn-By") for record in ArchiveIterator(file)]
    assert (said, kept) == ([None, drawn], drawn)


@pytest.mark.parametrize("missing", [1, 300])
def test_a_file_that_breaks_off_is_named_and_what_came_before_is_kept(tmp_path: Path, missing: int) -> None:
    records = b"".join(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://127.0.0.1:1/news/%d.html\r\n"
        b"WARC-Date: 2024-05-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000%d>\r\n"
        b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (n, n, len(payload), payload)
        for n in (1, 2)
        for payload in [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + article(n).encode()]
    )
    path = tmp_path / "broken.warc"
    path.write_bytes(records[: -4 - missing])
    with CrawlStore(tmp_path / "a-pages.db") as store:
        with pytest.raises(ConfigurationError, match="ends within a record"):
            take(path, store)
        assert [page.url for page in store.pages.every()] == ["http://127.0.0.1:1/news/1.html"]


@pytest.mark.parametrize("blocked", [True, False])
def test_removed_and_foreign_pages_stay_out(tmp_path: Path, blocked: bool) -> None:
    lines = []
    for url in ("http://127.0.0.1:1/news/1.html", "http://elsewhere.example/news/1.html"):
        payload = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + article(1).encode()
        lines.append(
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
            "WARC-Date: 2024-05-01T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(payload)}\r\n\r\n".encode()
            + payload
            + b"\r\n\r\n"
        )
    path = tmp_path / "others.warc.gz"
    path.write_bytes(b"".join(gzip.compress(line) for line in lines))
    with CrawlStore(tmp_path / "a-pages.db") as store:
        done = take(path, store, blocked=blocked)
    refused = Imported(foreign=1, passed_over=Counter(removed=1))
    assert done == (refused if blocked else Imported(pages=1, foreign=1))


def response(url: str, body: str, at: str = "2024-05-01T00:00:00Z", head: str = "200 OK") -> bytes:
    """A record in the form of news-crawl: WARC 1.0, its own type of response, gzipped by itself."""
    payload = f"HTTP/1.1 {head}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{body}".encode()
    lines = (
        "WARC/1.0",
        "WARC-Type: response",
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>",
        "WARC-Warcinfo-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>",
        f"WARC-Date: {at}",
        f"WARC-Target-URI: {url}",
        "WARC-IP-Address: 192.0.2.1",
        "Content-Type: application/http; msgtype=response",
        "WARC-Identified-Payload-Type: text/html",
        f"Content-Length: {len(payload)}",
    )
    return gzip.compress("\r\n".join(lines).encode() + b"\r\n\r\n" + payload + b"\r\n\r\n")


def test_pages_are_stored_in_their_order_and_why_others_are_not_is_told(tmp_path: Path) -> None:
    root, path = "http://127.0.0.1:1", tmp_path / "CC-NEWS-20240501000000-00001.warc.gz"
    records = [
        response(f"{root}/", list_page([f"/news/2024/{n}.html" for n in range(30)])),
        response(f"{root}/gone.html", "gone", head="404 Not Found"),
        response(
            f"{root}/secret.html",
            article(1).replace("<head>", '<head><meta name="robots" content="noarchive">'),
        ),
        *(response(f"{root}/news/2024/{n}.html", article(n)) for n in range(40)),
        response(f"{root}/news/2024/7.html", article(70), "2024-05-02T00:00:00Z"),
        response(f"{root}/news/2024/7.html", article(7), "2024-05-03T00:00:00Z"),
    ]
    path.write_bytes(b"".join(records))
    with CrawlStore(tmp_path / "a-pages.db") as store:
        done, again = take(path, store), take(path, store)
        stored_urls = [page.url for page in store.pages.every()]
    why = {"list page": 1, "status 404": 1, "robots meta: noarchive": 1}
    assert (done.pages, done.known, done.other, done.passed_over) == (41, 1, 3, Counter(why))
    assert (again.pages, again.known) == (0, 42)
    assert stored_urls == [f"{root}/news/2024/{n}.html" for n in [*range(40), 7]]


def warc_of(folder: Path, name: str, *numbers: int) -> Path:
    pages = [
        Page(number, "x.cn", url, url, 200, (), article(number).encode(), datetime(2026, 3, 1, tzinfo=UTC))
        for number in numbers
        for url in [f"http://x.cn/news/2026/{number}.html"]
    ]
    write_warc(pages, folder / name, "parknews/test")
    return folder / name


def taken(ran: Answer) -> dict[str, int]:
    return {key: ran.json[key] for key in ("pages", "known", "articles_new")}


def test_a_list_names_files_of_its_folder_and_a_broken_one_costs_itself_only(tmp_path: Path) -> None:
    write_source(tmp_path, "x.cn")
    for number in (1, 2):
        warc_of(tmp_path, f"{number}.warc.gz", number)
    whole = (tmp_path / "1.warc.gz").read_bytes()
    (tmp_path / "broken.warc.gz").write_bytes(whole[: len(whole) - 50])
    (tmp_path / "empty.warc").touch()
    names = ["1.warc.gz", "broken.warc.gz", "empty.warc", "gone.warc.gz", "2.warc.gz"]
    (tmp_path / "warc.paths.gz").write_bytes(gzip.compress("\n".join(names).encode()))
    ran = parknews_here(tmp_path, "warc", "import", str(tmp_path / "warc.paths.gz"), "--json")
    again = parknews_here(tmp_path, "warc", "import", str(tmp_path / "warc.paths.gz"), "--json")
    assert (ran.code, taken(ran)) == (1, {"pages": 2, "known": 0, "articles_new": 2})
    assert [line.rpartition("/")[2].split(":")[0] for line in ran.json["refused"]] == names[1:4]
    assert taken(again)["pages"] == 0


def test_files_are_read_from_web_servers_and_their_lists(tmp_path: Path) -> None:
    pytest.importorskip("fsspec", reason="the extra `cluster` is not installed")
    write_source(tmp_path, "x.cn")
    site = Site(
        pages={
            "/crawl/1.warc.gz": warc_of(tmp_path, "1.warc.gz", 1).read_bytes(),
            "/lists/warc.paths": b"crawl/1.warc.gz\n",
        }
    )
    with Server(site) as server:
        ran = parknews_here(tmp_path, "warc", "import", f"http://{server.host}/lists/warc.paths", "--json")
    assert (ran.code, taken(ran)) == (0, {"pages": 1, "known": 0, "articles_new": 1})


class Bucket(SimpleHTTPRequestHandler):
    """What S3 is to who reads: HEAD tells the length, GET gives the bytes that are asked for."""

    def do_GET(self) -> None:
        body = Path(self.translate_path(self.path)).read_bytes()
        first, last = (int(number or len(body) - 1) for number in self.headers["Range"][6:].split("-"))
        last = min(last, len(body) - 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        self.wfile.write(body[first : last + 1])

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


def test_files_are_read_from_s3(tmp_path: Path) -> None:
    write_source(tmp_path, "x.cn")
    (tmp_path / "bucket").mkdir()
    warc_of(tmp_path / "bucket", "1.warc.gz", 1)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Bucket, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        where = f"scheme=http&region=local&endpoint_override=127.0.0.1:{server.server_port}"
        files = [f"s3://anonymous@bucket/{name}.warc.gz?{where}" for name in (1, 2)]
        ran = parknews_here(tmp_path, "warc", "import", *files, "--json")
        server.shutdown()
    assert (ran.code, taken(ran)) == (1, {"pages": 1, "known": 0, "articles_new": 1}), ran.errors
    assert ["bucket/2.warc.gz" in line for line in ran.json["refused"]] == [True]


def test_an_import_tells_how_far_it_is(tmp_path: Path) -> None:
    files = [str(warc_of(tmp_path, f"{number}.warc.gz", number)) for number in (1, 2)]
    told = []
    sources = [CrawlSource("x.cn", "甲", ("http://x.cn/",))]
    import_warc(tmp_path / "archive.db", files, sources, WorkerOptions(workers=1), told.append)
    assert {(step.place, step.files) for step in told} == {(1, 2), (2, 2)}
    assert (told[-1].taken, told[-1].read) == (Imported(pages=2), 2)


def test_what_is_no_warc_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    path.write_bytes(BytesIO(b"not a warc file at all\r\n\r\n").getvalue())
    with CrawlStore(tmp_path / "a-pages.db") as store, pytest.raises(ConfigurationError, match=r"x\.warc"):
        take(path, store)


def test_raw_pages_are_kept_as_long_as_the_operator_says(tmp_path: Path) -> None:
    site = Site(pages={"/": list_page(["/news/2023/1.html"]), "/news/2023/1.html": article(1)})
    with Server(site) as server:
        write_source(tmp_path, server.host)
        parknews(tmp_path, "crawl")
        parknews(tmp_path, "crawl", days=3, env={"PARKNEWS_KEEP_DAYS": "30"})
        kept = stored(tmp_path)
        parknews(tmp_path, "crawl", days=5, env={"PARKNEWS_KEEP_DAYS": "2"})
    assert (kept, stored(tmp_path), len(copies(tmp_path))) == (2, 0, 1)


def stored(folder: Path) -> int:
    return rows(folder / "archive-pages.db", "SELECT COUNT(*) FROM pages")[0][0]


def test_a_nearly_full_disk_ends_the_run_and_leaves_the_rest_for_later(tmp_path: Path) -> None:
    site = Site(pages={"/": list_page([f"/news/2023/{n}.html" for n in range(30)])})
    site.pages |= {f"/news/2023/{n}.html": article(n) for n in range(30)}
    options = replace(QUICK, disk_floor_bytes=10**18)
    with Server(site) as server:
        report = crawl(tmp_path / "a-pages.db", source(server.host, delay_s=0.3), options=options)
    assert (report.stopped, report.left > 20, "are free" in report.sources[0].last_error) == (
        True,
        True,
        True,
    )


def test_a_time_limit_ends_the_run_cleanly(tmp_path: Path) -> None:
    site = Site(pages={"/": list_page([f"/news/2023/{n}.html" for n in range(40)])})
    site.pages |= {f"/news/2023/{n}.html": article(n) for n in range(40)}
    with Server(site) as server:
        options = replace(QUICK, time_limit_s=2.0)
        report = crawl(tmp_path / "a-pages.db", source(server.host, delay_s=0.3), options=options)
        more = crawl(tmp_path / "a-pages.db", source(server.host))
    assert (report.stopped, report.elapsed_s < 30, report.left > 20) == (True, True, True)
    assert report.sources[0].articles + more.sources[0].articles == 40


def test_the_rate_of_the_last_week_is_known(tmp_path: Path) -> None:
    with CrawlStore(tmp_path / "a-pages.db") as store:
        week_ago = (datetime.now(UTC) - timedelta(days=7)).isoformat(timespec="seconds")
        assert store.pages.stored_bytes_since(week_ago) == 0
