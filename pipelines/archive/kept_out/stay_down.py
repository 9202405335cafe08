"""Texts that are to stay down wherever they come from, known by keyed hashes and not by a word.

In: texts as they are removed, and later the readings that come. Out: rows of `stay_down`, and for a
reading that says the same, a row of `stay_down_matches` that waits for a person's decision. A quarter of
a text's shingles is kept, hashed with the key beside the archive and sorted, so that no text can be put
together from them and none guessed; and its numbers with the wording around them, hashed too, so that April's
bulletin is not taken for March's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from pipelines.archive.kept_out.key import Key, needed_key
from pipelines.join.features import Features
from pipelines.join.numbers import Places, compare_numbers
from pipelines.join.verdict import MOST, SHORT_CHARACTERS, SHORT_LEAST
from pipelines.normalise import normalise
from pipelines.records import Reading

Hashes = npt.NDArray[np.uint64]

_SAMPLE = 4
"""One shingle in four is kept: 250 of a text of a thousand characters, so that containment is known to
within a tenth (a binomial share's two standard deviations are .06), and too few to put a text together."""
_KEYS_MOST = 32
"""Keys a text is looked up by; of a copy cut to a tenth three are left on average."""
_KEYS_LEAST = 2


def put_stay_down(connection: sqlite3.Connection, removal_id: int, texts: list[str]) -> None:
    """Keeps these texts down for a removal."""
    key = needed_key(connection)
    for text in dict.fromkeys(normalise(text) for text in texts):
        features = Features(0, text)
        sample = _sampled(features.shingles, key)
        if not len(sample):
            continue
        numbers = {place: sorted(values) for place, values in _hashed(features, key).items()}
        [row_id] = connection.execute(
            "INSERT INTO stay_down (removal_id, shingles, tiny, numbers) VALUES (?, ?, ?, ?) RETURNING id",
            (removal_id, packed(sample), int(len(text) < SHORT_CHARACTERS), in_no_order(numbers)),
        ).fetchone()
        put_keys(connection, row_id, sample)


def put_keys(connection: sqlite3.Connection, text_id: int, sample: Hashes) -> None:
    """By what a text that stays down is looked up."""
    keys = sample[:_KEYS_MOST].astype(np.int64, casting="unsafe").tolist()
    connection.executemany(
        "INSERT OR IGNORE INTO stay_down_keys (key, text_id) VALUES (?, ?)", [(k, text_id) for k in keys]
    )


def packed(sample: Hashes) -> bytes:
    """A sample for its column."""
    return sample.astype("<u8").tobytes()


def in_no_order(numbers: dict[str, list[str]]) -> str:
    """Numbers by their places for their column: not in the order in which the text has them."""
    return json.dumps(numbers, sort_keys=True)


def holds_back(connection: sqlite3.Connection, reading: Reading, at: str) -> bool:
    """Whether a reading says what is to stay down; then its address waits for a decision.

    A page of the archive that says it already stays: it survived the removal. One that is edited into it
    waits, and goes on to say here what it said before.
    """
    if connection.execute("SELECT 1 FROM stay_down LIMIT 1").fetchone() is None:
        return False
    known = held_page(connection, reading.url)
    if known is not None and known[2] == "admitted":
        return False
    like = _most_like(connection, reading.signed.normalised)
    if like is None or _said_before(connection, reading.url, like[0]):
        connection.execute("DELETE FROM stay_down_matches WHERE url = ?", (reading.url,))
        return False
    if known is None:
        connection.execute(
            "INSERT INTO stay_down_matches (url, source, page_id, removal_id, containment, at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (reading.url, reading.source, reading.page_id, *like, at),
        )
    return True


def held_pages(connection: sqlite3.Connection) -> list[tuple[str, str, int, float, str]]:
    """Pages that wait for a decision: URL, source, removal, containment, since when."""
    return [
        tuple(row)
        for row in connection.execute(
            "SELECT url, source, removal_id, containment, at FROM stay_down_matches WHERE decision = ''"
            " ORDER BY at, url"
        )
    ]


def held_page(connection: sqlite3.Connection, url: str) -> tuple[int, str, str] | None:
    """The removal that holds a page back, since when, and what was decided of it; None where none does."""
    row = connection.execute(
        "SELECT removal_id, at, decision FROM stay_down_matches WHERE url = ?", (url,)
    ).fetchone()
    return None if row is None else (int(row[0]), str(row[1]), str(row[2]))


def decide(connection: sqlite3.Connection, url: str, decision: str) -> tuple[str, int] | None:
    """Records a person's decision; the source and the removal, None where nothing waits at this URL."""
    row = connection.execute(
        "UPDATE stay_down_matches SET decision = ? WHERE url = ? RETURNING source, removal_id",
        (decision, url),
    ).fetchone()
    return None if row is None else (str(row[0]), int(row[1]))


def _said_before(connection: sqlite3.Connection, page_url: str, removal_id: int) -> bool:
    """Whether the archive has this page saying what that removal keeps down."""
    row = connection.execute(
        "SELECT text FROM texts JOIN readings ON readings.text_id = texts.id WHERE page_url = ?", (page_url,)
    ).fetchone()
    like = row and _most_like(connection, normalise(row[0]))
    return like is not None and like[0] == removal_id


def _most_like(connection: sqlite3.Connection, text: str) -> tuple[int, float] | None:
    """The removal whose text this one says, and how much of the shorter text the other has."""
    key = needed_key(connection)
    features = Features(0, text)
    sample = _sampled(features.shingles, key)
    numbers = _hashed(features, key)
    is_short = len(text) < SHORT_CHARACTERS
    best: tuple[int, float] | None = None
    for removal_id, shingles, tiny, stored in connection.execute(
        "SELECT removal_id, shingles, tiny, numbers FROM stay_down WHERE id IN (SELECT text_id"
        " FROM stay_down_keys WHERE key IN (SELECT value FROM json_each(?))"
        " GROUP BY text_id HAVING count(*) >= ?)",
        (json.dumps(sample.astype(np.int64, casting="unsafe").tolist()), min(_KEYS_LEAST, len(sample))),
    ):
        theirs = np.frombuffer(shingles, dtype="<u8")
        common = len(np.intersect1d(sample, theirs))
        containment = common / max(1, min(len(sample), len(theirs)))
        if containment < (SHORT_LEAST if tiny or is_short else MOST):
            continue
        places = {place: frozenset(values) for place, values in json.loads(stored).items()}
        if not compare_numbers(numbers, places).contradict and (best is None or containment > best[1]):
            best = (removal_id, round(containment, 3))
    return best


def _sampled(shingles: Hashes, key: Key) -> Hashes:
    """A quarter of the shingles as keyed hashes, ascending."""
    pieces = [key.piece(shingle.tobytes()) for shingle in shingles.astype("<u8")]
    return keyed([piece for piece in pieces if int.from_bytes(piece, "little") % _SAMPLE == 0], key)


def keyed(pieces: Iterable[bytes], key: Key) -> Hashes:
    """Pieces of eight bytes as keyed hashes, ascending."""
    hashes = b"".join(key.over(piece, 8) for piece in pieces)
    return np.unique(np.frombuffer(hashes, dtype="<u8").astype(np.uint64))


def _hashed(features: Features, key: Key) -> Places:
    """The text's numbers by place, both as keyed hashes; the side of the place stays."""
    return {
        place[0] + _keyed(place, key): frozenset(_keyed(number, key) for number in numbers)
        for place, numbers in features.numbers.items()
    }


def _keyed(text: str, key: Key) -> str:
    return key.over(key.piece(text.encode()), 8).hex()
