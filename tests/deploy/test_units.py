"""What stands under deploy/ is what systemd and the command line understand."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from typer.main import get_command

from crawler.cli.app import app

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


def _services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))[
        "services"
    ]
    return services


def test_the_containers_run_what_the_command_line_knows() -> None:
    services = _services()
    script = " ".join(services["crawl"]["entrypoint"])
    served = "parknews " + " ".join(services["serve"]["command"])
    commands = get_command(app).commands  # type: ignore[attr-defined]
    found = re.findall(r"parknews (\w+)((?: (?:go-on|--[\w-]+(?: [\w.]+)?))*)", f"{script}; {served}")
    assert [command for command, _ in found] == ["crawl", "status", "removals", "serve"]
    for command, options in found:
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", options)) <= known


def test_the_crawling_container_also_takes_a_command_of_its_own(tmp_path: Path) -> None:
    program = tmp_path / "parknews"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    shell, *script = _services()["crawl"]["entrypoint"]
    command = [shell, *(part.replace("$$", "$") for part in script), "sources", "list"]
    done = subprocess.run(
        command, env={"PATH": f"{tmp_path}:/bin"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "sources list\n"


def test_the_image_is_built_of_files_that_are_there_and_of_the_versions_of_the_lock() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    copied = [name for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE) for name in line.split()[:-1]]
    assert [name for name in copied if not (DEPLOY.parent / name).exists()] == []
    expression = re.search(r"grep -oE '([^']+)'", text)
    assert expression is not None
    lock = (DEPLOY.parent / "requirements.lock").read_text(encoding="utf-8")
    versions = subprocess.run(
        ["grep", "-oE", expression[1]], input=lock, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [Requirement(line).name for line in versions].count("scrapy") == 1
    assert len(versions) == len(re.findall(r"^\S+==", lock, re.MULTILINE))
