"""Pages that correct themselves: what they said before ties them to those who copied it.

In: a cluster. Out: the clusters that are one article with it, since a page of the one said, under the
headline that it has, what stands in the other. The guards of joins part two texts that differ in a quarter of
their figures, as they must where these are two pages; of two versions of one page they are a correction. A
page that was rewritten into other news, or is renewed every day, ties nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.join import Verdict, judge
from pipelines.join.features import Features
from pipelines.join.occasions import ADDED, SAME_HEADLINE, compare_headlines
from pipelines.join.verdict import BLOCKED, SAME
from pipelines.normalise import normalise
from pipelines.publishers import publisher_of
from pipelines.remembered import Remembered
from pipelines.sign import LONGEST

_CORRECTED_SHARE = 0.5
"""Of the figures of a page so many are corrected at most; where more differ, it tells of another day."""
_EXCHANGED_MOST = 3
"""Wordings, where a name was set right."""

_PAGES = (
    "SELECT copies.url, copies.title, copies.source, copies.published_day, own.cluster_id, now.id AS now_id,"
    " former.id AS former_id, former.node_id AS former_node, versions.title AS former_title"
)
_FORMER = (
    "JOIN versions ON versions.reading_id = copies.reading_id"
    " JOIN texts former ON former.id = versions.text_id AND former.node_id <> now.node_id"
)
_CHANGED = (
    f"{_PAGES} FROM nodes own JOIN texts now ON now.node_id = own.node_id"
    f" JOIN copies ON copies.text_id = now.id {_FORMER} WHERE own.cluster_id = ?"
)
"""Pages of a cluster that said something else before."""

_SAID = (
    f"{_PAGES} FROM nodes held JOIN texts former ON former.node_id = held.node_id"
    " JOIN versions ON versions.text_id = former.id JOIN copies ON copies.reading_id = versions.reading_id"
    " JOIN texts now ON now.id = copies.text_id JOIN nodes own ON own.node_id = now.node_id"
    " WHERE held.cluster_id = ?1 AND own.cluster_id <> ?1"
)
"""Pages of other clusters that said before what a cluster says."""

_CREDITED = (
    f"{_PAGES} FROM sources JOIN copies ON copies.source = sources.host AND copies.title = ?2"
    " AND copies.published_day BETWEEN date(?3, '-7 days') AND ?3"
    " JOIN texts now ON now.id = copies.text_id JOIN nodes own ON own.node_id = now.node_id"
    f" {_FORMER} WHERE sources.publisher = ?1"
)
"""Pages of the publisher that a copy credits, of its headline and days, that said something else before."""

_COPIED = (
    "SELECT copies.text_id, nodes.cluster_id FROM sources own"
    " JOIN copies ON copies.credited_publisher = own.publisher AND copies.title = ?3"
    " AND copies.published_day BETWEEN ?2 AND date(?2, '+7 days')"
    " JOIN texts ON texts.id = copies.text_id JOIN nodes ON nodes.node_id = texts.node_id WHERE own.host = ?1"
)
"""Copies that credit a page's publisher, of its headline and days."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """A page that said something else before."""

    url: str
    title: str
    source: str
    day: str | None
    cluster: int
    now: int
    """Its text's number."""
    former: int
    former_node: int
    former_title: str


def tied_clusters(connection: sqlite3.Connection, cluster: int) -> set[int]:
    """The clusters that are one article with this one, by what pages of either said before."""
    found = {
        other
        for page in _changed(connection, _CHANGED, cluster)
        if _is_corrected(connection, page)
        for other in _where_it_stands(connection, page)
    }
    pages = [*_changed(connection, _SAID, cluster)]
    for text_id, credited_source, title, day in _crediting(connection, cluster):
        credited = _changed(connection, _CREDITED, publisher_of(credited_source), title, day)
        pages += [page for page in credited if _verdict(connection, page.former, text_id).verdict == SAME]
    found |= {page.cluster for page in pages if _is_corrected(connection, page)}
    return found - {cluster}


def _changed(connection: sqlite3.Connection, sql: str, *values: object) -> Iterator[_Changed]:
    for row in connection.execute(sql, values).fetchall():
        yield _Changed(*row)


def _crediting(connection: sqlite3.Connection, cluster: int) -> list[tuple[int, str, str, str]]:
    """The texts of a cluster's copies that credit somebody, with the credit, the headline and the day."""
    return connection.execute(
        "SELECT copies.text_id, copies.credited_source, copies.title, copies.published_day"
        " FROM nodes JOIN texts ON texts.node_id = nodes.node_id JOIN copies ON copies.text_id = texts.id"
        " WHERE nodes.cluster_id = ? AND copies.credited_source IS NOT NULL"
        " AND copies.published_day IS NOT NULL",
        (cluster,),
    ).fetchall()


def _where_it_stands(connection: sqlite3.Connection, page: _Changed) -> Iterator[int]:
    """The clusters that have what a page said before: word for word, or as copies that credit it."""
    for (cluster,) in connection.execute(
        "SELECT cluster_id FROM nodes WHERE node_id = ? AND cluster_id IS NOT NULL", (page.former_node,)
    ).fetchall():
        yield int(cluster)
    for text_id, cluster in connection.execute(
        _COPIED, (page.source, page.day, page.former_title)
    ).fetchall():
        if _verdict(connection, page.former, text_id).verdict == SAME:
            yield int(cluster)


def _is_corrected(connection: sqlite3.Connection, page: _Changed) -> bool:
    """Whether a page's text is a corrected version of the former one, under the same headline."""
    if compare_headlines(page.former_title, page.title) not in (SAME_HEADLINE, ADDED):
        return False
    verdict = _verdict(connection, page.former, page.now)
    if verdict.verdict != BLOCKED:
        return verdict.verdict == SAME
    if verdict.reason == "numbers":
        return verdict.numbers_differ <= _CORRECTED_SHARE * verdict.numbers_shared
    return verdict.reason == "names" and verdict.exchanges <= _EXCHANGED_MOST


def _verdict(connection: sqlite3.Connection, one: int, other: int) -> Verdict:
    """On two texts by their numbers."""
    rows = [
        connection.execute("SELECT sha256, node_id, text FROM texts WHERE id = ?", (number,)).fetchone()
        for number in sorted((one, other))
    ]
    (key, node, text), (other_key, other_node, other_text) = rows
    return _VERDICTS.get(
        (key, other_key),
        lambda: judge(
            Features(node, normalise(text)[:LONGEST]), Features(other_node, normalise(other_text)[:LONGEST])
        ),
    )


# By hashes of texts, so an archive that is closed, restored or another one changes nothing.
_VERDICTS: Remembered[tuple[bytes, bytes], Verdict] = Remembered(5_000)
