"""Rows as CSV that spreadsheets open rightly and safely.

In: a heading and rows of plain values. Out: UTF-8 with a byte order mark (or Excel takes it for GBK), CRLF,
every field that a spreadsheet would run as a formula made text by a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA = re.compile("^[\\s\\x00-\\x1f\\ufeff]*[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20]|^[\\t\\r\\n]")
"""What Excel, LibreOffice and WPS take for a formula, full-width signs and DDE included (OWASP, CSV
injection)."""
_NUL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]")


def write_csv(file: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Writes head and rows, a row at a time; gives the number of rows."""
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=True)
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(head)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  # the last one is the answer
        writer.writerow([safe_cell(value) for value in row])
    text.flush()
    text.detach()
    return count


def safe_cell(value: object) -> object:
    """The value as a spreadsheet may have it: text that would be a formula gets an apostrophe."""
    if not isinstance(value, str):
        return value
    clean = _NUL.sub("", value)
    return f"'{clean}" if _FORMULA.match(clean) else clean
