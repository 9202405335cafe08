"""What a text is about: regions, parks, companies and amounts of money, each with its position.

In: a text. Out: Mentions in order. By dictionary (GB/T 2260) and pattern, precision before recall: what
cannot be told is left out. A pure function; nothing is stored, nothing is fetched.
"""

from __future__ import annotations

from pipelines.normalise import plain
from pipelines.places.bodies import find_companies, find_parks
from pipelines.places.money import find_money
from pipelines.places.regions import (
    division_names,
    find_regions,
    region_codes,
    region_name,
    region_range,
)
from pipelines.records import Mention

__all__ = ["division_names", "find_mentions", "region_codes", "region_name", "region_range"]


def find_mentions(text: str) -> tuple[Mention, ...]:
    """Everything that the text names; a region may stand inside a park's or a company's name."""
    flat = plain(text)
    regions = find_regions(flat)
    found = [*regions, *find_parks(flat, regions), *find_companies(flat, regions), *find_money(flat)]
    return tuple(
        Mention(m.kind, text[m.start : m.end], m.start, m.end, m.code, m.value, m.unit)
        for m in sorted(found, key=lambda m: (m.start, -m.end, m.kind))
    )
