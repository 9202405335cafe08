"""Stored pages to WARC files and back (ISO 28500), so that other tools read ours and we theirs.

Out: one `response` record a page, as it was stored (transfer and content encodings undone); where that is
not what the host sent but what its scripts drew, the header `WARC-Drawn-By` says so. In: HTML responses of
hosts that are sources, as an input like any crawl: they are drained into the archive.
"""

from __future__ import annotations

import gzip
import threading
import time
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.fetch.tally import FetchReport
from crawler.runs.run import Draining, begin_run, end_run, run_lock
from crawler.web.removed import Removed
from pipelines.archive import Archive
from pipelines.errors import ConfigurationError
from pipelines.pages.frontier import Fetched
from pipelines.pages.html import read_html, robots_directives
from pipelines.pages.kinds import kind_of_page, kind_of_url
from pipelines.store import CrawlStore, store_path
from pipelines.urls import canonical_url, host_of
from pipelines.utc import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from crawler.runs.run import RunReport
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
    archive_path: Path, files: Sequence[Path], sources: Sequence[CrawlSource], engine: Engine
) -> tuple[Imported, RunReport]:
    """Takes the pages of our sources from files into the archive, as a run of its own that fetches nothing.

    Raises:
        ConfigurationError: a file is no WARC file, or a broken one; what came before the break is kept.
        LockedError: another run writes to this archive.
    """
    started = time.monotonic()
    with run_lock(archive_path):
        run_id = begin_run(archive_path, sources)
        removed = Removed(archive_path)
        with CrawlStore(store_path(archive_path)) as store:
            draining = Draining(archive_path, store, sources, engine, threading.Event())
            try:
                draining.start()
                found = [astuple(read_warc(file, store, sources, removed.blocks)) for file in files]
                draining.finish()
            finally:
                draining.abandon()
                removed.close()
        report = end_run(archive_path, run_id, FetchReport(), draining.total, time.monotonic() - started)
    return Imported(*map(sum, zip(*found, strict=True))), report


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
    path: Path,
    store: CrawlStore,
    sources: Sequence[CrawlSource],
    is_blocked: Callable[[str], bool],
) -> Imported:
    """Store the pages of a WARC file that are news of our sources.

    Raises:
        ConfigurationError: it is no WARC file, or a broken one; what came before the break is stored.
    """
    done = Imported()
    _refuse_other(path)
    with path.open("rb") as file:
        try:
            for record in ArchiveIterator(file):
                if record.rec_type == "response" and record.http_headers is not None:
                    _take(record, path.name, store, sources, is_blocked, done)
                _read_on(record)
        except ArchiveLoadFailed as error:
            raise ConfigurationError(
                f"{path}: not a whole WARC file ({str(error).splitlines()[0]})"
            ) from error
    return done


def _refuse_other(path: Path) -> None:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            head = file.read(5)
    except (OSError, EOFError) as error:
        raise ConfigurationError(f"{path}: cannot be read ({error})") from error
    if head != b"WARC/":
        raise ConfigurationError(f"{path}: not a WARC file")


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
    fetched = None if is_blocked(url) else _fetched(record, address, url, name)
    if fetched is None:
        done.other += 1
    elif store.pages.put(url, source.host, host_of(url), fetched):
        done.pages += 1
    else:
        done.known += 1


def _body(record: Any) -> bytes:
    body: bytes = record.content_stream().read(_LARGEST_BYTES + 1)
    if len(body) <= _LARGEST_BYTES:
        _read_on(record)
    return body


def _read_on(record: Any) -> None:
    """Read a record to its end; warcio takes the end of a file within a record for that of the record."""
    while record.raw_stream.read(65536):
        pass
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise ArchiveLoadFailed("it ends within a record")


def _fetched(record: Any, address: str, url: str, name: str) -> Fetched | None:
    """The page of a record, where it may be news and says nothing against being kept."""
    headers = tuple((key.lower(), value) for key, value in record.http_headers.headers)
    known = dict(reversed(headers))
    status = int(record.http_headers.get_statuscode() or 0)
    if status != 200 or "html" not in known.get("content-type", "text/html").lower():
        return None
    body = _body(record)
    if not body.strip() or len(body) > _LARGEST_BYTES:
        return None
    leads = read_html(body, url, known.get("content-type", ""))
    wishes = leads.robots | robots_directives(known.get("x-robots-tag", ""))
    if wishes & {"noindex", "noarchive"} or kind_of_page(leads.shape, kind_of_url(url)) != "article":
        return None
    return Fetched(
        url_asked=address,
        url_answered=address,
        status=status,
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
