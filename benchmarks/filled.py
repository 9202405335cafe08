"""Filling an archive with made-up news (benchmarks/stories.py) through the product's own writer.

In: a folder and a number of articles. Out: archive.db, and with raw pages archive-pages.db, as crawls would leave
them; what each thousand articles cost stands in build.jsonl. A build that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import random
import resource
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from threading import Semaphore
from typing import TYPE_CHECKING

import zstandard

from benchmarks.stories import SHAPE, SOURCES, copies, host, name, words
from pipelines.archive import Archive, RunCounts
from pipelines.places import find_mentions
from pipelines.records import Field, Published, Reading, Shown, Source, SourceRun, Story, Stripped
from pipelines.sign import sign
from pipelines.store import CrawlStore, store_path
from pipelines.utc import iso

if TYPE_CHECKING:
    from benchmarks.stories import Made

PORT = 8790
BLOCK = 1000
"""Articles; the copies of each block come with the next one."""
_PARTS, _AHEAD = 8, 4
BLOCKS_A_RUN = 10
AT_ONCE = 48
"""Texts a transaction: six batches of the workers."""
_COPIES_MAX = 16
_START = datetime(2026, 6, 1, tzinfo=UTC)
_DONE = "benchmark: blocks"


def fill(folder: Path, articles: int, *, with_store: bool, readers: int = 2) -> None:
    """Fills an archive up to so many articles, in whole thousands; other processes read, as in a crawl."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "archive.db"
    with (
        CrawlStore(store_path(path)) as store,
        Archive(path) as archive,
        get_context("spawn").Pool(readers) as pool,
    ):
        archive.put_sources([Source(place(n), name(n)) for n in range(SOURCES)])
        blocks = range(int(archive.remembered(_DONE) or 0), articles // BLOCK)
        ahead = Semaphore(_AHEAD)  # readers wait for the writer
        parts = ((block, part) for block in blocks for part in range(_PARTS) if ahead.acquire())
        came = pool.imap(_part, parts)
        for block in blocks:
            began, used = time.perf_counter(), _cpu_s()
            for _ in range(_PARTS):
                pages, readings = next(came)
                ahead.release()
                if with_store:
                    _put_pages(store, pages, readings)
                for start in range(0, len(readings), AT_ONCE):
                    archive.ingest(readings[start : start + AT_ONCE], iso(readings[start].fetched_at))
            archive.remember(_DONE, str(block + 1))
            _note(folder, path, block, time.perf_counter() - began, _cpu_s() - used)
            if (block + 1) % BLOCKS_A_RUN == 0:
                _end_run(archive, block)


def _end_run(archive: Archive, block: int) -> None:
    """What stands of a run in the archive, so that sources have a history."""
    began, ended = (iso(_START + timedelta(seconds=4 * BLOCK * n)) for n in (block, block + 1))
    _put_run(archive, began, ended)


def end_run(path: str) -> None:
    """A run over all sources ends now."""
    with Archive(Path(path)) as archive:
        now = datetime.now(UTC)
        _put_run(archive, iso(now - timedelta(minutes=1)), iso(now))


def _put_run(archive: Archive, began: str, ended: str) -> None:
    run = archive.start_run(began, "benchmark")
    done = [SourceRun(place(n), fetched=40, articles=30, unchanged=60, found=35) for n in range(SOURCES)]
    archive.finish_run(run, "done", RunCounts(pages_fetched=40 * SOURCES), ended, done)


def place(source: int) -> str:
    """A source's host with its port."""
    return f"{host(source)}:{PORT}"


def _part(which: tuple[int, int]) -> tuple[list[bytes], list[Reading]]:
    """A part of a block: its packed pages, and what reading them gives."""
    block, part = which
    numbers = range(block * BLOCK + part, (block + 1) * BLOCK, _PARTS)
    made = [copies(number)[0] for number in numbers]
    made += [one for number in numbers if number >= BLOCK for one in copies(number - BLOCK)[1:]]
    readings = [reading(one, 2 * BLOCK * block + _PARTS * n + part) for n, one in enumerate(made)]
    pack = zstandard.ZstdCompressor(level=3).compress
    return [pack(html(*one)) for one in zip(made, readings, strict=True)], readings


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _note(folder: Path, path: Path, block: int, wall_s: float, writer_s: float) -> None:
    line = {
        "articles": (block + 1) * BLOCK,
        "wall_s": round(wall_s, 1),
        "writer_cpu_s": round(writer_s, 2),
        "archive_bytes": path.stat().st_size,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "at": iso(datetime.now(UTC)),
    }
    with (folder / "build.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


def reading(made: Made, order: int) -> Reading:
    """What reading a page gives: its number in the store, and when it was fetched, follow its order."""
    draw = random.Random(f"page {made.article} {made.place}")
    text = "\n".join(made.lines)
    url = address(made)
    byline = f"{made.day} 来源：{made.credits}" if made.credits else str(made.day)
    lines = [words(draw, 9)[:28] for _ in range(draw.choice(SHAPE.stripped))]
    story = Story(
        title=Field(made.title, "heading", made.title),
        text=text,
        language="zh-Hans",
        published=Published(str(made.day), made.day, "byline", byline) if made.day else None,
        author=Field(words(draw, 1), "byline", byline) if draw.random() < SHAPE.authored else None,
        editor=None,
        credited_source=Field(made.credits, "byline", byline) if made.credits else None,
        site_name=Field(name(int(made.host[1:4])), "meta:og:site_name", ""),
        claims=(),
        stripped=tuple(Stripped("related", "links", line) for line in lines),
        shows=tuple(Shown(draw.getrandbits(62), is_item=False) for _ in range(draw.choice(SHAPE.shown))),
    )
    return Reading(
        page_id=order * _COPIES_MAX + made.place + 1,
        url=url,
        url_answered=url,
        source=f"{made.host}:{PORT}",
        status=200,
        fetched_at=_START + timedelta(seconds=2 * order),
        encoding="utf-8",
        story=story,
        signed=sign(text),
        edge_lines=tuple(draw.getrandbits(62) for _ in range(draw.choice((0, 1, 1, 3)))),
        mentions=find_mentions(text),
    )


def address(made: Made) -> str:
    """Where a copy stands."""
    return f"http://{made.host}:{PORT}{made.path}"


def html(made: Made, reading: Reading) -> bytes:
    """A page of 30 KB around the text, of which 6 to 10 KB remain when it is packed, as of real ones."""
    draw = random.Random(f"page {made.article} {made.place}")
    menu, headlines = _around()
    other = "".join(draw.choices(headlines, k=60))
    body = "".join(f"<p>{line}</p>" for line in made.lines)
    credit = f" 来源：{made.credits}" if made.credits else ""
    taken_out = "".join(f"<li>{piece.text}</li>" for piece in reading.story.stripped)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{made.title}</title></head><body>"
        f"<ul class='nav'>{menu}</ul><div class='main'><h1>{made.title}</h1><div class='info'>{made.day or ''}"
        f"{credit}</div><div class='content'>{body}</div><div class='related'><ul>{taken_out}</ul></div></div>"
        f"<div class='side'><ul>{other}</ul></div></body></html>"
    ).encode()


@cache
def _around() -> tuple[str, list[str]]:
    """A menu, and links to other pages of which each page has some."""
    draw = random.Random("around")
    menu = "".join(f"<li><a href='/c{n}/'>栏目{n}</a></li>" for n in range(300))
    return menu, [
        f"<li><a href='/news/{draw.randrange(10**9)}.html'>{words(draw, 9)}</a></li>" for _ in range(5000)
    ]


def _put_pages(store: CrawlStore, packed: list[bytes], readings: list[Reading]) -> None:
    """Raw pages and addresses, as a crawl and a drain leave them."""
    with store.writing() as db:
        db.executemany(
            "INSERT OR REPLACE INTO pages (page_id, url, source, kind, url_asked, url_answered, status, headers,"
            " body, body_bytes, sha256, fetched_at, robots, article, ingested)"
            " VALUES (?, ?, ?, 'article', ?, ?, 200, '[]', ?, ?, randomblob(32), ?, '', 1, 1)",
            [
                (r.page_id, r.url, r.source, r.url, r.url, body, len(body), iso(r.fetched_at)[:-1])
                for r, body in zip(readings, packed, strict=True)
            ],
        )
        db.executemany(
            "INSERT OR REPLACE INTO urls (url, source, host, kind, state, priority, depth, status, etag, fetched_at,"
            " interval_s, revisit_at) VALUES (?, ?, ?, 'article', 'done', 30, 1, 200, ?, ?, 2592000, ?)",
            [
                (r.url, r.source, r.source, f'"{r.page_id}"', r.fetched_at.timestamp(), FAR.timestamp())
                for r in readings
            ],
        )


FAR = datetime(2036, 1, 1, tzinfo=UTC)
"""No known article is due before a step of the benchmark makes it so."""
