"""A text file for node_exporter's textfile collector: how each source stands, as numbers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from crawler.runs.status import Standing

log = logging.getLogger(__name__)


def write_metrics(path: Path, found: Sequence[Standing], beat_at: datetime | None) -> None:
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
    for standing in found:
        if standing.last_success_at:
            success.labels(standing.host).set(standing.last_success_at.timestamp())
        articles.labels(standing.host).set(standing.held.articles)
        if standing.runs:
            new.labels(standing.host).set(standing.runs[0].new)
            failed.labels(standing.host).set(standing.runs[0].failed)
        for found_trouble in standing.troubles:
            trouble.labels(standing.host, found_trouble.kind).set(int(standing.state == "wrong"))
    if beat_at is not None:
        gauge("heartbeat_timestamp_seconds", "End of the last run from a timer").set(beat_at.timestamp())
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        log.warning("PARKNEWS_METRICS: %s cannot be written (%s)", path, error.strerror or error)
