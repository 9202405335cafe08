"""The command line, run in this process or as users run it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.records import Rejection, Stripped
from tests.commands import Answer, Run, parknews_here
from tests.readings import Fill, Told

TEXT = "滨江产业园区管委会今天宣布，园区一期工程已经全部建成，首批入驻企业将在下个月搬入新厂房开始生产。"
EVIL = "标题\x1b[31m\x9b2J\u202e倒"


@pytest.fixture
def parknews(tmp_path: Path) -> Run:
    """Runs a command over the test's folder, on a terminal of 80 columns."""

    def run(*words: str, **environment: str) -> Answer:
        return parknews_here(tmp_path, *words, **{"COLUMNS": "80", **environment})

    return run


@pytest.fixture
def archive(fill: Fill) -> Path:
    """An archive of one article in two copies, one with an evil title, and a rejection."""
    footer = Stripped("contact", "phone line", f"咨询热线 0000-0000000 {EVIL}")
    return fill(
        [
            Told("https://park.example/1.html", EVIL, TEXT, date(2026, 2, 1), stripped=(footer,)),
            Told("https://copier.example/3", "一期工程建成", TEXT, date(2026, 2, 3), credited="滨江园区"),
        ],
        [Rejection("https://park.example/list", "park.example", "kind", "list page")],
    )


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A sources file with one source."""
    path = tmp_path / "sources.toml"
    path.write_text(
        '[[source]]\nhost = "park.example"\nname = "滨江园区"\nstart_urls = ["https://park.example/"]\n',
        encoding="utf-8",
    )
    return path
