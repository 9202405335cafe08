"""The site shows the archive to strangers: what they find, and what they cannot reach."""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import re
import sqlite3
from contextlib import closing
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from protego import Protego
from pyarrow import parquet

from crawler.serve import downloads
from crawler.serve.gate import hosts_of
from crawler.serve.site import ServeOptions, build_site
from pipelines.archive import Archive, RunCounts
from pipelines.records import SourceRun
from pipelines.store import CrawlStore, store_path
from tests.crawler.serve.conftest import Get
from tests.readings import NOW, Fill, Told, rows


def _articles(response: Any) -> list[str]:
    return re.findall(r'<h2><a href="/article/(\d+)', response.text)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("园区", 1),
        ("标准厂房", 1),
        ("5g", 1),
        ("园 区", 1),
        ("园区 厂房", 1),
        ('"十二家"', 1),
        ("物流", 1),
        ("没有的词", 0),
    ],
)
def test_the_search_box_takes_words_as_typed(get: Get, query: str, found: int) -> None:
    assert len(_articles(get(f"/search?q={query}"))) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("园区 OR 物流园", ["1", "2"]),
        ("物流园 NOT 园区", ["2"]),
        ("title:厂房", ["1"]),
        ("source:daily.example 物流", ["2"]),
        ("厂房，公寓", ["1"]),
        ("后年投产", ["1"]),
        ("NOT 园区", ["2"]),
    ],
)
def test_the_search_box_and_the_downloads_take_the_search_language(
    get: Get, query: str, found: list[str]
) -> None:
    assert sorted(_articles(get(f"/search?q={quote(query)}"))) == found
    lines = get(f"/export.jsonl?q={quote(query)}").text.splitlines()
    assert sorted(str(json.loads(line)["id"]) for line in lines) == found


def test_a_hit_says_which_copy_holds_the_words_and_a_hint_what_was_taken_as_a_word(get: Get) -> None:
    page = get("/search?q=后年投产 or titel:厂房").text
    assert "“or” was taken as a word: operators are capitals" in page
    assert "“titel:” is no field" in page
    html = get("/search?q=后年投产").text
    assert re.search(r"In the copy of 名copier\.example:</a> .*<mark>后年投产</mark>", html)
    assert "In the copy of" not in get("/search?q=园区").text


def test_datasettes_own_search_box_takes_two_characters(get: Get) -> None:
    rows = get("/archive/articles.json?_search=园区&_shape=array").json()
    assert [row["title"] for row in rows] == ["三期标准厂房启用"]


def test_matches_are_marked_and_markup_in_titles_is_text(get: Get) -> None:
    assert "<mark>园区</mark>" in get("/search?q=园区").text
    article = get("/article/1").text
    assert "&lt;b&gt;厂房&lt;/b&gt;启用" in article
    assert "<b>厂房" not in article


def test_an_old_number_leads_to_the_article_that_has_it_now_and_says_so(get: Get, archive_path: Path) -> None:
    with Archive(archive_path) as archive:
        archive.join("https://park.example/a.html", "https://daily.example/c.html", "one event", NOW)
    [(old, new)] = rows(archive_path, "SELECT old_id, new_id FROM forwards")
    moved = get(f"/article/{old}")
    assert (moved.status_code, moved.headers["location"]) == (302, f"/article/{new}?formerly={old}")
    told = f"Article {old} was joined into this one on {NOW[:10]}."
    assert told in get(moved.headers["location"]).text
    assert told not in get(f"/article/{new}").text
    assert "was joined into" not in get(f"/article/{new}?formerly=99999").text


def test_an_article_shows_where_its_copy_differs(get: Get) -> None:
    html = get("/article/1").text
    assert (
        "<del>负责人说</del>" in html
        or "<del>园区负责人说" in html
        or "负责人说" in "".join(re.findall("<del>(.*?)</del>", html))
    )
    assert "后年" in "".join(re.findall("<ins>(.*?)</ins>", html)) or "后" in "".join(
        re.findall("<ins>(.*?)</ins>", html)
    )


def test_an_article_shows_the_files_that_it_gives_its_readers(get: Get) -> None:
    html = get("/article/1").text
    assert 'href="https://park.example/plan.pdf"' in html
    assert "&lt;b&gt;规划图&lt;/b&gt;" in html
    assert "2,048" in html


def test_telephone_numbers_and_names_are_masked_unless_asked_for(get: Get) -> None:
    for path in ("/article/1", "/archive/stripped.json", "/archive.json?sql=select+text+from+temp.stripped"):
        assert "62881234" not in get(path).text
        assert "张小明" not in get(path).text
    assert "62881234" in get("/article/1", ServeOptions(show_contacts=True)).text
    assert "62881234" in get("/archive/stripped.json", ServeOptions(show_contacts=True)).text


@pytest.mark.parametrize(
    "sql",
    [
        "select text from stripped_pieces",
        "select text from main.stripped_pieces",
        "select text from main.stripped",
        "with s as (select * from stripped_pieces) select text from s",
        "select (select text from stripped_pieces limit 1)",
        "select group_concat(text) from stripped_pieces",
        "with shown_texts as (select text from main.stripped_pieces) select * from shown_texts",
        "select * from (select text from main.stripped_pieces) as stripped_pieces",
        "with stripped as (select text from main.stripped_pieces) select * from stripped",
    ],
)
def test_no_sql_reads_a_telephone_number(get: Get, sql: str) -> None:
    response = get(f"/archive.json?sql={sql}&_shape=arrays")
    assert response.status_code == 200
    assert "6288" not in response.text


def test_what_a_removal_holds_back_is_not_to_be_read(get: Get, archive_path: Path) -> None:
    (reading,) = rows(archive_path, "SELECT reading_id FROM copies WHERE source = 'daily.example'")[0]
    rows(archive_path, "DELETE FROM copies WHERE reading_id = ?", reading)
    for table, column in (
        ("texts", "text"),
        ("readings", "title"),
        ("main.texts", "text"),
        ("main.readings", "title"),
    ):
        assert "物流园" not in get(f"/archive.json?sql=select {column} from {table}&_shape=arrays").text


@pytest.mark.parametrize(
    "sql", ["select value from meta", "select hash from blocks", "select requester from removals"]
)
def test_no_sql_reads_a_secret(get: Get, sql: str) -> None:
    rows = get(f"/archive.json?sql={sql}&_shape=arrays").json()["rows"]
    assert {value for row in rows for value in row} <= {None}


@pytest.mark.parametrize(
    "sql",
    ["attach database 'x.db' as x", "delete from articles", "create temp table t(a)", "pragma database_list"],
)
def test_sql_that_is_no_question_is_refused(get: Get, sql: str) -> None:
    assert get(f"/archive.json?sql={sql}").status_code == 400


def test_the_file_is_not_offered(get: Get) -> None:
    assert get("/archive.db").status_code == 403


def test_a_slow_query_is_stopped_and_said_so(get: Get) -> None:
    sql = "with recursive c(n) as (select 1 union all select n+1 from c) select count(*) from c"
    response = get(f"/archive?sql={quote(sql)}", ServeOptions(sql_time_limit_ms=50))
    assert response.status_code == 400
    assert "This took too long and was stopped" in response.text


@pytest.mark.parametrize(
    "path", ["/search", "/article/1", "/article/77", "/archive", "/archive/articles", "/nope"]
)
def test_no_page_names_another_host_but_in_links(get: Get, path: str) -> None:
    response = get(path)
    loaded = re.findall(r'(?:src|<link[^>]*href|url)\s*[=(]\s*"?((?:https?:)?//[^")\s]+)', response.text)
    assert [url for url in loaded if not url.startswith("http://localhost/")] == []
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_an_articles_number_has_no_separators(get: Get) -> None:
    assert "no article 99999;" in get("/article/99999").text


def test_an_unknown_article_is_a_404_that_says_so(get: Get) -> None:
    response = get("/article/77")
    assert (response.status_code, "No such article" in response.text) == (404, True)


def test_the_language_follows_the_browser_and_can_be_chosen(get: Get) -> None:
    assert 'lang="zh-Hans"' in get("/search", accept_language="zh-CN,zh;q=0.9").text
    assert 'lang="en"' in get("/search", accept_language="de,en;q=0.5").text
    chosen = get("/search?_lang=zh")
    assert 'lang="zh-Hans"' in chosen.text
    assert "parknews_language=zh" in chosen.headers["set-cookie"]


def test_filters_narrow_and_undated_matches_are_counted_beside(get: Get) -> None:
    assert len(_articles(get("/search"))) == 2
    assert _articles(get("/search?copies=2")) == ["1"]
    assert _articles(get("/search?source=daily.example")) == ["2"]
    assert _articles(get("/search?carried_by=copier.example")) == ["1"]
    january = get("/search?since=2026-01&until=2026-01")
    assert _articles(january) == ["1"]
    assert "1 more matches but has no date" in january.text
    assert _articles(get("/search?undated=1")) == ["2"]


def test_what_an_article_names_leads_to_the_articles_that_name_it(get: Get, archive_path: Path) -> None:
    with sqlite3.connect(archive_path) as writer:
        (text,) = writer.execute("SELECT text_id FROM copies WHERE article_id = 2 AND kept = 1").fetchone()
        writer.executemany(
            "INSERT INTO mentions (text_id, kind, start, end, name, code, entity)"
            " VALUES (?, ?, 0, ?, ?, '320500', ?)",
            [(text, "park", 6, "苏州工业园区", "苏州工业园区"), (text, "region", 2, "苏州", "苏州市")],
        )
    with Archive(archive_path) as archive:
        archive.remember("a word", "so that what changed is counted")
    article = get("/article/2").text
    leads = dict(re.findall(r'<a href="/search\?((?:park|region)=[^"]+)">([^<]+)', article))
    assert leads == {f"park={quote('苏州工业园区')}": "苏州工业园区", "region=320500": "苏州市"}
    for arguments, name in leads.items():
        found = get(f"/search?{arguments}&_lang=en")
        assert _articles(found) == ["2"]
        assert f"{name} <span" in found.text
        assert f'href="/export.csv?{arguments}"' in found.text
    assert "江苏省</a> <span>1<" in get("/search").text


def test_reasons_are_told_in_the_visitors_language(get: Get) -> None:
    number = _articles(get("/search?copies=2"))[0]
    chinese, english = get(f"/article/{number}?_lang=zh").text, get(f"/article/{number}?_lang=en").text
    assert "有 1 家其他媒体署其为来源" in chinese or "可信日期中最早" in chinese
    assert "credited by" not in chinese
    assert "credited by 1 other publisher" in english or "the earliest date" in english
    assert "· 列表页" in get("/coverage?_lang=zh").text


@pytest.mark.parametrize(("language", "said"), [("en", "was not understood"), ("zh", "无法识别")])
def test_a_value_that_is_not_understood_is_said_so(get: Get, language: str, said: str) -> None:
    for query in ("since=abc", "until=2026-99999", "since=2026-02-30", "copies=abc"):
        assert said in get(f"/search?{query}&_lang={language}").text
    assert said not in get(f"/search?since=2020&copies=1&_lang={language}").text


@pytest.mark.parametrize("ending", ["", ".json", "/1"])
def test_internal_tables_have_no_page(get: Get, ending: str) -> None:
    tables = ("stay_down_keys", "blocks", "ledger_lines", "removal_requests", "meta", "Blocks")
    assert [get(f"/archive/{table}{ending}").status_code for table in tables] == [404] * 6
    assert get("/archive/removals").status_code == 200
    assert "/archive/stay_down_keys" not in get("/archive?_show_hidden=1").text


def test_a_region_that_does_not_exist_narrows_nothing(get: Get) -> None:
    assert len(_articles(get("/search?region=999999"))) == 2


def test_every_ready_made_query_runs(get: Get) -> None:
    listed = get("/archive.json").json()["queries"]
    assert len(listed) >= 4
    for query in listed:
        response = get(f"/archive/{query['name']}.json?q=园区")
        assert (query["name"], response.json().get("error")) == (query["name"], None)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
def test_downloads_are_the_export(get: Get, kind: str) -> None:
    response = get(f"/export.{kind}?q=园区")
    assert response.status_code == 200
    assert f".{kind}" in response.headers["content-disposition"]
    assert int(response.headers["content-length"]) == len(response.content)


@pytest.mark.parametrize("path", ["/export.csv", "/rows.xlsx?sql=select+1", "/archive-file"])
def test_who_asks_whether_a_download_is_there_has_no_file_made(
    archive_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(downloads, "_PLACES", 0)

    async def visit() -> Any:
        site = build_site(archive_path, ServeOptions(allow_download=True))
        await site.invoke_startup()
        return await site.client.head(path)

    answered = asyncio.run(visit())
    assert answered.status_code == 200
    assert "attachment" in answered.headers["content-disposition"]


def test_a_websocket_is_refused_before_anything_is_asked(archive_path: Path) -> None:
    sent = []

    async def visit() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "websocket", "path": "/search", "headers": [(b"host", b"evil.example")]}
        await build_site(archive_path).app()(scope, None, send)

    asyncio.run(visit())
    assert sent == [{"type": "websocket.close"}]


def test_a_facet_shows_ten_values_and_leads_to_the_others(fill: Fill) -> None:
    path = fill(
        [Told(f"https://s{n}.example/a", f"第{n}号", chr(0x5E00 + 97 * n) * 60 + "。") for n in range(12)]
    )

    async def visit(address: str) -> str:
        site = build_site(path)
        await site.invoke_startup()
        return str((await site.client.get(address)).text)

    page = asyncio.run(visit("/archive/articles?_facet=url"))
    assert page.count("url=https%3A%2F%2Fs") == 10
    assert "_facet_size=max" in page


def test_counts_of_one_are_told_in_words_that_fit(get: Get) -> None:
    assert "1 article found" in get("/search?q=集装箱").text
    assert "2 articles found" in get("/search").text


def test_a_downloaded_csv_has_the_selected_rows(get: Get) -> None:
    lines = get("/export.csv?undated=1").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in lines[1:2]] == [["2", "物流园吞吐创新高"]]


def test_the_archives_file_is_offered_where_the_operator_says_so(get: Get) -> None:
    assert get("/archive-file").status_code == 403
    assert get("/archive-file", ServeOptions(allow_download=True)).content.startswith(b"SQLite format 3\0")


def test_downloads_that_nobody_fetches_are_bounded_and_their_places_come_free(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_PLACES", 2)
    kept = [downloads._Place(0), downloads._Place(0)]
    refused = get("/export.csv")
    assert (refused.status_code, "Too many downloads just now" in refused.text) == (503, True)
    kept[0].leave()
    assert [get("/export.csv").status_code for _ in range(3)] == [200] * 3
    kept[1].leave()


def test_a_download_for_which_the_disk_has_no_room_is_refused() -> None:
    with pytest.raises(downloads.BusyError):
        downloads._Place(1 << 60)


@pytest.mark.parametrize("name", ["archive%41.db", "a?b=c.db", "a#b.db", "档 案.db"])
def test_an_archive_may_have_any_name(get: Get, archive_path: Path, name: str) -> None:
    archive_path.rename(archive_path.with_name(name))
    for path in ("/", "/archive", "/archive/articles", "/archive/coverage", "/search?q=园区", "/export.csv"):
        assert (path, get(path, name=name).status_code) == (path, 200)


@pytest.mark.parametrize(
    ("address", "names", "hosts"),
    [
        ("127.0.0.1", (), ("127.0.0.1",)),
        ("::1", ("News.example.org",), ("[::1]", "news.example.org")),
        ("0.0.0.0", ("news.example.org",), ("*", "news.example.org")),
    ],
)
def test_a_site_is_asked_for_by_its_address_and_by_the_names_it_was_given(
    address: str, names: tuple[str, ...], hosts: tuple[str, ...]
) -> None:
    assert hosts_of(address, names) == hosts


def test_the_front_page_draws_charts_and_says_what_they_leave_out(get: Get) -> None:
    html = get("/").text
    assert html.count('<svg class="chart"') >= 5
    assert "1 more has no date" in html
    assert "Who copies whom?" in html


@pytest.mark.parametrize(
    "path", ["/-/databases.json", "/-/settings", "/-/threads.json", "/-/plugins", "/%2D/databases"]
)
def test_datasettes_pages_about_itself_are_not_shown(get: Get, path: str, archive_path: Path) -> None:
    response = get(path)
    assert response.status_code == 404
    assert str(archive_path.parent) not in response.text


@pytest.mark.parametrize(
    "path", ["/archive/articles.csv", "/archive.csv?sql=select+1", "/archive/articles?_format=csv"]
)
def test_datasettes_own_csv_is_not_offered(get: Get, path: str) -> None:
    response = get(path)
    assert response.status_code == 404


def test_search_engines_are_kept_out(get: Get) -> None:
    assert get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    for path in ("/", "/article/1", "/search", "/archive/articles", "/nothing"):
        assert get(path).headers["x-robots-tag"] == "noindex, nofollow"


def test_search_engines_are_let_in_where_the_operator_says_so_but_to_no_copy_and_no_table(get: Get) -> None:
    opened = ServeOptions(indexable=True, base_url="/news/")
    robots = Protego.parse(get("/robots.txt", opened).text)
    for path in ("", "search", "search?q=a", "coverage", "article/1"):
        assert robots.can_fetch(f"https://a.example/news/{path}", "any")
        assert get(f"/{path}", opened).headers["x-robots-tag"] == "noarchive"
    for path in ("archive/articles", "export.csv", "article/1.json", "reuse?text=a", "sets", "nothing"):
        assert not robots.can_fetch(f"https://a.example/news/{path}", "any") or path == "article/1.json"
        assert get(f"/{path}", opened).headers["x-robots-tag"] == "noindex, nofollow"
    for path in ("search?q=a&page=2", "article/1?formerly=2"):
        assert not robots.can_fetch(f"https://a.example/news/{path}", "any")


def test_sources_that_failed_in_the_time_asked_for_stand_beside_the_hits(
    get: Get, archive_path: Path
) -> None:
    with Archive(archive_path) as archive:
        run_id = archive.start_run("2026-01-20T09:00:00Z", "test")
        failed = SourceRun("copier.example", 0, 0, 0, 3, 0, down=True, last_error="no answer")
        archive.finish_run(run_id, "attention", RunCounts(), "2026-01-20T09:05:00Z", [failed])
    assert "名copier.example" in get("/search?since=2026-01&until=2026-01").text.split('<ol class="hits"')[0]
    assert "名copier.example" not in get("/search?since=2026-02").text.split('<ol class="hits"')[0]


def test_the_coverage_page_tells_each_source_and_leads_to_what_it_carries(get: Get) -> None:
    page = get("/coverage").text
    row = page.partition('<a href="/search?carried_by=copier.example">')[2].partition("</tr>")[0]
    assert re.findall(r'class="number">(\d+)<', row)[:2] == ["0", "1"]
    assert "2026-01-04" in row


def test_filters_keep_month_source_and_order_when_they_are_applied(get: Get) -> None:
    found = get("/search?q=厂房&since=2026-01&until=2026-01&carried_by=copier.example&order=rank")
    form = found.text.partition('id="filters"')[2].partition("</form>")[0]
    fields = re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form)
    sent = [(name, value) for name, value in fields if name != "folded"]
    applied = get("/search?" + urlencode(sent))
    assert {("since", "2026-01-01"), ("until", "2026-01-31"), ("order", "rank")} < set(sent)
    assert _articles(applied) == _articles(found) == ["1"]
    assert re.search('<a href="[^"]*" aria-current="true">2026-01</a>', applied.text)


def test_what_was_searched_for_is_marked_in_the_article(get: Get) -> None:
    page = get("/article/1?q=标准厂房").text
    assert "三期<mark>标准厂房</mark>启用" in page
    assert "第三期<mark>标准厂房</mark>,首批" in page
    assert "<mark>" not in get("/article/1").text


def test_keywords_of_a_search_and_where_else_a_passage_stands_are_pages(get: Get) -> None:
    assert "Keywords of these articles" in get("/search?q=园区").text
    assert "no word stands out" in get("/search?q=园区&keywords=1").text
    found = get("/reuse?text=预计后年投产后新增岗位一千六百个").text
    assert re.search(r'<a href="/article/1">三期标准厂房启用</a> <span class="badge">sentences: 1', found)
    assert "In the copy of 名copier.example" in found
    assert "No other article says any of it." in get("/reuse?article=1").text


def test_a_search_is_drawn_over_time_and_each_column_leads_to_its_articles(get: Get) -> None:
    page = get("/search?q=NOT 没有的词").text
    assert 'class="trend"' not in page  # one dated article is no trend
    front = get("/?since=2026-01&until=2026-01").text
    assert '<a href="/search?since=2026-01-02&amp;until=2026-01-02" aria-label="2026-01-02: 1">' in front


def test_an_article_is_cited_on_its_page_and_as_a_file(get: Get) -> None:
    page, file = get("/article/1").text, get("/article/1/cite.bib")
    assert "三期标准厂房启用[EB/OL]." in page
    assert file.text.startswith("@misc{parknews1,\n  title = {{三期标准厂房启用}}")
    assert [get(f"/article/{which}").status_code for which in ("1/cite.exe", "99/cite.bib")] == [404, 404]


@pytest.fixture
def stored(archive_path: Path) -> bytes:
    """The page of the first article's kept copy, in the crawl store as a crawl leaves it."""
    body = "<p>三期</p><script>alert(1)</script>13812345678".encode("gb18030")
    url, at = rows(archive_path, "SELECT url, fetched_at FROM copies WHERE kept AND article_id = 1")[0]
    with CrawlStore(store_path(archive_path)) as store, store.writing() as db:
        db.execute(
            "INSERT INTO pages (url, source, kind, url_asked, url_answered, status, headers, body,"
            " body_bytes, sha256, fetched_at, robots, article, ingested)"
            " VALUES (?1, 'park.example', 'page', ?1, ?1, 200, ?2, ?3, 0, ?3, ?4, '', 1, 1)",
            (url, '[["content-type", "text/html; charset=gb18030"]]', store.packed(body), at),
        )
    return body


def test_the_stored_page_is_evidence_and_is_shown_without_its_scripts(get: Get, stored: bytes) -> None:
    closed, opened = get("/article/1"), get("/article/1", ServeOptions(show_contacts=True))
    assert hashlib.sha256(stored).hexdigest() in closed.text
    assert "/article/1/page/0" not in closed.text
    assert "/article/1/page/0" in opened.text
    assert get("/article/1/page/0").status_code == 403
    page = get("/article/1/page/0", ServeOptions(show_contacts=True))
    assert page.content == stored
    assert page.headers["content-type"] == "text/html; charset=gb18030"
    assert page.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert get("/article/1/page/1", ServeOptions(show_contacts=True)).status_code == 404


LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n WHERE i > :least"


def test_a_question_that_was_stopped_or_mistyped_stays_in_the_editor(get: Get) -> None:
    quick = ServeOptions(sql_time_limit_ms=200)
    stopped = get("/archive?" + urlencode({"sql": LONG, "least": "3"}), quick)
    assert stopped.status_code == 400
    assert html.escape(LONG) in stopped.text
    assert '<input type="hidden" name="least" value="3">' in stopped.text
    mistyped = get("/archive?" + urlencode({"sql": "SELECT titel FROM articles"})).text
    assert "no such column: titel" in mistyped
    assert "SELECT titel FROM articles</textarea>" in mistyped


def test_the_rows_of_a_question_are_files_with_dates_times_and_truths(get: Get) -> None:
    sql = "SELECT id, published_day, first_seen, disputed FROM articles WHERE id < :below ORDER BY id"
    asked = urlencode({"sql": sql, "below": "2"})
    table = parquet.read_table(BytesIO(get(f"/rows.parquet?{asked}").content))
    assert [str(field.type) for field in table.schema] == [
        "int64",
        "date32[day]",
        "timestamp[us, tz=UTC]",
        "bool",
    ]
    (row,) = table.to_pylist()
    assert (row["id"], row["published_day"], row["disputed"]) == (1, date(2026, 1, 2), False)
    lines = [json.loads(line) for line in get(f"/rows.jsonl?{asked}").text.splitlines()]
    assert [line["published_day"] for line in lines] == ["2026-01-02"]
    assert get(f"/rows.csv?{asked}").text.splitlines()[1].startswith("1,2026-01-02,")
    assert "/rows.parquet?" in get("/archive?" + asked).text


@pytest.mark.parametrize(
    "sql", ["DELETE FROM articles", "SELECT titel FROM articles", "SELECT requester, 1 FROM x", ""]
)
def test_what_may_not_be_asked_is_no_file(get: Get, sql: str) -> None:
    assert get("/rows.csv?" + urlencode({"sql": sql})).status_code == 400


def test_a_file_of_rows_withholds_what_the_page_withholds(get: Get, archive_path: Path) -> None:
    with closing(sqlite3.connect(archive_path)) as connection, connection:
        connection.execute(
            "INSERT INTO removals (scope, requester, reason, at, plan_hash, state)"
            " VALUES ('{}', 'Zhang', 'r', '2026-01-01T00:00:00Z', 'x', 'verified')"
        )
    rows = get("/rows.jsonl?" + urlencode({"sql": "SELECT requester FROM removals"})).text
    assert "Zhang" not in rows


@pytest.mark.parametrize("what", ["mentions", "differences", "versions", "reprints", "coverage"])
def test_tables_lead_to_all_their_rows_as_files(get: Get, what: str) -> None:
    assert f'"/export.parquet?what={what}"' in get(f"/archive/{what}").text
    assert get(f"/export.jsonl?what={what}").status_code == 200


@pytest.mark.parametrize(
    "argument", ["_timelimit=x", "_through={", "%5Fthrough=1", "_facet={}", "a=1&_facet_date=%7B"]
)
def test_arguments_that_break_datasette_are_not_taken(get: Get, argument: str) -> None:
    assert get(f"/archive/articles?{argument}").status_code == 404


def test_a_cookie_that_is_no_text_is_a_broken_request(get: Get) -> None:
    assert get("/", cookie=b"x=\xff").status_code == 400
