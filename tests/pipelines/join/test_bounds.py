"""What one page can do to other people's clusters, and what it costs."""

import random
import sqlite3
import time
from pathlib import Path

import pytest

import pipelines.archive
from pipelines.archive.write.facts import put_text
from pipelines.archive.write.join_index import SqliteJoinIndex
from pipelines.join import Joiner
from pipelines.sign import sign

MIGRATIONS = Path(pipelines.archive.__file__).parent / "migrations"
CHARACTERS = [chr(code) for code in range(0x4E00, 0x5600)]


def _article(seed: int, length: int = 400) -> str:
    return "".join(random.Random(seed).choices(CHARACTERS, k=length))


@pytest.fixture
def archive():
    connection = sqlite3.connect(":memory:")
    for migration in sorted(MIGRATIONS.glob("*.sql")):
        connection.executescript(migration.read_text("utf-8"))
    yield connection
    connection.close()


def _add(connection: sqlite3.Connection, joiner: Joiner, *texts: str) -> dict[int, int]:
    for text in texts:
        signed = sign(text)
        put_text(connection, text, signed.node_id)
        joiner.add(signed)
    return joiner.relink()


def _groups(connection: sqlite3.Connection, among: set[int]) -> set[frozenset[int]]:
    clusters: dict[int, set[int]] = {}
    for node, cluster in connection.execute("SELECT node_id, cluster_id FROM nodes"):
        clusters.setdefault(cluster, set()).add(node)
    return {frozenset(members & among) for members in clusters.values() if members & among}


def test_a_page_made_of_all_openings_changes_no_cluster(archive):
    joiner = Joiner(SqliteJoinIndex(archive))
    articles = [_article(seed) for seed in range(40)]
    _add(archive, joiner, *articles, *(article[:300] for article in articles))
    old = {node for (node,) in archive.execute("SELECT node_id FROM nodes")}
    before = _groups(archive, old)
    _add(archive, joiner, "".join(article[:150] for article in articles))
    assert _groups(archive, old) == before


def test_a_page_made_of_many_whole_articles_changes_no_cluster_and_takes_less_than_a_second(archive):
    joiner = Joiner(SqliteJoinIndex(archive))
    articles = [_article(seed) for seed in range(40)]
    _add(archive, joiner, *articles, *(article[:300] for article in articles))
    old = {node for (node,) in archive.execute("SELECT node_id FROM nodes")}
    before = _groups(archive, old)
    started = time.process_time()
    _add(archive, joiner, "".join(articles))
    took_s = time.process_time() - started
    assert (_groups(archive, old), took_s < 1) == (before, True)


@pytest.mark.parametrize(
    "page",
    [
        "".join(_article(seed) for seed in range(300)),
        "园" * 2_700_000,
        "park" * 2_000_000,
        _article(9, 100_000),
    ],
    ids=["every article whole", "one character", "eight megabytes of one word", "a hundred thousand keys"],
)
def test_an_endless_page_takes_less_than_a_second_and_changes_no_cluster(archive, page):
    joiner = Joiner(SqliteJoinIndex(archive))
    _add(
        archive,
        joiner,
        *(_article(seed) for seed in range(300)),
        *(_article(seed, 300) for seed in range(60)),
    )
    old = {node for (node,) in archive.execute("SELECT node_id FROM nodes")}
    before = _groups(archive, old)
    started = time.process_time()
    _add(archive, joiner, page)
    took_s = time.process_time() - started
    assert (_groups(archive, old), took_s < 1) == (before, True)


def test_all_copies_of_a_much_copied_article_are_one_cluster(archive):
    joiner = Joiner(SqliteJoinIndex(archive))
    article = _article(1)
    told = _add(archive, joiner, *(article + _article(seed, 40) for seed in range(2, 122)))
    assert len(set(told.values())) == 1


def test_a_removed_text_leaves_no_row(archive):
    joiner = Joiner(SqliteJoinIndex(archive))
    article = _article(1)
    _add(archive, joiner, article, article[:300])
    for text in (article, article[:300]):
        joiner.remove(sign(text).node_id)
    joiner.relink()
    counts = [
        archive.execute(f"SELECT count(*) FROM {table}").fetchone()
        for table in ("nodes", "node_keys", "pairs")
    ]
    assert counts == [(0,), (0,), (0,)]


def test_similarity_is_one_for_a_text_and_itself_and_less_for_a_piece_of_it(archive):
    joiner = Joiner(SqliteJoinIndex(archive))
    article = _article(1)
    _add(archive, joiner, article, article[:300])
    whole, piece = sign(article).node_id, sign(article[:300]).node_id
    assert joiner.similarity(whole, whole) == 1.0
    assert (
        joiner.similarity(whole, piece)
        == joiner.similarity(piece, whole)
        == pytest.approx(296 / 396, abs=0.01)
    )


def test_a_page_of_two_articles_goes_with_one_and_names_the_other(archive):
    joiner = Joiner(SqliteJoinIndex(archive))
    first, second = _article(1), _article(2, 350)
    told = _add(archive, joiner, first, first + _article(3, 60), second, second + _article(4, 60))
    articles = {told[sign(text).node_id] for text in (first, second)}
    both = sign(first + second).node_id
    clusters = _add(archive, joiner, first + second)
    assert {clusters[both], *joiner.secondary()[both]} in (
        {min(article, both) if article == own else article for article in articles} for own in articles
    )


@pytest.mark.parametrize(
    "pages",
    [[[0, 2], [2, 0], [0, 2]], [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [3, 1, 5, 2, 4]]],
    ids=["the same two articles", "all in another order"],
)
def test_pages_of_several_articles_do_not_tie_them_together_however_many_print_them(archive, pages):
    joiner = Joiner(SqliteJoinIndex(archive))
    articles = [_article(seed, 500) for seed in range(6)]
    _add(archive, joiner, *articles, *(article[:400] for article in articles[1::2]))
    old = {node for (node,) in archive.execute("SELECT node_id FROM nodes")}
    before = _groups(archive, old)
    for number, page in enumerate(pages):
        _add(archive, joiner, _article(100 + number, 30) + "".join(articles[seed] for seed in page))
    assert _groups(archive, old) == before


def test_digests_that_overlap_in_a_circle_do_not_tie_articles_of_which_there_are_copies(archive):
    joiner = Joiner(SqliteJoinIndex(archive))
    articles = [_article(seed) for seed in range(3)]
    _add(archive, joiner, *articles, *(article[:380] for article in articles))
    old = {node for (node,) in archive.execute("SELECT node_id FROM nodes")}
    before = _groups(archive, old)
    for held in ((0, 1), (1, 2), (2, 0), (0, 1, 2)):
        _add(archive, joiner, "".join(articles[seed] for seed in held))
    assert _groups(archive, old) == before


def test_a_page_stuffed_with_what_half_the_archive_shares_changes_no_cluster(archive):
    joiner = Joiner(SqliteJoinIndex(archive))
    phrases, draw = [_article(500 + number, 30) for number in range(12)], random.Random(1)
    articles = [_article(seed, 300) + "".join(draw.sample(phrases, 4)) for seed in range(120)]
    _add(archive, joiner, *articles)
    old = {node for (node,) in archive.execute("SELECT node_id FROM nodes")}
    before = _groups(archive, old)
    mixed = "".join(article[:60] + phrase for article, phrase in zip(articles, phrases * 10, strict=True))
    _add(archive, joiner, "".join(phrases), mixed)
    assert _groups(archive, old) == before


class _Counted(SqliteJoinIndex):
    """An index that counts the texts it is asked for: each is read for a verdict."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.candidates = 0

    def nodes(self, node_ids):
        found = super().nodes(node_ids)
        self.candidates += len(found)
        return found


def test_short_pages_over_one_footer_have_no_more_candidates_as_they_become_many(archive):
    index = _Counted(archive)
    joiner, footer, counts = Joiner(index), _article(1, 160), []
    for start in range(100, 400, 100):
        index.candidates = 0
        for seed in range(start, start + 100):
            _add(archive, joiner, _article(seed, 90) + footer)
        counts.append(index.candidates)
    assert counts[2] <= 1.2 * counts[1]
    assert {len(group) for group in _groups(archive, set(_nodes(archive)))} == {1}


def _nodes(connection: sqlite3.Connection) -> list[int]:
    return [node for (node,) in connection.execute("SELECT node_id FROM nodes")]
