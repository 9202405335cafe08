"""Processes of their own for tests, forked from one that has the product loaded.

A reactor starts once in a process, a clock is moved and a kill strikes in one that is nobody else's. To start
Python and import a crawl takes 1.6 s of CPU time, to fork it a hundredth of that.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from multiprocessing import reduction
from pathlib import Path
from typing import Any, NamedTuple

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "crawler.cli.crawl",
        "crawler.cli.reprocess",
        "crawler.drawing.browser",
        "pipelines.forget.verbs",
        "crawler.fetch.slices",
        "distributed.cli.dask_worker",
    ]
)


PARKNEWS = "from crawler.cli import main; main()"


class Ended(NamedTuple):
    """What a child did."""

    returncode: int
    stdout: str
    stderr: str


class Child:
    """A program under way, as `python -c CODE ARGUMENTS` would run it; like Popen as far as tests need it."""

    def __init__(
        self,
        code: str,
        *arguments: str,
        stdin: str = "",
        env: dict[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._files = [tempfile.TemporaryFile("w+", encoding="utf-8") for _ in range(3)]  # noqa: SIM115
        self._files[0].write(stdin)
        self._files[0].seek(0)
        handles = [_Handle(file.fileno()) for file in self._files]
        given = (
            code,
            arguments,
            dict(os.environ if env is None else env),
            str(folder or Path.cwd()),
            handles,
        )
        self._process = _FORKS.Process(target=_become, args=given)
        self._process.start()
        assert self._process.pid
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.exitcode

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("a child", timeout or 0)
        return self._process.exitcode

    def end(self, timeout: float = 180) -> Ended:
        return Ended(self.wait(timeout), *self.communicate())

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it wrote on stdout and stderr, when it has ended."""
        self.wait(timeout)
        for file in self._files:
            file.seek(0)
        return self._files[1].read(), self._files[2].read()


class _Handle:
    """A file that the child gets as well."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple[Any, ...]:
        return _number_of, (reduction.DupFd(self.number),)


def _number_of(duplicate: Any) -> int:
    return duplicate.detach()


def _become(
    code: str, arguments: tuple[str, ...], env: dict[str, str], folder: str, files: list[int]
) -> None:
    for number, file in enumerate(files):
        os.dup2(file, number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["-c", *arguments]
    exec(compile(code, "<child>", "exec"), {"__name__": "__main__"})  # the tests' own code
