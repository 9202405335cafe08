"""A week of scheduled runs with the clock moved: what is wrong is said the day it goes wrong."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from crawler.config import Settings
from crawler.runs.status import diagnose, own_health
from crawler.runs.telling import beat, dead_timer, last_beat, tell, write_metrics
from crawler.runs.watch import tell_changes
from pipelines.archive import Archive
from pipelines.records import CrawlSource
from pipelines.store import CrawlStore, store_path
from tests.commands import Answer
from tests.crawler.misbehaving import Server, Site, article
from tests.crawler.moved import parknews, write_source

NAMES = "header banner nav crumbs main column list side friend-links footer copyright"
NEW_NAMES = "app-shell app-bar hero grid card card-body drawer toolbar chip-set snack"
DATED = '<meta name="PubDate" content="2026-11-20 08:30">'
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def front_page(inner: str, names: str) -> str:
    boxes = "".join(f'<div class="{name}"></div>' for name in names.split())
    return f"<html><head><title>示例园区网</title></head><body>{boxes}{inner}</body></html>"


def as_before(numbers: list[int]) -> str:
    rows = "".join(
        f'<li class="row"><a href="/news/2026/{n}.html">示例园区新闻标题之{n}</a></li>' for n in numbers
    )
    return front_page(f"<ul>{rows}</ul>", NAMES)


def redesigned(numbers: list[int]) -> str:
    """Links are made by a script that nobody runs."""
    rows = "".join(f'<section data-id="{n}"><h3>示例园区新闻标题之{n}</h3></section>' for n in numbers)
    return front_page(rows, NEW_NAMES)


def test_a_redesign_on_day_three_is_said_on_day_three_and_told_once(tmp_path: Path) -> None:
    site, ear = Site(), Site()
    days: dict[int, Answer] = {}
    told: dict[int, int] = {}
    with Server(site) as server, Server(ear) as listener:
        write_source(tmp_path, server.host, 'every = "1d"')
        env = {
            "PARKNEWS_NOTIFY": f"json://{listener.host}/",
            "PARKNEWS_METRICS": str(tmp_path / "parknews.prom"),
        }
        for day in range(7):
            numbers = list(range(1000, 1030 + 8 * day))
            site.pages |= {f"/news/2026/{n}.html": article(n, extra=DATED) for n in numbers}
            shown = numbers[::-1][:30]
            site.pages["/"] = redesigned(shown) if day >= 3 else as_before(shown)
            parknews(tmp_path, "crawl", "--due", days=day, env=env)
            if day == 5:
                until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
                parknews(tmp_path, "sources", "ack", server.host, "--until", until, days=day)
            days[day] = parknews(tmp_path, "status", "--json", days=day, env=env)
            told[day] = len(ear.told)
    states = [days[day].json["sources"][0]["state"] for day in days]
    assert states == ["ok", "ok", "ok", "wrong", "wrong", "acknowledged", "acknowledged"]
    assert [ran.code for ran in days.values()] == [0, 0, 0, 1, 1, 0, 0]
    found = [trouble["kind"] for trouble in days[3].json["sources"][0]["troubles"]]
    assert found == ["yield", "template"]
    assert "was it redesigned?" in days[3].json["sources"][0]["reason"]
    assert list(told.values()) == [0, 0, 0, 1, 1, 1, 1]
    message = json.loads(ear.told[0])
    assert (server.host in message["message"], "2 new" in message["title"]) == (True, True)
    assert 'parknews_trouble{kind="yield"' in (tmp_path / "parknews.prom").read_text()


def test_a_domain_that_changed_hands_is_held_until_a_person_has_looked(tmp_path: Path) -> None:
    text = "示例工业园区今年新签约项目三十二个，总投资一百二十亿元，新增就业岗位两千余个。"
    ours = as_before([1, 2, 3]).replace("</body>", f"<p>{text}</p><p>京ICP备12345678号-1</p></body>")
    offer = "Play the best games online, win big prizes every day and join thousands of lucky players now. "
    theirs = front_page('<a href="/news/2026/66.html">Play</a><p>' + offer * 3 + "</p>", NEW_NAMES)
    theirs = theirs.replace("示例园区网", "Lucky games")
    site = Site(pages={"/": ours, **{f"/news/2026/{n}.html": article(n) for n in (1, 2, 3, 66)}})
    with Server(site) as server:
        write_source(tmp_path, server.host)
        parknews(tmp_path, "crawl")
        site.pages["/"] = theirs
        site.log.clear()
        held = parknews(tmp_path, "crawl", days=1)
        still = parknews(tmp_path, "crawl", days=2)
        asked = site.counts()
        status = parknews(tmp_path, "status", days=2)
        parknews(tmp_path, "sources", "release", server.host)
        parknews(tmp_path, "crawl", days=3)
        after = site.asked("/news/2026/66.html")
    assert (held.code, still.code, asked["/"], asked["/news/2026/66.html"], after) == (1, 1, 1, 0, 1)
    assert "it seems to be another site now" in status.out


def test_a_timer_that_died_is_known_by_its_silence(tmp_path: Path) -> None:
    source = CrawlSource("x.cn", "甲", ("http://x.cn/",), every_s=6 * 3600.0)
    beat(tmp_path / "a.db", "done", NOW)
    last = last_beat(tmp_path / "a.db")
    silent = [dead_timer(last, [source], NOW + timedelta(hours=hours)) for hours in (1, 9, 11)]
    assert (last, [bool(why) for why in silent], dead_timer(None, [source], NOW)) == (
        NOW,
        [False, False, True],
        "",
    )
    seldom = replace(source, host="y.cn", every_s=7 * 86400.0)
    assert dead_timer(last, [seldom, source], NOW + timedelta(hours=11)), "the most frequent source counts"


def test_troubles_that_end_are_told_and_a_failed_message_is_sent_again(tmp_path: Path) -> None:
    messages: list[str] = []
    dead, fine = own_health("timer", "no run"), own_health("timer", "")
    with CrawlStore(tmp_path / "a-pages.db") as store:

        def told(health, works: bool = True) -> str:
            def send(_title: str, body: str) -> bool:
                messages.append(body)
                return works

            return tell(store, [health], store.sources.watched(), send, now=NOW.timestamp())

        answers = [told(dead, works=False), told(dead), told(dead), told(fine), told(fine)]
    assert answers == ["", "timer (the timer): no run", "", "timer (the timer): no longer timer", ""]
    assert len(messages) == 3


def test_the_metrics_are_what_node_exporter_reads(tmp_path: Path) -> None:
    source = CrawlSource("x.cn", "甲", ("http://x.cn/",))
    write_metrics(tmp_path / "p.prom", diagnose([source], [], {}, now=NOW), NOW)
    families = text_string_to_metric_families((tmp_path / "p.prom").read_text())
    values = {sample.name: sample.value for family in families for sample in family.samples}
    assert values["parknews_heartbeat_timestamp_seconds"] == NOW.timestamp()


def test_a_crawl_by_hand_does_not_say_that_a_dead_timer_is_alive(tmp_path: Path) -> None:
    settings = Settings(db=tmp_path / "archive.db")
    Archive(settings.db).close()
    CrawlStore(store_path(settings.db)).close()
    beat(settings.db, "done", datetime.now(UTC) - timedelta(days=9))
    ear, source = Site(), CrawlSource("a.cn", "a", ("https://a.cn/",), every_s=3600.0)
    with Server(ear) as listener:
        for _ in range(2):  # as `status --notify`, then `crawl` tell of what has changed
            tell_changes(replace(settings, notify=(f"json://{listener.host}/",)), [source])
    assert ["no `crawl --due` has run since" in json.loads(told)["message"] for told in ear.told] == [True]
