"""A workbook: sheets of rows, and one that says how they came to be.

In: sheets (a name, columns, batches) and lines about the method. Out: an .xlsx file written row by row. A
cell has room for 32,767 characters and a sheet for 1,048,576 rows: what does not fit is cut with a mark,
or left out and counted. Text is written as text: nothing becomes a formula or a link.
"""

from __future__ import annotations

import base64
from typing import IO, TYPE_CHECKING, Any

from pipelines.export.writers import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

    from pipelines.export.columns import Column
    from pipelines.export.writers import Batches

CELL_MAX = 32_767
ROWS_MAX = 1_048_576
_MARK = "…[{n} characters of {whole} are left out: a cell has no room for them]"
_WIDTHS = {"title": 44, "text": 60, "url": 40, "source_name": 18, "credited_source": 18, "published_day": 12}


def write_workbook(
    file: IO[bytes],
    sheets: Sequence[tuple[str, tuple[Column, ...], Batches]],
    method: Sequence[tuple[str, str]],
) -> dict[str, Written]:
    """Writes the sheets and a sheet `method`; gives what each of them has."""
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
    return written


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


def _write_method(
    sheet: Worksheet, method: Sequence[tuple[str, str]], written: dict[str, Written], bold: Any
) -> None:
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
