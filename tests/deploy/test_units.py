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
    assert (about_ours, len(UNITS)) == ([], 4)


@pytest.mark.parametrize("name", [*UNITS, "crontab"])
def test_every_command_in_it_is_ours(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for command, options in re.findall(r"bin/parknews (\w+)((?: --[\w-]+(?: \w+)?)*)", text):
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", options)) <= known
