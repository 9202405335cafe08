"""What the writer concludes from what pages say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipelines.archive import Archive, read_only
from pipelines.archive.kept_out.key import made_key
from pipelines.archive.read.articles import article_of_url, variants
from pipelines.query import match_expression
from pipelines.records import Claim, Rejection
from tests.pipelines.archive.sample_texts import HARBOUR, OTHER, PARK
from tests.readings import NOW, make_reading

Rows = Callable[..., list[tuple[object, ...]]]


def test_the_same_text_on_two_hosts_is_one_article_with_two_copies(archive: Archive, rows: Rows) -> None:
    archive.ingest(
        [
            make_reading("https://park.example/a.html", PARK, page_id=1, day=date(2026, 1, 2)),
            make_reading("https://copier.example/b.html", PARK + "\n", page_id=2, day=date(2026, 1, 3)),
        ],
        NOW,
    )
    assert rows("SELECT url, copies, published_day FROM articles") == [
        ("https://park.example/a.html", 2, "2026-01-02")
    ]
    assert rows("SELECT url, kept, similarity FROM copies ORDER BY url") == [
        ("https://copier.example/b.html", 0, 1.0),
        ("https://park.example/a.html", 1, 1.0),
    ]


def test_different_texts_stay_apart(archive: Archive, rows: Rows) -> None:
    archive.ingest(
        [
            make_reading(f"https://park.example/{n}", text, page_id=n)
            for n, text in enumerate((PARK, HARBOUR, OTHER))
        ],
        NOW,
    )
    assert rows("SELECT count(*), max(copies) FROM articles") == [(3, 1)]


def test_writing_a_batch_twice_changes_nothing(archive: Archive) -> None:
    batch = [
        make_reading("https://park.example/a.html", PARK, page_id=1),
        make_reading("https://copier.example/b.html", PARK, page_id=2),
        Rejection("https://park.example/list", "park.example", "kind", "list page"),
    ]
    archive.ingest(batch, NOW)
    before = _dump(archive.path)
    again = archive.ingest(batch, NOW)
    assert (_dump(archive.path), again.counts.articles_new, again.counts.copies_joined) == (before, 0, 0)


def test_a_print_variant_is_the_same_copy(archive: Archive, rows: Rows) -> None:
    claim = (Claim("canonical", "https://park.example/a.html"),)
    archive.ingest(
        [
            make_reading("https://park.example/a.html", PARK, page_id=1),
            make_reading("https://park.example/a-print.html", PARK, page_id=2, claims=claim),
        ],
        NOW,
    )
    assert rows("SELECT url FROM copies") == [("https://park.example/a.html",)]


def test_what_claims_an_address_that_was_never_fetched_is_one_copy_at_its_own(
    archive: Archive, rows: Rows
) -> None:
    claim = (Claim("canonical", "https://park.example/a.html"),)
    variants = [
        make_reading(f"https://park.example/a-{name}.html", PARK, page_id=n, claims=claim)
        for n, name in enumerate(("print", "phone"), 1)
    ]
    archive.ingest(variants, NOW)
    assert rows("SELECT url FROM copies") == [("https://park.example/a-phone.html",)]
    archive.ingest([make_reading("https://park.example/a.html", PARK, page_id=3)], NOW)
    assert rows("SELECT id, url FROM copies") == [(1, "https://park.example/a.html")]


@pytest.mark.parametrize(
    ("paths", "kept"),
    [
        (["12/", "12"], "12"),
        (["a.html?from=home", "a.html", "a.html?from=list"], "a.html"),
        (["a.html?ref=2", "a.html?ref=1"], "a.html?ref=1"),
        (["News/A.html", "news/a.html"], "news/a.html"),
    ],
)
def test_addresses_that_differ_in_spelling_only_are_one_copy_where_the_text_is_one(
    archive: Archive, rows: Rows, paths: list[str], kept: str
) -> None:
    host = "https://park.example/"
    archive.ingest([make_reading(host + path, PARK, page_id=n) for n, path in enumerate(paths, 1)], NOW)
    assert rows("SELECT url FROM copies") == [(host + kept,)]


def test_a_parameter_that_chooses_the_text_makes_a_page_each(archive: Archive, rows: Rows) -> None:
    texts = enumerate((PARK, HARBOUR, OTHER), 1)
    archive.ingest(
        [make_reading(f"https://park.example/show.asp?ref={n}", text, page_id=n) for n, text in texts], NOW
    )
    assert rows("SELECT count(*), count(DISTINCT article_id) FROM copies") == [(3, 3)]


def test_an_address_that_leads_on_to_a_page_is_one_of_its_copys(archive: Archive) -> None:
    old, new = "https://park.example/old/1", "https://park.example/a.html"
    archive.ingest([make_reading(new, PARK, claims=(Claim("redirect", old),))], NOW)
    with closing(read_only(archive.path)) as connection:
        found = article_of_url(connection, old), variants(connection, new, "park.example")
    assert found == (1, [old])


def test_a_canonical_link_that_different_texts_claim_counts_for_none(archive: Archive, rows: Rows) -> None:
    claim = (Claim("canonical", "https://park.example/news"),)
    archive.ingest([make_reading("https://park.example/1", PARK, page_id=1, claims=claim)], NOW)
    archive.ingest([make_reading("https://park.example/2", HARBOUR, page_id=2, claims=claim)], NOW)
    assert rows("SELECT url FROM copies ORDER BY url") == [
        ("https://park.example/1",),
        ("https://park.example/2",),
    ]


def test_a_canonical_link_to_what_is_no_article_counts_for_nothing(archive: Archive, rows: Rows) -> None:
    target = "https://park.example/channel"
    claims = (Claim("canonical", target),)
    archive.ingest([make_reading("https://park.example/1", PARK, page_id=1, claims=claims)], NOW)
    archive.ingest([Rejection(target, "park.example", "kind", "list page")], NOW)
    assert rows("SELECT url FROM copies") == [("https://park.example/1",)]


def test_forwards_lead_to_where_an_article_is_now(archive: Archive, rows: Rows) -> None:
    archive.ingest([make_reading("https://park.example/a", PARK, page_id=1)], NOW)
    archive.ingest([make_reading("https://daily.example/b", HARBOUR, page_id=2, minutes=5)], NOW)
    archive.ingest([make_reading("https://copier.example/c", OTHER, page_id=3, minutes=6)], NOW)
    archive.ingest([make_reading("https://copier.example/c", HARBOUR, page_id=4, minutes=7)], NOW)
    archive.ingest([make_reading("https://daily.example/b", PARK, page_id=5, minutes=8)], NOW)
    archive.ingest([make_reading("https://copier.example/c", PARK, page_id=6, minutes=9)], NOW)
    gone = {old for (old,) in rows("SELECT old_id FROM forwards")}
    assert gone == {2, 3}
    assert {new for (new,) in rows("SELECT new_id FROM forwards")} == {1}


@pytest.mark.parametrize("target", ["https://daily.example/original.html", "https://park.example/"])
def test_a_claim_on_another_host_or_the_front_page_is_kept_and_not_obeyed(
    archive: Archive, rows: Rows, target: str
) -> None:
    claims = (Claim("canonical", target),)
    archive.ingest([make_reading("https://park.example/1", PARK, claims=claims)], NOW)
    assert rows("SELECT copies.url, claims.url FROM copies JOIN claims USING (reading_id)") == [
        ("https://park.example/1", target)
    ]


def test_a_changed_text_updates_its_copy_and_the_old_is_a_version(archive: Archive, rows: Rows) -> None:
    url = "https://park.example/a.html"
    archive.ingest([make_reading(url, PARK, page_id=1)], NOW)
    result = archive.ingest([make_reading(url, HARBOUR, page_id=2, minutes=60)], NOW)
    assert (result.counts.articles_new, result.counts.articles_updated) == (0, 1)
    assert rows("SELECT id, text FROM articles") == [(1, HARBOUR)]
    assert rows("SELECT fetched_at, text FROM versions JOIN texts ON texts.id = text_id ORDER BY 1") == [
        ("2026-01-05T08:00:00Z", PARK),
        ("2026-01-05T09:00:00Z", HARBOUR),
    ]
    assert rows("SELECT count(*) FROM nodes") == [(1,)]
    assert _found(rows, "标准厂房") == []
    assert _found(rows, "冷链") == [1]


def test_a_page_fetched_while_the_clock_stood_ahead_is_replaced_by_what_is_fetched_now(
    archive: Archive, rows: Rows
) -> None:
    url, year_min = "https://park.example/a.html", 100 * 365 * 24 * 60
    archive.ingest([make_reading(url, PARK, page_id=1, minutes=year_min)], NOW)
    archive.ingest([make_reading(url, HARBOUR, page_id=2)], NOW)
    assert rows("SELECT text FROM articles") == [(HARBOUR,)]


def test_an_older_page_never_replaces_a_newer_one(archive: Archive, rows: Rows) -> None:
    url = "https://park.example/a.html"
    archive.ingest([make_reading(url, HARBOUR, page_id=2, minutes=60)], NOW)
    archive.ingest([make_reading(url, PARK, page_id=1)], NOW)
    assert rows("SELECT text FROM articles") == [(HARBOUR,)]


def test_the_same_page_read_better_replaces_the_reading(archive: Archive, rows: Rows) -> None:
    url = "https://park.example/a.html"
    archive.ingest([make_reading(url, PARK + "\n扫码关注我们", page_id=1, title="旧")], NOW)
    archive.ingest([make_reading(url, PARK, page_id=1, title="新")], NOW)
    assert rows("SELECT title, text FROM articles") == [("新", PARK)]


def test_an_article_that_is_joined_leaves_a_forward(archive: Archive, rows: Rows) -> None:
    archive.ingest([make_reading("https://park.example/a", PARK, page_id=1)], NOW)
    archive.ingest([make_reading("https://daily.example/b", HARBOUR, page_id=2, minutes=5)], NOW)
    archive.ingest([make_reading("https://daily.example/b", PARK, page_id=3, minutes=9)], NOW)
    assert rows("SELECT id, copies FROM articles") == [(1, 2)]
    assert rows("SELECT old_id, new_id FROM forwards") == [(2, 1)]
    assert _found(rows, "冷链") == []


def test_the_copy_that_others_credit_is_kept(archive: Archive, rows: Rows) -> None:
    archive.ingest(
        [
            make_reading("https://copier.example/1", PARK, page_id=1, day=date(2026, 1, 1), credited="daily"),
            make_reading("https://park.example/2", PARK, page_id=2, day=date(2026, 1, 2), credited="daily"),
            make_reading("https://daily.example/3", PARK, page_id=3, day=date(2026, 1, 3)),
        ],
        NOW,
    )
    assert rows("SELECT url FROM copies WHERE kept") == [("https://daily.example/3",)]


def test_a_rejected_page_that_becomes_a_copy_is_no_rejection_any_more(archive: Archive, rows: Rows) -> None:
    url = "https://park.example/a"
    archive.ingest([Rejection(url, "park.example", "fetch", "answered 503")], NOW)
    archive.ingest([make_reading(url, PARK)], NOW)
    assert rows("SELECT count(*) FROM rejections") == [(0,)]


def test_a_blocked_address_is_not_stored(archive: Archive, rows: Rows) -> None:
    with sqlite3.connect(archive.path) as connection:
        connection.execute(
            "INSERT INTO removals (id, scope, requester, reason, at, plan_hash, state)"
            " VALUES (1, 'x', 'x', 'x', 'x', 'x', 'verified')"
        )
        digest = made_key(archive.path).block("prefix", "https://park.example/secret/")
        connection.execute("INSERT INTO blocks VALUES ('prefix', ?, 1)", (digest,))
    archive.ingest(
        [
            make_reading("https://park.example/secret/a", PARK, page_id=1),
            make_reading("https://park.example/open/b", HARBOUR, page_id=2),
        ],
        NOW,
    )
    assert rows("SELECT page_url FROM readings") == [("https://park.example/open/b",)]


def test_a_batch_that_fails_leaves_nothing(archive: Archive, rows: Rows) -> None:
    unknown_host = make_reading("https://unknown.example/b", HARBOUR, page_id=2)
    with pytest.raises(sqlite3.IntegrityError):
        archive.ingest([make_reading("https://park.example/a", PARK, page_id=1), unknown_host], NOW)
    assert rows("SELECT (SELECT count(*) FROM readings), (SELECT count(*) FROM copies)") == [(0, 0)]


def _found(rows: Rows, query: str) -> list[object]:
    sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rowid"
    return [row[0] for row in rows(sql, match_expression(query))]


def _dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())
