"""The account of a page at the terminal: where its fields came from, and what was stripped of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import Console

from crawler.cli.terminal import one_line, plain, print_indented
from pipelines.records import Attachment, Field, Missed, Stripped

_PIECE_CHARACTERS = 120
"""A stripped footer can be a page long; its first line and a half says what it was. --json has it all."""

_FIELD_ORDER = "title published author editor credited_source site_name language dateline text"


def print_origins(console: Console, origins: Mapping[str, Field], missed: Iterable[Missed]) -> None:
    """A line a field: its value, where on the page it stood and what stood there; then what gave nothing."""
    print_heading(console, "Where the fields came from")
    for name in sorted(origins, key=_FIELD_ORDER.find):
        field = origins[name]
        value, evidence = one_line(field.value), one_line(field.evidence)
        said = f"{name}: {value}" if value else name
        quoted = f" “{_short(evidence)}”" if evidence not in ("", value) else ""
        print_indented(console, f"{said}  [{one_line(field.origin)}]{quoted}", 2)
    for miss in missed:
        print_indented(console, f"{miss.key} of [source.read]: {one_line(miss.why)}; read by rule instead", 2)


def print_attachments(console: Console, files: Iterable[Attachment]) -> None:
    """The files that a page gives its readers, with their addresses."""
    for number, file in enumerate(files):
        if not number:
            print_heading(console, "Attachments")
        size = f", {file.bytes:,} bytes" if file.bytes is not None else ""
        read = getattr(file, "text_characters", None)
        searched = "" if read is None else f", {read:,} characters of text are searched"
        print_indented(console, f"{one_line(file.name)} ({file.type}{size}{searched})", 2)
        console.print(f"    {plain(file.url)}", style="dim", soft_wrap=True)


def print_stripped(console: Console, pieces: Iterable[Stripped], by: int = 4) -> None:
    """A line a piece, with its kind and the rule that took it."""
    for piece in pieces:
        print_indented(console, f"{piece.kind} ({piece.rule}): {_short(one_line(piece.text))}", by)


def _short(text: str) -> str:
    """The beginning of a piece of a page."""
    return text if len(text) <= _PIECE_CHARACTERS else text[: _PIECE_CHARACTERS - 1] + "…"


def print_heading(console: Console, text: str) -> None:
    """An empty line, and the heading."""
    console.print()
    console.print(text, style="bold")
