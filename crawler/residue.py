"""Searching every file of a folder for what was removed, as a stranger with the files would.

In: what looks for the passages (`pipelines.removal.passages.Seeker`), a folder, the crawl store. Out: which
passages each file holds; compressed frames are unpacked, and free pages of SQLite files looked at.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import zstandard

from pipelines.removal.passages import WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.store import CrawlStore
    from pipelines.removal.passages import Hashes, Seeker

_CHUNK_BYTES = 1 << 22
_FRAME = b"\x28\xb5\x2f\xfd"
"""How a zstd frame begins (RFC 8878, 3.1.1)."""
_FRAME_BYTES = 1 << 16
"""Of a stray frame so much is unpacked: more of it does not lie in one piece, since SQLite puts a pointer
after each page of a long row."""
START_BYTES = 256
"""By so many bytes (length, tables, first words) a frame is known; SQLite leaves them in one piece."""
_SQLITE = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class FileFound:
    """What one file holds."""

    name: str
    size: int
    passages: Hashes
    stale_pages: int = 0
    """Free pages of an SQLite file that are not empty: what lay there cannot be told."""


@dataclass
class Mentions:
    """Raw pages of others that hold removed passages: a copy, a teaser, a link."""

    passages: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    by_source: dict[str, int] = field(default_factory=dict)
    page_ids: list[int] = field(default_factory=list)


def search_files(folder: Path, seeker: Seeker, live: set[bytes]) -> Iterator[FileFound]:
    """What each file of the folder holds, by name; folders within are other people's.

    Args:
        folder: the archive's.
        seeker: what looks for the passages.
        live: how the frames begin that `search_pages` unpacks (`CrawlStore.frame_starts`).
    """
    for path in sorted(folder.iterdir()):
        if path.is_file():
            yield search_file(path, seeker, live)


def search_file(path: Path, seeker: Seeker, live: set[bytes]) -> FileFound:
    """The passages in one file: in its bytes, and in the stray frames that begin in them."""
    found = [np.empty(0, dtype=np.uint64)]
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK_BYTES):
            data = tail + chunk
            found.append(seeker.find(data))
            found += [seeker.find(text) for text in _frames(data, live)]
            tail = data[-(WINDOW - 1) :]
    passages = np.unique(np.concatenate(found))
    return FileFound(path.name, path.stat().st_size, passages, _stale_pages(path))


def search_pages(store: CrawlStore, seeker: Seeker) -> Mentions:
    """The raw pages that are there, unpacked: whose hold removed passages."""
    mentions = Mentions()
    owners: dict[int, str] = {}

    def values() -> Iterator[tuple[int, bytes]]:
        for page_id, source, _, whole in store.bodies():
            owners[page_id] = source
            yield page_id, whole

    for page_id, passages in seeker.find_in_values(values()):
        source = owners[page_id]
        mentions.by_source[source] = mentions.by_source.get(source, 0) + 1
        mentions.passages = np.union1d(mentions.passages, passages)
        mentions.page_ids.append(page_id)
    return mentions


def held_by(seeker: Seeker, values: Iterator[tuple[str, str]]) -> tuple[Hashes, dict[str, int]]:
    """The passages that others lawfully hold, and how many texts of each owner hold some."""
    names: list[str] = []
    numbers: dict[str, int] = {}

    def encoded() -> Iterator[tuple[int, bytes]]:
        for owner, text in values:
            if owner not in numbers:
                numbers[owner] = len(names)
                names.append(owner)
            yield numbers[owner], text.encode("utf-8", "replace")

    held = [np.empty(0, dtype=np.uint64)]
    owners: dict[str, int] = {}
    for number, passages in seeker.find_in_values(encoded()):
        held.append(passages)
        owners[names[number]] = owners.get(names[number], 0) + 1
    return np.unique(np.concatenate(held)), owners


def _frames(data: bytes, live: set[bytes]) -> Iterator[bytes]:
    """What the stray frames that begin in the data unpack to, as far as they lie in one piece."""
    at = data.find(_FRAME)
    while at >= 0:
        start = hashlib.blake2b(data[at : at + START_BYTES], digest_size=8).digest()
        unpacked = b"" if start in live else _unpacked(data[at : at + _FRAME_BYTES])
        if len(unpacked) >= WINDOW:
            yield unpacked
        at = data.find(_FRAME, at + 1)


def _unpacked(frame: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj().decompress(frame)
    except zstandard.ZstdError:
        return b""


def _stale_pages(path: Path) -> int:
    """Pages on the free list of an SQLite file that hold anything (SQLite's file format, 1.5)."""
    with path.open("rb") as file:
        header = file.read(100)
        if not header.startswith(_SQLITE):
            return 0
        page_bytes = struct.unpack(">H", header[16:18])[0]
        page_bytes = 65536 if page_bytes == 1 else page_bytes
        trunk = struct.unpack(">I", header[32:36])[0]
        stale, seen = 0, set()
        while trunk and trunk not in seen:
            seen.add(trunk)
            page = _page(file, trunk, page_bytes)
            if len(page) < page_bytes:
                break  # the file is being written to
            trunk, count = struct.unpack(">II", page[:8])
            leaves = (
                struct.unpack(f">{count}I", page[8 : 8 + 4 * count]) if 8 + 4 * count <= page_bytes else ()
            )
            stale += _holds_more_than_numbers(page, path.stat().st_size // page_bytes)
            stale += sum(any(_page(file, leaf, page_bytes)) for leaf in leaves)
    return stale


def _holds_more_than_numbers(trunk: bytes, pages: int) -> bool:
    """Whether a page that lists free pages holds anything else; numbers of former ones stay in it."""
    words = struct.unpack(f">{len(trunk) // 4}I", trunk)
    return any(word > pages for word in words)


def _page(file, number: int, page_bytes: int) -> bytes:  # type: ignore[no-untyped-def]
    file.seek((number - 1) * page_bytes)
    return bytes(file.read(page_bytes))
