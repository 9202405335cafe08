"""The frontier: the addresses of all sources, which of them wait, and each source's way through them.

A round is a source's way through its frontier, begun anew each run or taken up where it was left. Addresses
are handed out by host, the most urgent first. Requests in flight live in memory only; after a kill their
addresses are simply still queued.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from urllib.parse import urlsplit

from pipelines.pages.frontier import ARTICLES, FILE, LISTS, PRIORITY, Entry, Link
from pipelines.pages.repeats import Idle, dump_idle, load_idle
from pipelines.pages.revisits import ROUND_MAX
from pipelines.said import Word
from pipelines.store.file import StoreFile
from pipelines.store.pages import reject

_ROUND_MIN_S = 3600.0
"""A round is taken up again within this, however short its source's interval."""
CLOCK_SLACK_S = 3600.0
"""Clocks that are set by hand or by the network differ by less; what lies further ahead has not come yet."""
_NEXT_MAX_S = 86400.0
"""No host is given, and no kind of addresses rests, longer than a day."""
_LAST = 2**63 - 1
"""Greater than the number of any address."""
_ROUNDS_FAILED_MAX = 5
"""Rounds in which an address failed after which it is not tried again."""
_ENTRY = (
    "url_id, url, source, host, kind, depth, hops, dry, asks, way, attempts, guess, etag, last_modified,"
    " fetched_at IS NOT NULL"
)
"""In the order of an Entry's fields."""
_of_link = attrgetter(*(field.name for field in fields(Link)))
_LISTS = ", ".join(f"'{kind}'" for kind in sorted(LISTS - {"start"}))
_ASK_NOW = (
    "UPDATE urls SET state = 'queued', attempts = 0, rounds_failed = 0, next_at = 0, hops = 0, way = 0,"
    " etag = NULL, last_modified = NULL, priority = ?"
)
_RESPELLED = (
    "INSERT INTO urls (url, source, host, kind, state, priority, depth, hops, dry, asks, guess, found_on)"
    " SELECT ?, source, host, kind, 'queued', priority, depth, 0, dry, COALESCE(asks, url), guess, found_on"
    " FROM urls WHERE url_id = ? ON CONFLICT (url) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Round:
    """One source's way through its frontier; a killed or stopped one is taken up again."""

    crawl_id: int
    resumed: bool


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the frontier, and what became of it."""

    url: str
    source: str
    kind: str
    state: str
    """queued, done, redirected, failed, gone, refused or blocked."""
    reason: str
    """Where it leads, for a redirect."""
    fetched_at: float
    """Epoch seconds; 0 where it was not fetched."""

    def account(self) -> str:
        """Why no article stands at it, in words."""
        if self.state == "redirected":
            return f"redirect: it leads to {self.reason}"
        if self.state == "queued":
            return f"not asked for yet{': ' + self.reason if self.reason else ''}"
        if self.reason:
            return self.reason
        if self.kind == FILE:
            return "file: its text is searched with the articles that link to it"
        if self.kind in ("feed", "sitemap"):
            return f"{self.kind}: it names pages and is none of news"
        return (
            "list page: headlines that lead to other pages" if self.kind in LISTS else "fetched, not read yet"
        )


class Frontier:
    """What waits, and what each source has begun and finished."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file

    # Rounds.

    def mind_clock(self, now: float) -> None:
        """Take back what was written while this machine's clock stood ahead: no such moment has come yet.

        Else nothing would be due, robots.txt be kept, and rest be given until the clock is there again.
        """
        ahead = now + CLOCK_SLACK_S
        with self._file.writing() as db:
            began = "SELECT 1 FROM crawls WHERE started_at > ?1 UNION ALL SELECT 1 FROM robots"
            if not db.execute(began + " WHERE fetched_at > ?1", (ahead,)).fetchone():
                return
            db.execute("UPDATE crawls SET started_at = ? WHERE started_at > ?", (now, ahead))
            db.execute(
                "UPDATE urls SET revisit_at = ? + interval_s, fetched_at = ? WHERE fetched_at > ?",
                (now, now, ahead),
            )
            db.execute("UPDATE urls SET next_at = 0 WHERE next_at > ?", (ahead + _NEXT_MAX_S,))
            db.execute("UPDATE robots SET expires_at = 0 WHERE fetched_at > ?", (ahead,))
            db.execute("DELETE FROM rests WHERE until > ?", (ahead + _NEXT_MAX_S,))
            db.execute("UPDATE signs SET changed_at = ? WHERE changed_at > ?", (now, ahead))
            db.execute("UPDATE troubles SET since = ? WHERE since > ?", (now, ahead))
            db.execute("DELETE FROM resting WHERE at > ?", (ahead,))

    def begin(self, source: str, *, every_s: float, revisit: bool, now: float) -> Round:
        """Take up the source's unfinished round, or begin a new one: its lists are queued again.

        An unfinished round older than the source's interval is given up, so that a long
        back-catalogue never keeps the lists from being read.
        """
        with self._file.writing() as db:
            row = db.execute(
                "SELECT crawl_id, started_at, revisit FROM crawls"
                " WHERE source = ? AND finished_at IS NULL ORDER BY crawl_id DESC LIMIT 1",
                (source,),
            ).fetchone()
            if row and row[1] > now - max(every_s, _ROUND_MIN_S):
                if revisit and not row[2]:
                    db.execute("UPDATE crawls SET revisit = 1 WHERE crawl_id = ?", (row[0],))
                    _queue_known(db, source, fetched_before=row[1])
                return Round(row[0], resumed=True)
            return _new_round(db, source, revisit=revisit, now=now)

    def finish(self, crawl_id: int, *, outcome: str, now: float) -> None:
        """The round is over: nothing of it waits any more."""
        self._file.change(
            "UPDATE crawls SET finished_at = ?, outcome = ? WHERE crawl_id = ?", (now, outcome, crawl_id)
        )

    def lease(self, rounds: Iterable[int], until: float) -> None:
        """A slice of these rounds is fetched elsewhere; nobody else asks its hosts before (epoch seconds)."""
        self._file.change_each(
            "UPDATE crawls SET leased_until = ? WHERE crawl_id = ?",
            [(until, number) for number in rounds],
        )

    def leased(self, source: str) -> float:
        """Until when a slice of a source may still be fetched elsewhere; epoch seconds."""
        row = self._file.row("SELECT MAX(leased_until) FROM crawls WHERE source = ?", (source,))
        return float(row[0] or 0.0)

    def counted(self, crawl_id: int) -> tuple[int, int]:
        """Pages and lists fetched in a round so far."""
        row = self._file.row("SELECT fetched, lists FROM crawls WHERE crawl_id = ?", (crawl_id,))
        return int(row[0]), int(row[1])

    def note_error(self, crawl_id: int, reason: str) -> None:
        """Remember what went wrong with a whole host."""
        self._file.change("UPDATE crawls SET last_error = ? WHERE crawl_id = ?", (reason[:500], crawl_id))

    def aside(self, source: str, *, now: float) -> Round:
        """A way to addresses that a person asks for: no round, and what waits beside them goes on waiting."""
        with self._file.writing() as db:
            row = db.execute(
                "SELECT crawl_id FROM crawls WHERE source = ? AND finished_at IS NULL", (source,)
            ).fetchone()
            if row is None:
                number = db.execute(
                    "INSERT INTO crawls (source, started_at, revisit, finished_at, outcome)"
                    " VALUES (?, ?, 0, ?, 'abandoned')",
                    (source, now, now),
                ).lastrowid
            else:
                number = row[0]
        return Round(int(number or 0), resumed=bool(row))

    # The queue.

    def queue(self, links: Sequence[Link]) -> int:
        """Put addresses into the frontier; returns how many were new."""
        with self._file.writing() as db:
            return insert_links(db, links, found_on=None)

    def ask_again(self, link: Link) -> None:
        """Puts an address into the queue, whatever is known of it, to be answered with the whole page."""
        with self._file.writing() as db:
            insert_links(db, [link], found_on=None)
            db.execute(
                "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0, hops = 0, etag = NULL,"
                " last_modified = NULL WHERE url = ?",
                (link.url,),
            )

    def ask_now(self, links: Sequence[Link]) -> None:
        """Puts these addresses first, and no others: what was wished before and still waits, waits."""
        with self._file.writing() as db:
            _forget_wishes(db)
            insert_links(db, links, found_on=None)
            db.executemany(f"{_ASK_NOW} WHERE url = ?", [(PRIORITY["now"], link.url) for link in links])

    def ask_failed_now(self, source: str) -> int:
        """The same for what failed or went at a source; how many these are."""
        with self._file.writing() as db:
            _forget_wishes(db)
            return db.execute(
                f"{_ASK_NOW} WHERE source = ? AND NOT guess AND (state IN ('failed', 'gone')"
                " OR state = 'queued' AND rounds_failed > 0)",
                (PRIORITY["now"], source),
            ).rowcount

    def waiting(self, source: str, now: float) -> list[Entry]:
        """All addresses of a source whose turn it is, the most urgent first."""
        rows = self._file.rows(
            f"SELECT {_ENTRY} FROM urls WHERE state = 'queued' AND source = ?"
            " AND next_at <= ? ORDER BY priority, url_id",
            (source, now),
        )
        return [Entry(*row) for row in rows]

    def lanes(self, sources: Iterable[str]) -> list[tuple[str, str]]:
        """The (source, host) pairs at which something waits."""
        waiting = "SELECT DISTINCT source, host FROM urls WHERE source = ? AND state = 'queued'"
        return [lane for source in sources for lane in self._file.rows(waiting, (source,))]

    def next_entries(
        self,
        source: str,
        host: str,
        limit: int,
        now: float,
        *,
        wished: bool = False,
        up_to: int | None = None,
    ) -> list[Entry]:
        """The addresses whose turn it is at one host, the most urgent first.

        `wished`: by a person; `up_to`: the number of the last address that may be asked for.
        """
        rows = self._file.rows(
            f"SELECT {_ENTRY} FROM urls WHERE state = 'queued' AND source = ?"
            " AND host = ? AND next_at <= ? AND priority <= ? AND url_id <= ?"
            " ORDER BY priority, url_id LIMIT ?",
            (source, host, now, *_bounds(wished=wished, up_to=up_to), limit),
        )
        return [Entry(*row) for row in rows]

    def next_at(
        self, source: str, host: str, after: float, *, wished: bool = False, up_to: int | None = None
    ) -> float | None:
        """When the first of the addresses that wait for a later time may be asked for; epoch seconds."""
        row = self._file.row(
            "SELECT MIN(next_at) FROM urls WHERE state = 'queued' AND source = ? AND host = ?"
            " AND next_at > ? AND priority <= ? AND url_id <= ?",
            (source, host, after, *_bounds(wished=wished, up_to=up_to)),
        )
        return None if row[0] is None else float(row[0])

    def last(self, sources: Iterable[str]) -> int:
        """The number of the newest address of some sources."""
        newest = "SELECT MAX(url_id) FROM urls WHERE source = ?"
        return max((self._file.row(newest, (source,))[0] or 0 for source in sources), default=0)

    def queued(self, sources: Iterable[str]) -> int:
        """Addresses of these sources that wait in the frontier."""
        waiting = "SELECT COUNT(*) FROM urls WHERE source = ? AND state = 'queued'"
        return sum(int(self._file.row(waiting, (source,))[0]) for source in sources)

    def addresses(self, source: str) -> list[tuple[str, str, str, str]]:
        """URL, kind, state and reason of each address of a source, in the order found."""
        return self._file.rows(
            "SELECT url, kind, state, COALESCE(reason, '') FROM urls WHERE source = ? ORDER BY url_id",
            (source,),
        )

    def address(self, url: str) -> Address | None:
        """What became of an address in its one spelling; None where none like it was found."""
        row = self._file.row(
            "SELECT url, source, kind, state, COALESCE(reason, ''), COALESCE(fetched_at, 0) FROM urls"
            " WHERE url = ?",
            (url,),
        )
        return None if row is None else Address(*row)

    # What pages taught about addresses.

    def idle(self, source: str) -> list[Idle]:
        """The parts of a source's addresses that make no difference, in the order learned."""
        rows = self._file.rows("SELECT part FROM idle WHERE source = ? ORDER BY at", (source,))
        return [load_idle(row[0]) for row in rows]

    def put_idle(self, source: str, idle: Idle, spell: Callable[[str], str], *, at: float) -> int:
        """Learn a part, and put the frontier into the new spelling; how many addresses were spared.

        What was fetched as news under an old spelling stays what it is; lists and what still waits
        leave the frontier, and their pattern is a rejection: an example would be another after a kill.
        """
        with self._file.writing() as db:
            db.execute("INSERT OR IGNORE INTO idle VALUES (?, ?, ?)", (source, dump_idle(idle), at))
            rows = db.execute(
                "SELECT url_id, url FROM urls WHERE source = ? AND host = ? AND kind <> 'start'"
                f" AND (state = 'queued' OR state = 'done' AND kind IN ({_LISTS}))",
                (source, idle.host),
            ).fetchall()
            changed = [(spelled, url_id, url) for url_id, url in rows if (spelled := spell(url)) != url]
            db.executemany(_RESPELLED, [(spelled, url_id) for spelled, url_id, _ in changed])
            db.executemany("DELETE FROM urls WHERE url_id = ?", [(url_id,) for _, url_id, _ in changed])
            if changed:
                reason = f"trap: {idle} makes no difference; asked for without, as all addresses like it"
                pattern = f"{_scheme(url for *_, url in changed)}://{idle.pattern}"
                reject(db, pattern, source, reason, at)
        return len(changed)

    def rest(self, source: str, kind: str, entries: Sequence[Entry], *, until: float, at: float) -> None:
        """These addresses of one kind, whose last pages were all known ones, wait until a moment."""
        reason = f"trap: addresses like {kind} show the same pages again and again"
        with self._file.writing() as db:
            db.executemany(
                "UPDATE urls SET next_at = ?, reason = ? WHERE url_id = ?",
                [(until, reason, entry.url_id) for entry in entries],
            )
            known = db.execute(
                "SELECT 1 FROM resting WHERE source = ? AND kind = ?", (source, kind)
            ).fetchone()
            db.execute(
                "INSERT INTO resting VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at,"
                " waiting = CASE WHEN at = excluded.at THEN waiting ELSE 0 END + excluded.waiting",
                (source, kind, at, len(entries)),
            )
            if not known:
                reject(db, _pattern(kind, entries), source, reason, at)

    def heed(self, source: str, said: Callable[[str], Word | None]) -> None:
        """Gives addresses the kind that a person says; their stored pages are read again as that."""
        with self._file.writing() as db:
            rows = db.execute(
                "SELECT url, kind, state FROM urls WHERE source = ?"
                " AND kind NOT IN ('start', 'feed', 'sitemap', 'file')",
                (source,),
            ).fetchall()
            words = [(word, *row) for row in rows if (word := said(row[0]))]
            for word, url, _, _ in (told for told in words if not _is_heeded(*told)):
                if word.kind == "deny":
                    sql = "UPDATE urls SET state = 'refused', reason = ? WHERE url = ?"
                    db.execute(sql, (word.reason, url))
                else:
                    sql = "UPDATE urls SET kind = ?, reason = NULL, interval_s = NULL, revisit_at = NULL"
                    db.execute(f"{sql} WHERE url = ?", (word.kind, url))
                db.execute(
                    "UPDATE pages SET article = 1, ingested = 0 WHERE (article = 1 OR ? = 'article')"
                    " AND page_id = (SELECT max(page_id) FROM pages WHERE url = ?)",
                    (word.kind, url),
                )

    def put_off(self, entries: Sequence[Entry], *, until: float) -> None:
        """These lists are left out of rounds until a moment: the last ones like them named nothing new."""
        reason = "left for a later run: the last lists at such addresses named nothing new"
        self._file.change_each(
            "UPDATE urls SET state = 'done', revisit_at = ?, reason = ? WHERE url_id = ?",
            [(until, reason, entry.url_id) for entry in entries],
        )


def _bounds(*, wished: bool, up_to: int | None) -> tuple[int, int]:
    """The least urgent priority and the greatest number of an address that may be asked for."""
    return PRIORITY["now"] if wished else max(PRIORITY.values()), _LAST if up_to is None else up_to


def _is_heeded(word: Word, _url: str, kind: str, state: str) -> bool:
    """Whether an address is what a person says of it."""
    if word.kind == "deny":
        return state in ("refused", "blocked")
    return (kind in LISTS) == (word.kind == "list")


def _forget_wishes(db: sqlite3.Connection) -> None:
    """What was asked for before by a person has the priority of any article."""
    db.execute("UPDATE urls SET priority = ? WHERE priority = ?", (PRIORITY["article"], PRIORITY["now"]))


def insert_links(db: sqlite3.Connection, links: Sequence[Link], *, found_on: int | None) -> int:
    """Addresses that were found, put into the frontier; returns how many were new."""
    if not links:
        return 0
    cursor = db.executemany(
        "INSERT INTO urls"
        " (url, source, host, kind, priority, depth, hops, dry, asks, guess, found_on, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued') ON CONFLICT (url) DO NOTHING",
        [(*_of_link(link), found_on) for link in links],
    )
    return cursor.rowcount


def _new_round(db: sqlite3.Connection, source: str, *, revisit: bool, now: float) -> Round:
    db.execute(
        "UPDATE crawls SET finished_at = ?, outcome = 'abandoned' WHERE source = ? AND finished_at IS NULL",
        (now, source),
    )
    cursor = db.execute(
        "INSERT INTO crawls (source, started_at, revisit) VALUES (?, ?, ?)", (source, now, int(revisit))
    )
    db.execute(
        "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0, hops = 0 WHERE source = ? AND ("
        " (kind IN ('start', 'list', 'feed', 'sitemap') AND (? OR revisit_at IS NULL) OR revisit_at <= ?"
        f" AND kind IN ({_LISTS})) AND state IN ('done', 'redirected')"
        " OR kind = 'start' AND state <> 'blocked' AND NOT (state = 'queued' AND next_at > ?)"
        " OR state = 'refused' OR state = 'failed' AND rounds_failed < ?)",
        (source, revisit, now, now, _ROUNDS_FAILED_MAX),
    )
    _queue_due(db, source, now)
    if revisit:
        _queue_known(db, source, fetched_before=now)
    return Round(int(cursor.lastrowid or 0), resumed=False)


def _queue_due(db: sqlite3.Connection, source: str, now: float) -> None:
    """Known articles whose own time has come, the most overdue first; after what is new."""
    db.execute(
        "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0, hops = 0, priority = ?"
        " WHERE url_id IN (SELECT url_id FROM urls WHERE source = ? AND revisit_at <= ?"
        f" AND state IN ('done', 'gone') AND {ARTICLES} ORDER BY revisit_at LIMIT ?)",
        (PRIORITY["revisit"], source, now, ROUND_MAX),
    )


def _queue_known(db: sqlite3.Connection, source: str, *, fetched_before: float) -> None:
    """Known articles, and those that were not there when they were first asked for."""
    db.execute(
        f"UPDATE urls SET state = 'queued', attempts = 0, next_at = 0 WHERE source = ? AND {ARTICLES}"
        " AND (state = 'done' AND fetched_at < ? OR state = 'gone' AND fetched_at IS NULL)",
        (source, fetched_before),
    )


def _pattern(kind: str, entries: Sequence[Entry]) -> str:
    """A kind of addresses written as an address, `*` in the place of what may be anything."""
    path, _, names = kind.replace("#", "*").partition("?")
    query = "&".join(f"{name}=*" for name in names.split("&")) if names else ""
    return f"{_scheme(entry.url for entry in entries)}://{path}" + (f"?{query}" if query else "")


def _scheme(urls: Iterable[str]) -> str:
    return min(urlsplit(url).scheme for url in urls)
