"""A passage goes from a page however it is spelt, and from all that was drawn of it; the rest stays."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.fetch.tally import FetchReport
from crawler.runs.run import begin_run, end_run
from pipelines.archive import Archive
from pipelines.archive.kept_out.redacted import MARK, parts_of, passage_terms, redaction_of
from pipelines.drain import Drained
from pipelines.forget.scope import TermMatcher
from pipelines.forget.snapshot import back_up, restore
from pipelines.store import CrawlStore
from tests.commands import Run
from tests.pipelines.forget.stranger import pieces, search
from tests.pipelines.forget.test_attack import _held, _secrets
from tests.pipelines.forget.worlds import NAMES, PARK, START, WHO, World, _fetched, reading_of
from tests.readings import rows

URL = "https://a.example/1.html"


def redacted(said: str, *passages: str, page: bool = False) -> str:
    parts = [part for passage in passages for part in parts_of(passage)]
    redaction = redaction_of(TermMatcher(passage_terms(URL, parts)), URL)
    assert redaction is not None
    return redaction.body(said.encode(), "text/html").decode() if page else redaction.text(said)


@pytest.mark.parametrize(
    ("said", "passage", "left"),
    [
        ("负责人張三豐表示", "张三丰", f"负责人{MARK}表示"),
        ("负责人 张　三 丰 表示", "張三豐", f"负责人 {MARK} 表示"),
        ("张三·丰说", "张三丰", f"{MARK}说"),
        ("张̲三̲丰̲说", "张三丰", f"{MARK}̲说"),
        ("张*三_丰说", "张三丰", f"{MARK}说"),
        ("张三、丰田", "张三丰", "张三、丰田"),
        ("张三。丰收在望", "张三丰", "张三。丰收在望"),
        ("电话:(0512) 6123-4567转8", "0512-61234567", f"电话:({MARK}转8"),
        ("编号10512612345678", "0512-61234567", "编号10512612345678"),
        ("张“三”丰说", "张三丰", f"{MARK}说"),
        ('张"三"丰说', "张三丰", f"{MARK}说"),
        ("张（三）丰说", "张三丰", f"{MARK}说"),
        ("“张”三丰说", "张三丰", f"“{MARK}说"),
        ("张「三丰」说", "张三丰", f"{MARK}」说"),
        ("“张三”丰收在望", "张三丰", "“张三”丰收在望"),
        ("张三“丰收节”", "张三丰", "张三“丰收节”"),
        ("张三（丰田公司）", "张三丰", "张三（丰田公司）"),
        ("张ㅤ三丰说", "张三丰", f"{MARK}说"),
        ("138 0000 0000", "13800000000", MARK),
        ("138\xad0000\xad0000", "13800000000", MARK),
        ("电话+8613800000000", "138 0000 0000", f"电话+86{MARK}"),
        ("电话138 0000 0000", "+86 13800000000", f"电话{MARK}"),
        ("编号2868613800000000", "13800000000", "编号2868613800000000"),
        ("Herr Mu\u0308ller sagte", "Müller", f"Herr {MARK} sagte"),
        ("O‘Neil said", "O'Neil", f"{MARK} said"),
        ("mail a@b.cn", "a@b.cn", f"mail {MARK}"),
        ("said Ann  Lee today", "ann lee", f"said {MARK} today"),
        ("said Joann Lee", "Ann Lee", "said Joann Lee"),
        ("项目“已于上月”投产,总投资超5亿元。", "项目已于上月投产，总投资超５亿元", f"{MARK}。"),
    ],
)
def test_a_passage_is_found_in_a_text_as_it_is_spelt_there(said: str, passage: str, left: str) -> None:
    assert redacted(said, passage) == left


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("<p>张<b class='x'>三</b>丰说</p>", f"<p>{MARK}说</p>"),
        ("<p>张&#19977;&#x4E30;说", f"<p>{MARK}说"),
        ("<p>张<!-- 广告 -->三<script>var a = 1;</script>丰说", f"<p>{MARK}说"),
        ("<img alt='张&amp;#x4e09;丰'>", f"<img alt='{MARK}'>"),
        ('<script>{"by": "\\u5f20\\u4e09\\u4e30"}</script>', f'<script>{{"by": "{MARK}"}}</script>'),
        ('<script>{"by": "\\u003cb\\u003e张<\\/b>三丰"}</script>', None),
        ("<a href='/share?t=%E5%BC%A0%E4%B8%89%E4%B8%B0'>", f"<a href='/share?t={MARK}'>"),
        ("<a href='/share?t=%D5%C5%C8%FD%B7%E1'>", f"<a href='/share?t={MARK}'>"),
        ("<description>&lt;p&gt;张&lt;b&gt;三丰说", None),
        ("<!-- 张三丰 --><p>说", f"<!-- {MARK} --><p>说"),
        ("<p><ruby>张<rt>zhāng</rt></ruby><ruby>三<rt>sān</rt></ruby>丰说", None),
        ("<p>张\u200b三\xad丰说", f"<p>{MARK}说"),
        ("<p>张&ldquo;<b>三</b>&rdquo;丰说", f"<p>{MARK}说"),
        ('<script>{"by": "张\\u201c三\\u201d丰"}</script>', f'<script>{{"by": "{MARK}"}}</script>'),
        ("<p>张<i hidden>王五</i>三丰说", f"<p>{MARK}说"),
        ("<p>张<span style='color:red;display: none'>王五</span>三丰说", f"<p>{MARK}说"),
    ],
)
def test_a_passage_is_found_in_a_page_as_it_is_spelt_there(said: str, left: str | None) -> None:
    got = redacted(said, "張三丰", page=True)
    assert (MARK in got, "三" in got, "4e09" in got) == (True, False, False)
    assert left in (None, got)


def test_tags_that_are_never_closed_cost_what_their_length_does() -> None:
    def cost(times: int) -> float:
        began = time.process_time()
        assert MARK in redacted("<p hidden><!--" * times + "张三丰", "张三丰", page=True)
        return time.process_time() - began

    assert cost(20_000) < 30 * cost(2_000)


def test_a_page_keeps_its_encoding() -> None:
    redaction = redaction_of(TermMatcher(passage_terms(URL, ["张三丰"])), URL)
    assert redaction is not None
    body = "<meta charset=gbk><p>园区负责人张三丰表示，二期厂房已经投产，三期正在建设之中。".encode("gbk")
    left = "<meta charset=gbk><p>园区负责人〔已删除〕表示，二期厂房已经投产，三期正在建设之中。"
    assert redaction.body(body, "text/html; charset=gbk").decode("gbk") == left


def test_a_piece_that_was_shortened_within_the_passage_goes_too() -> None:
    redaction = redaction_of(TermMatcher(passage_terms(URL, ["二期厂房已经于上月投产"])), URL)
    assert redaction is not None
    redaction.text("二期厂房已经于上月投产。")
    assert redaction.text("园区消息：二期厂房已经…", is_cut=True) == f"园区消息：{MARK}…"


def test_a_passage_goes_from_all_files_and_the_rest_stays(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    line = page.text.split("\n")[2]
    nowhere = parknews("redact", page.url, "--passage", "云外仙山", "--dry-run")
    assert ("out of 0 pages" in nowhere.out, "--block-only" in nowhere.out) == (True, False), nowhere
    plan = parknews("redact", page.url, "--passage", line, "--dry-run")
    assert "takes a passage out of 1 pages" in plan.out
    done = parknews("redact", page.url, "--passage", line, *WHO, "--yes", "--json")
    assert (done.code, done.json["verified"], done.json["trouble"]) == (0, True, ""), done
    assert search(world.path.parent, pieces(line)) == {}
    [(text,)] = rows(world.path, "SELECT text FROM articles WHERE url = ?", page.url)
    assert text == page.text.replace(line.rstrip("。"), MARK)
    assert "no article contains" in parknews("search", line[:6]).err
    assert {kind for _, kind in rows(world.path, "SELECT hash, kind FROM blocks")} >= {"redacted"}
    assert line[:8] not in done.out


def test_what_others_say_stays_unless_their_copies_are_meant(world: World, parknews: Run) -> None:
    page = world.of(PARK)[1]  # the daily copied it
    url, line = page.url, page.text.split("\n")[1]
    left = parknews("redact", url, "--passage", line, "--dry-run", "--json").json["plan"]["left_out"]
    assert [(out["url"].split("/")[2], out["kind"]) for out in left] == [("daily.example.net", "says_too")]
    said = ("redact", url, "--passage", line, *WHO, "--yes", "--json")
    assert parknews(*said).json["verified"]
    held = "SELECT url FROM copies JOIN texts ON texts.id = text_id WHERE instr(text, ?) ORDER BY url"
    assert [row[0].split("/")[2] for row in rows(world.path, held, line)] == ["daily.example.net"]
    done = parknews(*said, "--with-copies")
    assert (done.code, done.json["verified"]) == (0, True), done
    assert rows(world.path, held, line) == []
    assert rows(world.path, "SELECT copies FROM articles WHERE url = ?", url) == [(2,)]
    assert search(world.path.parent, pieces(line)) == {}


def test_a_telephone_number_goes_from_what_was_stripped(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    number = f"0512-{page.number:07}"
    done = parknews("redact", page.url, "--passage", number.replace("-", " "), *WHO, "--yes", "--json")
    assert (done.code, done.json["verified"]) == (0, True), done
    [(piece,)] = rows(world.path, "SELECT text FROM stripped WHERE url = ?", page.url)
    assert piece == f"{NAMES[PARK]}编辑部的热线电话是 {MARK}"
    assert search(world.path.parent, [number]) == {}


def test_a_page_that_comes_again_is_redacted_again(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    line = page.text.split("\n")[2]
    parknews("redact", page.url, "--passage", line, *WHO, "--yes")
    again = replace(page, text=f"{page.text}\n更新：三期已经开工。")
    with CrawlStore(world.store_path) as store, Archive(world.path) as archive:
        came = replace(_fetched(again, 1), fetched_at=START + timedelta(days=9))
        assert store.pages.put(page.url, PARK, PARK, came)
        [stored] = store.pages.take(9, 0)
        store.pages.mark_ingested([stored.page_id])  # the test reads it itself
        reading = replace(reading_of(again, stored.page_id), fetched_at=came.fetched_at)
        archive.ingest([reading], "2026-05-01T00:00:00Z")
        redacted_page = archive.redacted(stored)
        assert redacted_page is not None
        store.pages.rewrite(redacted_page)
    [(text,)] = rows(world.path, "SELECT text FROM articles WHERE url = ?", page.url)
    assert text == again.text.replace(line.rstrip("。"), MARK)
    assert parknews("removals", "verify", "1", "--full").code == 0
    assert search(world.path.parent, pieces(line)) == {}


def test_a_list_that_a_run_stores_later_names_the_page_without_the_passage(
    world: World, parknews: Run
) -> None:
    page = world.of(PARK)[3]
    line = page.text.split("\n")[2]
    parknews("redact", page.url, "--passage", line, *WHO, "--yes")
    teaser = f'<a href="{page.url}">{line}</a>'
    listing = replace(page, number=0, text="园区要闻", path="/list.html", teasers=teaser)
    with CrawlStore(world.store_path) as store:
        came = replace(_fetched(listing, 1), fetched_at=START + timedelta(days=9))
        assert store.pages.put(listing.url, PARK, PARK, came)
        with store.writing() as connection:
            connection.execute("UPDATE pages SET article = 0 WHERE url = ?", (listing.url,))
            connection.execute(
                "INSERT OR REPLACE INTO announcements (url, via, title, seen_at) VALUES (?, 'feed', ?, 0)",
                (page.url, line),
            )
    assert search(world.path.parent, pieces(line)) != {}
    end_run(world.path, begin_run(world.path, []), FetchReport(), Drained(), 0.0)
    assert search(world.path.parent, pieces(line)) == {}


def test_an_older_state_that_is_put_back_is_redacted_by_replay(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    line = page.text.split("\n")[2]
    back_up(world.path, world.path.parent.parent / f"{world.path.parent.name}-backup")
    parknews("redact", page.url, "--passage", line, *WHO, "--yes")
    restore(world.path.parent.parent / f"{world.path.parent.name}-backup", world.path, replace=True)
    assert parknews("search", "园区").code == 4
    assert parknews("removals", "replay").code == 0
    assert search(world.path.parent, pieces(line)) == {}
    assert rows(world.path, "SELECT count(*) FROM articles WHERE url = ?", page.url) == [(1,)]


def test_verify_finds_a_passage_that_came_back_by_hand(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    parknews("redact", page.url, "--passage", "0512-0000004", *WHO, "--yes")
    with closing(sqlite3.connect(world.path)) as archive:
        archive.execute("UPDATE stripped_pieces SET text = text || '0512-0000004' WHERE instr(text, '〔')")
        archive.commit()
    found = parknews("removals", "verify", "1")
    assert (found.code, "Not complete" in found.out) == (4, True)
    assert parknews("removals", "go-on", "1").code == 0


def test_a_passage_that_the_page_does_not_say_is_told_and_nothing_done(world: World, parknews: Run) -> None:
    refused = parknews("redact", world.of(PARK)[3].url, "--passage", "并无此语", *WHO, "--yes")
    assert (refused.code, "it does not say that" in refused.err) == (2, True)
    assert rows(world.path, "SELECT count(*) FROM removals") == [(0,)]


def test_the_record_quotes_no_passage(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    line = page.text.split("\n")[2]
    who = ("--requester", "法务", "--reason", f"来函要求删除“{line}”")
    done = parknews("redact", page.url, "--passage", line, *who, "--yes")
    assert "quotes what is to go" in done.err
    ledger = world.path.with_name("archive-removals.jsonl").read_text("utf-8")
    assert parts_of(line)[0] not in ledger.split('"scope"')[1].split('"said"')[0]


def test_what_somebody_noted_of_the_article_says_it_no_more(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    name = page.text[:3]
    [(article,)] = rows(world.path, "SELECT article_id FROM copies WHERE url = ?", page.url)
    parknews("sets", "add", "visits", str(article), "--note", f"找“{name}”核实")
    done = parknews("redact", page.url, "--passage", name, *WHO, "--yes", "--json")
    assert (done.code, done.json["verified"]) == (0, True), done
    assert rows(world.path, "SELECT note FROM set_articles") == [(f"找“{MARK}”核实",)]


def test_a_passage_of_several_lines_takes_no_short_line_by_itself() -> None:
    said = "记者\n园区负责人表示，二期厂房已经投产。"
    assert redacted(f"{said}记者另悉", said) == f"{MARK}。记者另悉"
    assert redacted("记者另悉，园区负责人表示，二期厂房已经投产。", said) == f"记者另悉，{MARK}。"


def test_no_guessed_passage_is_confirmed_without_the_key(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    line = page.text.split("\n")[2]
    parknews("redact", page.url, "--passage", line, *WHO, "--yes")
    [part] = parts_of(line)
    held = _held(world.path)
    for secret in _secrets(world.path):
        guess = hashlib.sha256(f"{secret}\npassage {len(part)}\n{page.url}\n{part}".encode())
        assert [guess.digest() in held, guess.hexdigest().encode() in held] == [False, False]
    assert hashlib.sha256(page.text.encode()).digest() not in world.path.read_bytes()
    assert hashlib.sha256(page.html).digest() not in world.store_path.read_bytes()
