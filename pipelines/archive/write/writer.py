"""The one writer: readings and rejections in, an archive brought up to date out.

A batch is one transaction: facts, the joins they cause and the conclusions drawn are there together or not at
all. Writing the same batch twice changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from pipelines.archive.file import open_for_writing, storage_errors
from pipelines.archive.kept_out.blocks import Blocklist, answer, blocks_version, read_blocklist
from pipelines.archive.kept_out.redacted import Redactable, redaction_of
from pipelines.archive.kept_out.stay_down import holds_back
from pipelines.archive.searched import refresh_files
from pipelines.archive.write.conclusions import Counts, conclude, rejoin_some
from pipelines.archive.write.facts import (
    Changes,
    come_back,
    drop_unlinked,
    files_linked,
    joined_again,
    put_file,
    put_gone,
    put_reading,
    put_rejection,
)
from pipelines.archive.write.furniture import Furniture, give_up, source_as_known, stale_pages
from pipelines.archive.write.join_index import SqliteJoinIndex
from pipelines.archive.write.lists import settle_lists
from pipelines.archive.write.people import (
    BY_HAND,
    LINES,
    LineWords,
    call_corrections,
    copy_of,
    find_page,
    last_change,
    line_named,
    line_words,
    no_article,
    page_of,
    put_correction,
    put_decision,
    put_no_article,
    withdraw_correction,
    withdraw_decision,
    withdraw_no_article,
)
from pipelines.archive.write.runs import (
    RunCounts,
    copies_by_source,
    finish_run,
    has_latin,
    known_sources,
    put_sources,
    start_run,
    unended_run,
)
from pipelines.archive.write.templates import Templates
from pipelines.errors import ConfigurationError, RefusedError
from pipelines.join import Joiner
from pipelines.records import FileText, Page, Reading, Rejection, Said, Source, SourceRun, Template
from pipelines.said import stands_for
from pipelines.utc import iso


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one batch changed."""

    readings: int
    rejections: int
    counts: Counts
    gone: int = 0
    """Pages found missing that were there."""
    kept_out: tuple[int, ...] = ()
    """Which of the batch a removal keeps out, by their places in it."""
    unlinked: tuple[str, ...] = ()
    """Addresses of files to which no article links any more."""


_ANALYSED = 1_000
"""Rows of each index that are looked at after a run, and whenever the texts have doubled, so that SQLite
knows which way is short: .02 s with 10,000 articles and 40,000 pairs of texts."""
_ANALYSED_FROM = 500
"""Texts; with fewer any way is short."""


class Archive:
    """An archive open for writing; use it as a context manager, in one thread."""

    def __init__(self, path: Path, *, create: bool = True, replaying: bool = False) -> None:
        """Opens `path`; raises what `pipelines.archive.file.open_for_writing` raises."""
        self.path = path
        self._database = open_for_writing(path, create=create, replaying=replaying)
        self._joiner = Joiner(SqliteJoinIndex(self._database.conn))
        self._furniture = Furniture(self._database.conn)
        self._templates = Templates(self._database.conn)
        self._blocks: tuple[int, Blocklist] | None = None
        self._analysed = _texts_analysed(self._database.conn)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; the last connection folds the write-ahead log into it."""
        self._database.close()

    def ingest(self, results: Sequence[Reading | FileText | Rejection], at: str) -> Ingested:
        """Stores a batch in one transaction; `at` is now in UTC.

        Raises:
            StorageError: the disk is full or fails; nothing of the batch is stored.
        """
        try:
            with storage_errors(self.path), self._database.atomic():
                ingested = self._ingest(results, at)
                self._analyse(growth=2)
                return ingested
        except BaseException:
            self._forget_caches()
            raise

    def _analyse(self, growth: float = 0) -> None:
        """Looks at the indexes again, where there are so many times the texts of the last time."""
        [texts] = self._database.conn.execute("SELECT coalesce(max(id), 0) FROM texts").fetchone()
        if texts >= growth * max(self._analysed, _ANALYSED_FROM):
            self._database.conn.execute(f"PRAGMA analysis_limit = {_ANALYSED}")
            self._database.conn.execute("ANALYZE")
            self._analysed = texts

    def _forget_caches(self) -> None:
        self._furniture.forget_cache()
        self._templates.forget_cache()

    def _ingest(self, results: Sequence[Reading | FileText | Rejection], at: str) -> Ingested:
        connection = self._database.conn
        blocklist = self.blocklist()
        changes = Changes()
        readings = rejections = gone = 0
        kept_out: list[int] = []
        for place, result in enumerate(results):
            if blocklist.blocks(result.url):
                kept_out.append(place)
                continue
            lesson = None if isinstance(result, FileText) else result.lesson
            if isinstance(result, Rejection) and put_gone(connection, result, at):
                gone += 1
            elif isinstance(result, Rejection):
                put_rejection(connection, result, at, self._furniture, changes)
                rejections += 1
            elif isinstance(result, FileText):
                put_file(connection, _redacted(result, blocklist), changes)
                continue
            elif _is_kept_out(result, blocklist) or holds_back(connection, result, at):
                kept_out.append(place)
                continue
            else:
                reading = _redacted(_without_blocked_addresses(result, blocklist), blocklist)
                readings += put_reading(connection, reading, self._furniture, changes)
                come_back(connection, result.url, iso(result.fetched_at))
                lesson = reading.lesson
            if lesson is not None:
                self._templates.put(result, lesson)
        settle_lists(connection, changes, at)
        clusters = joined_again(connection, self._joiner, changes)
        counts = self._concluded(changes, clusters, at)
        unlinked = drop_unlinked(connection, changes)
        refresh_files(connection, changes.files)
        return Ingested(readings, rejections, counts, gone, tuple(kept_out), unlinked)

    def _concluded(self, changes: Changes, clusters: dict[int, int], at: str) -> Counts:
        return conclude(
            self._database.conn,
            changes.addresses,
            clusters,
            self._joiner.similarity,
            at,
            emptied=frozenset(changes.emptied),
            secondary=self._joiner.secondary(),
        )

    def rejoin(self, at: str) -> Iterator[Counts]:
        """Joins all texts again and draws all conclusions, by the present rules; what each part changed.

        Each part is one transaction. One that was killed goes on where it stopped.

        Raises:
            StorageError: the disk is full or fails; what was done stays.
        """
        while True:
            with storage_errors(self.path), self._database.atomic():
                counts = rejoin_some(self._database.conn, self._joiner, at)
            if counts is None:
                return
            yield counts

    def correct(self, url: str, field: str, value: str | None, reason: str, at: str) -> int:
        """Sets a field of a page to what a person says; returns the correction's id.

        Raises:
            ConfigurationError: no such page or field, or not a date.
        """
        with self.correcting():
            page_url = page_of(self._database.conn, url)
            correction = put_correction(self._database.conn, page_url, field, value, reason, at)
            self._conclude({page_url}, at)
            return correction

    @contextmanager
    def correcting(self) -> Iterator[None]:
        """A transaction whose changes of articles are told as corrections."""
        with storage_errors(self.path), self._database.atomic():
            told = last_change(self._database.conn)
            yield
            call_corrections(self._database.conn, told)

    def withdraw_correction(self, correction_id: int, at: str) -> str:
        """Takes a correction back: what the page says counts again; returns the page's address.

        Of a line that is true once the page has been read again.

        Raises:
            ConfigurationError: no such correction in force.
        """
        with self.correcting():
            page_url = withdraw_correction(self._database.conn, correction_id, at)
            self._conclude({page_url}, at)
            return page_url

    def reject(self, address: str, reason: str, at: str) -> int:
        """A person says that an address, or all that a pattern stands for, is no article; how many were.

        Raises:
            RefusedError: it was removed, and what is said of it would be its address again.
        """
        if told := answer(self._database.conn, address):
            raise RefusedError(f"{address}: {told}, and is kept out by that")
        with storage_errors(self.path), self._database.atomic():
            put_no_article(self._database.conn, address, reason, at)
            sql = "SELECT page_url, source, page_id FROM readings"
            rows = self._database.conn.execute(sql).fetchall()
            why = f"{BY_HAND}: {reason}"
            rejections = [
                Rejection(url, source, "kind", why, page_id)
                for url, source, page_id in rows
                if stands_for(address, url)
            ]
            self.ingest(rejections, at)
        return len(rejections)

    def take_back(self, address: str, at: str) -> list[tuple[str, str]]:
        """Takes that back; the pages (URL, source) that may be articles again.

        Raises:
            ConfigurationError: it was not said.
        """
        with storage_errors(self.path), self._database.atomic():
            connection = self._database.conn
            if not withdraw_no_article(connection, address, at):
                raise ConfigurationError(
                    f"{address}: was not rejected; `parknews reject --list` has what was"
                )
            rows = connection.execute(
                "SELECT url, source FROM rejections WHERE reason LIKE ? || ':%'", (BY_HAND,)
            ).fetchall()
            return [(u, s) for u, s in rows if stands_for(address, u) and not no_article(connection, u)]

    def has_latin(self) -> bool:
        """Whether some of the newest articles are in Latin script."""
        return has_latin(self._database.conn)

    def no_article(self, page_url: str) -> str:
        """Why a person says that a page is no article; empty where nobody does."""
        return no_article(self._database.conn, page_url)

    def line_words(self, page_url: str) -> LineWords:
        """What people want of the lines of a page."""
        return line_words(self._database.conn, page_url)

    def line_named(self, url: str, field: str, words: str) -> tuple[str, str]:
        """The page of a copy's or page's URL, and the line of it that a person means.

        Raises:
            ConfigurationError: no such page, no such line, or several.
        """
        page_url = page_of(self._database.conn, url)
        return page_url, line_named(self._database.conn, page_url, field, words)

    def line_of_correction(self, correction_id: int) -> str | None:
        """The page of a correction in force that is about a line; None for any other."""
        sql = "SELECT page_url FROM corrections WHERE id = ? AND field IN (?, ?) AND withdrawn_at IS NULL"
        row = self._database.conn.execute(sql, (correction_id, *LINES)).fetchone()
        return None if row is None else str(row[0])

    def page_id_of(self, page_url: str) -> int:
        """The stored page that a page's reading is of."""
        sql = "SELECT page_id FROM readings WHERE page_url = ?"
        return int(self._database.conn.execute(sql, (page_url,)).fetchone()[0])

    def source_as_known(self, host: str) -> Source:
        """A source with its zone and what was learned of it."""
        return source_as_known(self._database.conn, host)

    def split(self, url: str, reason: str, at: str) -> int:
        """Makes a copy an article of its own, whatever the joins say; returns the decision's id.

        Raises:
            ConfigurationError: no such copy.
        """
        with storage_errors(self.path), self._database.atomic():
            copy = copy_of(self._database.conn, url)
            decision = put_decision(self._database.conn, "split", copy, None, reason, at)
            self._conclude({copy}, at, because=reason)
            return decision

    def join(self, url: str, other_url: str, reason: str, at: str) -> int:
        """Makes the articles of two copies one, whatever the joins say; returns the decision's id.

        Raises:
            ConfigurationError: no such copy, or one and the same.
        """
        with storage_errors(self.path), self._database.atomic():
            ends = copy_of(self._database.conn, url), copy_of(self._database.conn, other_url)
            if ends[0] == ends[1]:
                raise ConfigurationError(f"{url} and {other_url} are one and the same copy")
            decision = put_decision(self._database.conn, "join", *ends, reason, at)
            self._conclude(set(ends), at, because=reason)
            return decision

    def withdraw_decision(self, decision_id: int, at: str) -> None:
        """Takes a split or join back: the joins' own verdict counts again.

        Raises:
            ConfigurationError: no such decision in force.
        """
        with storage_errors(self.path), self._database.atomic():
            decision = withdraw_decision(self._database.conn, decision_id, at)
            urls = {url for url in (decision.url, decision.other_url) if url}
            self._conclude(urls, at, because=f"taken back: {decision.reason}")

    def _conclude(self, addresses: set[str], at: str, *, because: str = "") -> None:
        """Draws conclusions again for the copies at these addresses, as far as they are there."""
        pages = {page for url in addresses if (page := find_page(self._database.conn, url))}
        similarity = self._joiner.similarity
        conclude(self._database.conn, addresses | pages, {}, similarity, at, because=because)

    def furniture(self, source: str) -> frozenset[int]:
        """Keys of the lines learned to be boilerplate of a source."""
        return self._furniture.of(source)

    def templates(self, source: str) -> tuple[Template, ...]:
        """By which a source's pages are read, and those that are being confirmed."""
        return self._templates.of(source)

    def read_by_template(self, pages: Iterable[Page]) -> set[int]:
        """The numbers of those of the pages whose stored reading a template made."""
        return {page.page_id for page in pages if self._templates.is_read_by_one(page)}

    def forget_templates(self, source: str) -> int:
        """Drops what was learned of how a source makes its pages; how many templates that were."""
        with storage_errors(self.path), self._database.atomic():
            return self._templates.forget(source)

    def stale_pages(self, limit: int) -> list[int]:
        """Pages to be read again, since what is furniture of their source changed."""
        return stale_pages(self._database.conn, limit)

    def give_up_stale(self, page_ids: list[int]) -> None:
        """Leaves the readings of these pages as they are: their raw pages are gone."""
        with storage_errors(self.path), self._database.atomic():
            give_up(self._database.conn, page_ids)

    def blocklist(self) -> Blocklist:
        """What must stay out, as it stands now; another process may have added to it."""
        version = blocks_version(self._database.conn)
        if self._blocks is None or self._blocks[0] != version:
            self._forget_caches()  # a removal changed what was learned
            self._blocks = version, read_blocklist(self._database.conn)
        return self._blocks[1]

    def redacted(self, page: Page) -> Page | None:
        """A stored page without the passages that stay out of it; None for a file that holds one."""
        redaction = redaction_of(self.blocklist(), page.url, page.url_answered)
        return redaction.page(page) if redaction else page

    def put_sources(self, sources: Iterable[Source]) -> None:
        """Names the sources whose pages will come."""
        with storage_errors(self.path):
            put_sources(self._database, sources)

    def unended_run(self) -> str | None:
        """When the run began that was killed, if the last one was."""
        return unended_run(self._database.conn)

    def start_run(self, at: str, version: str, *, fetched_by_killed: int = 0) -> int:
        """Opens a run record and returns its id; one that was killed is closed with what it had fetched."""
        with storage_errors(self.path):
            return start_run(self._database, at, version, fetched_by_killed=fetched_by_killed)

    def finish_run(
        self, run_id: int, outcome: str, counts: RunCounts, at: str, sources: Iterable[SourceRun] = ()
    ) -> None:
        """Closes a run record with its outcome and what was done at each source."""
        with storage_errors(self.path):
            finish_run(self._database, run_id, outcome, counts, at, sources)
            self._analyse()

    def remember(self, key: str, value: str | None) -> None:
        """Keeps a word of its own over runs (`meta`); None forgets it."""
        with storage_errors(self.path), self._database.atomic():
            self._database.conn.execute("DELETE FROM meta WHERE key = ?", (key,))
            if value is not None:
                self._database.conn.execute("INSERT INTO meta VALUES (?, ?)", (key, value))

    def remembered(self, key: str) -> str | None:
        """What `remember` kept."""
        row = self._database.conn.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def said_before(self, page_url: str) -> Said | None:
        """What the archive holds of a page: its last reading, without what people corrected."""
        return said_before(self._database.conn, page_url)

    def files_linked(self, source: str) -> list[tuple[str, str]]:
        """Address and ending of each file that a source's articles link to."""
        return files_linked(self._database.conn, source)

    def known_sources(self) -> list[Source]:
        """Every source that the archive has pages of."""
        return known_sources(self._database.conn)

    def copies_by_source(self) -> dict[str, int]:
        """Host → the copies that the archive holds of it."""
        return copies_by_source(self._database.conn)


def _redacted(said: Redactable, blocklist: Blocklist) -> Redactable:
    """What a page or file says, without the passages that stay out of it."""
    answered = said.url_answered if isinstance(said, Reading) else None
    redaction = redaction_of(blocklist, said.url, answered)
    return redaction.said(said) if redaction else said


def _texts_analysed(connection: sqlite3.Connection) -> int:
    """About how many texts there were when the indexes were looked at last."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").fetchone():
        return 0
    row = connection.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'text_rows' LIMIT 1").fetchone()
    return int(row[0].split()[0]) if row else 0


def _is_kept_out(reading: Reading, blocklist: Blocklist) -> bool:
    credited = reading.story.credited_source
    return blocklist.blocks(reading.url_answered) or (
        credited is not None and blocklist.blocks_publisher(credited.value)
    )


def _without_blocked_addresses(reading: Reading, blocklist: Blocklist) -> Reading:
    """A page may call a removed address its own, or link to a removed file: these are not kept."""
    story = reading.story
    claims = tuple(claim for claim in story.claims if not blocklist.blocks(claim.url))
    attachments = tuple(file for file in story.attachments if not blocklist.blocks(file.url))
    if (len(claims), len(attachments)) == (len(story.claims), len(story.attachments)):
        return reading
    return replace(reading, story=replace(story, claims=claims, attachments=attachments))


def said_before(connection: sqlite3.Connection, page_url: str) -> Said | None:
    """A page's stored reading; None where it has none."""
    row = connection.execute(
        "SELECT readings.id, title, text, published, author, credited_source, language FROM readings"
        " JOIN texts ON texts.id = readings.text_id WHERE page_url = ?",
        (page_url,),
    ).fetchone()
    if row is None:
        return None
    pieces = connection.execute(
        "SELECT kind || ': ' || text FROM stripped_pieces WHERE reading_id = ? ORDER BY position", (row[0],)
    ).fetchall()
    _, title, text, published, author, credited_source, language = row
    stripped = tuple(piece for (piece,) in pieces)
    return Said(title, text, published, author, credited_source, language, stripped)
