"""The page's lines in, the element that holds the article out.

Every line gets a weight, positive for prose and negative for navigation, and the element with the
greatest sum wins: the maximum subsequence segmentation of Pasternack and Roth ("Extracting article text
from the web with maximum subsequence segmentation", WWW 2009), with the tree's elements as the only
segments allowed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract.part import prose_between, size, titled_part
from pipelines.normalise import simplify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.extract.scan import Line, Scan

_SENTENCE = re.compile(r"[。！？；!?…]|[.;:]\s|[.\"”’]$|[，,、].*[，,、]")
_ANNOUNCES = re.compile(r"[，,].*[：:]$")
"""A sentence that announces a table or a list."""
_LISTED_DATE = re.compile(
    r"[\[【(（]?(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s\d\d:\d\d)?[\]】)）]?"
)
_PUNCTUATION = re.compile(r"[。，、；：！？,.;:!?]")
_CLAUSE_END = re.compile(r"[，,：:、。！？!?.…）)”\"]$")
_BOILERPLATE = re.compile(
    simplify(
        r"copyright|©|all rights reserved|版权所有|版權所有|icp备|icp證|公网安备|许可证"
        r"|举报电话|浏览器|javascript"
        r"|cookie|privacy policy|用户协议|免责声明"
    ),
    re.IGNORECASE,
)
_TEASER_END = re.compile(
    r"(?:\.{3}|…{1,2}|[\[【(（]?(?:查看|阅读|閱讀|更多)?(?:详细|详情|全文|more|更多)[\]】)）]?[>»›]*)$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    simplify(
        r"^\W{0,3}(?:责任编辑|責任編輯|责编)\W.{0,24}$|^[\W_]{0,3}(?:(?:相关|相關|推荐|推薦"
        r"|热门|熱門|热点|延伸|更多|最新|精彩"
        r"|猜你|你可能|您可能|大家|看了又看|看过|随机|为你|为您|為您|編輯|编辑)"
        r".{0,4}(?:阅读|閱讀|新闻|新聞|文章|推荐|推薦|资讯|報導|报道|内容|喜欢|感兴趣|還想看"
        r"|还想看|都在看|评论|留言|精选|看了又看)"
        r"|看了又看|(?:热门|网友|最新|全部|用户|精彩|所有|发表)(?:评论|評論|留言|跟贴)|評論|评论区?|留言"
        r"|(?:园区|厂房|房源|项目|企业|产品|图文|文章|视频|小编|精品|热销)推荐|related (?:articles"
        r"|stories|news|posts|content)|you may also"
        r"|more (?:from|stories|news)|read more|read next"
        r"|recommended|most (?:read|popular)|latest (?:news|stories)|trending|comments?)\W{0,3}(?:\d+\W?)?$"
    ),
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    simplify(
        r"^[\W_]{0,3}(?:(?:热门|网友|最新|全部|用户|精彩|所有|发表)(?:评论|評論|留言|跟贴)|评论区"
        r"|評論區|留言板|comments?)\W{0,3}(?:\d+\W{0,2})?$"
    ),
    re.IGNORECASE,
)
_COMMENTS_WEIGH = -0.1
"""Readers' comments may be longer than the article: they must not draw the choice to what holds both."""
_NEAR_HEAD = 7
"""Lines between a digest's title and its first linked headline, at most."""
_BYLINE_DATE = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}|\b(?:19|20)\d\d\b.{0,12}\d{1,2}:\d\d"
)
_ENOUGH = 40.0
"""Characters of prose after which an article may have ended: announcements also stand above articles."""


_CONTENTS = re.compile(r"目录|目錄|提纲|contents|on this page|in this article", re.IGNORECASE)
_POSTED = re.compile(
    r"^(?:(?:.{0,12}\s)?(?:发表于|回复于|回帖于|回复时间)\W{0,3}(?:(?:19|20)\d\d[-/.年]|昨天|前天|今天"
    r"|\d{1,3}\s?(?:秒|分|小时|天|周|月|年))"
    r"|(?:第\s?)?\d{1,4}\s?(?:楼|#)\s.{0,40}(?:19|20)\d\d-)"
)
"""What stands above every post of a thread."""
_LINKS_END = 4
"""Lines of links on end below a heading, after which prose elsewhere is a sidebar's."""
_PRICE_OF_ROOM = 25.0
"""How much an article of one paragraph may lose for the element around it: two or three lines of links."""


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

    def hint(self, line: Line, container: int = -1) -> str:
        """The kind of boilerplate that a line stands in, inside a container; empty for none."""
        return line.hint if line.hint_node > container and line.hint_node not in self.doubted else ""


class Choice(NamedTuple):
    """The element chosen, and how sure that is."""

    node: int
    first: int
    """The index of its first line."""
    last: int
    """The index after its last line."""
    score: float
    """The sum of its lines' weights: about the number of Chinese characters of prose."""
    share: float
    """Its prose as a share of all the prose on the page."""
    prose: float
    """The sum of its positive weights alone."""


def trusted(scan: Scan, title_line: int | None) -> Trust:
    """What to believe of the page's own class names and of its hidden elements."""
    near = _nearness(scan, title_line)
    prose = [
        size(line.text) * nearness if is_prose(line) else 0.0
        for line, nearness in zip(scan.lines, near, strict=True)
    ]
    hidden = sum(amount for amount, line in zip(prose, scan.lines, strict=True) if line.hidden)
    total = sum(prose)
    held: dict[int, float] = {}
    above: float = 0.0
    footers: set[int] = set()
    for index, (amount, line) in enumerate(zip(prose, scan.lines, strict=True)):
        if line.hint and amount and not line.hidden:
            held[line.hint_node] = held.get(line.hint_node, 0.0) + amount
            if line.hint in ("copyright", "contact") and above >= _ENOUGH:
                footers.add(line.hint_node)
        elif title_line is not None and index > title_line and not line.hidden:
            above += amount
    doubted = {node for node, amount in held.items() if amount > 0.5 * total and node not in footers}
    node = scan.lines[title_line].node if title_line is not None else -1
    while node >= 0:  # what holds the article's title is no boilerplate, whatever it calls itself
        doubted.add(node)
        node = scan.parents[node]
    digest = _is_digest(scan.lines, title_line)
    return Trust(frozenset(doubted), hidden <= total - hidden, _replies(scan.lines), digest, near)


def weigh(scan: Scan, trust: Trust) -> list[float]:
    """A weight for every line: positive for prose, negative for what stands around articles."""
    teasers = _teasers(scan, digest=trust.digest)
    weights = []
    for index, line in enumerate(scan.lines):
        if line.hidden and trust.hidden:
            weights.append(0.0)
        elif index in teasers or index >= trust.replies:
            weights.append(-5.0)
        else:
            weight = _weight(line, trust.hint(line))
            weights.append(weight * trust.nearness[index] if weight > 0 else weight)
    return weights


def choose(scan: Scan, weights: Sequence[float], title_line: int | None = None) -> Choice | None:
    """The element whose lines weigh most, the innermost of equals; None on a page without lines.

    Below the element that holds the title too, and much of that prose, a box with a heading of its own is
    left out.
    """
    count = len(scan.elements)
    if not scan.lines or not count:
        return None
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
    best = _around(scan, sums, best)
    spans = list(zip(firsts, lasts, strict=True))
    if title_line is not None:
        best = titled_part(scan, weights, best, title_line, spans)
    last = lasts[best]
    prose = sum(weight for weight in weights if weight > 0)
    inside = prose_between(weights, firsts[best], last)
    return Choice(best, firsts[best], last + 1, sums[best], inside / prose if prose else 0.0, inside)


def _around(scan: Scan, sums: Sequence[float], node: int) -> int:
    """The element around a single paragraph: an article of one paragraph has its footer beside it."""
    parent = scan.parents[node]
    single = scan.elements[node].tag == "p" and parent >= 0
    return parent if single and sums[parent] >= sums[node] - _PRICE_OF_ROOM else node


def is_linked(line: Line) -> bool:
    """Whether most of a line is links; a list gives its headlines a date, which says nothing."""
    if line.linked < 4:
        return line.linked > 0.5 * len(line.text)
    return line.linked > 0.5 * len(line.text) or line.linked > 0.5 * len(_LISTED_DATE.sub("", line.text))


def is_prose(line: Line) -> bool:
    """Whether a line reads like part of a paragraph."""
    amount = size(line.text)
    if is_linked(line) or amount < 8:
        return False
    if amount >= 40:
        return len(_PUNCTUATION.findall(line.text)) >= amount / 200
    return amount >= 10 and bool(
        _SENTENCE.search(line.text) or (amount >= 15 and _ANNOUNCES.search(line.text))
    )


def _weight(line: Line, hint: str) -> float:
    amount = size(line.text)
    if is_linked(line):
        return -10.0 if amount < 60 else -20.0
    if hint and not (hint == "byline" and amount >= 40):
        return -min(amount, 20.0) / 2
    if _BOILERPLATE.search(simplify(line.text)) and amount < 150:
        return -10.0
    if is_prose(line):
        return amount * (1 - line.linked / len(line.text))
    if _CLAUSE_END.search(line.text) or line.tag in ("h2", "h3", "blockquote"):
        return 1.0
    if line.row or line.tag in ("p", "section"):
        return 0.0
    return -2.0


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
        if ended and home in homes and home != cue_home and is_prose(line):
            ended = False
        if not before and said >= _ENOUGH and not line.hidden:
            other_title = line.tag == "h1" and title_line is not None and lines[title_line].tag == "h1"
            if not ended and (other_title or _OTHERS.match(simplify(line.text))):
                ended, cue_home = True, -1 if is_linked(line) or _opens_card(scan, index) else home
            run = run + 1 if is_linked(line) else 0
            if run == _LINKS_END and not ended and _heads_list(lines[index - run]):
                ended, cue_home = True, -1
            after = _COMMENTS_WEIGH if _COMMENTS.match(simplify(line.text)) else after
        near.append(0.2 if before else after if ended else 1.0)
        if not before and not line.hidden and is_prose(line):
            said += size(line.text)
            if not ended:
                homes.add(home)
    return near


def _is_digest(lines: Sequence[Line], title_line: int | None) -> bool:
    """Whether a dated byline stands below the title and no dates stand between the headlines."""
    if title_line is None:
        return False
    below = [line.text for line in lines[title_line + 1 : title_line + 5] if not is_linked(line)]
    head = "".join(below).split("。")[0]
    if not any(_BYLINE_DATE.search(text) and size(text) < 60 for text in below) or len(head) > 200:
        return False
    end = next(
        (i for i in range(title_line + 1, len(lines)) if _OTHERS.match(simplify(lines[i].text))), len(lines)
    )
    heads = [i for i in range(title_line + 1, end - 1) if is_linked(lines[i]) and is_prose(lines[i + 1])]
    if len(heads) < 3 or heads[0] - title_line > _NEAR_HEAD:
        return False
    between = lines[heads[0] : heads[-1]]
    return sum(bool(_BYLINE_DATE.search(line.text)) and size(line.text) < 40 for line in between) < 2


def _heads_list(line: Line) -> bool:
    """Whether a line heads a box of links; a table of contents heads the text itself."""
    short = size(line.text) <= 10 and not _CLAUSE_END.search(line.text)
    return line.tag in ("h2", "h3", "h4", "h5", "dt") and short and not _CONTENTS.search(line.text)


def _replies(lines: Sequence[Line]) -> int:
    """The index of the line that says when the second post of a thread was written; past all without one."""
    stamps = [i for i, line in enumerate(lines) if len(line.text) < 80 and _POSTED.match(simplify(line.text))]
    return next((i for i in stamps[1:] if any(map(is_prose, lines[stamps[0] : i]))), len(lines))


def _opens_card(scan: Scan, index: int) -> bool:
    """Whether the lines below stand inside the element of this line, which only heads them."""
    below = scan.lines[index + 1].node if index + 1 < len(scan.lines) else -1
    return below >= 0 and scan.parents[below] == scan.lines[index].node


def _teasers(scan: Scan, *, digest: bool) -> frozenset[int]:
    """The excerpts below linked headlines: cut ones (`...`), and all where the two alternate.

    Paragraphs between cards that link elsewhere are no excerpts: they share an element with each other and
    not with the card's headline.
    """
    lines, parents = scan.lines, [-1, *scan.parents]
    held: dict[int, int] = {}
    for line in lines:
        if is_prose(line):
            held[parents[line.node + 1]] = held.get(parents[line.node + 1], 0) + 1
    cut, single = [], []
    for index in range(1, len(lines)):
        line, above = lines[index], lines[index - 1]
        if not is_linked(above) or is_linked(line) or size(above.text) < 5 or not is_prose(line):
            continue
        if _TEASER_END.search(line.text) and size(line.text) < 300:
            cut.append(index)
        elif index + 1 == len(lines) or not is_prose(lines[index + 1]):
            home = parents[line.node + 1]
            if held[home] < 2 or parents[above.node + 1] == home:
                single.append(index)
    return frozenset([*cut, *single] if len(single) >= 3 and not digest else cut)
