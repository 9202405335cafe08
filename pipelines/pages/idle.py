"""Parts of addresses that make no difference to what is there, and addresses spelled without them.

In: an address, and an `Idle`, which `pipelines.pages.repeats` learned. Out: the address as all others like
it are spelled; the pattern of the addresses that it holds for; a line for the store. Pure functions.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Idle:
    """Parts of a host's addresses that make no difference to what is there."""

    host: str
    names: tuple[str, ...] = ()
    """Query parameters to leave out."""
    lead: tuple[str | None, ...] = ()
    """The path's first segments, their digits taken out; None where any value will do."""
    values: tuple[str, ...] = ()
    """What stands in those places: the first that was seen."""
    whole: bool = False
    """The lead is the whole path."""
    shape: str = ""
    """Without a lead: the path, its digits taken out, that this holds for; empty: all paths."""

    def spell(self, url: str) -> str:
        """An address of this host without its idle parts; others as they are."""
        parts = parts_of(url)
        return spelled(url, self, parts) if applies(self, parts) else url

    @property
    def pattern(self) -> str:
        """The addresses that this holds for, `*` in the place of what may be anything."""
        path = "/".join("*" if segment is None else segment for segment in self.lead) + "/*" * (
            bool(self.lead) and not self.whole
        )
        path = self.shape.removeprefix("/") if self.shape else path or "*"
        query = "&".join(f"{name}=*" for name in self.names)
        return f"{self.host}/{path}".replace("#", "*") + (f"?{query}" if query else "")

    def __str__(self) -> str:
        names = " and ".join(f"`{name}`" for name in self.names)
        path = "/" + "/".join("*" if segment is None else segment for segment in self.lead)
        path += "" if self.whole or not self.lead else "/..."
        where = f"{path}{' and ' + names if names else ''}" if self.lead else names
        return where + (f" at {self.shape}" if self.shape else "")


def dump_idle(idle: Idle) -> str:
    """As the store keeps it."""
    return json.dumps([idle.host, idle.names, idle.lead, idle.values, idle.whole, idle.shape])


def load_idle(text: str) -> Idle:
    """What `dump_idle` wrote."""
    host, names, lead, values, whole, shape = json.loads(text)
    return Idle(host, tuple(names), tuple(lead), tuple(values), whole, shape)


class Parts(NamedTuple):
    """An address as far as it may be idle."""

    segments: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


def applies(idle: Idle, parts: Parts) -> bool:
    """Whether an address has the parts."""
    if idle.lead:
        whole = len(parts.segments) == len(idle.lead)
        if whole != idle.whole or len(parts.segments) < len(idle.lead):
            return False
        return all(
            segment is None or segment == shape_of(ours)
            for segment, ours in zip(idle.lead, parts.segments, strict=False)
        )
    return not idle.shape or idle.shape == shape_of("/" + "/".join(parts.segments))


def spelled(url: str, idle: Idle, parts: Parts) -> str:
    """An address that has the parts, without them."""
    address = urlsplit(url)
    values = iter(idle.values)
    lead = [next(values) if segment is None else parts.segments[n] for n, segment in enumerate(idle.lead)]
    path = "/" + "/".join([*lead, *parts.segments[len(lead) :]])
    kept = [pair for pair in address.query.split("&") if pair.partition("=")[0] not in idle.names]
    query = "&".join(kept)
    return f"{address.scheme}://{address.netloc}{path}" + (f"?{query}" if query else "")


def values_of(idle: Idle, parts: Parts) -> tuple[str, ...]:
    """What stands in an address in the places of the parts."""
    segments = [parts.segments[n] for n, segment in enumerate(idle.lead) if segment is None]
    return (*segments, *(value for name, value in parts.pairs if name in idle.names))


def parts_of(url: str) -> Parts:
    """An address's path and query, taken apart."""
    address = urlsplit(url)
    pairs = [pair.partition("=") for pair in address.query.split("&")] if address.query else []
    return Parts(
        tuple(address.path.removeprefix("/").split("/")), tuple((name, value) for name, _, value in pairs)
    )


def shape_of(path: str) -> str:
    """A path, or a segment, with its digits taken out."""
    return _DIGITS.sub("#", path)
