"""A piece of a page's text in, the moment of publication that it states out, in the source's zone.

Absolute dates are read by patterns (`absolute`), relative ones by dateparser against the time of
fetching (`relative`). No clock is read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.dates.absolute import read_absolute, read_month_and_day, read_slashed, states_day
from pipelines.dates.moment import Moment
from pipelines.dates.relative import NOTHING, read_relative, states_relative

if TYPE_CHECKING:
    from pipelines.records import Published

__all__ = ["Moment", "has_date", "read_date"]


def read_date(
    text: str, moment: Moment, origin: str, *, relative: bool = True, partial: bool = False
) -> Published | None:
    """The first believable date of a piece of text, absolute ones before relative ones; None without one.

    Args:
        text: A short piece of the page: a meta tag's content, a byline, a URL.
        moment: When the page was fetched (aware), and the zone in which the source's clock runs.
        origin: Where the text stood, for the record.
        relative: Whether dates that count from the time of fetching (3天前) may be read.
        partial: Whether a month and day without a year may be read as the latest such day.
    """
    text = text[:400]
    nearby, counted = read_relative(text, moment, origin) if relative else NOTHING
    if nearby:
        return counted
    stated = read_absolute(text, moment, origin) or read_slashed(text, moment, origin) or counted
    if stated:
        return stated
    return read_month_and_day(text, moment, origin) if partial else None


def has_date(text: str, *, relative: bool = True) -> bool:
    """Whether the text states a date of any form that `read_date` knows, believable or not."""
    return states_day(text) or (relative and states_relative(text))
