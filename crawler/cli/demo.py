"""`parknews demo`: the whole path over the bundled demo sites, on loopback."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.running import report_json, run
from crawler.cli.terminal import ATTENTION, Json, answers, examples, print_json, settings_of
from crawler.config import fetch_options
from crawler.demo.compare import judge
from crawler.demo.report import found_by_source, render
from crawler.demo.server import DemoServer
from crawler.runs.run import run_lock
from crawler.sources import read_sources
from pipelines.archive.file import read_only
from pipelines.store import store_path

app = typer.Typer()


@app.command(
    "demo",
    epilog=examples(
        ("crawl the demo sites and compare the result with their truth", "parknews demo"),
        ("into another folder", "parknews demo --out /tmp/demo"),
        note="Nothing is fetched from outside: ten small sites are served on 127.0.0.1 while it runs.",
    ),
)
def demo(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where the demo's archive goes; a former one is replaced."),
    ] = Path("data/demo-archive"),
    as_json: Json = False,
) -> None:
    """Crawl the bundled demo sites into an archive of their own, and compare with the truth."""
    archive = out / "archive.db"
    _start_afresh(archive)
    with DemoServer() as server:
        sources = archive.with_name("sources.toml")
        sources.write_text(server.sources_toml(), encoding="utf-8")
        settings = settings_of(ctx)
        report = run(settings, archive, read_sources(sources), fetch_options(settings))
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


def _start_afresh(archive: Path) -> None:
    """Deletes a former demo's files, and no other; a foreign file or a running demo is refused."""
    with run_lock(archive):
        if archive.exists():
            read_only(archive).close()
        for file in (archive, store_path(archive)):
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
