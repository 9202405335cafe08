from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pipelines.search
from benchmarks.search_scan import says
from pipelines.archive.file import read_only
from pipelines.archive.read import selection
from pipelines.archive.read.selection import Selection, select_ids
from pipelines.query import Needle, Node, expression, literal, parse, sought
from pipelines.search import Snippet, search, select, snippet
from pipelines.spelling import placed_tokens, spell, tokens
from tests.readings import Fill, Told

PARK = "高新技术产业园区今年引进了十二个集成电路项目，总投资超过三十亿元。\n园区管委会说，明年还将扩建。"
ENGLISH = "The Park signed 12 projects, worth USD 3.5 billion."
OTHER = "市里今天公布了新的公交线路，方便居民出行，首班车六点开。"


@pytest.fixture
def connection(fill: Fill) -> Iterator[sqlite3.Connection]:
    path = fill(
        [
            Told("https://a.example/1", "园区招商", PARK, date(2026, 1, 5)),
            Told("https://b.example/2", "Park News", ENGLISH, date(2026, 2, 5)),
            Told("https://a.example/3", "公交", OTHER),
        ]
    )
    opened = read_only(path)
    yield opened
    opened.close()


def _needles(query: str) -> list[Needle]:
    return sought(parse(query).tree)


def _titles(connection: sqlite3.Connection, query: str, **options: object) -> list[str]:
    return [hit.title for hit in search(connection, query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query", ["园", "园区", "产业园", "高新技术产业园区", "集成电路 项目", "投资超过三十亿元。园区管委会"]
)
def test_words_of_every_length_are_found(connection: sqlite3.Connection, query: str) -> None:
    assert _titles(connection, query) == ["园区招商"]


def test_case_and_white_space_do_not_matter(connection: sqlite3.Connection) -> None:
    assert _titles(connection, "usd3.5BILLION") == ["Park News"]


def test_a_phrase_goes_over_the_end_of_a_paragraph(connection: sqlite3.Connection) -> None:
    assert _titles(connection, '"亿元。园区管委会"') == ["园区招商"]


def test_every_word_must_occur_in_title_or_text(connection: sqlite3.Connection) -> None:
    assert _titles(connection, "招商 扩建") == ["园区招商"]
    assert _titles(connection, "招商 公交") == []


def test_quoted_words_are_one_word(connection: sqlite3.Connection) -> None:
    assert _titles(connection, '"projects, worth"') == ["Park News"]
    assert _titles(connection, '"worth projects"') == []
    assert _titles(connection, "worth projects") == ["Park News"]


def test_newest_come_first_and_the_undated_last(connection: sqlite3.Connection) -> None:
    assert _titles(connection, "。") == ["园区招商", "公交"]
    assert _titles(connection, "1") == ["Park News"]
    assert _titles(connection, "，", order="date") == ["园区招商", "公交"]


WALKED = [("园区", 4), ("园区 厂房", 3), ("园区 source:b.example", 2), ("园区 NOT 厂房", 1), ("公交", 1)]


@pytest.mark.parametrize("walk_s", [60.0, 0.0])
@pytest.mark.parametrize(("query", "hits"), WALKED)
def test_what_many_articles_say_is_found_in_the_same_order_among_the_newest(
    fill: Fill, monkeypatch: pytest.MonkeyPatch, query: str, hits: int, walk_s: float
) -> None:
    """However far the walk through the newest comes: to its end, or given up at once."""
    days = (date(2026, 1, 5), date(2026, 3, 1), None, date(2026, 2, 1), date(2025, 1, 1), date(2026, 2, 2))
    said = (
        f"{PARK}厂房一",
        OTHER,
        "园区的厂房二建成。" * 9,
        f"{ENGLISH}园区",
        OTHER * 2,
        "新园区厂房三开工。" * 9,
    )
    hosts = ("a.example", "b.example")
    told = enumerate(zip(days, said, strict=True))
    path = fill([Told(f"https://{hosts[n % 2]}/{n}", f"第{n}篇", text, day) for n, (day, text) in told])
    asked = Selection(query=query)
    with closing(read_only(path)) as connection:
        ids = list(select_ids(connection, asked))
        monkeypatch.setattr(selection, "_FEW", 1)
        monkeypatch.setattr(selection, "_WALK_S", walk_s)
        assert len(ids) == hits
        for offset in range(hits):
            assert list(select_ids(connection, asked, limit=2, offset=offset)) == ids[offset : offset + 2]


def test_best_first_puts_a_word_in_the_title_before_one_in_the_text(fill: Fill) -> None:
    text = "今年的工作总结在这里公布，内容很多，包括各项指标和安排。"
    path = fill(
        [
            Told("https://a.example/1", "工作总结", text + "其中提到了园区一次，另有说明。"),
            Told(
                "https://a.example/2",
                "园区",
                "另一篇完全不同的文章，讲的是道路施工与天气的情况，请大家注意安全。",
            ),
        ]
    )
    assert _titles(read_only(path), "园区", order="rank") == ["园区", "工作总结"]


def test_the_limit_is_kept(connection: sqlite3.Connection) -> None:
    assert len(search(connection, "。", limit=1)) == 1


@pytest.mark.parametrize("query", ["", "   ", '""', "\x00", "\u200b"])
def test_nothing_searchable_finds_nothing(connection: sqlite3.Connection, query: str) -> None:
    assert search(connection, query) == []


@pytest.mark.parametrize(
    "query", ["x'c;--", "园区*公交*", '"招商"x', "^园", "a\"b'c;--", "招商 AND", "(公交 招商"]
)
def test_whatever_is_typed_is_answered(connection: sqlite3.Connection, query: str) -> None:
    assert search(connection, query) == []


def test_the_snippet_marks_the_match_on_one_line() -> None:
    made = snippet("第一段。\n今年的 集成\n电路项目开工。", _needles("集成电路"))
    assert made == Snippet("第一段。 今年的 集成 电路项目开工。", ((9, 14),))
    assert made.text[9:14] == "集成 电路"


def test_a_snippet_of_a_long_text_is_cut_on_both_sides() -> None:
    made = snippet("前" * 100 + "目标" + "后" * 100, _needles("目标"))
    assert (made.text[0], made.text[-1], len(made.text)) == ("…", "…", 82)
    (start, end) = made.marks[0]
    assert made.text[start:end] == "目标"


def test_a_match_in_the_title_shows_the_beginning_of_the_text() -> None:
    assert snippet("正文开始。", _needles("标题")) == Snippet("正文开始。", ())


def test_overlapping_words_are_marked_once() -> None:
    assert snippet("产业园区", _needles("产业园 园区 产业")).marks == ((0, 3),)


def test_a_selection_without_words_gives_the_beginnings(connection: sqlite3.Connection) -> None:
    hits = select(connection, Selection(sources=("a.example",)), limit=1, offset=1)
    assert [(hit.title, hit.snippet.text[:4], hit.snippet.marks) for hit in hits] == [
        ("公交", "市里今天", ())
    ]


def test_marks_stand_in_the_title_too(connection: sqlite3.Connection) -> None:
    assert [hit.title_marks for hit in search(connection, "news park")] == [((0, 4), (5, 9))]


# What must always hold: the index finds what a scan finds.

_ALPHABET = st.sampled_from(
    "园区产业AaBbſßİıΣσς1２. ,，。\n\t\u3000\u00a0é\u0301𠮷\U0001f600\u200d…“”\"'-*():^"
)
_TEXTS = st.text(_ALPHABET, min_size=1, max_size=14)


@pytest.mark.parametrize("before", [0, 300, 318, 330, 395, 401, 3000, 3190, 5000])
def test_a_snippet_is_that_of_the_whole_text_wherever_the_words_stand(
    before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    needles = _needles('园区 OR "园区 Lingang" OR Ling*')
    text = "产" * before + "园区 Lingang 园区" + "业" * 60 + "园区" + "业" * 5000
    made = snippet(text, needles)
    monkeypatch.setattr(pipelines.search, "_GLANCE", len(text))
    assert made == snippet(text, needles)
    assert made.marks


def _scan(documents: list[tuple[str, str]], node: Node | None) -> set[int]:
    """What each node says, read from the documents one by one."""
    return {
        number
        for number, (title, text) in enumerate(documents, start=1)
        if node is not None and says([tokens(title)], [tokens(text)], node)
    }


def _schema() -> sqlite3.Connection:
    """An archive's tables and triggers, empty."""
    connection = sqlite3.connect(":memory:")
    for script in sorted(Path(str(files("pipelines.archive") / "migrations")).glob("*.sql")):
        connection.executescript(script.read_text(encoding="utf-8"))
    return connection


_EMPTY = _schema()


def _archive_of(documents: list[tuple[str, str]]) -> sqlite3.Connection:
    """An archive in which each document is an article with one copy."""
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    _EMPTY.backup(connection)
    for number, (title, text) in enumerate(documents, start=1):
        connection.execute(
            "INSERT INTO articles (id, title, text, language, source, source_name, url, first_seen, copies)"
            " VALUES (?, ?, ?, 'und', 'a.example', '', ?, '', 1)",
            (number, title, text, f"https://a.example/{number}"),
        )
        connection.execute(
            "INSERT INTO copies (article_id, reading_id, text_id, url, source, title, language, fetched_at,"
            " similarity, kept) VALUES (?1, ?1, ?1, ?1, 'a.example', ?2, 'und', '', 1, 1)",
            (number, title),
        )
        connection.execute(
            "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)",
            (number, spell(title), spell(text)),
        )
    return connection


def test_every_letter_is_folded_as_the_index_folds_it() -> None:
    """Letters that have case; `python -m benchmarks.search` puts whole texts through both."""
    letters = [c for c in map(chr, range(sys.maxunicode)) if c.lower() != c or c.upper() != c]
    connection = _archive_of([])
    connection.executemany(
        "INSERT INTO articles_fts (rowid, title) VALUES (?, ?)", [(ord(c), spell(c)) for c in letters]
    )
    connection.execute("CREATE VIRTUAL TABLE temp.said USING fts5vocab(main, articles_fts, instance)")
    said: dict[int, list[str]] = {}
    for number, term in connection.execute("SELECT doc, term FROM temp.said ORDER BY doc, offset"):
        said.setdefault(number, []).append(term)
    assert {c: said.get(ord(c)) for c in letters} == {c: tokens(c) for c in letters}


_PIECES = st.sampled_from(
    [
        *'产a1２.，()ςé⼯“”*,- "',
        "园区",
        "ab",
        "Ab*",
        "5g",
        "title:",
        " OR ",
        " AND ",
        " NOT ",
        " NEAR/1 ",
        "NEAR(",
    ]
)
_QUERIES = st.lists(_PIECES, max_size=9).map("".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=6), _TEXTS | _QUERIES)
def test_search_finds_exactly_what_a_scan_finds(documents: list[tuple[str, str]], query: str) -> None:
    connection = _archive_of(documents)
    found = {hit.id for hit in search(connection, query, limit=100)}
    assert found == _scan(documents, parse(query).tree)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=6))
def test_every_piece_of_every_length_finds_its_own_text(
    data: st.DataObject, documents: list[tuple[str, str]]
) -> None:
    number = data.draw(st.integers(0, len(documents) - 1))
    whole = tokens(documents[number][data.draw(st.integers(0, 1))])
    start = data.draw(st.integers(0, len(whole)))
    piece = whole[start : data.draw(st.integers(start, len(whole)))]
    query = " ".join(piece)
    hits = set(select_all(_archive_of(documents), query))
    assert (number + 1 in hits) == bool(piece)


def select_all(connection: sqlite3.Connection, text: str) -> list[int]:
    tree = literal(text).tree
    sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?"
    return [row[0] for row in connection.execute(sql, (expression(tree),))] if tree else []


@settings(max_examples=200, deadline=None)
@given(_TEXTS, _QUERIES)
def test_marks_stand_on_the_words_they_mark(text: str, query: str) -> None:
    needles = _needles(query)
    said = {needle.tokens for needle in needles if not needle.begins}
    begun = [needle.tokens for needle in needles if needle.begins]
    made = snippet(text, needles)
    for start, end in made.marks:
        marked = tuple(tokens(made.text[start:end]))
        assert marked in said or any(
            marked[:-1] == one[:-1] and marked[-1].startswith(one[-1]) for one in begun
        )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_tokens_with_their_places_are_the_tokens(text: str) -> None:
    placed = placed_tokens(text)
    assert [token for token, _, _ in placed] == tokens(text)
    assert all(tokens(text[start:end]) == [token] for token, start, end in placed)
