"""What a joiner remembers between relinks is never older than the archive."""

import sqlite3
from pathlib import Path

from pipelines.archive.file import open_for_writing
from pipelines.archive.write.facts import put_text
from pipelines.archive.write.join_index import SqliteJoinIndex
from pipelines.join import Joiner, graph
from pipelines.sign import sign
from tests.pipelines.join.test_bounds import _article

ARTICLE = _article(1)


def _open(path: Path) -> tuple[sqlite3.Connection, Joiner]:
    connection = open_for_writing(path).conn
    return connection, Joiner(SqliteJoinIndex(connection))


def _ingest(connection: sqlite3.Connection, joiner: Joiner, *texts: str, end: str = "COMMIT") -> None:
    connection.execute("BEGIN")
    for text in texts:
        signed = sign(text)
        put_text(connection, text, signed.node_id)
        joiner.add(signed)
    joiner.relink()
    connection.execute(end)


def _clusters(connection: sqlite3.Connection) -> dict[int, int]:
    return dict(connection.execute("SELECT node_id, cluster_id FROM nodes"))


def _one(texts: list[str]) -> dict[int, int]:
    nodes = [sign(text).node_id for text in texts]
    return dict.fromkeys(nodes, min(nodes))


def test_a_batch_that_was_rolled_back_is_not_remembered(tmp_path):
    connection, joiner = _open(tmp_path / "archive.db")
    copies = [ARTICLE + _article(seed, 40) for seed in range(2, 8)]
    _ingest(connection, joiner, *copies[:2])
    _ingest(connection, joiner, *copies[2:4], end="ROLLBACK")
    _ingest(connection, joiner, *copies[4:])
    staying = copies[:2] + copies[4:]
    assert _clusters(connection) == _one(staying)


def test_what_another_connection_joined_is_not_missed(tmp_path):
    ours, other = _open(tmp_path / "archive.db"), _open(tmp_path / "archive.db")
    copies = [ARTICLE + _article(seed, 40) for seed in range(2, 8)]
    _ingest(*ours, *copies[:2])
    _ingest(*other, *copies[2:4])
    _ingest(*ours, *copies[4:])
    assert _clusters(ours[0]) == _one(copies)


def test_what_another_connection_deleted_is_not_remembered(tmp_path):
    (ours, joiner), (other, deleter) = _open(tmp_path / "archive.db"), _open(tmp_path / "archive.db")
    copies = [ARTICLE + _article(seed, 40) for seed in range(2, 8)]
    _ingest(ours, joiner, *copies[:4])
    other.execute("BEGIN")
    for copy in copies[:3]:
        deleter.remove(sign(copy).node_id)
    deleter.relink()
    other.execute("COMMIT")
    _ingest(ours, joiner, *copies[4:])
    assert _clusters(ours) == _one(copies[3:])


def test_an_archive_of_many_texts_is_not_held_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "_TEXTS_KEPT", 10)
    connection, joiner = _open(tmp_path / "archive.db")
    copies = [ARTICLE + _article(seed, 40) for seed in range(2, 6)]
    for seed in range(10, 50):
        _ingest(connection, joiner, _article(seed, 300))
        assert len(joiner._graph) <= 10
        if seed % 10 == 0:
            _ingest(connection, joiner, copies[seed // 10 - 1])
    expected = _one(copies)
    assert {node: cluster for node, cluster in _clusters(connection).items() if node in expected} == expected
