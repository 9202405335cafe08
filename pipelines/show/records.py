"""What is shown of an article: frozen records, as `show` gives them and `--json` prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.records import Claim, Field, Right, Stripped


@dataclass(frozen=True, slots=True)
class Evidence:
    """An accepted pair of texts: what joined them, measured when they were compared."""

    url: str
    """A copy of this article that has the other text."""
    rule: str
    containment: float
    """Share of the shorter text's shingles that the longer one has."""
    similarity: float
    numbers_shared: int
    """Places, known by the wording around them, where both texts have a number."""
    numbers_differ: int
    names_differ: int
    words: str = ""
    """The same in words."""


@dataclass(frozen=True, slots=True)
class Apart:
    """An article that looks like this one and was kept apart."""

    id: int
    title: str
    url: str
    reason: str
    containment: float
    words: str = ""
    """What was seen, in words: "94% of its text; 5 of 6 figures differ"."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One thing that a copy says or shows of who was first."""

    url: str
    claim: str
    value: str
    believed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Differs:
    """A figure, date or name that a copy has otherwise than the kept one."""

    url: str
    kind: str
    place: str
    kept_value: str
    copy_value: str


@dataclass(frozen=True, slots=True)
class Held:
    """A page that holds two articles, and the other one of them."""

    url: str
    article_id: int
    title: str
    similarity: float
    contained: float
    """The share of the article's text that the page has."""


@dataclass(frozen=True, slots=True)
class Forward:
    """A number that led here, and why it is no article's any more."""

    old_id: int
    new_id: int
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Move:
    """A copy that came from another article, or went to one."""

    url: str
    from_article: int
    to_article: int
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A split or join that a person ordered and that is in force."""

    id: int
    kind: str
    url: str
    other_url: str | None
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """What a page said when it was fetched, as the changes from the version before."""

    fetched_at: str
    title: str
    changes: tuple[str, ...]
    """Sentences that went ("- …") and came ("+ …"); none for the first version."""


@dataclass(frozen=True, slots=True)
class ShownCopy:
    """One URL at which the article was seen, with that page's own words and their account."""

    url: str
    source: str
    source_name: str
    title: str
    text: str
    published: str | None
    published_day: str | None
    date_origin: str | None
    author: str | None
    credited_source: str | None
    language: str
    fetched_at: str
    encoding: str
    similarity: float
    kept: bool
    why: str
    """Why it is a copy of this article, in a sentence."""
    evidence: tuple[Evidence, ...]
    """The pairs that joined it, the most alike first."""
    variants: tuple[str, ...]
    """Print, AMP and other pages of the same source that are this copy too."""
    origins: dict[str, Field]
    """Field name -> its value, where on the page it stood, and the piece it was read from."""
    stripped: tuple[Stripped, ...]
    claims: tuple[Claim, ...]
    rights: tuple[Right, ...] = ()
    gone_at: str | None = None
    """UTC: since when its host has the page no more."""
    credited_source_status: str | None = None
    """What the credited source's own pages say to it: confirmed, unconfirmed or contradicted."""
    versions: tuple[ShownVersion, ...] = ()
    """The oldest first; empty where the page always said the same."""


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article as the archive concludes it, and its copies, the kept one first."""

    id: int
    title: str
    text: str
    url: str
    source: str
    source_name: str
    published: str | None
    published_day: str | None
    date_origin: str | None
    author: str | None
    language: str
    credited_source: str | None
    first_seen: str
    copies: tuple[ShownCopy, ...]
    kept_apart: tuple[Apart, ...]
    forwarded_from: tuple[int, ...]
    """Former ids that led here, the one asked for first."""
    kept_because: str = ""
    first_publisher: str | None = None
    first_publisher_status: str = "unknown"
    first_publisher_because: str = ""
    first_publisher_evidence: tuple[Witness, ...] = ()
    credited_source_status: str | None = None
    disputed: bool = False
    differences: tuple[Differs, ...] = ()
    held_by: tuple[Held, ...] = ()
    """Copies of other articles that hold this one too; they are not among the copies."""
    holds: tuple[Held, ...] = ()
    """Other articles that copies of this one hold too."""
    moves: tuple[Move, ...] = ()
    """Copies that came from other articles."""
    moved_away: tuple[Move, ...] = ()
    """Copies that other articles have now."""
    decisions: tuple[Decided, ...] = ()
    """What people decided of its copies."""
    forwards: tuple[Forward, ...] = ()
    """The same numbers as in `forwarded_from`, with their reasons."""


@dataclass(frozen=True, slots=True)
class ShownRejection:
    """A URL that did not become a copy."""

    url: str
    source: str
    stage: str
    reason: str
    at: str
