"""A run at the terminal: started as the settings have it, with its progress and log on stderr.

A bar moves on a terminal, a plain line comes every few seconds elsewhere: what a person (or a log file) needs
to see that it moves.
"""

from __future__ import annotations

import errno
import logging
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, NoReturn, TextIO, TypeVar, cast

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from crawler.cli.terminal import one_line, plain, remarks, settings_of
from crawler.config import FetchOptions, Settings
from crawler.fetch.tally import RunProgress
from crawler.runs.cluster import engine_of
from crawler.runs.run import RunOptions, RunReport, crawl
from pipelines.records import CrawlSource
from pipelines.workers import Engine as Reader
from pipelines.workers import WorkerOptions

P = TypeVar("P")

LINE_EVERY_S = 5.0
"""Often enough to see that a run lives, rare enough for a log file: 720 lines an hour."""

_LEVELS = {0: logging.WARNING, 1: logging.INFO}


Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="ADDRESS",
        help="Fetch and read on a Dask cluster: tcp://HOST:PORT, tls://… or local:N.",
    ),
]
"""The option of every command that reads many pages."""


def settings_with(ctx: typer.Context, engine: str) -> Settings:
    """The settings in force, with the option `--engine` where it was given."""
    settings = settings_of(ctx)
    return replace(settings, engine=engine or settings.engine)


def engine_for(settings: Settings) -> Reader:
    """Who reads the pages.

    Raises:
        ConfigurationError: no such engine, or one that needs an extra.
    """
    return engine_of(settings.engine, WorkerOptions(workers=settings.workers))


def run(settings: Settings, archive: Path, sources: list[CrawlSource], fetch: FetchOptions) -> RunReport:
    """One run into an archive, with its progress on stderr.

    SIGTERM ends it cleanly, and so does that nobody is there any more who could read: a terminal that was
    closed, a pipe whose other end has gone.
    """
    signal.signal(signal.SIGTERM, _leave)
    alone = threading.Event()
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # under nohup it is ignored
        signal.signal(signal.SIGHUP, lambda *_: alone.set())
    with _heard_by(alone):
        console = remarks()
        log_to(console, settings.verbose)
        options = RunOptions(fetch=fetch, engine=engine_for(settings))
        with progress_display(console) as on_progress:
            return crawl(archive, sources, options, on_progress=on_progress, stop=alone)


@contextmanager
def _heard_by(alone: threading.Event) -> Iterator[None]:
    """Sets `alone` when stderr cannot be written any more."""
    stderr = sys.stderr
    sys.stderr = cast("TextIO", _Heard(stderr, alone))
    try:
        yield
    finally:
        sys.stderr = stderr


class _Heard:
    """A stream that says when its reader has gone, and writes nowhere from then on."""

    def __init__(self, stream: TextIO, alone: threading.Event) -> None:
        self._stream = stream
        self._alone = alone

    def write(self, text: str) -> int:
        with self._lost_or_not():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._lost_or_not():
            self._stream.flush()

    @contextmanager
    def _lost_or_not(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.EIO):
                raise
            self._alone.set()
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _leave(_signal: int, _frame: object) -> NoReturn:
    """SIGTERM before the crawl itself listens for it: nothing has been fetched yet."""
    raise typer.Exit(0)


def report_json(report: RunReport) -> dict[str, Any]:
    """The report as JSON has it; the counts are named as in the table `runs`."""
    fetched = report.fetched
    return {
        "run": report.run_id,
        "outcome": report.outcome,
        **asdict(report.counts),
        "rejections": report.rejections,
        "sources": [asdict(source) for source in fetched.sources],
        "troubles": report.troubles,
        "stopped": fetched.stopped,
        "nothing_reached": fetched.all_down,
        "elapsed_s": report.elapsed_s,
    }


@contextmanager
def progress_display(console: Console) -> Iterator[Callable[[RunProgress], None]]:
    """Yields what a run calls with its progress; the last state stays on the screen."""
    if not console.is_terminal:
        yield lines(console, _in_full)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("crawling", total=None, state="starting")

        def report(progress: RunProgress) -> None:
            total = progress.fetched + progress.failed + progress.queued
            bar.update(
                task, completed=progress.fetched + progress.failed, total=total or None, state=short(progress)
            )

        yield report


def lines(
    console: Console,
    said: Callable[[P], str],
    clock: Callable[[], float] = time.monotonic,
    *,
    at_once: bool = True,
) -> Callable[[P], None]:
    """What prints a line of a progress each `LINE_EVERY_S`; `at_once`: one when it begins, too."""
    next_s = -math.inf if at_once else clock() + LINE_EVERY_S

    def told(progress: P) -> None:
        nonlocal next_s
        if (now_s := clock()) >= next_s:
            next_s = now_s + LINE_EVERY_S
            console.print(said(progress))

    return told


def _in_full(progress: RunProgress) -> str:
    failed = f", {progress.failed} failed" if progress.failed else ""
    where = f"; now {one_line(progress.host)}" if progress.host else ""
    return f"{progress.elapsed_s:.0f} s: {short(progress)}{failed}{where}"


def short(progress: RunProgress) -> str:
    """The state of a run in a few words: 50 columns at most, so that 80 hold it and the bar."""
    return (
        f"{progress.fetched} fetched, {progress.queued} queued, "
        f"{progress.articles} articles, {progress.rejections} rejected"
    )


def log_to(console: Console, verbosity: int) -> None:
    """Sends log records to the console, above a progress bar where there is one."""
    handler: logging.Handler
    if console.is_terminal:
        handler = RichHandler(console=console, show_path=False)
        handler.setFormatter(_Harmless("%(name)s: %(message)s", verbosity))
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(_Harmless("%(asctime)s %(levelname)s %(name)s: %(message)s", verbosity))
    handler.setLevel(_LEVELS.get(verbosity, logging.DEBUG))  # on the handler: Scrapy sets the root's own
    logging.getLogger().handlers[:] = [handler]


class _Harmless(logging.Formatter):
    """Shows control characters as numbers (a record may quote a page), and tracebacks with -v only."""

    def __init__(self, form: str, verbosity: int) -> None:
        super().__init__(form)
        self._verbosity = verbosity

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if not self._verbosity and (start := text.find("\nTraceback (most recent call last)")) >= 0:
            lines = text.splitlines()
            text = f"{text[:start]} {lines[-1]} (-v shows where)"
        return plain(text)
