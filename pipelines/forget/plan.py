"""Which pages a removal takes, which it leaves as contested, and the hash of exactly that. Pure.

In: the scope and what the archive knows of the pages that it might take. Out: the plan, which a person
reads before anything is done, and which is then done as it stands.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pipelines.archive.kept_out.blocks import Term, owner_of
from pipelines.archive.kept_out.key import Key
from pipelines.archive.kept_out.redacted import passage_terms
from pipelines.forget.scope import Scope
from pipelines.publishers import publisher_of

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
    url_answered: str = ""
    similarity: float | None = None
    """To the kept copy, 0 to 1."""
    named_by: str = ""
    """author, person or article, where the scope means it for what it says."""
    context: str = ""
    """The words around a person's name."""
    node: int = 0
    """Of its text: equal ones say the same."""
    variant_of: int | None = None
    """The page that was asked for, which the same site has at this address, too."""
    text_since: str = ""
    """When we first saw its present text there; its first fetch may have been of other words."""
    source_before: str = ""
    """When we last fetched an article of its source for the first time, before the day of its own."""


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


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was asked for, and what becomes of it."""

    kind: str
    """url, prefix, host, domain, credited, title, author, person or article."""
    asked: str
    state: str
    """taken, left, redirected, absent or removed."""
    pages: int = 0
    """That go by it."""
    detail: str = ""
    """Where it leads, why it is left, or by which removal it went."""
    why: str = ""
    """Which of CONTESTED, where it is left."""
    names: tuple[str, ...] = ()


CONTESTED = {
    "earlier_elsewhere": "{0} had it earlier",
    "earlier": "{0} had it earlier than the requester",
    "seen_earlier": "we saw it at {0} on {1}, before the requester's own page",
    "credits_another": "it credits {0}, not the requester",
    "requester_credits": "the requester's own page credits {0}",
    "credited_by": "{0} credits {1} with it",
    "unproved": "nothing shows that the requester had it before {0}, where we first saw it on {1}",
    "undated": "it has no date; --undated take takes it",
    "outside": "it was published on {0}",
    "excepted": "it is excepted",
    "unsaid": "it does not say that",
    "says_too": "it says that, too; --with-copies takes it out there",
    "several": "{0} and others have this title: name the address",
}
"""Why a page stays that was asked for, or may be somebody else's; in Chinese: crawler/cli/guide.toml."""


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
    """articles, whose numbers the rows are then; or what belongs to copies, whose numbers they are."""
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
    counts: Mapping[str, int] = field(default_factory=dict)
    """Rows that would go, by store and table."""
    copies_gone: tuple[int, ...] = ()
    exports: tuple[KnownExport, ...] = ()
    """Files that were exported and hold some of it, as far as we know of them."""
    key: Key | None = None
    """The archive's."""
    attachments: tuple[str, ...] = ()
    """Addresses of files that its pages link to, and no page that stays."""
    led: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Addresses that were asked for → what the crawl saw them lead to, the page's own address last."""
    beside: tuple[str, ...] = ()
    """Addresses at which a site has the pages that were asked for on its other hosts: none is here."""
    lines: tuple[Line, ...] = ()
    """A line for each thing that was asked for."""
    own_tables: Mapping[str, int] = field(default_factory=dict)
    """Tables of the archive's readers → rows that refer to what goes."""

    def terms(self) -> Iterator[Term]:
        """What it blocks: the scope itself unless it was narrowed, and every removed URL on whatever host.

        Of passages: each with every address of its pages and of the files that they link to.
        """
        if self.scope.passages:
            pages = {url for p in self.pages for url in (p.page_url, p.copy_url, p.url_answered)}
            for url in sorted({*pages, *self.attachments} - {""}):
                yield from passage_terms(url, self.scope.passages)
            return
        if not self.scope.is_narrowed:
            yield from self.scope.terms()
            yield from (Term("url", url) for way in (*self.led.values(), self.beside) for url in way)
        for page in self.pages:
            yield Term("url", page.page_url)
            yield Term("url", page.copy_url)
        for url in self.attachments:
            yield Term("url", url)

    def left_terms(self) -> Iterator[Term]:
        """The addresses of the pages that it leaves as contested."""
        return (Term("url", left.url) for left in self.left_out)

    @property
    def part(self) -> float:
        """The share of the archive's copies that would go, 0 to 1."""
        gone = 0 if self.scope.passages else len(self.copies_gone)
        return gone / self.copies_in_archive if self.copies_in_archive else 0.0

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
        return not self.scope.passages and any(not page.own for page in self.pages)

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
        """16 hexadecimal digits that stand for exactly this scope and these pages as they are now.

        With the archive's key: the record keeps them, and they confirm no guess at what was removed.
        """
        said = [asdict(self.scope), [[page.page_url, page.digest] for page in self.pages]]
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
        return self.key.plan(digest) if self.key else digest

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
            "led": {url: list(way) for url, way in self.led.items()},
            "lines": [asdict(line) for line in self.lines],
            "evidence": {page.page_url: " ".join(evidence(page)) for page in self.pages if not page.own},
            "own_tables": dict(self.own_tables),
            "remarks": [],
        }


def evidence(page: Candidate) -> tuple[str, str]:
    """Why a page that is at no address of the scope goes: a kind, and a name, number or words of context."""
    if page.named_by:
        return page.named_by, page.context
    if page.credited and page.credits_scope:
        return "credits", page.credited
    return "copy", f"{page.similarity:.0%}" if page.similarity is not None else ""


def choose_pages(
    scope: Scope, candidates: Iterable[Candidate], articles: Mapping[int, Sequence[Candidate]]
) -> tuple[tuple[Candidate, ...], tuple[LeftOut, ...]]:
    """The pages that go, by URL, and those that are left because they are contested or have no date.

    Args:
        scope: what was asked for.
        candidates: pages at its addresses, and pages that it means for what they say or credit.
        articles: every page of each article that a candidate belongs to.
    """
    candidates = list(candidates)
    asked = [page for page in candidates if not unmeant(scope, page)]
    own = {page.reading_id: page for page in asked if page.own}
    others = {page.reading_id: page for page in asked if not page.own}
    if scope.with_copies:
        touched = {page.article_id for page in own.values() if page.article_id is not None}
        for article_id in sorted(touched):
            others |= {
                n: page for n, page in _copies_of_own(scope, articles[article_id]).items() if n not in others
            }
    left = [left_out(page, "undated") for page in candidates if unmeant(scope, page) == ("undated",)]
    for reading_id, page in sorted(others.items()):
        kind, *names = _contested(page, articles.get(page.article_id or 0, ()), scope)
        if kind and not {page.page_url, page.copy_url} & set(scope.named):
            left.append(left_out(page, kind, *names))
            del others[reading_id]
    pages = sorted((*own.values(), *others.values()), key=lambda page: page.page_url)
    return tuple(pages), tuple(sorted(left, key=lambda out: out.url))


def variants(asked: Iterable[Candidate], articles: Mapping[int, Sequence[Candidate]]) -> list[Candidate]:
    """The other addresses at which the site of a page that was asked for says the same (m., a channel)."""
    by_text = {(page.node, owner_of(page.source)): page for page in asked}
    known = {page.reading_id for page in by_text.values()}
    pages = [
        page for number in {p.article_id for p in by_text.values()} for page in articles.get(number or 0, ())
    ]
    return [
        replace(page, own=True, variant_of=one.reading_id)
        for page in pages
        if page.reading_id not in known and (one := by_text.get((page.node, owner_of(page.source))))
    ]


def left_out(page: Candidate, kind: str, *names: str) -> LeftOut:
    """A page that stays, and which of CONTESTED says why."""
    return LeftOut(page.copy_url, page.article_id, CONTESTED[kind].format(*names), kind, names)


def unmeant(scope: Scope, page: Candidate) -> tuple[str, ...]:
    """Which of CONTESTED keeps a page out by day or exception, and its names; nothing where it is meant."""
    if {page.page_url, page.copy_url} & set(scope.exceptions):
        return ("excepted",)
    if not (scope.since or scope.until):
        return ()
    if page.day is None:
        return () if scope.undated == "take" else ("undated",)
    within = (not scope.since or page.day >= scope.since) and (
        not scope.until or page.day <= scope.until + "~"
    )
    return () if within else ("outside", page.day)


def _copies_of_own(scope: Scope, article: Sequence[Candidate]) -> dict[int, Candidate]:
    """Other sources' copies of an article whose kept copy is the scope's own, or that credit it."""
    own = [page for page in article if page.own]
    names = {publisher_of(page.source_name) for page in own}
    kept_is_own = any(page.kept for page in own)
    return {
        page.reading_id: page
        for page in article
        if not page.own
        and not unmeant(scope, page)
        and (kept_is_own or page.credits_scope or page.credited in names or bool(scope.passages))
    }


def _contested(page: Candidate, article: Sequence[Candidate], scope: Scope) -> tuple[str, ...]:
    """Which of CONTESTED speaks for the page, and the names in it; an empty word where nothing does.

    A copier with a forged date may ask for its victim's removal, so any sign counts. What a page says of its
    own date proves nothing for the one who asks: unless the other credits him, we must have seen it at his
    site on an earlier day, when we were reading the other's site too.
    """
    if page.named_by or scope.passages:
        return ("",)
    claimants = [other for other in article if other.own or other.credits_scope or _is_by(other, scope)]
    names = {publisher_of(other.source_name) for other in claimants if other.own}
    names |= set(scope.credited)
    elsewhere = [other for other in article if other not in claimants]
    if scope.credited and not scope.with_copies and page.credits_scope:
        earlier = [other for other in elsewhere if _is_earlier(other, page)]
        return ("earlier_elsewhere", earlier[0].source) if earlier else ("",)
    own = [other for other in claimants if other.own]
    if own and _is_earlier(page, min(own, key=_when)):
        return "earlier", page.source
    if own and page.first_fetched_at[:10] < min(other.text_since for other in own)[:10]:
        return "seen_earlier", page.source, page.first_fetched_at[:10]
    if page.credited and page.credited not in names:
        return "credits_another", page.credited
    if named := next((o.credited for o in own if o.credited and o.credited not in names), ""):
        return "requester_credits", named
    if own and not page.credited and not _was_seen_first(own, page):
        return "unproved", page.source, page.first_fetched_at[:10]
    name = publisher_of(page.source_name)
    if by := next((o.source for o in article if o.source != page.source and o.credited == name), ""):
        return "credited_by", by, page.source_name
    return ("",)


def _was_seen_first(own: Sequence[Candidate], page: Candidate) -> bool:
    """Whether we saw the text at the requester's on an earlier day, and then the other's site without it.

    Who copies an article minutes later and is asked more often is seen first; so is a page that is edited
    into a text, if its first fetch counts.
    """
    first = min(other.text_since for other in own)
    return first[:10] < page.first_fetched_at[:10] and first < page.source_before


def _is_by(page: Candidate, scope: Scope) -> bool:
    """Whether the page is on the site of a publisher of the scope."""
    return publisher_of(page.source_name) in scope.credited


def _is_earlier(page: Candidate, other: Candidate) -> bool:
    """By the day that the pages state, or where one states none, by when we first saw them."""
    if page.day and other.day:
        return page.day[:10] < other.day[:10]
    return page.first_fetched_at < other.first_fetched_at


def _when(page: Candidate) -> tuple[str, str]:
    return page.day or "9999", page.first_fetched_at
