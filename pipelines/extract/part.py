"""The chosen element in; the part of it that is the article, where headed boxes stand beside the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.extract.scan import Line, Scan

    Spans = Sequence[tuple[int, int]]
    """The indices of the first and the last line of each element."""

_ENOUGH = 40.0
"""Characters of prose below which a title and what is with it are no article yet."""
_TITLED_SHARE = 0.4
"""A lead beside the title says less than this share of the whole; boxes may say more than the article."""
_LONGEST_BOX_HEADING = 10
_PUNCTUATION = re.compile(r"[。，、；：！？,.;:!?]")


def size(text: str) -> float:
    """How much a text says, in Chinese characters; three Latin letters count as one."""
    wide = (len(text.encode("utf-8", "ignore")) - len(text)) / 2
    return wide + (len(text) - wide) / 3


def titled_part(
    scan: Scan,
    weights: Sequence[float],
    best: int,
    title_line: int,
    spans: Spans,
) -> int:
    """The part of the chosen element that holds title and text, where only headed boxes stand below it."""
    chain = []
    node = scan.lines[title_line].node
    while node >= 0 and node != best:
        chain.append(node)
        node = scan.parents[node]
    if node != best:
        return best
    total = prose_between(weights, *spans[best])
    for part in chain:
        said = prose_between(weights, max(spans[part][0], title_line + 1), spans[part][1])
        if said < max(_ENOUGH, _TITLED_SHARE * total):
            continue
        below = scan.lines[spans[part][1] + 1] if spans[part][1] + 1 < len(scan.lines) else None
        return part if below is None or _heads_box(below) else best
    return best


def prose_between(weights: Sequence[float], first: int, last: int) -> float:
    """How much prose stands in these lines."""
    return sum(weight for weight in weights[first : last + 1] if weight > 0)


def _heads_box(line: Line) -> bool:
    """Whether a line is short and no clause, as the headings of boxes beside an article are."""
    return size(line.text) <= _LONGEST_BOX_HEADING and not _PUNCTUATION.search(line.text)
