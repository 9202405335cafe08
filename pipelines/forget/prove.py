"""Proving a removal: every file searched as a stranger would, every table asked, every hit attributed.

In: the files and the removal as recorded. Out: what `removals.verification` holds: numbers and names of files
and sources, and no word. Deletes nothing but the mentions that were ordered to go.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import html
import lzma
import os
import re
import sqlite3
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import BufferedReader
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import numpy as np
import zstandard

from pipelines import catalogue
from pipelines.archive.kept_out.blocks import Matcher, read_blocklist
from pipelines.archive.kept_out.key import key_path
from pipelines.archive.kept_out.ledger import ledger_path
from pipelines.archive.own_tables import dangling, own_triggers
from pipelines.errors import ConfigurationError
from pipelines.forget.delete import notes_of, seeker
from pipelines.forget.erase import fold_log, forget_files, killed, overwrite_slack
from pipelines.forget.files import Files
from pipelines.forget.notes import notes_path
from pipelines.forget.passages import WINDOW, Hashes, Met, Seeker, united
from pipelines.forget.record import (
    Outcome,
    Removal,
    outcome_of,
    put_event,
    put_verification,
    removal,
    still_held,
)
from pipelines.forget.redact import pages_held, redactions, rewrite_pages, values_held
from pipelines.forget.rows import (
    count_rows,
    delete_from_store,
    delete_keys,
    orphans,
    rows_left,
    words_in_archive,
    words_in_record,
    words_in_store,
    words_of_nobody,
)
from pipelines.forget.snapshot import MANIFEST as BACKUP
from pipelines.forget.snapshot import backups_below
from pipelines.spelling import tokens
from pipelines.store import CrawlStore, sweep_temporary
from pipelines.utc import now_utc

T = TypeVar("T")
_NONE: Hashes = np.empty(0, dtype=np.uint64)


def prove(
    files: Files, removal_id: int, *, full: bool = False, text: str = "", is_swept: bool = False
) -> Outcome:
    """Shows that nothing is left, or tells what is and whose.

    What belongs to nothing in the two databases is emptied, and what is somebody's is gone through by its
    address, its page and its owner; every other file is searched. Where somebody writes without pause, or it
    is asked for, every byte of the databases is searched too, and every raw page.

    Args:
        files: the archive's.
        removal_id: whose proof.
        full: search every byte; our own files are made anew where they hold something.
        text: the removed text, as the letter has it: searched for instead of what is noted.
        is_swept: what belongs to nothing was emptied just now.

    Raises:
        ConfigurationError: the text is too short to be searched for.
    """
    sweep_temporary()
    mine = read_blocklist(files.archive, removal_id)
    rewrite_pages(files.store, mine)  # lists and feeds that came since
    if _rows_in_store(files.store, mine):  # committed in the last moment
        delete_from_store(files.store, mine)
        is_swept = False
    order = removal(files.archive, removal_id)
    looks = notes_of(files.archive).seeker_of([text]) if text else seeker(files.archive, removal_id)
    if text and not len(looks.known):
        raise ConfigurationError("the text is too short to be told from other words: name more of it")
    if not (full or order.mentions or is_swept):
        full = bool(overwrite_slack(files.path, files.store.path))
    result = verification(files, order, mine, looks, full=full or order.mentions)
    if result["needs_vacuum"]:
        with files.transaction() as connection:
            made_anew = ", ".join(result["needs_vacuum"])
            put_event(connection, removal_id, now_utc(), "made the files anew", made_anew)
        trouble, _ = forget_files(files, vacuum=True)
        if trouble:
            trouble = f"{trouble}: end what reads it and run the same command again"
            return outcome_of(files.archive, removal_id, trouble)
        result = verification(files, order, mine, looks, full=True)
    if result["verified"]:
        notes_of(files.archive).keep_anchors(order.ledger_order)
    with files.transaction() as connection:
        put_verification(connection, removal_id, result, now_utc())
    trouble = "" if result["verified"] else "; ".join(result["troubles"])
    return outcome_of(files.archive, removal_id, trouble)


def verification(files: Files, order: Removal, mine: Matcher, looks: Seeker, *, full: bool) -> dict[str, Any]:
    """What is left of a removal, and whose it is.

    Args:
        files: the archive's.
        order: the removal.
        mine: its blocks.
        looks: what looks for its passages.
        full: search every byte of the databases and every raw page; else what belongs to nothing in them is
            empty, and what is nobody's among their rows is searched.
    """
    folder, record = files.path.parent, _record_of(files.path)
    exports = {path.name.removesuffix(".manifest.json") for path in folder.glob("*.manifest.json")}
    mentions, deleted = Mentions(), 0
    if full:
        mentions, deleted = _mentions(files, order, looks)
        live = _frame_starts(files.store)
        searched = in_own_process(search_files, folder, looks, live, record)
    else:
        ours = {f"{path.name}{end}" for path in (files.path, files.store.path) for end in ("", "-shm")}
        searched = search_files(folder, looks, set(), record | ours)
    said, _ = held_by(looks, words_in_record(files.archive))
    found, quotes = _of_nobody(files, looks)
    strays = {} if full else {path: np.setdiff1d(held, said) for path, held in found.items()}
    lawful, owners = _lawful(files, looks, searched, full=full)
    if not full and any(_left(file, lawful) for file in searched):
        mentions = search_pages(files.store, looks)
    in_store = files.store.path.name
    lawful[in_store] = np.union1d(lawful[in_store], mentions.passages)
    owners += Counter(mentions.by_source)
    troubles = [*check_index(files.archive, full=full), *_rows_left(files, order.id, mine)]
    if order.counts.get("pages read") and not (
        len(looks.known) or notes_of(files.archive).has(order.ledger_order)
    ):
        troubles.append(
            f"{notes_path(files.path).name} does not say what to search for: put it back from a backup, or"
            f" name the text with `parknews removals verify {order.id} --text FILE`"
        )
    troubles += [
        f"your own {place} quotes {number} removed passages: mend its rows, then"
        f" `parknews removals verify {order.id}`"
        for place, number in quotes.items()
    ]
    report, needs_vacuum = [], []
    for file in [
        *searched,
        *(FileFound(path.name, path.stat().st_size, held) for path, held in strays.items()),
    ]:
        if "/" in file.name:
            continue
        is_stray = file.name in {path.name for path in strays}
        unsaid = replace(file, passages=np.setdiff1d(file.passages, said))
        left = len(unsaid.passages) if is_stray else _left(unsaid, lawful)
        if left and file.name in lawful and not is_stray:
            needs_vacuum.append(file.name)
        if left and file.name not in exports:
            is_ours = file.name.removesuffix("-wal").removesuffix("-shm") in lawful
            advice = "" if is_ours else ": delete it or make it anew"
            troubles.append(f"{file.name} holds {left} removed passages{advice}")
        report.append(
            {"file": file.name, "bytes": file.size, "shared": len(file.passages) - left, "left": left}
        )
    if troubles and (triggers := own_triggers(files.archive)):
        troubles.append(f"your own triggers may keep or copy rows, drop them: {', '.join(triggers)}")
    return {
        "verified": not troubles,
        "full": full,
        "passages": len(looks.known),
        "files": report,
        "shared_with": dict(sorted(owners.items(), key=lambda item: (-item[1], item[0]))),
        "mentions": mentions.by_source,
        "mentions_deleted": deleted,
        "exports": sorted(exports),
        "elsewhere": _elsewhere(searched, lawful),
        "own_tables": dangling(files.archive),
        "not_searched": [file.name for file in searched if file.is_opaque],
        "backups": backups_below(folder),
        "troubles": troubles,
        "needs_vacuum": needs_vacuum,
    }


def _of_nobody(files: Files, looks: Seeker) -> tuple[dict[Path, Hashes], Counter[str]]:
    """Removed passages in rows of each database that are nobody's, and how many our readers' own things hold.

    Those are tables and columns that the catalogue does not know.
    """
    found, quotes = {}, Counter[str]()
    with files.store.reading() as store:
        for path, connection, tables in (
            (files.path, files.archive, catalogue.archive()),
            (files.store.path, store, catalogue.store()),
        ):
            words = words_of_nobody(connection, tables, is_store=path == files.store.path)
            own = ((whose, inside) for whose, said in words for inside in _as_written(said))
            found[path], owners = held_by(looks, own)
            for whose, number in owners.items():
                if whose not in tables:
                    quotes[f"{'column' if whose.partition('.')[0] in tables else 'table'} {whose}"] += number
    return found, quotes


def _as_written(said: str | bytes) -> Iterator[bytes]:
    """A value, what is written in it in disguise, and what it is packed of."""
    data = said.encode("utf-8", "replace") if isinstance(said, str) else said
    inside = [data]
    for sign, unpack in _UNPACKED.items():
        if data.startswith(sign):
            with suppress(OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError):
                inside.append(unpack(data))
    for one in inside:
        yield one
        yield from _undisguised(one)


def check_index(connection: sqlite3.Connection, *, full: bool = True) -> list[str]:
    """What is wrong with the search index; empty where it holds exactly the articles' words.

    A byte search is blind to it: the index stores each character by itself. So its counts are compared,
    character by character, with those of the texts that are there; where not in full, how many there are in
    all with how many each row says to have.
    """
    if full:
        connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")
    [ghosts] = connection.execute(
        "SELECT count(*) FROM articles_fts_docsize WHERE id NOT IN (SELECT id FROM articles)"
    ).fetchone()
    troubles = [f"the search index has {ghosts} rows of articles that are no more"] if ghosts else []
    connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, articles_fts, row)")
    try:
        indexed = Counter(dict(connection.execute("SELECT term, cnt FROM temp.terms")))
    finally:
        connection.execute("DROP TABLE temp.terms")
    if not full:
        rows = sum(sum(_varints(sizes)) for (sizes,) in connection.execute(_SIZES))
        if rows != indexed.total():
            troubles.append(f"the search index has {indexed.total()} tokens, its rows say {rows}")
        return troubles
    there: Counter[str] = Counter()
    everything = "SELECT title, text FROM articles UNION ALL SELECT title, text FROM other_words"
    for said in connection.execute(everything):
        for text in said:
            there.update(tokens(text))
    odd = sum(indexed[term] != there[term] for term in indexed | there if _is_compared(term))
    if odd:
        troubles.append(f"the search index counts {odd} tokens otherwise than the articles have them")
    return troubles


_SIZES = "SELECT sz FROM articles_fts_docsize"


def _varints(data: bytes) -> Iterator[int]:
    """The numbers in a row of sizes, as SQLite writes them: seven bits a byte, the highest first."""
    number = 0
    for byte in data:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            yield number
            number = 0


def _is_compared(term: str) -> bool:
    """Ideographs and ASCII: what the tokenizer leaves as it is."""
    return "\u4e00" <= term <= "\u9fff" or "a" <= term <= "z" or "0" <= term <= "9"


def _rows_left(files: Files, removal_id: int, mine: Matcher) -> list[str]:
    """Rows of any table that still have a removed address or host, or belong to nothing."""
    left = rows_left(files.archive, mine) | orphans(files.archive)
    if held := still_held(files.archive, removal_id):
        left["what came back (`removals go-on` deletes it)"] = held
    passages = sum(values_held(files.archive, *one) for one in redactions(files.archive, mine))
    left |= {
        name: number
        for name, number in (
            ("pages that hold a passage", passages),
            ("raw pages that hold a passage", pages_held(files.store, mine)),
        )
        if number
    }
    left |= {f"{name} (crawl store)": number for name, number in _rows_in_store(files.store, mine).items()}
    return [f"{number} rows of {name}" for name, number in left.items()]


def _rows_in_store(store: CrawlStore, removed: Matcher) -> dict[str, int]:
    with store.reading() as connection:
        counts = count_rows(connection, catalogue.store(), removed)
    return {name: number for name, number in counts.items() if number}


def _record_of(archive_path: Path) -> set[str]:
    """Names of the files beside the archive that are the record of its removals."""
    return {place(archive_path).name for place in (ledger_path, key_path, notes_path)}


def _elsewhere(files: list[FileFound], lawful: Mapping[str, Hashes]) -> list[dict[str, Any]]:
    """Files in folders within that hold what no survivor holds: drawings, exports, another archive.

    They are not ours to change, and do not keep the removal from being verified; they are named.
    """
    within = [(file, _left(file, lawful)) for file in files if "/" in file.name]
    return [{"file": file.name, "bytes": file.size, "left": left} for file, left in within if left]


def _mentions(files: Files, order: Removal, looks: Seeker) -> tuple[Mentions, int]:
    """Raw pages of others that hold removed passages and stay, and how many were deleted as ordered."""
    mentions = search_pages(files.store, looks)
    number = len(mentions.page_ids)
    if not (order.mentions and number):
        return mentions, 0
    delete_keys(files.store, catalogue.store()["pages"], mentions.page_ids)
    with files.store.reading() as connection:
        fold_log(connection)
    with files.transaction() as connection:
        put_event(connection, order.id, now_utc(), "mentions deleted", f"{number} stored raw pages of others")
    return search_pages(files.store, looks), number


def _lawful(
    files: Files, looks: Seeker, searched: list[FileFound], *, full: bool
) -> tuple[dict[str, Hashes], Counter[str]]:
    """The passages that survivors hold in each of the two databases, and how many texts of each owner do.

    Where not in full, their rows are looked at only until all that was found in the files is explained.
    """
    names = [files.path.name, files.store.path.name]
    lawful, owners = dict.fromkeys(names, _NONE), Counter[str]()
    with files.store.reading() as store:
        for name, words in zip(names, (words_in_archive(files.archive), words_in_store(store)), strict=True):
            theirs = [file for file in searched if _may_hold(name, file.name, names)]
            found = united(file.passages for file in theirs if full or _left(file, lawful))
            if len(found):
                lawful[name], some = held_by(looks, words, until=None if full else found)
                owners += some
    return lawful, owners


def _may_hold(database: str, name: str, databases: Iterable[str]) -> bool:
    """Whether a file may hold what a database holds: its log does, and so does any that is no database's."""
    return name.startswith(database) or not name.startswith(tuple(databases))


def _left(file: FileFound, lawful: Mapping[str, Hashes]) -> int:
    """How many passages a file holds that no survivor is known to hold where it may have them from."""
    held = united(held for database, held in lawful.items() if _may_hold(database, file.name, lawful))
    return len(np.setdiff1d(file.passages, held))


_CHUNK_BYTES = 1 << 22
_FRAME = b"\x28\xb5\x2f\xfd"
"""How a zstd frame begins (RFC 8878, 3.1.1)."""
_FRAME_BYTES = 1 << 16
"""Of a stray frame so much is unpacked: more of it does not lie in one piece, since SQLite puts a pointer
after each page of a long row."""
_GZIP, _ZIP, _BZIP, _XZ, _LZMA = b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zX", b"]\x00\x00"
_UNPACKED: dict[bytes, Callable[[bytes], bytes]] = {
    _GZIP: gzip.decompress,
    b"\x78": zlib.decompress,
    _BZIP: bz2.decompress,
    _XZ: lzma.decompress,
    _FRAME: lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}
"""How a value begins that is packed, and what unpacks it."""
_OPENED: dict[bytes, Callable[[Path], Any]] = {
    _GZIP: gzip.open,
    _BZIP: bz2.open,
    _XZ: lzma.open,
    _LZMA: lzma.open,
    _FRAME: lambda path: BufferedReader(
        zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
            path.open("rb"), read_across_frames=True
        )
    ),
}
"""How a file begins that is packed as one, and what opens it."""
_SHUT = (
    b"PAR1",
    b"ARROW1",
    b"7z\xbc\xaf",
    b"Rar!",
    b"%PDF",
    b"\x1f\x9d",
    b'\x04"M\x18',
    b"x\x01",
    b"x\x9c",
    b"x\xda",
)
"""How packed files begin that cannot be looked into (Parquet, Arrow, 7z, RAR, PDF, compress, LZ4, zlib)."""
_DISGUISED = 8
"""How much longer a text is at most when it is escaped (&#30333; for three bytes), times a little."""
START_BYTES = 256
"""By so many bytes (length, tables, first words) a frame is known; SQLite leaves them in one piece."""


@dataclass(frozen=True, slots=True)
class FileFound:
    """What one file holds."""

    name: str
    size: int
    passages: Hashes
    is_opaque: bool = False
    """It cannot be read, or is packed in a way that cannot be looked into."""


@dataclass
class Mentions:
    """Raw pages of others that hold removed passages: a copy, a teaser, a link."""

    passages: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    by_source: Counter[str] = field(default_factory=Counter)
    page_ids: list[int] = field(default_factory=list)


def search_files(folder: Path, seeker: Seeker, live: set[bytes], record: set[str]) -> list[FileFound]:
    """What each file of the folder holds, by name, and each file of the folders within, by its path there.

    A backup's folder is left out: it is known to hold what it holds, and is refused when it is restored.

    Reads databases as files, so it belongs into a process of its own (own_process.py).

    Args:
        folder: the archive's.
        seeker: what looks for the passages.
        live: how the frames begin that `search_pages` unpacks (`CrawlStore.frame_starts`).
        record: names of the files that are the record of removals itself, which may quote what it is about.
    """
    files = []
    for path in _files_below(folder):
        if path.parent == folder and path.name in record:
            continue
        try:
            file = search_file(path, seeker, live)
        except FileNotFoundError:
            continue  # a crawl's or a reader's, and gone meanwhile
        files.append(replace(file, name=path.relative_to(folder).as_posix()))
    return files


def _files_below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not (here / name / BACKUP).exists())
        yield from (path for name in sorted(names) if (path := here / name).is_file())


def search_file(path: Path, seeker: Seeker, live: set[bytes]) -> FileFound:
    """The passages in one file: in its bytes, in stray frames that begin in them, in what it has packed."""
    hits: list[Hashes] = []
    try:
        with path.open("rb") as file:
            beginning = file.read(8)
            file.seek(0)
            hits.append(_search_stream(file, seeker, live))
        is_opaque = beginning.startswith(_SHUT)
        for inside in _unpacked_files(path, beginning):
            is_opaque = is_opaque or _is_packed(inside)
            hits.append(_search_stream(inside, seeker, live))
    except FileNotFoundError:
        raise
    except _UNREADABLE:
        is_opaque = True  # nobody may read it, or it is cut short, damaged or encrypted
    return FileFound(path.name, path.stat().st_size, united(hits), is_opaque)


_UNREADABLE = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zstandard.ZstdError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
)


def _is_packed(file: IO[bytes]) -> bool:
    """Whether what a packed file holds is packed once more."""
    begins = cast("BufferedReader", file).peek(6)
    return begins.startswith((_ZIP, *_OPENED, *_SHUT))


def _search_stream(file: IO[bytes], seeker: Seeker, live: set[bytes]) -> Hashes:
    hits: list[Hashes] = []
    tail = b""
    while chunk := file.read(_CHUNK_BYTES):
        data = tail + chunk
        hits.append(seeker.find(data))
        hits += [seeker.find(text) for text in _frames(data, live)]
        hits += [seeker.find(text) for text in _undisguised(data)]
        tail = data[-_DISGUISED * seeker.window :]
    return united(hits)


def _undisguised(data: bytes) -> Iterator[bytes]:
    """What is written in base64, hexadecimal, escapes (JSON), references (HTML), bytes of URLs or MIME."""
    for signs, pattern, shown in _DISGUISES:
        if any(sign in data for sign in signs):
            for match in pattern.finditer(data):
                if any(sign in match[0] for sign in signs):
                    yield shown(match[0])


def _of_base64(said: bytes) -> bytes:
    said = re.sub(rb"[\r\n=]", b"", said).translate(_URL_SAFE)
    return base64.b64decode(said[: len(said) // 4 * 4])


_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def _of_byte(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode("ascii")) if match[1] else b""


def _of_code(match: re.Match[bytes]) -> bytes:
    return chr(int(match[1], 16)).encode("utf-8", "replace")


_DISGUISES: tuple[tuple[tuple[bytes, ...], re.Pattern[bytes], Callable[[bytes], bytes]], ...] = (
    (
        (b"\\u",),
        re.compile(rb"(?:\\u[0-9A-Fa-f]{4}|[ -~]){16,}"),
        lambda said: re.sub(rb"\\u([0-9A-Fa-f]{4})", _of_code, said),
    ),
    (
        (b"&#",),
        re.compile(rb"(?:&#x?[0-9A-Fa-f]{2,6};|[ -%'-~]){8,}"),
        lambda said: html.unescape(said.decode("ascii")).encode("utf-8", "replace"),
    ),
    (
        (b"%E", b"=E"),
        re.compile(rb"(?:[%=][0-9A-Fa-f]{2}|=\r?\n|[!-$&-<>-~]){8,}"),
        lambda said: re.sub(rb"=\r?\n|[%=]([0-9A-Fa-f]{2})", _of_byte, said),
    ),
    ((b"",), re.compile(rb"(?:[0-9A-Fa-f]{2}){24,}"), lambda said: bytes.fromhex(said.decode("ascii"))),
    (
        (b"",),
        re.compile(rb"(?:[A-Za-z0-9+/_-]{4}[\r\n]{0,2}){12,}(?:[A-Za-z0-9+/_-]{2,3}={0,2})?"),
        _of_base64,
    ),
)
"""By what a disguise is known, how it looks, and what it stands for."""


def _unpacked_files(path: Path, beginning: bytes) -> Iterator[IO[bytes]]:
    """What lies in a packed file (WARC, a log), or in a ZIP (a workbook)."""
    for sign, opened in _OPENED.items():
        if beginning.startswith(sign):
            with opened(path) as unpacked:
                yield unpacked
    if beginning.startswith(_ZIP):
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
    mentions, met = Mentions(), Met(seeker)
    values = (
        ((page_id, source), whole)
        for page_id, source, url, whole in _bodies(store)
        if but_not is None or not but_not(url)
    )
    for (page_id, source), passages in seeker.find_in_values(values):
        mentions.by_source[source] += 1
        met.add(passages)
        mentions.page_ids.append(page_id)
    mentions.passages = met.passages
    return mentions


def held_by(
    seeker: Seeker, values: Iterable[tuple[str, str | bytes]], *, until: Hashes | None = None
) -> tuple[Hashes, Counter[str]]:
    """The passages that others lawfully hold, and how many texts of each owner hold some.

    Args:
        seeker: what looks for the passages.
        values: whose, and what they hold.
        until: passages after which nothing more is looked at, once all of them are found; None: all values.
    """
    encoded = (
        (owner, said if isinstance(said, bytes) else said.encode("utf-8", "replace"))
        for owner, said in values
    )
    met, counts = Met(seeker), Counter[str]()
    for owner, passages in seeker.find_in_values(encoded):
        met.add(passages)
        counts[owner] += 1
        if until is not None and met.has(until):
            break
    return met.passages, counts


def _bodies(store: CrawlStore) -> Iterator[tuple[int, str, str, bytes]]:
    """Every raw page: id, source, URL, and headers and body as they came, one after the other."""
    last = 0
    while True:
        with store.reading() as connection:
            rows = connection.execute(
                "SELECT page_id, source, url, headers, body FROM pages WHERE page_id > ?"
                " ORDER BY page_id LIMIT 50",
                (last,),
            ).fetchall()
        for page_id, source, url, headers, body in rows:
            yield page_id, source, url, headers.encode() + b"\n" + store.unpacked(body)
        if not rows:
            return
        last = rows[-1][0]


def _frame_starts(store: CrawlStore) -> set[bytes]:
    """How the compressed bodies begin that are there."""
    with store.reading() as connection:
        rows = connection.execute("SELECT substr(body, 1, ?) FROM pages", (START_BYTES,))
        return {hashlib.blake2b(row[0], digest_size=8).digest() for row in rows}


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


def in_own_process(function: Callable[..., T], *arguments: Any) -> T:
    """What the function returns; it goes on to its end where this process is killed meanwhile.

    For reading database files as files: a process that closes one lets go of every lock that it holds on
    it, those of SQLite, too (sqlite.org/howtocorrupt.html, 2.2).

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
        raise killed() from error
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
