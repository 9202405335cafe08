"""The lines of the chosen element in; the body's lines, and an account of what was left out, out.

Where that choice is in doubt, trafilatura and the text that scripts carry are asked too.
"""

from __future__ import annotations

import copy
import logging
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import trafilatura
from lxml import etree

from pipelines.dates import has_date
from pipelines.extract.kind import LEAST_TEXT
from pipelines.extract.metadata import scripted_lines
from pipelines.extract.prose import bare, is_linked, is_prose, size
from pipelines.records import Stripped, StrippedKind
from pipelines.words import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from pipelines.extract.container import Choice
    from pipelines.extract.metadata import Metadata
    from pipelines.extract.scan import Line, Scan
    from pipelines.extract.trust import Trust

Reason = tuple[StrippedKind, str]
"""The kind and the rule by which a line is left out."""

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
_MOST_ELEMENTS = 20_000
"""trafilatura takes seconds on more; such a page keeps the first opinion."""
_LEAST_SCRIPTED, _LEAST_BETTER = 60, 100
"""Characters of text in scripts that are believed where the page shows none, and where it shows some."""
_ENDS_SENTENCE = re.compile(r"[。！？!?.…”\"）)]$")
_SIGNATORY = pattern(r"^[^，。：:]{3,30}{document.signatory|document.signatory_below}$")
_DAY_ALONE = re.compile(
    r"^(?:(?:19|20)\d\d"
    r"|[二〇○零一二三四五六七八九]{4})年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日$"
)
_MOST_HIDDEN = 50
_HEADING: Reason = ("related", "heading-of-links")
_LINKED: Reason = ("navigation", "linked-line")
_REPLY: Reason = ("comment", "reply-in-thread")
_ABOVE: Reason = ("navigation", "above-title")
_FAR_LEAD, _MOST_LEAD = 20, 5
_FAR_NOTICE, _LONG_NOTICE, _MOST_NOTICES = 400, 800, 12
_MAYBE_NOTICE = pattern(
    r"{copyright.word|copyright.mark|copyright.reserved|copyright.maybe|byline.responsible}|^\W?(?:编辑|editor)\s?[:：]"
)
_NOT_LEAD = pattern(r"[:：|｜©]|@|[)）]$|{kind.beside_title}")
"""What bylines and tools say between a title and its text."""


class Body(NamedTuple):
    """The body's lines before cleaning."""

    lines: tuple[str, ...]
    stripped: tuple[Stripped, ...]


def read_body(scan: Scan, choice: Choice, trust: Trust, title_line: int | None) -> Body:
    """The lines of the article's element, without links, hinted boilerplate and hidden text.

    A lead between the title and the element belongs to it; what stands in it above the title does not.
    """
    kept: list[str] = []
    stripped: list[Stripped] = []
    inside = scan.lines[choice.first : choice.last]
    reasons = [_left_out(line, choice, trust) for line in inside]
    replies = max(0, min(trust.replies - choice.first, len(inside)))
    reasons[replies:] = [reason or _REPLY for reason in reasons[replies:]]
    if trust.digest:
        _keep_heads(inside, reasons)
    above = _above_title(inside, title_line - choice.first) if title_line is not None else 0
    reasons[:above] = [reason or _ABOVE for reason in reasons[:above]]
    for index in range(len(inside) - 1, -1, -1):
        reasons[index] = reasons[index] or _heads_links(inside[index], reasons[index + 1 : index + 3])
    for line, reason in zip(inside, reasons, strict=True):
        if reason:
            stripped.append(Stripped(reason[0], reason[1], line.text))
        else:
            kept.append(line.text)
    kept.extend(_signature(scan, choice, trust))
    stripped.extend(_hidden_elsewhere(scan.lines, choice, trust))
    return Body((*_lead(scan, choice, trust, title_line), *kept), tuple(stripped))


def scripted_body(root: HtmlElement, metadata: Metadata) -> Body | None:
    """The text that the page's scripts carry, where the page itself shows none; None without one."""
    lines = scripted_lines(root, metadata)
    return Body(lines, ()) if _amount(lines) > _LEAST_SCRIPTED else None


def reconsidered(body: Body, root: HtmlElement, metadata: Metadata) -> Body:
    """The body after a second and a third opinion, where the first is in doubt."""
    scripted = scripted_lines(root, metadata)
    if _amount(scripted) > max(2 * _amount(body.lines), _LEAST_BETTER):
        return body._replace(lines=scripted)
    return body._replace(lines=_vote(body.lines, _by_trafilatura(root)))


def notices_below(scan: Scan, choice: Choice) -> tuple[str, ...]:
    """The lines below the article's element that may be notices of rights or name its editor, bounded."""
    below = scan.lines[choice.last : choice.last + _FAR_NOTICE]
    notices = (
        line.text
        for line in below
        if not line.hidden and len(line.text) <= _LONG_NOTICE and _MAYBE_NOTICE.search(line.plain)
    )
    return tuple(islice(notices, _MOST_NOTICES))


def _signature(scan: Scan, choice: Choice, trust: Trust) -> list[str]:
    """Who signed a notice and when, where the two stand right below its element."""
    below = [
        line for line in scan.lines[choice.last : choice.last + 2] if not trust.hint(line) and not line.linked
    ]
    if len(below) == 2 and _SIGNATORY.search(below[0].plain) and _DAY_ALONE.match(below[1].text):
        return [line.text for line in below]
    return []


def _keep_heads(lines: Sequence[Line], reasons: list[Reason | None]) -> None:
    """A digest's linked headlines are its subheads."""
    for index in range(len(lines) - 1):
        if reasons[index] == _LINKED and reasons[index + 1] is None and is_prose(lines[index + 1]):
            reasons[index] = None


def _above_title(inside: Sequence[Line], title: int) -> int:
    """How many of the element's first lines stand above its title and are menus: none where prose does."""
    if not 0 < title < len(inside):
        return 0
    before = sum(size(line.text) for line in inside[:title] if is_prose(line))
    after = sum(size(line.text) for line in inside[title:] if is_prose(line))
    return title if after > 40 and before < 0.05 * after else 0


def _lead(scan: Scan, choice: Choice, trust: Trust, title_line: int | None) -> list[str]:
    """The lead or the key points that stand between the title and the article's element."""
    if title_line is None or not 0 < choice.first - title_line <= _FAR_LEAD:
        return []
    between = scan.lines[title_line + 1 : choice.first]
    lead = [line.text for line in between if _is_lead(line, trust)]
    return lead if len(lead) <= _MOST_LEAD else []


def _is_lead(line: Line, trust: Trust) -> bool:
    if line.hidden or trust.hint(line) or is_linked(line) or line.tag in ("figcaption", "figure", "caption"):
        return False
    if has_date(line.text) or _NOT_LEAD.search(line.plain):
        return False
    point = line.tag == "li" and size(line.text) >= 10
    return point or (is_prose(line) and size(line.text) >= 15 and bool(_ENDS_SENTENCE.search(line.text)))


def _left_out(line: Line, choice: Choice, trust: Trust) -> Reason | None:
    """The kind and the rule by which a line is not part of the body; None where it is."""
    if line.hidden and trust.hidden:
        return "hidden", "hidden-element"
    hint = trust.hint(line, choice.node)
    if hint == "byline":
        return ("editor", "element-named-byline") if _like_byline(line) else None
    if hint:
        return hint, f"element-named-{hint}"
    if is_linked(line) and not (size(line.text) > 30 and _ENDS_SENTENCE.search(line.text)):
        return _LINKED
    return None


def _like_byline(line: Line) -> bool:
    """Whether a line in an element named for bylines is one: captions and leads stand there too."""
    if is_prose(line) and size(line.text) >= 40:
        return False
    return (
        size(line.text) <= 8
        or has_date(line.text)
        or (":" in line.text.replace("：", ":") and "，" not in line.text)
    )


def _heads_links(line: Line, below: Sequence[Reason | None]) -> Reason | None:
    """A short line above links that were left out is their heading."""
    if size(line.text) > 14 or _ENDS_SENTENCE.search(line.text) or len(below) < 2 or below[0] != _LINKED:
        return None
    return _HEADING if below[1] in (_LINKED, _HEADING) else None


def _hidden_elsewhere(lines: Sequence[Line], choice: Choice, trust: Trust) -> list[Stripped]:
    """Hidden prose outside the article's element: readers never saw it, and it may be meant for machines."""
    if not trust.hidden:
        return []
    outside = [*lines[: choice.first], *lines[choice.last :]]
    hidden = [
        Stripped("hidden", "hidden-element", line.text) for line in outside if line.hidden and is_prose(line)
    ]
    return hidden[:_MOST_HIDDEN]


def _vote(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """The first opinion, unless the second holds all of it and much more, or the first is next to nothing."""
    held = {bare(line) for line in second}
    shared = sum(size(line) for line in first if bare(line) in held)
    if _amount(first) < LEAST_TEXT or (
        shared >= 0.8 * _amount(first) and _amount(second) > 3 * _amount(first)
    ):
        return second or first
    return first


def _amount(lines: tuple[str, ...]) -> float:
    return sum(map(size, lines))


def _by_trafilatura(root: HtmlElement) -> tuple[str, ...]:
    """The lines that trafilatura takes for the body; none where it finds nothing or gives up."""
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        return ()
    try:
        document = trafilatura.bare_extraction(
            copy.deepcopy(root), with_metadata=False, include_comments=False, include_tables=True
        )
    except (RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError, etree.LxmlError):
        return ()
    text = getattr(document, "text", None) or ""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
