"""Searching every file of a folder for what was removed, as a stranger with the files would.

In: what looks for the passages (`pipelines.forget.passages.Seeker`), a folder, the crawl store. Out: which
passages each file holds; compressed frames are unpacked, and what belongs to nothing in SQLite files is told.

A function in a process of its own: for reading database files as files, and for what needs much memory.

In: a function of some module and its arguments. Out: what it returns, or the error that it raises. A process
that closes a file lets go of every lock that it holds on it, those of SQLite, too
(sqlite.org/howtocorrupt.html, 2.2): whoever has a database open must not read its file.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import zstandard

from pipelines.errors import StorageError
from pipelines.forget.passages import WINDOW, Hasher, Seeker
from pipelines.forget.snapshot import MANIFEST as BACKUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

    from pipelines.forget.passages import Hashes
    from pipelines.store import CrawlStore


_CHUNK_BYTES = 1 << 22
_FRAME = b"\x28\xb5\x2f\xfd"
"""How a zstd frame begins (RFC 8878, 3.1.1)."""
_FRAME_BYTES = 1 << 16
"""Of a stray frame so much is unpacked: more of it does not lie in one piece, since SQLite puts a pointer
after each page of a long row."""
_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
START_BYTES = 256
"""By so many bytes (length, tables, first words) a frame is known; SQLite leaves them in one piece."""


@dataclass(frozen=True, slots=True)
class FileFound:
    """What one file holds."""

    name: str
    size: int
    passages: Hashes
    is_opaque: bool = False
    """It is packed in a way that cannot be looked into."""


@dataclass
class Mentions:
    """Raw pages of others that hold removed passages: a copy, a teaser, a link."""

    passages: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    by_source: dict[str, int] = field(default_factory=dict)
    page_ids: list[int] = field(default_factory=list)


def search_files(folder: Path, salt: str, known: Hashes, live: set[bytes]) -> list[FileFound]:
    """What each file of the folder holds, by name, and each file of the folders within, by its path there.

    A backup's folder is left out: it is known to hold what it holds, and is refused when it is restored.

    Reads databases as files, so it belongs into a process of its own (own_process.py).

    Args:
        folder: the archive's.
        salt: the archive's, which the passages are hashed with.
        known: the passages.
        live: how the frames begin that `search_pages` unpacks (`CrawlStore.frame_starts`).
    """
    seeker = Seeker(Hasher(salt), known)
    found = []
    for path in _files_below(folder):
        try:
            file = search_file(path, seeker, live)
        except FileNotFoundError:
            continue  # a crawl's or a reader's, and gone meanwhile
        found.append(replace(file, name=path.relative_to(folder).as_posix()))
    return found


def _files_below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not (here / name / BACKUP).exists())
        yield from (path for name in sorted(names) if (path := here / name).is_file())


def search_file(path: Path, seeker: Seeker, live: set[bytes]) -> FileFound:
    """The passages in one file: in its bytes, in stray frames that begin in them, in what it has packed."""
    with path.open("rb") as file:
        beginning = file.read(4)
        file.seek(0)
        found = [_search_stream(file, seeker, live)]
    is_opaque = beginning == _PARQUET
    try:
        found += [_search_stream(inside, seeker, live) for inside in _unpacked_files(path, beginning)]
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        is_opaque = True  # cut short, damaged or encrypted: what it holds cannot be told
    return FileFound(path.name, path.stat().st_size, np.unique(np.concatenate(found)), is_opaque)


def _search_stream(file: IO[bytes], seeker: Seeker, live: set[bytes]) -> Hashes:
    found = [np.empty(0, dtype=np.uint64)]
    tail = b""
    while chunk := file.read(_CHUNK_BYTES):
        data = tail + chunk
        found.append(seeker.find(data))
        found += [seeker.find(text) for text in _frames(data, live)]
        tail = data[-(WINDOW - 1) :]
    return np.unique(np.concatenate(found))


def _unpacked_files(path: Path, beginning: bytes) -> Iterator[IO[bytes]]:
    """What lies in a gzipped file (WARC, a log) or in a ZIP (a workbook)."""
    if beginning.startswith(_GZIP):
        with gzip.open(path) as unpacked:
            yield cast("IO[bytes]", unpacked)
    elif beginning == _ZIP:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as inside:
                    yield inside


def search_pages(
    store: CrawlStore, seeker: Seeker, *, but_not: Callable[[str], bool] | None = None
) -> Mentions:
    """The raw pages that are there, unpacked: whose hold removed passages.

    Args:
        store: the crawl store.
        seeker: what looks for the passages.
        but_not: says of an address that its pages are passed over: those that are to go themselves.
    """
    mentions = Mentions()
    owners: dict[int, str] = {}

    def values() -> Iterator[tuple[int, bytes]]:
        for page_id, source, url, whole in store.bodies():
            if but_not is None or not but_not(url):
                owners[page_id] = source
                yield page_id, whole

    for page_id, passages in seeker.find_in_values(values()):
        source = owners[page_id]
        mentions.by_source[source] = mentions.by_source.get(source, 0) + 1
        mentions.passages = np.union1d(mentions.passages, passages)
        mentions.page_ids.append(page_id)
    return mentions


def held_by(seeker: Seeker, values: Iterable[tuple[str, str]]) -> tuple[Hashes, dict[str, int]]:
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


T = TypeVar("T")


def in_own_process(function: Callable[..., T], *arguments: Any) -> T:
    """What the function returns; it goes on to its end where this process is killed meanwhile.

    Raises:
        StorageError: the process was killed, most likely for want of memory.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, function, arguments), daemon=False)
    process.start()
    theirs.close()
    try:
        is_error, answer = ours.recv()
    except EOFError as error:
        raise StorageError(
            "a process that reads the archive's files was killed; free some memory and run the same command"
        ) from error
    finally:
        process.join()
        ours.close()
    if is_error:
        raise answer
    return answer  # type: ignore[no-any-return]  # what the function returns


def _answer(theirs: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        answer = (False, function(*arguments))
    except Exception as error:  # noqa: BLE001  # it is raised where the answer is awaited
        answer = (True, error)
    with suppress(BrokenPipeError):  # nobody waits any more
        theirs.send(answer)
