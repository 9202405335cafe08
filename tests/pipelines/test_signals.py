import pytest

from pipelines.records import Right
from pipelines.signals import page_signals, refuses, robots_signals, tdmrep_signals, that_hold

PAGE = "https://x.cn/news/1.html"


def _of_robots(text: str, url: str = PAGE) -> list[tuple[str, str, str]]:
    found = that_hold(robots_signals(text, "parknews"), url)
    return [(right.kind, right.value, right.origin) for right in found]


def _of_page(headers: tuple[tuple[str, str], ...] = (), html: str = "") -> list[tuple[str, str, str]]:
    return [(right.kind, right.value, right.origin) for right in page_signals(headers, html)]


def test_a_robots_txt_says_what_its_pages_may_be_used_for() -> None:
    text = "License: https://x.cn/license.xml\nUser-agent: *\nContent-Signal: search=yes, ai-train=no\n"
    assert _of_robots(text) == [
        ("content-signal", "search=yes", "robots.txt"),
        ("content-signal", "ai-train=no", "robots.txt"),
        ("rsl", "https://x.cn/license.xml", "robots.txt"),
    ]


def test_the_group_that_names_us_holds_alone() -> None:
    text = "User-agent: *\nContent-Usage: train-ai=n\n\nUser-agent: parknews\nContent-Usage: train-ai=y\n"
    assert _of_robots(text) == [("content-usage", "train-ai=y", "robots.txt")]
    assert _of_robots(text.replace("Content-Usage: train-ai=y", "Disallow: /a")) == []


def test_of_two_parts_of_a_host_the_more_exact_holds() -> None:
    text = "User-agent: *\nContent-Usage: train-ai=y\nContent-Usage: /news/ train-ai=n\n"
    assert [_of_robots(text)[0][1], _of_robots(text, "https://x.cn/a")[0][1]] == ["train-ai=n", "train-ai=y"]


def test_a_tdmrep_file_speaks_for_parts_of_its_host() -> None:
    body = b"""[{"location": "/news/*", "tdm-reservation": 1, "tdm-policy": "https://x.cn/p.json"},
               {"location": "/", "tdm-reservation": 0}, {"location": "/x"}, 3]"""
    signals = tdmrep_signals(body)
    assert [[right.value for right in that_hold(signals, url)] for url in (PAGE, "https://x.cn/a")] == [
        ["1 https://x.cn/p.json"],
        ["0"],
    ]


@pytest.mark.parametrize("body", [b"", b"<html>404</html>", b"{}", b"[[1]]", b"\xff", b"[" * 10_000])
def test_what_is_no_tdmrep_file_says_nothing(body: bytes) -> None:
    assert tdmrep_signals(body) == ()


@pytest.mark.parametrize(
    ("headers", "html", "found"),
    [
        ((("tdm-reservation", "1"),), "", [("tdm-reservation", "1", "header")]),
        ((("content-usage", "train-ai=n, search=y;q=1"),), "", [
            ("content-usage", "train-ai=n", "header"), ("content-usage", "search=y", "header")]),
        ((("x-robots-tag", "noai, noimageai"),), "", [("noai", "", "header"), ("noimageai", "", "header")]),
        ((("link", '<https://x.cn/l.xml>; rel="license"; type="application/rsl+xml"'),), "", [
            ("rsl", "https://x.cn/l.xml", "header")]),
        ((), '<meta name="tdm-reservation" content="1"><meta content=/p name=tdm-policy>', [
            ("tdm-reservation", "1 /p", "meta")]),
        ((), "<meta name='robots' content='index, noai'>", [("noai", "", "meta")]),
        ((), '<link rel="license" type="application/rsl+xml" href="/l.xml">', [("rsl", "/l.xml", "link")]),
        ((), "<p>noai is a word</p>", []),
    ],
)  # fmt: skip
def test_headers_and_pages_say_it_too(
    headers: tuple[tuple[str, str], ...], html: str, found: list[tuple[str, str, str]]
) -> None:
    assert _of_page(headers, html) == found


@pytest.mark.parametrize(
    ("kind", "value", "wanted", "refused"),
    [
        ("tdm-reservation", "1 https://x.cn/p", "tdm-reservation", True),
        ("tdm-reservation", "0", "tdm-reservation", False),
        ("content-signal", "ai-train=no", "ai-train", True),
        ("content-signal", "ai-train=yes", "ai-train", False),
        ("content-usage", "train-ai=n", "content-usage", True),
        ("content-signal", "search=no", "ai-train", False),
        ("noai", "", "noai", True),
        ("noai", "", "rsl", False),
    ],
)
def test_what_a_source_respects_is_refused_where_a_signal_says_no(
    kind: str, value: str, wanted: str, refused: bool
) -> None:
    assert refuses(Right(kind, value=value), wanted) is refused
