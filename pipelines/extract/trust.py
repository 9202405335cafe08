"""What to believe of a page's own words about its parts, and where the article with its title ends.

In: the page's lines and the index of the title's. Out: which boilerplate names and hidden elements hold, and
how near each line is to the article.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.extract.prose import ends_clause, size
from pipelines.extract.scan import SUBHEADINGS, Hint, Line, Scan
from pipelines.words import pattern

_OTHERS = pattern(
    r"^\W{0,3}{byline.responsible}\W.{0,24}$"
    r"|^[\W_]{0,3}(?:{related.which}.{0,4}{related.what}|{related.heading}"
    r"|{related.comment_which}{related.comment}|{related.comments_below|related.comments_alone})\W{0,3}(?:\d+\W?)?$"
)
_COMMENTS = pattern(
    r"^[\W_]{0,3}(?:{related.comment_which}{related.comment}|{related.comments_below})\W{0,3}(?:\d+\W{0,2})?$"
)
_COMMENTS_WEIGH = -0.1
"""Readers' comments may be longer than the article: they must not draw the choice to what holds both."""
_NEAR_HEAD = 7
"""Lines between a digest's title and its first linked headline, at most."""
_BYLINE_DATE = pattern(r"{date.full}|\b{date.full_year}\b.{0,12}{date.clock}", as_written=True)
_ENOUGH = 40.0
"""Characters of prose after which an article may have ended: announcements also stand above articles."""
_CONTENTS = pattern("{kind.contents}")
_POSTED = pattern(
    r"^(?:(?:.{0,12}\s)?{related.posted}\W{0,3}(?:{date.full_year}[-/.年]|{date.today}"
    r"|\d{1,3}\s?{date.second|date.minute|date.hour|date.day|date.week|date.month|date.year})"
    r"|(?:第\s?)?\d{1,4}\s?(?:楼|#)\s.{0,40}{date.full_year}-)"
)
"""What stands above every post of a thread."""
_LINKS_END = 4
"""Lines of links on end below a heading, after which prose elsewhere is a sidebar's."""


class Trust(NamedTuple):
    """Which of a page's own words about its elements hold."""

    doubted: frozenset[int]
    """Elements that call themselves boilerplate and hold the article."""
    hidden: bool
    """Whether hidden text is an extra, and not an article that a script reveals."""
    replies: int = 1_000_000_000
    """The index of the first line of a forum's replies."""
    digest: bool = False
    """Whether linked headlines with texts below them are one article's parts (早报), not a list of pages."""

    nearness: Sequence[float] = ()
    """How likely each line is to belong to the article with the page's title."""

    def hint(self, line: Line, container: int = -1) -> Hint:
        """The kind of boilerplate that a line stands in, inside a container; empty for none."""
        return line.hint if line.hint_node > container and line.hint_node not in self.doubted else ""


def trusted(scan: Scan, title_line: int | None) -> Trust:
    """What to believe of the page's own class names and of its hidden elements."""
    near = _nearness(scan, title_line)
    prose = [
        line.amount * nearness if line.is_prose else 0.0
        for line, nearness in zip(scan.lines, near, strict=True)
    ]
    hidden = sum(amount for amount, line in zip(prose, scan.lines, strict=True) if line.hidden)
    total = sum(prose)
    held: dict[int, float] = {}
    said: float = 0.0
    footers: set[int] = set()
    replies: set[int] = set()
    for index, (amount, line) in enumerate(zip(prose, scan.lines, strict=True)):
        if line.hint and amount and not line.hidden:
            held[line.hint_node] = held.get(line.hint_node, 0.0) + amount
            if line.hint == "comment":
                replies.add(line.hint_node)
            if line.hint in ("copyright", "contact") and said >= _ENOUGH:
                footers.add(line.hint_node)
        elif title_line is not None and index > title_line and not line.hidden:
            said += amount
    alike: dict[str, float] = {}
    names = {line.hint_node: _shared_name(scan, line.hint_node, replies) for line in scan.lines if line.hint}
    for node, amount in held.items():
        alike[names[node]] = alike.get(names[node], 0.0) + amount
    above = {names[node] for node in held if node not in footers}
    doubted = {node for node, name in names.items() if name in above and alike[name] > 0.5 * total}
    if title_line is not None:  # what holds the article's title is no boilerplate, whatever it calls itself
        doubted.update(scan.way_up(scan.lines[title_line].node))
    digest = _is_digest(scan.lines, title_line)
    return Trust(frozenset(doubted), hidden <= total - hidden, _replies(scan.lines), digest, near)


def _shared_name(scan: Scan, node: int, replies: set[int]) -> str:
    """The class by which an element's prose is counted: advertisements cut an article into several of one.

    Replies are elements of one class too, and may say more than the article: each counts for itself.
    """
    name = scan.elements[node].get("class")
    return name if name and node not in replies else str(node)


def _nearness(scan: Scan, title_line: int | None) -> list[float]:
    """How likely a line is to belong to the article with this title: less before it, and after its end.

    Its end is a line that announces other articles, or another first-level heading; not where that line
    stands in a card between paragraphs of one element.
    """
    lines, parents = scan.lines, [-1, *scan.parents]
    homes: set[int] = set()
    cue_home = -1
    near, said = [], 0.0
    ended, after, run = False, 0.2, 0
    for index, line in enumerate(lines):
        before = title_line is not None and index < title_line
        home = parents[line.node + 1]
        if ended and home in homes and home != cue_home and line.is_prose:
            ended = False
        if not before and said >= _ENOUGH and not line.hidden:
            other_title = line.tag == "h1" and title_line is not None and lines[title_line].tag == "h1"
            if not ended and (other_title or _OTHERS.match(line.plain)):
                ended, cue_home = True, -1 if line.is_linked or _opens_card(scan, index) else home
            run = run + 1 if line.is_linked else 0
            if run == _LINKS_END and not ended and _heads_list(lines[index - run]):
                ended, cue_home = True, -1
            after = _COMMENTS_WEIGH if _COMMENTS.match(line.plain) else after
        near.append(0.2 if before else after if ended else 1.0)
        if not before and not line.hidden and line.is_prose:
            said += line.amount
            if not ended:
                homes.add(home)
    return near


def _is_digest(lines: Sequence[Line], title_line: int | None) -> bool:
    """Whether a dated byline stands below the title and no dates stand between the headlines."""
    if title_line is None:
        return False
    below = [line.text for line in lines[title_line + 1 : title_line + 5] if not line.is_linked]
    head = "".join(below).split("。")[0]
    if not any(_BYLINE_DATE.search(text) and size(text) < 60 for text in below) or len(head) > 200:
        return False
    end = next((i for i in range(title_line + 1, len(lines)) if _OTHERS.match(lines[i].plain)), len(lines))
    heads = [i for i in range(title_line + 1, end - 1) if lines[i].is_linked and lines[i + 1].is_prose]
    if len(heads) < 3 or heads[0] - title_line > _NEAR_HEAD:
        return False
    between = lines[heads[0] : heads[-1]]
    return sum(bool(_BYLINE_DATE.search(line.text)) and line.amount < 40 for line in between) < 2


def _heads_list(line: Line) -> bool:
    """Whether a line heads a box of links; a table of contents heads the text itself."""
    short = line.amount <= 10 and not ends_clause(line.text)
    return line.tag in SUBHEADINGS and short and not _CONTENTS.search(line.plain)


def _replies(lines: Sequence[Line]) -> int:
    """The index of the line that says when the second post of a thread was written; past all without one."""
    stamps = [i for i, line in enumerate(lines) if len(line.text) < 80 and _POSTED.match(line.plain)]
    return next((i for i in stamps[1:] if any(line.is_prose for line in lines[stamps[0] : i])), len(lines))


def _opens_card(scan: Scan, index: int) -> bool:
    """Whether the lines below stand inside the element of this line, which only heads them."""
    below = scan.lines[index + 1].node if index + 1 < len(scan.lines) else -1
    return below >= 0 and scan.parents[below] == scan.lines[index].node
