"""Stored pages to WARC files and back (ISO 28500), so that other tools read ours and we theirs.

Out: one `response` record a page, as it was stored (transfer and content encodings undone); where that is
not what the host sent but what its scripts drew, the header `WARC-Drawn-By` says so. In: HTML responses of
hosts that are sources, as an input like any crawl: they are drained into the archive. Files may be of this
machine or addresses, and lists of such; they are read as streams, a record at a time, so that their size does
not matter, and what is stored already is passed over: a killed import is given again. Taking records out of a
file costs .2 ms each and is done here; the engine's readers judge whether a page is news, which costs 6 ms.
"""

from __future__ import annotations

import gzip
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urljoin

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.fetch.tally import FetchReport
from crawler.runs.cluster import raised
from crawler.runs.lock import run_lock
from crawler.runs.run import Draining, RunReport, begin_run, end_run
from crawler.web.removed import Removed
from pipelines.archive import Archive
from pipelines.drain import Drained
from pipelines.errors import ConfigurationError, ParknewsError
from pipelines.pages.answers import no_news
from pipelines.pages.frontier import Fetched
from pipelines.records import CrawlSource, Page, Rejection, Source
from pipelines.store import CrawlStore, store_path
from pipelines.urls import canonical_url, host_of
from pipelines.utc import iso
from pipelines.workers import Engine, Readers

_LARGEST_BYTES = 8 * 1024 * 1024
DRAWN = "WARC-Drawn-By"
"""By what a record's body was drawn; readers pass over names that they do not know (ISO 28500, 5.1)."""
_DRAWN_MAX = 200
_WHY_MAX = 40
_BATCH_PAGES, _BATCH_BYTES = 16, 1024 * 1024
"""Pages are judged so many at once, or as many as have these bytes."""
_JUDGED_BYTES = 64 * 1024 * 1024
"""Pages that are judged, or wait for one before them that is, together."""
_UNDONE = frozenset(["content-encoding", "transfer-encoding", "content-length", "connection"])


@dataclass
class Imported:
    """What came of the records of some files."""

    pages: int = 0
    """Stored, to be read."""
    known: int = 0
    """The same version, or a later one, is stored already."""
    foreign: int = 0
    """Of hosts that are no source."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """Pages of our sources that are none to take, by why: lists, errors, other media types, removed."""

    @property
    def other(self) -> int:
        """How many were passed over."""
        return self.passed_over.total()


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import has come."""

    file: str
    place: int
    """Of the file, from 1."""
    files: int
    taken: Imported
    read: int
    """Pages read into the archive, or rejected."""


def export_warc(archive_path: Path, hosts: Sequence[str], output: Path) -> int:
    """Writes the stored pages of some sources (of all where none is named) into a file; returns how many.

    Raises:
        OSError: the file cannot be written.
    """
    with Archive(archive_path, create=False) as archive, CrawlStore(store_path(archive_path)) as store:
        is_blocked = archive.blocklist().blocks
        kept = (page for page in store.pages.every(frozenset(hosts)) if not is_blocked(page.url))
        program = f"parknews/{version('parknews')}"
        return write_warc(kept, output, program, lambda page: store.pages.drawn_by(page.page_id))


def import_warc(
    archive_path: Path,
    files: Sequence[str],
    sources: Sequence[CrawlSource],
    engine: Engine,
    on_progress: Callable[[ImportProgress], None] | None = None,
) -> tuple[Imported, tuple[str, ...], RunReport]:
    """Takes the pages of our sources from files into the archive, as a run of its own that fetches no page.

    Args:
        archive_path: the archive.
        files: paths or addresses of WARC files, or of lists of such (`listed`).
        sources: whose pages are taken.
        engine: who reads the pages.
        on_progress: told after each record and each batch, by two threads.

    Returns:
        What came of the records; a line for each file that could not be read to its end, of which what came
        before is kept; the run.

    Raises:
        ConfigurationError: no file could be read, or a list.
        LockedError: another run writes to this archive.
    """
    started = time.monotonic()
    named = [file for given in files for file in listed(given)]
    done, refused = Imported(), []
    place = 0

    def told(drained: Drained) -> None:
        if on_progress is not None and place:
            read = drained.pages + drained.rejections
            on_progress(ImportProgress(named[place - 1], place, len(named), done, read))

    with run_lock(archive_path), raised(engine) as started_engine:
        run_id = begin_run(archive_path, sources)
        removed = Removed(archive_path)
        with CrawlStore(store_path(archive_path)) as store:
            stop = threading.Event()
            draining = Draining(archive_path, store, sources, started_engine, stop, on_batch=told)
            try:
                draining.start()
                with started_engine.start(no_news) as readers:
                    taking = Taking(store, sources, removed.blocks, readers, done)
                    for place, file in enumerate(named, 1):  # noqa: B007  # told reads it
                        try:
                            for _ in taking.take(file):
                                told(draining.total)
                                if stop.is_set():
                                    break
                        except ConfigurationError as error:
                            refused.append(str(error))
                    taking.end()
                draining.finish()
            finally:
                draining.abandon()
                removed.close()
        report = end_run(archive_path, run_id, FetchReport(), draining.total, time.monotonic() - started)
    if len(refused) == len(named):
        raise ConfigurationError(refused[0])
    return done, tuple(refused), report


def listed(file: str) -> list[str]:
    """The files that a list names, a line each (Common Crawl's warc.paths.gz); any other file is itself.

    A list is a file whose name ends in .paths or .txt, gzipped or not. What it names is an address, or stands
    below the root of the list's host, or below the folder of the list.

    Raises:
        ConfigurationError: the list cannot be read, or names nothing.
    """
    name = file.removesuffix(".gz")
    if not name.endswith((".paths", ".txt")):
        return [file]
    with _opened(file) as raw:
        text = (gzip.decompress(raw.read()) if name != file else raw.read()).decode()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise ConfigurationError(f"{file}: a list that names no file")
    if "://" in file:
        return [line if "://" in line else urljoin(file, f"/{line.lstrip('/')}") for line in lines]
    return [line if "://" in line else str(Path(file).parent / line) for line in lines]


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    """A file of this machine, of a web server or of S3, for reading as a stream.

    Raises:
        ConfigurationError: it cannot be opened, or read on.
    """
    try:
        with _stream(file) as stream:
            yield stream
    except ParknewsError:
        raise
    except Exception as error:  # each file system has errors of its own
        reason = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
        raise ConfigurationError(f"{file}: cannot be read ({reason})") from error


def _stream(file: str) -> BinaryIO:
    if "://" not in file:
        return Path(file).open("rb")
    if file.startswith("s3://"):
        from pyarrow.fs import FileSystem  # noqa: PLC0415  # half a second, and seldom needed

        system, path = FileSystem.from_uri(file)
        return cast("BinaryIO", system.open_input_stream(path, compression=None))
    try:
        import fsspec  # noqa: PLC0415  # an optional package
    except ModuleNotFoundError as error:
        raise ConfigurationError(f"{file}: needs fsspec: pip install 'parknews[cluster]'") from error
    return cast("BinaryIO", fsspec.open(file, "rb").open())


def write_warc(
    pages: Iterable[Page], path: Path, program: str, drawn_by: Callable[[Page], str] = lambda _: ""
) -> int:
    """Write pages as gzipped WARC records; returns how many.

    Args:
        pages: the pages.
        path: the file.
        program: who writes it.
        drawn_by: by what a page's body was drawn; empty where it is as the host sent it.

    Raises:
        OSError: the file cannot be written.
    """
    count = 0
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        info = {"software": program, "format": "WARC File Format 1.1"}
        writer.write_record(writer.create_warcinfo_record(path.name, info))
        for page in pages:
            writer.write_record(_record(writer, page, drawn_by(page)))
            count += 1
    return count


def _record(writer: WARCWriter, page: Page, drawn: str) -> Any:
    headers = [(name, value) for name, value in page.headers if name not in _UNDONE]
    headers.append(("content-length", str(len(page.body))))
    said = {"WARC-Date": iso(page.fetched_at)}
    return writer.create_warc_record(
        page.url_answered,
        "response",
        payload=BytesIO(page.body),
        http_headers=StatusAndHeaders(f"{page.status} OK", _latin(headers), protocol="HTTP/1.1"),
        warc_headers_dict=said | ({DRAWN: drawn} if drawn else {}),
    )


@dataclass
class Taking:
    """Pages on their way from files into the store, in that order, past readers who say which are news."""

    _store: CrawlStore
    _sources: Sequence[CrawlSource]
    _blocks: Callable[[str], bool]
    _readers: Readers
    _done: Imported

    def __post_init__(self) -> None:
        self._numbers = itertools.count()
        self._next = self._bytes = 0
        self._batch: list[tuple[Page, Source]] = []
        self._found: dict[int, tuple[str, str, Fetched]] = {}
        self._said: dict[int, str] = {}

    def take(self, file: str) -> Iterator[None]:
        """Takes a record a step.

        Raises:
            ConfigurationError: it is no WARC file, or a broken one; what came before the break is taken.
        """
        name = file.rpartition("/")[2]
        record = None
        with _opened(file) as stream:
            try:
                for record in ArchiveIterator(stream):
                    if record.format != "warc":
                        break
                    if record.rec_type == "response" and record.http_headers is not None:
                        self._take(record, name)
                    _read_on(record)
                    yield
            except ArchiveLoadFailed as error:
                raise ConfigurationError(
                    f"{file}: not a whole WARC file ({str(error).splitlines()[0]})"
                ) from error
        if record is None or record.format != "warc":
            raise ConfigurationError(f"{file}: not a WARC file")

    def end(self) -> None:
        """Waits for what is being judged."""
        self._judge()
        while self._readers.busy:
            self._store_judged()

    def _take(self, record: Any, name: str) -> None:
        address = record.rec_headers.get_header("WARC-Target-URI") or ""
        try:
            url = canonical_url(address)
        except ValueError:
            self._done.passed_over["no address"] += 1
            return
        source = _source_of(host_of(url), self._sources)
        if source is None:
            self._done.foreign += 1
            return
        why_not = "removed" if self._blocks(url) else _no_page(record)
        body = b"" if why_not else _body(record)
        if not body.strip():
            self._done.passed_over[why_not or f"empty, or over {_LARGEST_BYTES >> 20} MB"] += 1
        elif self._store.pages.has(url, body):
            self._done.known += 1
        else:
            self._add(url, source.host, _fetched(record, body, address, name))

    def _add(self, url: str, host: str, fetched: Fetched) -> None:
        """Has a page judged, with others, once there is room for them."""
        number = next(self._numbers)
        self._found[number] = url, host, fetched
        self._bytes += len(fetched.body)
        page = Page(number, host, url, url, 200, fetched.headers, fetched.body, fetched.fetched_at)
        self._batch.append((page, Source(host)))
        if len(self._batch) == _BATCH_PAGES or sum(len(one.body) for one, _ in self._batch) > _BATCH_BYTES:
            self._judge()

    def _judge(self) -> None:
        while self._readers.room <= 0 or (self._readers.busy and self._bytes > _JUDGED_BYTES):
            self._store_judged()
        if self._batch:
            self._readers.submit(self._batch)
            self._batch = []

    def _store_judged(self) -> None:
        """Stores those that are news and have nobody before them who is not judged yet."""
        for page, result in self._readers.collect(1.0):
            assert isinstance(result, Rejection)
            self._said[page.page_id] = result.reason
        while self._next in self._said:
            why_not, (url, host, fetched) = self._said.pop(self._next), self._found.pop(self._next)
            self._next += 1
            self._bytes -= len(fetched.body)
            if why_not:
                self._done.passed_over[why_not] += 1
            elif self._store.pages.put(url, host, host_of(url), fetched):
                self._done.pages += 1
            else:
                self._done.known += 1


def _no_page(record: Any) -> str:
    """Why a record holds no page; empty where it may."""
    headers = {key.lower(): value for key, value in reversed(record.http_headers.headers)}
    if (status := record.http_headers.get_statuscode()) != "200":
        return f"status {status}"
    type_ = headers.get("content-type", "text/html").lower()
    return "" if "html" in type_ else f"type {type_.partition(';')[0].strip()}"[:_WHY_MAX]


def _body(record: Any) -> bytes:
    """The body of a record; empty where it is too large."""
    body: bytes = record.content_stream().read(_LARGEST_BYTES + 1)
    if len(body) > _LARGEST_BYTES:
        return b""
    _read_on(record)
    return body


def _read_on(record: Any) -> None:
    """Read a record to its end; warcio takes the end of a file within a record for that of the record."""
    while record.raw_stream.read(65536):
        pass
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise ArchiveLoadFailed("it ends within a record")


def _fetched(record: Any, body: bytes, address: str, name: str) -> Fetched:
    headers = ((key.lower(), value) for key, value in record.http_headers.headers)
    return Fetched(
        url_asked=address,
        url_answered=address,
        status=200,
        headers=tuple(header for header in headers if header[0] not in _UNDONE),
        body=body,
        fetched_at=_moment(record.rec_headers.get_header("WARC-Date")),
        robots=f"imported from {name}",
        kind="article",
        article=True,
        rendered=(record.rec_headers.get_header(DRAWN) or "")[:_DRAWN_MAX],
    )


def _moment(written: str | None) -> datetime:
    try:
        return datetime.fromisoformat((written or "").replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)


def _source_of(host: str, sources: Sequence[CrawlSource]) -> CrawlSource | None:
    for source in sources:
        if host == source.host or (source.include_subdomains and host.endswith("." + source.host)):
            return source
    return None


def _latin(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Header values as bytes on the wire allow: UTF-8 read as Latin-1, on one line."""
    return [(name, " ".join(value.encode().decode("latin-1").split())) for name, value in headers]
