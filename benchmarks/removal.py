"""How long a removal takes, step by step, how much disk and memory it needs, and what it grows with.

    python -m benchmarks.removal [ARTICLES]

Two removals on one archive: a source with 1% of the articles, then one with 20%. The baselines in the same
run are reading every file once (`cat` to nowhere) and `removals verify --full`, which searches every byte. The archive is built in a
process of its own, and core seconds and memory count those that the removal starts.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import zstandard

from crawler.demo.definition import load
from pipelines.archive import Archive
from pipelines.forget.erase import in_own_process
from pipelines.forget.order import Order
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import remove, verify
from pipelines.records import Field, Reading, Source, Story, Stripped
from pipelines.sign import sign
from pipelines.store import CrawlStore, store_path

SEED = 20261123
BATCH = 200
SMALL, LARGE, REST = "small.example", "large.example", "rest.example"
START = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Builds the archive, removes twice, prints a line a step."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        started = time.perf_counter()
        in_own_process(fill, path, articles)
        size = folder_bytes(path.parent)
        print(
            f"{articles} articles, {size / 1e6:.0f} MB, built in {time.perf_counter() - started:.0f} s",
            flush=True,
        )
        for host, part in ((SMALL, 0.01), (LARGE, 0.20)):
            print(f"{part:.0%} of it ({int(articles * part)} articles):")
            report(path, host)


def report(path: Path, host: str) -> None:
    """Removes a host and prints the seconds of each step, disk and memory."""
    read_s = read_everything(path.parent)
    steps: list[tuple[str, float, float]] = [("planning and blocking", time.perf_counter(), core_s())]
    most = [folder_bytes(path.parent)]

    def note(step: str) -> None:
        steps.append((step, time.perf_counter(), core_s()))
        most.append(folder_bytes(path.parent))

    order = Order("benchmark", "benchmark", "2026-11-23T00:00:00Z")
    outcome = remove(path, make_scope(hosts=[host]), order, on_step=note)
    note("all")
    for (step, at, core), (_, end, core_end) in pairwise(steps):
        print(f"  {step}: {end - at:.1f} s ({core_end - core:.1f} s of one core)")
    whole, core = steps[-1][1] - steps[0][1], steps[-1][2] - steps[0][2]
    pages = outcome.removal.counts["pages read"]
    print(f"  all: {whole:.1f} s ({core:.1f} s of one core); state {outcome.removal.state}, {pages} pages")
    if any(event == "made the files anew" for _, event, _ in outcome.events):
        print("  the files had to be made anew (VACUUM)")
    print(
        f"  reading every file once: {read_s:.2f} s; disk at most {max(most) / most[0]:.2f} times the files"
    )
    print(f"  memory at most {most_memory_mb():.0f} MB", flush=True)
    if outcome.trouble:
        sys.exit(outcome.trouble)
    before = core_s()
    verify(path, outcome.removal.id, full=True)
    print(f"  searching every byte of it (verify --full): {core_s() - before:.1f} s of one core", flush=True)


def fill(path: Path, articles: int) -> None:
    """Articles of one copy each, all with a raw page; every fiftieth of `rest` is copied by `small`."""
    draw = random.Random(SEED)
    sentences = sorted({line for story in load().stories.values() for line in story.lines if len(line) > 12})
    with CrawlStore(store_path(path)) as store, Archive(path) as archive:
        archive.put_sources([Source(host, host) for host in (SMALL, LARGE, REST)])
        batch: list[Reading] = []
        for number in range(articles):
            host = SMALL if number % 100 == 0 else LARGE if number % 5 == 1 else REST
            batch.append(reading(number, host, text_of(draw, sentences, number)))
            if len(batch) == BATCH:
                put(store, archive, batch)
                batch = []
        put(store, archive, batch)


def put(store: CrawlStore, archive: Archive, batch: list[Reading]) -> None:
    """The readings and their raw pages, written as a crawl and a drain would leave them."""
    compressor = zstandard.ZstdCompressor(level=3)
    with store.writing() as db:
        db.executemany(
            "INSERT INTO pages (page_id, url, source, kind, url_asked, url_answered, status, headers, body,"
            " body_bytes, sha256, fetched_at, robots, article, ingested)"
            " VALUES (?, ?, ?, 'article', ?, ?, 200, '[]', ?, 0, x'00', '2026-01-01T00:00:00+00:00', '', 1, 1)",
            [(r.page_id, r.url, r.source, r.url, r.url, compressor.compress(html(r))) for r in batch],
        )
        db.executemany(
            "INSERT INTO urls (url, source, host, kind, state, priority, depth)"
            " VALUES (?, ?, ?, 'article', 'done', 30, 1)",
            [(r.url, r.source, r.source) for r in batch],
        )
    archive.ingest(batch, "2026-01-02T00:00:00Z")


def html(reading: Reading) -> bytes:
    """About 20 KB of page around the text, as templates have it."""
    menu = "".join(f"<li><a href='/c{n}/'>栏目{n}</a></li>" for n in range(400))
    return (
        f"<html><title>{reading.story.title.value}</title><ul>{menu}</ul><p>{reading.story.text}</p>".encode()
    )


def text_of(draw: random.Random, sentences: list[str], number: int) -> str:
    """A text of its own: sentences with their characters mixed, so that no two articles are near."""
    lines = []
    for sentence in draw.sample(sentences, 6):
        characters = list(sentence)
        draw.shuffle(characters)
        lines.append("".join(characters))
    return "\n".join(lines) + f"\n第{number}号。"


def reading(number: int, host: str, text: str) -> Reading:
    """What reading the page would give."""
    url = f"https://{host}/news/{number}.html"
    title = text[:20] + str(number)
    story = Story(
        title=Field(title, "heading", title),
        text=text,
        language="zh-Hans",
        published=None,
        author=None,
        editor=None,
        credited_source=None,
        site_name=None,
        claims=(),
        stripped=(Stripped("contact", "phone", f"编辑部电话 0512-{number:08}"),),
    )
    return Reading(
        page_id=number + 1,
        url=url,
        url_answered=url,
        source=host,
        status=200,
        fetched_at=START + timedelta(seconds=number),
        encoding="utf-8",
        story=story,
        signed=sign(text),
    )


def core_s() -> float:
    """Seconds of one core that this process and those that it started have used."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in spent)


def most_memory_mb() -> float:
    """What this process needed at most, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def folder_bytes(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in folder.iterdir())


def read_everything(folder: Path) -> float:
    """Seconds to read every file once."""
    started = time.perf_counter()
    for path in folder.iterdir():
        with path.open("rb") as file:
            while file.read(1 << 22):
                pass
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
