"""Proving a removal: every file searched, every table asked, every hit attributed to whom it belongs.

In: the archive, the crawl store and the removal as recorded. Out: what `removals.verification` holds: numbers
and names of files and sources, and no word. Deletes nothing but the mentions that were ordered to go.

Making the archive's file forget, and proving that it did: index, log, rows, terms, values.

In: an archive after its rows were deleted. Out: a file without what they held, and the counts that a
verification is made of. Searching the bytes of files is pipelines/forget/residue.py's part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.archive.kept_out.blocks import read_blocklist, read_salt
from pipelines.forget.exports import exports_in
from pipelines.forget.files import check_index, rows_left, seeker, values
from pipelines.forget.residue import START_BYTES, held_by, in_own_process, search_files, search_pages
from pipelines.forget.snapshot import backups_below
from pipelines.store import store_path

if TYPE_CHECKING:
    from pipelines.forget.hide import RemovalArchive
    from pipelines.forget.passages import Hashes, Seeker
    from pipelines.forget.record import Removal
    from pipelines.forget.residue import FileFound, Mentions
    from pipelines.store import CrawlStore


_NONE: Hashes = np.empty(0, dtype=np.uint64)


def verification(archive: RemovalArchive, store: CrawlStore, removal: Removal) -> dict[str, Any]:
    """What is left of a removal, and whose it is."""
    looks = seeker(archive.connection, removal.id)
    mentions, deleted = _mentions(store, looks, are_to_go=removal.mentions)
    all_files = in_own_process(
        search_files,
        archive.path.parent,
        read_salt(archive.connection),
        looks.known,
        store.frame_starts(START_BYTES),
    )
    files = [file for file in all_files if "/" not in file.name]
    lawful, owners = _lawful(archive, store, looks, all_files, mentions)
    exports = exports_in(archive.path.parent)
    troubles = [*check_index(archive.connection), *_rows_left(archive, store, removal.id)]
    report, needs_vacuum = [], []
    for file in files:
        residue = len(np.setdiff1d(file.passages, _owned(lawful, file.name)))
        if residue and file.name in lawful:
            needs_vacuum.append(file.name)
        if residue and file.name not in exports:
            troubles.append(f"{file.name} holds {residue} removed passages")
        report.append(
            {"file": file.name, "bytes": file.size, "shared": len(file.passages) - residue, "left": residue}
        )
    return {
        "verified": not troubles,
        "passages": len(looks.known),
        "files": report,
        "shared_with": owners,
        "mentions": mentions.by_source,
        "mentions_deleted": deleted,
        "exports": sorted(exports),
        "elsewhere": _elsewhere(all_files, lawful),
        "not_searched": [file.name for file in all_files if file.is_opaque],
        "backups": backups_below(archive.path.parent),
        "troubles": troubles,
        "needs_vacuum": needs_vacuum,
    }


def _elsewhere(files: list[FileFound], lawful: dict[str, Hashes]) -> list[dict[str, Any]]:
    """Files in folders within that hold what no survivor holds: drawings, exports, another archive.

    They are not ours to change, and do not keep the removal from being verified; they are named.
    """
    shared = np.concatenate([_NONE, *lawful.values()])
    within = [(file, len(np.setdiff1d(file.passages, shared))) for file in files if "/" in file.name]
    return [{"file": file.name, "bytes": file.size, "left": left} for file, left in within if left]


def _mentions(store: CrawlStore, looks: Seeker, *, are_to_go: bool) -> tuple[Mentions, int]:
    """Raw pages of others that hold removed passages and stay, and how many were deleted as ordered."""
    found = search_pages(store, looks)
    if not (are_to_go and found.page_ids):
        return found, 0
    store.delete_pages(found.page_ids)
    store.forget_files(vacuum=False)
    return search_pages(store, looks), len(found.page_ids)


def _lawful(
    archive: RemovalArchive, store: CrawlStore, looks: Seeker, files: list[FileFound], mentions: Mentions
) -> tuple[dict[str, Hashes], dict[str, int]]:
    """The passages that survivors hold in each of the two databases, and how many texts of each owner do."""
    in_archive, in_store = _NONE, mentions.passages
    counts = [mentions.by_source]
    if any(len(file.passages) for file in files):
        in_archive, owners = held_by(looks, values(archive.connection))
        plainly, store_owners = held_by(looks, store.values())
        in_store = np.union1d(in_store, plainly)
        counts += [owners, store_owners]
    return {archive.path.name: in_archive, store_path(archive.path).name: in_store}, _added(counts)


def _owned(lawful: dict[str, Hashes], name: str) -> Hashes:
    """What survivors hold in a file; a database's log and index of the log hold what it holds."""
    return next((held for database, held in lawful.items() if name.startswith(database)), _NONE)


def _rows_left(archive: RemovalArchive, store: CrawlStore, removal_id: int) -> list[str]:
    mine = read_blocklist(archive.connection, removal_id)
    left = rows_left(archive.connection, mine.blocks)
    for name, number in store.count_blocked(mine.blocks, mine.blocks_host).items():
        if number:
            left[f"{name} (crawl store)"] = number
    return [f"{number} rows of {name}" for name, number in left.items()]


def _added(counts: list[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for name, number in count.items():
            total[name] = total.get(name, 0) + number
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))
