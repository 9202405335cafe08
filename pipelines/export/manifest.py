"""The manifest beside an export: what was asked, of which state of the archive, and what came.

In: the facts of an export and its rows as they are written. Out: `FILE.manifest.json`, and `FILE.rows.csv`
with each row's number and short hashes of its values: enough to say later which row came, went or changed
in what column, and nothing of the text, so that the manifest may outlive a removal.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from pipelines.errors import ConfigurationError

MANIFEST_VERSION = 1
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


def noted(file: IO[str], batches: Iterable[list[tuple[Any, ...]]]) -> Iterator[list[tuple[Any, ...]]]:
    """The same batches, each row noted in a text file that was opened with newline=''."""
    writer = csv.writer(file)
    writer.writerow(["id", "row", "values"])
    for batch in batches:
        writer.writerows((row[0], *hashes(row)) for row in batch)
        yield batch


def hashes(row: Sequence[Any]) -> tuple[str, str]:
    """The row's hash, and the first digits of each value's."""
    digests = [
        hashlib.blake2b(repr(value).encode("utf-8", "replace"), digest_size=8).digest() for value in row
    ]
    whole = hashlib.blake2b(b"".join(digests), digest_size=_ROW_DIGITS // 2).hexdigest()
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
