"""The page's lines in, the element that holds the article out.

Every line gets a weight, positive for prose and negative for navigation, and the element with the
greatest sum wins: the maximum subsequence segmentation of Pasternack and Roth ("Extracting article text
from the web with maximum subsequence segmentation", WWW 2009), with the tree's elements as the only
segments allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.dates import has_date
from pipelines.extract.prose import count_marks, ends_clause
from pipelines.extract.scan import Line, Scan
from pipelines.extract.trust import Trust
from pipelines.extract.view import View
from pipelines.words import pattern

_BOILERPLATE = pattern("{copyright.word|copyright.mark|copyright.reserved|copyright.record|kind.boilerplate}")
_TEASER_END = pattern(
    r"(?:\.{3}|…{1,2}|[\[【(（]?{related.click|related.cut}?{related.cut}[\]】)）]?[>»›]*)$"
)
_DOUBT_PROSE = 40.0
"""A vote for fewer characters of prose than this is in doubt."""
_DOUBT_SHARE = 0.5
"""So is one for less than this share of the page's prose."""
_ENOUGH = 40.0
"""Characters of prose below which a title and what is with it are no article yet."""
_TITLED_SHARE = 0.4
"""A lead beside the title says less than this share of the whole; boxes may say more than the article."""
_LONGEST_BOX_HEADING = 10
_LONGEST_BYLINE = 25.0
_FAR_TEXT = 5
"""Lines from a headline to its text, at most, those of the byline between them."""
_ROW = frozenset(["td", "tr", "tbody", "thead"])
_PRICE_OF_ROOM = 25.0
"""How much an article of one paragraph may lose for the element around it: two or three lines of links."""


class Choice(NamedTuple):
    """The element chosen, and how sure that is."""

    node: int
    first: int
    """The index of its first line."""
    last: int
    """The index after its last line."""
    share: float
    """Its prose as a share of all the prose on the page."""
    prose: float
    """The sum of its positive weights: about the number of Chinese characters of prose."""

    @property
    def is_doubtful(self) -> bool:
        """Whether another opinion is worth its cost."""
        return self.prose < _DOUBT_PROSE or self.share < _DOUBT_SHARE


def choose_element(view: View) -> Choice | None:
    """The element whose lines weigh most, the innermost of equals; None on a page without lines.

    Below the element that holds the title too, and much of that prose, a box with a heading of its own is
    left out.
    """
    scan, title_line = view.scan, view.title_line
    count = len(scan.elements)
    if not scan.lines or not count:
        return None
    weights = _weigh(view)
    sums, firsts, lasts = [0.0] * count, [len(weights)] * count, [-1] * count
    for index, (line, weight) in enumerate(zip(scan.lines, weights, strict=True)):
        node = max(line.node, 0)
        sums[node] += weight
        firsts[node] = min(firsts[node], index)
        lasts[node] = max(lasts[node], index)
    best = count - 1
    best_score = float("-inf")
    for node in range(count - 1, -1, -1):
        if sums[node] > best_score and lasts[node] >= 0:
            best, best_score = node, sums[node]
        parent = scan.parents[node]
        if parent >= 0:
            sums[parent] += sums[node]
            firsts[parent] = min(firsts[parent], firsts[node])
            lasts[parent] = max(lasts[parent], lasts[node])
    spans = list(zip(firsts, lasts, strict=True))
    best = _around(scan, sums, spans, best)
    if title_line is not None:
        best = _titled_part(scan, weights, best, title_line, spans)
    last = lasts[best]
    prose = sum(weight for weight in weights if weight > 0)
    inside = _prose_between(weights, firsts[best], last)
    return Choice(best, firsts[best], last + 1, inside / prose if prose else 0.0, inside)


def _weigh(view: View) -> list[float]:
    """A weight for every line: positive for prose, negative for what stands around articles."""
    teasers, trust = _teasers(view), view.trust
    weights = []
    for index, line in enumerate(view.lines):
        if line.hidden and trust.hidden:
            weights.append(0.0)
        elif index in teasers or index >= trust.replies:
            weights.append(-5.0)
        else:
            weight = _weight(line, trust.hint(line))
            weights.append(weight * trust.nearness[index] if weight > 0 else weight)
    return weights


def _around(scan: Scan, sums: Sequence[float], spans: Sequence[tuple[int, int]], node: int) -> int:
    """The element around a single paragraph or row: the rest of its article is nearly always beside it."""
    around, first = node, spans[node][0]
    is_row = scan.lines[first].row
    while scan.parents[around] >= 0 and (
        scan.elements[around].tag == "p" or (is_row and scan.elements[around].tag in _ROW)
    ):
        around = scan.parents[around]
    return around if sums[around] >= sums[node] - _PRICE_OF_ROOM else node


def _weight(line: Line, hint: str) -> float:
    amount = line.amount
    if line.is_linked:
        return -10.0 if amount < 60 else -20.0
    if hint and not (hint == "byline" and amount >= 40):
        return -min(amount, 20.0) / 2
    if amount < 150 and _BOILERPLATE.search(line.plain):
        return -10.0
    if line.is_prose:
        return amount * (1 - line.linked / len(line.text))
    if ends_clause(line.text) or line.tag in ("h2", "h3", "blockquote"):
        return 1.0
    if line.row or line.tag in ("p", "section"):
        return 0.0
    return -2.0


def _teasers(view: View) -> frozenset[int]:
    """The excerpts below linked headlines: cut ones (`...`), and all where the two alternate.

    Below the page's own headline, wherever that leads, and its byline stands the page's own text. Paragraphs
    between cards that link elsewhere are no excerpts: they share an element with each other and not with the
    card's headline.
    """
    lines, parents, title_line = view.lines, [-1, *view.scan.parents], view.title_line
    held: dict[int, int] = {}
    for line in lines:
        if line.is_prose:
            held[parents[line.node + 1]] = held.get(parents[line.node + 1], 0) + 1
    cut, single = [], []
    for index in range(1, len(lines)):
        line, above = lines[index], lines[index - 1]
        if not above.is_linked or line.is_linked or above.amount < 5 or not line.is_prose:
            continue
        if (
            title_line is not None
            and title_line < index <= title_line + _FAR_TEXT
            and all(_is_byline(line, view.trust) for line in lines[title_line + 1 : index])
        ):
            continue
        if _TEASER_END.search(line.plain) and line.amount < 300:
            cut.append(index)
        elif index + 1 == len(lines) or not lines[index + 1].is_prose:
            home = parents[line.node + 1]
            if held[home] < 2 or parents[above.node + 1] == home:
                single.append(index)
    return frozenset([*cut, *single] if len(single) >= 3 and not view.trust.digest else cut)


def _is_byline(line: Line, trust: Trust) -> bool:
    """Whether a line below a headline says when and by whom, in its class or by its day."""
    return trust.hint(line) == "byline" or (
        line.amount <= _LONGEST_BYLINE and has_date(line.text, relative=False)
    )


def _titled_part(
    scan: Scan,
    weights: Sequence[float],
    best: int,
    title_line: int,
    spans: Sequence[tuple[int, int]],
) -> int:
    """The part of the chosen element that holds title and text, where only headed boxes stand below it.

    `spans` are the indices of the first and the last line of each element.
    """
    chain = list(scan.way_up(scan.lines[title_line].node))
    if best not in chain:
        return best
    total = _prose_between(weights, *spans[best])
    for part in chain[: chain.index(best)]:
        said = _prose_between(weights, max(spans[part][0], title_line + 1), spans[part][1])
        if said < max(_ENOUGH, _TITLED_SHARE * total):
            continue
        below = scan.lines[spans[part][1] + 1] if spans[part][1] + 1 < len(scan.lines) else None
        return part if below is None or _heads_box(below) else best
    return best


def _prose_between(weights: Sequence[float], first: int, last: int) -> float:
    """How much prose stands in these lines."""
    return sum(weight for weight in weights[first : last + 1] if weight > 0)


def _heads_box(line: Line) -> bool:
    """Whether a line is short and no clause, as the headings of boxes beside an article are."""
    return line.amount <= _LONGEST_BOX_HEADING and not count_marks(line.text)
