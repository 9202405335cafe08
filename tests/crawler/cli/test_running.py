from __future__ import annotations

import fcntl
import io
import itertools
import logging
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from crawler.cli.running import lines, log_to, progress_display
from crawler.fetch.tally import RunProgress
from crawler.runs.lock import run_lock
from pipelines.errors import LockedError
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.crawler.moved import write_source

PROGRESS = RunProgress(fetched=3, failed=1, queued=9, articles=1, rejections=1, elapsed_s=0.4, host="a.cn")


def _console(terminal: bool) -> tuple[Console, io.StringIO]:
    screen = io.StringIO()
    return Console(file=screen, force_terminal=terminal, width=80, highlight=False), screen


@pytest.mark.parametrize(("at_once", "told"), [(True, "0\n5\n10\n"), (False, "4\n9\n")])
def test_a_line_of_progress_comes_every_few_seconds_where_wanted_at_once(at_once: bool, told: str) -> None:
    console, screen = _console(terminal=False)
    seconds = itertools.count(100)
    tell = lines(console, str, lambda: next(seconds), at_once=at_once)
    for number in range(12):
        tell(number)
    assert screen.getvalue() == told


def test_without_a_terminal_a_run_tells_its_state_on_a_line() -> None:
    console, screen = _console(terminal=False)
    with progress_display(console) as report:
        report(PROGRESS)
    assert screen.getvalue() == "0 s: 3 fetched, 9 queued, 1 articles, 1 rejected, 1 failed; now a.cn\n"


def test_on_a_terminal_a_bar_moves_and_leaves_nothing_behind() -> None:
    console, screen = _console(terminal=True)
    with progress_display(console) as report:
        report(PROGRESS)
    shown = screen.getvalue()
    assert ("3 fetched, 9 queued, 1 articles, 1 rejected" in shown, "\x1b[2K" in shown) == (True, True)


def _fail() -> None:
    raise ValueError("bad \x1b[31m page")


@pytest.fixture
def _root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("_root_logger")
@pytest.mark.parametrize(("verbosity", "traced"), [(0, False), (1, True)])
def test_the_log_shows_tracebacks_with_v_only_and_no_control_characters(
    verbosity: int, traced: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to(_console(terminal=False)[0], verbosity)
    try:
        _fail()
    except ValueError:
        logging.getLogger("crawler").exception("it failed")
    said = capsys.readouterr().err
    assert ("Traceback" in said, "\x1b" in said, "ValueError: bad \\x1b[31m page" in said) == (
        traced,
        False,
        True,
    )


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Path]:
    """A folder with a source that takes a minute."""
    news = [f"/news/2023/{n}.html" for n in range(60)]
    site = Site(pages={"/": list_page(news), **{path: article(n) for n, path in enumerate(news)}})
    with Server(site) as server:
        write_source(tmp_path, server.host)
        file = tmp_path / "sources.toml"
        file.write_text(
            file.read_text(encoding="utf-8").replace("delay_s = 0", "delay_s = 1"), encoding="utf-8"
        )
        yield tmp_path


_CRAWL = [
    sys.executable,
    "-m",
    "crawler.cli",
    "--db",
    "archive.db",
    "--sources",
    "sources.toml",
    "crawl",
    "-v",
]


def _is_free(folder: Path) -> bool:
    try:
        with run_lock(folder / "archive.db"):
            return True
    except LockedError:
        return False


def test_a_reader_that_goes_ends_the_run_and_frees_the_archive(slow: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    run = subprocess.Popen(
        _CRAWL, cwd=slow, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert run.stdout is not None
    assert "Scrapy" in run.stdout.readline(), "-v counts behind the command too"
    run.stdout.close()
    assert (run.wait(timeout=40), _is_free(slow)) == (0, True)


def test_a_terminal_that_is_closed_ends_the_run_and_frees_the_archive(slow: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    ours, its = pty.openpty()
    run = subprocess.Popen(
        _CRAWL, cwd=slow, env=environment, stdin=its, stdout=its, stderr=its, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # this is how a terminal becomes its own
    )  # fmt: skip
    os.close(its)
    assert os.read(ours, 100)
    os.close(ours)
    run.wait(timeout=40)
    assert _is_free(slow)
