"""Runs the command line: in a process whose clock stands days ahead, or here, where it fetches nothing."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from crawler.cli import app
from tests.processes import Child

_CHILD = """
import datetime, importlib, sys, time
from crawler.cli.app import COMMANDS
import crawler.runs.run
for word in sys.argv:  # with the command's module all are loaded that ask for the time
    if word in COMMANDS: importlib.import_module("crawler.cli." + COMMANDS[word][0])
ahead_s = float(sys.argv.pop(1))
real, real_time = datetime.datetime, time.time
class Clock:
    def __getattr__(self, name): return getattr(real, name)
    def __call__(self, *given, **named): return real(*given, **named)
    def __instancecheck__(self, value): return isinstance(value, real)
    def now(self, tz=None): return real.fromtimestamp(real_time() + ahead_s, tz)
for name, module in list(sys.modules.items()):
    if name.startswith(("crawler", "pipelines")) and getattr(module, "datetime", None) is real:
        module.datetime = Clock()
time.time = lambda: real_time() + ahead_s
if "add" in sys.argv:  # loopback needs no patience
    import dataclasses
    from crawler.cli import sources
    bare = sources.bare_source
    sources.bare_source = lambda *some, **named: dataclasses.replace(bare(*some, **named), delay_s=0.0)
from crawler.cli import main
main()
"""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    errors: str

    @property
    def json(self) -> dict[str, Any]:
        """Its answer with --json."""
        assert self.out, self.errors[-3000:]
        return json.loads(self.out.splitlines()[-1])


def parknews(folder: Path, *arguments: str, days: float = 0.0, env: dict[str, str] | None = None) -> Ran:
    """`parknews ARGUMENTS` with its archive and sources in `folder`, `days` from now."""
    files = ("--db", str(folder / "archive.db"), "--sources", str(folder / "sources.toml"))
    child = Child(_CHILD, str(days * 86400), *files, *arguments, env={**_environment(), **(env or {})})
    return Ran(*child.end(120))


def parknews_here(folder: Path, *arguments: str) -> Ran:
    """The same in this process, which takes a tenth of the time; a reactor must not be started in it."""
    paths = ("--db", str(folder / "archive.db"), "--sources", str(folder / "sources.toml"))
    done = CliRunner().invoke(app, [*paths, *arguments], env=_environment(), prog_name="parknews")
    return Ran(done.exit_code, done.stdout, done.stderr)


def write_source(folder: Path, host: str, *lines: str, start: str = "/") -> None:
    """A sources file with one source on loopback."""
    more = "".join(f"{line}\n" for line in lines)
    (folder / "sources.toml").write_text(
        f'[[source]]\nhost = "{host}"\nname = "示例园区网"\nstart_urls = ["http://{host}{start}"]\n'
        f"allow_private = true\ndelay_s = 0\n{more}",
        encoding="utf-8",
    )


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PARKNEWS_")} | {
        "PARKNEWS_WORKERS": "1"
    }
