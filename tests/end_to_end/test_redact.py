"""A passage is taken out while a site is served and crawled, and does not come back by any way."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.site import Site
from tests.pipelines.forget.stranger import search

PARKNEWS = Path(sys.executable).with_name("parknews")
NAME, NUMBER = "慕容青岚霁", "13800138000"
SAID = "<p>本次活动由园区招商局的慕容<b>“青岚”</b>霁负责接待，有意者请致电 138 0013 8000 预约参观。{}</p>"
WORDS = ["慕容", "青岚”", "138 0013", "0013 8000"]
WHO = ("--requester", "本人", "--reason", "来函")


@pytest.mark.slow
def test_a_redacted_passage_comes_back_neither_to_readers_nor_to_the_files(tmp_path: Path) -> None:
    archive, warc = tmp_path / "archive" / "archive.db", tmp_path / "before.warc.gz"
    passages = tmp_path / "passages.txt"
    archive.parent.mkdir()
    with Site(8, seed=5) as site:
        path = max(site.articles, key=lambda path: len(site.bodies[path]))
        url, plain = f"http://{site.host}{path}", site.bodies[path]
        names_it = f'<li><a href="{path}">'.encode()
        site.bodies["/"] = site.bodies["/"].replace(names_it, names_it + "慕容青岚霁接待来宾 ".encode())
        _say(site, path, plain, 0)
        sources = site.write_sources(tmp_path / "sources.toml")
        command = [str(PARKNEWS), "--db", str(archive), "--sources", str(sources)]

        def run(*words: str, expects: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
            done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
            assert done.returncode in expects, (words, done.stdout, done.stderr)
            return done

        run("crawl")
        run("warc", "export", "--output", str(warc))
        assert search(archive.parent, WORDS) != {}
        with _served(command) as ask, _crawling(command, site, path, plain) as crawls:
            [article] = json.loads(ask("/search.json?q=预约参观"))["articles"]
            pages = ["/search.json?q=预约参观", "/search?q=预约参观", f"/article/{article['id']}.json", "/"]
            pages += [f"/article/{article['id']}", "/search.atom?q=预约参观"]
            assert "0013" in ask(pages[0]) + ask(pages[2])
            passages.write_text(f"{NAME}\n{NUMBER}\n", encoding="utf-8")
            run("redact", url, "--passage-from", str(passages), *WHO, "--yes", expects=(0, 4))
            begun, shown = len(crawls), []
            while len(crawls) < begun + 2:  # one that begins after the receipt, to its end
                shown += [ask(page) for page in pages]
                assert json.loads(ask(f"/search.json?q={NAME[2:4]}"))["articles"] == []
                time.sleep(0.2)
        assert [page for page in shown if re.search("青岚|慕容|0013", page)] == []
        assert set(crawls) <= {0, 1}
    run("warc", "import", str(warc), expects=(0, 1))
    run("reprocess", "--full", expects=(0, 1))
    assert search(archive.parent, WORDS) == {}
    run("removals", "verify", "1", "--full")
    with_rest = run("show", url).stdout
    assert ("〔已删除〕" in with_rest, "预约参观" in with_rest) == (True, True)


def _say(site: Site, path: str, plain: bytes, number: int) -> None:
    """The article says it, otherwise each time, so that it is another version."""
    said = SAID.format(f"第{number}批来宾已经抵达。").encode()
    first = plain.index(b"</p>") + len(b"</p>")
    site.bodies[path] = plain[:first] + said + plain[first:]


@contextmanager
def _crawling(command: list[str], site: Site, path: str, plain: bytes) -> Iterator[list[int]]:
    """Crawl after crawl that asks for everything again; the exit codes of those that have ended."""
    codes: list[int] = []
    ends = threading.Event()

    def crawl() -> None:
        while not ends.is_set():
            _say(site, path, plain, len(codes) + 1)
            crawled = subprocess.run([*command, "crawl", "--revisit"], capture_output=True, check=False)
            codes.append(crawled.returncode)

    thread = threading.Thread(target=crawl)
    thread.start()
    try:
        yield codes
    finally:
        ends.set()
        thread.join()


@contextmanager
def _served(command: list[str]) -> Iterator[Callable[[str], str]]:
    with subprocess.Popen([*command, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        with httpx.Client(base_url=server.stderr.readline().split()[0], timeout=60) as client:
            yield lambda place: client.get(place).raise_for_status().text
        server.terminate()
