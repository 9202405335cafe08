"""Worker processes: what a page does to them, and what they do when their parent dies."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipelines.records import Page, Reading, Rejection, Source
from pipelines.workers import WorkerOptions, Workers
from tests.readings import make_reading

SOURCE = Source("park.example", "测试园区")
OPTIONS = WorkerOptions(workers=2, page_limit_s=5.0)


def read(page: Page, source: Source) -> Reading | Rejection:
    """A reader whose pages say what shall happen to it."""
    word = page.body.decode()
    if word == "slow":
        time.sleep(0.2)
    if word == "kill":  # whoever handed it to this process, as a machine without memory does
        os.kill(multiprocessing.parent_process().pid, signal.SIGKILL)
        time.sleep(10)
    if word == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "hang":
        re.match(r"(a+)+$", "a" * 64 + "b")  # holds the interpreter, as a runaway rule would
    if word == "raise":
        raise ValueError("a broken page")
    if word == "bomb":
        bytearray(8 * 1024**3)
    return make_reading(page.url, f"{word} {source.name}", page_id=page.page_id)


def page(number: int, word: str) -> Page:
    url = f"https://park.example/{number}"
    return Page(number, "park.example", url, url, 200, (), word.encode(), datetime.now(UTC))


def collect(words: list[str]) -> dict[int, str]:
    """The text or the rejection's reason, by page number."""
    with Workers(read, OPTIONS) as workers:
        workers.submit([(page(number, word), SOURCE) for number, word in enumerate(words)])
        results = []
        while workers.busy:
            results += workers.collect(1.0)
    return {
        page.page_id: result.reason if isinstance(result, Rejection) else result.story.text
        for page, result in results
    }


def test_a_page_that_crashes_hangs_or_raises_costs_only_itself() -> None:
    found = collect(["good", "crash", "raise", "bomb", "hang", "fine"])
    assert {number: reason.split(" (")[0] for number, reason in found.items()} == {
        0: "good 测试园区",
        1: "crashed its worker",
        2: "failed: ValueError: a broken page",
        3: "failed: MemoryError: ",
        4: "took longer than 5 s",
        5: "fine 测试园区",
    }


def test_every_page_handed_in_comes_back_once() -> None:
    options = replace(OPTIONS, page_limit_s=30.0)
    numbers = []
    with Workers(read, options) as workers:
        for start in range(0, 60, 5):
            while workers.room <= 0:
                numbers += [page.page_id for page, _ in workers.collect(5.0)]
            workers.submit([(page(number, "x"), SOURCE) for number in range(start, start + 5)])
        while workers.busy:
            numbers += [page.page_id for page, _ in workers.collect(5.0)]
    assert sorted(numbers) == list(range(60))


PARENT = """
import time
from tests.pipelines.test_workers import OPTIONS, SOURCE, page, read
from pipelines.workers import Workers
if __name__ == "__main__":
    workers = Workers(read, OPTIONS)
    workers.submit([(page(1, "good"), SOURCE)])
    while not workers.collect(1.0):
        pass
    workers.submit([(page(2, "hang"), SOURCE)])
    time.sleep(0.3)
    print("ready", flush=True)
    time.sleep(60)
"""


def test_workers_end_when_their_parent_is_killed_even_while_they_hang(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, env=environment, cwd=root
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        children = _children(parent.pid)
        parent.kill()
    assert children
    assert _gone(children, within_s=10), f"{children} outlived their parent"


def _children(pid: int) -> list[int]:
    """Process ids of all descendants."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_children(int(child))]
    return found


def _gone(pids: list[int], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not any(_alive(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def _alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False
