"""Who is told of troubles, and what a setting that cannot work does to it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.runs.run import begin_run
from crawler.runs.status import diagnose, own_health
from crawler.runs.telling import require_addresses, sender, tell, tell_searches, write_metrics
from pipelines.archive import Archive
from pipelines.archive.write.kept import add_search
from pipelines.errors import ConfigurationError
from pipelines.records import Rejection
from pipelines.store import CrawlStore
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.crawler.moved import parknews, write_source
from tests.readings import Fill, Told, rows

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_troubles_that_nobody_was_told_are_still_new_to_who_is_named_later(tmp_path: Path) -> None:
    dead = own_health("timer", "no run")
    with CrawlStore(tmp_path / "a-pages.db") as store:
        tell(store, [dead], store.sources.watched(), sender(()), now=NOW.timestamp())
        told = tell(store, [dead], store.sources.watched(), lambda _title, _body: True, now=NOW.timestamp())
    assert told == "timer (the timer): no run"


def test_news_for_a_kept_search_are_told_once_and_again_where_no_message_got_through(fill: Fill) -> None:
    page = Told(
        "https://park.example/a.html", "厂房启用", "青岚湖科技园昨日启用第三期标准厂房,首批企业签约入驻。"
    )
    path = fill([], [Rejection("https://park.example/", "park.example", "kind", "list page")])
    add_search(path, "halls", "厂房", "2026-03-01T08:00:00Z")
    with Archive(path) as archive:
        archive.ingest([page.reading(1)], "2026-03-02T08:00:00Z")
    assert tell_searches(path, None) == tell_searches(path, lambda _title, _body: False) == ""
    expected = "halls: 1 new\n  厂房启用 (名park.example) https://park.example/a.html"
    assert tell_searches(path, lambda _title, _body: True) == expected
    assert tell_searches(path, lambda _title, _body: True) == ""


def test_a_message_is_text_also_where_it_arrives_as_html() -> None:
    ear = Site()
    with Server(ear) as listener:
        send = sender((f"json://{listener.host}/?format=html",))
        assert send
        assert send("new", "<img src=//evil.example/x>")
    assert "<img" not in json.loads(ear.told[0])["message"]


def test_an_address_that_cannot_work_is_said_by_its_kind_alone() -> None:
    require_addresses(["json://localhost/"])
    with pytest.raises(ConfigurationError, match="pigeon:") as refused:
        require_addresses(["json://localhost/", "pigeon://user:secret@roof"])
    assert "secret" not in str(refused.value)


def test_metrics_that_cannot_be_written_are_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_metrics(tmp_path / "none" / "m.prom", diagnose([], [], {}, now=NOW), NOW)
    assert "PARKNEWS_METRICS" in caplog.text


def test_settings_that_cannot_work_cost_no_report(tmp_path: Path) -> None:
    site = Site(pages={"/": list_page(["/news/2023/1.html"]), "/news/2023/1.html": article(1)})
    env = {"PARKNEWS_METRICS": str(tmp_path / "none" / "m.prom"), "PARKNEWS_NOTIFY": "pigeon://roof"}
    with Server(site) as server:
        write_source(tmp_path, server.host)
        refused = parknews(tmp_path, "crawl", env=env)
        crawled = parknews(tmp_path, "crawl", "--json", env=env | {"PARKNEWS_NOTIFY": ""})
        today = datetime.now(UTC).date()
        acknowledged = [
            parknews(tmp_path, "sources", "ack", server.host, "--until", day.isoformat())
            for day in (date(2020, 1, 1), date(today.year + 1, 12, 31))
        ]
    assert (refused.code, "PARKNEWS_NOTIFY" in refused.err) == (2, True)
    assert (crawled.code, crawled.json["pages_fetched"], "cannot be written" in crawled.err) == (0, 2, True)
    assert [ran.code for ran in acknowledged] == [2, 0]
    parknews(tmp_path, "crawl", days=1)  # the site is gone by now
    assert f"(acknowledged until {today.year + 1}-12-31)" in parknews(tmp_path, "status", days=1).out
    _kill_the_first_run(tmp_path / "archive.db")
    begin_run(tmp_path / "archive.db", [])
    runs = rows(tmp_path / "archive.db", "SELECT outcome, pages_fetched FROM runs ORDER BY id")
    assert runs[0] == ("interrupted", 2)


def _kill_the_first_run(archive_path: Path) -> None:
    """As `kill -9` leaves it: never ended, nothing counted."""
    with closing(sqlite3.connect(archive_path)) as connection, connection:
        connection.execute("UPDATE runs SET outcome = 'running', pages_fetched = 0 WHERE id = 1")
