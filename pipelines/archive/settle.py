"""Which copies are one piece of news: gives every touched group of copies its article.

In: the clusters that changed, with the copies of their texts, and what people decided. Out: rows of
`articles` under numbers that last: a group keeps that of its oldest copy, and what goes says where to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.archive.entry import index, insert_article, shown_of, update_article
from pipelines.archive.people import decisions, groups
from pipelines.archive.standing import COLUMNS, Standings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from pipelines.archive.people import Decision
    from pipelines.standing import Copy


@dataclass(frozen=True, slots=True)
class _Copy:
    """A row of `copies`, and where it belongs."""

    copy: Copy
    source_name: str
    article_id: int | None
    cluster: int
    group: str = ""
    """Which article it belongs to: its cluster's, unless a person split or joined it."""

    @property
    def url(self) -> str:
        return self.copy.url

    @property
    def age(self) -> tuple[str, str]:
        """The oldest sorts first."""
        return self.copy.first_seen, self.copy.url


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling changed."""

    copies: list[_Copy]
    new: int
    updated: int
    vanished: int


def settle_articles(
    connection: sqlite3.Connection, touched: set[int], stale: set[int], standings: Standings, at: str
) -> Settled:
    """Gives every touched group its article; says how many are new, changed and gone."""
    standing = decisions(connection)
    groups = _groups(_touched_copies(connection, touched, standing, standings), standing)
    everyone = [copy for copies in groups.values() for copy in copies]
    ids = _inherit_ids(everyone)
    formerly = stale | {copy.article_id for copy in everyone if copy.article_id}
    connection.executemany("UPDATE copies SET kept = 0 WHERE id = ?", [(copy.copy.id,) for copy in everyone])
    new = updated = 0
    for group in sorted(groups):
        article_id, changed = _put_article(connection, ids.get(group), groups[group], standings)
        new += group not in ids
        updated += group in ids and changed
        ids[group] = article_id
    _note_moves(connection, everyone, ids, standing, at)
    vanished = _forward(connection, formerly - set(ids.values()), everyone, ids, at)
    return Settled(everyone, new, updated, vanished)


def judge_again(connection: sqlite3.Connection, article_id: int, standings: Standings) -> None:
    """An article whose copies are the same, where other pages of a credited source came or went."""
    copies = standings.copies_of_article(article_id)
    judged = standings.judge(copies)
    update_article(connection, article_id, judged.values)
    standings.write(article_id, copies, judged, is_new=False)


def _touched_copies(
    connection: sqlite3.Connection, touched: set[int], standing: list[Decision], standings: Standings
) -> list[_Copy]:
    """The copies of the touched clusters, and of those that a person's joins tie to them."""
    copies: dict[int, list[_Copy]] = {}
    todo = set(touched)
    while todo:
        cluster = todo.pop()
        copies[cluster] = _copies_of(connection, cluster, standings)
        urls = {copy.url for copy in copies[cluster]}
        for decision in standing:
            if decision.kind == "join" and {decision.url, decision.other_url} & urls:
                todo |= {
                    row[0]
                    for row in connection.execute(_CLUSTER_OF_COPIES, (decision.url, decision.other_url))
                } - copies.keys()
    return [copy for cluster in sorted(copies) for copy in copies[cluster]]


_CLUSTER_OF_COPIES = (
    "SELECT nodes.cluster_id FROM copies JOIN texts ON texts.id = copies.text_id"
    " JOIN nodes ON nodes.node_id = texts.node_id WHERE copies.url IN (?, ?)"
)


def _groups(copies: list[_Copy], standing: list[Decision]) -> dict[str, list[_Copy]]:
    """The copies by group, each group's oldest first."""
    names = groups([(copy.url, copy.cluster) for copy in copies], standing)
    found: dict[str, list[_Copy]] = defaultdict(list)
    for copy in sorted(copies, key=lambda copy: copy.age):
        found[names[copy.url]].append(replace(copy, group=names[copy.url]))
    return found


def _copies_of(connection: sqlite3.Connection, cluster: int, standings: Standings) -> list[_Copy]:
    return [
        _Copy(standings.copy(row), name, article_id, cluster)
        for name, article_id, *row in connection.execute(
            f"SELECT sources.name, nullif(copies.article_id, 0), {COLUMNS} FROM nodes"
            " JOIN texts ON texts.node_id = nodes.node_id JOIN copies ON copies.text_id = texts.id"
            " JOIN readings ON readings.id = copies.reading_id JOIN sources ON sources.host = copies.source"
            " WHERE nodes.cluster_id = ? ORDER BY readings.first_fetched_at, copies.url",
            (cluster,),
        ).fetchall()
    ]


def _inherit_ids(everyone: list[_Copy]) -> dict[str, int]:
    """Group → the article id it keeps: that of its oldest copy, unless an older copy elsewhere has it."""
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for copy in sorted(everyone, key=lambda copy: copy.age):
        if copy.article_id is None or copy.group in ids or copy.article_id in taken:
            continue
        ids[copy.group] = copy.article_id
        taken.add(copy.article_id)
    return ids


def _put_article(
    connection: sqlite3.Connection, article_id: int | None, copies: list[_Copy], standings: Standings
) -> tuple[int, bool]:
    """Writes one article and the standing of its copies; returns its id and whether title or text changed."""
    judged = standings.judge([copy.copy for copy in copies])
    old = None if article_id is None else shown_of(connection, article_id)
    values = {**_article_values(connection, judged.kept.copy.id, copies), **judged.values}
    if old is None:  # a new one, or one that a removal hid and that comes back under its number
        number = insert_article(connection, {"id": article_id, **values})
    else:
        assert article_id is not None
        number = article_id
        update_article(connection, number, values)
    standings.write(number, [copy.copy for copy in copies], judged, is_new=old is None)
    shown = (str(values["title"]), str(values["text"]))
    if old != shown:
        index(connection, number, old, shown)
    return number, old != shown


def _article_values(connection: sqlite3.Connection, kept_id: int, copies: list[_Copy]) -> dict[str, object]:
    cursor = connection.execute(
        "SELECT copies.title, texts.text, copies.published, copies.published_day, copies.published_earliest,"
        " copies.published_latest, copies.date_origin, copies.author, copies.language, copies.source,"
        " copies.url, copies.credited_source FROM copies JOIN texts ON texts.id = copies.text_id"
        " WHERE copies.id = ?",
        (kept_id,),
    )
    names = [column[0] for column in cursor.description]
    values = dict(zip(names, cursor.fetchone(), strict=True))
    [name] = {copy.source_name for copy in copies if copy.copy.id == kept_id}
    first_seen = min(copy.copy.first_seen for copy in copies)
    return {**values, "source_name": name, "first_seen": first_seen, "copies": len(copies)}


def _note_moves(
    connection: sqlite3.Connection,
    everyone: list[_Copy],
    ids: Mapping[str, int],
    standing: list[Decision],
    at: str,
) -> None:
    """Writes down which copies came from another article, and why."""
    reasons = {url: d.reason for d in standing for url in (d.url, d.other_url) if url}
    stayed = {copy.group for copy in everyone if copy.article_id == ids[copy.group]}
    connection.executemany(
        "INSERT INTO moves (url, from_article, to_article, reason, at) VALUES (?, ?, ?, ?, ?)",
        [
            (
                copy.url,
                copy.article_id,
                ids[copy.group],
                reasons.get(copy.url, "joined" if copy.group in stayed else "split"),
                at,
            )
            for copy in everyone
            if copy.article_id not in (None, ids[copy.group])
        ],
    )


def _forward(
    connection: sqlite3.Connection, vanished: set[int], everyone: list[_Copy], ids: Mapping[str, int], at: str
) -> int:
    """Deletes articles without copies, each leaving a row that says where its oldest copy went."""
    went: dict[int, int] = {}
    for copy in sorted(everyone, key=lambda copy: copy.age):
        if copy.article_id is not None:
            went.setdefault(copy.article_id, ids[copy.group])
    gone = [
        article_id
        for article_id in sorted(vanished)
        if connection.execute("SELECT 1 FROM copies WHERE article_id = ?", (article_id,)).fetchone() is None
    ]
    for article_id in gone:
        index(connection, article_id, shown_of(connection, article_id), None)
        connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        if article_id in went:
            connection.execute(
                "UPDATE forwards SET new_id = ? WHERE new_id = ?", (went[article_id], article_id)
            )
            connection.execute(
                "INSERT OR REPLACE INTO forwards VALUES (?, ?, 'joined', ?)",
                (article_id, went[article_id], at),
            )
    return len(gone)
