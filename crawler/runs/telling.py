"""Who is told how the sources are: people by apprise, node_exporter by a text file, whoever by a heartbeat.

In: what `crawler.runs.status` found, and the configuration's addresses. Out: one message (e-mail, WeCom,
DingTalk ...) where something has changed, another with what is new for kept searches; a file of numbers; a
file that every timed run touches, so that a timer that died is known by its silence. Troubles and articles
are noted as told once a message got through.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.runs.status import Health
from pipelines.archive.file import reader
from pipelines.archive.read.changes import headline_of, kept_searches, new_for
from pipelines.archive.write.kept import note_told
from pipelines.errors import ConfigurationError
from pipelines.records import CrawlSource
from pipelines.store import CrawlStore
from pipelines.store.sources import Watched
from pipelines.utc import iso

Send = Callable[[str, str], bool]

_log = logging.getLogger(__name__)

_NEW_MAX = 20
"""Titles that a message has of each kept search: the newest."""
_SLACK = timedelta(hours=1)
"""For a run that takes its time, or a machine that was asleep."""


def tell(
    store: CrawlStore,
    found: Sequence[Health],
    watched: Mapping[str, Watched],
    send: Send | None,
    *,
    now: float,
) -> str:
    """Send what is new and what has ended, and note it; returns the message, empty where nothing changed.

    With nobody to tell (`send` is None) nothing is noted as told: it is still new to whoever is named later.
    """
    if send is None:
        return ""
    began = [
        f"{health.host} ({health.name}): {trouble.reason}"
        for health in found
        if health.state == "wrong"
        for trouble in health.troubles
        if trouble.kind not in _kinds(watched, health.host)
    ]
    ended = [
        f"{health.host} ({health.name}): no longer {kind}"
        for health in found
        for kind in _kinds(watched, health.host)
        if kind not in {trouble.kind for trouble in health.troubles}
    ]
    message = "\n".join([*began, *ended])
    if message and not send(_title(len(began), len(ended)), message):
        _log.warning("no notification got through; it is tried again next time")
        return ""
    store.sources.note_troubles(
        {s.host: s.troubles if s.state == "wrong" else () for s in found if s.state != "acknowledged"}, at=now
    )
    return message


def tell_searches(archive: Path, send: Send | None) -> str:
    """Send what each kept search finds that was not told, and note it; returns the message."""
    if send is None:
        return ""
    with reader(archive) as connection:
        found = {kept.name: new_for(connection, kept) for kept in kept_searches(connection)}
        found = {name: numbers for name, numbers in found.items() if numbers}
        lines = [line for name, numbers in found.items() for line in _new_lines(connection, name, numbers)]
    if not lines:
        return ""
    message = "\n".join(lines)
    if not send(f"parknews: new for {', '.join(found)}", message):
        _log.warning("no notification got through; it is tried again next time")
        return ""
    note_told(archive, {name: max(numbers) for name, numbers in found.items()})
    return message


def _new_lines(connection: sqlite3.Connection, name: str, numbers: list[int]) -> Iterator[str]:
    yield f"{name}: {len(numbers)} new"
    for number in numbers[-_NEW_MAX:]:
        title, source, url = headline_of(connection, number)
        yield f"  {title} ({source}) {url}"


def require_addresses(addresses: Sequence[str]) -> None:
    """Refuses addresses that no message could go to, before anything depends on them.

    Raises:
        ConfigurationError: apprise does not know one; the rest of it may be a password and is not shown.
    """
    if not addresses:
        return
    import apprise  # noqa: PLC0415  # half a second that only those pay who want to be told

    for address in addresses:
        if not apprise.Apprise().add(address):
            kind = address.partition(":")[0]
            raise ConfigurationError(
                f"PARKNEWS_NOTIFY: {kind}:... is no address that apprise knows; try it with `apprise -b test`"
            )


def sender(addresses: Sequence[str]) -> Send | None:
    """Sends to apprise addresses (mailto://, wecombot://, dingtalk://, json://); None for no addresses."""
    if not addresses:
        return None

    def send(title: str, body: str) -> bool:
        import apprise  # noqa: PLC0415  # half a second that only a message pays

        target = apprise.Apprise()
        target.add(list(addresses))
        return bool(target.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT))

    return send


def _kinds(watched: Mapping[str, Watched], host: str) -> list[str]:
    return [kind for kind, _ in watched[host].since] if host in watched else []


def _title(began: int, ended: int) -> str:
    parts = [f"{began} new" * bool(began), f"{ended} over" * bool(ended)]
    return f"parknews: troubles, {', '.join(part for part in parts if part)}"


def write_metrics(path: Path, found: Sequence[Health], beat_at: datetime | None) -> None:
    """Writes the file whole, in one step, so that nobody reads half of it.

    Where it cannot be written a warning says so: a crawl is not worth less for that.
    """
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile  # noqa: PLC0415  # only where asked

    registry = CollectorRegistry()

    def gauge(name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"parknews_{name}", about, labels, registry=registry)

    success = gauge("last_success_timestamp_seconds", "Start of the last run that got an answer", "source")
    articles = gauge("articles", "Articles whose kept copy is this source's", "source")
    new = gauge("last_run_new_pages", "Pages read for the first time in the last run", "source")
    failed = gauge("last_run_failed_urls", "URLs given up in the last run", "source")
    trouble = gauge("trouble", "1: this is wrong with the source and not acknowledged", "source", "kind")
    for health in found:
        if health.last_success_at:
            success.labels(health.host).set(health.last_success_at.timestamp())
        articles.labels(health.host).set(health.held.articles)
        if health.runs:
            new.labels(health.host).set(health.runs[0].new)
            failed.labels(health.host).set(health.runs[0].failed)
        for found_trouble in health.troubles:
            trouble.labels(health.host, found_trouble.kind).set(int(health.state == "wrong"))
    if beat_at is not None:
        gauge("heartbeat_timestamp_seconds", "End of the last run from a timer").set(beat_at.timestamp())
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        _log.warning("PARKNEWS_METRICS: %s cannot be written (%s)", path, error.strerror or error)


def heartbeat_path(archive_path: Path) -> Path:
    """archive.db -> archive.db.heartbeat beside it."""
    return archive_path.with_name(archive_path.name + ".heartbeat")


def beat(archive_path: Path, outcome: str, now: datetime) -> None:
    """A run from a timer has ended."""
    heartbeat_path(archive_path).write_text(f"{iso(now)} {outcome}\n", encoding="utf-8")


def last_beat(archive_path: Path) -> datetime | None:
    """When the last run from a timer ended; None where none ever did."""
    try:
        written = heartbeat_path(archive_path).read_text(encoding="utf-8").split()
        return datetime.fromisoformat(written[0]).astimezone(UTC)
    except (OSError, IndexError, ValueError):
        return None


def dead_timer(last: datetime | None, sources: Sequence[CrawlSource], now: datetime) -> str:
    """Why the timer seems dead: no run for longer than the most frequent source may wait; or empty."""
    if last is None or not sources:
        return ""
    longest = timedelta(seconds=1.5 * min(source.every_s for source in sources)) + _SLACK
    if last > now + _SLACK:
        return (
            f"the last `crawl --due` seems to be of {last:%Y-%m-%d %H:%M} UTC, which has not come yet;"
            " set this machine's clock and crawl once more"
        )
    if now - last <= longest:
        return ""
    return (
        f"no `crawl --due` has run since {last:%Y-%m-%d %H:%M} UTC; look at its timer (systemctl list-timers)"
    )
