"""Stored pages to WARC files and back (ISO 28500), so that other tools read ours and we theirs.

Out: one `response` record a page, as it was stored (transfer and content encodings undone); where that is
not what the host sent but what its scripts drew, the header `WARC-Drawn-By` says so. In: HTML responses of
hosts that are sources, as an input like any crawl: they are drained into the archive. Files may be of this
machine or addresses, and lists of such; they are read as streams, a record at a time, so that their size does
not matter, and what is stored already is passed over: a killed import is given again.
"""

from __future__ import annotations

import gzip
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urljoin

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.fetch.tally import FetchReport
from crawler.runs.lock import run_lock
from crawler.runs.run import Draining, begin_run, end_run
from crawler.web.removed import Removed
from pipelines.archive import Archive
from pipelines.errors import ConfigurationError, ParknewsError
from pipelines.pages.frontier import Fetched
from pipelines.pages.html import read_html, robots_directives
from pipelines.pages.kinds import hint_of, kind_of_page, kind_of_url
from pipelines.store import CrawlStore, store_path
from pipelines.urls import canonical_url, host_of
from pipelines.utc import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crawler.runs.run import RunReport
    from pipelines.drain import Drained
    from pipelines.records import CrawlSource, Page
    from pipelines.workers import Engine

_LARGEST_BYTES = 8 * 1024 * 1024
DRAWN = "WARC-Drawn-By"
"""By what a record's body was drawn; readers pass over names that they do not know (ISO 28500, 5.1)."""
_DRAWN_MAX = 200
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
    other: int = 0
    """Lists, errors, other media types, removed addresses."""


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

    with run_lock(archive_path):
        run_id = begin_run(archive_path, sources)
        removed = Removed(archive_path)
        with CrawlStore(store_path(archive_path)) as store:
            stop = threading.Event()
            draining = Draining(archive_path, store, sources, engine, stop, on_batch=told)
            try:
                draining.start()
                for place, file in enumerate(named, 1):  # noqa: B007  # told reads it
                    try:
                        for _ in _taking(file, store, sources, removed.blocks, done):
                            told(draining.total)
                            if stop.is_set():
                                break
                    except ConfigurationError as error:
                        refused.append(str(error))
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


def read_warc(
    file: Path | str,
    store: CrawlStore,
    sources: Sequence[CrawlSource],
    is_blocked: Callable[[str], bool],
) -> Imported:
    """Store the pages of a WARC file that are news of our sources.

    Raises:
        ConfigurationError: it is no WARC file, or a broken one; what came before the break is stored.
    """
    done = Imported()
    for _ in _taking(str(file), store, sources, is_blocked, done):
        pass
    return done


def _taking(
    file: str,
    store: CrawlStore,
    sources: Sequence[CrawlSource],
    is_blocked: Callable[[str], bool],
    done: Imported,
) -> Iterator[None]:
    """Takes a record a step, and counts what came of it."""
    name = file.rpartition("/")[2]
    record = None
    with _opened(file) as stream:
        try:
            for record in ArchiveIterator(stream):
                if record.format != "warc":
                    break
                if record.rec_type == "response" and record.http_headers is not None:
                    _take(record, name, store, sources, is_blocked, done)
                _read_on(record)
                yield
        except ArchiveLoadFailed as error:
            raise ConfigurationError(
                f"{file}: not a whole WARC file ({str(error).splitlines()[0]})"
            ) from error
    if record is None or record.format != "warc":
        raise ConfigurationError(f"{file}: not a WARC file")


def _take(
    record: Any,
    name: str,
    store: CrawlStore,
    sources: Sequence[CrawlSource],
    is_blocked: Callable[[str], bool],
    done: Imported,
) -> None:
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    try:
        url = canonical_url(address)
    except ValueError:
        done.other += 1
        return
    source = _source_of(host_of(url), sources)
    if source is None:
        done.foreign += 1
        return
    body = b"" if is_blocked(url) or not _may_be_page(record) else _body(record)
    if body and store.pages.has(url, body):
        done.known += 1
        return
    fetched = _fetched(record, body, address, url, name)
    if fetched is None:
        done.other += 1
    elif store.pages.put(url, source.host, host_of(url), fetched):
        done.pages += 1
    else:
        done.known += 1


def _may_be_page(record: Any) -> bool:
    headers = {key.lower(): value for key, value in reversed(record.http_headers.headers)}
    is_ok = record.http_headers.get_statuscode() == "200"
    return is_ok and "html" in headers.get("content-type", "text/html").lower()


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


def _fetched(record: Any, body: bytes, address: str, url: str, name: str) -> Fetched | None:
    """The page of a record, where it may be news and says nothing against being kept."""
    if not body.strip():
        return None
    headers = tuple((key.lower(), value) for key, value in record.http_headers.headers)
    known = dict(reversed(headers))
    leads = read_html(body, url, known.get("content-type", ""))
    wishes = leads.robots | robots_directives(known.get("x-robots-tag", ""))
    if (
        wishes & {"noindex", "noarchive"}
        or kind_of_page(leads.shape, hint_of(kind_of_url(url), url)) != "article"
    ):
        return None
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
