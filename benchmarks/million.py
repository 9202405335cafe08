"""An archive of a million articles on one machine: how fast it is filled, and what each command then costs.

    python -m benchmarks.million FOLDER build 100000 [--store]
    python -m benchmarks.million FOLDER measure [STEP…]
    python -m benchmarks.million FOLDER table [FOLDER…]

`build` makes an archive of so many articles and 1.3 times as many copies (benchmarks/stories.py) through the
product's own writer; called again it goes on where it stopped, so that 10 thousand and 100 thousand are stops on the
way to a million. With --store their raw pages are written too, which crawls, removals, backups and reprocessing
need. `measure` runs the steps named, or all: CPU seconds (children included), peak memory of the largest process and
bytes written, noted in FOLDER/results.jsonl with the number of articles and the machine's load; `table` prints the
latest of each as Markdown, a column a folder or a stop. Steps that change the archive work on a copy of it. A step
over its bound is marked, and the command then ends with 1.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import quote
from urllib.request import Request, urlopen

import httpx

from benchmarks import options
from benchmarks.filled import PORT, fill, place
from benchmarks.search import ask, composed, cut_queries, p95
from benchmarks.sites import PARKNEWS, write_sources
from benchmarks.stories import SOURCES, name
from benchmarks.throughput import COUNTED
from pipelines.archive import Archive
from pipelines.archive.file import read_only
from pipelines.store import store_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEMORY_MB = 500
"""The bound for every command."""
PAGE_CPU_S = {100_000: 0.3, 1_000_000: 1.0}
QUERY_CPU_S = 1.0
"""For each question of the cookbook at 100,000 articles; in proportion beyond."""


@dataclass(frozen=True)
class Cost:
    """What one step took."""

    step: str
    cpu_s: float
    wall_s: float
    memory_mb: float
    written_mb: float = 0
    note: str = ""
    bound_cpu_s: float = 0
    """0: none was set."""

    @property
    def is_over(self) -> bool:
        return self.memory_mb > MEMORY_MB or 0 < self.bound_cpu_s < self.cpu_s


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("folder", type=Path)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build")
    building.add_argument("articles", type=int)
    building.add_argument("--store", action="store_true")
    measuring = commands.add_parser("measure")
    measuring.add_argument("steps", nargs="*", choices=[[], *STEPS], default=[])
    tabling = commands.add_parser("table")
    tabling.add_argument("folders", nargs="*", type=Path)
    chosen = parser.parse_args()
    if chosen.command == "build":
        fill(chosen.folder, chosen.articles, with_store=chosen.store)
    elif chosen.command == "measure":
        sys.exit(measure(chosen.folder, chosen.steps or list(STEPS)))
    else:
        table([chosen.folder, *chosen.folders])


def measure(folder: Path, steps: list[str]) -> int:
    """Runs the steps, prints and notes what each took; 1 where one was over its bound."""
    database = folder / "archive.db"
    with closing(read_only(database)) as connection:
        [articles] = connection.execute("SELECT count(*) FROM articles").fetchone()
    over = False
    for step in steps:
        for cost in STEPS[step](database, articles):
            over |= cost.is_over
            line = {**asdict(cost), "articles": articles, "load": round(os.getloadavg()[0], 1)}
            line["at"] = datetime.now(UTC).isoformat(timespec="seconds")
            with (folder / "results.jsonl").open("a") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
            print(_line(cost), flush=True)
    return int(over)


def _line(cost: Cost) -> str:
    mark = "  OVER" if cost.is_over else ""
    return (
        f"{cost.step:34} {cost.cpu_s:8.2f} s CPU {cost.wall_s:8.2f} s {cost.memory_mb:6.0f} MB"
        f" {cost.written_mb:8.0f} MB written  {cost.note}{mark}"
    )


# One process, measured ---------------------------------------------------------------------------


def run(step: str, command: list[object], *, bound_cpu_s: float = 0, fine: tuple[int, ...] = (0,)) -> Cost:
    """A command with its children; what it says is shown where it fails."""
    began, memory_mb = time.perf_counter(), 0.0
    with TemporaryFile() as said:
        counted = [sys.executable, "-c", COUNTED, *map(str, command)]
        process = subprocess.Popen(counted, stdout=said, stderr=subprocess.STDOUT)
        while True:  # the kernel's own figure counts what this process had when it forked
            with suppress(OSError, IndexError, ValueError):
                memory_mb = max(memory_mb, memory_of(process.pid))
            number, status, used = os.wait4(process.pid, os.WNOHANG)
            if number:
                break
            time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        lines = said.read().decode().strip().splitlines()
    if process.returncode not in fine:
        raise SystemExit(f"{step}: code {process.returncode}\n" + "\n".join(lines[-20:]))
    wall_s, cpu_s = time.perf_counter() - began, used.ru_utime + used.ru_stime
    note = lines[-1][:60] if lines else ""
    return Cost(step, cpu_s, wall_s, memory_mb, used.ru_oublock * 512 / 1e6, note, bound_cpu_s)


def parknews(
    step: str, database: Path, *words: object, bound_cpu_s: float = 0, fine: tuple[int, ...] = (0, 1)
) -> Cost:
    command = [PARKNEWS, "--db", database, "--sources", _sources(database.parent), *words]
    return run(step, command, bound_cpu_s=bound_cpu_s, fine=fine)


def _sources(folder: Path) -> Path:
    """A sources file of all sources, on loopback."""
    path = folder / "sources.toml"
    return path if path.exists() else write_sources(folder, {place(n): name(n) for n in range(SOURCES)})


@contextmanager
def copied(database: Path) -> Iterator[Path]:
    """A copy of the archive and its store, to be changed; gone afterwards."""
    folder = database.parent / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        for path in database.parent.glob("archive*"):
            if path.is_file() and not path.name.endswith((".lock", "-shm")):
                subprocess.run(["cp", "--reflink=auto", path, folder / path.name], check=True)
        yield folder / database.name
    finally:
        shutil.rmtree(folder)


# The steps ---------------------------------------------------------------------------------------


def opening(database: Path, _: int) -> Iterator[Cost]:
    """Opening for writing and closing again; what of it is Python's start, `--version` tells."""
    script = "import sys; from pathlib import Path; from pipelines.archive import Archive; Archive(Path(sys.argv[1])).close()"
    yield run("parknews --version", [PARKNEWS, "--version"])
    yield run("opening for writing", [sys.executable, "-c", script, database])


def searching(database: Path, articles: int) -> Iterator[Cost]:
    """Searches of pieces of text and of the query language, and one as a command."""
    with closing(read_only(database)) as connection:
        pieces = cut_queries(connection)
        for what, queries in (
            ("search, pieces of text", pieces),
            ("search, query language", composed(pieces)),
        ):
            walls, _, cores = ask(connection, queries)
            note = f"a query: median; 95th percentile {1000 * p95(cores):.0f} ms of a core"
            yield Cost(
                what, statistics.median(cores), statistics.median(walls), 0, note=note, bound_cpu_s=0.02
            )
    yield parknews("search 园区", database, "search", "园区")


def asking(database: Path, _: int) -> Iterator[Cost]:
    """Commands that read."""
    folder = database.parent / "out"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    yield parknews("show 1", database, "show", 1)
    yield parknews("status", database, "status")
    yield parknews("report", database, "report", "--out", folder / "report")
    yield parknews("changes", database, "changes", "--since", 0)
    for ending in ("parquet", "csv", "jsonl", "xlsx"):
        yield parknews(f"export, {ending}", database, "export", "--output", folder / f"articles.{ending}")
    yield parknews("removals find", database, "removals", "find", _letter(database))
    shutil.rmtree(folder)


def _letter(database: Path) -> str:
    """An address, a title, a passage, a host and a name, each of something that is here.

    Of articles that lie apart where there are 4,000, of the first ones where there are fewer.
    """
    with closing(read_only(database)) as connection:
        rows = connection.execute(
            "SELECT url, title, text, source, source_name FROM articles WHERE id IN (SELECT article_id"
            " FROM copies WHERE kept = 1 ORDER BY article_id % 997 <> 5, article_id LIMIT 5) ORDER BY id"
        ).fetchall()
    passage = max(rows[2]["text"].split("\n"), key=len)[:80]
    return (
        f"请删除 {rows[0]['url']} 和《{rows[1]['title']}》，以及“{passage}”。我们也要求删除 {rows[3]['source']} 上的内容。"
        f"{rows[4]['source_name']}"
    )


def cookbook(database: Path, articles: int) -> Iterator[Cost]:
    """Each question of docs/cookbook.md; those over a second."""
    text = Path("docs/cookbook.md").read_text(encoding="utf-8")
    recipes = re.findall(r"^## (\d+)\. .*?```sql\n(.*?)```", text, re.M | re.S)
    bound_s = QUERY_CPU_S * max(1, articles / 100_000)
    spent = {}
    with closing(read_only(database)) as connection:
        for number, sql in recipes:
            began, used = time.perf_counter(), time.process_time()
            connection.set_progress_handler(
                lambda used=used: time.process_time() - used > 30 * bound_s, 100_000
            )
            try:
                for _ in connection.execute(sql):
                    pass
            except sqlite3.OperationalError:
                print(f"question {number}: stopped")
            spent[number] = time.process_time() - used, time.perf_counter() - began
    slowest = sorted(spent, key=lambda number: spent[number], reverse=True)
    note = ", ".join(f"{number}: {spent[number][0]:.2f}" for number in slowest[:6])
    yield Cost("cookbook, the slowest", *spent[slowest[0]], 0, note=note, bound_cpu_s=bound_s)


PAGES = {
    "front page": "/",
    "list": "/search",
    "list, page 200": "/search?page=200",
    "list of a source": "/search?source={source}",
    "list of a region": "/search?region=320000",
    "search page": "/search?q={query}",
    "article page": "/article/{article}",
    "coverage page": "/coverage",
    "table of copies": "/archive/copies",
    "feed of a search": "/search.atom?q={query}",
}


def pages(database: Path, articles: int) -> Iterator[Cost]:
    """Each page of `serve` once cold and once warm: CPU of the server and of its processes."""
    bound_s = next((bound for count, bound in PAGE_CPU_S.items() if articles <= count), 1.0)
    given = {"source": quote(place(7)), "query": quote("园区 企业"), "article": articles // 2}
    with served(database) as (base, number):
        for page, address in PAGES.items():
            for state in ("", ", again"):
                used, began = cpu_of(number), time.perf_counter()
                with urlopen(
                    Request(base + address.format(**given), headers={"Accept-Encoding": "gzip"})
                ) as answer:
                    size = len(answer.read())
                wall_s = time.perf_counter() - began
                yield Cost(
                    page + state,
                    cpu_of(number) - used,
                    wall_s,
                    memory_of(number),
                    note=f"{size} bytes",
                    bound_cpu_s=bound_s,
                )


@contextmanager
def served(database: Path) -> Iterator[tuple[str, int]]:
    """`parknews serve` over an archive: its address and process."""
    command = [PARKNEWS, "--db", database, "serve", "--port", "0"]
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = next(line for line in process.stdout if "http://" in line)
            yield re.search(r"http://[\w.:]+", line)[0], process.pid  # type: ignore[index]  # it stands there
        finally:
            process.terminate()


def cpu_of(number: int) -> float:
    """CPU seconds of a process and its children, so far."""
    ticks = 0
    for one in (number, *_children(number)):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_of(number: int) -> float:
    """MB at the most of the largest of a process and its children, so far."""
    said = [Path(f"/proc/{one}/status").read_text() for one in (number, *_children(number))]
    return max(int(one.split("VmHWM:")[1].split()[0]) for one in said) / 1024


def _children(number: int) -> list[int]:
    """Its children, and theirs."""
    found = [
        int(one)
        for task in Path(f"/proc/{number}/task").iterdir()
        for one in (task / "children").read_text().split()
    ]
    return [*found, *(one for child in found for one in _children(child))]


def changing(database: Path, articles: int) -> Iterator[Cost]:
    """Commands that write, each on a copy: a backup and its restoring, a removal of 1% and of a tenth of that."""
    backup = database.parent / "backup"
    shutil.rmtree(backup, ignore_errors=True)
    yield parknews("backup", database, "backup", backup)
    restored = database.parent / "restored" / database.name
    restored.parent.mkdir(exist_ok=True)
    yield parknews("restore", restored, "restore", backup)
    for folder in (backup, restored.parent):
        shutil.rmtree(folder)
    for share in (0.001, 0.01):
        host, count = _source_of(database, share)
        with copied(database) as copy:
            cost = parknews(
                f"removal of {share:.1%}", copy, "remove-source", host, "--reason", "benchmark", "--requester", "benchmark", "--yes",
            )  # fmt: skip
        yield replace(cost, note=f"{count} copies")


def _source_of(database: Path, share: float) -> tuple[str, int]:
    """The source with nearest to a share of all copies."""
    with closing(read_only(database)) as connection:
        counts = connection.execute("SELECT source, count(*) FROM copies GROUP BY 1").fetchall()
    wanted = share * sum(count for _, count in counts)
    return min(((host, count) for host, count in counts), key=lambda one: abs(one[1] - wanted))


def crawling(database: Path, _: int) -> Iterator[Cost]:
    """On a copy: the end of a run over all sources, `crawl --due` with nothing due, and revisits of all sources."""
    with copied(database) as copy:
        ended = "from benchmarks.filled import end_run; import sys; end_run(sys.argv[1])"
        yield run("the end of a run", [sys.executable, "-c", ended, copy])
        yield parknews("crawl --due, nothing due", copy, "crawl", "--due")
        with closing(sqlite3.connect(store_path(copy))) as store, store:
            store.execute(
                "UPDATE urls SET revisit_at = 1 WHERE url_id IN (SELECT url_id FROM (SELECT url_id, row_number()"
                " OVER (PARTITION BY source) AS place FROM urls) WHERE place <= ?)",
                (REVISITS,),
            )
        with answering():
            yield parknews(f"revisits, {SOURCES} sources", copy, "crawl")


REVISITS = 10
"""Known articles of each source that are due."""


@contextmanager
def answering() -> Iterator[None]:
    """A server of all sources: what a visitor has is unchanged, and nothing is new."""
    process = get_context("spawn").Process(target=_answer, daemon=True)
    process.start()
    time.sleep(3)
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _answer() -> None:
    async def serve() -> None:
        server = await asyncio.start_server(_answer_one, "127.0.0.1", PORT)
        await server.serve_forever()

    asyncio.run(serve())


async def _answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1]
            status = "304 Not Modified" if b"if-none-match" in head.lower() else "404 Not Found"
            body = b""
            if path == b"/":
                status, body = "200 OK", b"<html><body><ul><li><a href='/'>news</a></li></ul></body></html>"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()


def rereading(database: Path, _: int) -> Iterator[Cost]:
    """Reprocessing for a minute, then interrupted: how far it came."""
    with copied(database) as copy:
        command = ["timeout", "-s", "INT", "60", PARKNEWS, "--db", copy, "reprocess"]
        cost = run("reprocess for a minute", command, fine=(0, 1, 124, 130))
        with Archive(copy) as archive, closing(sqlite3.connect(store_path(copy))) as store:
            read_to = archive.remembered("reprocessed_to") or 0
            [pages] = store.execute("SELECT count(*) FROM pages WHERE page_id <= ?", (read_to,)).fetchone()
        yield replace(cost, note=f"{pages} pages, {1000 * cost.cpu_s / max(1, pages):.0f} ms CPU a page")


USERS, CROWD_S, PATIENCE_S = 50, 60, 10.0
READING_S = 2, 8
"""How long a visitor looks at a page."""


def crowd(database: Path, articles: int) -> Iterator[Cost]:
    """Fifty visitors who read for a minute; none may wait longer than ten seconds for a page."""
    with closing(read_only(database)) as connection:
        queries = [quote(query) for query in cut_queries(connection)]
    with served(database) as (base, number):
        used = cpu_of(number)
        waits, failed = asyncio.run(_visit(base, queries, articles))
        cpu_s = cpu_of(number) - used
        note = (
            f"{len(waits)} pages, {failed} failed; median {statistics.median(waits):.2f} s, 95th percentile"
            f" {p95(waits):.2f} s, {1000 * cpu_s / len(waits):.0f} ms CPU a page"
        )
        yield Cost(f"{USERS} visitors for a minute", cpu_s, CROWD_S, memory_of(number), note=note)
    if failed:
        print(f"{failed} pages failed or took over {PATIENCE_S:.0f} s")


async def _visit(base: str, queries: list[str], articles: int) -> tuple[list[float], int]:
    waits: list[float] = []
    failed = 0
    ends = time.monotonic() + CROWD_S

    async def visit(client: httpx.AsyncClient, draw: random.Random) -> None:
        nonlocal failed
        while time.monotonic() < ends:
            page = draw.choice(list(PAGES.values()))
            given = {"source": quote(place(draw.randrange(SOURCES))), "article": draw.randint(1, articles)}
            began = time.monotonic()
            try:
                answer = await client.get(base + page.format(query=draw.choice(queries), **given))
                failed += answer.status_code >= 500  # an article may have been joined or be gone
            except httpx.HTTPError:
                failed += 1
            waits.append(time.monotonic() - began)
            await asyncio.sleep(draw.uniform(*READING_S))

    limits = httpx.Limits(max_connections=USERS)
    async with httpx.AsyncClient(timeout=PATIENCE_S, limits=limits, follow_redirects=True) as client:
        await asyncio.gather(*(visit(client, random.Random(user)) for user in range(USERS)))
    return waits, failed


def sharing(database: Path, _: int) -> Iterator[Cost]:
    """The file that may be handed out: an hour for a hundred thousand articles."""
    target = database.parent / "shared.db"
    yield parknews("share", database, "share", "--output", target)
    target.unlink()


STEPS: dict[str, Callable[[Path, int], Iterator[Cost]]] = {
    "opening": opening,
    "searching": searching,
    "asking": asking,
    "cookbook": cookbook,
    "pages": pages,
    "changing": changing,
    "crawling": crawling,
    "rereading": rereading,
    "crowd": crowd,
    "sharing": sharing,
}


def table(folders: list[Path]) -> None:
    """The latest figures of each step, a column for each number of articles."""
    latest: dict[str, dict[int, dict[str, object]]] = {}
    for folder in folders:
        for line in (folder / "results.jsonl").read_text().splitlines():
            one = json.loads(line)
            latest.setdefault(one["step"], {})[one["articles"]] = one
    stops = sorted({count for found in latest.values() for count in found})
    print("| | " + " | ".join(f"{count:,}" for count in stops) + " |")
    print("| --- |" + " --- |" * len(stops))
    for step, found in latest.items():
        cells = []
        for count in stops:
            one = found.get(count)
            cells.append(f"{one['cpu_s']:.3g} s, {one['memory_mb']:.0f} MB" if one else "")
        print(f"| {step} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
