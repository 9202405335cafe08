import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.config import runtime_folder
from crawler.web.pace import SharedPace
from pipelines.errors import StorageError
from tests.crawler.crawling import QUICK, crawl, finish, source, start
from tests.crawler.misbehaving import Answer, Server, Site, article, list_page
from tests.readings import rows


def test_a_turn_is_given_once_a_gap_whoever_asks(tmp_path: Path) -> None:
    first, second = SharedPace(tmp_path), SharedPace(tmp_path)
    waits = [
        first.take("x.cn", 5.0),
        second.take("x.cn", 1.0),
        first.take("y.cn", 5.0),
        first.take("x.cn", 0),
    ]
    assert (waits[0], 4.5 < waits[1] <= 5.0, waits[2], waits[3]) == (0, True, 0, 0)


def test_the_longer_of_two_delays_holds_for_both(tmp_path: Path) -> None:
    patient, hasty = SharedPace(tmp_path), SharedPace(tmp_path)
    hasty.take("x.cn", 0.1)
    waits = patient.take("x.cn", 5.0), hasty.take("x.cn", 0.1)
    assert min(waits) > 4.5


def test_a_pause_holds_for_all(tmp_path: Path) -> None:
    first, second = SharedPace(tmp_path), SharedPace(tmp_path)
    first.hold("x.cn", time.monotonic() + 60)
    assert 59 < second.take("x.cn", 1.0) <= 60


def test_what_an_earlier_start_of_the_machine_left_is_dropped(tmp_path: Path) -> None:
    pace = SharedPace(tmp_path)
    pace.take("x.cn", 1.0)
    rows(tmp_path / "hosts-1.db", "UPDATE hosts SET asked_at = asked_at + 1e7")
    assert pace.take("x.cn", 1.0) == 0


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="PARKNEWS_RUNTIME"):
        SharedPace(tmp_path / "file" / "folder")


def test_one_user_has_one_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    within = runtime_folder()
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert (within, runtime_folder().name.startswith("parknews-")) == (tmp_path / "parknews", True)


_HOLDER = """
import sys
from pathlib import Path
from crawler.web.pace import SharedPace
pace = SharedPace(Path(sys.argv[1]))
pace._db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_process_killed_in_the_midst_of_a_turn_blocks_nobody(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert SharedPace(tmp_path).take("x.cn", 1.0) == 0


def test_two_processes_with_archives_of_their_own_keep_one_pace(tmp_path: Path) -> None:
    site = Site(pages={"/": list_page([f"/news/2023/{n}.html" for n in range(6)])})
    site.pages |= {f"/news/2023/{n}.html": article(n) for n in range(6)}
    options = replace(QUICK, runtime=str(tmp_path / "runtime"))
    with Server(site) as server:
        both = [
            start(tmp_path / f"{name}-pages.db", source(server.host, delay_s=0.3), options=options)
            for name in "ab"
        ]
        articles = [finish(child).sources[0].articles for child in both]
    gaps = [b.at - a.at for a, b in pairwise(site.log)]
    assert (articles, len(site.log), min(gaps) > 0.2) == ([6, 6], 20, True), gaps


def test_requests_under_way_are_counted_over_all_processes(tmp_path: Path) -> None:
    first, second = SharedPace(tmp_path), SharedPace(tmp_path)
    places = [
        first.enter("x.cn", 2),
        second.enter("x.cn", 2),
        first.enter("x.cn", 2),
        second.enter("y.cn", 2),
    ]
    first.leave(places[0] or 0)
    assert ([place is not None for place in places], second.enter("x.cn", 2) is not None) == (
        [True, True, False, True],
        True,
    )


def test_a_killed_process_keeps_no_place(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from crawler.web.pace import SharedPace\n"
        "SharedPace(Path(sys.argv[1])).enter('x.cn', 1); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert SharedPace(tmp_path).enter("x.cn", 1) is not None


def test_a_pause_holds_for_a_host_without_a_delay(tmp_path: Path) -> None:
    first, second = SharedPace(tmp_path), SharedPace(tmp_path)
    first.hold("x.cn", time.monotonic() + 60)
    assert 59 < second.take("x.cn", 0.0) <= 60


def test_two_processes_ask_a_host_without_a_delay_no_more_at_once_than_one(tmp_path: Path) -> None:
    site = Site(pages={"/": list_page([f"/news/2023/{n}.html" for n in range(12)])})
    site.pages |= {f"/news/2023/{n}.html": Answer(article(n).encode(), wait_s=0.2) for n in range(12)}
    options = replace(QUICK, runtime=str(tmp_path / "runtime"), per_host=3)
    with Server(site) as server:
        both = [start(tmp_path / f"{name}-pages.db", source(server.host), options=options) for name in "ab"]
        articles = [finish(child).sources[0].articles for child in both]
    assert (articles, site.most_at_once) == ([12, 12], 3)


def test_an_address_that_asked_for_rest_has_it_in_the_next_run(tmp_path: Path) -> None:
    busy = Answer(status=503, headers=(("Retry-After", "3600"),))
    site = Site(pages={"/": busy})
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        crawl(path, source(server.host))
        site.log.clear()
        report = crawl(path, source(server.host))  # no folder in common, as after a restart
    [counts] = report.sources
    assert (site.log, counts.fetched, counts.left) == ([], 0, 1)


def test_a_host_two_of_whose_addresses_asked_for_rest_has_it_in_the_next_run(tmp_path: Path) -> None:
    busy = Answer(status=503, headers=(("Retry-After", "3600"),))
    site = Site(pages={"/": list_page(["/1", "/2", "/3"]), "/1": busy, "/2": busy, "/3": busy})
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        crawl(path, source(server.host))
        site.log.clear()
        report = crawl(path, source(server.host))
    [counts] = report.sources
    assert (site.log, "asked to be left alone for another 3" in counts.left_early) == ([], True)
