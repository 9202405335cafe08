"""The command line, run in this process: a tenth of the time, but a reactor must not be started in it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from crawler.cli.app import app


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Its answer with --json."""
        assert self.out, self.err[-3000:]
        return json.loads(self.out.splitlines()[-1])


Run = Callable[..., Answer]
"""A command typed over a test's own archive: words in, what it answered."""


def parknews_here(archive: Path, *words: str, typed: str = "", **environment: str) -> Answer:
    """`parknews WORDS` over an archive with its sources beside it, or over the one of a folder."""
    path = archive / "archive.db" if archive.is_dir() else archive
    files = {"PARKNEWS_DB": str(path), "PARKNEWS_SOURCES": str(path.with_name("sources.toml"))}
    given = {**files, "PARKNEWS_WORKERS": "1", "COLUMNS": "200", "TERM": "dumb", **environment}
    unset = dict.fromkeys(name for name in os.environ if name.startswith("PARKNEWS_"))
    done = CliRunner().invoke(app, list(words), input=typed, env={**unset, **given}, prog_name="parknews")
    return Answer(done.exit_code, done.stdout, done.stderr)
