"""One article and the whole account of it: copies, why they were joined, what was stripped, origins.

In: an archive's read-only connection and an id or URL. Out: frozen records of what is known of it, as
`--json` prints them, or why the URL was rejected, or None. Nothing is written. What is a column of
`articles`, `copies` or `readings` is shown by being a field of ShownArticle or ShownCopy of that name.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, fields
from typing import Any

from pipelines.archive.read import articles as read
from pipelines.archive.read.sources import source_names
from pipelines.compare import sentence_changes
from pipelines.join import Verdict, explain
from pipelines.records import Attachment, Claim, Field, Missed, Right, Stripped
from pipelines.urls import canonical_url, folded


@dataclass(frozen=True, slots=True)
class ShownFile(Attachment):
    """A file that an article gives its readers."""

    text_characters: int | None
    """Of its text, which is searched with the article; None where it was not read."""


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
    read_by: str
    """By which way its page was read: whole, by the template of its source, or both, which said the same."""
    similarity: float
    kept: bool
    why: str
    """Why it is a copy of this article, in a sentence."""
    evidence: tuple[Evidence, ...]
    """The pairs that joined it, the most alike first."""
    variants: tuple[str, ...]
    """Print, AMP and other pages of the same source that are this copy too, and what leads on to it."""
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
    attachments: tuple[ShownFile, ...] = ()
    missed: tuple[Missed, ...] = ()
    """Selectors of the sources file that gave nothing on its page."""


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
    attachments: tuple[ShownFile, ...] = ()
    """The files of all its copies, each address once, the kept copy's first."""


@dataclass(frozen=True, slots=True)
class ShownRejection:
    """A URL that did not become a copy."""

    url: str
    source: str
    stage: str
    reason: str
    at: str


_ID = re.compile("[0-9]{1,18}")
_APART_MAX = 10
"""A monthly bulletin has dozens of look-alikes; ten tell that they were seen."""


_OF_ARTICLE = {
    "decisions": Decided,
    "differences": Differs,
    "held_by": Held,
    "holds": Held,
    "moves": Move,
    "moved_away": Move,
}
_OF_COPY = {
    "attachments": ShownFile,
    "claims": Claim,
    "missed": Missed,
    "rights": Right,
    "stripped": Stripped,
}
"""Fields that are lists as the archive has them, and what they are lists of."""


def show(connection: sqlite3.Connection, reference: str) -> ShownArticle | ShownRejection | None:
    """The article of an id or of any of its URLs, or the rejection of a URL; None where unknown."""
    number = _number(connection, reference)
    if number is not None:
        return _article(connection, number)
    for url in _spellings(reference.strip()):
        row = read.rejection(connection, url)
        if row is not None:
            return ShownRejection(*row)
    return None


def present_number(connection: sqlite3.Connection, reference: str, *, is_there: bool = True) -> int | None:
    """The number of today of an article's id or URL; None of one that is no more, where `is_there`."""
    number = _number(connection, reference)
    number = None if number is None else follow(connection, number)[0]
    return None if number is None or (is_there and read.article(connection, number) is None) else number


def _number(connection: sqlite3.Connection, reference: str) -> int | None:
    reference = reference.strip()
    if _ID.fullmatch(reference):
        return int(reference)
    found = (read.article_of_url(connection, url) for url in _spellings(reference))
    return next((number for number in found if number is not None), None)


def _spellings(reference: str) -> list[str]:
    """The URL's one spelling, then as it was typed, then what may be the same page."""
    try:
        url = canonical_url(reference)
        return list(dict.fromkeys((url, reference, folded(url))))
    except ValueError:
        return [reference]


def _article(connection: sqlite3.Connection, article_id: int) -> ShownArticle | None:
    article_id, forwards = follow(connection, article_id)
    row = read.article(connection, article_id)
    if row is None:
        return None
    names = source_names(connection)
    rows = read.copies(connection, article_id)
    pairs = read.of_article(connection, "accepted_pairs", article_id)
    lists = {
        name: tuple(record(*found) for found in read.of_article(connection, name, article_id))
        for name, record in _OF_ARTICLE.items()
    }
    copies = tuple(_shown_copy(connection, copy, rows, pairs, names, lists["decisions"]) for copy in rows)
    files = {file.url: file for copy in reversed(copies) for file in copy.attachments}
    return ShownArticle(
        **_columns(ShownArticle, row)
        | lists
        | {
            "copies": copies,
            "attachments": tuple(
                {file.url: files[file.url] for copy in copies for file in copy.attachments}.values()
            ),
            "kept_apart": tuple(
                Apart(**_columns(Apart, near), words=_in_words("blocked", near))
                for near in read.blocked_pairs(connection, article_id, _APART_MAX)
            ),
            "forwarded_from": tuple(forward.old_id for forward in forwards),
            "forwards": forwards,
            "first_publisher_evidence": tuple(
                Witness(url, claim, value, bool(believed), reason)
                for url, claim, value, believed, reason in read.of_article(connection, "evidence", article_id)
            ),
            "disputed": bool(row["disputed"]),
        }
    )


def _columns(record: type, row: sqlite3.Row) -> dict[str, Any]:
    """The record's fields that are columns of the row by the same name."""
    return {field.name: row[field.name] for field in fields(record) if field.name in row.keys()}  # noqa: SIM118


def follow(connection: sqlite3.Connection, article_id: int) -> tuple[int, tuple[Forward, ...]]:
    """The id that an id leads to today, and the steps on the way."""
    former: dict[int, Forward] = {}
    while article_id not in former and (row := read.forward(connection, article_id)):
        former[article_id] = Forward(article_id, row["new_id"], row["reason"], row["at"])
        article_id = row["new_id"]
    return article_id, tuple(former.values())


def _shown_copy(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    rows: list[sqlite3.Row],
    pairs: list[sqlite3.Row],
    names: dict[str, str],
    decided: tuple[Decided, ...],
) -> ShownCopy:
    reading = row["reading_id"]
    evidence = _evidence(row, rows, pairs)
    return ShownCopy(
        **_columns(ShownCopy, row)
        | {
            name: tuple(record(*found) for found in read.of_reading(connection, name, reading))
            for name, record in _OF_COPY.items()
        }
        | {
            "source_name": names.get(row["source"], row["source"]),
            "kept": bool(row["kept"]),
            "why": _why(row, rows, evidence, decided),
            "evidence": evidence,
            "variants": tuple(read.variants(connection, row["url"], row["source"])),
            "origins": _origins(connection, row),
            "versions": _versions(connection, reading),
        }
    )


def _in_words(verdict: str, pair: sqlite3.Row) -> str:
    return explain(Verdict(**_columns(Verdict, pair) | {"verdict": verdict}))


def _versions(connection: sqlite3.Connection, reading_id: int) -> tuple[ShownVersion, ...]:
    """Each version with what it changed, where the page did not always say the same."""
    shown: list[ShownVersion] = []
    before: tuple[str, str] | None = None
    for fetched_at, title, text in read.of_reading(connection, "versions", reading_id):
        if before == (title, text):
            continue
        changes = () if before is None else sentence_changes("\n".join(before), f"{title}\n{text}")
        shown.append(ShownVersion(fetched_at, title, changes))
        before = title, text
    return tuple(shown) if len(shown) > 1 else ()


def _evidence(row: sqlite3.Row, rows: list[sqlite3.Row], pairs: list[sqlite3.Row]) -> tuple[Evidence, ...]:
    """The pairs that this copy's text is part of, the one with the kept copy's text first."""
    url_of = {other["node_id"]: other["url"] for other in reversed(rows)}  # the kept copy's URL wins
    kept_node = rows[0]["node_id"]
    found = []
    for pair in pairs:
        if row["node_id"] in (pair["node_a"], pair["node_b"]):
            other = pair["node_b"] if pair["node_a"] == row["node_id"] else pair["node_a"]
            more = {"url": url_of[other], "rule": pair["reason"], "words": _in_words("same", pair)}
            found.append((other != kept_node, Evidence(**_columns(Evidence, pair) | more)))
    return tuple(evidence for _, evidence in sorted(found, key=lambda entry: entry[0]))


def _why(
    row: sqlite3.Row, rows: list[sqlite3.Row], evidence: tuple[Evidence, ...], decided: tuple[Decided, ...]
) -> str:
    """The strongest reason first: the kept copy itself, an equal text, a person, the pair that joined it."""
    kept = rows[0]
    if row["kept"]:
        return "the kept copy: its text is the one shown"
    if row["text_id"] == kept["text_id"]:
        return "its text is the same as the kept copy's"
    if row["node_id"] == kept["node_id"]:
        return "its text is the kept copy's but for script, punctuation or white space"
    if row["cluster_id"] != kept["cluster_id"]:
        return _by_a_person(row["cluster_id"], rows, decided)
    if not evidence:
        return f"its text is {row['similarity']:.0%} like the kept copy's"
    best = evidence[0]
    other = "the kept copy" if best.url == kept["url"] else best.url
    return f"joined with {other}: {best.words}"


def _by_a_person(cluster: int, rows: list[sqlite3.Row], decided: tuple[Decided, ...]) -> str:
    """Texts of another cluster are in an article where somebody said so."""
    beside = {row["url"] for row in rows if row["cluster_id"] == cluster}
    for decision in decided:
        if decision.kind == "join" and len({decision.url, decision.other_url} & beside) == 1:
            return f"joined by a person's word (decision {decision.id}): {decision.reason}"
    if not any(decision.kind == "join" for decision in decided):
        return "a page of the article said so before it was corrected"
    return "joined by a person's word"


def _origins(connection: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Field]:
    columns = {*row.keys()} - {"text"}  # it is shown above
    return {
        origin["field"]: Field(
            value=str(row[origin["field"]]) if origin["field"] in columns else "",
            origin=origin["origin"],
            evidence=origin["evidence"],
        )
        for origin in read.of_reading(connection, "origins", row["reading_id"])
    }
