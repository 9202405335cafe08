"""Addresses that differ where pages do not: what a source's own pages teach about how it spells them.

In: the address and fingerprint of every page that is fetched for the first time. Out: parts of addresses
that make no difference (`Idle`), and addresses spelled without them; kinds of addresses that bring nothing
but known pages and rest for a while; how often a page was seen before. In memory, and bounded; what was
learned is kept by the store.

A part is idle when many values of it, on several pages that differ from each other, gave the same page
each time, and hardly ever another one: `article.php?id=N` never is, `?visit=<random>` soon is. One page
alone proves nothing: a wall or an error page looks the same under all addresses, so those only rest.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from pipelines.urls import may_be_tracking

FOLLOWED_MAX = 5
"""Addresses under which one page's links are followed: relative links on a page that a host shows for every
path lead ever deeper, and each way is another address."""
STREAK_MAX = 20
"""Known pages in a row after which addresses of that kind rest, `REST_S` long: 20 pages a day are lost on a
site whose every answer is one page, and none once it gives others again."""
IDLE_MAX = 10
"""Lists or feeds of one kind in a row that named nothing new, after which the others of that kind rest: a
site of 400 articles has 500 tags, each with a feed."""
REST_S = 86400.0
_CONTENTS = 3
"""Pages that differ from each other, each of them seen under two values of an idle part and more."""
_VALUES = 8
"""Values of an idle part that were tried. A pager's first page has two spellings, a site five channels;
what changes with every link has eight values within the first dozen pages."""
_MEANINGFUL = 30
"""The same where the part's name mostly means something (id, page, date)."""
_TRACKED = 2
"""Pages, and values, where the part's name mostly says by which way a page was reached: two pages that show
themselves under another value are no accident, and one may be what a script shows without its number."""
_EXCEPTIONS = 20
"""Agreements for each difference: pages change between two visits, and some answers are errors."""
_IDLE_MAX = 3
"""Parts that change together."""
_KEPT = 3000
"""Pages remembered a host, about 1 MB."""
_HOPELESS = 20
_CANDIDATES_MAX = 200
"""Candidates a host in one run, of which most are hopeless after a few pages."""
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Idle:
    """_Parts of a host's addresses that make no difference to what is there."""

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
        parts = _parts_of(url)
        return _spelled(url, self, parts) if _applies(self, parts) else url

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


class Fingerprint(NamedTuple):
    """What a page shows, counted so that two pages are told apart by any word or digit of their text."""

    value: int
    rich: bool
    """There is enough text to tell pages apart by; of two thin ones nothing is learned."""


class Repeats:
    """One source's pages of this run, and what they and earlier runs taught."""

    def __init__(self, known: Iterable[Idle] = ()) -> None:
        self._idle: dict[str, list[Idle]] = defaultdict(list)
        self._hosts: dict[str, _Host] = defaultdict(_Host)
        self._streaks: Counter[str] = Counter()
        self._idle_lists: Counter[str] = Counter()
        self._learned: list[Idle] = []
        for idle in known:
            self._idle[idle.host].append(idle)

    def spell(self, url: str, host: str) -> str:
        """An address without what makes no difference at its host."""
        for idle in self._idle.get(host, ()):
            url = idle.spell(url)
        return url

    def note(self, url: str, host: str, found: Fingerprint) -> bool:
        """Take a page down; whether its links are worth following."""
        place = self._hosts[host]
        before = place.count(found)
        kind = kind_of_address(url)
        self._streaks[kind] = self._streaks[kind] + 1 if before else 0
        place.remember(found)
        if found.rich:
            for idle in place.learn(url, host, found):
                self._idle[host].append(idle)
                self._learned.append(idle)
        return before < (FOLLOWED_MAX if found.rich else STREAK_MAX)

    def rests(self, url: str) -> bool:
        """Whether the last pages at addresses of this kind were all known ones."""
        return bool(self._streaks) and self._streaks[kind_of_address(url)] >= STREAK_MAX

    def note_list(self, url: str, found: int) -> None:
        """Take down how many unknown addresses of news a list, feed or sitemap named."""
        kind = kind_of_address(url)
        self._idle_lists[kind] = 0 if found else self._idle_lists[kind] + 1

    def is_idle(self, url: str) -> bool:
        """Whether the last lists at addresses of this kind named nothing that was not known."""
        return bool(self._idle_lists) and self._idle_lists[kind_of_address(url)] >= IDLE_MAX

    @property
    def has_learned(self) -> bool:
        """Whether `take_learned` would give something."""
        return bool(self._learned)

    def take_learned(self) -> list[Idle]:
        """What was learned since this was asked last."""
        learned, self._learned = self._learned, []
        return learned


def kind_of_address(url: str) -> str:
    """Addresses that one part of a site makes: first folder, depth, ending and names of parameters."""
    parts = _parts_of(url)
    first = _DIGITS.sub("#", parts.segments[0]) if len(parts.segments) > 1 else ""
    name, dot, ending = parts.segments[-1].rpartition(".")
    ending = dot + ending if name and len(ending) <= 5 else ""
    names = "&".join(sorted({name for name, _ in parts.pairs}))
    deeper = "/*" * (len(parts.segments) - bool(first))
    return (
        f"{urlsplit(url).netloc}{'/' + first if first else ''}{deeper}{ending}{'?' + names if names else ''}"
    )


@dataclass(slots=True)
class _Host:
    """The pages of one host."""

    seen: list[tuple[str, int]] = field(default_factory=list)
    at: dict[int, list[str]] = field(default_factory=dict)
    """The first addresses of each page."""
    counts: Counter[int] = field(default_factory=Counter)
    candidates: dict[Idle, _Candidate] = field(default_factory=dict)
    tried: set[tuple[object, ...]] = field(default_factory=set)

    def count(self, found: Fingerprint) -> int:
        return self.counts[found.value]

    def remember(self, found: Fingerprint) -> None:
        if len(self.counts) < _KEPT or found.value in self.counts:
            self.counts[found.value] += 1

    def learn(self, url: str, host: str, found: Fingerprint) -> list[Idle]:
        others = self.at.setdefault(found.value, []) if len(self.at) < _KEPT else []
        for other in others:
            for idle in _differences(url, other, host):
                self._consider(idle)
        if len(others) < _IDLE_MAX:
            others.append(url)
        if len(self.seen) < _KEPT:
            self.seen.append((url, found.value))
        for candidate in self.candidates.values():
            candidate.weigh(url, found.value)
        ready = [idle for idle, candidate in self.candidates.items() if candidate.is_ready]
        hopeless = [idle for idle, candidate in self.candidates.items() if candidate.is_hopeless]
        for idle in (*ready, *hopeless):
            del self.candidates[idle]
        return ready[:1]  # what else was ready may be the same, said in another way

    def _consider(self, idle: Idle) -> None:
        key = (idle.names, idle.lead, idle.whole, idle.shape)
        if key in self.tried or len(self.tried) >= _CANDIDATES_MAX:
            return
        self.tried.add(key)
        candidate = self.candidates[idle] = _Candidate(idle)
        for url, value in self.seen:
            candidate.weigh(url, value)


@dataclass(slots=True)
class _Group:
    """One page, as far as a candidate is right, and the values of its idle parts."""

    page: int
    values: set[tuple[str, ...]]


@dataclass(slots=True)
class _Candidate:
    """Parts that may be idle, and what speaks for it and against it."""

    idle: Idle
    groups: dict[str, _Group] = field(default_factory=dict)
    agreements: int = 0
    differences: int = 0

    def weigh(self, url: str, page: int) -> None:
        parts = _parts_of(url)
        if not _applies(self.idle, parts):
            return
        key, value = _spelled(url, self.idle, parts), _values_of(self.idle, parts)
        group = self.groups.get(key)
        if group is None:
            if len(self.groups) < _KEPT:
                self.groups[key] = _Group(page, {value})
        elif value not in group.values:
            if group.page == page:
                self.agreements += 1
                group.values.add(value)
            else:
                self.differences += 1

    @property
    def is_hopeless(self) -> bool:
        """Whether pages differ so often that nothing will come of it."""
        return self.differences > max(_HOPELESS, self.agreements)

    @property
    def is_ready(self) -> bool:
        from pipelines.pages.kinds import means_something  # noqa: PLC0415  # its words load numpy: 0.1 s

        if self.differences * _EXCEPTIONS > self.agreements:
            return False
        agreeing = {key: group for key, group in self.groups.items() if len(group.values) > 1}
        values = {value for group in agreeing.values() for value in group.values}
        tracked = bool(self.idle.names) and not self.idle.lead and all(map(may_be_tracking, self.idle.names))
        contents = _TRACKED if tracked else _CONTENTS
        if len({group.page for group in agreeing.values()}) < contents:
            return False
        meant = any(map(means_something, self.idle.names))
        if len(values) < (_TRACKED if tracked else _MEANINGFUL if meant else _VALUES):
            return False
        everywhere = not self.idle.lead and not self.idle.shape
        return not everywhere or len({_shape_of(urlsplit(key).path) for key in agreeing}) >= contents


def _differences(a: str, b: str, host: str) -> Iterator[Idle]:
    """What two addresses of one page differ in, as far as that can be left out or put for the other."""
    ours, others = _parts_of(a), _parts_of(b)
    if len(ours.segments) != len(others.segments):
        return
    places = [n for n, segment in enumerate(ours.segments) if segment != others.segments[n]]
    names = tuple(sorted({name for name, _ in set(ours.pairs) ^ set(others.pairs)}))
    if not 0 < len(places) + len(names) <= _IDLE_MAX:
        return
    if places:
        lead = tuple(None if n in places else _shape_of(ours.segments[n]) for n in range(places[-1] + 1))
        values = tuple(others.segments[n] for n in places)
        yield Idle(host, names, lead, values, whole=len(lead) == len(ours.segments))
    else:
        yield Idle(host, names, shape=_shape_of(urlsplit(a).path))
        yield Idle(host, names)


class _Parts(NamedTuple):
    """An address as far as it may be idle."""

    segments: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


def _applies(idle: Idle, parts: _Parts) -> bool:
    """Whether an address has the parts."""
    if idle.lead:
        whole = len(parts.segments) == len(idle.lead)
        if whole != idle.whole or len(parts.segments) < len(idle.lead):
            return False
        return all(
            segment is None or segment == _shape_of(ours)
            for segment, ours in zip(idle.lead, parts.segments, strict=False)
        )
    return not idle.shape or idle.shape == _shape_of("/" + "/".join(parts.segments))


def _spelled(url: str, idle: Idle, parts: _Parts) -> str:
    """An address that has the parts, without them."""
    address = urlsplit(url)
    values = iter(idle.values)
    lead = [next(values) if segment is None else parts.segments[n] for n, segment in enumerate(idle.lead)]
    path = "/" + "/".join([*lead, *parts.segments[len(lead) :]])
    kept = [pair for pair in address.query.split("&") if pair.partition("=")[0] not in idle.names]
    query = "&".join(kept)
    return f"{address.scheme}://{address.netloc}{path}" + (f"?{query}" if query else "")


def _values_of(idle: Idle, parts: _Parts) -> tuple[str, ...]:
    """What stands in an address in the places of the parts."""
    segments = [parts.segments[n] for n, segment in enumerate(idle.lead) if segment is None]
    return (*segments, *(value for name, value in parts.pairs if name in idle.names))


def _parts_of(url: str) -> _Parts:
    """An address's path and query, taken apart."""
    address = urlsplit(url)
    pairs = [pair.partition("=") for pair in address.query.split("&")] if address.query else []
    return _Parts(
        tuple(address.path.removeprefix("/").split("/")), tuple((name, value) for name, _, value in pairs)
    )


def _shape_of(path: str) -> str:
    """A path, or a segment, with its digits taken out."""
    return _DIGITS.sub("#", path)
