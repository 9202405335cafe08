"""Every command in README and the how-tos runs, and prints what stands below it.

A ```console block holds `$ command` lines, each followed by what it prints; `...` stands for anything.
The blocks of a document run in order in a folder that looks like a checkout after `make demo`, its own:
what one document keeps in the archive, no other one sees.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo.server import DemoServer
from tests.processes import PARKNEWS, Child, Ended

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    "README.md",
    "README.zh.md",
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/how-to/*.md")),
]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_PROGRAMS = Path(sys.executable).parent
_SHELL = """
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]):
    print(*row, sep="|")
"""


def _examples(document: str) -> list[tuple[str, str]]:
    """The commands of a document, each with what should be printed."""
    found: list[tuple[str, str]] = []
    for block in re.findall(
        r"^```console\n(.*?)^```", (ROOT / document).read_text(encoding="utf-8"), re.M | re.S
    ):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            else:
                found[-1] = (found[-1][0], found[-1][1] + line + "\n")
    return found


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder like a fresh checkout, with a site to crawl in its sources file."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("Makefile", "pyproject.toml", "requirements.lock", ".venv", "crawler", "pipelines"):
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    (folder / "data").mkdir()
    with DemoServer() as server:
        one_site = server.sources_toml().split("\n[[source]]")[0]
        (folder / "data/sources.toml").write_text(one_site, encoding="utf-8")
        yield folder


@pytest.fixture(scope="module")
def environment(checkout: Path) -> dict[str, str]:
    """A clean environment with this project's programs on the path."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PARKNEWS_", "MAKE", "MFLAGS"))
    }
    return {**kept, "PATH": f"{_PROGRAMS}:{kept['PATH']}", "COLUMNS": "120", "PWD": str(checkout)}


def _run(command: str, folder: Path, environment: dict[str, str]) -> str:
    if command.startswith("sqlite3 ") and shutil.which("sqlite3") is None:
        _, path, sql = shlex.split(command)
        command = shlex.join(["python", "-c", _SHELL, path, sql])
    if command == "make demo":
        command = "make -o .venv/.installed demo"  # .venv is the real one: nothing may be installed into it
        environment = {**environment, "PATH": os.environ["PATH"].replace(f"{_PROGRAMS}:", "")}
    words = shlex.split(command)
    if words[0] == "parknews" and not set(words[1:]) & {"|", ">", "<", "&&"}:  # no need of a shell
        done = Child(PARKNEWS, *words[1:], env=environment, folder=folder).end(300)
    else:
        shell = ["bash", "-c", command]
        run = subprocess.run(
            shell, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        done = Ended(run.returncode, run.stdout, run.stderr)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def demo_archive(checkout: Path, environment: dict[str, str]) -> Path:
    """What the first command of the README leaves for everything after it."""
    command, expected = _examples("README.md")[0]
    assert command == "make demo"
    _hold(command, _run(command, checkout, environment), expected)
    return checkout / "data/demo-archive/archive.db"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_runs_and_prints_what_the_document_says(
    document: str, checkout: Path, environment: dict[str, str], demo_archive: Path, tmp_path: Path
) -> None:
    assert demo_archive.exists()
    own = shutil.copytree(checkout, tmp_path / "checkout", symlinks=True)
    here = {**environment, "PWD": str(own)}
    for command, expected in _examples(document):
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            here[name] = value
        elif command != "make demo":
            _hold(command, _run(command, own, here), expected)


def _hold(command: str, printed: str, expected: str) -> None:
    assert printed or not expected, f"{command} prints nothing"
    assert doctest.OutputChecker().check_output(expected, printed, FLAGS), f"{command} prints:\n{printed}"
