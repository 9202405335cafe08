"""What a selection is about, and where else a passage stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.archive.file import reader
from pipelines.archive.read.selection import Selection
from pipelines.keywords import keywords
from pipelines.records import Source
from pipelines.reuse import reused
from tests.conftest import Told

PORT = "港口的集装箱航线本月恢复运营"
SHARED = "新建的标准厂房全部交付使用，首批企业已经投产。"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight articles of a port and sixteen of a plant, each with sentences of its own."""
    path = tmp_path_factory.mktemp("keywords") / "archive.db"
    pages = []
    for number in range(24):
        own = "".join(chr(0x5E00 + number * 97 + place * 13) for place in range(40))
        about = f"{PORT}，吞吐量增长。" if number < 8 else "园区的企业今年生产稳定。"
        shared = SHARED if number in {3, 20} else ""
        pages.append(Told(f"https://s{number}.example/a", f"第{number}号", f"{about}\n{own}。{shared}"))
    with Archive(path) as opened:
        opened.put_sources([Source(page.host, f"名{page.host}") for page in pages])
        opened.ingest([page.reading(n) for n, page in enumerate(pages, 1)], "2026-03-01T08:00:30Z")
    return path


def test_the_words_of_a_selection_are_those_that_the_others_do_not_say(archive: Path) -> None:
    with reader(archive) as connection:
        found = keywords(connection, Selection(query="吞吐量"))
        everything = keywords(connection, Selection())
    told = {one.word: (one.articles, one.share, round(one.share_of_all, 2)) for one in found}
    assert {"港口", "集装箱", "航线"} <= told.keys()
    assert (told["港口"], "吞吐量" in told, "企业" in told) == ((8, 1.0, 0.33), False, False)
    assert everything == []


@pytest.mark.parametrize("passage", [SHARED, f"前面是另一句没有人说过的话。{SHARED}"])
def test_a_passage_is_found_in_every_article_that_says_a_sentence_of_it(archive: Path, passage: str) -> None:
    with reader(archive) as connection:
        asked, found = reused(connection, passage)
        [port, plant] = sorted(found, key=lambda one: one.hit.title, reverse=True)
        assert {one.hit.title for one in found} == {"第3号", "第20号"}
        assert {one.sentences for one in found} == {(SHARED,)}
        assert asked == (1 if passage == SHARED else 2)
        _, but_one = reused(connection, passage, but=port.hit.id)
        assert [one.hit.id for one in but_one] == [plant.hit.id]


def test_a_long_sentence_is_found_where_it_stands_to_its_end(tmp_path: Path) -> None:
    begins = "".join(chr(0x5E00 + place * 13) for place in range(60))
    said = f"{begins}，总投资三十亿元。"
    pages = [
        Told(f"https://s{n}.example/a", f"第{n}号", f"{sentence}\n{own * 90}。")
        for n, (sentence, own) in enumerate([(said, "园区"), (f"{begins}，总投资三百亿元。", "港口")])
    ]
    with Archive(tmp_path / "archive.db") as opened:
        opened.put_sources([Source(page.host, f"名{page.host}") for page in pages])
        opened.ingest([page.reading(n) for n, page in enumerate(pages, 1)], "2026-03-01T08:00:30Z")
    with reader(tmp_path / "archive.db") as connection:
        assert [one.hit.title for one in reused(connection, said)[1]] == ["第0号"]
