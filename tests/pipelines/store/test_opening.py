"""A store that is foreign, damaged, newer, out of reach or full says so; what it has outlives a kill."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import ForeignArchiveError, NewerArchiveError, StorageError
from pipelines.store import CrawlStore
from tests.pipelines.store.storing import begin, fetched, link, queue
from tests.readings import rows

_KILLED = """
import sys
sys.path.insert(0, sys.argv[2])
from tests.pipelines.store.storing import *
from pipelines.store import CrawlStore
store = CrawlStore(sys.argv[1])
crawl = begin(store)
for n in range(100000):
    entry = queue(store, link(f"/{n}"))[f"/{n}"]
    store.commits.page(crawl, entry, fetched(f"/{n}", news=(link(f"/{n}/next"),)))
    store.commits.failure(crawl, entries(store)[0], "gone", "HTTP 404: not found", 404, now=0.0)
    print(n, flush=True)
"""


def test_what_was_committed_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "archive-pages.db"
    command = [sys.executable, "-c", _KILLED, str(path), str(Path(__file__).parents[3])]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    last = 0
    for line in child.stdout:
        last = int(line)
        if last == 57:
            child.kill()  # what it printed until then is still read
    child.wait()
    with CrawlStore(path) as store:
        pages = len(store.pages.take(10_000, 0))
        check = sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone()[0]
    assert (pages in (last + 1, last + 2), check) == (True, "ok")  # killed before it told the last


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    rows(path, "CREATE TABLE t (a)")
    with pytest.raises(ForeignArchiveError, match="not a parknews crawl store"):
        CrawlStore(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    path.write_bytes("园区新闻".encode() * 1000)
    with pytest.raises(ForeignArchiveError, match="not an SQLite file"):
        CrawlStore(path)


def test_a_store_that_was_cut_off_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a-pages.db"
    with CrawlStore(path) as store:
        store.frontier.queue([link(f"{n}" * 200) for n in range(10, 99)])
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(StorageError, match="damaged"):
        CrawlStore(path)


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a-pages.db"
    CrawlStore(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerArchiveError, match="newer parknews"):
        CrawlStore(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such directory"):
        CrawlStore(tmp_path / "none" / "a-pages.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="a-pages"):
        CrawlStore(tmp_path / "a-pages.db")


def test_a_full_disk_is_one_clear_line(store: CrawlStore) -> None:
    entry = queue(store, link("/1"))["/1"]
    crawl = begin(store)
    with store.reading() as db:
        db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StorageError, match="free space") as raised:
        store.commits.page(crawl, entry, fetched("/1", body=os.urandom(500_000)))
    assert "\n" not in str(raised.value)
