"""The archive: an SQLite file that the plain `sqlite3` shell can read. All SQL of pipelines/ is here."""

from pipelines.archive.blocks import Blocklist
from pipelines.archive.connect import read_only
from pipelines.archive.runs import RunCounts
from pipelines.archive.writer import Archive, Ingested

__all__ = ["Archive", "Blocklist", "Ingested", "RunCounts", "open_archive", "read_only"]

open_archive = Archive
