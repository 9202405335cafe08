"""How copies stand to each other, as readers find it, while pages come, change and go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from pipelines.archive import Archive
from pipelines.archive.kept_out.blocks import owner_of
from pipelines.archive.write.runs import RunCounts
from pipelines.records import Rejection, Source, SourceRun
from tests.pipelines.archive.sample_texts import FOREST, HARBOUR, LIBRARY, OTHER, PARK
from tests.readings import NOW, make_reading

Rows = Callable[..., list[tuple[object, ...]]]


OWN, COPY, OTHERS = "https://daily.example/1", "https://copier.example/2", "https://park.example/3"
STATUS = "SELECT credited_source_status FROM copies WHERE url = ?"


def drop(archive: Archive, url: str, page_id: int) -> None:
    """The page turns out to hold no news."""
    archive.ingest([Rejection(url, url.split("/")[2], "kind", "list page", page_id)], NOW)


def test_a_differing_figure_is_a_row_until_the_copy_is_mended(archive: Archive, rows: Rows) -> None:
    wrong = PARK.replace("九万平方米", "十九万平方米")
    archive.ingest(
        [
            make_reading(OWN, PARK, page_id=1, day=date(2026, 1, 1)),
            make_reading(COPY, wrong, page_id=2, day=date(2026, 1, 2)),
        ],
        NOW,
    )
    assert rows(
        "SELECT copies.url, kept.url, kind, kept_value, copy_value, disputed FROM differences"
        " JOIN copies ON copies.id = copy_id JOIN copies kept ON kept.id = kept_copy_id"
        " JOIN articles ON articles.id = differences.article_id"
    ) == [(COPY, OWN, "figure", "九万", "十九万", 1)]
    archive.ingest([make_reading(COPY, PARK, page_id=3, minutes=9, day=date(2026, 1, 2))], NOW)
    assert rows("SELECT (SELECT count(*) FROM differences), disputed FROM articles") == [(0, 0)]


def test_the_kept_copy_changes_with_the_copies_there_are(archive: Archive, rows: Rows) -> None:
    kept = "SELECT url, kept_because FROM articles"
    archive.ingest([make_reading(COPY, PARK, page_id=1, day=date(2026, 1, 2), credited="daily")], NOW)
    assert rows(kept) == [(COPY, "the only copy")]
    archive.ingest([make_reading(OWN, PARK, page_id=2, minutes=5, day=date(2026, 1, 3))], NOW)
    assert rows(kept) == [(OWN, "credited by 1 other publisher")]
    drop(archive, OWN, 2)
    assert rows(kept) == [(COPY, "the only copy")]


def test_a_date_before_its_own_feed_is_not_believed(archive: Archive, rows: Rows) -> None:
    forged = make_reading(
        COPY, PARK, page_id=1, day=date(2025, 6, 1), announced_at=datetime(2026, 1, 4, 9, tzinfo=UTC)
    )
    archive.ingest([forged, make_reading(OWN, PARK, page_id=2, minutes=5, day=date(2026, 1, 3))], NOW)
    assert rows("SELECT url, first_publisher, first_publisher_status FROM articles") == [
        (OWN, "daily", "likely")
    ]
    assert rows(
        "SELECT claim, value, believed, reason FROM first_publisher_evidence"
        " JOIN copies ON copies.id = copy_id WHERE url = ? ORDER BY claim",
        COPY,
    ) == [
        ("feed", "2026-01-04T09:00:00Z", 1, ""),
        ("published", "2025-06-01", 0, "its feed says 2026-01-04"),
        ("seen", "2026-01-05T08:00:00Z", 0, "in the back-catalogue"),
    ]


def test_a_page_that_comes_after_the_first_run_cannot_be_older_than_it(archive: Archive, rows: Rows) -> None:
    run = archive.start_run("2026-01-05T07:00:00Z", "0")
    archive.ingest([make_reading("https://copier.example/old", OTHER, page_id=1, minutes=1)], NOW)
    ran = [SourceRun("copier.example", 1, 1, 0, 0, 0, down=False)]
    archive.finish_run(run, "done", RunCounts(), "2026-01-05T08:30:00Z", ran)
    archive.ingest(
        [
            make_reading(COPY, PARK, page_id=2, minutes=90, day=date(2025, 6, 1)),
            make_reading(OWN, PARK, page_id=3, minutes=95, day=date(2026, 1, 3)),
        ],
        NOW,
    )
    assert rows("SELECT url FROM articles WHERE copies = 2") == [(OWN,)]
    assert rows("SELECT reason FROM first_publisher_evidence WHERE NOT believed AND claim = 'published'") == [
        ("it was not there on 2026-01-05",)
    ]


def test_a_page_that_comes_between_two_runs_cannot_be_older_than_the_first_of_them(
    archive: Archive, rows: Rows
) -> None:
    """A source watched for long can claim no day in that time, unless runs left too much of it for later."""
    for begun, ended, waiting in (("02T07", "02T08", 0), ("04T07", "04T08", 0), ("05T05", "05T06", 900)):
        run = archive.start_run(f"2026-01-{begun}:00:00Z", "0")
        ran = [SourceRun("copier.example", 1, 1, 0, 0, 0, down=False, left=waiting)]
        archive.finish_run(run, "done", RunCounts(), f"2026-01-{ended}:30:00Z", ran)
    days = {"1": date(2026, 1, 2), "2": date(2026, 1, 3), "3": date(2026, 1, 4)}
    texts = (PARK, HARBOUR, OTHER)
    archive.ingest(
        [
            make_reading(f"https://copier.example/{n}", text, page_id=int(n), minutes=1, day=days[n])
            for n, text in zip(days, texts, strict=True)
        ],
        NOW,
    )
    found = (
        "SELECT value, believed, reason FROM first_publisher_evidence WHERE claim = 'published' ORDER BY 1"
    )
    assert rows(found) == [
        ("2026-01-02", 0, "it was not there on 2026-01-04"),
        ("2026-01-03", 1, ""),
        ("2026-01-04", 1, ""),
    ]


def test_a_run_that_goes_on_with_a_killed_one_began_with_it(archive: Archive, rows: Rows) -> None:
    archive.start_run("2026-01-02T05:00:00Z", "0")
    run = archive.start_run("2026-01-04T05:00:00Z", "0")
    ran = [SourceRun("copier.example", 1, 1, 0, 0, 0, down=False)]
    archive.finish_run(run, "done", RunCounts(), "2026-01-04T06:00:00Z", ran)
    archive.ingest([make_reading(COPY, PARK, day=date(2026, 1, 2))], NOW)
    assert rows("SELECT believed FROM first_publisher_evidence WHERE claim = 'published'") == [(1,)]


def test_what_the_credited_source_carries_around_that_day_decides(archive: Archive, rows: Rows) -> None:
    archive.ingest([make_reading(COPY, PARK, page_id=1, day=date(2026, 1, 3), credited="daily")], NOW)
    assert rows(STATUS, COPY) == [("unconfirmed",)]
    archive.ingest(
        [make_reading("https://daily.example/7", OTHER, page_id=2, minutes=2, day=date(2026, 1, 2))], NOW
    )
    assert rows(STATUS, COPY) == [("unconfirmed",)]
    archive.ingest(
        [make_reading("https://daily.example/8", HARBOUR, page_id=3, minutes=3, day=date(2026, 1, 5))], NOW
    )
    assert rows(STATUS, COPY) == [("contradicted",)]
    assert rows(
        "SELECT credited_source_status, first_publisher_status FROM articles WHERE url = ?", COPY
    ) == [("contradicted", "disputed")]
    archive.ingest([make_reading(OWN, PARK, page_id=4, minutes=4, day=date(2026, 1, 3))], NOW)
    assert rows(STATUS, COPY) == [("confirmed",)]
    drop(archive, OWN, 4)
    assert rows(STATUS, COPY) == [("contradicted",)]
    drop(archive, "https://daily.example/8", 3)
    assert rows(STATUS, COPY) == [("unconfirmed",)]


def test_a_publisher_is_the_same_in_traditional_characters(archive: Archive, rows: Rows) -> None:
    archive.put_sources([Source("daily.example", "雲瀾日報")])
    archive.ingest(
        [
            make_reading(OWN, PARK, page_id=1, day=date(2026, 1, 1)),
            make_reading(COPY, PARK, page_id=2, day=date(2026, 1, 2), credited="云澜日报社"),
        ],
        NOW,
    )
    query = (
        "SELECT first_publisher, copies.credited_source_status FROM copies"
        " JOIN articles ON articles.id = article_id WHERE copies.url = ?"
    )
    assert rows(query, COPY) == [("雲瀾日報", "confirmed")]


def test_a_page_of_two_articles_is_a_copy_of_one_and_attached_to_the_other(
    archive: Archive, rows: Rows
) -> None:
    both = "https://copier.example/both"
    archive.ingest(
        [
            make_reading(OWN, FOREST, page_id=1),
            make_reading(OTHERS, LIBRARY, page_id=2, minutes=1),
            make_reading(both, FOREST + "\n" + LIBRARY, page_id=3, minutes=2),
        ],
        NOW,
    )
    primary = rows(
        "SELECT articles.url FROM copies JOIN articles ON articles.id = article_id WHERE copies.url = ?", both
    )
    secondary = rows(
        "SELECT articles.url, contained FROM secondary_copies held"
        " JOIN articles ON articles.id = held.article_id JOIN copies ON copies.id = copy_id"
        " WHERE copies.url = ?",
        both,
    )
    assert sorted([*primary, *((url,) for url, _ in secondary)]) == [(OWN,), (OTHERS,)]
    assert [round(float(str(contained)), 2) for _, contained in secondary] == [1.0]
    assert sorted(rows("SELECT copies FROM articles")) == [(1,), (2,)]
    archive.ingest([make_reading(both, FOREST, page_id=4, minutes=9)], NOW)
    assert rows("SELECT (SELECT count(*) FROM secondary_copies), (SELECT count(*) FROM secondary_nodes)") == [
        (0, 0)
    ]


def test_nothing_of_a_copy_that_goes_is_left(archive: Archive, rows: Rows) -> None:
    wrong = PARK.replace("九万平方米", "十九万平方米") + "\n" + LIBRARY
    archive.ingest(
        [
            make_reading(OWN, PARK, page_id=1, day=date(2026, 1, 1)),
            make_reading(OTHERS, LIBRARY, page_id=2, minutes=1),
            make_reading(COPY, wrong, page_id=3, minutes=2, day=date(2026, 1, 2), credited="daily"),
        ],
        NOW,
    )
    tables = (
        "differences",
        "first_publisher_evidence",
        "secondary_copies",
        "secondary_nodes",
        "touched_days",
    )
    assert all(rows(f"SELECT 1 FROM {table}") for table in tables[:4])
    for url, page_id in ((COPY, 3), (OTHERS, 2), (OWN, 1)):
        drop(archive, url, page_id)
    assert [rows(f"SELECT * FROM {table}") for table in tables] == [[]] * len(tables)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_can_be_set_and_judged(
    archive: Archive, rows: Rows, day: str
) -> None:
    archive.ingest([make_reading(COPY, PARK, page_id=1, day=date(2026, 1, 3), credited="daily")], NOW)
    archive.correct(COPY, "published", day, "a joke", NOW)
    assert rows(STATUS, COPY) == [("unconfirmed",)]
    archive.ingest([make_reading(OWN, HARBOUR, page_id=2, day=date.fromisoformat(day))], NOW)
    assert rows("SELECT count(*) FROM articles") == [(2,)]


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("127.0.0.1:8801", "127.0.0.1:8801"),
        ("[::1]:8801", "[::1]:8801"),
        ("localhost:8801", "localhost:8801"),
        ("10.0.0.1", "10.0.0.1"),
        ("www.park.gov.cn:8080", "park.gov.cn"),
        ("a.park.localhost:8801", "park.localhost"),
    ],
)
def test_an_owner_is_a_domain_or_on_an_address_a_port(host: str, owner: str) -> None:
    assert owner_of(host) == owner


FIGURES = "".join(
    f"{place}完成产值{n}亿元，新增岗位{n * 7}个。"
    for n, place in enumerate(
        "东岭 西塘 南浦 北渚 云台 石桥 柳湾 梅坞 松江口 竹溪头 桂林坊 荷塘 菊园 兰亭 杏花里 桃源".split(),
        start=21,
    )
)
CORRECTED = (
    FIGURES.replace("21亿", "11亿").replace("147个", "77个").replace("22亿", "12亿").replace("154个", "84个")
)
CORRECTED = (
    CORRECTED.replace("23亿", "13亿")
    .replace("161个", "91个")
    .replace("24亿", "14亿")
    .replace("168个", "98个")
)
REPRINTS = [f"https://{name}.example/{page}" for name in ("copier", "park") for page in "rs"]


def _figures_are_printed(archive: Archive) -> None:
    own = make_reading(OWN, FIGURES, page_id=1, title="前三季度数据公布", day=date(2026, 1, 2))
    reprints = [
        make_reading(
            url,
            FIGURES,
            page_id=n,
            minutes=n,
            title="前三季度数据公布",
            day=date(2026, 1, 3),
            credited="daily",
        )
        for n, url in enumerate(REPRINTS, start=2)
    ]
    archive.ingest([own, *reprints], NOW)


def test_a_page_that_corrects_its_figures_stays_the_article_and_its_reprinters_stay_confirmed(
    archive: Archive, rows: Rows
) -> None:
    _figures_are_printed(archive)
    fixed = make_reading(
        OWN, CORRECTED, page_id=9, minutes=90, title="前三季度数据公布", day=date(2026, 1, 2)
    )
    counts = archive.ingest([fixed], NOW).counts
    assert rows("SELECT id, url, copies, disputed FROM articles") == [(1, OWN, 5, 1)]
    assert set(rows("SELECT credited_source_status FROM copies WHERE url <> ?", OWN)) == {("confirmed",)}
    assert (counts.articles_new, counts.copies_joined) == (0, 0)


def test_a_reprint_that_comes_after_the_correction_joins_what_the_page_said_before(
    archive: Archive, rows: Rows
) -> None:
    archive.ingest(
        [make_reading(OWN, FIGURES, page_id=1, title="前三季度数据公布", day=date(2026, 1, 2))], NOW
    )
    fixed = make_reading(
        OWN, CORRECTED, page_id=9, minutes=90, title="前三季度数据公布", day=date(2026, 1, 2)
    )
    archive.ingest([fixed], NOW)
    late = make_reading(
        COPY,
        FIGURES + "（完）",
        page_id=10,
        minutes=99,
        title="前三季度数据公布",
        day=date(2026, 1, 3),
        credited="daily",
    )
    archive.ingest([late], NOW)
    assert rows("SELECT url, copies FROM articles") == [(OWN, 2)]
    assert rows(STATUS, COPY) == [("confirmed",)]


def test_a_page_that_is_renewed_for_another_day_takes_nothing_of_yesterday_with_it(
    archive: Archive, rows: Rows
) -> None:
    _figures_are_printed(archive)
    tomorrow = "".join(chr(ord(c) - 1) if c.isdigit() and c > "1" else c for c in FIGURES)
    archive.ingest(
        [make_reading(OWN, tomorrow, page_id=9, minutes=90, title="前三季度数据公布", day=date(2026, 1, 2))],
        NOW,
    )
    assert sorted(rows("SELECT copies FROM articles")) == [(1,), (4,)]
