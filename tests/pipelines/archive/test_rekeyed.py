"""An archive from before its removals had a key: what was salted is keyed, and the salt is nowhere in it."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.archive import Archive, file
from pipelines.archive.kept_out.agreement import own_entries
from pipelines.archive.kept_out.key import read_key
from pipelines.archive.kept_out.ledger import ledger_path, read_ledger
from pipelines.errors import RefusedError
from pipelines.forget.verbs import replay
from pipelines.store import CrawlStore, store_path
from tests.readings import rows

SALT, URL = "5a17" * 8, "https://park.example/1.html"
RESIDUE = b"residue-of-a-text" * 9
AT, PLAN = "2026-01-02T00:00:00Z", "0123456789abcdef"


def _salted(kind: str, value: str) -> bytes:
    return hashlib.sha256(f"{SALT}\n{kind}\n{value}".encode()).digest()


def _line(event: str, blocks: list[list[str]], previous: str) -> str:
    return json.dumps(
        {"removal": f"{AT} {PLAN}", "event": event, "at": AT, "salt": SALT, "plan_hash": PLAN}
        | {"scope": "url on park.example (0123456789ab…)", "requester": "甲", "reason": "来函"}
        | {"mode": "delete", "due_at": None, "blocks": blocks, "previous": previous},
        ensure_ascii=False,
        sort_keys=True,
    )


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of the schema before, with a verified removal and its line in the ledger."""
    path, scripts = tmp_path / "archive.db", tmp_path / "migrations"
    scripts.mkdir()
    for script in file.ARCHIVE.scripts.glob("*.sql"):
        if script.name < "0017":
            (scripts / script.name).write_text(script.read_text("utf-8"), "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(file, "ARCHIVE", replace(file.ARCHIVE, scripts=scripts, before_commit=lambda _: None))
        database = file.open_for_writing(path)
    line = _line("ordered", [["url", _salted("url", URL).hex()]], "0" * 64)
    piece = hashlib.blake2b(b"shingle", key=SALT.encode(), digest_size=8).digest()
    place = "<" + hashlib.blake2b(b"place", key=SALT.encode(), digest_size=8).hexdigest()
    for sql, values in (
        ("INSERT INTO meta VALUES ('salt', ?), ('ledger_head', ?)", (SALT, _sha(line))),
        (
            "INSERT INTO removals (id, scope, requester, reason, at, plan_hash, state, verified, ledger_line)"
            " VALUES (1, 'url on park.example (0123456789ab…)', '甲', '来函', ?, ?, 'verified', 1, ?)",
            (AT, PLAN, line),
        ),
        ("INSERT INTO blocks VALUES ('url', ?, 1)", (_salted("url", URL),)),
        ("INSERT INTO residue_hashes VALUES (1, 1, ?)", (RESIDUE,)),
        (
            "INSERT INTO removal_events (removal_id, at, event, detail) VALUES (1, ?, 'ordered', ?)",
            (AT, f"plan {PLAN}, 1 pages"),
        ),
        ("INSERT INTO stay_down VALUES (1, 1, ?, 0, ?)", (piece, json.dumps({place: [place[1:]]}))),
    ):
        database.conn.execute(sql, values)
    database.close()
    CrawlStore(store_path(path)).close()
    ledger_path(path).write_text(line + "\n", "utf-8")
    return path


def _sha(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def test_what_was_blocked_stays_blocked_and_nothing_salted_is_left_in_the_file(old: Path) -> None:
    with Archive(old) as archive:
        assert archive.blocklist().blocks(URL)
        assert not archive.blocklist().blocks(URL + "?other")
    held = old.read_bytes()
    assert not old.with_name("archive.db-wal").exists()
    piece = hashlib.blake2b(b"shingle", key=SALT.encode(), digest_size=8).digest()
    salted = (SALT.encode(), RESIDUE, _salted("url", URL), piece, PLAN.encode(), b"0123456789ab")
    assert [value for value in salted if value in held] == []


def test_texts_that_stay_down_are_known_by_the_same_words_as_new_ones(old: Path) -> None:
    Archive(old).close()
    key = read_key(old)
    assert key is not None
    assert key.salt == SALT
    [(shingles, numbers)] = rows(old, "SELECT shingles, numbers FROM stay_down")
    keys = rows(old, "SELECT count(*) FROM stay_down_keys")[0]
    assert (shingles, keys) == (key.over(key.piece(b"shingle"), 8), (1,))
    place = key.over(key.piece(b"place"), 8).hex()
    assert json.loads(numbers) == {f"<{place}": [place]}


def test_the_ledger_is_keyed_with_it_and_they_go_on_together(old: Path) -> None:
    with closing(file.open_for_writing(old)) as database:
        assert [e.hash for e in own_entries(database.conn, old)] == [e.hash for e in read_ledger(old)]
    assert replay(old) == []
    text = ledger_path(old).read_text("utf-8")
    assert (SALT in text, "来函" in text, len(text.splitlines())) == (False, True, 1)
    file.read_only(old).close()


def test_an_older_backup_of_it_is_behind_the_keyed_ledger(old: Path) -> None:
    before = old.read_bytes()
    undone = _line("restored", [], _sha(ledger_path(old).read_text("utf-8").strip()))
    with ledger_path(old).open("a", encoding="utf-8") as ledger:
        ledger.write(undone + "\n")
    with pytest.raises(RefusedError, match="1 orders"):
        Archive(old)
    assert replay(old) == []
    old.write_bytes(before)
    with pytest.raises(RefusedError, match="1 orders"):
        Archive(old)
