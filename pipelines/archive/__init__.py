"""The archive: an SQLite file that the plain `sqlite3` shell can read. All SQL of pipelines/ is here.

Names load when they are first asked for: a reader never pays for the writer's numpy, scipy and opencc
(0.4 s of a search's 0.6).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.archive.file import read_only
    from pipelines.archive.kept_out.blocks import Blocklist
    from pipelines.archive.write.runs import RunCounts
    from pipelines.archive.write.writer import Archive, Ingested

__all__ = ["Archive", "Blocklist", "Ingested", "RunCounts", "read_only"]

_HOMES = {
    "Archive": "write.writer",
    "Blocklist": "kept_out.blocks",
    "Ingested": "write.writer",
    "RunCounts": "write.runs",
    "read_only": "file",
}


def __getattr__(name: str) -> object:
    """One of `__all__`, from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
