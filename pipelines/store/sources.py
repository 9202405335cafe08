"""What is known of each source: how its pages look, what is wrong with it, what its hosts asked of us."""

from __future__ import annotations

import array
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass

from pipelines.pages.frontier import Link
from pipelines.pages.repeats import load_idle
from pipelines.pages.signs import Signs
from pipelines.store.file import StoreFile
from pipelines.store.frontier import insert_links


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong with a source."""

    kind: str
    """One word that stays the same while the trouble does: down, yield, rhythm, template, ..."""
    reason: str
    """What is wrong, and what to look at."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of one source beside its runs; times are epoch seconds."""

    template_changed_at: float | None = None
    template_before: str = ""
    """Where its articles stood before that, if their template was known."""
    certificate_expires_at: float | None = None
    quarantine: str = ""
    browser: str = ""
    """What is missing for its pages to be drawn."""
    acknowledged_until: float | None = None
    idle: tuple[str, ...] = ()
    """Parts of its addresses that were found to make no difference."""
    resting: tuple[str, ...] = ()
    """Kinds of its addresses that brought nothing but known pages and rest, with how many wait."""
    since: tuple[tuple[str, float], ...] = ()
    """Kinds of troubles that were told, and since when they are known."""


@dataclass(frozen=True, slots=True)
class StoredRobots:
    """A robots.txt as it was answered; times are seconds since the epoch."""

    authority: str
    """scheme://host:port"""
    status: int | None
    """None where nothing answered."""
    body: bytes
    fetched_at: float
    expires_at: float
    reason: str = ""
    tdmrep: bytes = b""
    """What /.well-known/tdmrep.json of the same host says; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that left, and what came of it."""

    source: str
    at: float
    url: str
    """In its one spelling."""
    why: str
    """As what it was asked for (list, article, robots.txt, …), and whether again."""
    answer: str
    """The status, or why there is none."""
    body_bytes: int | None
    """As they came, perhaps compressed."""
    took_ms: int
    led_by: str = ""
    """The address that led to it, as far as the frontier knows; filled where the log is read."""


LOGGED_S = 30 * 86400.0
"""How long the log of requests reaches back: at a request a second, 300 MB for one that never rests."""
RESTING_TOLD_S = 7 * 86400.0
"""How long it is told that addresses rest, after the last of them was sent to."""


class Sources:
    """Signs, troubles that were told and what the operator said to them, robots.txt, and rest."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file

    def signs(self, source: str) -> dict[str, Signs]:
        """How a source's pages looked last, by kind of page."""
        rows = self._file.rows(
            "SELECT kind, tokens, language, registration FROM signs WHERE source = ?", (source,)
        )
        return {
            kind: Signs(frozenset(array.array("I", tokens)), language, registration)
            for kind, tokens, language, registration in rows
        }

    def put_signs(self, source: str, kind: str, signs: Signs, *, changed: bool, at: float) -> None:
        """Remember how a kind of page looks now."""
        self._file.change(
            "INSERT INTO signs (source, kind, tokens, language, registration, at, changed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO UPDATE SET tokens = excluded.tokens,"
            " language = excluded.language, registration = excluded.registration, at = excluded.at,"
            " changed_at = CASE WHEN ? THEN excluded.at ELSE changed_at END",
            (
                source,
                kind,
                array.array("I", sorted(signs.tokens)).tobytes(),
                signs.language,
                signs.registration,
                at,
                int(changed),
            ),
        )

    def log(self, asked: Sequence[Asked]) -> None:
        """Notes requests; what is older than the log reaches back is dropped."""
        rows = [(a.source, a.at, a.url, a.why, a.answer, a.body_bytes, a.took_ms) for a in asked]
        oldest = {source: at - LOGGED_S for source, at, *_ in rows}
        with self._file.writing() as db:
            db.executemany(
                "INSERT INTO requests (source, at, url, why, answer, body_bytes, took_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            db.executemany("DELETE FROM requests WHERE source = ? AND at < ?", oldest.items())

    def logged(self, source: str, limit: int) -> list[Asked]:
        """The latest requests to a source's hosts, the oldest of them first."""
        rows = self._file.rows(
            "SELECT r.source, r.at, r.url, r.why, r.answer, r.body_bytes, r.took_ms, COALESCE(("
            " SELECT by.url FROM urls u JOIN urls by ON by.url_id = u.found_on WHERE u.url = r.url), '')"
            " FROM requests r WHERE r.source = ? ORDER BY r.at DESC, r.request_id DESC LIMIT ?",
            (source, limit),
        )
        return [Asked(*row) for row in reversed(rows)]

    def put_certificate(self, source: str, expires_at: float, *, at: float) -> None:
        """Remember until when a source's certificate is good."""
        self._file.change("INSERT OR REPLACE INTO certificates VALUES (?, ?, ?)", (source, expires_at, at))

    def quarantine(self, source: str, reason: str, *, at: float) -> None:
        """Nothing is fetched from a source until a person has looked at it."""
        self._file.change("INSERT OR IGNORE INTO quarantines VALUES (?, ?, ?)", (source, reason, at))

    def release(self, source: str) -> bool:
        """A person has looked: the source as it is now is the right one. False: it was not held."""
        with self._file.writing() as db:
            held = db.execute("DELETE FROM quarantines WHERE source = ?", (source,)).rowcount > 0
            if held:
                db.execute("DELETE FROM signs WHERE source = ?", (source,))
        return held

    def quarantined(self) -> dict[str, str]:
        """Sources that are held, with the reason."""
        return dict(self._file.rows("SELECT source, reason FROM quarantines"))

    def acknowledge(self, source: str, until: float, *, at: float) -> None:
        """The operator knows of a source's troubles and wants to hear no more of them until then."""
        self._file.change("INSERT OR REPLACE INTO acks VALUES (?, ?, ?)", (source, until, at))

    def note_troubles(self, found: Mapping[str, Iterable[Trouble]], *, at: float) -> None:
        """These troubles were told; those of the same sources that are not among them have ended."""
        with self._file.writing() as db:
            for source, troubles in found.items():
                kept = {trouble.kind: trouble.reason for trouble in troubles}
                known = {
                    row[0] for row in db.execute("SELECT kind FROM troubles WHERE source = ?", (source,))
                }
                db.executemany(
                    "DELETE FROM troubles WHERE source = ? AND kind = ?",
                    [(source, kind) for kind in known - kept.keys()],
                )
                db.executemany(
                    "INSERT INTO troubles VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET reason = excluded.reason",
                    [(source, kind, reason, at) for kind, reason in kept.items()],
                )

    def watched(self, now: float | None = None) -> dict[str, Watched]:
        """All of it, by source."""
        now = time.time() if now is None else now
        with self._file.reading() as db:
            changed = dict(db.execute("SELECT source, MAX(changed_at) FROM signs GROUP BY source").fetchall())
            certificates = dict(db.execute("SELECT source, expires_at FROM certificates").fetchall())
            quarantines = dict(db.execute("SELECT source, reason FROM quarantines").fetchall())
            acks = dict(db.execute("SELECT source, until FROM acks").fetchall())
            idle = db.execute("SELECT source, part FROM idle ORDER BY at").fetchall()
            resting = db.execute(
                "SELECT source, kind || ' (' || waiting || ' wait)' FROM resting WHERE at > ?",
                (now - RESTING_TOLD_S,),
            ).fetchall()
            told = db.execute("SELECT source, kind, since FROM troubles ORDER BY since").fetchall()
        lists = (*told, *idle, *resting)
        sources = {*changed, *certificates, *quarantines, *acks, *(row[0] for row in lists)}
        return {
            source: Watched(
                template_changed_at=changed.get(source),
                certificate_expires_at=certificates.get(source),
                quarantine=quarantines.get(source, ""),
                acknowledged_until=acks.get(source),
                since=tuple((kind, since) for host, kind, since in told if host == source),
                idle=tuple(str(load_idle(part)) for host, part in idle if host == source),
                resting=tuple(kind for host, kind in resting if host == source),
            )
            for source in sources
        }

    # What hosts asked of us.

    def robots(self, authority: str) -> StoredRobots | None:
        """The robots.txt last answered by an authority (scheme://host:port), however old."""
        row = self._file.row(
            "SELECT authority, status, body, fetched_at, expires_at, reason, tdmrep FROM robots"
            " WHERE authority = ?",
            (authority,),
        )
        return StoredRobots(*row) if row else None

    def save_robots(self, robots: StoredRobots, links: Sequence[Link]) -> int:
        """A robots.txt and the sitemaps it names (or the usual one); returns how many were new."""
        with self._file.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO robots (authority, status, body, fetched_at, expires_at, reason,"
                " tdmrep) VALUES (?, ?, ?, ?, ?, ?, ?)",
                astuple(robots),
            )
            return insert_links(db, links, found_on=None)

    def put_rest(self, host: str, until: float) -> None:
        """A host asked to be left alone until a moment."""
        self._file.change(
            "INSERT INTO rests VALUES (?, ?) ON CONFLICT DO UPDATE SET until = MAX(until, excluded.until)",
            (host, until),
        )

    def rests(self, now: float) -> dict[str, float]:
        """Host:port -> until when it wants rest, of those that still do."""
        with self._file.writing() as db:
            db.execute("DELETE FROM rests WHERE until <= ?", (now,))
            return dict(db.execute("SELECT host, until FROM rests").fetchall())

    def robots_statuses(self) -> dict[str, int | None]:
        """scheme://host:port → what its robots.txt answered."""
        return dict(self._file.rows("SELECT authority, status FROM robots"))
