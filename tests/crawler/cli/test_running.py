from __future__ import annotations

import io
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from crawler.cli.running import log_to, progress_display
from crawler.fetch.tally import RunProgress

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRESS = RunProgress(fetched=3, failed=1, queued=9, articles=1, rejections=1, elapsed_s=0.4, host="a.cn")


def _console(terminal: bool) -> tuple[Console, io.StringIO]:
    screen = io.StringIO()
    return Console(file=screen, force_terminal=terminal, width=80, highlight=False), screen


def test_without_a_terminal_a_plain_line_comes_every_few_seconds() -> None:
    console, screen = _console(terminal=False)
    with progress_display(console) as report:
        for second in range(12):
            report(replace(PROGRESS, elapsed_s=second + 0.4))
    told = "3 fetched, 9 queued, 1 articles, 1 rejected, 1 failed; now a.cn"
    assert screen.getvalue().splitlines() == [f"0 s: {told}", f"5 s: {told}", f"10 s: {told}"]


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
