"""`parknews demo`: the whole path over the bundled demo sites, on loopback."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path  # typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.context import settings_of
from crawler.cli.crawl import report_json, run, run_options
from crawler.cli.examples import examples
from crawler.cli.failures import ATTENTION
from crawler.cli.output import answers, print_json

if TYPE_CHECKING:
    from crawler.config import Settings
    from crawler.runs.run import RunReport

EPILOG = examples(
    ("crawl the demo sites and compare the result with their truth", "parknews demo"),
    ("into another folder", "parknews demo --out /tmp/demo"),
    note="Nothing is fetched from outside: ten small sites are served on 127.0.0.1 while it runs.",
)

_ARCHIVE = "archive.db"
_SOURCES = "sources.toml"


def demo(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where the demo's archive goes; a former one is replaced."),
    ] = Path("data/demo-archive"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Crawl the bundled demo sites into an archive of their own, and compare with the truth."""
    from crawler.demo.compare import judge  # noqa: PLC0415  # --help serves nothing
    from crawler.demo.report import found_by_source, render  # noqa: PLC0415
    from crawler.demo.server import DemoServer  # noqa: PLC0415

    archive = out / _ARCHIVE
    _start_afresh(archive)
    with DemoServer() as server:
        report = _crawl(settings_of(ctx), archive, server.sources_toml())
        score = judge(archive, server)
        if as_json:
            print_json({"archive": str(archive), "run": report_json(report), "score": score.as_json()})
        else:
            answers().print(render(score, found_by_source(archive, server), archive, _program()))
    raise typer.Exit(0 if score.met else ATTENTION)


def _program() -> str:
    """How parknews was called, so that what is printed can be typed."""
    called = Path(sys.argv[0])
    if shutil.which(called.name) == str(called.resolve()):
        return called.name
    return os.path.relpath(called) if called.is_relative_to(Path.cwd()) else str(called)


def _crawl(settings: Settings, archive: Path, sources_toml: str) -> RunReport:
    from crawler.sources import read_sources  # noqa: PLC0415  # --help reads no file

    path = archive.with_name(_SOURCES)
    path.write_text(sources_toml, encoding="utf-8")
    return run(settings, archive, read_sources(path), run_options(settings, revisit=False))


def _start_afresh(archive: Path) -> None:
    """Deletes a former demo's files, and no other; a foreign file or a running demo is refused."""
    from crawler.runs.run import run_lock  # noqa: PLC0415  # loads Scrapy
    from pipelines.archive.file import read_only  # noqa: PLC0415
    from pipelines.store import store_path  # noqa: PLC0415

    with run_lock(archive):
        if archive.exists():
            read_only(archive).close()
        for file in (archive, store_path(archive)):
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
