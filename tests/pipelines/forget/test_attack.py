"""Who is handed the archive, even with its ledger, reads back no piece of what was removed, guesses none."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from pipelines.archive.kept_out.key import key_path
from pipelines.forget.delete import notes_of, seeker
from pipelines.forget.passages import Anchors, in_every_form
from pipelines.forget.plan import Plan
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import remove
from tests.commands import Run
from tests.pipelines.forget.worlds import PARK, STAY_DOWN, WHO, World, make_text, make_title
from tests.readings import rows


def _values(path: Path) -> Iterator[object]:
    """Every value of every table, and every string of the ledger: what an attacker may use."""
    for (table,) in rows(path, "SELECT name FROM sqlite_schema WHERE type = 'table'"):
        if not table.startswith("articles_fts"):
            for row in rows(path, f"SELECT * FROM {table}"):
                yield from row
    ledger = path.with_name("archive-removals.jsonl")
    for line in ledger.read_text("utf-8").splitlines():
        yield from json.loads(line).values()


def _held(path: Path) -> bytes:
    return b"\n".join(
        value if isinstance(value, bytes) else json.dumps(value).encode() for value in _values(path)
    )


def _secrets(path: Path) -> list[str]:
    """Whatever may be a salt or key."""
    return ["", *dict.fromkeys(v for v in _values(path) if isinstance(v, str) and 8 <= len(v) <= 64)]


def _rolling(data: bytes, secret: str) -> np.ndarray:
    """Hashes of 24-byte windows over a table that follows from a secret, as they were once kept."""
    seeded = hashlib.shake_256(f"passages\n{secret}".encode()).digest(8 * 256)
    table = np.frombuffer(seeded, dtype="<u8").astype(np.uint64)
    total = np.zeros(len(data) - 23, dtype=np.uint64)
    for place in range(24):
        total = (
            total * np.uint64(0x9E3779B97F4A7C15)
            + table[np.frombuffer(data, np.uint8)][place : place + len(total)]
        )
    return total ^ (total >> np.uint64(29))


def test_no_piece_of_a_removed_text_can_be_confirmed_from_what_is_kept(world: World) -> None:
    texts = [page.text for page in world.of(PARK)]
    assert remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN).removal.verified
    held = _held(world.path)
    kept = np.unique(
        np.concatenate(
            [np.frombuffer(held, dtype="<u8", count=(len(held) - at) // 8, offset=at) for at in range(8)]
        )
    )
    guessed = "".join(texts[:2]).encode()
    confirmed = 0
    for secret in _secrets(world.path):
        pieces = _rolling(guessed, secret)
        confirmed += (kept[np.minimum(np.searchsorted(kept, pieces), len(kept) - 1)] == pieces).sum()
    assert confirmed == 0


def test_no_guessed_address_or_sentence_is_confirmed(world: World) -> None:
    page = world.of(PARK)[3]
    scope = make_scope(urls=[page.url])
    empty = make_scope(urls=[f"https://{PARK}/never-here.html"])
    remove(world.path, scope, STAY_DOWN)
    remove(world.path, empty, STAY_DOWN)
    held = _held(world.path)
    for secret in _secrets(world.path):
        for url in (page.url, *empty.urls):
            salted = hashlib.sha256(f"{secret}\nurl\n{url}".encode())
            mark = hashlib.blake2b(url.encode(), key=hashlib.sha256(secret.encode()).digest(), digest_size=6)
            found = [salted.digest() in held, salted.hexdigest().encode() in held]
            assert [*found, mark.hexdigest().encode() in held] == [False] * 3
        host = hashlib.sha256(f"{secret}\non\n{PARK}".encode())
        assert [host.digest() in held, host.hexdigest().encode() in held] == [False] * 2
    assert Plan(empty, ()).hash.encode() not in held


def test_even_with_the_key_unrelated_texts_confirm_nothing(world: World) -> None:
    outcome = remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    with closing(sqlite3.connect(world.path)) as connection:
        looks, key = seeker(connection, outcome.removal.id), notes_of(connection).key
    assert isinstance(looks, Anchors)
    assert len(looks.known) > 0
    unrelated = [make_text(seed, lines=40) for seed in range(5000, 5060)]
    assert (
        len(np.intersect1d(Anchors(key.secret, looks.known).of_lines(in_every_form(unrelated)), looks.known))
        == 0
    )


def test_the_key_is_its_owners_alone_and_the_archive_knows_it_by_a_check_only(world: World) -> None:
    remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    path = key_path(world.path)
    secret = bytes.fromhex(json.loads(path.read_text("ascii"))["key"])
    assert (path.stat().st_mode & 0o777, len(secret)) == (0o600, 32)
    files = [file for file in world.path.parent.iterdir() if file.is_file() and file != path]
    assert [
        f.name for f in files if secret in f.read_bytes() or secret.hex().encode() in f.read_bytes()
    ] == []


@pytest.mark.parametrize("harm", ["missing", "another", "no key"])
def test_without_the_key_nothing_is_shown_and_the_key_is_asked_for(
    world: World, parknews: Run, harm: str
) -> None:
    parknews("remove-source", PARK, *WHO, "--yes")
    path = key_path(world.path)
    if harm == "missing":
        path.unlink()
    else:
        path.write_text(json.dumps({"key": "00" * 32, "salt": ""}) if harm == "another" else "{}")
    for words in (("search", "园区"), ("show", "1"), ("removals", "list"), ("removals", "replay")):
        answer = parknews(*words)
        assert (answer.code, answer.out, path.name in answer.err) == (4, "", True), answer


def test_a_copy_that_was_handed_out_is_read_and_confirms_nothing(world: World, parknews: Run) -> None:
    url = world.of(PARK)[3].url
    parknews("remove-source", PARK, *WHO, "--yes")
    copy = world.elsewhere / "handed" / "archive.db"
    copy.parent.mkdir()
    copy.write_bytes(world.path.read_bytes())
    assert parknews("--db", str(copy), "search", make_title(0)).code in (0, 1)
    shown = parknews("--db", str(copy), "show", url)
    assert (shown.code, "removed" in shown.out) == (1, False), shown
    assert parknews("show", url).out.startswith("removed on ")
    refused = parknews("--db", str(copy), "remove-source", PARK, *WHO, "--yes")
    assert (refused.code, "handed out" in refused.err or "a copy without" in refused.err) == (4, True), (
        refused
    )
