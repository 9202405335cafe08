"""Fixtures that tests of several parts share."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from pipelines import database
from pipelines.archive import Archive
from pipelines.archive.file import ARCHIVE
from pipelines.archive.write.runs import RunCounts
from pipelines.records import Rejection, Source
from pipelines.store.file import STORE
from tests.readings import Told


@dataclass(frozen=True)
class Demo:
    """What `parknews demo --json` left, and said."""

    archive: Path
    answer: dict[str, Any]
    exit_code: int


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo on a fresh folder, run once for all tests of all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "demo"
    said = folder / "said.json"
    with FileLock(f"{folder}.lock"):
        if not said.exists():
            folder.mkdir()
            command = [Path(sys.executable).with_name("parknews"), "demo", "--out", folder, "--json"]
            run = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
            )
            assert run.stdout, run.stderr[-3000:]
            said.write_text(json.dumps([json.loads(run.stdout.splitlines()[-1]), run.returncode]))
    return Demo(folder / "archive.db", *json.loads(said.read_text()))


@pytest.fixture(scope="session", autouse=True)
def _scripts_run_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new file gets its tables from one that the scripts made: they take 0.1 s of CPU time, a copy 0.01."""
    migrate, made = database._migrate, {}
    for kind in (ARCHIVE, STORE):
        made[kind.scripts] = tmp_path_factory.mktemp("scripts") / "made.db"
        database.open_file(made[kind.scripts], replace(kind, on_migrated=lambda *_: None)).close()

    def copied(opened: database.Database, kind: database.FileKind) -> None:
        if opened.conn.execute("SELECT 1 FROM sqlite_schema").fetchone() or kind.scripts not in made:
            migrate(opened, kind)
            return
        with closing(sqlite3.connect(made[kind.scripts])) as source:
            source.backup(opened.conn)
        with opened.atomic() as connection:
            kind.on_migrated(connection, [path.stem for _, path in database._scripts(kind)], True)

    copied.__wrapped__ = migrate  # type: ignore[attr-defined]  # for tests of the scripts themselves
    database._migrate = copied
    yield
    database._migrate = migrate


@pytest.fixture
def fill(tmp_path: Path) -> Callable[..., Path]:
    """Makes an archive of one run out of told pages and rejections; returns its path."""

    def made(pages: Sequence[Told], rejections: Sequence[Rejection] = (), name: str = "archive.db") -> Path:
        path = tmp_path / name
        hosts = dict.fromkeys([page.host for page in pages] + [r.source for r in rejections])
        with Archive(path) as archive:
            archive.put_sources([Source(host, f"名{host}") for host in hosts])
            run_id = archive.start_run("2026-03-01T07:59:00Z", "test")
            readings = [page.reading(number) for number, page in enumerate(pages, start=1)]
            archive.ingest([*readings, *rejections], "2026-03-01T08:00:30Z")
            archive.finish_run(run_id, "done", RunCounts(pages_fetched=len(pages)), "2026-03-01T08:01:00Z")
        return path

    return made
