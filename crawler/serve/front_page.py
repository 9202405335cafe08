"""What the front page shows: pictures of the archive, or of a stretch of time.

In: a connection, the address's arguments and the visitor's words. Out: the template's values.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crawler.serve.visitor import day_of
from pipelines.archive.read.figures import figures
from pipelines.archive.read.selection import Days
from pipelines.archive.read.sources import last_run, newest_day
from pipelines.report.page import pictures

if TYPE_CHECKING:
    import sqlite3

    from pipelines.remembered import Remembered
    from pipelines.report.words import Words

PERIODS = ("30", "90", "365")


def front_page(
    connection: sqlite3.Connection, args: Any, words: Words, made: Remembered[Any, Any], base: str
) -> dict[str, Any]:
    """The values of front.html; `base` is the address of this page."""
    period = args.get("period") or ""
    days = _days(connection, period, args)
    return {
        "pictures": made.get(
            (days, words.language, base),  # 100 KB each, drawn once for each state of the archive
            lambda: pictures(
                figures(connection, days), words, article_href=lambda s: f"{base}article/{s.article_id}"
            ),
        ),
        "days": days,
        "period": period if period in PERIODS else "" if days == Days() else "own",
        "periods": PERIODS,
        "run": last_run(connection),
    }


def _days(connection: sqlite3.Connection, period: str, args: Any) -> Days:
    """The days asked for; a period counts back from the newest day that is not in the future."""
    if period not in PERIODS:
        return Days(day_of(args.get("since")), day_of(args.get("until")))
    newest = newest_day(connection)
    if newest is None:
        return Days()
    return Days(str(date.fromisoformat(newest) - timedelta(days=int(period) - 1)), newest)
