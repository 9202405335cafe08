"""What a visitor asks for: their language, and the selection that an address spells out.

In: a request. Out: typed values; what cannot be understood is left out, never an error page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.archive.read.selection import Selection
from pipelines.places import division_names
from pipelines.query import LONGEST, is_day
from pipelines.report.words import DEFAULT_LANGUAGE, LANGUAGES, Words, words

COOKIE = "parknews_language"
_MESSAGES = Path(__file__).with_name("messages.toml")
NARROWED = {
    "source": "sources",
    "carried_by": "carried_by",
    "credited_source": "credited_sources",
    "language": "languages",
    "region": "regions",
    "park": "parks",
}
"""What narrows by values → the Selection's field of them; all but `carried_by` are facets."""
_ARGUMENTS = {name.removesuffix("_source"): field for name, field in NARROWED.items()}
"""The same as arguments of an address, each of which may stand several times."""


def words_for(request: Any) -> Words:
    """The words in the visitor's language: as asked for now, as chosen before, as their browser says."""
    return words(_language(request), _MESSAGES)


def _language(request: Any) -> str:
    if request is None:
        return DEFAULT_LANGUAGE
    for wanted in (request.args.get("_lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    preferred = request.headers.get("accept-language", "").lower()
    spoken = [part.split(";")[0].strip()[:2] for part in preferred.split(",")]
    return next((language for language in spoken if language in LANGUAGES), DEFAULT_LANGUAGE)


def selection_of(args: Any) -> Selection:
    """The selection that an address spells out: `arguments_of` makes such arguments."""
    copies = args.get("copies") or ""
    selection = Selection(
        query=(args.get("q") or "").strip()[: LONGEST + 1],
        since=day_of(args.get("since")),
        until=day_of(args.get("until")),
        copies_at_least=int(copies) if _is_count(copies) else 1,
        undated=args.get("undated") == "1",
        folded=args.get("folded") == "1",
    )
    several = {field: _several(args, name) for name, field in _ARGUMENTS.items()}
    several["regions"] = tuple(code for code in several["regions"] if code in division_names())
    return replace(selection, **several)  # type: ignore[arg-type]  # these fields are tuples


def not_understood(args: Any) -> list[str]:
    """Values of an address that narrow nothing, since they are no day or no number."""
    days = [args.get(name) or "" for name in ("since", "until")]
    odd = [value for value in days if value and not day_of(value)]
    copies = args.get("copies") or ""
    odd += [copies] if copies and not _is_count(copies) else []
    return [value[:50] for value in odd]


def _is_count(copies: str) -> bool:
    return copies.isdecimal() and len(copies) < 6


def arguments_of(selection: Selection) -> list[tuple[str, str]]:
    """The selection as the arguments of an address: `selection_of` gives it back."""
    found = [("q", selection.query)] if selection.query else []
    for name, field in _ARGUMENTS.items():
        found += [(name, value) for value in getattr(selection, field)]
    found += [(name, day) for name, day in (("since", selection.since), ("until", selection.until)) if day]
    if selection.copies_at_least > 1:
        found.append(("copies", str(selection.copies_at_least)))
    found += [(name, "1") for name in ("undated", "folded") if getattr(selection, name)]
    return found


def whole_number(args: Mapping[str, str], name: str, default: int, highest: int) -> int:
    """A number from an address, from 1 to `highest`."""
    value = args.get(name) or ""
    return min(max(int(value), 1), highest) if value.isdecimal() and len(value) < 10 else default


def _several(args: Any, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in args.getlist(name) if value.strip()))[:50]


def day_of(value: str | None) -> str:
    return value if value and is_day(value) else ""
