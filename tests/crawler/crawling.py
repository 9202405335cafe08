"""Runs `fetch` in a process of its own, as a Twisted reactor starts only once; the report comes back."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any

from crawler.config import FetchOptions
from crawler.fetch.tally import FetchReport
from pipelines.records import CrawlSource, SourceRun
from pipelines.store import CrawlStore
from tests.processes import Child

_CHILD = """
import dataclasses, json, signal, sys
from scrapy.core.engine import ExecutionEngine
from crawler.fetch.spider import fetch
from pipelines.records import CrawlSource
from crawler.config import FetchOptions
from pipelines.store import CrawlStore
ExecutionEngine._SLOT_HEARTBEAT_INTERVAL = 3600  # every 5 s it would hide a scheduler that forgets to ask
task = json.load(sys.stdin)
tuples = ("start_urls", "allowed_paths", "respect")
sources = [CrawlSource(**{k: tuple(v) if k in tuples else v for k, v in s.items()}) for s in task["sources"]]
blocked = set(task["blocked"])
with CrawlStore(task["store"]) as store:
    report = fetch(sources, store, FetchOptions(**task["options"]), is_blocked=blocked.__contains__)
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, "fetch left its signal handlers behind"
print(json.dumps(dataclasses.asdict(report)))
"""

ENDS_S = 300.0
"""A crawl that takes longer never ends; on a laden machine a short one may take a minute."""
QUICK = FetchOptions(backlog_max=0, retry_base_s=0.1, timeout_s=5.0)


def source(host: str, *paths: str, **known: Any) -> CrawlSource:
    """A source on loopback without delay."""
    starts = tuple(f"http://{host}{path}" for path in paths or ("/",))
    known = {"allow_private": True, "delay_s": 0.0, **known}
    return CrawlSource(host=host, name="示例", start_urls=starts, **known)


def start(
    store: Path, *sources: CrawlSource, options: FetchOptions = QUICK, blocked: tuple[str, ...] = ()
) -> Child:
    """A crawl under way."""
    task = {
        "store": str(store),
        "sources": [dataclasses.asdict(source) for source in sources],
        "options": dataclasses.asdict(options),
        "blocked": blocked,
    }
    return Child(_CHILD, stdin=json.dumps(task))


def crawl(
    store: Path,
    *sources: CrawlSource,
    options: FetchOptions = QUICK,
    blocked: tuple[str, ...] = (),
    timeout_s: float = ENDS_S,
) -> FetchReport:
    """A crawl from beginning to end."""
    child = start(store, *sources, options=options, blocked=blocked)
    return finish(child, timeout_s)


def finish(child: Child, timeout_s: float = ENDS_S) -> FetchReport:
    """The report of a crawl under way."""
    try:
        out, errors = child.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        child.kill()
        out, errors = child.communicate()
        raise AssertionError(f"the crawl did not end by itself:\n{errors[-3000:]}") from None
    assert child.returncode == 0, errors[-3000:]
    assert "Traceback" not in errors, errors[-3000:]
    known = json.loads(out.splitlines()[-1])
    return FetchReport(**{**known, "sources": tuple(SourceRun(**row) for row in known["sources"])})


def pages_of(path: Path, host: str = "http://") -> set[str]:
    """The paths that come out of the store as possible articles."""
    with CrawlStore(path) as store:
        return {page.url.partition(host)[2] for page in store.pages.take(100_000, 0)}
