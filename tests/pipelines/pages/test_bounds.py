"""What reads pages in the crawl's own process takes time that grows with their length, whatever they hold."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from crawler.web.robots import read_policy
from pipelines.pages.announced import read_feed, read_sitemap
from pipelines.pages.html import read_html
from pipelines.pages.kinds import is_challenge, kind_of_url
from pipelines.pages.signs import read_signs
from pipelines.store.sources import StoredRobots

PIECES = (
    "<script>",
    "<style><",
    "<title",
    "<![CDATA[",
    "<!--",
    "<rss ",
    "<",
    "9",
    "й",
    "壹",
    "&",
    "a-",
    '<a href="/9',
    "<url><loc>http://a.cn/1</loc>",
    "User-agent: *\n",
    "Disallow: /*a",
)
READERS: dict[str, Callable[[bytes], object]] = {
    "html": lambda body: read_html(b"<html><body><h1>x</h1>" + body, "http://a.cn/1.html"),
    "signs": read_signs,
    "challenge": lambda body: is_challenge(200, body, "text/html"),
    "feed": lambda body: read_feed(b"<rss><channel>" + body),
    "sitemap": read_sitemap,
    "robots": lambda body: read_policy(StoredRobots("http://a.cn", 200, body, 0, 0, ""), "parknews"),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_that_is_repeated_without_end_does_not_hold_up_the_crawl(piece: str, reader: str) -> None:
    body = (piece * (300_000 // len(piece.encode()))).encode()
    began = time.process_time()
    READERS[reader](body)
    assert time.process_time() - began < 6


@pytest.mark.parametrize("piece", ["9", "1a", "a-", "%41", "-1", "article", "t20240101_", "a/9/"])
def test_the_kind_of_a_long_address_is_seen_at_once(piece: str) -> None:
    began = time.process_time()
    kind_of_url(f"http://a.cn/{piece * 1900}"[:1990])
    assert time.process_time() - began < 1
