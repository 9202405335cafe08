"""The filters that `search` and `export` have in common: their options, and the selection that they make."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from crawler.cli.terminal import day_of, one_line, options_of
from pipelines.archive.read.selection import Selection, understood
from pipelines.errors import ConfigurationError
from pipelines.places import division_names, region_codes, region_name
from pipelines.query import FIELDS

_Words = list[str] | None
Since = Annotated[str, typer.Option(metavar="DAY", help="First day, month or year: 2025-03-01, 2025.")]
Until = Annotated[str, typer.Option(metavar="DAY", help="Last day, month or year, included.")]
Sample = Annotated[int, typer.Option("--sample", min=0, metavar="N", help="Only N of them, drawn by --seed.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="The same seed draws the same sample.")]


def selection_of(
    *,
    source: Annotated[_Words, typer.Option(metavar="HOST", help="Whose text is shown.")] = None,
    carried_by: Annotated[_Words, typer.Option(metavar="HOST", help="Who has any copy.")] = None,
    credited: Annotated[_Words, typer.Option(metavar="NAME", help="What the page credits.")] = None,
    language: Annotated[_Words, typer.Option(metavar="TAG", help="zh-Hans, zh-Hant, en …")] = None,
    region: Annotated[
        _Words, typer.Option(metavar="NAME", help="What the text names: 江苏, 苏州, 320500.")
    ] = None,
    park: Annotated[
        _Words, typer.Option(metavar="NAME", help="What the text names, as it spells it.")
    ] = None,
    right: Annotated[
        _Words,
        typer.Option(
            metavar="SIGNAL", help="What the page or host says: noai, ai-train=no, tdm-reservation …"
        ),
    ] = None,
    without_right: Annotated[_Words, typer.Option(metavar="SIGNAL", help="What it does not say.")] = None,
    since: Since = "",
    until: Until = "",
    copies: Annotated[int, typer.Option(min=1, metavar="N", help="Articles with at least N copies.")] = 1,
    folded: Annotated[
        bool, typer.Option("--folded", help="Traditional finds simplified, full width finds half.")
    ] = False,
    sample: Sample = 0,
    seed: Seed = 0,
) -> Selection:
    """The selection that the options describe.

    Raises:
        ConfigurationError: a day or a region is none.
    """
    return Selection(
        sources=tuple(source or ()),
        carried_by=tuple(carried_by or ()),
        credited_sources=tuple(credited or ()),
        languages=tuple(language or ()),
        regions=tuple(_region_of(name) for name in region or ()),
        parks=tuple(park or ()),
        rights=tuple(right or ()),
        without_rights=tuple(without_right or ()),
        since=day_of("--since", since),
        until=day_of("--until", until),
        copies_at_least=copies,
        folded=folded,
        sample=sample,
        seed=seed if sample else 0,
    )


filtered = options_of("chosen", selection_of)
"""A command with an option for each filter in the place of `chosen`, which is what they select."""


_HINTS = {
    "literal": "{typed} was taken as a word: an operator stands between two words",
    "operator": "{typed} was taken as a word; operators are capitals: {capitals}",
    "minus": "{typed} was taken as it is written; NOT leaves a word out",
    "field": "{typed}: is no field and was taken as text; fields: {fields}",
    "day": "{typed} is no day: it was taken as a word; write 2025-03-01, 2025-03 or 2025",
    "region": "{typed} is no region: it was taken as a word; write a name or code of GB/T 2260",
    "bracket": "a bracket without its partner was left out: {typed}",
    "long": "the query is too long; this was left out: {typed}",
}


def hints_of(selection: Selection) -> list[str]:
    """Where a query may have been meant otherwise than it was taken."""
    return [
        _HINTS[hint.kind].format(
            typed=one_line(hint.typed), capitals=hint.typed.upper(), fields=" ".join(f"{f}:" for f in FIELDS)
        )
        for hint in understood(selection.query, selection.folded).hints
    ]


def _region_of(name: str) -> str:
    """The code of a region from an option; raises ConfigurationError where it is not one."""
    codes = region_codes(name)
    if not codes:
        near = difflib.get_close_matches(name, division_names().values(), n=1)
        hint = (
            f"; did you mean {near[0]}?" if near else "; write a name or code of GB/T 2260 as 苏州 or 320500"
        )
        raise ConfigurationError(f"--region {name}: no such region{hint}")
    if len(codes) > 1:
        which = ", ".join(f"{code} ({region_name(code[:2] + '0000')})" for code in codes[:8])
        raise ConfigurationError(f"--region {name}: there are {len(codes)}: give a code: {which}")
    return codes[0]
