"""Writing into the sources file: an entry more at its end, every other byte as it was.

The new text is read back by `crawler.sources` before it takes the file's place, in one step.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit

from crawler.sources import read_sources
from pipelines.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import CrawlSource


def entry(source: CrawlSource) -> str:
    """A source as the file has it: what differs from the defaults."""
    table = tomlkit.table()
    table["host"] = source.host
    table["name"] = source.name
    table["start_urls"] = list(source.start_urls)
    if source.allow_private:
        table["allow_private"] = True
    if source.delay_s != 1.0:
        table["delay_s"] = source.delay_s
    if source.render:
        table["render"] = True
    document = tomlkit.document()
    array = tomlkit.aot()
    array.append(table)
    document["source"] = array
    return tomlkit.dumps(document)


def add_entries(path: Path, sources: Sequence[CrawlSource]) -> None:
    """Writes sources at the end of the file, which is made where it is missing.

    Raises:
        ConfigurationError: the file is wrong, or would be with them (a host stands in it already).
        StorageError: it cannot be written.
    """
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    before = old if not old or old.endswith("\n") else old + "\n"
    entries = "\n".join(entry(source) for source in sources)
    text = f"{before}\n{entries}" if before else entries
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
        new = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        new.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror})") from error
    try:
        read_sources(new)
        new.replace(path)
    except ConfigurationError as error:
        raise ConfigurationError(str(error).replace(str(new), str(path))) from None
    finally:
        new.unlink(missing_ok=True)
