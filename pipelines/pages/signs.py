"""By what a site is known again: the classes of its template, its language, its registration number.

In: pages' bytes. Out: Signs; and, by a Lookout over the pages of one run, a reason to hold a source whose
start page is another site's now, and what has changed of the others. What the text says plays no part, so
that a page is known by the template it was made with.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.decode import decode_body
from pipelines.pages.frontier import Entry
from pipelines.scripts import count_letters, script_of

SAMPLES = 8
"""Article pages looked at per source and run: as long as the parse of each."""
_ENOUGH_SAMPLES = 2
"""One page with another template may be a special."""
_READ_BYTES = 400_000
_LANGUAGE_CHARS = 5_000
_MAX_TOKENS = 600
_ENOUGH_TOKENS = 8
"""A template of fewer classes, names and tags tells nothing."""
SAME_TEMPLATE = 0.3
"""Share of tokens that two states of one template have in common at the least: sites that add a box keep
0.7 and more, redesigns of demo and test sites have below 0.2. Between unrelated templates the tags alone
are shared. To measure again: `similarity` of pages of one site, and of two."""
_NAMES = re.compile(rb"""\s(?:class|id)\s*=\s*["']([^"']{1,200})["']""", re.IGNORECASE)
_NUMBERED = re.compile(rb"\d")
_TAGS = re.compile(rb"<([a-z][a-z0-9]{0,15})[\s>]", re.IGNORECASE)
_REGISTRATION = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]ICP[备证]\s*(\d{4,})号", re.IGNORECASE
)
_MARKUP = re.compile(r"(?is)<(script|style)\b(?:.*?</\1\s*>|.*)|<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Signs:
    """What a site's pages of one kind have in common."""

    tokens: frozenset[int]
    """Checksums of tag, class and id names."""
    language: str
    """zh or other; empty where there is too little text."""
    registration: str
    """The digits of its ICP number; empty where it shows none."""


class Lookout:
    """What one run saw of its sources."""

    def __init__(self, known: Callable[[str], Mapping[str, Signs]]) -> None:
        """`known`: how a source's pages looked last, by kind of page."""
        self._known = cache(known)
        self._seen: dict[tuple[str, str], list[Signs]] = defaultdict(list)

    def look(self, entry: Entry, body: bytes, kind: str, content_type: str = "") -> str:
        """Take a page's signs down; a reason to hold its source where it is another's now."""
        place = entry.url if entry.kind == "start" else kind
        if place != "article" and entry.kind != "start":
            return ""
        seen = self._seen[entry.source, place]
        if len(seen) >= SAMPLES:
            return ""
        signs = read_signs(body, content_type)
        if entry.kind == "start" and entry.host == entry.source:
            before = self._known(entry.source).get(place)
            if before is not None and (why := is_another_site(before, signs)):
                return why
        seen.append(signs)
        return ""

    def seen(self) -> Iterator[tuple[str, str, Signs, bool]]:
        """Source, kind of page or start page, its signs now, and whether its template is another one."""
        for (source, place), pages in self._seen.items():
            if place == "article" and len(pages) < _ENOUGH_SAMPLES:
                continue
            signs = common_signs(pages)
            before = self._known(source).get(place)
            yield source, place, signs, before is not None and not is_same_template(before, signs)


def read_signs(body: bytes, content_type: str = "") -> Signs:
    """The signs of one page."""
    head = body[:_READ_BYTES]
    read = decode_body(head, content_type)
    text = "" if isinstance(read, str) else _MARKUP.sub(" ", read.html)
    registration = _REGISTRATION.search(text)
    return Signs(_tokens(head), _language(text), registration[1] if registration else "")


def common_signs(pages: Sequence[Signs]) -> Signs:
    """What most of some pages have in common."""
    counts = Counter(token for page in pages for token in page.tokens)
    tokens = frozenset(token for token, count in counts.items() if count * 2 > len(pages))
    languages = Counter(page.language for page in pages).most_common(1)
    numbers = Counter(page.registration for page in pages).most_common(1)
    return Signs(tokens, languages[0][0] if languages else "", numbers[0][0] if numbers else "")


def is_same_template(before: Signs, now: Signs) -> bool:
    """Whether pages were made with one template, as far as can be told."""
    if min(len(before.tokens), len(now.tokens)) < _ENOUGH_TOKENS:
        return True
    return similarity(before, now) >= SAME_TEMPLATE


def similarity(before: Signs, now: Signs) -> float:
    """Share of the tokens of both that both have."""
    together = before.tokens | now.tokens
    return len(before.tokens & now.tokens) / len(together) if together else 1.0


def is_another_site(before: Signs, now: Signs) -> str:
    """Why a domain seems to have changed hands: language, registration and template at once; or empty."""
    if not before.language or not now.language or before.language == now.language:
        return ""
    if not before.registration or before.registration == now.registration:
        return ""
    if is_same_template(before, now):
        return ""
    number = now.registration or "none"
    return (
        f"language {before.language} became {now.language}, registration {before.registration} became"
        f" {number}, and its template is another"
    )


def _tokens(body: bytes) -> frozenset[int]:
    names = {b"." + name for value in set(_NAMES.findall(body)) for name in value.split()}
    names = {name for name in names if not _NUMBERED.search(name)}
    tags = {tag.lower() for tag in set(_TAGS.findall(body))}
    return frozenset(zlib.crc32(name) for name in sorted(names | tags)[:_MAX_TOKENS])


def _language(text: str) -> str:
    step = len(text) // _LANGUAGE_CHARS + 1
    some = text[::step]
    if step * count_letters(some) < 50:
        return ""
    return "zh" if script_of(some)[0] == "Han" else "other"
