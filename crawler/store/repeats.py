"""What sources' pages taught about their addresses, and the frontier put in order by it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.frontier import LISTS
from crawler.pages.idle import dump_idle, load_idle
from crawler.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crawler.frontier import Entry
    from crawler.pages.idle import Idle

_LISTS = ", ".join(f"'{kind}'" for kind in sorted(LISTS - {"start"}))
_RESPELLED = (
    "INSERT INTO urls (url, source, host, kind, state, priority, depth, hops, dry, asks, guess, found_on)"
    " SELECT ?, source, host, kind, 'queued', priority, depth, 0, dry, COALESCE(asks, url), guess, found_on"
    " FROM urls WHERE url_id = ? ON CONFLICT (url) DO NOTHING"
)


class RepeatsStore(Database):
    """Idle parts of addresses, and kinds of addresses that rest."""

    def idle(self, source: str) -> list[Idle]:
        """The parts of a source's addresses that make no difference, in the order learned."""
        with self.reading() as db:
            rows = db.execute("SELECT part FROM idle WHERE source = ? ORDER BY at", (source,)).fetchall()
        return [load_idle(row[0]) for row in rows]

    def put_idle(self, source: str, idle: Idle, spell: Callable[[str], str], *, at: float) -> int:
        """Learn a part, and put the frontier into the new spelling; how many addresses were spared.

        What was fetched as news under an old spelling stays what it is; lists and what still waits
        leave the frontier, and their pattern is a rejection: an example would be another after a kill.
        """
        with self.writing() as db:
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
                db.execute(
                    "INSERT INTO rejected (url, source, reason, at) VALUES (?, ?, ?, ?)",
                    (f"{_scheme(url for *_, url in changed)}://{idle.pattern}", source, reason, at),
                )
        return len(changed)

    def rest(self, source: str, kind: str, entries: Sequence[Entry], *, until: float, at: float) -> None:
        """These addresses of one kind, whose last pages were all known ones, wait until a moment."""
        reason = f"trap: addresses like {kind} show the same pages again and again"
        with self.writing() as db:
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
                db.execute(
                    "INSERT INTO rejected (url, source, reason, at) VALUES (?, ?, ?, ?)",
                    (_pattern(kind, entries), source, reason, at),
                )


def _pattern(kind: str, entries: Sequence[Entry]) -> str:
    """A kind of addresses written as an address, `*` in the place of what may be anything."""
    path, _, names = kind.replace("#", "*").partition("?")
    query = "&".join(f"{name}=*" for name in names.split("&")) if names else ""
    return f"{_scheme(entry.url for entry in entries)}://{path}" + (f"?{query}" if query else "")


def _scheme(urls: Iterable[str]) -> str:
    return min(urlsplit(url).scheme for url in urls)
