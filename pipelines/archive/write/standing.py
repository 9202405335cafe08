"""How the copies of an article stand to each other, as rows: judged in pipelines/standing, written here.

In: the copies of one article. Out: its `kept_because`, first publisher and credited-source status, and the
rows of `differences` and `first_publisher_evidence`. What comparing two texts gives depends on these texts
alone and is remembered, so that a much-copied article is not compared again. Whether we hold pages of a
publisher from around a day is asked too: only then does it tell that it has no such article.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipelines.archive.kept_out.blocks import owner_of
from pipelines.join.differences import Difference, Spelt, differences, spell_out, turned
from pipelines.publishers import publisher_of
from pipelines.remembered import Remembered
from pipelines.standing import Copy, Kept, choose_kept, claims_of, credited_status, first_publisher

Similarity = Callable[[int, int], float]

WAITING_MOST = 3
"""A run that leaves more addresses of a source for the next was not a whole one."""

_VERSIONS_MOST = 8
"""Former versions of a page that others may have copied."""

_RUN_BEFORE = (
    "SELECT (SELECT min(started_at) FROM runs WHERE id <= run.id AND id > (SELECT coalesce(max(id), 0)"
    " FROM runs WHERE id < run.id AND outcome IN ('done', 'attention'))), run_sources.at"
    " FROM run_sources JOIN runs run ON run.id = run_id"
    " WHERE source = ? AND run_sources.at < ? AND outcome IN ('done', 'attention')"
    " AND fetched + unchanged > 0 AND waiting <= ? ORDER BY run_id DESC LIMIT 1"
)

COLUMNS = (
    "copies.id, copies.url, copies.source, sources.name, copies.credited_source, texts.node_id, texts.sha256,"
    " nodes.shingles, copies.published_day, copies.published_earliest, copies.published_latest,"
    " copies.date_origin = 'correction', readings.first_fetched_at, readings.announced_at,"
    " readings.announced_by"
)
"""What `Standings.copy` takes, from copies, texts, nodes, readings and sources."""

_TABLES = (
    "copies JOIN texts ON texts.id = copies.text_id JOIN nodes ON nodes.node_id = texts.node_id"
    " JOIN readings ON readings.id = copies.reading_id JOIN sources ON sources.host = copies.source"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged of one article."""

    kept: Kept
    values: dict[str, object]
    """Columns of `articles`."""
    statuses: dict[int, str | None]
    """Of each copy's credit, by copy id."""
    differing: dict[int, tuple[Difference, ...]]
    """Where a copy differs from the kept one, by copy id; those that do not are left out."""


class Standings:
    """Judges articles over one connection, for the length of one batch."""

    def __init__(self, connection: sqlite3.Connection, similarity: Similarity) -> None:
        self._connection = connection
        self._similarity = similarity
        self._runs: dict[tuple[str, str], tuple[str | None, str | None]] = {}
        self._coverage = Coverage(connection)
        self._coverage.name_publishers()

    def copy(self, row: Sequence[object]) -> Copy:
        """One copy from a row of COLUMNS."""
        (id_, url, source, name, credited, node, key, shingles, day, earliest, latest, corrected, *rest) = row
        first_seen, announced_at, announced_by = rest
        since, known = self._run_before(str(source), str(first_seen))
        return Copy(
            id=id_,  # type: ignore[arg-type]  # columns of known types
            url=str(url),
            source=str(source),
            owner=owner_of(str(source)),
            name=str(name) or str(source),
            publisher=publisher_of(str(name)) or str(source),
            credits=publisher_of(str(credited)) if credited else "",
            node=node,  # type: ignore[arg-type]
            text_key=key,  # type: ignore[arg-type]
            shingles=shingles,  # type: ignore[arg-type]
            day=day,  # type: ignore[arg-type]
            earliest=earliest,  # type: ignore[arg-type]
            latest=latest,  # type: ignore[arg-type]
            is_corrected=bool(corrected),
            first_seen=str(first_seen),
            source_since=since,
            source_known=known,
            announced_at=announced_at,  # type: ignore[arg-type]
            announced_by=str(announced_by),
        )

    def judge(self, copies: Sequence[Copy]) -> Judged:
        """The standing of the copies of one article."""
        kept = self.kept(copies)
        own: dict[str, list[Copy]] = {}
        for copy in copies:
            own.setdefault(copy.publisher, []).append(copy)
        statuses = {
            copy.id: credited_status(copy, own.get(copy.credits, ()), self._contradict, self._coverage.covers)
            for copy in copies
        }
        first = first_publisher(copies, statuses)
        named = min(
            (copy.name for copy in copies if copy.publisher == first.publisher), default=first.publisher
        )
        found = {copy.id: self._differences(kept.copy, copy) for copy in copies}
        differing = {copy_id: rows for copy_id, rows in found.items() if rows}
        values: dict[str, object] = {
            "kept_because": kept.because,
            "first_publisher": named,
            "first_publisher_status": first.status,
            "first_publisher_because": first.because,
            "credited_source_status": statuses[kept.copy.id],
            "disputed": bool(differing),
        }
        return Judged(kept, values, statuses, differing)

    def kept(self, copies: Sequence[Copy]) -> Kept:
        """The copy whose text is shown, of some of an article's."""
        return choose_kept(copies, self._shared, self._contradict)

    def write(self, article_id: int, copies: Sequence[Copy], judged: Judged, *, is_new: bool) -> None:
        """Puts the rows of an article's standing in place of those it had."""
        kept = judged.kept.copy
        self._connection.executemany(
            "UPDATE copies SET article_id = ?, kept = ?, similarity = ?, credited_publisher = ?,"
            " credited_source_status = ? WHERE id = ?",
            [
                (
                    article_id,
                    copy.id == kept.id,
                    self.similarity(kept.node, copy.node),
                    copy.credits or None,
                    judged.statuses[copy.id],
                    copy.id,
                )
                for copy in copies
            ],
        )
        if not is_new:
            self._connection.execute("DELETE FROM differences WHERE article_id = ?", (article_id,))
            self._connection.executemany(
                "DELETE FROM first_publisher_evidence WHERE copy_id = ?", [(copy.id,) for copy in copies]
            )
        self._connection.executemany(
            "INSERT OR REPLACE INTO first_publisher_evidence VALUES (?, ?, ?, ?, ?, ?)",
            [
                (article_id, copy.id, claim.kind, claim.value, claim.believed, claim.reason)
                for copy in copies
                for claim in claims_of(copy)
            ],
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO differences VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (article_id, copy_id, place, kept.id, one.kind, one.place, one.ours, one.theirs)
                for copy_id, found in judged.differing.items()
                for place, one in enumerate(found)
            ],
        )

    def similarity(self, a: int, b: int) -> float:
        """Of two nodes, 0 to 1."""
        if a == b:
            return 1.0
        pair = (a, b) if a < b else (b, a)
        return _SIMILARITIES.get(pair, lambda: self._similarity(*pair))

    def articles_to_judge_again(self) -> list[int]:
        """Articles whose credit a page of the credited source's has borne out or not since the last call."""
        days = self._connection.execute("DELETE FROM touched_days RETURNING source, day").fetchall()
        articles: set[int] = set()
        for publisher, low, high in self._coverage.spans(days):
            for day, status in self._connection.execute(
                "SELECT DISTINCT published_day, credited_source_status FROM copies"
                " WHERE credited_publisher = ? AND published_day BETWEEN ? AND ?"
                " AND credited_source_status <> 'confirmed'",
                (publisher, low, high),
            ).fetchall():
                if (status == "contradicted") != self._coverage.covers(publisher, day):
                    articles |= self._articles_crediting(publisher, day, status)
        return sorted(articles)

    def _articles_crediting(self, publisher: str, day: str, status: str) -> set[int]:
        return {
            row[0]
            for row in self._connection.execute(
                "SELECT article_id FROM copies WHERE credited_publisher = ? AND published_day = ?"
                " AND credited_source_status = ?",
                (publisher, day, status),
            )
        }

    def copies_of_article(self, article_id: int) -> list[Copy]:
        """An article's copies."""
        return [
            self.copy(row)
            for row in self._connection.execute(
                f"SELECT {COLUMNS} FROM {_TABLES} WHERE copies.article_id = ? ORDER BY copies.url",
                (article_id,),
            ).fetchall()
        ]

    def _differences(self, kept: Copy, copy: Copy) -> tuple[Difference, ...]:
        """Where a copy differs from the kept one, in the kept one's order."""
        if kept.text_key == copy.text_key:
            return ()
        found = self._compared(kept.text_key, copy.text_key)
        return found if kept.text_key < copy.text_key else turned(found)

    def _compared(self, one: bytes, other: bytes) -> tuple[Difference, ...]:
        """The differences of two texts, the one with the lower key first: the same from both sides."""
        low, high = sorted((one, other))
        return _DIFFERENCES.get((low, high), lambda: self._compare(low, high))

    def _compare(self, one: bytes, other: bytes) -> tuple[Difference, ...]:
        """Most copies have the other's paragraphs as they are, some fewer or more: then nothing differs."""
        lines, other_lines = (set(self._text(key).split("\n")) for key in (one, other))
        if lines <= other_lines or other_lines <= lines:
            return ()
        return differences(self._spelt(one), self._spelt(other))

    def _contradict(self, one: Copy, other: Copy) -> bool:
        """Whether the figures of two copies differ, and neither page said before what the other says.

        Who copied an article before it was corrected has it from there all the same.
        """
        if not self._differ(one.text_key, other.text_key):
            return False
        former = ((one, key) for key in self._said_before(other))
        latter = ((other, key) for key in self._said_before(one))
        return all(self._differ(copy.text_key, key) for copy, key in (*former, *latter))

    def _differ(self, one: bytes, other: bytes) -> bool:
        return one != other and any(found.kind == "figure" for found in self._compared(one, other))

    def _said_before(self, copy: Copy) -> list[bytes]:
        """The texts of a page's former versions, the latest few."""
        rows = self._connection.execute(
            "SELECT texts.sha256 FROM copies JOIN versions ON versions.reading_id = copies.reading_id"
            " JOIN texts ON texts.id = versions.text_id WHERE copies.id = ? AND texts.sha256 <> ?"
            " ORDER BY versions.fetched_at DESC LIMIT ?",
            (copy.id, copy.text_key, _VERSIONS_MOST),
        )
        return [row[0] for row in rows]

    def _spelt(self, key: bytes) -> Spelt:
        return _SPELT.get(key, lambda: spell_out(self._text(key)))

    def _text(self, key: bytes) -> str:
        return str(self._connection.execute("SELECT text FROM texts WHERE sha256 = ?", (key,)).fetchone()[0])

    def _shared(self, one: Copy, other: Copy) -> int:
        """How many shingles two texts share, from their similarity: J = shared / (a + b - shared)."""
        similarity = self.similarity(one.node, other.node)
        return round(similarity * (one.shingles + other.shingles) / (1 + similarity))

    def _run_before(self, source: str, first_seen: str) -> tuple[str | None, str | None]:
        """When the last whole run over a source that ended before a moment began, and ended.

        One that took up what stopped or killed runs had begun began with the first of these: only there were
        the lists read.
        """
        if (source, first_seen) not in self._runs:
            row = self._connection.execute(_RUN_BEFORE, (source, first_seen, WAITING_MOST)).fetchone()
            self._runs[source, first_seen] = (None, None) if row is None else row
        return self._runs[source, first_seen]


# By hashes of texts, so an archive that is closed, restored or another one changes nothing. Together they
# take some 30 MB when full.
_SIMILARITIES: Remembered[tuple[int, int], float] = Remembered(10_000)
_DIFFERENCES: Remembered[tuple[bytes, bytes], tuple[Difference, ...]] = Remembered(5_000)
_SPELT: Remembered[bytes, Spelt] = Remembered(200)


COVERED_DAYS = 7
"""A credited source's pages of this many days on either side tell whether it carries an article."""


class Coverage:
    """What was asked of a connection is remembered, for the length of one batch."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._covered: dict[tuple[str, str], bool] = {}

    def covers(self, publisher: str, day: str | None) -> bool:
        """Whether there are pages of a publisher from around a day: two, not all before nor all after."""
        if day is None:
            return False
        if (publisher, day) not in self._covered:
            self._covered[publisher, day] = any(
                self._has_around(host, day) for host in self._hosts_of(publisher)
            )
        return self._covered[publisher, day]

    def _has_around(self, host: str, day: str) -> bool:
        some = (
            "SELECT count(*) FROM"
            " (SELECT 1 FROM copies WHERE source = ? AND published_day BETWEEN ? AND ? LIMIT 2)"
        )
        ends = ((_shifted(day, -COVERED_DAYS), day), (day, _shifted(day, COVERED_DAYS)), (day, day))
        before, after, on = (self._connection.execute(some, (host, *end)).fetchone()[0] for end in ends)
        return bool(before and after and before + after - on >= 2)

    def name_publishers(self) -> None:
        """Fills in `sources.publisher` where a source is new or renamed."""
        self._connection.executemany(
            "UPDATE sources SET publisher = ? WHERE host = ?",
            [
                (publisher_of(name), host)
                for host, name in self._connection.execute(
                    "SELECT host, name FROM sources WHERE publisher IS NULL"
                ).fetchall()
            ],
        )

    def _hosts_of(self, publisher: str) -> list[str]:
        """The sources of a publisher."""
        rows = self._connection.execute(
            "SELECT host FROM sources WHERE publisher = ? AND status <> 'removed' ORDER BY host", (publisher,)
        )
        return [row[0] for row in rows]

    def spans(self, days: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
        """Publisher and days whose coverage a page of a source and day may have changed."""
        spans = set()
        for source, day in days:
            row = self._connection.execute("SELECT name FROM sources WHERE host = ?", (source,)).fetchone()
            if row is not None:
                spans.add((publisher_of(row[0]), _shifted(day, -COVERED_DAYS), _shifted(day, COVERED_DAYS)))
        return sorted(spans)


@lru_cache(maxsize=10_000)
def _shifted(day: str, days: int) -> str:
    ordinal = date.fromisoformat(day).toordinal() + days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal())).isoformat()
