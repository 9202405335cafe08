"""The formats of an export, each written a batch at a time, so that memory does not grow with the rows.

In: columns and an iterator of batches of rows (tuples in the columns' order). Out: a file; the number of
rows in it. A format that cannot hold all of them says how many it left out.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from pipelines.export.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pyarrow as pa

    from pipelines.export.columns import Column

    Row = tuple[Any, ...]
    Batches = Iterable[Sequence[Row]]
    Writer = Callable[[IO[bytes], tuple[Column, ...], Batches], "Written"]


@dataclass(frozen=True, slots=True)
class Written:
    """What a file has."""

    rows: int
    left_out: int = 0
    """Rows that the format has no room for."""
    shortened: int = 0
    """Cells that were cut, each with a mark at its end."""


def write_jsonl(file: IO[bytes], columns: tuple[Column, ...], batches: Batches) -> Written:
    """One JSON object a line, UTF-8; bytes as base64."""
    names = [column.name for column in columns]
    rows = 0
    for batch in batches:
        lines = (
            json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False) for row in batch
        )
        file.write("".join(line + "\n" for line in lines).encode("utf-8", "replace"))
        rows += len(batch)
    return Written(rows)


def write_csv_rows(file: IO[bytes], columns: tuple[Column, ...], batches: Batches) -> Written:
    """CSV that spreadsheets open rightly and safely (tables.py)."""
    plain = (tuple(map(_plain, row)) for batch in batches for row in batch)
    return Written(write_csv(file, [column.name for column in columns], plain))


def write_parquet(file: IO[bytes], columns: tuple[Column, ...], batches: Batches) -> Written:
    """Parquet with zstd, a row group a batch, the columns' meanings in the schema."""
    import pyarrow as pa  # noqa: PLC0415  # 0.2 s, and only this format needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = _arrow_schema(columns)
    rows = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            arrays = [
                pa.array(values, type=field.type)
                for values, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += len(batch)
    return Written(rows)


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    import pyarrow as pa  # noqa: PLC0415

    kinds = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "string": pa.string(),
        "boolean": pa.bool_(),
        "bytes": pa.binary(),
    }
    return pa.schema(
        [
            pa.field(column.name, kinds[column.kind], nullable=not column.required).with_metadata(
                {"description": column.meaning}
            )
            for column in columns
        ]
    )
