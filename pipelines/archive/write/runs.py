"""Run records and sources: what was crawled when, and how it ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from pipelines.database import Database
from pipelines.records import Source, SourceRun


@dataclass(frozen=True, slots=True)
class RunCounts:
    """The counts of one run, as in the table `runs`."""

    pages_fetched: int = 0
    pages_unchanged: int = 0
    pages_failed: int = 0
    articles_new: int = 0
    articles_updated: int = 0
    copies_joined: int = 0


_YIELD = """
INSERT OR REPLACE INTO run_yields (run_id, source, new, undated, rejected, gone, found)
SELECT r.id, :host,
  (SELECT count(*) FROM readings d WHERE d.source = :host AND d.first_fetched_at >= r.started_at),
  (SELECT count(*) FROM readings d WHERE d.source = :host AND d.first_fetched_at >= r.started_at
    AND d.published IS NULL),
  (SELECT count(*) FROM rejections x WHERE x.source = :host AND x.at >= r.started_at AND x.stage <> 'fetch'),
  :gone, :found
FROM runs r WHERE r.id = :run_id
"""


def put_sources(database: Database, sources: Iterable[Source]) -> None:
    """Names the sources in the archive, paused or not; one that was removed stays removed."""
    named = [(source.host, source.name, source.time_zone, source.paused) for source in sources]
    with database.atomic():
        before = dict(database.conn.execute("SELECT host, name FROM sources").fetchall())
        database.conn.executemany(
            "INSERT INTO sources (host, name, time_zone, status)"
            " VALUES (?, ?, ?, iif(?, 'paused', 'active')) ON CONFLICT (host) DO UPDATE"
            " SET name = excluded.name, time_zone = excluded.time_zone,"
            " status = iif(status = 'removed', status, excluded.status)",
            named,
        )
        renamed = [(name, host) for host, name, *_ in named if before.get(host, name) != name]
        database.conn.executemany("UPDATE articles SET source_name = ? WHERE source = ?", renamed)


def known_sources(connection: sqlite3.Connection) -> list[Source]:
    """The sources as the archive names them, by host."""
    rows = connection.execute("SELECT host, name, time_zone, status = 'paused' FROM sources ORDER BY host")
    return [Source(host, name, time_zone, paused=bool(paused)) for host, name, time_zone, paused in rows]


def has_latin(connection: sqlite3.Connection) -> bool:
    """Whether some of the newest articles are in Latin script."""
    rows = connection.execute(
        "SELECT DISTINCT language FROM (SELECT language FROM articles ORDER BY id DESC LIMIT 200)"
    )
    return any(language[:2] not in ("zh", "ja", "ko", "un") for (language,) in rows)


def unended_run(connection: sqlite3.Connection) -> str | None:
    """When the run began that has not ended; since one runs at a time, it was killed."""
    row = connection.execute(
        "SELECT started_at FROM runs WHERE outcome = 'running' ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return None if row is None else str(row[0])


def start_run(database: Database, at: str, version: str, *, fetched_by_killed: int = 0) -> int:
    """Opens a run record; what a killed run left open is closed as interrupted."""
    with database.atomic():
        database.conn.execute(
            "UPDATE runs SET outcome = 'interrupted', finished_at = ?, pages_fetched = ?"
            " WHERE outcome = 'running'",
            (at, fetched_by_killed),
        )
        cursor = database.conn.execute("INSERT INTO runs (started_at, version) VALUES (?, ?)", (at, version))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def finish_run(
    database: Database,
    run_id: int,
    outcome: str,
    counts: RunCounts,
    at: str,
    sources: Iterable[SourceRun] = (),
) -> None:
    """Closes a run record."""
    done = [{"run_id": run_id, "at": at, **asdict(source)} for source in sources]
    with database.atomic():
        database.conn.executemany(
            "INSERT OR REPLACE INTO run_sources (run_id, at, source, fetched, articles, unchanged, failed,"
            " refused, down, last_error, waiting) VALUES (:run_id, :at, :host, :fetched, :articles,"
            " :unchanged, :failed, :refused, :down, :last_error, :left)",
            done,
        )
        database.conn.executemany(_YIELD, done)
        database.conn.execute(
            "UPDATE runs SET outcome = ?, finished_at = ?, pages_fetched = ?, pages_unchanged = ?,"
            " pages_failed = ?, articles_new = ?, articles_updated = ?, copies_joined = ? WHERE id = ?",
            (
                outcome,
                at,
                counts.pages_fetched,
                counts.pages_unchanged,
                counts.pages_failed,
                counts.articles_new,
                counts.articles_updated,
                counts.copies_joined,
                run_id,
            ),
        )


def copies_by_source(connection: sqlite3.Connection) -> dict[str, int]:
    """Host → the copies that the archive holds of it."""
    return dict(connection.execute("SELECT source, count(*) FROM copies GROUP BY source").fetchall())
