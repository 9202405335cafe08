"""Drawing conclusions: from readings and clusters to copies, articles and the search index.

In: the addresses and clusters that changed. Out: the rows of `copies`, `articles`, `articles_fts`, `forwards`
and `secondary_copies`, as they follow from all facts together; nothing here depends on the order in which the
facts came (ids aside). Only the touched groups are looked at, in three steps: which readings are one address
(a copy), which copies are one piece of news (an article), and which copies hold a second article too.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from pipelines.archive.rules import put_rules
from pipelines.archive.searched import refresh
from pipelines.archive.write.numbering import (
    Member,
    inherit,
    insert_article,
    moves_of,
    note_moves,
    retire,
    shown_of,
    turned_to_other_news,
    update_article,
)
from pipelines.archive.write.people import SPLIT, Decision, corrected, decisions, groups
from pipelines.archive.write.standing import COLUMNS, Standings
from pipelines.archive.write.versions import tied_clusters
from pipelines.catalogue import archive
from pipelines.join import Joiner
from pipelines.join.occasions import Page, occasions
from pipelines.sign import sign

Similarity = Callable[[int, int], float]


@dataclass(frozen=True, slots=True)
class Counts:
    """What changed in a batch."""

    articles_new: int = 0
    articles_updated: int = 0
    copies_joined: int = 0


def conclude(
    connection: sqlite3.Connection,
    addresses: set[str],
    clusters: Mapping[int, int],
    similarity: Similarity,
    at: str,
    *,
    emptied: frozenset[int] = frozenset(),
    former: Mapping[str, tuple[int, int]] | None = None,
    secondary: Mapping[int, Mapping[int, int]] | None = None,
    because: str = "",
) -> Counts:
    """Brings copies and articles up to date with the facts.

    Args:
        connection: inside a transaction.
        addresses: URLs whose readings or claims changed.
        clusters: node id → cluster id, for every node of every component that changed.
        similarity: of two nodes, 0 to 1.
        at: now, UTC.
        emptied: articles whose copies a removal took out, perhaps all of them.
        former: URL → the copy and article numbers that it is to have again after a removal was undone.
        secondary: what `Joiner.secondary` told after the relink that gave `clusters`.
        because: a person's reason, where their word is what changed.
    """
    standings = Standings(connection, similarity)
    readings = _touched_readings(connection, addresses, clusters)
    regrouped = _regroup(connection, readings, former or {})
    stale = regrouped.stale | emptied
    touched = {row.cluster for row in readings} | set(clusters.values()) | _clusters_of(connection, stale)
    settled = _settle_articles(connection, touched, stale, regrouped.former_texts, standings, at, because)
    for article_id in standings.articles_to_judge_again():
        _judge_again(connection, article_id, standings)
    left = stale | {copy.article_id for copy in settled.copies if copy.article_id is not None}
    _put_secondary(connection, secondary or {}, {copy.copy.node for copy in settled.copies}, left)
    new, vanished = settled.new, settled.vanished
    joined = max(0, regrouped.added - (new - vanished))  # where copies parted, fewer came together than came
    return Counts(articles_new=new, articles_updated=settled.updated, copies_joined=joined)


_PROGRESS = "rejoined_to"
_AT_ONCE = 64
"""Texts a transaction: articles with copies in several slices are concluded once a slice."""


def rejoin_some(connection: sqlite3.Connection, joiner: Joiner, at: str) -> Counts | None:
    """Joins the next texts again; None, and the next call begins anew, where all are done.

    Args:
        connection: inside a transaction.
        joiner: over the same connection.
        at: now, UTC.
    """
    texts = _next_texts(connection)
    connection.execute("DELETE FROM meta WHERE key = ?", (_PROGRESS,))
    if not texts:
        put_rules(connection)
        return None
    connection.execute("INSERT INTO meta VALUES (?, ?)", (_PROGRESS, str(max(texts))))
    for node, text in texts.items():
        joiner.remove(node)
        joiner.add(sign(text))
    clusters = joiner.relink()
    for node in texts:
        row = connection.execute("SELECT cluster_id FROM nodes WHERE node_id = ?", (node,)).fetchone()
        clusters[node] = row[0]
    return conclude(connection, set(), clusters, joiner.similarity, at, secondary=joiner.secondary())


def _next_texts(connection: sqlite3.Connection) -> dict[int, str]:
    """Nodes after those that are done, with a text that each stands for."""
    after = connection.execute("SELECT value FROM meta WHERE key = ?", (_PROGRESS,)).fetchone()
    return dict(
        connection.execute(
            "SELECT node_id, (SELECT text FROM texts WHERE texts.node_id = nodes.node_id LIMIT 1) FROM nodes"
            " WHERE ?1 IS NULL OR node_id > ?1 ORDER BY node_id LIMIT ?2",
            (after and int(after[0]), _AT_ONCE),
        )
    )


def _clusters_of(connection: sqlite3.Connection, articles: set[int]) -> set[int]:
    return {
        row[0]
        for article in articles
        for row in connection.execute(
            "SELECT nodes.cluster_id FROM copies JOIN texts ON texts.id = copies.text_id"
            " JOIN nodes ON nodes.node_id = texts.node_id WHERE copies.article_id = ?",
            (article,),
        )
    }


# Readings of one address are a copy ------------------------------------------------------------

UNSETTLED = 0
"""The article of copies that are not settled yet."""


@dataclass(frozen=True, slots=True)
class _Regrouped:
    """What regrouping changed."""

    stale: set[int]
    """Articles that the written copies had."""
    added: int
    """How many copies came."""
    former_texts: dict[str, int]
    """Copies that say something else now: URL → the id of the text they had."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A reading with the cluster of its text."""

    id: int
    page_url: str
    claimed_url: str | None
    node: int
    cluster: int


def _touched_readings(
    connection: sqlite3.Connection, addresses: set[str], clusters: Mapping[int, int]
) -> list[_Read]:
    """Readings of the touched nodes and addresses, with all that share a claimed address with them."""
    found: dict[int, _Read] = {}
    todo = set(addresses)
    for node in clusters:
        for row in _readings(connection, "texts.node_id = ?", node):
            todo.update(url for url in (row.page_url, row.claimed_url) if url)
            found[row.id] = row
    seen: set[str] = set()
    while todo:
        address = todo.pop()
        seen.add(address)
        for row in _readings(
            connection, "readings.page_url = ? OR readings.claimed_url = ?", address, address
        ):
            found[row.id] = row
            todo.update(url for url in (row.page_url, row.claimed_url) if url and url not in seen)
    return sorted(found.values(), key=lambda row: row.page_url)


def _regroup(
    connection: sqlite3.Connection, readings: list[_Read], kept_numbers: Mapping[str, tuple[int, int]]
) -> _Regrouped:
    """Writes the copies of these readings."""
    believed = _believed_addresses(connection, readings)
    groups: dict[str, list[_Read]] = defaultdict(list)
    fetched = {row.page_url for row in readings}
    claimants: dict[str, list[_Read]] = defaultdict(list)
    for row in readings:
        own = row.claimed_url if row.claimed_url in believed else row.page_url
        assert own is not None
        claimants[own].append(row)
    for url, rows in claimants.items():  # what was never fetched may lead nowhere, and is nobody's address
        groups[url if url in fetched else min(row.page_url for row in rows)] += rows
    removed = _delete_copies(connection, [row.id for row in readings])
    former = {**kept_numbers, **{url: (copy.id, copy.article_id) for url, copy in removed.items()}}
    renamed = {copy.reading_id: former[url] for url, copy in removed.items() if url not in groups}
    former_texts: dict[str, int] = {}
    for url, rows in groups.items():
        best = min(rows, key=lambda row: (row.page_url != url, row.page_url))
        moved = (renamed[row.id] for row in (best, *rows) if row.id in renamed)
        numbers = former.get(url) or next(moved, (None, UNSETTLED))
        text_id = _put_copy(connection, url, best.id, numbers)
        if url in removed and removed[url].text_id != text_id:
            former_texts[url] = removed[url].text_id
    return _Regrouped({article for _, article in former.values()}, len(groups) - len(former), former_texts)


def _readings(connection: sqlite3.Connection, where: str, *values: object) -> list[_Read]:
    """Readings that readers may see: none that an unfinished removal withholds, and no lists."""
    return [
        _Read(*row)
        for row in connection.execute(
            "SELECT readings.id, page_url, claimed_url, texts.node_id, nodes.cluster_id FROM readings"
            " JOIN texts ON texts.id = readings.text_id JOIN nodes ON nodes.node_id = texts.node_id"
            f" WHERE ({where})"
            " AND NOT EXISTS (SELECT 1 FROM withheld WHERE withheld.reading_id = readings.id)"
            " AND NOT EXISTS (SELECT 1 FROM listed WHERE listed.reading_id = readings.id)",
            values,
        )
    ]


def _believed_addresses(connection: sqlite3.Connection, readings: list[_Read]) -> set[str]:
    """Claimed addresses whose claimants are one article, and which are not known to be no article."""
    clusters: dict[str, set[int]] = defaultdict(set)
    claimed = {row.claimed_url for row in readings if row.claimed_url}
    for row in readings:
        for url in {row.page_url, row.claimed_url} & claimed:
            assert url is not None
            clusters[url].add(row.cluster)
    return {
        url
        for url, members in clusters.items()
        if len(members) == 1
        and connection.execute("SELECT 1 FROM rejections WHERE url = ?", (url,)).fetchone() is None
    }


@dataclass(frozen=True, slots=True)
class _Removed:
    """A copy that was taken out to be written again."""

    id: int
    article_id: int
    text_id: int
    reading_id: int


def _delete_copies(connection: sqlite3.Connection, reading_ids: Iterable[int]) -> dict[str, _Removed]:
    """Takes the readings' copies out, by their URLs; their numbers are kept on return."""
    removed: dict[str, _Removed] = {}
    for reading_id in reading_ids:
        row = connection.execute(
            "DELETE FROM copies WHERE reading_id = ? RETURNING url, id, article_id, text_id", (reading_id,)
        ).fetchone()
        if row is not None:
            url, copy_id, article_id, text_id = row
            removed[url] = _Removed(copy_id, article_id, text_id, reading_id)
    return removed


def _put_copy(
    connection: sqlite3.Connection, url: str, reading_id: int, numbers: tuple[int | None, int]
) -> int:
    """One copy from its reading, under the numbers of copy and article that it had; returns its text."""
    said = ", ".join(_shared_columns("copies", "readings"))
    row = connection.execute(
        f"INSERT INTO copies (id, article_id, url, reading_id, similarity, kept, {said})"
        f" SELECT ?, ?, ?, id, 0, 0, {said} FROM readings WHERE id = ? RETURNING text_id",
        (*numbers, url, reading_id),
    ).fetchone()
    _correct(connection, url, reading_id)
    return int(row[0])


def _correct(connection: sqlite3.Connection, url: str, reading_id: int) -> None:
    """What people said of this page stands above what was read."""
    page_url, time_zone = connection.execute(
        "SELECT page_url, time_zone FROM readings JOIN sources ON sources.host = readings.source"
        " WHERE readings.id = ?",
        (reading_id,),
    ).fetchone()
    for column, value in corrected(connection, page_url, time_zone).items():
        connection.execute(f"UPDATE copies SET {column} = ? WHERE url = ?", (value, url))


@cache
def _shared_columns(table: str, said_in: str) -> tuple[str, ...]:
    """What a row has from another as it is: the columns of both by one name, but for their own numbers."""
    return tuple(
        name for name in archive()[table].columns if name in archive()[said_in].columns and name != "id"
    )


# Copies of one piece of news are an article ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Settled:
    """What settling changed."""

    copies: list[Member]
    new: int
    updated: int
    vanished: int


def _settle_articles(
    connection: sqlite3.Connection,
    touched: set[int],
    stale: set[int],
    former_texts: Mapping[str, int],
    standings: Standings,
    at: str,
    because: str = "",
) -> _Settled:
    """Gives every touched group its article; says how many are new, changed and gone.

    Args:
        connection: inside a transaction.
        touched: clusters of which texts or copies changed.
        stale: articles that lost copies.
        former_texts: copies that say something else now: URL → the text that they had.
        standings: over the same connection.
        at: now, UTC.
        because: a person's reason, where their word is what changed.
    """
    standing = decisions(connection)
    groups = _groups(
        _touched_copies(connection, touched, standing, standings), standing, standings.similarity
    )
    everyone = [copy for copies in groups.values() for copy in copies]
    turned = turned_to_other_news(connection, everyone, former_texts)
    ids = inherit(connection, everyone, turned)
    formerly = stale | {copy.article_id for copy in everyone if copy.article_id}
    connection.executemany("UPDATE copies SET kept = 0 WHERE id = ?", [(copy.copy.id,) for copy in everyone])
    new = updated = 0
    shown: dict[int, tuple[str, str] | None] = {}
    for group in sorted(groups):
        article_id, before, changed = _put_article(connection, ids.get(group), groups[group], standings)
        new += group not in ids
        updated += group in ids and changed
        ids[group] = article_id
        shown[article_id] = before
    refresh(connection, shown)
    moves = moves_of(everyone, ids, turned, because)
    note_moves(connection, moves, at)
    vanished = retire(connection, formerly - set(ids.values()), moves, ids.values(), at)
    return _Settled(everyone, new, updated, vanished)


def _judge_again(connection: sqlite3.Connection, article_id: int, standings: Standings) -> None:
    """An article whose copies are the same, where other pages of a credited source came or went."""
    copies = standings.copies_of_article(article_id)
    judged = standings.judge(copies)
    update_article(connection, article_id, judged.values)
    standings.write(article_id, copies, judged, is_new=False)


def _touched_copies(
    connection: sqlite3.Connection, touched: set[int], standing: list[Decision], standings: Standings
) -> list[Member]:
    """The copies of the touched clusters, and of those that versions or a person's joins tie to them.

    Clusters that versions tie are one from here on, named by the lowest of them.
    """
    copies: dict[int, list[Member]] = {}
    ties: dict[int, set[int]] = {}
    todo = set(touched)
    while todo:
        cluster = todo.pop()
        copies[cluster] = _copies_of(connection, cluster, standings)
        ties[cluster] = tied_clusters(connection, cluster)
        todo |= ties[cluster] - copies.keys()
        urls = {copy.url for copy in copies[cluster]}
        for decision in standing:
            if decision.kind == "join" and {decision.url, decision.other_url} & urls:
                todo |= {
                    row[0]
                    for row in connection.execute(_CLUSTER_OF_COPIES, (decision.url, decision.other_url))
                } - copies.keys()
    lowest = _lowest_tied(ties)
    return [replace(copy, cluster=lowest[cluster]) for cluster in sorted(copies) for copy in copies[cluster]]


def _lowest_tied(ties: Mapping[int, set[int]]) -> dict[int, int]:
    """Cluster → the lowest of those that ties connect it with."""
    lowest = {cluster: cluster for cluster in ties}
    for cluster, others in ties.items():
        ends = {lowest[one] for one in (cluster, *others)}
        if len(ends) > 1:
            lowest = {one: min(ends) if low in ends else low for one, low in lowest.items()}
    return lowest


_CLUSTER_OF_COPIES = (
    "SELECT nodes.cluster_id FROM copies JOIN texts ON texts.id = copies.text_id"
    " JOIN nodes ON nodes.node_id = texts.node_id WHERE copies.url IN (?, ?)"
)


def _groups(
    copies: list[Member], standing: list[Decision], similarity: Similarity
) -> dict[str, list[Member]]:
    """The copies by group, each group's oldest first."""
    names = groups(_parts(copies, similarity), standing)
    found: dict[str, list[Member]] = defaultdict(list)
    for copy in sorted(copies, key=lambda copy: copy.age):
        name = names[copy.url]
        found[name].append(replace(copy, group=name, is_split=name.startswith(SPLIT)))
    return found


def _parts(copies: list[Member], similarity: Similarity) -> dict[str, str]:
    """Copy URL → the name of its cluster, or of a part of it where a site has several notices of one form."""
    clusters: dict[int, list[Member]] = defaultdict(list)
    for copy in copies:
        clusters[copy.cluster].append(copy)
    names: dict[str, str] = {}
    for cluster, members in clusters.items():
        pages = [Page(one.url, one.copy.source, one.headline, one.copy.day, one.copy.node) for one in members]
        for url, part in occasions(pages, similarity).items():
            names[url] = f"cluster {cluster}" + (f" {part}" if part else "")
    return names


def _copies_of(connection: sqlite3.Connection, cluster: int, standings: Standings) -> list[Member]:
    return [
        Member(standings.copy(row), name, article_id, cluster, title)
        for name, article_id, title, *row in connection.execute(
            f"SELECT sources.name, nullif(copies.article_id, 0), copies.title, {COLUMNS} FROM nodes"
            " JOIN texts ON texts.node_id = nodes.node_id JOIN copies ON copies.text_id = texts.id"
            " JOIN readings ON readings.id = copies.reading_id JOIN sources ON sources.host = copies.source"
            " WHERE nodes.cluster_id = ? ORDER BY readings.first_fetched_at, copies.url",
            (cluster,),
        ).fetchall()
    ]


def _put_article(
    connection: sqlite3.Connection, article_id: int | None, copies: list[Member], standings: Standings
) -> tuple[int, tuple[str, str] | None, bool]:
    """Writes one article and the standing of its copies.

    Returns its id, the title and text that it showed before, and whether these are others now.
    """
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
    return number, old, old != (values["title"], values["text"])


def _article_values(connection: sqlite3.Connection, kept_id: int, copies: list[Member]) -> dict[str, object]:
    said = _shared_columns("articles", "copies")
    listed = ", ".join(f"copies.{name}" for name in said)
    sql = (
        f"SELECT texts.text, {listed} FROM copies JOIN texts ON texts.id = copies.text_id WHERE copies.id = ?"
    )
    values = dict(zip(("text", *said), connection.execute(sql, (kept_id,)).fetchone(), strict=True))
    [name] = {copy.source_name for copy in copies if copy.copy.id == kept_id}
    first_seen = min(copy.copy.first_seen for copy in copies)
    return {**values, "source_name": name, "first_seen": first_seen, "copies": len(copies)}


# A page of two articles belongs to both --------------------------------------------------------


def _put_secondary(
    connection: sqlite3.Connection,
    told: Mapping[int, Mapping[int, int]],
    nodes: Iterable[int],
    articles: Iterable[int],
) -> None:
    """Attaches the copies that hold two articles to the other one of them.

    Args:
        connection: inside the transaction that wrote the copies.
        told: which other clusters' articles texts hold, as `Joiner.secondary` told it after a relink.
        nodes: texts of which copies came or moved to another article.
        articles: those that copies may have left, so that what was attached to them may be no more.
    """
    holding = _put_secondary_nodes(connection, told)
    holding |= {
        row[0]
        for row in connection.execute(
            "SELECT texts.node_id FROM secondary_copies held JOIN copies ON copies.id = held.copy_id"
            " JOIN texts ON texts.id = copies.text_id"
            " WHERE held.article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(articles)),),
        )
    }
    listed = json.dumps(list(nodes))
    for column in ("node_id", "other_id"):
        holding |= {
            row[0]
            for row in connection.execute(
                f"SELECT node_id FROM secondary_nodes WHERE {column} IN (SELECT value FROM json_each(?))",
                (listed,),
            )
        }
    for node in sorted(holding):
        connection.execute(
            "DELETE FROM secondary_copies WHERE copy_id IN"
            " (SELECT copies.id FROM copies JOIN texts ON texts.id = copies.text_id WHERE texts.node_id = ?)",
            (node,),
        )
        connection.execute(_ATTACH, (node,))


def _put_secondary_nodes(connection: sqlite3.Connection, told: Mapping[int, Mapping[int, int]]) -> set[int]:
    """Stores what was told; returns the texts that held another article before or do now."""
    gone = connection.execute(
        "DELETE FROM secondary_nodes WHERE node_id IN (SELECT value FROM json_each(?)) RETURNING node_id",
        (json.dumps(list(told)),),
    ).fetchall()
    rows = [(node, cluster, other) for node, others in told.items() for cluster, other in others.items()]
    connection.executemany(
        "INSERT INTO secondary_nodes SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM nodes WHERE node_id = ?1)",
        rows,
    )
    return {row[0] for row in gone} | {node for node, _, _ in rows}


_ATTACH = (
    "INSERT INTO secondary_copies SELECT DISTINCT theirs.article_id, ours.id, pairs.similarity,"
    " pairs.containment FROM secondary_nodes held"
    " JOIN texts text ON text.node_id = held.node_id JOIN copies ours ON ours.text_id = text.id"
    " JOIN texts other ON other.node_id = held.other_id JOIN copies theirs ON theirs.text_id = other.id"
    " JOIN pairs ON pairs.node_a = min(held.node_id, held.other_id)"
    " AND pairs.node_b = max(held.node_id, held.other_id)"
    " WHERE held.node_id = ? AND theirs.article_id <> ours.article_id"
    " ON CONFLICT DO UPDATE SET similarity = max(similarity, excluded.similarity),"
    " contained = max(contained, excluded.contained)"
)
