"""Which pages a removal takes, which it leaves as contested, and the hash of exactly that. Pure.

In: the scope and what the archive knows of the pages that it might take. Out: the plan, which a person
reads before anything is done, and which is then done as it stands.

Planning a removal in SQL: what the scope takes from the archive, counted, and nothing written.

In: a connection (read-only for a preview, inside the ordering transaction for the deed) and a scope. Out:
the plan of pipelines/forget/plan.py. Whose text survivors show is rehearsed by removal.py, and what goes
from the crawl store is added by those who know it.

What a removal would take from all files of an archive; nothing is changed.

In: the archive and the crawl store, open, and a scope. Out: its plan, with what the crawl store has and
which exported files hold some of it.

Exported files that we know of, and which of their rows a removal concerns.

In: folders in which exports were written, numbers of articles and copies. Out: each file with the rows that
hold some of them, by the list of rows beside its manifest. A file that was handed out is somebody's document
and is never changed or deleted here: its holder is told by name and row, and deletes it or makes it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipelines.archive.kept_out.blocks import ScopeMatcher
from pipelines.catalogue import archive
from pipelines.publishers import normalise_publisher

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipelines.archive.kept_out.scope import Scope
    from pipelines.catalogue import Table


LARGE_PART = 0.2
"""A scope that takes more of the archive's copies than this needs the plan's hash typed back."""

SAMPLE_TITLES = 10
_ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page of an article that the scope may concern."""

    reading_id: int
    page_url: str
    copy_url: str
    """The address of the copy that the page belongs to; its own where it has none."""
    source: str
    source_name: str
    digest: str
    article_id: int | None
    kept: bool
    title: str
    day: str | None
    first_fetched_at: str
    credited: str
    """Normalised; empty where it credits nobody."""
    own: bool
    """Its address is in the scope."""
    credits_scope: bool
    """It credits a publisher of the scope."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A page that stays although the scope reaches it, because somebody else may have had it first."""

    url: str
    article_id: int | None
    reason: str
    """In English."""
    kind: str = ""
    """Which of CONTESTED, for other languages."""
    names: tuple[str, ...] = ()
    """The sources, publishers and days that the sentence names, in its order."""


CONTESTED = {
    "earlier_elsewhere": "{0} had it earlier",
    "earlier": "{0} had it earlier than the requester",
    "seen_earlier": "we saw it at {0} on {1}, before the requester's own page",
    "credits_another": "it credits {0}, not the requester",
    "requester_credits": "the requester's own page credits {0}",
    "credited_by": "{0} credits {1} with it",
}
"""Why a page may be the original, or a copy of somebody else's; in Chinese: crawler/cli/guide/words.toml."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """An article that stays, and whose text it will show."""

    article_id: int
    title: str
    url: str
    source: str
    copies: int
    new_text: bool
    """It has shown a removed text until now."""


@dataclass(frozen=True, slots=True)
class KnownExport:
    """A file that was exported and holds some of what goes."""

    file: str
    export_id: str
    """Empty where its manifest or list of rows cannot be read."""
    made_at: str
    what: str
    """articles, copies or stripped: whose numbers the rows are."""
    rows: tuple[int, ...]
    """Numbers of the articles or copies in it that are concerned; none where its list cannot be read."""

    def told(self) -> str:
        """In a line, without a word of what it holds."""
        if not self.export_id:
            return f"{self.file}: its list of rows cannot be read"
        shown = ", ".join(map(str, self.rows[:_ROWS_SHOWN]))
        more = f" and {len(self.rows) - _ROWS_SHOWN} more" if len(self.rows) > _ROWS_SHOWN else ""
        return f"{self.file} (export {self.export_id}, {self.made_at}): {self.what} {shown}{more}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go, what would stay and why."""

    scope: Scope
    pages: tuple[Candidate, ...]
    """By page URL."""
    left_out: tuple[LeftOut, ...] = ()
    articles_gone: tuple[int, ...] = ()
    articles_shared: tuple[int, ...] = ()
    """Those that stay without some of their copies."""
    survivors: tuple[Survivor, ...] = ()
    copies_in_archive: int = 0
    copies_gone: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    """Rows that would go, by store and table."""
    copies_of_it: tuple[int, ...] = ()
    """Numbers of the copies that would go."""
    exports: tuple[KnownExport, ...] = ()
    """Files that were exported and hold some of it, as far as we know of them."""
    remarks: tuple[str, ...] = ()

    @property
    def part(self) -> float:
        """The share of the archive's copies that would go, 0 to 1."""
        return self.copies_gone / self.copies_in_archive if self.copies_in_archive else 0.0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that would go, in any file."""
        return not self.pages and not any(self.counts.values())

    @property
    def is_large(self) -> bool:
        """Whether it needs its hash typed back."""
        return self.part > LARGE_PART

    @property
    def reaches_others(self) -> bool:
        """Whether pages go that are not at an address of the scope itself."""
        return any(not page.own for page in self.pages)

    @property
    def others(self) -> dict[str, int]:
        """Sources that the scope does not name, and how many of their pages go."""
        return dict(Counter(page.source for page in self.pages if not page.own).most_common())

    @property
    def titles(self) -> tuple[str, ...]:
        """A few titles of what would go."""
        return tuple(dict.fromkeys(page.title for page in self.pages))[:SAMPLE_TITLES]

    @property
    def hash(self) -> str:
        """16 hexadecimal digits that stand for exactly this scope and these pages as they are now."""
        said = [asdict(self.scope), [[page.page_url, page.digest] for page in self.pages]]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """The plan for a machine."""
        return {
            "plan_hash": self.hash,
            "scope": self.scope.described(),
            "part": round(self.part, 4),
            "needs_plan_hash": self.is_large,
            "reaches_others": self.reaches_others,
            "others": self.others,
            "counts": dict(self.counts),
            "titles": list(self.titles),
            "urls": [page.page_url for page in self.pages],
            "survivors": [asdict(survivor) for survivor in self.survivors],
            "left_out": [asdict(left) for left in self.left_out],
            "exports": [asdict(export) for export in self.exports],
            "remarks": list(self.remarks),
        }


def choose_pages(
    scope: Scope, candidates: Iterable[Candidate], articles: Mapping[int, Sequence[Candidate]]
) -> tuple[tuple[Candidate, ...], tuple[LeftOut, ...]]:
    """The pages that go, by URL, and those that are left because they are contested.

    Args:
        scope: what was asked for.
        candidates: pages at its addresses and pages that credit its publishers.
        articles: every page of each article that a candidate belongs to.
    """
    asked = [page for page in candidates if _is_meant(scope, page)]
    own = {page.reading_id: page for page in asked if page.own}
    others = {page.reading_id: page for page in asked if not page.own}
    if scope.with_copies:
        touched = {page.article_id for page in own.values() if page.article_id is not None}
        for article_id in sorted(touched):
            others |= _copies_of_own(scope, articles[article_id])
    left = []
    for reading_id, page in sorted(others.items()):
        kind, *names = _contested(page, articles.get(page.article_id or 0, ()), scope)
        if kind and not {page.page_url, page.copy_url} & set(scope.named):
            reason = CONTESTED[kind].format(*names)
            left.append(LeftOut(page.copy_url, page.article_id, reason, kind, tuple(names)))
            del others[reading_id]
    pages = sorted((*own.values(), *others.values()), key=lambda page: page.page_url)
    return tuple(pages), tuple(sorted(left, key=lambda out: out.url))


def with_outcome(plan: Plan, **known: Any) -> Plan:
    """The plan with what the archive and the crawl store say about it."""
    return replace(plan, **known)


def _is_meant(scope: Scope, page: Candidate) -> bool:
    """Whether the page is within the scope's days and not one of its exceptions."""
    if {page.page_url, page.copy_url} & set(scope.exceptions):
        return False
    if not (scope.since or scope.until):
        return True
    if page.day is None:
        return False
    return (not scope.since or page.day >= scope.since) and (not scope.until or page.day <= scope.until + "~")


def _copies_of_own(scope: Scope, article: Sequence[Candidate]) -> dict[int, Candidate]:
    """Other sources' copies of an article whose kept copy is the scope's own, or that credit it."""
    own = [page for page in article if page.own]
    names = {normalise_publisher(page.source_name) for page in own}
    kept_is_own = any(page.kept for page in own)
    return {
        page.reading_id: page
        for page in article
        if not page.own
        and _is_meant(scope, page)
        and (kept_is_own or page.credits_scope or page.credited in names)
    }


def _contested(page: Candidate, article: Sequence[Candidate], scope: Scope) -> tuple[str, ...]:
    """Which of CONTESTED speaks for the page, and the names in it; an empty word where nothing does.

    A copier with a forged date may ask for its victim's removal, so any sign counts.
    """
    claimants = [other for other in article if other.own or other.credits_scope or _is_by(other, scope)]
    names = {normalise_publisher(other.source_name) for other in claimants if other.own}
    names |= set(scope.credited)
    elsewhere = [other for other in article if other not in claimants]
    if scope.credited and not scope.with_copies and page.credits_scope:
        earlier = [other for other in elsewhere if _is_earlier(other, page)]
        return ("earlier_elsewhere", earlier[0].source) if earlier else ("",)
    own = [other for other in claimants if other.own]
    if own and _is_earlier(page, min(own, key=_when)):
        return "earlier", page.source
    if own and page.first_fetched_at[:10] < min(other.first_fetched_at for other in own)[:10]:
        return "seen_earlier", page.source, page.first_fetched_at[:10]
    if page.credited and page.credited not in names:
        return "credits_another", page.credited
    if named := next((o.credited for o in own if o.credited and o.credited not in names), ""):
        return "requester_credits", named
    name = normalise_publisher(page.source_name)
    if by := next((o.source for o in article if o.source != page.source and o.credited == name), ""):
        return "credited_by", by, page.source_name
    return ("",)


def _is_by(page: Candidate, scope: Scope) -> bool:
    """Whether the page is on the site of a publisher of the scope."""
    return normalise_publisher(page.source_name) in scope.credited


def _is_earlier(page: Candidate, other: Candidate) -> bool:
    """By the day that the pages state, or where one states none, by when we first saw them."""
    if page.day and other.day:
        return page.day[:10] < other.day[:10]
    return page.first_fetched_at < other.first_fetched_at


def _when(page: Candidate) -> tuple[str, str]:
    return page.day or "9999", page.first_fetched_at


_AT_ONCE = 500
_PAGES = """
    SELECT r.id, r.page_url, r.url_answered, r.source, s.name, r.digest, r.title, r.published_day,
           r.first_fetched_at, coalesce(r.credited_source, ''),
           coalesce(own.article_id, claimed.article_id, w.article_id),
           coalesce(own.kept, 0), coalesce(own.url, claimed.url, r.page_url)
    FROM readings r JOIN sources s ON s.host = r.source
    LEFT JOIN copies own ON own.reading_id = r.id
    LEFT JOIN copies claimed ON claimed.url = r.claimed_url AND claimed.source = r.source
              AND own.url IS NULL
    LEFT JOIN (SELECT reading_id, max(article_id) AS article_id FROM withheld GROUP BY reading_id) w
              ON w.reading_id = r.id
"""


def plan_removal(connection: sqlite3.Connection, scope: Scope) -> Plan:
    """What the scope would take, what would survive, and what is contested."""
    matcher = ScopeMatcher(scope)
    candidates = list(_matching(connection, matcher))
    articles = _articles(connection, matcher, {c.article_id for c in candidates if c.article_id is not None})
    pages, left_out = choose_pages(scope, candidates, articles)
    plan = Plan(scope, pages, left_out)
    gone = {page.reading_id for page in pages}
    emptied, shared = _fates(connection, articles, gone)
    with _chosen(connection, gone):
        counts = _counts(connection, matcher)
        copies = [r[0] for r in connection.execute("SELECT id FROM copies WHERE reading_id IN chosen")]
    counts |= {"articles": len(emptied), "articles that stay with fewer copies": len(shared)}
    return with_outcome(
        plan,
        articles_gone=tuple(emptied),
        articles_shared=tuple(shared),
        copies_in_archive=connection.execute("SELECT count(*) FROM copies").fetchone()[0],
        copies_gone=counts["copies"],
        copies_of_it=tuple(sorted(copies)),
        counts=counts,
    )


def _matching(connection: sqlite3.Connection, matcher: ScopeMatcher) -> Iterator[Candidate]:
    for row in connection.execute(_PAGES):
        page = _candidate(tuple(row), matcher)
        if page.own or page.credits_scope:
            yield page


def _candidate(row: tuple[object, ...], matcher: ScopeMatcher) -> Candidate:
    (number, page_url, answered, source, name, digest, title, day, first, credited, article, kept, copy) = row
    own = matcher.blocks_host(str(source)) or any(
        matcher.blocks(str(url)) for url in dict.fromkeys((page_url, answered, copy))
    )
    return Candidate(
        reading_id=int(number),  # type: ignore[call-overload]  # columns of known types
        page_url=str(page_url),
        copy_url=str(copy),
        source=str(source),
        source_name=str(name),
        digest=bytes(digest).hex(),  # type: ignore[call-overload]
        article_id=article,  # type: ignore[arg-type]
        kept=bool(kept),
        title=str(title),
        day=day,  # type: ignore[arg-type]
        first_fetched_at=str(first),
        credited=normalise_publisher(str(credited)),
        own=own,
        credits_scope=matcher.blocks_publisher(str(credited)),
    )


def _articles(
    connection: sqlite3.Connection, matcher: ScopeMatcher, ids: set[int]
) -> dict[int, list[Candidate]]:
    """Every page of these articles."""
    found: dict[int, list[Candidate]] = defaultdict(list)
    for chunk in _chunks(sorted(ids)):
        marks = ", ".join("?" * len(chunk))
        for side in ("own", "claimed", "w"):
            for row in connection.execute(f"{_PAGES} WHERE {side}.article_id IN ({marks})", chunk):
                page = _candidate(tuple(row), matcher)
                if page.article_id is not None and page not in found[page.article_id]:
                    found[page.article_id].append(page)
    return found


def _fates(
    connection: sqlite3.Connection, articles: Iterable[int], gone: set[int]
) -> tuple[list[int], list[int]]:
    """Articles of which nothing is left, and those that stay without some of their copies."""
    emptied, shared = [], []
    for article_id in sorted(articles):
        copies = {
            row[0]
            for row in connection.execute("SELECT reading_id FROM copies WHERE article_id = ?", (article_id,))
        }
        if copies and copies <= gone:
            emptied.append(article_id)
        elif copies & gone:
            shared.append(article_id)
    return emptied, shared


class _chosen:  # noqa: N801  # reads as a function: `with _chosen(...)`
    """A temporary table of reading ids, also on a connection that cannot write."""

    def __init__(self, connection: sqlite3.Connection, ids: set[int]) -> None:
        self._connection, self._ids = connection, ids

    def __enter__(self) -> None:
        self._connection.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
        self._connection.executemany("INSERT INTO temp.chosen VALUES (?)", [(i,) for i in self._ids])

    def __exit__(self, *_: object) -> None:
        self._connection.execute("DROP TABLE temp.chosen")


_LEAVING = """
    WITH touched (text_id) AS (
        SELECT text_id FROM readings WHERE id IN chosen
        UNION SELECT text_id FROM versions WHERE reading_id IN chosen
    ),
    leaving_texts (id) AS (
        SELECT text_id FROM touched
        WHERE NOT EXISTS (SELECT 1 FROM readings r WHERE r.text_id = touched.text_id
                          AND r.id NOT IN (SELECT id FROM chosen))
          AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.text_id = touched.text_id
                          AND v.reading_id NOT IN (SELECT id FROM chosen))
    ),
    leaving_nodes (id) AS (
        SELECT DISTINCT t.node_id FROM texts t JOIN touched ON touched.text_id = t.id
        WHERE NOT EXISTS (SELECT 1 FROM texts u JOIN readings r ON r.text_id = u.id
                          WHERE u.node_id = t.node_id AND r.id NOT IN (SELECT id FROM chosen))
    )
"""


def _counts(connection: sqlite3.Connection, matcher: ScopeMatcher) -> dict[str, int]:
    """Rows that would go, by what they are; `chosen` holds the readings."""
    counts = {
        table.counted: int(
            connection.execute(f"{_LEAVING} SELECT count(*) FROM {name} WHERE {where}").fetchone()[0]
        )
        for name, table in archive().items()
        if table.counted and (where := _leaves(table))
    }
    urls = {row[0] for row in connection.execute("SELECT page_url FROM readings WHERE id IN chosen")}
    counts["rejections"] = sum(
        url in urls or matcher.blocks(url) or matcher.blocks_host(source)
        for url, source in connection.execute("SELECT url, source FROM rejections")
    )
    return counts


def _leaves(table: Table) -> str:
    """Which rows of a table go with the chosen readings; empty where addresses decide."""
    if table.name == "readings":
        return "id IN chosen"
    if "reading_id" in table.columns:
        return "reading_id IN chosen"
    if table.name == "texts":
        return "id IN leaving_texts"
    nodes = [column for column in ("node_id", "node_a", "node_b") if column in table.columns]
    return " OR ".join(f"{column} IN leaving_nodes" for column in nodes)


def _chunks(values: list[int]) -> Iterable[list[int]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
