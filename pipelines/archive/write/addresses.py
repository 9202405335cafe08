"""Which readings are one address: from what pages say to rows of `copies`.

In: the addresses and nodes that changed. Out: one copy an address, from the reading that speaks for it; a
page's claim of another address on its own host is believed where all that claim it are one article.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.archive.write.people import corrected

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

UNSETTLED = 0
"""The article of copies that are not settled yet."""

_TAKEN_OVER = (
    "text_id, source, title, published, published_day, published_earliest, published_latest, date_origin,"
    " author, credited_source, language, fetched_at"
)
"""What a copy has from its reading as it is."""


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What regrouping changed."""

    stale: set[int]
    """Articles that the written copies had."""
    added: int
    """How many copies came."""
    former_texts: dict[str, int]
    """Copies that say something else now: URL → the id of the text they had."""


@dataclass(frozen=True, slots=True)
class Row:
    """A reading with the cluster of its text."""

    id: int
    page_url: str
    claimed_url: str | None
    node: int
    cluster: int


def touched_readings(
    connection: sqlite3.Connection, addresses: set[str], clusters: Mapping[int, int]
) -> list[Row]:
    """Readings of the touched nodes and addresses, with all that share a claimed address with them."""
    found: dict[int, Row] = {}
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


def regroup(
    connection: sqlite3.Connection, readings: list[Row], kept_numbers: Mapping[str, tuple[int, int]]
) -> Regrouped:
    """Writes the copies of these readings."""
    believed = _believed_addresses(connection, readings)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in readings:
        own = row.claimed_url if row.claimed_url in believed else row.page_url
        assert own is not None
        groups[own].append(row)
    removed = _delete_copies(connection, [row.id for row in readings])
    former = {**kept_numbers, **{url: (copy.id, copy.article_id) for url, copy in removed.items()}}
    renamed = {copy.reading_id: former[url] for url, copy in removed.items() if url not in groups}
    former_texts: dict[str, int] = {}
    for url, rows in groups.items():
        best = min(rows, key=lambda row: (row.page_url != url, row.page_url))
        numbers = former.get(url) or renamed.get(best.id) or (None, UNSETTLED)
        text_id = _put_copy(connection, url, best.id, numbers)
        if url in removed and removed[url].text_id != text_id:
            former_texts[url] = removed[url].text_id
    return Regrouped({article for _, article in former.values()}, len(groups) - len(former), former_texts)


def _readings(connection: sqlite3.Connection, where: str, *values: object) -> list[Row]:
    """Readings that readers may see: those that an unfinished removal withholds are none."""
    return [
        Row(*row)
        for row in connection.execute(
            "SELECT readings.id, page_url, claimed_url, texts.node_id, nodes.cluster_id FROM readings"
            " JOIN texts ON texts.id = readings.text_id JOIN nodes ON nodes.node_id = texts.node_id"
            f" WHERE ({where})"
            " AND NOT EXISTS (SELECT 1 FROM withheld WHERE withheld.reading_id = readings.id)",
            values,
        )
    ]


def _believed_addresses(connection: sqlite3.Connection, readings: list[Row]) -> set[str]:
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
    row = connection.execute(
        f"INSERT INTO copies (id, article_id, url, reading_id, similarity, kept, {_TAKEN_OVER})"
        f" SELECT ?, ?, ?, id, 0, 0, {_TAKEN_OVER} FROM readings WHERE id = ? RETURNING text_id",
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
