"""Backups of an archive as one state: archive, crawl store and ledger of removals together.

In: an archive, a folder. Out: a folder with the files as they were at one moment and a list of them with
their SHA-256, or an archive put back from it. The ledger that lies beside the archive is never put back:
an older archive is refused until the removals since were applied to it again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.archive.file import copy_together, missing, storage_errors
from pipelines.archive.kept_out.ledger import ledger_path, read_ledger
from pipelines.archive.write.numbering import give_numbers_after, last_number
from pipelines.errors import RefusedError, StorageError
from pipelines.store import store_path
from pipelines.utc import iso

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "backup.json"
_NAMES = ("archive.db", "archive-pages.db", "archive-removals.jsonl")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    made_at: str
    files: dict[str, str]
    """Name → SHA-256."""


def back_up(archive_path: Path, folder: Path) -> Backup:
    """Copies all files as they are at one moment; a crawl and readers go on meanwhile.

    Raises:
        StorageError: there is no archive, the folder is not empty, or the disk is full.
    """
    if not archive_path.exists():
        raise missing(archive_path)
    if folder.exists() and any(folder.iterdir()):
        raise StorageError(f"{folder}: not empty; name a new folder")
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        archive, store, ledger = (folder / name for name in _NAMES)
        _copy_databases(archive_path, archive, store)
        if ledger_path(archive_path).exists():
            shutil.copyfile(ledger_path(archive_path), ledger)
        files = {path.name: _sha256(path) for path in (archive, store, ledger) if path.exists()}
        backup = Backup(iso(datetime.now(UTC)), files)
        text = json.dumps({"made_at": backup.made_at, "files": files}, indent=2)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return backup


def backups_below(folder: Path) -> list[str]:
    """Paths of the folders within that hold a backup."""
    return sorted(
        manifest.parent.relative_to(folder).as_posix() for manifest in folder.glob(f"*/**/{MANIFEST}")
    )


def restore(folder: Path, archive_path: Path, *, replace: bool = False) -> Backup:
    """Puts a backup back; the present files go aside first and are deleted once it is complete.

    Raises:
        RefusedError: the backup is damaged, or there is an archive and `replace` was not said, or the
            ledgers do not belong to each other.
        StorageError: a file cannot be read or written.
    """
    backup = _checked(folder)
    targets = dict(
        zip(_NAMES, (archive_path, store_path(archive_path), ledger_path(archive_path)), strict=True)
    )
    if archive_path.exists() and not replace:
        raise RefusedError(
            f"{archive_path}: there is an archive here; say --replace, or name another with --db"
        )
    _check_ledgers(folder / _NAMES[2], targets[_NAMES[2]])
    given = last_number(archive_path)
    with storage_errors(archive_path):
        archive_path.parent.mkdir(parents=True, exist_ok=True)
        for name, target in targets.items():
            if name in backup.files and not (name == _NAMES[2] and target.exists()):
                _put(folder / name, target)
        give_numbers_after(archive_path, given)
    return backup


def _copy_databases(archive_path: Path, archive: Path, store: Path) -> None:
    """Both files at one moment: no one may write while each copy's view of its file begins."""
    pairs = [(archive_path, archive)]
    if store_path(archive_path).exists():
        pairs.append((store_path(archive_path), store))
    copy_together(pairs)


def _checked(folder: Path) -> Backup:
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        backup = Backup(str(said["made_at"]), dict(said["files"]))
        damaged = [name for name, digest in backup.files.items() if _sha256(folder / name) != digest]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{folder}: not a backup, or not a whole one ({error})") from error
    if damaged or not set(backup.files) <= set(_NAMES):
        raise RefusedError(f"{folder}: {', '.join(damaged)} is not as it was backed up; take another backup")
    return backup


def _check_ledgers(older: Path, present: Path) -> None:
    """The backup's ledger must be the beginning of the present one, or the other way round."""
    if not (older.exists() and present.exists()):
        return
    ours, theirs = ([entry.hash for entry in read_ledger(path)] for path in (present, older))
    if ours[: len(theirs)] != theirs[: len(ours)]:
        raise RefusedError(f"{present}: belongs to another archive than the backup; name another with --db")
    if len(theirs) > len(ours):
        shutil.copyfile(older, present)


def _put(source: Path, target: Path) -> None:
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    partial.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
