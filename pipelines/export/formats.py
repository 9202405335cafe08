"""The formats of an export, each written a batch at a time, so that memory does not grow with the rows.

In: sheets (a name, columns and an iterator of batches of rows, tuples in the columns' order) and lines about
the method. Out: a file, and how many rows are in it. A format that has room for one sheet writes the first;
one that cannot hold all of its rows says how many it left out. `FORMATS` has them all: one that is added
there is offered by the command line and the browser alike. `typed` makes a sheet of any question's answer.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from html import escape
from typing import IO, Any

from pipelines.catalogue import WHATS, Exported, ExportKind, exported, named
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

    kinds = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "string": pa.string(),
        "boolean": pa.bool_(),
        "bytes": pa.binary(),
        "date": pa.date32(),
        "time": pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema(
        [
            pa.field(column.name, kinds[column.kind], nullable=not column.required).with_metadata(
                {"description": column.meaning}
            )
            for column in columns
        ]
    )
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


def _as_date(value: str) -> date | None:
    """A day that is written YYYY-MM-DD; None for all else."""
    try:
        return date.fromisoformat(value) if len(value) == len("2026-01-02") else None
    except ValueError:
        return None


def _as_time(value: str) -> datetime | None:
    """A time with its zone, in UTC; None for all else."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


_READ = {"date": _as_date, "time": _as_time}
"""What makes values of text, where Parquet has a type for them."""


def _plain(value: Any) -> Any:
    """Bytes as base64, and infinity, which neither JSON nor a workbook has, as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


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
    writer.writerow(map(safe_cell, head))
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
_SHEET_BYTES_MAX = 2_000_000_000
"""Of a sheet unpacked: a larger one takes a form of ZIP (64) that Excel does not open."""
_PACKED_AT = 1
"""Of zlib: the level that is usual, 6, takes three times as long for 9% less (20,000 articles)."""
_MARK = "…[{n} characters of {whole} are left out: a cell has no room for them]"
_WIDTHS = {"title": 44, "text": 60, "url": 40, "source_name": 18, "credited_source": 18, "published_day": 12}
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
"""What a cell has as _xHHHH_: what XML has not, and what would be read as such (ECMA-376, 22.9.2.19)."""


def _write_workbook(file: IO[bytes], sheets: Sequence[Sheet], method: Method) -> Written:
    """A workbook with all sheets and one that says how they came to be; how much of the first it has.

    A cell has room for 32,767 characters and a sheet for 1,048,576 rows: what does not fit is cut with a
    mark, or left out and counted. Text is written as text: nothing becomes a formula or a link. XlsxWriter
    makes the workbook with the heads of its sheets; rows are put below them here, for a third of the CPU.
    """
    heads = [(name, [column.name for column in columns]) for name, columns, _ in sheets]
    written: dict[str, Written] = {}
    with (
        zipfile.ZipFile(_without_rows([*heads, ("method", ["about", "text"])])) as empty,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKED_AT) as book,
    ):
        rows_of = [(name, batches) for name, _, batches in sheets]
        for part in empty.namelist():
            with book.open(part, "w") as target:
                if not part.startswith("xl/worksheets/"):
                    target.write(empty.read(part))
                    continue
                before, after = empty.read(part).split(b"</sheetData>")
                name, batches = rows_of.pop(0) if rows_of else ("method", [_lines(method, written)])
                target.write(re.sub(b"<dimension [^>]*>", b"", before))
                written[name] = _fill(target, batches)
                target.write(b"</sheetData>" + after)
    return written[sheets[0][0]]


def _without_rows(sheets: Sequence[tuple[str, Sequence[str]]]) -> IO[bytes]:
    import xlsxwriter  # noqa: PLC0415  # only this format needs it

    made = io.BytesIO()
    options = {"in_memory": True, "constant_memory": True}
    options |= {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        bold = book.add_format({"bold": True})
        for name, columns in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(columns):
                sheet.set_column(place, place, _WIDTHS.get(column, 28 if name == "method" else 14))
            sheet.write_row(0, 0, columns, bold)
    return made


def _fill(target: IO[bytes], batches: Batches) -> Written:
    """Writes rows below a sheet's head."""
    rows = left_out = shortened = size = 0
    for batch in batches:
        room = 0 if size > _SHEET_BYTES_MAX else ROWS_MAX - 1 - rows
        cells: list[str] = []
        for number, row in enumerate(batch[:room], start=rows + 2):
            cells.append(f'<row r="{number}">')
            for place, value in enumerate(row):
                cell, cut = _cell(value)
                shortened += cut
                if cell:
                    cells.append(f'<c r="{_letters(place)}{number}"{cell}</c>')
            cells.append("</row>")
        written = _ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", "".join(cells)).encode()
        target.write(written)
        size += len(written)
        rows += len(batch[:room])
        left_out += len(batch[room:])
    return Written(rows, left_out, shortened)


@cache
def _letters(place: int) -> str:
    """A, B, … AA: a column's name."""
    return (_letters(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def _cell(value: Any) -> tuple[str, bool]:
    """A cell from its reference on, empty for none, and whether it was cut."""
    value = _plain(value)
    if isinstance(value, bool):
        return f' t="b"><v>{value:d}</v>', False
    if isinstance(value, (int, float)):
        return f"><v>{value!r}</v>", False
    if value is None or value == "":
        return "", False
    text, is_cut = _shortened(value)
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(text, quote=False)}</t></is>', is_cut


def _shortened(text: str) -> tuple[str, bool]:
    """The text as far as a cell has room for it, and whether it was cut."""
    if len(text) * 2 <= CELL_MAX or len(text.encode("utf-16-le")) // 2 <= CELL_MAX:
        return text, False
    room = CELL_MAX - len(_MARK) - 20
    head = text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore")
    return head + _MARK.format(n=f"{len(text) - len(head):,}", whole=f"{len(text):,}"), True


def _lines(method: Method, written: dict[str, Written]) -> list[Row]:
    """The method's lines and what became of the rows."""
    lines = [*method]
    for name, found in written.items():
        lines.append((f"{name}: rows", f"{found.rows:,}"))
        if found.left_out:
            lines.append((f"{name}: rows left out", f"{found.left_out:,}: a sheet has no room for them"))
        if found.shortened:
            lines.append((f"{name}: cells cut", f"{found.shortened:,}, each with a mark at its end"))
    return [*lines]


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


def typed(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[Columns, list[tuple[Any, ...]]]:
    """The columns of an answer, each name once, and its rows."""
    kinds = [_kind(name, [row[place] for row in rows]) for place, name in enumerate(names)]
    columns = tuple(
        Exported(name, kind, named(given)["en"].description, required=False)
        for name, given, kind in zip(_once(names), names, kinds, strict=True)
    )
    return columns, [tuple(map(_as, kinds, row)) for row in rows]


def _kind(name: str, values: Sequence[Any]) -> ExportKind:
    held = [value for value in values if value is not None]
    types = {type(value) for value in held}
    if types == {int}:
        return "boolean" if name in _truths() and set(held) <= {0, 1} else "integer"
    if types and types <= {int, float}:
        return "number"
    if types == {bytes}:
        return "bytes"
    if types == {str} and all(_as_date(value) for value in held):
        return "date"
    if types == {str} and all(_as_time(value) for value in held):
        return "time"
    return "string"


def _truths() -> frozenset[str]:
    """Columns of ours that say yes or no."""
    return frozenset(column.name for what in WHATS for column in exported(what) if column.kind == "boolean")


def _as(kind: ExportKind, value: Any) -> Any:
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    if kind == "string" and not isinstance(value, str):
        return value.hex() if isinstance(value, bytes) else str(value)
    return float(value) if kind == "number" else value


def _once(names: Sequence[str]) -> list[str]:
    """The names, those that stand twice with their number behind."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
