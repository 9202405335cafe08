"""A stranger with the files: searches their bytes for words, without any of the code that removes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import zstandard

from tests.readings import rows

_FRAME = b"\x28\xb5\x2f\xfd"


def forms(words: Iterable[str]) -> dict[bytes, str]:
    """Each word as it may lie in a file."""
    found: dict[bytes, str] = {}
    for word in words:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5"):
            try:
                found[word.encode(encoding)] = word
            except UnicodeEncodeError:
                continue
        found[" ".join(word).encode()] = word
        found["\x1f".join(word).encode()] = word
    return found


def search(folder: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """File → the words that it holds, in its bytes or in a compressed frame, live or stray."""
    looked_for = _Many(forms(words))
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        hits = looked_for.found_in(data)
        batch = b"".join(frame + b"\0" for frame in _frames(data))
        if hits := hits | looked_for.found_in(batch):
            found[path.relative_to(folder).as_posix()] = hits
    return found


def pieces(text: str, characters: int = 12) -> list[str]:
    """A text in short pieces: what a file may hold of it without holding a whole line."""
    return [
        line[at : at + characters]
        for line in text.split("\n")
        for at in range(0, len(line) - characters + 1, characters)
    ]


class _Many:
    """Looks for very many byte strings at once: by their first sixteen bytes, then by all of them."""

    def __init__(self, looked_for: dict[bytes, str]) -> None:
        self._short = {form: word for form, word in looked_for.items() if len(form) < 16}
        self._long: dict[int, list[tuple[bytes, str]]] = {}
        for form, word in looked_for.items():
            if len(form) >= 16:
                [key] = _keys(form[:16])
                self._long.setdefault(int(key), []).append((form, word))
        self._sorted = np.array(sorted(self._long), dtype=np.uint64)
        self._table = np.zeros(1 << 20, dtype=np.bool_)
        self._table[self._sorted >> np.uint64(44)] = True

    def found_in(self, data: bytes) -> set[str]:
        found = {word for form, word in self._short.items() if form in data}
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK + 15]
            if len(chunk) < 16 or not len(self._sorted):
                continue
            keys = _keys(chunk)
            places = np.flatnonzero(self._table[(keys >> np.uint64(44)).view(np.int64)])
            nearest = np.minimum(np.searchsorted(self._sorted, keys[places]), len(self._sorted) - 1)
            for place in places[self._sorted[nearest] == keys[places]]:
                at = start + int(place)
                found |= {w for form, w in self._long[int(keys[place])] if data.startswith(form, at)}
        return found


_CHUNK = 1 << 20


def _keys(data: bytes) -> np.ndarray:
    """A number for the sixteen bytes at every place."""
    padded = np.frombuffer(data + bytes(8), dtype=np.uint8)
    eight = np.lib.stride_tricks.sliding_window_view(padded, 8)[: len(data) - 7]
    words = np.ascontiguousarray(eight).view("<u8").ravel()
    mixed = words[:-8] * np.uint64(0x9E3779B97F4A7C15) + words[8:] * np.uint64(0xC2B2AE3D27D4EB4F)
    return mixed ^ (mixed >> np.uint64(31)) * np.uint64(0x94D049BB133111EB)


def _frames(data: bytes) -> Iterable[bytes]:
    """Frames in the bytes; those of long rows lie in pages with a pointer of four bytes before each."""
    pages = data[:15] == b"SQLite format 3"
    at = data.find(_FRAME)
    while at >= 0:
        yield _unpacked(data[at : at + 200_000])
        if pages:
            yield _unpacked(_chained(data, at))
        at = data.find(_FRAME, at + 1)


def _chained(data: bytes, at: int) -> bytes:
    """What follows from `at`, page by page along SQLite's overflow pointers."""
    end = (at // 4096 + 1) * 4096
    pieces, number = [data[at : end - 4]], int.from_bytes(data[end - 4 : end], "big")
    for _ in range(50):
        if not 0 < number <= len(data) // 4096:
            break
        page = data[(number - 1) * 4096 : number * 4096]
        pieces.append(page[4:])
        number = int.from_bytes(page[:4], "big")
    return b"".join(pieces)


def _unpacked(frame: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(frame)
    except zstandard.ZstdError:
        return b""


def live_bodies(store: Path) -> list[tuple[str, bytes]]:
    """The raw pages that are in the crawl store: URL and bytes."""
    with sqlite3.connect(store) as connection:
        rows = connection.execute("SELECT url, body FROM pages").fetchall()
    return [(url, zstandard.ZstdDecompressor().decompress(body)) for url, body in rows]


def index_finds(archive: Path, words: Iterable[str]) -> list[str]:
    """The words that the search index still has."""
    sql = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
    return [w for w in words if rows(archive, sql, f'"{" ".join(w)}"')[0][0]]
