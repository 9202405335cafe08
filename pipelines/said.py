"""What a person says of a source's addresses: which are articles, which are lists, which are not asked for.

In: an address and the patterns of the sources file. Out: the word that holds for it. A pattern is one of
robots.txt (RFC 9309 §2.2.3): it begins with `/`, stands for every path that begins so, `*` in it stands for
anything and `$` ends it; with a scheme it is held against the whole address. What begins with `^` is a
regular expression. Of several the longest holds, as there.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from pipelines.records import AddressWords


class Word(NamedTuple):
    """What is said of an address."""

    kind: str
    """article, list or deny."""
    key: str
    """The key of the sources file that says so."""
    pattern: str

    @property
    def reason(self) -> str:
        """Why an address of which this is said is no article; its words before the colon are stable."""
        what = "list page" if self.kind == "list" else "passed over"
        return f"{what}: the sources file says so ({self.key} = {self.pattern!r})"


_KINDS = (("deny", "deny"), ("lists", "list"), ("articles", "article"))
"""Of two patterns of one length the earlier kind holds."""


def word_on(url: str, words: AddressWords) -> Word | None:
    """What a person says of an address; None where nothing."""
    if not (words.articles or words.lists or words.deny):
        return None
    found = [
        Word(kind, key, pattern)
        for key, kind in _KINDS
        for pattern in getattr(words, key)
        if matches(pattern, url)
    ]
    return max(found, key=lambda word: len(word.pattern), default=None)


def matches(pattern: str, url: str) -> bool:
    """Whether a pattern stands for an address, whichever way non-ASCII letters are written in both."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = url if "://" in pattern else path
    expression = expression_of(pattern)
    return bool(expression.match(target) or expression.match(unquote(target)))


def stands_for(address: str, url: str) -> bool:
    """Whether an address or a pattern with `*` in it means this address, as a whole."""
    if "*" not in address:
        return address == url
    return matches(address if address.endswith("$") else f"{address}$", url)


@lru_cache(maxsize=4096)
def expression_of(pattern: str) -> re.Pattern[str]:
    """The regular expression that a pattern is.

    Raises:
        ValueError: it is none.
    """
    if pattern.startswith("^"):
        try:
            return re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is no regular expression ({error})") from None
    if not re.match(r"/|\*|https?://", pattern):
        raise ValueError(
            'must begin with "/", as in robots.txt: "/news/*.html"; or with "^", a regular expression'
        )
    body, end = (pattern[:-1], "$") if pattern.endswith("$") else (pattern, "")
    return re.compile(".*".join(re.escape(part) for part in body.split("*")) + end)
