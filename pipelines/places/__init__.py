"""What a text is about: regions, parks, companies and amounts of money, each with its position.

In: a text. Out: Mentions in order. By dictionary (GB/T 2260) and pattern, precision before recall: what
cannot be told is left out. A pure function; nothing is stored, nothing is fetched.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.normalise import plain
from pipelines.places.bodies import find_companies, find_parks
from pipelines.places.money import find_money
from pipelines.places.regions import division_names, find_regions, region_codes, region_name, region_range
from pipelines.records import Mention

__all__ = ["division_names", "find_mentions", "park_entity", "region_codes", "region_name", "region_range"]


def find_mentions(text: str) -> tuple[Mention, ...]:
    """Everything that the text names; a region may stand inside a park's or a company's name."""
    flat = plain(text)
    regions = find_regions(flat)
    companies = find_companies(flat, regions)
    branded = {company.start for company in companies if company.name == company.entity}
    places = [region for region in regions if region.start not in branded]  # 宁德时代 is not in 宁德
    found = [*places, *find_parks(flat, regions), *companies, *find_money(flat)]
    return tuple(
        replace(m, name=text[m.start : m.end], role_words=_as_written(text, flat, m))
        for m in sorted(found, key=lambda m: (m.start, -m.end, m.kind))
    )


def park_entity(name: str) -> str:
    """The one name of a park, whatever the script, region and rank it is given with; else what was given."""
    flat = plain(name.strip())
    parks = find_parks(
        f"“{flat}”", [replace(r, start=r.start + 1, end=r.end + 1) for r in find_regions(flat)]
    )
    return next((str(p.entity) for p in parks if len(p.name) == len(flat)), name)


def _as_written(text: str, flat: str, mention: Mention) -> str | None:
    """The words that give an amount its role, in the text's own script."""
    if mention.role_words is None:
        return None
    at = flat.rfind(mention.role_words, 0, mention.start)
    at = at if at >= 0 else flat.find(mention.role_words, mention.end)
    return text[at : at + len(mention.role_words)]
