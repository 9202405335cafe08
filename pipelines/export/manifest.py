"""The manifest beside an export: what was asked, of which state of the archive, and what came.

In: the facts of an export and its rows as they are written. Out: `FILE.manifest.json`, and `FILE.rows.csv`
with each row's number and short hashes of its values: enough to say later which row came, went or changed
in what column, and nothing of the text, so that the manifest may outlive a removal. The hashes are keyed: a
byline or a day could be guessed from two bytes. The key is a file beside the archive, and in backups alone.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from pipelines.archive.kept_out.key import lay_key
from pipelines.errors import ConfigurationError

MANIFEST_VERSION = 1
_KEY_BYTES = 32
_ROW_DIGITS = 16
_VALUE_DIGITS = 4
"""Of a value's hash: they only name the changed column (wrong in one of 65,536); whether a row changed is
told by all sixteen digits of the row's."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export is."""

    manifest_version: int
    export_id: str
    """A number of its own, by which a later removal can name the file."""
    parknews: str
    made_at: str
    format: str
    what: str
    file: str
    sha256: str
    rows: int
    left_out: int
    complete: bool
    selection: dict[str, Any]
    """The filters that narrowed; empty means everything."""
    columns: tuple[str, ...]
    last_run: int | None
    last_article: int
    """The highest number that any article had then: a higher one is new since."""
    contacts_masked: bool
    shortened: int = 0
    """Cells of an xlsx that were cut; manifests of before this field have none."""
    key_check: str = ""
    """By what the key of the hashes is known; manifests of before this field have hashes without one."""


def noted(
    file: IO[str], batches: Iterable[list[tuple[Any, ...]]], key: bytes
) -> Iterator[list[tuple[Any, ...]]]:
    """The same batches, each row noted in a text file that was opened with newline=''."""
    writer = csv.writer(file)
    writer.writerow(["id", "row", "values"])
    for batch in batches:
        writer.writerows((row[0], *hashes(row, key)) for row in batch)
        yield batch


def exports_key_path(archive_path: Path) -> Path:
    """archive.db -> archive-exports.key beside it."""
    return archive_path.with_name(f"{archive_path.stem}-exports.key")


def exports_key(archive_path: Path) -> bytes:
    """The key of the hashes of an archive's exported rows, made where there is none.

    Whoever cannot keep one, since the folder is not his, gets one that nobody can compare with.
    """
    path, key = exports_key_path(archive_path), secrets.token_bytes(_KEY_BYTES)
    with contextlib.suppress(OSError):
        if not path.exists():
            lay_key(path, key)
        kept = path.read_bytes()
        return kept if len(kept) == _KEY_BYTES else key
    return key


def key_of(manifest: Manifest, archive_path: Path) -> bytes:
    """The key that the hashes beside a manifest were made with.

    Raises:
        ConfigurationError: it is not beside this archive.
    """
    if not manifest.key_check:
        return b""
    key = exports_key(archive_path)
    if check_of(key) != manifest.key_check:
        raise ConfigurationError(
            f"{manifest.file}: it cannot be compared: the key of its rows is not beside {archive_path},"
            " or is not for you to read"
        )
    return key


def check_of(key: bytes) -> str:
    """What a key is known by, and which tells nothing of it."""
    return hashlib.blake2b(b"check", key=key, digest_size=8).hexdigest()


def hashes(row: Sequence[Any], key: bytes) -> tuple[str, str]:
    """The row's hash, and the first digits of each value's."""
    digests = [
        hashlib.blake2b(repr(value).encode("utf-8", "replace"), key=key, digest_size=8).digest()
        for value in row
    ]
    whole = hashlib.blake2b(b"".join(digests), key=key, digest_size=_ROW_DIGITS // 2).hexdigest()
    return whole, "".join(digest.hex()[:_VALUE_DIGITS] for digest in digests)


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Writes the manifest as indented JSON."""
    path.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file.

    Raises:
        ConfigurationError: there is none, or it is not one of ours.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        values["columns"] = tuple(values["columns"])
        manifest = Manifest(**values)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigurationError(f"{path}: not a manifest of an export ({error})") from error
    if manifest.manifest_version > MANIFEST_VERSION:
        raise ConfigurationError(f"{path}: written by a newer parknews; install that version")
    return manifest


def read_row_notes(path: Path) -> dict[int, tuple[str, str]]:
    """Row number → (row's hash, values' hashes) as they were exported.

    Raises:
        ConfigurationError: the ledger is not beside the manifest any more.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {int(row["id"]): (row["row"], row["values"]) for row in csv.DictReader(file)}
    except (OSError, KeyError, ValueError) as error:
        raise ConfigurationError(
            f"{path}: the list of exported rows is missing or damaged ({error})"
        ) from error


def changed_columns(old: str, new: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns whose values differ."""
    width = _VALUE_DIGITS
    return tuple(
        name
        for place, name in enumerate(columns)
        if old[place * width : (place + 1) * width] != new[place * width : (place + 1) * width]
    )
