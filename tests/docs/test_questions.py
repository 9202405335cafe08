"""Questions of research, asked of the demo's archive; the answer to each is known from its truth alone.

The truth (data/demo/truth.jsonl) follows from how the demo's pages were made. Here its rows are counted and
scanned in plain Python, and nothing of the product takes part in that.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crawler.demo.definition import load
from crawler.demo.truth import ARTICLE, TruthRow, read_truth
from pipelines.archive.file import read_only
from pipelines.archive.read.changes import changes_since
from pipelines.archive.read.selection import Selection, count_selected, facet, select_ids
from pipelines.cite import cite
from pipelines.export.rows import columns_of, export_batches
from pipelines.reuse import reused
from pipelines.show import ShownArticle, show

Stories = set[str]


ROWS = [row for row in read_truth() if row.expect == ARTICLE]
STORIES: dict[str, list[TruthRow]] = {}
for _row in ROWS:
    STORIES.setdefault(_row.cluster, []).append(_row)
MIXED = {story for row in ROWS if row.also for story in (row.cluster, *row.also)}
"""Stories of which a page tells another one too: which of the two it is a copy of is nobody's to say."""
NAMES = {site.host: site.name for site in load().sites}


def _host(row: TruthRow) -> str:
    return row.url.partition("/")[0]


def _said(story: str) -> str:
    """All that the copies of a story say, in small letters, without white space beside Chinese."""
    text = "\n".join(f"{row.title}\n{row.text}" for row in STORIES[story]).lower()
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text)


def _where(fits: Callable[[str], object]) -> Stories:
    return {story for story in STORIES if fits(story)} - MIXED


def _of_rows(fits: Callable[[TruthRow], object]) -> Stories:
    return {row.cluster for row in ROWS if fits(row)} - MIXED


class Asked:
    """The archive, with what the truth calls its articles."""

    def __init__(self, archive: sqlite3.Connection) -> None:
        self.archive = archive
        stories = {row.url: row.cluster for row in ROWS}
        copies = archive.execute("SELECT article_id, url FROM copies").fetchall()
        self.story = {number: stories[re.sub(r"^http://([^/:]+):\d+", r"\1", url)] for number, url in copies}

    def find(self, query: str = "", **narrower: Any) -> Stories:
        ids = select_ids(self.archive, Selection(query=query, **narrower))
        return {self.story[number] for number in ids} - MIXED

    def stories(self, sql: str) -> Stories:
        return {self.story[row[0]] for row in self.archive.execute(sql)} - MIXED

    def count(self, sql: str) -> Counter[Any]:
        return Counter(dict(map(tuple, self.archive.execute(sql))))


@pytest.fixture(scope="module")
def asked(demo: Any) -> Iterator[Asked]:
    connection = read_only(demo.archive)
    yield Asked(connection)
    connection.close()


def _by_host(asked: Asked) -> Counter[str]:
    found = asked.archive.execute("SELECT source, count(*) FROM copies GROUP BY 1")
    return Counter({source.partition(":")[0]: count for source, count in found})


def _firsts(asked: Asked) -> dict[str, str]:
    """Of stories that two other publishers credit to one that has them too: who was first."""
    sql = "SELECT id, first_publisher FROM articles WHERE first_publisher_status = 'certain'"
    found = {asked.story[row[0]]: row[1] for row in asked.archive.execute(sql)}
    return {story: found.get(story, "") for story in _credited()}


def _credited() -> dict[str, str]:
    known = {}
    for story, rows in STORIES.items():
        hosts = {NAMES[_host(row)] for row in rows}
        crediting = {(row.credited, _host(row)) for row in rows if row.credited}
        for name in hosts:
            if len({host for credited, host in crediting if credited == name and NAMES[host] != name}) >= 2:
                known[story] = name
    return known


def _shown(asked: Asked, query: str) -> ShownArticle:
    [number] = select_ids(asked.archive, Selection(query=query))
    found = show(asked.archive, str(number))
    assert isinstance(found, ShownArticle)
    return found


def _exported(asked: Asked, query: str, what: Any) -> int:
    columns = columns_of(what, signature=False)
    batches = export_batches(asked.archive, what, columns, Selection(query=query), masked=True)
    return sum(map(len, batches))


TALENT = "报名人数2906人"
QUESTIONS: dict[str, tuple[Callable[[Asked], Any], Callable[[], Any]]] = {
    "how many articles, however often they were copied": (
        lambda a: count_selected(a.archive, Selection()),
        lambda: len(STORIES),
    ),
    "how many pages of each source": (_by_host, lambda: Counter(map(_host, ROWS))),
    "which say a word of two characters": (
        lambda a: a.find("园区"),
        lambda: _where(lambda s: "园区" in _said(s)),
    ),
    "which say two words": (
        lambda a: a.find("园区 企业"),
        lambda: _where(lambda s: "园区" in _said(s) and "企业" in _said(s)),
    ),
    "which say one of two": (
        lambda a: a.find("招标 OR 摇号"),
        lambda: _where(lambda s: "招标" in _said(s) or "摇号" in _said(s)),
    ),
    "which say one and not the other": (
        lambda a: a.find("园区 NOT 企业"),
        lambda: _where(lambda s: "园区" in _said(s) and "企业" not in _said(s)),
    ),
    "which have it in a headline": (
        lambda a: a.find("title:园区"),
        lambda: _of_rows(lambda row: "园区" in row.title),
    ),
    "which say an English word": (
        lambda a: a.find("park"),
        lambda: _where(lambda s: re.search(r"(?<![a-z])park(?![a-z])", _said(s))),
    ),
    "which say words that begin so": (
        lambda a: a.find("work*"),
        lambda: _where(lambda s: re.search(r"(?<![a-z])work", _said(s))),
    ),
    "which say it in simplified or traditional characters": (
        lambda a: a.find("園區", folded=True),
        lambda: _where(lambda s: "园区" in _said(s) or "園區" in _said(s)),
    ),
    "which say a word that some spell to get past filters": (
        lambda a: a.find("最大"),
        lambda: _where(lambda s: "最大" in _said(s) or "蕞大" in _said(s)),
    ),
    "which did a newspaper carry": (
        lambda a: a.find("source:澜江日报"),
        lambda: _of_rows(lambda row: _host(row) == "paper.localhost"),
    ),
    "which does anybody credit to the park": (
        lambda a: a.find("credited:云澜工业园区管委会"),
        lambda: _of_rows(lambda row: row.credited == "云澜工业园区管委会"),
    ),
    "which are in English": (lambda a: a.find("lang:en"), lambda: _of_rows(lambda row: row.language == "en")),
    "which were copied twice or more": (
        lambda a: a.find(copies_at_least=3),
        lambda: _where(lambda s: len(STORIES[s]) >= 3),
    ),
    "which are of one year and stand once": (
        lambda a: a.find("since:2024 until:2024") & _where(lambda s: len(STORIES[s]) == 1),
        lambda: _where(lambda s: len(STORIES[s]) == 1 and STORIES[s][0].day.startswith("2024")),
    ),
    "how many pages a month, as far as their days are fixed": (
        lambda a: a.count(
            "SELECT substr(published_day, 1, 7), count(*) FROM copies WHERE published_day < '2024' GROUP BY 1"
        ),
        lambda: Counter(row.day[:7] for row in ROWS if not row.day.startswith("-") and row.day < "2024"),
    ),
    "in how many languages": (
        lambda a: {value for value, _ in facet(a.archive, Selection(), "language")},
        lambda: {row.language for row in ROWS},
    ),
    "which copies credit nobody": (
        lambda a: a.archive.execute("SELECT count(*) FROM copies WHERE credited_source IS NULL").fetchone()[
            0
        ],
        lambda: sum(not row.credited for row in ROWS),
    ),
    "whose figures differ between copies": (
        lambda a: a.stories("SELECT article_id FROM disputed"),
        lambda: _of_rows(lambda row: row.mistyped),
    ),
    "what the copy says instead": (
        lambda a: [(one.kept_value, one.copy_value) for one in _shown(a, TALENT).differences],
        lambda: [("2906", "2960")],
    ),
    "which pages were changed after they were published": (
        lambda a: a.stories(
            "SELECT article_id FROM copies JOIN versions USING (reading_id)"
            " GROUP BY reading_id HAVING count(*) > 1"
        ),
        lambda: _of_rows(lambda row: row.changed),
    ),
    "who was first, where two others say so": (_firsts, _credited),
    "who reprinted what another had first": (
        lambda a: (
            {
                (a.story[row[0]], row[1])
                for row in a.archive.execute("SELECT article_id, to_name FROM reprints")
            }
            & {(story, name) for story, name in _credited().items()}
        ),
        set,
    ),
    "how a copy elsewhere follows": (
        lambda a: sum(
            len(change.article["copies"]) for change in changes_since(a.archive, 0, 1000) if change.article
        ),
        lambda: len(ROWS),
    ),
    "where else a sentence stands": (
        lambda a: {a.story[one.hit.id] for one in reused(a.archive, TALENT)[1]},
        lambda: _where(lambda s: TALENT in _said(s)),
    ),
    "how many pages carried what says a word, as rows of a file": (
        lambda a: _exported(a, "摇号", "copies"),
        lambda: sum(len(STORIES[story]) for story in _where(lambda s: "摇号" in _said(s))),
    ),
    "how it is cited": (
        lambda a: [
            part in cite(_shown(a, TALENT), "gbt7714") for part in (_credited()["talent-flat"], "2024-06-14")
        ],
        lambda: [True, True],
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_as_the_truth_answers_it(asked: Asked, question: str) -> None:
    ask, answer = QUESTIONS[question]
    assert ask(asked) == answer()
