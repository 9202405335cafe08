"""`parknews case`: a stored page becomes a folder that the cases' test can read."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.pages.frontier import Fetched, Link
from pipelines.records import Source
from pipelines.store import CrawlStore
from tests.commands import Run

HOST = "park.example"
URL = f"https://{HOST}/news/1.html"
TEXT = "滨江产业园区管委会今天宣布，园区一期工程已经全部建成，首批入驻企业将在下个月搬入新厂房开始生产。"
BODY = (
    "<html><head><title>一期工程建成</title></head><body><h1>一期工程建成</h1>"
    f"<div>2026-02-01 来源：滨江日报</div><div class='content'><p>{TEXT}</p></div></body></html>"
).encode("gb18030")


@pytest.fixture
def stored(tmp_path: Path) -> None:
    """An archive that knows the source, and a store with one page of it."""
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(HOST, "滨江园区")])
    with CrawlStore(tmp_path / "archive-pages.db") as store:
        crawl = store.frontier.begin(HOST, every_s=3600, revisit=False, now=1000.0).crawl_id
        store.frontier.queue([Link(URL, HOST, HOST, "article", 30)])
        [entry] = [e for e in store.frontier.next_entries(HOST, HOST, 10, 1e12) if e.url == URL]
        store.commits.page(
            crawl,
            entry,
            Fetched(
                url_asked=URL,
                url_answered=URL,
                status=200,
                headers=(("content-type", "text/html; charset=gb2312"),),
                body=BODY,
                fetched_at=datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
                robots="allowed, robots.txt 200",
                kind="article",
                article=True,
            ),
        )


@pytest.mark.usefixtures("stored")
def test_a_stored_page_becomes_a_case(parknews: Run, tmp_path: Path) -> None:
    made = parknews("case", URL, "--name", "built", "--into", str(tmp_path / "cases"), "--json")
    folder = tmp_path / "cases" / "built"
    known = tomllib.loads((folder / "page.toml").read_text("utf-8"))
    assert (made.code, made.json) == (0, {"folder": str(folder), "url": URL})
    assert (folder / "page.html").read_bytes() == BODY
    assert {key: known[key] for key in ("url", "fetched_at", "content_type")} == {
        "url": URL,
        "fetched_at": datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
        "content_type": "text/html; charset=gb2312",
    }
    assert json.loads((folder / "expected.json").read_text("utf-8")) == {
        "title": "一期工程建成",
        "language": "zh-Hans",
        "credited_source": "滨江日报",
        "published": "2026-02-01",
        "text": TEXT,
    }


@pytest.mark.usefixtures("stored")
def test_a_case_is_never_overwritten(parknews: Run, tmp_path: Path) -> None:
    words = ("case", URL, "--name", "built", "--into", str(tmp_path))
    parknews(*words)
    again = parknews(*words)
    assert (again.code, "there is such a case" in again.err) == (1, True)


@pytest.mark.usefixtures("stored")
def test_an_address_that_was_never_fetched_says_so(parknews: Run) -> None:
    missing = parknews("case", f"https://{HOST}/other")
    assert (missing.code, "no page of this address is stored" in missing.err) == (1, True)
