"""What is concluded does not depend on the order of pages, nor on pages that went."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.archive import Archive
from pipelines.records import Claim, Reading, Rejection, Source
from tests.pipelines.archive.sample_texts import FOREST, HARBOUR, LIBRARY, OTHER, PARK
from tests.readings import HOSTS, NOW, make_reading, rows

Rows = Callable[..., list[tuple[object, ...]]]


CLAIM = (Claim("canonical", "https://park.example/claimed"),)
READINGS = [
    make_reading("https://park.example/1", PARK, page_id=1, minutes=1, day=date(2026, 1, 3), claims=CLAIM),
    make_reading("https://park.example/2", PARK + "(完)", page_id=2, minutes=2, claims=CLAIM),
    make_reading("https://park.example/3", HARBOUR, page_id=3, minutes=3, claims=CLAIM),
    make_reading("https://daily.example/4", PARK, page_id=4, minutes=4, day=date(2026, 1, 1)),
    make_reading("https://copier.example/5", HARBOUR, page_id=5, minutes=5, credited="park"),
    make_reading("https://copier.example/6", OTHER, page_id=6, minutes=6),
    make_reading("https://copier.example/6", PARK, page_id=7, minutes=7),
    Rejection("https://park.example/claimed-not", "park.example", "kind", "list page"),
    make_reading(
        "https://copier.example/8",
        PARK.replace("九万平方米", "十九万平方米"),
        page_id=8,
        minutes=8,
        day=date(2026, 1, 4),
        credited="daily",
    ),
    make_reading("https://daily.example/9", OTHER, page_id=9, minutes=9, day=date(2026, 1, 3)),
    make_reading("https://daily.example/10", LIBRARY, page_id=10, minutes=10, day=date(2026, 1, 5)),
    make_reading(
        "https://copier.example/11", FOREST, page_id=11, minutes=11, day=date(2026, 1, 4), credited="daily"
    ),
    make_reading("https://copier.example/12", FOREST + "\n" + LIBRARY, page_id=12, minutes=12),
]
LATEST = [result for result in READINGS if isinstance(result, Reading) and result.page_id != 6]
CONCLUSIONS = (
    "SELECT title, text, published, source, source_name, url, credited_source, first_seen, copies,"
    " kept_because, first_publisher, first_publisher_status, first_publisher_because,"
    " credited_source_status, disputed FROM articles ORDER BY url",
    "SELECT copies.url, copies.title, copies.fetched_at, round(similarity, 6), kept, articles.url,"
    " credited_publisher, copies.credited_source_status FROM copies"
    " JOIN articles ON articles.id = copies.article_id ORDER BY copies.url",
    "SELECT articles.url, copies.url, claim, value, believed, reason FROM first_publisher_evidence evidence"
    " JOIN articles ON articles.id = evidence.article_id JOIN copies ON copies.id = copy_id ORDER BY 1, 2, 3",
    "SELECT articles.url, copies.url, position, kind, place, kept_value, copy_value, kept.url"
    " FROM differences"
    " JOIN articles ON articles.id = differences.article_id JOIN copies ON copies.id = copy_id"
    " JOIN copies kept ON kept.id = kept_copy_id ORDER BY 1, 2, 3",
    "SELECT articles.url, copies.url, round(secondary_copies.similarity, 6), round(contained, 6)"
    " FROM secondary_copies JOIN articles ON articles.id = secondary_copies.article_id"
    " JOIN copies ON copies.id = copy_id ORDER BY 1, 2",
    "SELECT node_id, cluster_id, other_id FROM secondary_nodes ORDER BY 1, 2",
    "SELECT * FROM touched_days",
    "SELECT url, day, c.source, c.language, credited, provinces, prefectures, regions, parks,"
    " companies, carried, invested"
    " FROM counted c JOIN articles ON articles.id = article_id ORDER BY 1",
    "SELECT * FROM tallies ORDER BY 1, 2",
    "SELECT * FROM uncounted",
    "SELECT text FROM texts ORDER BY text",
    "SELECT url, stage, reason FROM rejections ORDER BY url",
    "SELECT page_url, versions.page_id, versions.fetched_at, text FROM versions"
    " JOIN readings ON readings.id = reading_id JOIN texts ON texts.id = versions.text_id ORDER BY 1, 2",
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(READINGS), cuts=st.sets(st.integers(1, len(READINGS) - 1)))
def test_conclusions_do_not_depend_on_order_or_batches(
    order: list[Reading | Rejection], cuts: set[int]
) -> None:
    assert _conclusions(order, cuts) == _conclusions(READINGS, set())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(gone=st.sets(st.sampled_from([reading.page_id for reading in LATEST])), at_once=st.booleans())
def test_pages_that_go_leave_no_trace_in_what_is_concluded(gone: set[int], at_once: bool) -> None:
    taken_back = [
        Rejection(reading.url, reading.source, "kind", "list page", reading.page_id)
        for reading in LATEST
        if reading.page_id in gone
    ]
    left = [reading for reading in LATEST if reading.page_id not in gone]
    came_and_went = [*LATEST, *taken_back]
    cuts = {len(LATEST)} if at_once else set(range(len(LATEST), len(came_and_went)))
    assert _conclusions(came_and_went, cuts) == _conclusions([*left, *taken_back], set())


def _conclusions(order: list[Reading | Rejection], cuts: set[int]) -> list[list[tuple[object, ...]]]:
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder) / "archive.db") as archive:
        archive.put_sources([Source(host, host.split(".")[0]) for host in HOSTS])
        bounds = [0, *sorted(cuts - {0, len(order)}), len(order)]
        for start, end in itertools.pairwise(bounds):
            archive.ingest(order[start:end], NOW)
        return [rows(archive.path, sql) for sql in CONCLUSIONS]
