"""The clusters follow from the set of texts: no order, no split into runs and no detour changes them."""

import random
import sqlite3
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import pipelines.archive
from pipelines.archive.write.facts import put_text
from pipelines.archive.write.join_index import SqliteJoinIndex
from pipelines.join import Joiner
from pipelines.sign import sign

MIGRATIONS = Path(pipelines.archive.__file__).parent / "migrations"
WORDS = tuple(
    "园区企业项目投资建设产业发展服务创新招商签约开工投产技术平台政策人才绿色智能制造物流港口会议部署推进调研"[
        i : i + 2
    ]
    for i in range(0, 52, 2)
)


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(WORDS) for _ in range(chance.randint(8, 16))]
    return "".join(words) + str(chance.randint(2, 999)) + chance.choice(["亿元", "家", "亩"]) + "。"


def _copy(article: list[str], chance: random.Random, others: list[list[str]]) -> str:
    """An article truncated, wrapped, reordered, reworded, with other figures, or with another one."""
    kind = chance.randrange(7)
    lines = article[:]
    if kind == 1:
        lines = lines[: max(2, len(lines) * chance.randint(4, 9) // 10)]
    elif kind == 2:
        lines = [_sentence(chance), *lines, _sentence(chance)]
    elif kind == 3:
        chance.shuffle(lines)
    elif kind == 4:
        lines = [line.replace(chance.choice(WORDS), chance.choice(WORDS)) for line in lines]
    elif kind == 5:
        lines = ["".join(str(chance.randint(1, 9)) if c.isdigit() else c for c in line) for line in lines]
    elif kind == 6:
        lines += chance.choice(others)
    return "".join(lines)


def _texts(seed: int) -> list[str]:
    chance = random.Random(seed)
    articles = [[_sentence(chance) for _ in range(chance.randint(3, 9))] for _ in range(4)]
    phrase = _sentence(chance)
    copies = [_copy(chance.choice(articles), chance, articles) for _ in range(16)]
    return [phrase + copy if chance.random() < 0.5 else copy for copy in copies]


class Archive:
    """A file of texts and their clusters that may be closed and opened between two steps."""

    def __init__(self, window: int) -> None:
        self.connection = sqlite3.connect(":memory:")
        for migration in sorted(MIGRATIONS.glob("*.sql")):
            self.connection.executescript(migration.read_text("utf-8"))
        self.window = window
        self.told: dict[int, int] = {}
        self.told_secondary: dict[int, dict[int, int]] = {}
        self.restart()

    def restart(self) -> None:
        self.joiner = Joiner(SqliteJoinIndex(self.connection), self.window)

    def add(self, text: str) -> None:
        signed = sign(text)
        put_text(self.connection, text, signed.node_id)
        self.joiner.add(signed)

    def remove(self, text: str) -> None:
        node_id = sign(text).node_id
        self.connection.execute("DELETE FROM text_rows WHERE node_id = ?", (node_id,))
        self.joiner.remove(node_id)
        self.told.pop(node_id, None)
        self.told_secondary.pop(node_id, None)

    def relink(self) -> None:
        self.told |= self.joiner.relink()
        self.told_secondary |= self.joiner.secondary()

    def state(self) -> dict[str, list[tuple]]:
        tables = {"nodes": "node_id", "node_keys": "key, place, node_id", "pairs": "node_a, node_b"}
        return {
            name: self.connection.execute(f"SELECT * FROM {name} ORDER BY {order}").fetchall()
            for name, order in tables.items()
        }

    def clusters(self) -> dict[int, int]:
        return dict(self.connection.execute("SELECT node_id, cluster_id FROM nodes"))


def _filled(texts: list[str], window: int) -> Archive:
    archive = Archive(window)
    for text in texts:
        archive.add(text)
    archive.relink()
    return archive


cases = {
    "seed": st.integers(0, 10**6),
    "window": st.sampled_from([1, 2, 10]),
    "chance": st.randoms(use_true_random=False),
}


@settings(max_examples=25, deadline=None)
@given(**cases)
def test_any_order_gives_the_same_index_evidence_and_clusters(seed, window, chance):
    texts = _texts(seed)
    shuffled = texts[:]
    chance.shuffle(shuffled)
    assert _filled(shuffled, window).state() == _filled(texts, window).state()


@settings(max_examples=25, deadline=None)
@given(**cases)
def test_any_split_into_runs_gives_the_same_index_evidence_and_clusters(seed, window, chance):
    texts = _texts(seed)
    archive = Archive(window)
    for text in texts:
        archive.add(text)
        if chance.random() < 0.5:
            archive.relink()
            archive.restart()
    archive.relink()
    assert archive.state() == _filled(texts, window).state()


@settings(max_examples=25, deadline=None)
@given(**cases)
def test_texts_that_came_and_went_leave_no_trace(seed, window, chance):
    texts = list(dict.fromkeys(_texts(seed)))
    leaving = set(chance.sample(texts, len(texts) // 3))
    archive = _filled(texts, window)
    for text in leaving:
        archive.remove(text)
        if chance.random() < 0.5:
            archive.relink()
    archive.relink()
    assert archive.state() == _filled([text for text in texts if text not in leaving], window).state()


@settings(max_examples=25, deadline=None)
@given(**cases)
def test_what_relink_tells_adds_up_to_the_clusters(seed, window, chance):
    texts = list(dict.fromkeys(_texts(seed)))
    archive = Archive(window)
    for text in texts:
        archive.add(text)
        if chance.random() < 0.3:
            archive.relink()
        if chance.random() < 0.2:
            archive.remove(text)
    archive.relink()
    assert archive.told == archive.clusters()


@settings(max_examples=25, deadline=None)
@given(**cases)
def test_what_is_told_of_secondary_clusters_follows_from_the_set_of_texts(seed, window, chance):
    texts = list(dict.fromkeys(_texts(seed)))
    archive, staying = Archive(window), texts[:]
    for text in texts:
        archive.add(text)
        if chance.random() < 0.3:
            archive.relink()
        if chance.random() < 0.2:
            archive.remove(text)
            staying.remove(text)
    archive.relink()
    assert archive.told_secondary == _filled(staying, window).told_secondary


@settings(max_examples=10, deadline=None)
@given(**cases)
def test_texts_ingested_again_change_nothing(seed, window, chance):
    texts = _texts(seed)
    archive = _filled(texts, window)
    before = archive.state()
    for text in chance.sample(texts, 8):
        archive.add(text)
    archive.relink()
    assert archive.state() == before


def test_the_texts_of_these_tests_are_joined_blocked_and_left_alone():
    verdicts = set()
    for seed in range(5):
        archive = _filled(_texts(seed), 10)
        verdicts |= {
            verdict for (verdict,) in archive.connection.execute("SELECT DISTINCT verdict FROM pairs")
        }
        assert 1 < len(set(archive.clusters().values())) < 16
    assert verdicts == {"same", "blocked"}
