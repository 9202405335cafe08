"""Backups of an archive as one state: archive, crawl store, ledger and keys together.

In: an archive, a folder. Out: a folder with the files as they were at one moment and a list of them with
their SHA-256, or an archive put back from it, whole or not at all. The ledger that lies beside the archive is
never put back, nor is one lost that only the archive knows of: an older archive is refused until the removals
since were applied to it again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.file import copy_together, missing, read_only, storage_errors
from pipelines.archive.kept_out.agreement import own_lines, restoring_path
from pipelines.archive.kept_out.key import key_path, read_key
from pipelines.archive.kept_out.ledger import LedgerLine, entries_of, ledger_path, whole_lines, write_anew
from pipelines.archive.write.numbering import give_numbers_after, last_number
from pipelines.errors import ParknewsError, RefusedError, StorageError
from pipelines.export.manifest import exports_key_path
from pipelines.forget.files import alone
from pipelines.forget.notes import notes_path
from pipelines.store import store_path
from pipelines.utc import now_utc

MANIFEST = "backup.json"
_ARCHIVE = "archive.db"


def places_of(archive_path: Path) -> dict[str, Path]:
    """The files of an archive: what a backup calls each → where it is; the two databases first."""
    kept = Path(_ARCHIVE)
    places = (lambda path: path, store_path, ledger_path, key_path, notes_path, exports_key_path)
    return {place(kept).name: place(archive_path) for place in places}


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    made_at: str
    files: dict[str, str]
    """Name → SHA-256."""


def back_up(archive_path: Path, folder: Path) -> Backup:
    """Copies all files as they are at one moment; a crawl and readers go on meanwhile.

    The key of the removals goes with them: whoever has the backup can ask what was removed.

    Raises:
        RefusedError: the files do not belong to one state.
        StorageError: there is no archive, the folder is not empty, or the disk is full.
    """
    if not archive_path.exists():
        raise missing(archive_path)
    read_only(archive_path).close()
    if folder.exists() and any(folder.iterdir()):
        raise StorageError(f"{folder}: not empty; name a new folder")
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        places = places_of(archive_path)
        databases, others = list(places.items())[:2], list(places.items())[2:]
        copy_together([(path, folder / name) for name, path in databases if path.exists()])
        for name, path in others:
            with suppress(FileNotFoundError):
                _copy(path, folder / name)
        files = {name: _sha256(folder / name) for name in places if (folder / name).exists()}
        backup = Backup(now_utc(), files)
        text = json.dumps({"made_at": backup.made_at, "files": files}, indent=2)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return backup


def backups_below(folder: Path) -> list[str]:
    """Paths of the folders within that hold a backup."""
    return sorted(
        manifest.parent.relative_to(folder).as_posix() for manifest in folder.glob(f"*/**/{MANIFEST}")
    )


def restore(folder: Path, archive_path: Path, *, replace: bool = False) -> Backup:
    """Puts a backup back: the present files are exchanged for it once all of it lies beside them.

    Raises:
        RefusedError: the backup is damaged, or there is an archive and `replace` was not said, or the
            ledgers or keys do not belong to each other.
        LockedError: a removal is under way.
        StorageError: a file cannot be read or written; the present files are as they were.
    """
    backup = _checked(folder)
    if archive_path.exists() and not replace and not restoring_path(archive_path).exists():
        raise RefusedError(
            f"{archive_path}: there is an archive here; say --replace, or name another with --db"
        )
    with storage_errors(archive_path):
        archive_path.parent.mkdir(parents=True, exist_ok=True)
        with alone(archive_path):
            lines = _ledger_after(folder, archive_path)
            _put_back(backup, folder, archive_path, lines)
    return backup


def _put_back(backup: Backup, folder: Path, archive_path: Path, lines: Sequence[str]) -> None:
    """Lays every file beside those that are there, then exchanges them: one that fails changes nothing."""
    places = places_of(archive_path)
    databases = list(places)[:2]
    names = [name for name in places if name in backup.files and name != ledger_path(Path(_ARCHIVE)).name]
    chosen = [name for name in names if name in databases or not places[name].exists()]
    partial = {name: places[name].with_name(places[name].name + ".partial") for name in chosen}
    try:
        for name, path in partial.items():
            _copy(folder / name, path)
        give_numbers_after(partial[_ARCHIVE], last_number(archive_path))
        if lines:
            write_anew(ledger_path(archive_path), lines)
        _exchange({partial[name]: places[name] for name in chosen}, archive_path)
    finally:
        for path in partial.values():
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)


def _exchange(exchanged: dict[Path, Path], archive_path: Path) -> None:
    """Moves each first file to the second's place; whoever opens the archive in between is refused."""
    marker = restoring_path(archive_path)
    marker.touch()
    aside: list[tuple[Path, Path]] = []
    try:
        for target in exchanged.values():
            for ending in ("-shm", "-wal", ""):
                path = target.with_name(target.name + ending)
                if path.exists():
                    aside.append((path, path.with_name(path.name + ".before")))
                    path.replace(aside[-1][1])
        for partial, target in exchanged.items():
            partial.replace(target)
    except OSError:
        for path, before in reversed(aside):
            if before.exists():
                before.replace(path)
        raise
    finally:
        if all(not before.exists() for _, before in aside) or all(t.exists() for t in exchanged.values()):
            marker.unlink()
    for _, before in aside:
        before.unlink(missing_ok=True)


def _ledger_after(folder: Path, archive_path: Path) -> list[str]:
    """The lines of the ledger once the backup is put back: all that the present files and the backup know.

    Raises:
        RefusedError: they belong to different archives, or the key is nowhere.
    """
    places = places_of(archive_path)
    kept = {name: folder / name for name in places}
    ledger, key = (place(Path(_ARCHIVE)).name for place in (ledger_path, key_path))
    ours, theirs = read_key(archive_path), read_key(folder / _ARCHIVE)
    if ours is not None and theirs is not None and ours != theirs:
        raise RefusedError(
            f"{places[key]}: belongs to another archive than the backup; name another with --db"
        )
    present = _longest(_present(archive_path), archive_path)
    older = entries_of(
        whole_lines(kept[ledger]), archive_path if theirs is None else folder / _ARCHIVE, ledger
    )
    if _forks(present, older):
        raise RefusedError(
            f"{places[ledger]}: belongs to another archive than the backup; name another with --db"
        )
    if present and ours is None and theirs is None:
        raise RefusedError(f"{places[key]}: the key of the removals is neither here nor in the backup")
    return [entry.line() for entry in max(present, older, key=len)]


def _present(archive_path: Path) -> list[list[str]]:
    """The ledger as its file has it, and as far as the archive that is there knows of it."""
    known = [whole_lines(ledger_path(archive_path))]
    if archive_path.exists():
        uri = f"{archive_path.resolve().as_uri()}?mode=ro"
        with suppress(sqlite3.Error), closing(sqlite3.connect(uri, uri=True)) as connection:
            known.append(own_lines(connection))  # a broken one is what is replaced
    return known


def _longest(known: Sequence[Sequence[str]], archive_path: Path) -> list[LedgerLine]:
    read = []
    trouble: ParknewsError | None = None
    for lines in known:
        try:
            read.append(entries_of(lines, archive_path, ledger_path(archive_path).name))
        except RefusedError as error:  # one of the two may stand in for the other
            trouble = error
    if trouble is not None and not any(read):
        raise trouble
    if len(read) == 2 and _forks(*read):
        raise RefusedError(
            f"{ledger_path(archive_path)}: was changed by hand, or belongs to another archive than the one"
            " beside it; move it away to go by what the archive knows of it"
        )
    return max(read, key=len)


def _forks(one: Sequence[LedgerLine], other: Sequence[LedgerLine]) -> bool:
    return any(ours.hash != theirs.hash for ours, theirs in zip(one, other, strict=False))


def _checked(folder: Path) -> Backup:
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        backup = Backup(str(said["made_at"]), dict(said["files"]))
        damaged = [name for name, digest in backup.files.items() if _sha256(folder / name) != digest]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{folder}: not a backup, or not a whole one ({error})") from error
    if damaged or not set(backup.files) <= set(places_of(folder / _ARCHIVE)):
        raise RefusedError(f"{folder}: {', '.join(damaged)} is not as it was backed up; take another backup")
    return backup


def _copy(source: Path, target: Path) -> None:
    """Copies a file with its rights, and waits until it is on the disk."""
    shutil.copyfile(source, target)
    shutil.copymode(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
