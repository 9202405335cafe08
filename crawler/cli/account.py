"""The account of a page at the terminal: where its fields came from, and what was stripped of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rich.console import Console

from crawler.cli.terminal import one_line, plain, print_indented
from pipelines.records import Attachment, Field, Missed, Stripped

_PIECE_CHARACTERS = 120
"""A stripped footer can be a page long; its first line and a half says what it was. --json has it all."""

_FIELD_ORDER = "title published author editor credited_source site_name language dateline text"


class Line(NamedTuple):
    """A paragraph below a heading."""

    text: str
    by: int = 8
    """Columns to the right."""
    lead: str = ""


class Address(NamedTuple):
    """An address below a heading, on a line of its own."""

    url: str
    by: int = 2
    what: str = ""


def print_section(console: Console, heading: str, lines: Iterable[Line | Address]) -> None:
    """An empty line, the heading and what stands below it; nothing at all where nothing does."""
    for number, line in enumerate(lines):
        if not number:
            console.print()
            console.print(heading, style="bold")
        if isinstance(line, Line):
            print_indented(console, line.text, line.by, lead=line.lead)
        else:
            console.print(f"{' ' * line.by}{line.what}{plain(line.url)}", style="dim", soft_wrap=True)


def origins(found: Mapping[str, Field], missed: Iterable[Missed]) -> Iterator[Line]:
    """A line a field: its value, where on the page it stood and what stood there; then what gave nothing."""
    for name in sorted(found, key=_FIELD_ORDER.find):
        field = found[name]
        value, evidence = one_line(field.value), one_line(field.evidence)
        said = f"{name}: {value}" if value else name
        quoted = f" “{_short(evidence)}”" if evidence not in ("", value) else ""
        yield Line(f"{said}  [{one_line(field.origin)}]{quoted}", 2)
    for miss in missed:
        yield Line(f"{miss.key} of [source.read]: {one_line(miss.why)}; read by rule instead", 2)


def attachments(files: Iterable[Attachment]) -> Iterator[Line | Address]:
    """The files that a page gives its readers, with their addresses."""
    for file in files:
        size = f", {file.bytes:,} bytes" if file.bytes is not None else ""
        read = getattr(file, "text_characters", None)
        searched = "" if read is None else f", {read:,} characters of text are searched"
        yield Line(f"{one_line(file.name)} ({file.type}{size}{searched})", 2)
        yield Address(file.url, 4)


def stripped(pieces: Iterable[Stripped], by: int) -> Iterator[Line]:
    """A line a piece, with its kind and the rule that took it."""
    return (Line(f"{piece.kind} ({piece.rule}): {_short(one_line(piece.text))}", by) for piece in pieces)


def _short(text: str) -> str:
    """The beginning of a piece of a page."""
    return text if len(text) <= _PIECE_CHARACTERS else text[: _PIECE_CHARACTERS - 1] + "…"
