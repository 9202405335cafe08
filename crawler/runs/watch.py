"""How all sources stand now, gathered from the files: which are due, removed or in trouble, and who is told.

In: the settings, the sources file's sources, and the two files as they are. Out: what `crawler.runs.status`
judges, and its judgement; messages, metrics and a heartbeat after a crawl. Nothing is fetched.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.config import Settings
from crawler.drawing.chromium import lacking
from crawler.runs.lock import is_locked
from crawler.runs.status import Health, diagnose, due, own_health, scarce
from crawler.runs.telling import beat, dead_timer, last_beat, sender, tell, tell_searches, write_metrics
from pipelines.archive.file import reader
from pipelines.archive.kept_out.blocks import answer, read_blocklist
from pipelines.archive.read.sources import Yield, changed_templates, last_run, source_runs, source_yields
from pipelines.errors import RefusedError
from pipelines.records import CrawlSource, PastRun
from pipelines.store import CrawlStore, store_beside, store_path
from pipelines.store.sources import Watched

_WITH_ARCHIVE = 1.25
"""An article takes 8 KB in the archive beside the 40 KB of its raw page."""

_RUNS = 120
"""Runs looked at per source: a month of the usual six hours."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The room beside the archive."""

    free_bytes: int
    days_left: int | None
    """For how many days it lasts at the rate of the last week; None where nothing came in it."""


def look(settings: Settings, sources: Sequence[CrawlSource]) -> tuple[list[Health], str]:
    """How every source stands now, and what is wrong with the timer (mostly nothing)."""
    now = datetime.now(UTC)
    runs, held = _past_runs(settings.db), _yields(settings.db)
    for host in removed_sources(settings.db, sources):
        held[host] = replace(held.get(host, Yield()), status="removed")
    watched = _with_templates(settings.db, _watched(settings.db))
    watched = _with_browsers(settings, sources, watched)
    found = diagnose(sources, runs, held, watched, now)
    return found, dead_timer(last_beat(settings.db), [s for s in sources if not s.paused], now)


def killed_run(db: Path, sources: Sequence[CrawlSource]) -> str:
    """That a run was killed, and what waits to be taken up; empty where none was, or it still goes on."""
    if not (db.exists() and store_path(db).exists()):
        return ""
    with reader(db) as connection:
        run = last_run(connection)
    if run is None or run["outcome"] != "running" or is_locked(db):
        return ""
    with CrawlStore(store_path(db)) as store:
        waiting = store.frontier.queued(source.host for source in sources)
    begun = datetime.fromisoformat(run["started_at"]).astimezone()
    return (
        f"run {run['id']} of {begun:%m-%d %H:%M} was killed, {waiting} addresses wait;"
        " `parknews crawl` takes it up"
    )


def due_sources(db: Path, sources: Sequence[CrawlSource]) -> list[CrawlSource]:
    """Those of the sources whose `every` has elapsed."""
    return due(sources, _past_runs(db), datetime.now(UTC))


def removed_sources(archive_path: Path, sources: Sequence[CrawlSource]) -> dict[str, str]:
    """The sources whose whole host was removed, each with the day and the removal."""
    if not archive_path.exists():
        return {}
    with reader(archive_path) as connection:
        blocklist = read_blocklist(connection)
        hosts = [source.host for source in sources if blocklist.blocks_host(source.host)]
        told = {host: answer(connection, f"https://{host}/") for host in hosts}
    return {host: sentence for host, sentence in told.items() if sentence}


def removed_starts(archive_path: Path, sources: Sequence[CrawlSource]) -> dict[str, str]:
    """The same for sources all of whose start URLs were removed: a look at them would see nothing."""
    if not archive_path.exists():
        return {}
    removed: dict[str, str] = {}
    with reader(archive_path) as connection:
        for source in sources:
            told = [answer(connection, url) or "" for url in source.start_urls]
            if told and all(told):
                removed[source.host] = told[0]
    return removed


def refuse_removed(removed: dict[str, str]) -> None:
    """Says no where a removed source was asked for by name.

    Raises:
        RefusedError: `removed` names one.
    """
    for host, sentence in removed.items():
        raise RefusedError(f"{host}: {sentence}; nothing of it is asked for (`parknews removals list`)")


def disk(db: Path) -> Disk | None:
    """The room beside the archive; None where nothing was fetched yet."""
    week_ago = (datetime.now(UTC) - timedelta(days=7)).isoformat(timespec="seconds")
    with store_beside(db) as store:
        if store is None:
            return None
        week = store.pages.stored_bytes_since(week_ago)
    free = shutil.disk_usage(db.parent).free
    return Disk(free, round(free / (week * _WITH_ARCHIVE / 7)) if week else None)


def tell_changes(settings: Settings, sources: Sequence[CrawlSource]) -> None:
    """Tells of troubles that began or ended and of news for kept searches; writes the metrics if asked."""
    if not settings.db.exists():
        return
    found, timer = look(settings, sources)
    room = disk(settings.db)
    own = own_health("timer", timer), own_health("disk", scarce(room.days_left if room else None))
    with CrawlStore(store_path(settings.db)) as store:
        send = sender(settings.notify)
        tell(store, [*found, *own], store.sources.watched(), send, now=datetime.now(UTC).timestamp())
    tell_searches(settings.db, send)
    if settings.metrics is not None:
        write_metrics(settings.metrics, found, last_beat(settings.db))


def note_timed_run(db: Path, outcome: str) -> None:
    """A run from a timer has ended: the heartbeat says so, where there is an archive."""
    if db.exists():
        beat(db, outcome, datetime.now(UTC))


def expire_pages(db: Path, keep_days: int) -> None:
    """Deletes raw pages that are older than the operator keeps them (0: for ever)."""
    if keep_days:
        before = datetime.now(UTC) - timedelta(days=keep_days)
        with CrawlStore(store_path(db)) as store:
            store.pages.expire(before.isoformat(timespec="seconds"))


def _with_browsers(
    settings: Settings, sources: Sequence[CrawlSource], watched: dict[str, Watched]
) -> dict[str, Watched]:
    """Sources with `render = true` know what they lack to be drawn."""
    drawn = [source.host for source in sources if source.render]
    if not drawn or not (problem := lacking(settings.browser, settings.browser_sandbox)):
        return watched
    return {**watched, **{h: replace(watched.get(h, Watched()), browser=problem) for h in drawn}}


def _with_templates(db: Path, watched: dict[str, Watched]) -> dict[str, Watched]:
    """Sources on whose pages a learned template fits no more: within a run, where the store sees two runs."""
    if not db.exists():
        return watched
    with reader(db) as connection:
        changed = changed_templates(connection)
    for host, (at, selector) in changed.items():
        known, moment = watched.get(host, Watched()), datetime.fromisoformat(at).timestamp()
        if known.template_changed_at is None or known.template_changed_at <= moment:
            known = replace(known, template_changed_at=moment)
        watched = {**watched, host: replace(known, template_before=selector)}
    return watched


def _watched(db: Path) -> dict[str, Watched]:
    """What the crawl store knows of the sources; read without writing, so that a reader may ask."""
    with store_beside(db) as store:
        return store.sources.watched() if store else {}


def _past_runs(db: Path) -> list[PastRun]:
    """What past runs did at each source, newest first."""
    if not db.exists():
        return []
    with reader(db) as connection:
        return [_past_run(dict(row)) for row in source_runs(connection, _RUNS)]


def _yields(db: Path) -> dict[str, Yield]:
    """What the archive holds of each source."""
    if not db.exists():
        return {}
    with reader(db) as connection:
        return source_yields(connection)


def _past_run(row: dict[str, Any]) -> PastRun:
    read = {"started_at": datetime.fromisoformat(row["started_at"]), "stopped": bool(row["stopped"])}
    return PastRun(**{**row, **read})
