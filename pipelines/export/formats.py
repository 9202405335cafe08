"""The formats of an export, each written a batch at a time, so that memory does not grow with the rows.

In: sheets (a name, columns and an iterator of batches of rows, tuples in the columns' order) and lines about
the method. Out: a file, and how many rows are in it. A format that has room for one sheet writes the first;
one that cannot hold all of its rows says how many it left out. `FORMATS` at the end has them all: one that is
added there is offered by the command line and the browser alike.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO, Any

import pyarrow as pa
from xlsxwriter.worksheet import Worksheet

from pipelines.export.rows import Columns

Row = tuple[Any, ...]

Batches = Iterable[Sequence[Row]]

Sheet = tuple[str, Columns, Batches]

Method = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Written:
    """What a file has."""

    rows: int
    left_out: int = 0
    """Rows that the format has no room for."""
    shortened: int = 0
    """Cells that were cut, each with a mark at its end."""


def _write_jsonl(file: IO[bytes], sheets: Sequence[Sheet], _method: Method) -> Written:
    """One JSON object a line, UTF-8; bytes as base64."""
    _, columns, batches = sheets[0]
    names = [column.name for column in columns]
    rows = 0
    for batch in batches:
        lines = (
            json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False) for row in batch
        )
        file.write("".join(line + "\n" for line in lines).encode("utf-8", "replace"))
        rows += len(batch)
    return Written(rows)


def _write_csv(file: IO[bytes], sheets: Sequence[Sheet], _method: Method) -> Written:
    """CSV as `write_csv` writes it; bytes as base64."""
    _, columns, batches = sheets[0]
    plain = (tuple(map(_plain, row)) for batch in batches for row in batch)
    return Written(write_csv(file, [column.name for column in columns], plain))


def _write_parquet(file: IO[bytes], sheets: Sequence[Sheet], _method: Method) -> Written:
    """Parquet with zstd, a row group a batch, the columns' meanings in the schema."""
    _, columns, batches = sheets[0]
    import pyarrow as pa  # noqa: PLC0415  # 0.2 s, and only this format needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = _arrow_schema(columns)
    read = [_READ.get(column.kind) for column in columns]
    rows = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            arrays = [
                pa.array(
                    [value and as_kind(value) for value in values] if as_kind else values, type=field.type
                )
                for values, as_kind, field in zip(zip(*batch, strict=True), read, schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += len(batch)
    return Written(rows)


def as_date(value: str) -> date | None:
    """A day that is written YYYY-MM-DD; None for all else."""
    try:
        return date.fromisoformat(value) if len(value) == len("2026-01-02") else None
    except ValueError:
        return None


def as_time(value: str) -> datetime | None:
    """A time with its zone, in UTC; None for all else."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


_READ = {"date": as_date, "time": as_time}
"""What makes values of text, where Parquet has a type for them."""


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _arrow_schema(columns: Columns) -> pa.Schema:
    import pyarrow as pa  # noqa: PLC0415

    kinds = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "string": pa.string(),
        "boolean": pa.bool_(),
        "bytes": pa.binary(),
        "date": pa.date32(),
        "time": pa.timestamp("us", tz="UTC"),
    }
    return pa.schema(
        [
            pa.field(column.name, kinds[column.kind], nullable=not column.required).with_metadata(
                {"description": column.meaning}
            )
            for column in columns
        ]
    )


_FORMULA = re.compile("^[\\s\\x00-\\x1f\\ufeff]*[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20]|^[\\t\\r\\n]")
"""What Excel, LibreOffice and WPS take for a formula, full-width signs and DDE included (OWASP, CSV
injection)."""
_NUL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]")


def write_csv(file: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Writes head and rows as CSV that spreadsheets open rightly and safely; gives the number of rows.

    UTF-8 with a byte order mark (or Excel takes it for GBK), CRLF, every field that a spreadsheet would run
    as a formula made text by a leading apostrophe.
    """
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


CELL_MAX = 32_767
ROWS_MAX = 1_048_576
_MARK = "…[{n} characters of {whole} are left out: a cell has no room for them]"
_WIDTHS = {"title": 44, "text": 60, "url": 40, "source_name": 18, "credited_source": 18, "published_day": 12}


def _write_workbook(file: IO[bytes], sheets: Sequence[Sheet], method: Method) -> Written:
    """A workbook with all sheets and one that says how they came to be; how much of the first it has.

    A cell has room for 32,767 characters and a sheet for 1,048,576 rows: what does not fit is cut with a
    mark, or left out and counted. Text is written as text: nothing becomes a formula or a link.
    """
    import xlsxwriter  # noqa: PLC0415  # only this format needs it

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    bold = book.add_format({"bold": True})
    written: dict[str, Written] = {}
    for name, columns, batches in sheets:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _WIDTHS.get(column.name, 14))
        sheet.write_row(0, 0, [column.name for column in columns], bold)
        written[name] = _fill(sheet, batches)
    _write_method(book.add_worksheet("method"), method, written, bold)
    book.close()
    return written[sheets[0][0]]


def _fill(sheet: Worksheet, batches: Batches) -> Written:
    rows = left_out = shortened = 0
    for batch in batches:
        for row in batch:
            if rows + 1 >= ROWS_MAX:
                left_out += 1
                continue
            rows += 1
            for place, value in enumerate(row):
                cell, cut = _cell(value)
                shortened += cut
                _write(sheet, rows, place, cell)
    return Written(rows, left_out, shortened)


def _write(sheet: Worksheet, row: int, place: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, place, value)
    elif value is not None and value != "":
        sheet.write_string(row, place, value)


def _cell(value: Any) -> tuple[Any, bool]:
    """The value as a cell can have it, and whether it was cut."""
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode("ascii")
    if not isinstance(value, str) or len(value.encode("utf-16-le")) // 2 <= CELL_MAX:
        return value, False
    room = CELL_MAX - len(_MARK) - 20
    head = value.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore")
    return head + _MARK.format(n=f"{len(value) - len(head):,}", whole=f"{len(value):,}"), True


def _write_method(sheet: Worksheet, method: Method, written: dict[str, Written], bold: Any) -> None:
    lines = list(method)
    for name, found in written.items():
        lines.append((f"{name}: rows", f"{found.rows:,}"))
        if found.left_out:
            lines.append((f"{name}: rows left out", f"{found.left_out:,}: a sheet has no room for them"))
        if found.shortened:
            lines.append((f"{name}: cells cut", f"{found.shortened:,}, each with a mark at its end"))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    for place, (name, text) in enumerate(lines):
        sheet.write_string(place, 0, name, bold)
        sheet.write_string(place, 1, text[:CELL_MAX])


@dataclass(frozen=True, slots=True)
class Format:
    """One format; its name is the file's ending."""

    title: str
    media_type: str
    write: Callable[[IO[bytes], Sequence[Sheet], Method], Written]
    is_stream: bool = False
    """It can be written to a pipe."""
    has_signature: bool = False
    """It has signatures unless they are not wanted."""


FORMATS: dict[str, Format] = {
    "parquet": Format("Parquet", "application/vnd.apache.parquet", _write_parquet, has_signature=True),
    "csv": Format("CSV", "text/csv; charset=utf-8", _write_csv, is_stream=True),
    "jsonl": Format(
        "JSONL", "application/jsonl; charset=utf-8", _write_jsonl, is_stream=True, has_signature=True
    ),
    "xlsx": Format(
        "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_workbook
    ),
}
