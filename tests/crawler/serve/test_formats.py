"""A format that is added to the table of formats is offered by the command line and the browser alike."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import pytest

from pipelines.export.formats import FORMATS, Format, Written
from tests.commands import parknews_here
from tests.crawler.serve.conftest import Get


def _write_tabs(file: IO[bytes], sheets: Sequence[Any], _method: object) -> Written:
    _, columns, batches = sheets[0]
    rows = [row for batch in batches for row in batch]
    for line in ([column.name for column in columns], *rows):
        file.write(("\t".join(map(str, line)) + "\n").encode())
    return Written(len(rows))


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        FORMATS, "tsv", Format("Tabs", "text/tab-separated-values", _write_tabs, is_stream=True)
    )
    monkeypatch.delitem(sys.modules, "crawler.cli.export", raising=False)  # as when the program starts


def _run(path: Path, *words: str) -> str:
    done = parknews_here(path, *words)
    assert done.code == 0, done.err
    return done.out


def test_the_command_line_offers_it(archive_path: Path, tmp_path: Path) -> None:
    assert "tsv" in _run(archive_path, "export", "--help")
    _run(archive_path, "export", "--output", str(tmp_path / "a.tsv"))
    written = (tmp_path / "a.tsv").read_text(encoding="utf-8")
    assert written == _run(archive_path, "export", "--format", "tsv", "--output", "-")
    assert written.startswith("id\ttitle\t")
    assert _run(archive_path, "export", "--compare", str(tmp_path / "a.tsv.manifest.json")) == ""


def test_the_browser_offers_it(get: Get) -> None:
    assert ">Tabs</a>" in get("/search").text
    found = get("/export.tsv")
    assert found.headers["content-type"] == "text/tab-separated-values"
    assert found.text.startswith("id\ttitle\t")
