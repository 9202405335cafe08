"""A site of our own that makes its pages by templates, and an archive that reads them one by one."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from pipelines.archive import Archive
from pipelines.records import Page, Reading, Rejection, Source
from pipelines.stages import read_page
from tests.readings import rows

HOST = "park.example"
LEARNED = 36
"""Pages of the archive of `learned`: 12 taught its template, 12 confirmed it, the rest were read by it."""
NOW = "2026-02-01T00:00:00Z"
START = datetime(2026, 1, 5, tzinfo=UTC)
_SUBJECTS = "厂房 码头 学校 公园 桥梁 电站 剧院 粮仓 灯塔 温室 水厂 驿站".split()
_PLACES = "青岚湖 白鹭洲 松风岭 长汀镇 望江台 云栖谷 南浦港".split()


def paragraphs(number: int) -> list[str]:
    """The text of an article, its own in every sentence."""
    chance = random.Random(number)
    subject, place = chance.choice(_SUBJECTS), chance.choice(_PLACES)
    return [
        f"{place}第{number}号{subject}的建设者在第{line}个工作周完成了{chance.randint(20, 900)}项检查，"
        f"验收组认为{chance.choice(_PLACES)}一侧的{line}号工段达到了设计要求，可以转入下一道工序。"
        for line in range(1, 4 + number % 3)
    ]


def title_of(number: int) -> str:
    chance = random.Random(number)
    subject, place = chance.choice(_SUBJECTS), chance.choice(_PLACES)
    return f"{place}第{number}号{subject}建设进展"


def news(number: int, *, body: str = "", extra: str = "") -> str:
    """The site's usual page; `body` in place of the paragraphs, `extra` below them."""
    links = "".join(f'<li><a href="/{n}.html">{title_of(n)}</a></li>' for n in range(number + 1, number + 9))
    menu = "".join(f'<li><a href="/c{n}/">{name}</a></li>' for n, name in enumerate(_PLACES))
    body = body or "".join(f"<p>{text}</p>" for text in paragraphs(number))
    return f"""<html><head><title>{title_of(number)} - 园区新闻网</title></head><body class="p{number}">
<div class="top"><ul class="menu">{menu}</ul></div>
<div class="page"><div class="left"><h1>{title_of(number)}</h1>
<div class="info">2026-01-0{number % 9 + 1} 10:20 来源：{_PLACES[number % 7]}日报 作者：林远</div>
<div class="content">{body}</div>{extra}
<div class="more"><h3>相关新闻</h3><ul>{links}</ul></div></div>
<div class="right"><div class="hot"><h3>热门</h3><ul>{links}</ul></div>
<div class="ad"><a href="/ad">广告</a></div></div></div>
<div class="foot"><ul>{menu}</ul></div></body></html>"""


def redesigned(number: int) -> str:
    """The same page after the site was made anew."""
    links = "".join(f'<p><a href="/{n}.html">{title_of(n)}</a></p>' for n in range(number + 1, number + 9))
    body = "".join(f"<p>{text}</p>" for text in paragraphs(number))
    menu = "".join(f'<a href="/c{n}/">{name}</a>' for n, name in enumerate(_PLACES))
    return f"""<html><head><title>{title_of(number)} - 园区新闻网</title></head><body>
<header id="masthead"><nav>{menu}</nav></header>
<main><section class="story"><article><h1>{title_of(number)}</h1>
<div class="meta"><span>2026-01-0{number % 9 + 1} 10:20</span>
<span>来源：{_PLACES[number % 7]}日报</span></div>
<div class="text-{number}">{body}</div></article></section><aside>{links}</aside></main>
<footer>{links}</footer></body></html>"""


def page(number: int, html: str, *, minutes: int | None = None) -> Page:
    """What was fetched at an address with this number."""
    url = f"https://{HOST}/news/{number}.html"
    at = START + timedelta(minutes=number if minutes is None else minutes)
    return Page(
        number, HOST, url, url, 200, (("content-type", "text/html; charset=utf-8"),), html.encode(), at
    )


def ingest(archive: Archive, pages: Iterable[Page], *, by_templates: bool = True) -> None:
    """Reads and archives pages one by one, and after each what is to be read again, as draining does."""
    stored: dict[int, Page] = {}

    def read(number: int) -> Reading | Rejection:
        templates = archive.templates(HOST) if by_templates else ()
        source = Source(HOST, furniture=archive.furniture(HOST), templates=templates)
        return read_page(stored[number], source)

    for one in pages:
        stored[one.page_id] = one
        archive.ingest([read(one.page_id)], NOW)
        while stale := archive.stale_pages(100):
            archive.ingest([read(number) for number in stale], NOW)


def learned(path: Path) -> None:
    """Puts an archive there that has read pages 1 to `LEARNED` of the site's usual make."""
    path.write_bytes(_learned())


@cache
def _learned() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "archive.db")
        with Archive(path) as archive:
            archive.put_sources([Source(HOST, "园区新闻网")])
            ingest(archive, [page(n, news(n)) for n in range(1, LEARNED + 1)])
        return path.read_bytes()


def wrong_texts(path: Path) -> list[str]:
    """Addresses in the archive whose title or text is not the one that its number has."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT url, copies.title, texts.text FROM copies JOIN texts ON texts.id = text_id"
        ).fetchall()
    return [url for url, title, text in rows if (title, text) != _right(int(url.rpartition("/")[2][:-5]))]


def _right(number: int) -> tuple[str, str]:
    return title_of(number), "\n".join(paragraphs(number))


def ways(path: Path) -> dict[str, int]:
    """How many pages were read by which way."""
    return dict(rows(path, "SELECT way, count(*) FROM template_pages GROUP BY way"))
