"""`parknews crawl` and `parknews demo` as processes, over a demo site on loopback."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.demo.server import DemoServer
from crawler.runs.telling import last_beat
from pipelines.store import CrawlStore
from tests.commands import parknews_here
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.crawler.moved import parknews, write_source
from tests.processes import PARKNEWS, Child

Start = Callable[..., Child]


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer() as running:
        yield running


def _entry(server: DemoServer, site: str, delay_s: float = 0.0) -> str:
    entries = server.sources_toml(delay_s=delay_s).split("[[source]]")
    return next("[[source]]" + entry for entry in entries if f'host = "{site}' in entry)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts parknews with an archive and a sources file in the test's folder; none outlives the test."""
    running: list[Child] = []

    def started(*arguments: str) -> Child:
        files = ("--db", str(tmp_path / "archive.db"), "--sources", str(tmp_path / "sources.toml"))
        running.append(Child(PARKNEWS, *files, *arguments))
        return running[-1]

    yield started
    for process in running:
        process.kill()
        process.wait()


def test_a_crawl_answers_on_stdout_and_reports_on_stderr_and_is_then_not_due(
    server: DemoServer, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "sources.toml").write_text(_entry(server, "tjj."), encoding="utf-8")
    code, out, err = start("crawl", "--json").end()
    answer = json.loads(out)
    assert (code, out.count("\n"), answer["outcome"], answer["troubles"]) == (0, 1, "done", [])
    assert answer["articles_new"] == answer["sources"][0]["articles"] > 5
    log = parknews_here(tmp_path, "sources", "log", answer["sources"][0]["host"], "--json").json["requests"]
    assert Counter(urlsplit(one["url"]).path for one in log) == {
        path: count for (_, path), count in server.requests.items()
    }
    assert (log[0]["why"], {one["answer"] for one in log} >= {"200", "404"}) == ("robots.txt", True)
    assert all(one["led_by"] for one in log if one["why"] == "article")
    assert re.match(r"\d+ s: \d+ fetched, \d+ queued", err)
    assert last_beat(tmp_path / "archive.db") is None, "only a run from a timer is one"
    assert start("crawl", "--due").end() == (0, "", "nothing is due; `parknews status` says when\n")
    assert last_beat(tmp_path / "archive.db") is not None, "a timer that finds nothing due is alive"


def test_sigterm_ends_a_run_cleanly_and_the_next_takes_it_up(
    server: DemoServer, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "sources.toml").write_text(_entry(server, "tjj.", delay_s=0.5), encoding="utf-8")
    process = start("crawl", "--json")
    deadline = time.monotonic() + 60
    while sum(server.requests.values()) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    code, out, _ = process.end()
    first = json.loads(out)
    assert (code, first["outcome"], first["stopped"]) == (0, "stopped", True)
    (tmp_path / "sources.toml").write_text(_entry(server, "tjj."), encoding="utf-8")
    code, out, _ = start("crawl", "--due", "--json").end()
    assert (code, json.loads(out)["outcome"]) == (0, "done")
    asked = {target: count for (host, target), count in server.requests.items() if "/art_" in target}
    assert (len(asked) > 5, set(asked.values())) == (True, {1})


def test_old_raw_pages_are_deleted_after_a_crawl_and_articles_stay(tmp_path: Path) -> None:
    pages = {f"/news/2023/{n}.html": article(n) for n in range(2)}
    with Server(Site(pages={"/": list_page(list(pages)), **pages})) as site:
        write_source(tmp_path, site.host)
        first = parknews(tmp_path, "crawl", "--json")
        days = {"PARKNEWS_KEEP_DAYS": "30"}
        kept = _raw_pages(tmp_path), parknews(tmp_path, "crawl", days=20, env=days).code, _raw_pages(tmp_path)
        gone = parknews(tmp_path, "crawl", days=40, env=days).code, _raw_pages(tmp_path)
    found = parknews_here(tmp_path, "search", "园区", "--json").json["articles"]
    assert (first.json["articles_new"], kept, gone, len(found)) == (2, (2, 0, 2), (0, 0), 2)


def _raw_pages(folder: Path) -> int:
    with CrawlStore(folder / "archive-pages.db") as store, closing(sqlite3.connect(store.path)) as db:
        return int(db.execute("SELECT count(*) FROM pages WHERE article = 1").fetchone()[0])


def test_a_source_that_is_down_is_named_and_the_run_exits_1(start: Start, tmp_path: Path) -> None:
    with DemoServer() as gone:
        entry = _entry(gone, "tjj.")
        host = f"tjj.localhost:{gone.ports['tjj.localhost']}"
    (tmp_path / "sources.toml").write_text(entry, encoding="utf-8")
    code, out, _ = start("crawl").end()
    assert (code, f"! {host}: " in out) == (1, True)


def test_a_demo_in_a_folder_with_somebody_elses_archive_is_refused(start: Start, tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"not ours" * 1000)
    code, out, err = start("demo", "--out", str(tmp_path)).end()
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert (tmp_path / "archive.db").read_bytes() == b"not ours" * 1000


def test_a_source_that_was_left_early_is_named_with_the_reason_and_what_waits(
    server: DemoServer, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "sources.toml").write_text(_entry(server, "tjj.") + "max_pages = 2\n", encoding="utf-8")
    code, out, _ = start("crawl").end()
    assert code == 1
    assert re.search(
        r"^! tjj\.\S+: left early: its budget of 2 pages a run is spent \(max_pages\);"
        r" \d+ addresses wait for the next run$",
        out,
        re.MULTILINE,
    )
