"""Drawing conclusions: from readings and clusters to copies, articles and the search index.

In: the addresses and clusters that changed. Out: the rows of `copies`, `articles`, `articles_fts` and
`forwards`, as they follow from all facts together; nothing here depends on the order in which the
facts came (ids aside). Only the touched groups are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.archive.people import corrected, decisions, groups
from pipelines.archive.secondary import put_secondary
from pipelines.archive.standing import COLUMNS, Standings
from pipelines.spelling import spell

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping

    from pipelines.archive.people import Decision
    from pipelines.standing import Copy

    Similarity = Callable[[int, int], float]


@dataclass(frozen=True, slots=True)
class Counts:
    """What changed in a batch."""

    articles_new: int = 0
    articles_updated: int = 0
    copies_joined: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    """A reading with the cluster of its text."""

    id: int
    page_url: str
    claimed_url: str | None
    node: int
    cluster: int


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
    """
    standings = Standings(connection, similarity)
    readings = _touched_readings(connection, addresses, clusters)
    stale, copies_added = _regroup(connection, readings, former or {})
    stale |= emptied
    touched = {row.cluster for row in readings} | set(clusters.values()) | _clusters_of(connection, stale)
    settled = _settle_articles(connection, touched, stale, standings, at)
    for article_id in standings.articles_to_judge_again():
        _judge_again(connection, article_id, standings)
    left = stale | {copy.article_id for copy in settled.copies if copy.article_id is not None}
    put_secondary(connection, secondary or {}, {copy.copy.node for copy in settled.copies}, left)
    new, vanished = settled.new, settled.vanished
    return Counts(
        articles_new=new, articles_updated=settled.updated, copies_joined=copies_added - (new - vanished)
    )


# Copies: which readings are one address --------------------------------------------------------


def _touched_readings(
    connection: sqlite3.Connection, addresses: set[str], clusters: Mapping[int, int]
) -> list[_Row]:
    """Readings of the touched nodes and addresses, with all that share a claimed address with them."""
    found: dict[int, _Row] = {}
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


def _readings(connection: sqlite3.Connection, where: str, *values: object) -> list[_Row]:
    """Readings that readers may see: those that an unfinished removal withholds are none."""
    return [
        _Row(*row)
        for row in connection.execute(
            "SELECT readings.id, page_url, claimed_url, texts.node_id, nodes.cluster_id FROM readings"
            " JOIN texts ON texts.id = readings.text_id JOIN nodes ON nodes.node_id = texts.node_id"
            f" WHERE ({where})"
            " AND NOT EXISTS (SELECT 1 FROM withheld WHERE withheld.reading_id = readings.id)",
            values,
        )
    ]


def _regroup(
    connection: sqlite3.Connection, readings: list[_Row], kept_numbers: Mapping[str, tuple[int, int]]
) -> tuple[set[int], int]:
    """Writes the copies of these readings; returns the articles that had them and how many copies came."""
    believed = _believed_addresses(connection, readings)
    groups: dict[str, list[_Row]] = defaultdict(list)
    for row in readings:
        own = row.claimed_url if row.claimed_url in believed else row.page_url
        assert own is not None
        groups[own].append(row)
    former = {**kept_numbers, **_delete_copies(connection, [row.id for row in readings])}
    for url, rows in groups.items():
        best = min(rows, key=lambda row: (row.page_url != url, row.page_url))
        _put_copy(connection, url, best.id, former)
    return {article for _, article in former.values()}, len(groups) - len(former)


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


def _believed_addresses(connection: sqlite3.Connection, readings: list[_Row]) -> set[str]:
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


def _delete_copies(connection: sqlite3.Connection, reading_ids: Iterable[int]) -> dict[str, tuple[int, int]]:
    """Takes the readings' copies out; url → (copy id, article id), so that both ids are kept on return."""
    removed: dict[str, tuple[int, int]] = {}
    for reading_id in reading_ids:
        row = connection.execute(
            "DELETE FROM copies WHERE reading_id = ? RETURNING url, id, article_id", (reading_id,)
        ).fetchone()
        if row is not None:
            removed[row[0]] = (row[1], row[2])
    return removed


def _put_copy(
    connection: sqlite3.Connection, url: str, reading_id: int, former: Mapping[str, tuple[int, int]]
) -> None:
    """One copy from its reading; without a former article it waits under article 0 to be settled."""
    copy_id, article_id = former.get(url, (None, _UNSETTLED))
    connection.execute(
        f"INSERT INTO copies (id, article_id, url, reading_id, similarity, kept, {_TAKEN_OVER})"
        f" SELECT ?, ?, ?, id, 0, 0, {_TAKEN_OVER} FROM readings WHERE id = ?",
        (copy_id, article_id, url, reading_id),
    )
    _correct(connection, url, reading_id)


def _correct(connection: sqlite3.Connection, url: str, reading_id: int) -> None:
    """What people said of this page stands above what was read."""
    page_url, time_zone = connection.execute(
        "SELECT page_url, time_zone FROM readings JOIN sources ON sources.host = readings.source"
        " WHERE readings.id = ?",
        (reading_id,),
    ).fetchone()
    for column, value in corrected(connection, page_url, time_zone).items():
        connection.execute(f"UPDATE copies SET {column} = ? WHERE url = ?", (value, url))


_UNSETTLED = 0

_TAKEN_OVER = (
    "text_id, source, title, published, published_day, published_earliest, published_latest, date_origin,"
    " author, credited_source, language, fetched_at"
)
"""What a copy has from its reading as it is."""

# Articles: which copies are one piece of news --------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Settled:
    copies: list[_Copy]
    new: int
    updated: int
    vanished: int


def _settle_articles(
    connection: sqlite3.Connection, touched: set[int], stale: set[int], standings: Standings, at: str
) -> _Settled:
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
    return _Settled(everyone, new, updated, vanished)


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
    old = None if article_id is None else _shown(connection, article_id)
    values = {**_article_values(connection, judged.kept.copy.id, copies), **judged.values}
    if old is None:  # a new one, or one that a removal hid and that comes back under its number
        number = _insert_article(connection, {"id": article_id, **values})
    else:
        assert article_id is not None
        number = article_id
        _update_article(connection, number, values)
    standings.write(number, [copy.copy for copy in copies], judged, is_new=old is None)
    shown = (str(values["title"]), str(values["text"]))
    if old != shown:
        _index(connection, number, old, shown)
    return number, old != shown


def _judge_again(connection: sqlite3.Connection, article_id: int, standings: Standings) -> None:
    """An article whose copies are the same, where other pages of a credited source came or went."""
    copies = standings.copies_of_article(article_id)
    judged = standings.judge(copies)
    _update_article(connection, article_id, judged.values)
    standings.write(article_id, copies, judged, is_new=False)


def _update_article(connection: sqlite3.Connection, article_id: int, values: Mapping[str, object]) -> None:
    marks = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE articles SET {marks} WHERE id = ?", (*values.values(), article_id))


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


def _insert_article(connection: sqlite3.Connection, values: Mapping[str, object]) -> int:
    cursor = connection.execute(
        f"INSERT INTO articles ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        tuple(values.values()),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _shown(connection: sqlite3.Connection, article_id: int) -> tuple[str, str] | None:
    row = connection.execute("SELECT title, text FROM articles WHERE id = ?", (article_id,)).fetchone()
    return None if row is None else (row[0], row[1])


def _index(
    connection: sqlite3.Connection, article_id: int, old: tuple[str, str] | None, new: tuple[str, str] | None
) -> None:
    """Replaces an article's entry in the search index; a contentless index must be told the old text."""
    if old is not None:
        connection.execute(
            "INSERT INTO articles_fts (articles_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (article_id, *map(spell, old)),
        )
    if new is not None:
        connection.execute(
            "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", (article_id, *map(spell, new))
        )


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
        _index(connection, article_id, _shown(connection, article_id), None)
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
