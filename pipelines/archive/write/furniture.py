"""Learning furniture: counts lines as readings come and go, and names the pages to be read again.

In: the readings that were written. Out: the furniture of a source, and the rows of `stale`: pages whose
cleaning used other furniture than their source has now. What is furniture follows from the readings that
are there, whatever order they came in.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from pipelines.furniture import title_key, titles_needed
from pipelines.records import Reading, Source


class Furniture:
    """The counts of lines, over a connection inside the writer's transactions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[str, frozenset[int]] = {}

    def of(self, source: str) -> frozenset[int]:
        """Keys of the lines that are furniture of a source now."""
        if source not in self._known:
            needed = titles_needed(self._readings(source))
            self._known[source] = frozenset(
                row[0]
                for row in self._connection.execute(
                    "SELECT line FROM source_lines WHERE source = ? AND titles >= ?", (source, needed)
                )
            )
        return self._known[source]

    def forget_cache(self) -> None:
        """After a transaction that was rolled back, or another writer's work."""
        self._known.clear()

    def put(self, reading_id: int, reading: Reading) -> None:
        """Counts a reading's edge lines in place of those it had, and marks what became stale."""
        before = self.of(reading.source)
        self._uncount(reading_id, reading.source)
        self._count(reading_id, reading)
        self._known.pop(reading.source, None)
        self._mark_stale(reading.source, before ^ self.of(reading.source))
        self.settle(reading)

    def remove(self, reading_id: int, source: str) -> None:
        """Takes a reading's lines out of the counts; call it before the reading's row goes."""
        before = self.of(source)
        self._uncount(reading_id, source)
        self._connection.execute(
            "DELETE FROM stale WHERE page_url = (SELECT page_url FROM readings WHERE id = ?)", (reading_id,)
        )
        self._known.pop(source, None)
        self._mark_stale(source, before ^ self.of(source))

    def _count(self, reading_id: int, reading: Reading) -> None:
        title = title_key(reading.story.title.value)
        self._connection.execute("UPDATE readings SET line_title = ? WHERE id = ?", (title, reading_id))
        self._connection.execute(
            "INSERT INTO source_readings VALUES (?, 1) ON CONFLICT DO UPDATE SET readings = readings + 1",
            (reading.source,),
        )
        for line in reading.edge_lines:
            self._connection.execute("INSERT INTO edge_lines VALUES (?, ?)", (line, reading_id))
            [pages] = self._connection.execute(
                "INSERT INTO line_titles VALUES (?, ?, ?, 1)"
                " ON CONFLICT DO UPDATE SET pages = pages + 1 RETURNING pages",
                (reading.source, line, title),
            ).fetchone()
            if pages == 1:
                self._connection.execute(
                    "INSERT INTO source_lines VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET titles = titles + 1",
                    (reading.source, line),
                )

    def _uncount(self, reading_id: int, source: str) -> None:
        """Undoes `_count` for what the reading said before, if it was counted."""
        row = self._connection.execute(
            "SELECT line_title FROM readings WHERE id = ? AND line_title IS NOT NULL", (reading_id,)
        ).fetchone()
        if row is None:
            return
        lines = self._connection.execute(
            "DELETE FROM edge_lines WHERE reading_id = ? RETURNING line", (reading_id,)
        ).fetchall()
        self._connection.execute("UPDATE readings SET line_title = NULL WHERE id = ?", (reading_id,))
        self._connection.execute(
            "UPDATE source_readings SET readings = readings - 1 WHERE source = ?", (source,)
        )
        for (line,) in lines:
            self._uncount_line(source, line, row[0])

    def _uncount_line(self, source: str, line: int, title: int) -> None:
        key = (source, line, title)
        [pages] = self._connection.execute(
            "UPDATE line_titles SET pages = pages - 1 WHERE source = ? AND line = ? AND title = ?"
            " RETURNING pages",
            key,
        ).fetchone()
        if pages:
            return
        self._connection.execute("DELETE FROM line_titles WHERE source = ? AND line = ? AND title = ?", key)
        [titles] = self._connection.execute(
            "UPDATE source_lines SET titles = titles - 1 WHERE source = ? AND line = ? RETURNING titles",
            (source, line),
        ).fetchone()
        if not titles:
            self._connection.execute("DELETE FROM source_lines WHERE source = ? AND line = ?", (source, line))

    def _mark_stale(self, source: str, flipped: frozenset[int]) -> None:
        """Pages with a line that became furniture or ceased to be."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO stale SELECT readings.page_url, readings.page_id FROM edge_lines"
            " JOIN readings ON readings.id = edge_lines.reading_id WHERE line = ? AND source = ?",
            [(line, source) for line in sorted(flipped)],
        )

    def settle(self, reading: Reading) -> None:
        """A reading is stale exactly where it was cleaned with other furniture than there is now."""
        if frozenset(reading.furniture_used) == self.of(reading.source).intersection(reading.edge_lines):
            self._connection.execute("DELETE FROM stale WHERE page_url = ?", (reading.url,))
        else:
            self._connection.execute(
                "INSERT OR REPLACE INTO stale VALUES (?, ?)", (reading.url, reading.page_id)
            )

    def _readings(self, source: str) -> int:
        row = self._connection.execute(
            "SELECT readings FROM source_readings WHERE source = ?", (source,)
        ).fetchone()
        return 0 if row is None else int(row[0])


def source_as_known(connection: sqlite3.Connection, host: str) -> Source:
    """A source with its zone and what was learned of it; with the defaults where it is not in the archive."""
    row = connection.execute("SELECT name, time_zone FROM sources WHERE host = ?", (host,)).fetchone()
    known = Source(host) if row is None else Source(host, name=row[0], time_zone=row[1])
    return replace(known, furniture=Furniture(connection).of(host))


def stale_pages(connection: sqlite3.Connection, limit: int) -> list[int]:
    """Page ids of readings that are to be read again; those that a removal withholds are not."""
    return [
        row[0]
        for row in connection.execute(
            "SELECT page_id FROM stale WHERE NOT EXISTS (SELECT 1 FROM readings JOIN withheld"
            " ON withheld.reading_id = readings.id WHERE readings.page_url = stale.page_url) LIMIT ?",
            (limit,),
        )
    ]


def give_up(connection: sqlite3.Connection, page_ids: list[int]) -> None:
    """These pages cannot be read again (their raw page is gone): their reading stays as it is."""
    connection.executemany("DELETE FROM stale WHERE page_id = ?", [(page_id,) for page_id in page_ids])
