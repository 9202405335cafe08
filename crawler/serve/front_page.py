"""What the front page shows: pictures of the archive, or of a stretch of time.

In: a connection, the address's arguments and the visitor's words. Out: the template's values. The pictures
of an unchanged archive are drawn once.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crawler.serve.visitor import day_of
from pipelines.archive.read.analyst import last_run, newest_day
from pipelines.archive.read.figures import figures
from pipelines.archive.read.selection import Days
from pipelines.report.page import pictures

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from pipelines.report.words import Words

PERIODS = ("30", "90", "365")
_KEPT_MAX = 24
"""Pages kept ready: two languages of a dozen periods, some 100 KB each."""

_drawn: dict[tuple[object, ...], str] = {}


def front_page(connection: sqlite3.Connection, args: Any, words: Words, datasette: Any) -> dict[str, Any]:
    """The values of front.html."""
    period = args.get("period") or ""
    days = _days(connection, period, args)
    return {
        "pictures": _pictures(connection, days, words, datasette),
        "days": days,
        "period": period if period in PERIODS else "" if days == Days() else "own",
        "periods": PERIODS,
        "run": last_run(connection),
    }


def _pictures(connection: sqlite3.Connection, days: Days, words: Words, datasette: Any) -> str:
    base = datasette.urls.path("/")
    key = (str(datasette.parknews.path), state_of(datasette.parknews.path), days, words.language, base)
    if key not in _drawn:
        html = pictures(
            figures(connection, days), words, article_href=lambda s: f"{base}article/{s.article_id}"
        )
        while len(_drawn) >= _KEPT_MAX:
            _drawn.pop(next(iter(_drawn)))
        _drawn[key] = html
    return _drawn[key]


def _days(connection: sqlite3.Connection, period: str, args: Any) -> Days:
    """The days asked for; a period counts back from the newest day that is not in the future."""
    if period not in PERIODS:
        return Days(day_of(args.get("since")), day_of(args.get("until")))
    newest = newest_day(connection)
    if newest is None:
        return Days()
    return Days(str(date.fromisoformat(newest) - timedelta(days=int(period) - 1)), newest)


def state_of(path: Path) -> tuple[int, ...]:
    """A value that is another one after every write: times and sizes of the file and its write-ahead log."""
    files = (path, path.with_name(path.name + "-wal"))
    found = [file.stat() for file in files if file.exists()]
    return tuple(number for stat in found for number in (stat.st_mtime_ns, stat.st_size, stat.st_ino))
