"""Runs the command line in a process whose clock stands days ahead."""

from __future__ import annotations

import os
from pathlib import Path

from tests.commands import Answer
from tests.processes import Child

_CHILD = """
import datetime, importlib, sys, time
from crawler.cli.app import COMMANDS
import crawler.runs.run
for word in sys.argv:  # with the command's module all are loaded that ask for the time
    if word in COMMANDS: importlib.import_module("crawler.cli." + COMMANDS[word])
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


def parknews(folder: Path, *arguments: str, days: float = 0.0, env: dict[str, str] | None = None) -> Answer:
    """`parknews ARGUMENTS` with its archive and sources in `folder`, `days` from now."""
    files = ("--db", str(folder / "archive.db"), "--sources", str(folder / "sources.toml"))
    others = {name: value for name, value in os.environ.items() if not name.startswith("PARKNEWS_")}
    child = Child(
        _CHILD, str(days * 86400), *files, *arguments, env={**others, "PARKNEWS_WORKERS": "1", **(env or {})}
    )
    return Answer(*child.end(120))


def write_source(folder: Path, host: str, *lines: str, start: str = "/") -> None:
    """A sources file with one source on loopback."""
    more = "".join(f"{line}\n" for line in lines)
    (folder / "sources.toml").write_text(
        f'[[source]]\nhost = "{host}"\nname = "示例园区网"\nstart_urls = ["http://{host}{start}"]\n'
        f"allow_private = true\ndelay_s = 0\n{more}",
        encoding="utf-8",
    )
