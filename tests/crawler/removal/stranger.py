"""A stranger with the files: searches their bytes for words, without any of the code that removes."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

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
    looked_for = forms(words)
    found: dict[str, set[str]] = {}
    for path in sorted(folder.iterdir()):
        if not path.is_file():
            continue
        data = path.read_bytes()
        hits = {word for form, word in looked_for.items() if form in data}
        for frame in _frames(data):
            hits |= {word for form, word in looked_for.items() if form in frame}
        if hits:
            found[path.name] = hits
    return found


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
    with sqlite3.connect(archive) as connection:
        sql = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
        return [w for w in words if connection.execute(sql, (f'"{" ".join(w)}"',)).fetchone()[0]]
