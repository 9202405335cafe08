"""What the front page and that of coverage show: pictures of the archive, or of a stretch of time.

In: a connection, the address's arguments and the visitor's words. Out: the template's values.
"""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from crawler.serve.made import Made
from crawler.serve.visitor import day_of
from pipelines.archive.read.figures import Figures
from pipelines.archive.read.selection import Days
from pipelines.archive.read.sources import last_run, newest_day, source_standing
from pipelines.report.page import pictures
from pipelines.report.panels import GATHERING, NEWS, Leads
from pipelines.report.words import Words, reason_in

_PERIODS = ("30", "90", "365")


def front_page(
    connection: sqlite3.Connection, args: Any, words: Words, made: Made, base: str
) -> dict[str, Any]:
    """The values of front.html; `base` is the address of this page."""
    period, days = _days_of(connection, args)
    return {
        "pictures": made.get(
            (days, words.language, base),  # 100 KB each, drawn once for each state of the archive
            lambda own: pictures(Figures(own, days), words, leads=_leads(base), names=NEWS),
        ),
        "days": days,
        "period": period,
        "periods": _PERIODS,
        "run": last_run(connection),
    }


def coverage_page(connection: sqlite3.Connection, args: Any, words: Words, made: Made) -> dict[str, Any]:
    """The values of coverage.html: which source was asked when, what came of it, what it has given."""
    period, days = _days_of(connection, args)
    standing = made.get(("standing", days), lambda own: source_standing(own, days))
    return {
        "pictures": made.get(
            ("coverage", days, words.language),
            lambda own: pictures(Figures(own, days), words, leads=Leads(lambda _: ""), names=GATHERING),
        ),
        "sources": [(row, reason_in(words.language, row["last_error"])) for row in standing],
        "days": days,
        "period": period,
        "periods": _PERIODS,
    }


def _days_of(connection: sqlite3.Connection, args: Any) -> tuple[str, Days]:
    """The period asked for (`own` for other days, empty for all) and its days.

    A period counts back from the newest day that is not in the future.
    """
    period = args.get("period") or ""
    if period not in _PERIODS:
        days = Days(day_of(args.get("since")), day_of(args.get("until")))
        return "" if days == Days() else "own", days
    newest = newest_day(connection)
    if newest is None:
        return period, Days()
    return period, Days(str(date.fromisoformat(newest) - timedelta(days=int(period) - 1)), newest)


def _leads(base: str) -> Leads:
    return Leads(
        article=lambda spread: f"{base}article/{spread.article_id}",
        search=lambda **arguments: f"{base}search?{urlencode(arguments)}",
    )
