"""What the coverage page shows: which source was asked on which day, what came of it, what it has given.

In: a connection, the address's arguments and the visitor's words. Out: the template's values.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from crawler.serve.front_page import PERIODS, days_of
from crawler.serve.made import Made
from pipelines.archive.read.figures import Figures
from pipelines.archive.read.sources import source_standing
from pipelines.report.page import pictures
from pipelines.report.panels import GATHERING, Leads
from pipelines.report.words import Words, reason_in


def coverage_page(connection: sqlite3.Connection, args: Any, words: Words, made: Made) -> dict[str, Any]:
    """The values of coverage.html."""
    period, days = days_of(connection, args)
    standing = made.get(("standing", days), lambda own: source_standing(own, days))
    return {
        "pictures": made.get(
            ("coverage", days, words.language),
            lambda own: pictures(Figures(own, days), words, leads=Leads(lambda _: ""), names=GATHERING),
        ),
        "sources": [(row, reason_in(words.language, row["last_error"])) for row in standing],
        "days": days,
        "period": period,
        "periods": PERIODS,
    }
