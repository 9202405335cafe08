"""`parknews read`: one page as it would be archived, and nothing written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import Run
from tests.end_to_end.site import Site
from tests.processes import PARKNEWS, Child, Ended

TEXT = "滨江产业园区管委会今天宣布，园区一期工程已经全部建成，首批入驻企业将在下个月搬入新厂房开始生产。"
PAGE = (
    "<html><head><title>一期工程建成</title></head><body><h1>一期工程建成</h1>"
    f"<div>2026-02-01 来源：滨江日报</div><div class='content'><p>{TEXT}</p><p>打开客户端</p>"
    "<p>咨询热线：0000-0000000</p></div></body></html>"
)
SELECTORS = '\n[source.read]\nbody = ".content"\ndate = ".day"\ndrop = ".content p:nth-child(2)"\n'


@pytest.fixture
def page(tmp_path: Path) -> str:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="gb18030")
    return str(path)


def test_a_page_at_hand_is_told_field_by_field_and_nothing_is_written(
    parknews: Run, page: str, tmp_path: Path
) -> None:
    told = parknews("read", page, "--url", "https://park.example/news/1.html", "--json").json
    assert (told["found"], told["url"], told["text"]) == ("article", "https://park.example/news/1.html", TEXT)
    assert (told["published"], told["origins"]["credited_source"]["origin"], told["encoding"]) == (
        "2026-02-01",
        "byline",
        "gb18030",
    )
    assert {piece["kind"] for piece in told["stripped"]} >= {"contact"}
    assert list(tmp_path.iterdir()) == [tmp_path / "page.html"]


def test_what_is_told_to_people_names_origins_rules_and_what_gave_nothing(
    parknews: Run, page: str, sources: Path
) -> None:
    sources.write_text(sources.read_text("utf-8") + SELECTORS, encoding="utf-8")
    told = parknews("read", page, "--source", "park.example").out
    for line in (
        "published: 2026-02-01  [byline]",
        "text  [sources file] “.content”",
        "date of [source.read]: finds nothing; read by rule instead",
        "dropped (sources file): 打开客户端",
        "Read as a page of park.example, as the sources file has it; nothing was written.",
    ):
        assert line in told


def test_a_page_on_stdin_that_is_no_news_is_told_why(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", PARKNEWS, "--sources", tmp_path / "none.toml", "read", "-", "--json"],
        input=b"%PDF-1.7 \x00\x01",
        capture_output=True,
        check=True,
    )
    told = json.loads(said.stdout)
    assert (told["found"], told["stage"], told["reason"]) == ("rejection", "fetch", "not text: unnamed")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("missing.html",), "an address begins with https://"),
        (("https://park.example/1",), "PARKNEWS_CONTACT"),
        (("http://127.0.0.1:9/1",), "allow_private = true"),
        (("ftp://park.example/1",), "ftp://park.example/1"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_says_what_to_do(
    parknews: Run, arguments: tuple[str, ...], message: str
) -> None:
    ended = parknews("read", *arguments)
    assert (ended.code, message in ended.err) == (2, True)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(0) as site:
        site.bodies |= {
            "/1.html": PAGE.encode(),
            "/robots.txt": b"User-agent: *\nDisallow: /closed/",
            "/closed/1.html": PAGE.encode(),
        }
        site.moved["/old.html"] = "/1.html"
        yield site


def _read(site: Site, path: str, folder: Path) -> Ended:
    files = ("--db", str(folder / "archive.db"), "--sources", str(folder / "none.toml"))
    address = f"http://{site.host}{path}"
    return Child(PARKNEWS, *files, "read", "--allow-private", address, "--json").end()


def test_a_page_is_asked_for_through_its_redirects_and_not_kept(site: Site, tmp_path: Path) -> None:
    ended = _read(site, "/old.html", tmp_path)
    told = json.loads(ended.stdout)
    assert (told["url"], told["text"]) == (f"http://{site.host}/old.html", TEXT)
    assert list(tmp_path.iterdir()) == []


def test_what_robots_txt_forbids_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    ended = _read(site, "/closed/1.html", tmp_path)
    assert (ended.returncode, "not fetched: robots.txt forbids it" in ended.stderr) == (4, True)
    assert site.hits["/closed/1.html"] == 0
