"""`parknews status` with many sources: those that need somebody, and a summary; and after a killed run."""

from __future__ import annotations

from pathlib import Path

from crawler.runs.lock import run_lock
from pipelines.archive import Archive
from pipelines.store import CrawlStore, store_path
from tests.commands import Run
from tests.crawler.cli.conftest import TEXT
from tests.readings import Fill, Told


def test_many_sources_are_summed_up_and_repeats_are_told(tmp_path: Path, fill: Fill, parknews: Run) -> None:
    fill(
        [
            Told(f"https://s1.example/{n}.html", "标签 - 一网", TEXT.replace("一期", f"第{n}号"))
            for n in range(3)
        ]
    )
    (tmp_path / "sources.toml").write_text(
        "".join(
            f'[[source]]\nhost = "s{n}.example"\nname = "源{n}"\nstart_urls = ["https://s{n}.example/"]\n'
            f"paused = {str(n == 2).lower()}\n"
            for n in range(1, 41)
        ),
        encoding="utf-8",
    )
    briefly, in_full = parknews("status"), parknews("status", "--all")
    as_json = parknews("status", "--json").out
    assert "40 sources: 39 new, 1 paused; 39 due now (--all shows each)" in briefly.out
    assert ("源7" in briefly.out, in_full.out.count("源")) == (False, 40)
    assert "s1.example: 3 of its 3 copies have a title that others have too" in briefly.out
    assert '"same_titled": 3' in as_json


def test_a_killed_run_that_waits_is_told_until_it_is_taken_up(
    tmp_path: Path, archive: Path, parknews: Run
) -> None:
    entry = '[[source]]\nhost = "park.example"\nname = "园"\nstart_urls = ["https://park.example/"]\n'
    (tmp_path / "sources.toml").write_text(entry, encoding="utf-8")
    with Archive(archive) as opened, CrawlStore(store_path(archive)):
        opened.start_run("2026-02-01T08:00:00Z", "0.1")
    told = parknews("status")
    with run_lock(archive):
        goes_on = parknews("status")
    assert (told.code, "was killed, 0 addresses wait; `parknews crawl` takes it up" in told.out) == (1, True)
    assert "killed" not in goes_on.out
