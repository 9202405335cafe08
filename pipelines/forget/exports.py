"""Exported files that we know of, and which of their rows a removal concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.errors import ConfigurationError
from pipelines.export.manifest import read_ledger, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


from pipelines.forget.plan import KnownExport

_ENDING = ".manifest.json"


def exports_in(folder: Path) -> set[str]:
    """Names of the exported files in a folder, whether or not the file is there still."""
    return {manifest.name.removesuffix(_ENDING) for manifest in folder.glob(f"*{_ENDING}")}


def exports_with(
    folders: Iterable[Path], articles: Iterable[int], copies: Iterable[int]
) -> tuple[KnownExport, ...]:
    """The exports that hold these articles or copies, by the rows' numbers; unreadable lists count whole."""
    asked = {"articles": frozenset(articles), "copies": frozenset(copies)}
    asked["stripped"] = asked["copies"]  # its rows begin with the copy's number
    known = []
    for path in sorted(path for folder in dict.fromkeys(folders) for path in folder.glob(f"*{_ENDING}")):
        try:
            manifest = read_manifest(path)
            rows = read_ledger(path.with_name(f"{manifest.file}.rows.csv"))
        except ConfigurationError:
            known.append(KnownExport(str(path).removesuffix(_ENDING), "", "", "", ()))
            continue
        if concerned := tuple(sorted(asked[manifest.what] & rows.keys())):
            file = str(path.with_name(manifest.file))
            known.append(KnownExport(file, manifest.export_id, manifest.made_at, manifest.what, concerned))
    return tuple(known)
