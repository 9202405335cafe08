"""What a removal leaves, as readers see it and as a stranger with the files finds it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pipelines.errors import RefusedError
from pipelines.forget.planning import MENTIONS
from pipelines.forget.record import waiting
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import go_on, preview, remove, restore_hidden, verify
from tests.commands import Run
from tests.pipelines.forget import stranger
from tests.pipelines.forget.worlds import (
    COPIER,
    DAILY,
    LETTER,
    NAMES,
    PARK,
    WHOLE_PARK,
    MakeWorld,
    Told,
    World,
    page_of,
    small_pages,
)
from tests.readings import rows


def words_of(pages: list[Told]) -> list[str]:
    """All that could be recognised: lines of the texts, titles, addresses."""
    lines = [line for page in pages for line in page.text.split("\n")]
    return [*lines, *(page.title for page in pages), *(page.url for page in pages)]


def unique_words(world: World, host: str) -> list[str]:
    """What only this source says; the mention of one article elsewhere is left out."""
    others = {w for page in world.pages if page.host != host for w in words_of([page])}
    mentioned = " ".join(page.teasers for page in world.pages if page.host != host)
    return [w for w in words_of(world.of(host)) if w not in others and w not in mentioned]


def test_a_stranger_finds_everything_before_and_nothing_after(world: World) -> None:
    words = unique_words(world, PARK)
    before = stranger.search(world.path.parent, words)
    assert before["archive.db"] == set(words)
    assert before["archive-pages.db"] >= {page.url for page in world.of(PARK) if page.url in words}
    outcome = remove(world.path, WHOLE_PARK, LETTER)
    assert (outcome.trouble, outcome.removal.state, outcome.removal.verified) == ("", "verified", True)
    assert stranger.search(world.path.parent, words) == {}
    assert [
        w for w in words for _, body in stranger.live_bodies(world.store_path) if w.encode() in body
    ] == []
    assert stranger.index_finds(world.path, words) == []


def test_no_row_of_the_source_is_left_in_either_file(world: World) -> None:
    remove(world.path, WHOLE_PARK, LETTER)
    for table in ("readings", "copies", "articles", "rejections"):
        assert rows(world.path, f"SELECT count(*) FROM {table} WHERE source = ?", PARK) == [(0,)]
    for table in ("urls", "pages", "rejected", "crawls"):
        assert rows(world.store_path, f"SELECT count(*) FROM {table} WHERE source = ?", PARK) == [(0,)]
    assert rows(world.path, "SELECT status FROM sources WHERE host = ?", PARK) == [("removed",)]
    assert rows(world.path, "SELECT count(*) FROM texts WHERE id NOT IN (SELECT text_id FROM readings)") == [
        (0,)
    ]
    assert rows(
        world.path, "SELECT count(*) FROM nodes WHERE node_id NOT IN (SELECT node_id FROM texts)"
    ) == [(0,)]


def test_the_preview_counts_what_the_deed_deletes(world: World) -> None:
    plan = preview(world.path, WHOLE_PARK)
    done = remove(world.path, WHOLE_PARK, LETTER, expected=plan.hash).removal.counts
    planned = {name: number for name, number in plan.counts.items() if name in done}
    assert planned == {name: done[name] for name in planned}
    assert {"articles", "copies", "texts", "raw pages", "frontier addresses", "signatures"} <= planned.keys()


def test_survivors_show_a_surviving_sources_own_text(world: World) -> None:
    [(shared,)] = rows(world.path, "SELECT article_id FROM copies WHERE url = ?", world.of(PARK)[0].url)
    survivor = next(page for page in world.of(COPIER) if page.credited)
    planned = {s.article_id: s.url for s in preview(world.path, WHOLE_PARK).survivors}
    remove(world.path, WHOLE_PARK, LETTER)
    found = rows(world.path, "SELECT url, source, text, copies FROM articles WHERE id = ?", shared)
    assert found == [(survivor.url, COPIER, survivor.text, 1)]
    assert planned[shared] == survivor.url


def test_the_archive_is_as_if_the_source_had_never_been_read(make_world: MakeWorld) -> None:
    pages = small_pages()
    whole = make_world(pages)
    without = make_world([page for page in pages if page.host != PARK], name="other.db")
    remove(whole.path, WHOLE_PARK, LETTER)
    says = "SELECT url, source, title, text, published_day, copies FROM articles ORDER BY url"
    assert rows(whole.path, says) == rows(without.path, says)
    evidence = "SELECT node_a, node_b, verdict, similarity FROM pairs ORDER BY 1, 2"
    assert rows(whole.path, evidence) == rows(without.path, evidence)
    nodes = "SELECT node_id, cluster_id FROM nodes ORDER BY 1"
    assert rows(whole.path, nodes) == rows(without.path, nodes)


def test_numbers_of_removed_articles_are_not_used_again(world: World) -> None:
    gone = preview(world.path, WHOLE_PARK).articles_gone
    remove(world.path, WHOLE_PARK, LETTER)
    assert {row[0] for row in rows(world.path, "SELECT article_id FROM removed_articles")} == set(gone)
    [(highest,)] = rows(world.path, "SELECT seq FROM sqlite_sequence WHERE name = 'articles'")
    assert highest >= max(gone)


def test_one_page_goes_by_its_address_and_its_address_stays_nowhere(world: World) -> None:
    page = world.of(PARK)[2]
    outcome = remove(world.path, make_scope(urls=[page.url]), LETTER)
    assert outcome.trouble == ""
    assert rows(world.path, "SELECT count(*) FROM copies WHERE source = ?", PARK) == [(6,)]
    found = stranger.search(world.path.parent, [*page.text.split("\n"), page.url])
    assert found == {"archive-pages.db": {page.url}}  # in the list pages and the teaser of others
    assert (outcome.removal.verification["full"], outcome.removal.verification["mentions"]) == (False, {})
    in_full = verify(world.path, outcome.removal.id, full=True, text=f"{page.title}\n{page.url}")
    assert in_full.trouble == ""
    assert set(in_full.removal.verification["mentions"]) >= {PARK, COPIER}


def test_a_text_that_is_given_is_searched_for(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A sentence too short for an anchor, in a file that somebody made since."""
    page = world.of(PARK)[2]
    outcome = remove(world.path, WHOLE_PARK, LETTER)
    sentence = page.text.split("\n")[0][:14]
    world.path.with_name("late.csv").write_text(f"1,{sentence}\n", "utf-8")
    assert verify(world.path, outcome.removal.id).trouble == ""
    assert "late.csv holds" in verify(world.path, outcome.removal.id, text=sentence).trouble


def test_mentions_go_too_when_asked(world: World) -> None:
    page = world.of(PARK)[2]
    order, scope = replace(LETTER, mentions=True), make_scope(urls=[page.url])
    planned = preview(world.path, scope, mentions=True).counts[MENTIONS]
    found = remove(world.path, scope, order).removal.verification
    assert found["mentions"] == {}
    assert found["mentions_deleted"] == planned > 1
    assert MENTIONS not in preview(world.path, make_scope(hosts=[PARK])).counts
    assert stranger.search(world.path.parent, [page.url, page.title]) == {}


def test_a_prefix_takes_what_lies_below_it(world: World) -> None:
    remove(world.path, make_scope(prefixes=[f"https://{DAILY}/a/"]), LETTER)
    assert [u for (u,) in rows(world.path, "SELECT url FROM copies WHERE source = ?", DAILY)] == [
        f"https://{DAILY}/b/2.html"
    ]


def test_subdomains_go_by_the_registrable_domain(make_world: MakeWorld, monkeypatch) -> None:
    monkeypatch.setitem(NAMES, "m.park-news.cn", "手机版")
    pages = [*small_pages(), page_of("m.park-news.cn", 400, date(2026, 2, 2))]
    world = make_world(pages)
    remove(world.path, make_scope(hosts=[PARK], domains=["park-news.cn"]), LETTER)
    assert rows(world.path, "SELECT DISTINCT source FROM copies ORDER BY 1") == [(COPIER,), (DAILY,)]


def test_days_and_exceptions_narrow_a_scope_and_its_blocks(world: World) -> None:
    own = world.of(PARK)
    scope = make_scope(hosts=[PARK], since="2026-02-02", until="2026-02-04", exceptions=[own[2].url])
    assert [page.page_url for page in preview(world.path, scope).pages] == [own[1].url, own[3].url]
    remove(world.path, scope, LETTER)
    assert {row[0] for row in rows(world.path, "SELECT kind FROM blocks")} == {"url", "on"}


def test_copies_of_its_articles_go_with_them_but_never_an_original(world: World) -> None:
    plan = preview(world.path, make_scope(hosts=[PARK], with_copies=True))
    others = [page.page_url for page in plan.pages if not page.own]
    assert others == sorted([f"https://{COPIER}/news/2026/1.html", f"https://{DAILY}/b/2.html"])
    original = f"https://{DAILY}/a/11.html"
    assert original not in {page.page_url for page in plan.pages}


def test_a_copier_with_a_forged_date_does_not_take_its_victim(make_world: MakeWorld) -> None:
    victim = page_of(DAILY, 1, date(2026, 2, 5))
    forged = replace(victim, host=COPIER, day=date(2026, 2, 1))
    witness = replace(victim, host=PARK, day=date(2026, 2, 6), credited=NAMES[DAILY])
    world = make_world([victim, forged, witness])
    plan = preview(world.path, make_scope(hosts=[COPIER], with_copies=True))
    assert [page.source for page in plan.pages] == [COPIER]
    assert {left.url for left in plan.left_out} <= {victim.url, witness.url}
    named = preview(world.path, make_scope(hosts=[COPIER], with_copies=True, named=[victim.url]))
    assert {page.source for page in named.pages} <= {COPIER, DAILY}


def test_what_credits_a_publisher_goes_wherever_it_is_and_stays_out(world: World) -> None:
    scope = make_scope(credited=[NAMES[PARK]])
    plan = preview(world.path, scope)
    assert {page.source for page in plan.pages} | {left.url.split("/")[2] for left in plan.left_out} == {
        COPIER,
        DAILY,
    }
    assert plan.reaches_others


def test_what_is_hidden_comes_back_under_its_numbers(world: World) -> None:
    says = "SELECT id, url, text, copies FROM articles ORDER BY id"
    copies = "SELECT id, article_id, url, kept FROM copies ORDER BY id"
    before = rows(world.path, says), rows(world.path, copies)
    outcome = remove(world.path, WHOLE_PARK, replace(LETTER, hide_only=True))
    assert (outcome.removal.state, outcome.trouble) == ("hidden", "")
    assert rows(world.path, "SELECT count(*) FROM copies WHERE source = ?", PARK) == [(0,)]
    assert stranger.index_finds(world.path, unique_words(world, PARK)) == []
    restore_hidden(world.path, outcome.removal.id, "counter-notice")
    assert (rows(world.path, says), rows(world.path, copies)) == before
    assert rows(world.path, "SELECT count(*) FROM blocks") == [(0,)]
    assert rows(world.path, "SELECT status FROM sources WHERE host = ?", PARK) == [("active",)]


def test_what_is_hidden_is_deleted_by_the_same_command_without_hide_only(world: World) -> None:
    first = remove(world.path, WHOLE_PARK, replace(LETTER, hide_only=True))
    second = remove(world.path, WHOLE_PARK, LETTER)
    assert (second.removal.id, second.removal.state) == (first.removal.id, "verified")
    with pytest.raises(RefusedError, match="cannot be undone"):
        restore_hidden(world.path, first.removal.id, "too late")


def test_pages_of_others_wait_hidden_until_their_day(world: World) -> None:
    order = replace(LETTER, due_at="2999-01-01T00:00:00Z")
    outcome = remove(world.path, make_scope(credited=[NAMES[PARK]]), order)
    assert outcome.removal.state == "hidden"
    assert go_on(world.path, outcome.removal.id).removal.state == "hidden"


def test_each_page_of_others_needs_a_second_yes_once_its_day_has_come(world: World, parknews: Run) -> None:
    scope = make_scope(credited=[NAMES[PARK]])
    remove(world.path, scope, replace(LETTER, due_at="2026-04-15T00:00:00Z"))
    told = parknews("removals", "go-on", "1")
    urls = [
        url for (url,) in rows(world.path, "SELECT page_url FROM readings JOIN withheld ON reading_id = id")
    ]
    assert (told.code, all(url in told.err for url in urls), len(urls)) == (1, True, 2)
    assert "go-on 1` asks" in " ".join(waiting(world.path, datetime(2026, 5, 1, tzinfo=UTC)))
    done = parknews("removals", "go-on", "1", "--yes", "--keep", urls[0])
    assert (done.code, "given back" in done.out) == (0, True), done
    kept = "SELECT page_url FROM readings WHERE page_url IN (?, ?)"
    assert rows(world.path, kept, *urls) == [(urls[0],)]
    assert rows(world.path, "SELECT count(*) FROM copies WHERE url = ?", urls[0]) == [(1,)]


def test_a_changed_plan_is_refused(world: World) -> None:
    with pytest.raises(RefusedError, match="look at it again"):
        remove(world.path, WHOLE_PARK, LETTER, expected="0" * 16)
    assert rows(world.path, "SELECT count(*) FROM removals") == [(0,)]


def test_verifying_again_finds_what_somebody_put_into_the_folder(world: World) -> None:
    text = world.of(PARK)[3].text
    outcome = remove(world.path, WHOLE_PARK, LETTER)
    (world.path.parent / "notes.txt").write_text(f"copied: {text}", encoding="gb18030")
    again = verify(world.path, outcome.removal.id)
    assert "notes.txt" in again.trouble
    assert again.removal.verified is False


def test_the_record_can_only_be_added_to(world: World) -> None:
    remove(world.path, WHOLE_PARK, LETTER)
    with sqlite3.connect(world.path) as connection, pytest.raises(sqlite3.IntegrityError, match="only added"):
        connection.execute("DELETE FROM removal_events")


def test_a_stray_frame_in_any_file_is_found_and_told(world: World) -> None:
    import zstandard  # noqa: PLC0415

    page = world.of(PARK)[3].html.replace(b"<h1>", b"<!-- an earlier state --><h1>")
    outcome = remove(world.path, WHOLE_PARK, LETTER)
    stray = b"\x00" * 99 + zstandard.ZstdCompressor().compress(page)
    world.path.with_name("old-pages.bin").write_bytes(stray)
    assert "old-pages.bin" in verify(world.path, outcome.removal.id).trouble


def test_pages_deleted_before_anything_was_overwritten_are_forgotten_too(world: World) -> None:
    """A file from before `secure_delete`: its free pages hold what was deleted."""
    with sqlite3.connect(world.store_path) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DELETE FROM pages WHERE source = ?", (PARK,))
    outcome = remove(world.path, WHOLE_PARK, LETTER)
    assert outcome.trouble == ""
    assert stranger.search(world.path.parent, unique_words(world, PARK)) == {}


@pytest.mark.parametrize("packed", ["pages.warc.gz", "sheet.xlsx"])
def test_packed_files_are_looked_into(world: World, packed: str) -> None:
    import gzip  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    text = world.of(PARK)[3].text.encode()
    path = world.path.with_name(packed)
    outcome = remove(world.path, WHOLE_PARK, LETTER)
    if packed.endswith(".gz"):
        path.write_bytes(gzip.compress(b"WARC/1.1\r\n") + gzip.compress(text))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            book.writestr("xl/sharedStrings.xml", text)
    assert packed in verify(world.path, outcome.removal.id).trouble


def test_what_cannot_be_searched_is_named(world: World) -> None:
    world.path.with_name("old.parquet").write_bytes(b"PAR1" + bytes(99))
    world.path.with_name("cut.gz").write_bytes(b"\x1f\x8b\x08")
    outcome = remove(world.path, WHOLE_PARK, LETTER)
    assert outcome.removal.verification["not_searched"] == ["cut.gz", "old.parquet"]
