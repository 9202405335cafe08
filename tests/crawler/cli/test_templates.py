"""What is told of templates, and how they are dropped or passed over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Settings
from crawler.runs.watch import tell_changes
from pipelines.archive import Archive
from pipelines.pages.frontier import Fetched, Link
from pipelines.records import CrawlSource
from pipelines.store import CrawlStore, store_path
from tests.commands import Run
from tests.crawler.misbehaving import Server, Site
from tests.pipelines.templates.site import HOST, LEARNED, ingest, news, page, redesigned
from tests.pipelines.templates.site import learned as put_learned
from tests.readings import rows

PAGES = LEARNED


@pytest.fixture
def learned(tmp_path: Path) -> Path:
    """An archive of pages of one make, the last of which a template read."""
    put_learned(tmp_path / "archive.db")
    (tmp_path / "sources.toml").write_text(
        f'[[source]]\nhost = "{HOST}"\nname = "园区新闻网"\nstart_urls = ["https://{HOST}/"]\n'
    )
    return tmp_path / "archive.db"


@pytest.mark.usefixtures("learned")
def test_sources_show_tells_what_was_learned(parknews: Run) -> None:
    told = parknews("sources", "show", HOST, "--json")
    [template] = told.json["templates"]
    assert (told.code, template["state"], template["pages"]) == (0, "used", 12)
    assert (template["selector"], template["erred"]) == ("div.page > div.left > div.content", 0)
    assert (template["read"] + template["agreed"], template["agreed"] >= 12) == (PAGES - 12, True)
    assert "div.page > div.left > div.content" in parknews("sources", "show", HOST).out


@pytest.mark.usefixtures("learned")
def test_templates_are_forgotten_and_what_they_read_stays(parknews: Run) -> None:
    assert parknews("sources", "forget-templates", HOST).err == f"{HOST}: 1 template forgotten\n"
    assert parknews("sources", "show", HOST, "--json").json["templates"] == []
    assert parknews("show", f"https://{HOST}/news/{PAGES}.html").code == 0


def test_a_source_that_the_archive_does_not_know_is_named(parknews: Run, learned: Path) -> None:
    told = parknews("--db", str(learned), "sources", "show", "stranger.example")
    assert (told.code, "no such source" in told.err) == (2, True)


@pytest.mark.usefixtures("learned")
def test_show_says_by_which_way_a_page_was_read(parknews: Run) -> None:
    told = {n: parknews("show", f"https://{HOST}/news/{n}.html", "--json").json for n in (1, 20, 33)}
    assert [told[n]["copies"][0]["read_by"] for n in told] == ["whole", "both", "template"]
    assert "read by its source's template" in parknews("show", f"https://{HOST}/news/33.html").out


def test_status_its_code_and_a_notification_tell_of_a_template_that_fits_no_more(
    parknews: Run, learned: Path
) -> None:
    CrawlStore(store_path(learned)).close()
    now = datetime.now(UTC)
    late = [page(n, redesigned(n)) for n in range(PAGES + 1, PAGES + 6)]
    with Archive(learned) as archive:
        ingest(archive, [replace(one, fetched_at=now + timedelta(seconds=one.page_id)) for one in late])
    told = parknews("status", "--json")
    [source] = told.json["sources"]
    assert (told.code, source["state"]) == (1, "wrong")
    assert f"template changed on {now:%Y-%m-%d}" in source["reason"]
    assert "div.page > div.left > div.content" in source["reason"]
    assert [trouble["kind"] for trouble in source["troubles"]] == ["template"]
    ear = Site()
    with Server(ear) as listener:
        settings = replace(Settings(), db=learned, notify=(f"json://{listener.host}/",))
        for _ in range(2):  # it is told once
            tell_changes(settings, [CrawlSource(HOST, "园区新闻网", (f"https://{HOST}/",))])
    [message] = [json.loads(told)["message"] for told in ear.told]
    assert (HOST in message, f"template changed on {now:%Y-%m-%d}" in message) == (True, True)


def _store(path: Path) -> None:
    """The raw pages of the archive, as a crawl leaves them: their ids are their numbers."""
    pages = {one.url: one for one in (page(n, news(n)) for n in range(1, PAGES + 1))}
    with CrawlStore(store_path(path)) as store:
        crawl = store.frontier.begin(HOST, every_s=1e9, revisit=False, now=1000.0).crawl_id
        store.frontier.queue([Link(url, HOST, HOST, "article", 30) for url in pages])
        entries = {entry.url: entry for entry in store.frontier.next_entries(HOST, HOST, 10_000, 1e12)}
        for url, one in pages.items():
            store.commits.page(
                crawl,
                entries[url],
                Fetched(
                    url_asked=url,
                    url_answered=url,
                    status=200,
                    headers=one.headers,
                    body=one.body,
                    fetched_at=one.fetched_at,
                    robots="allowed, robots.txt 404",
                    kind="article",
                    article=True,
                ),
            )
        store.pages.mark_ingested(range(1, PAGES + 1))


def test_reprocess_full_reads_every_page_whole_and_says_where_templates_differed(
    parknews: Run, learned: Path
) -> None:
    _store(learned)
    told = parknews("reprocess", "--full", "--json")
    report = told.json
    assert (report["pages"], report["changed"], report["unlike_template"]) == (PAGES, 0, 0)
    ways = rows(learned, "SELECT DISTINCT way FROM template_pages")
    assert (ways, report["by_template"] > 0) == ([("whole",)], True)


@pytest.mark.usefixtures("learned")
def test_read_shows_both_ways_of_a_page_at_hand(parknews: Run, tmp_path: Path) -> None:
    def told(name: str, html: str, *options: str) -> str:
        (tmp_path / name).write_text(html, encoding="utf-8")
        return str(parknews("read", str(tmp_path / name), "--source", HOST, *options).out)

    assert "Its source's template reads the same." in told("50.html", news(50))
    assert json.loads(told("50.html", news(50), "--json"))["template"] == {"agrees": True, "differs": []}
    speaks = news(51).replace(
        "<h3>热门</h3>", "<div>验收组认为青岚湖一侧的三号工段达到了设计要求，可以转入下一道工序。</div>"
    )
    assert "template does not fit it: it is read whole" in told("51.html", speaks)
    assert "template" not in told("52.html", redesigned(52))
