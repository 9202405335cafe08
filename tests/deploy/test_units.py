"""What stands under deploy/ is what systemd and the command line understand."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from crawler.cli import app

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("parknews*"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    program = tmp_path / "parknews"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/srv/parknews/.venv/bin/parknews", str(program)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [line for line in done.stderr.splitlines() if "parknews" in line]
    assert (about_ours, len(UNITS)) == ([], 6)


@pytest.mark.parametrize("name", [*UNITS, "crontab"])
def test_every_command_in_it_is_ours(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    commands = get_command(app).commands  # type: ignore[attr-defined]
    found = re.findall(r"bin/parknews (\w+)((?: --[\w-]+(?: \w+)?)*)", text)
    assert found or name.endswith(".timer")
    for command, options in found:
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", options)) <= known


def test_timers_and_crontab_run_what_the_docs_promise() -> None:
    services = "".join((DEPLOY / name).read_text(encoding="utf-8") for name in UNITS)
    crontab = (DEPLOY / "crontab").read_text(encoding="utf-8")
    wanted = ("crawl --due", "status --notify", "removals go-on")
    assert [
        (f"bin/parknews {words}" in services, f"bin/parknews {words}" in crontab) for words in wanted
    ] == [(True, True)] * 3
    assert "PARKNEWS_NOTIFY=" in crontab


def test_the_documented_metrics_folder_may_be_written() -> None:
    guide = (DEPLOY.parent / "docs/how-to/run-from-a-timer.md").read_text(encoding="utf-8")
    folder = re.search(r"PARKNEWS_METRICS=(\S+)/", guide)
    assert folder is not None
    for name in ("parknews.service", "parknews-status.service"):
        assert f"ReadWritePaths=-{folder[1]}\n" in (DEPLOY / name).read_text(encoding="utf-8")
