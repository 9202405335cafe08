"""Whom we may ask, and how: addresses, certificates, robots.txt, pace, removals.

`run_of` says whose permissions hold for the requests of a crawler: its spider's, as a crawl's spider is its
own run. `scrapy shell` and `scrapy fetch` have a spider that knows nothing of us, or none yet when the
middlewares are made: `crawler.fetch.looking` stands in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_STANDING_IN: WeakKeyDictionary[Crawler, Any] = WeakKeyDictionary()


def run_of(crawler: Crawler) -> Any:
    """Middlewares ask: `sources`, `options`, `throttle`, `store`, `is_blocked`, `asked`, `agent_name`."""
    return _STANDING_IN.get(crawler, crawler.spider)


def stand_in(crawler: Crawler, run: object) -> None:
    """From now on `run` answers for the crawler."""
    _STANDING_IN[crawler] = run
