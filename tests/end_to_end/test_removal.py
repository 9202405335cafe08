"""A source is removed while a crawl fetches it: nothing more is asked of it, and nothing of it is kept."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import remove, verify
from tests.end_to_end.site import Site
from tests.pipelines.forget.worlds import LETTER
from tests.readings import rows

PARKNEWS = Path(sys.executable).with_name("parknews")


def test_a_crawl_under_way_neither_asks_nor_keeps_anything_of_a_removed_source(tmp_path: Path) -> None:
    archive, hits_at = tmp_path / "archive" / "archive.db", []
    archive.parent.mkdir()
    with Site(400, seed=3) as unwanted, Site(20, seed=4) as wanted:
        sources = tmp_path / "sources.toml"
        # the other site is slow, so that the crawl outlasts the removal on any machine
        sources.write_text(_entry(unwanted) + _entry(wanted, delay_s=0.8), encoding="utf-8")
        with subprocess.Popen(
            [str(PARKNEWS), "--db", str(archive), "--sources", str(sources), "crawl", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as crawl:
            _wait_for_articles(archive, unwanted.host)

            def note(step: str) -> None:
                if step == "deleting":
                    time.sleep(0.5)  # what was asked before the block has been answered
                    hits_at.append(sum(unwanted.hits.values()))

            outcome = remove(archive, make_scope(hosts=[unwanted.host]), LETTER, on_step=note)
            assert crawl.poll() is None, "the crawl ended too early for this test"
            time.sleep(2)  # it goes on, and would ask
            crawl.send_signal(signal.SIGINT)
            _, errors = crawl.communicate(timeout=120)
        assert crawl.returncode in (0, 1), errors
        assert outcome.removal.state == "verified", outcome.trouble
        assert sum(unwanted.hits.values()) == hits_at[0]
        assert hits_at[0] < len(unwanted.articles)
        sources.write_text(_entry(unwanted) + _entry(wanted), encoding="utf-8")
        again = subprocess.run(
            [str(PARKNEWS), "--db", str(archive), "--sources", str(sources), "crawl", "--revisit"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert again.returncode in (0, 1), again.stderr
        assert sum(unwanted.hits.values()) == hits_at[0]
        assert list(_rows_of(archive, unwanted.host)) == []
        assert _count(archive, "SELECT count(*) FROM copies WHERE source = ?", wanted.host) == 20
    assert verify(archive, outcome.removal.id).trouble == ""


def _entry(site: Site, delay_s: float = 0.05) -> str:
    return (
        f'[[source]]\nhost = "{site.host}"\nname = "测试{site.host}"\nstart_urls = ["http://{site.host}/"]\n'
        f"allow_private = true\ndelay_s = {delay_s}\n"
    )


def _wait_for_articles(archive: Path, host: str, most_s: float = 120) -> None:
    end = time.monotonic() + most_s
    while time.monotonic() < end:
        if archive.exists() and _count(archive, "SELECT count(*) FROM copies WHERE source = ?", host) > 5:
            return
        time.sleep(0.05)
    raise AssertionError("the crawl brought nothing")


def _rows_of(archive: Path, host: str) -> Iterator[str]:
    """Tables that have a page of the host; its name stays in `sources` and in the runs' numbers."""
    for path, tables in (
        (archive, ("readings", "copies", "articles", "rejections")),
        (archive.with_name("archive-pages.db"), ("urls", "pages", "rejected", "announcements")),
    ):
        for table in tables:
            sql = f"SELECT count(*) FROM {table} WHERE url LIKE ?".replace(
                "url LIKE", "page_url LIKE" if table == "readings" else "url LIKE"
            )
            if _count(path, sql, f"%{host}%"):
                yield table


def _count(path: Path, sql: str, *values: str) -> int:
    try:
        return int(rows(path, sql, *values)[0][0])
    except sqlite3.OperationalError:  # not made yet
        return 0
