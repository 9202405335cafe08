"""`parknews export`, `share` and `changes`: articles or copies for other programs, as files and as lines."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli import filters
from crawler.cli.terminal import ATTENTION, Json, counted, examples, one_line, print_json, settings_of, tell
from crawler.serve.labels import shared_metadata
from pipelines.archive.file import reader
from pipelines.archive.read.changes import as_json as change_json
from pipelines.archive.read.changes import changes_since
from pipelines.archive.read.selection import Selection, count_left_out_undated
from pipelines.catalogue import WHATS
from pipelines.errors import ConfigurationError
from pipelines.export.file import ExportRequest, RowChange, compare_export, stream_export, write_export
from pipelines.export.formats import FORMATS
from pipelines.export.manifest import Manifest
from pipelines.export.shared import share as write_shared
from pipelines.export.shared import shared_columns
from pipelines.utc import now_utc

app = typer.Typer()


# Typer offers the members of an enumeration; mypy reads none that is made of a table.
Format = Enum("Format", {name: name for name in FORMATS}, type=str)  # type: ignore[misc]
What = Enum("What", {name: name for name in WHATS}, type=str)  # type: ignore[misc]


@app.command(
    "export",
    epilog=examples(
        ("all articles, for pandas, DuckDB or R", "parknews export --output articles.parquet"),
        (
            "for a spreadsheet: two words, one year",
            "parknews export 招商 生物医药 --since 2025 --output found.xlsx",
        ),
        ("every URL that carried them", "parknews export --what copies --output copies.csv"),
        ("what has changed since", "parknews export --compare articles.parquet.manifest.json"),
        note="Beside the file stand its manifest, the numbers of its rows and a JSON Schema.",
    ),
)
@filters.filtered
def export(
    ctx: typer.Context,
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY]...", help="As `search` takes it; everything where none is given."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write; - is stdout.")
    ] = None,
    file_format: Annotated[
        Format | None, typer.Option("--format", help="Its format; the file's ending says it otherwise.")
    ] = None,
    what: Annotated[What, typer.Option(help="Of what it has a row each.")] = What["articles"],
    *,
    chosen: Selection,
    undated: Annotated[bool, typer.Option("--undated", help="Only articles without a date.")] = False,
    signature: Annotated[
        bool | None,
        typer.Option("--signature/--no-signature", help="MinHash values; by default in parquet and jsonl."),
    ] = None,
    show_contacts: Annotated[
        bool, typer.Option("--show-contacts", help="Do not mask telephone numbers in stripped text.")
    ] = False,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="MANIFEST", help="Write nothing; explain what that export would be today."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write articles or copies to a file: Parquet, CSV, JSON Lines or Excel."""
    if compare is not None:
        _compare(ctx, compare, as_json=as_json)
        return
    if output is None:
        raise ConfigurationError("export needs --output FILE (or --compare MANIFEST)")

    to_stdout = str(output) == "-"
    kind = _format_of_stdout(file_format) if to_stdout else _format(output, file_format)
    if not output.parent.exists():
        raise ConfigurationError(f"{output.parent}: no such folder; make it, or name another file")
    selection = replace(chosen, query=" ".join(query or []), undated=undated)
    for hint in filters.hints_of(selection):
        print(hint, file=sys.stderr)
    with_signature = FORMATS[kind.value].has_signature if signature is None else signature
    request = ExportRequest(kind.value, what.value, selection, with_signature, show_contacts)
    if to_stdout:
        _stream(ctx, request, as_json=as_json)
    else:
        _write(ctx, output, request, as_json=as_json)


def _stream(ctx: typer.Context, request: ExportRequest, *, as_json: bool) -> None:
    """The rows alone on stdout: nothing stands beside a pipe."""
    if as_json:
        raise ConfigurationError("--json tells of a file; with --output - the rows are the answer")
    with reader(settings_of(ctx).db) as connection:
        rows = stream_export(connection, sys.stdout.buffer, request)
    sys.stdout.buffer.flush()
    print(f"{_counted(rows, request.what)} written", file=sys.stderr)


def _write(ctx: typer.Context, output: Path, request: ExportRequest, *, as_json: bool) -> None:
    made_at = now_utc()
    with reader(settings_of(ctx).db) as connection:
        manifest = write_export(connection, output, request, made_at=made_at, version=version("parknews"))
        undated = count_left_out_undated(connection, request.selection)
    if as_json:
        print_json({**_told(manifest, output), "undated_left_out": undated})
    else:
        print(f"{_counted(manifest.rows, manifest.what)} written to {one_line(str(output))}")
        if undated:
            print(f"{undated:,} more match but have no date", file=sys.stderr)
    if not manifest.complete:
        print(f"not complete: {_missing(manifest)}; sheet `method` says which", file=sys.stderr)
        raise typer.Exit(ATTENTION)


def _missing(manifest: Manifest) -> str:
    """What an xlsx could not hold; the other formats hold everything."""
    rows = f"{manifest.left_out:,} rows did not fit" if manifest.left_out else ""
    cells = f"{manifest.shortened:,} texts were cut at 32,767 characters" if manifest.shortened else ""
    return " and ".join(part for part in (rows, cells) if part)


def _told(manifest: Manifest, output: Path) -> dict[str, object]:
    names = ("export_id", "format", "what", "rows", "complete", "sha256")
    files = {"output": str(output), "manifest": f"{output}.manifest.json"}
    return {**files, **{name: getattr(manifest, name) for name in names}}


def _compare(ctx: typer.Context, manifest: Path, *, as_json: bool) -> None:
    with reader(settings_of(ctx).db) as connection:
        changes = list(compare_export(connection, manifest))
    counts = Counter(change.change for change in changes)
    if as_json:
        rows = [{"id": c.id, "change": c.change, "reason": c.reason} for c in changes]
        print_json({**{name: counts[name] for name in ("gained", "lost", "changed")}, "changes": rows})
        return
    for change in changes:
        print(_line(change))
    print(
        f"{counts['gained']:,} gained, {counts['lost']:,} lost, {counts['changed']:,} changed",
        file=sys.stderr,
    )


def _line(change: RowChange) -> str:
    return f"{change.change:8} {change.id:>8}  {change.reason}"


def _format_of_stdout(given: Format | None) -> Format:
    if given is None or not FORMATS[given.value].is_stream:
        streams = " or ".join(name for name, known in FORMATS.items() if known.is_stream)
        raise ConfigurationError(f"--output - needs --format {streams}: the others are files, not streams")
    return given


def _format(output: Path, given: Format | None) -> Format:
    if given is not None:
        return given
    ending = output.suffix.lower().lstrip(".")
    if ending not in FORMATS:
        known = ", ".join(FORMATS)
        raise ConfigurationError(f"{output}: its ending names no format; use --format ({known})")
    return Format(ending)


def _counted(rows: int, what: str) -> str:
    one = "copy" if what == "copies" else what.removesuffix("s")
    return counted(rows, one, what)


@app.command(
    "share",
    epilog=examples(
        ("into a file for others", "parknews share --output parks.db"),
        ("in plain Datasette", "datasette parks.db --metadata parks.metadata.json"),
        ("searched without parknews", "sqlite-utils search parks.db articles 园区"),
        note="It holds what a visitor of `serve` may read: no key, nobody who asked for a removal, no text\n"
        "that a removal holds back; telephone numbers in stripped text are masked.",
    ),
)
def share(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")],
    as_json: Json = False,
) -> None:
    """Write the archive as a file that may be handed out, with a search index for other programs."""
    db = settings_of(ctx).db
    if not output.parent.exists():
        raise ConfigurationError(f"{output.parent}: no such folder; make it, or name another file")
    if output.exists() and output.resolve() == db.resolve():
        raise ConfigurationError(f"{output}: is the archive itself; name another file")
    with reader(db) as connection:
        counts = write_shared(connection, output)
        metadata = shared_metadata(output.stem, shared_columns(connection))
    beside = output.with_name(f"{output.stem}.metadata.json")
    beside.write_text(json.dumps(metadata, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    where, described = one_line(str(output)), one_line(beside.name)
    answer = {"file": str(output), "metadata": str(beside), "rows": counts}
    tell(
        as_json,
        answer,
        f"{counted(counts['articles'], 'article')} shared in {where}; {described} is for Datasette",
    )


@app.command(
    "changes",
    epilog=examples(
        ("everything, as the beginning of a copy", "parknews changes > changes.jsonl"),
        ("what came after the last line that you have", "parknews changes --since 1520"),
        note="One JSON object a line, in the order of `seq`. An article that changed twice stands once, as\n"
        "it is now; a removed one has no text.",
    ),
)
def changes(
    ctx: typer.Context,
    since: Annotated[int, typer.Option(min=0, metavar="SEQ", help="Only what came after this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 1_000_000,
) -> None:
    """Tell what changed of each article since a number, as JSON Lines."""
    with reader(settings_of(ctx).db) as connection:
        connection.execute("BEGIN")  # one state of the archive
        for change in changes_since(connection, since, limit):
            print_json(change_json(change))
