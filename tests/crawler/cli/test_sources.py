"""`parknews sources pause`, `resume`, `rename` and `remove`: the file is edited, and runs heed it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.sources import read_opml, read_sources
from tests.commands import Run, parknews_here
from tests.crawler.cli.conftest import TEXT
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.crawler.moved import parknews as parknews_process
from tests.readings import rows

FILE = """\
# all of ours

[[source]]
host = "a.example"   # the first
name = "甲"  # as its owner has it
start_urls = [
  "https://a.example/",  # its home page
]

  [source.read]
  body = ".article"

# the second one moved in March
[[source]]
host = "b.example"
name = "乙"
start_urls = ["https://b.example/"]
# the end
"""


@pytest.fixture(params=["\n", "\r\n"])
def two(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A sources file of two sources, as editors of two systems write it."""
    path = tmp_path / "sources.toml"
    path.write_bytes(FILE.replace("\n", request.param).encode())
    return path


def _text(path: Path) -> str:
    return path.read_bytes().decode().replace("\r\n", "\n")


def test_a_paused_source_is_a_line_and_resumed_the_file_is_as_it_was(two: Path, parknews: Run) -> None:
    before = two.read_bytes()
    parknews("sources", "pause", "a.example")
    parknews("sources", "pause", "a.example")
    paused = [source.paused for source in read_sources(two)], _text(two)
    parknews("sources", "resume", "a.example")
    assert paused == ([True, False], FILE.replace("# the first\n", "# the first\npaused = true\n"))
    assert two.read_bytes() == before


def test_a_renamed_source_keeps_its_comment(two: Path, parknews: Run) -> None:
    parknews("sources", "rename", "a.example", '甲"报')
    assert [source.name for source in read_sources(two)] == ['甲"报', "乙"]
    assert _text(two).count("# as its owner has it\n") == 1


@pytest.mark.parametrize(("host", "left"), [("a.example", "b.example"), ("b.example", "a.example")])
def test_a_removed_source_leaves_what_stands_around_it(
    two: Path, parknews: Run, host: str, left: str
) -> None:
    parknews("sources", "remove", host)
    assert [source.host for source in read_sources(two)] == [left]
    comments = [line for line in _text(two).splitlines() if line.startswith("#")]
    assert comments == ["# all of ours", "# the second one moved in March", "# the end"]


def test_a_source_that_is_not_there_is_an_error_that_names_the_nearest(two: Path, parknews: Run) -> None:
    outcome = parknews("sources", "pause", "a.exampel")
    assert (outcome.code, "did you mean 'a.example'" in outcome.err) == (2, True)  # type: ignore[attr-defined]
    assert _text(two) == FILE


def test_a_new_name_stands_beside_what_is_archived(archive: Path, sources: Path, parknews: Run) -> None:
    parknews("sources", "rename", "park.example", "新名")
    parknews("sources", "pause", "park.example")
    named = rows(archive, "SELECT name, status FROM sources WHERE host = 'park.example'")
    shown = rows(archive, "SELECT source_name FROM articles WHERE text = ?", TEXT)
    assert (named, shown) == ([("新名", "paused")], [("新名",)])


def test_subscriptions_of_a_feed_reader_are_sites(tmp_path: Path) -> None:
    opml = (
        '<?xml version="1.0"?><opml version="2.0"><head/><body><outline text="园区"><outline text="甲" '
        'type="rss" xmlUrl="https://a.cn/feed" htmlUrl="https://a.cn/"/><outline title="乙 &amp; 丙" '
        'text="x" xmlUrl="https://feeds.example/b" htmlUrl="https://b.cn/"/>'
        '<outline text="丁" xmlUrl="http://d.cn/rss.xml"/></outline></body></opml>'
    )
    assert read_opml(opml.encode()) == [
        ("https://a.cn/", "甲"),
        ("https://a.cn/feed", "甲"),
        ("https://b.cn/", "乙 & 丙"),
        ("http://d.cn/rss.xml", "丁"),
    ]


def test_sites_come_from_stdin_where_nothing_is_asked(tmp_path: Path) -> None:
    site = Site(pages={"/": list_page(["/news/2023/1.html"]), "/news/2023/1.html": article(1)})
    files = ["--db", str(tmp_path / "a.db"), "--sources", str(tmp_path / "s.toml")]
    with Server(site) as server:
        add = [
            sys.executable,
            "-m",
            "crawler.cli",
            *files,
            "sources",
            "add",
            "--allow-private",
            "--from",
            "-",
        ]
        opml = f'<opml><body><outline text="我的" htmlUrl="{server.url}"/></body></opml>'
        asked, done = (
            subprocess.run([*add, *more], input=opml, capture_output=True, text=True, check=False)
            for more in ([], ["--yes"])
        )
    assert (asked.returncode, done.returncode) == (2, 0), done.stderr
    assert [(s.host, s.name) for s in read_sources(tmp_path / "s.toml")] == [(server.host, "我的")]


def test_a_paused_source_is_not_asked_and_troubles_nobody(tmp_path: Path) -> None:
    with Server(Site(pages={"/": list_page(["/news/2023/1.html"]), "/news/2023/1.html": article(1)})) as site:
        path = tmp_path / "sources.toml"
        path.write_text(
            f'[[source]]\nhost = "{site.host}"\nname = "甲"\nstart_urls = ["{site.url}"]\n'
            "allow_private = true\ndelay_s = 0\n",
            encoding="utf-8",
        )
        first = parknews_process(tmp_path, "crawl")
        asked = len(site.site.log)
        paused = parknews_here(tmp_path, "sources", "pause", site.host)
        due = parknews_here(tmp_path, "crawl", "--due")
        named = parknews_here(tmp_path, "crawl", site.host)
        status = parknews_here(tmp_path, "status", "--json")
        assert (first.code, paused.code, due.code, named.code, status.code) == (0, 0, 0, 2, 0)
        assert (len(site.site.log), status.json["sources"][0]["state"]) == (asked, "paused")
