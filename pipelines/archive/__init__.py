"""The archive: an SQLite file that the plain `sqlite3` shell can read. All SQL of pipelines/ is here.

Names load when they are first asked for: a reader never pays for the writer's numpy, scipy and opencc
(0.4 s of a search's 0.6).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.archive.blocks import Blocklist
    from pipelines.archive.connect import read_only
    from pipelines.archive.runs import RunCounts
    from pipelines.archive.writer import Archive, Ingested

__all__ = ["Archive", "Blocklist", "Ingested", "RunCounts", "read_only"]

_HOMES = {
    "Archive": "writer",
    "Blocklist": "blocks",
    "Ingested": "writer",
    "RunCounts": "runs",
    "read_only": "connect",
}


def __getattr__(name: str) -> object:
    """One of `__all__`, from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
