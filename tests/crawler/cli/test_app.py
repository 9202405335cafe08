"""What the command line promises before any command runs."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from typing import Any

import pytest
from typer.main import get_command

from crawler.cli.app import COMMANDS as OVERVIEW
from crawler.cli.app import app
from tests.commands import Run

COMMANDS = ("crawl", "demo", "search", "show", "status", "sources list")
HEAVY = {"scrapy", "twisted", "trafilatura", "opencc", "scipy", "datasketch", "dateparser", "pandas"}


def test_the_version_is_the_packages(parknews: Run) -> None:
    assert parknews("--version").out == f"parknews {version('parknews')}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_commands_help_has_examples(parknews: Run, command: str) -> None:
    found = parknews(*command.split(), "--help")
    assert (found.code, "Examples" in found.out) == (0, True)


def test_what_stands_in_brackets_below_the_examples_is_shown(parknews: Run) -> None:
    assert "parknews[mcp]" in parknews("mcp", "--help").out


def test_help_names_every_command(parknews: Run) -> None:
    text = parknews("--help").out
    assert [name for name in COMMANDS if f" {name.split()[0]} " not in text] == []


def test_the_help_of_a_removal_says_what_may_go_before_how_it_is_answered(parknews: Run) -> None:
    options = [word for word in parknews("remove-source", "--help").out.split() if word.startswith("--")]
    assert options.index("--credited") < options.index("--reason") < options.index("--json")


@pytest.mark.parametrize("command", OVERVIEW)
def test_the_overview_says_of_a_command_what_its_own_help_says(command: str) -> None:
    group: Any = get_command(app)
    assert group.get_command(None, command).help == group.commands[command].help


def test_the_process_that_crawls_and_writes_loads_nothing_of_reading() -> None:
    code = "import sys, crawler.cli.crawl; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {
        "trafilatura",
        "dateparser",
        "scipy",
        "datasketch",
        "feedparser",
        "pipelines.extract",
        "pipelines.show",
    }
    assert heavy.intersection(loaded) == set()


def test_the_script_that_workers_load_as_well_loads_no_command_line() -> None:
    code = "import sys; from crawler.cli import main; print({'typer', 'rich', 'numpy'} & sys.modules.keys())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "set()\n"


def test_no_command_shows_the_help_and_exits_2(parknews: Run) -> None:
    found = parknews()
    assert (found.code, "Usage" in found.out + found.err) == (2, True)


@pytest.mark.parametrize("arguments", [("--help",), ("search", "园区"), ("show", "1"), ("status", "--help")])
@pytest.mark.usefixtures("archive")
def test_reading_loads_nothing_of_the_crawl(tmp_path: Any, arguments: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom crawler.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print(sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--db", str(tmp_path / "archive.db"), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stderr.replace("'", "").strip("[]\n").split(", "))
    assert loaded & HEAVY == set()
