"""The account of one copy: why it belongs to its article, what it changed, where its fields came from.

In: a connection, the copy's row, those of its article and the pairs that joined them. Out: a ShownCopy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.archive.read import articles as read
from pipelines.archive.read import standing as standing_read
from pipelines.archive.write.facts import gone_pages
from pipelines.compare import sentence_changes
from pipelines.join import Verdict, explain
from pipelines.records import Claim, Field, Right, Stripped
from pipelines.show.records import Evidence, ShownCopy, ShownVersion

if TYPE_CHECKING:
    import sqlite3

    from pipelines.show.records import Decided


def shown_copy(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    rows: list[sqlite3.Row],
    pairs: list[sqlite3.Row],
    names: dict[str, str],
    decided: tuple[Decided, ...] = (),
) -> ShownCopy:
    evidence = _evidence(row, rows, pairs)
    return ShownCopy(
        url=row["url"],
        source=row["source"],
        source_name=names.get(row["source"], row["source"]),
        title=row["title"],
        text=row["text"],
        published=row["published"],
        published_day=row["published_day"],
        date_origin=row["date_origin"],
        author=row["author"],
        credited_source=row["credited_source"],
        language=row["language"],
        fetched_at=row["fetched_at"],
        encoding=row["encoding"],
        similarity=row["similarity"],
        kept=bool(row["kept"]),
        why=_why(row, rows, evidence, decided),
        evidence=evidence,
        variants=tuple(read.variants(connection, row["url"], row["source"])),
        origins=_origins(connection, row),
        stripped=tuple(Stripped(*piece) for piece in read.stripped_pieces(connection, row["reading_id"])),
        claims=tuple(Claim(*claim) for claim in read.claims(connection, row["reading_id"])),
        rights=tuple(Right(*right) for right in read.rights(connection, row["reading_id"])),
        gone_at=gone_pages(connection, [row["page_url"]]).get(row["page_url"], (None, 0))[0],
        credited_source_status=row["credited_source_status"],
        versions=_versions(connection, row["reading_id"]),
    )


def in_words(verdict: str, pair: sqlite3.Row) -> str:
    return explain(
        Verdict(
            verdict,
            pair["reason"],
            pair["containment"],
            pair["similarity"],
            pair["numbers_shared"],
            pair["numbers_differ"],
            pair["exchanges"],
            pair["names_differ"],
        )
    )


def _versions(connection: sqlite3.Connection, reading_id: int) -> tuple[ShownVersion, ...]:
    """Each version with what it changed, where the page did not always say the same."""
    shown: list[ShownVersion] = []
    before: tuple[str, str] | None = None
    for fetched_at, title, text in standing_read.versions(connection, reading_id):
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
            evidence = Evidence(
                url=url_of[other],
                rule=pair["reason"],
                containment=pair["containment"],
                similarity=pair["similarity"],
                numbers_shared=pair["numbers_shared"],
                numbers_differ=pair["numbers_differ"],
                names_differ=pair["names_differ"],
                words=in_words("same", pair),
            )
            found.append((other != kept_node, evidence))
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
    return "joined by a person's word"


def _origins(connection: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Field]:
    columns = row.keys()
    return {
        origin["field"]: Field(
            value=str(row[origin["field"]]) if origin["field"] in columns else "",
            origin=origin["origin"],
            evidence=origin["evidence"],
        )
        for origin in read.origins(connection, row["reading_id"])
    }
