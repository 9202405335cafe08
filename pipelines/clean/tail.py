"""Where the news ends: the lines in, the number of lines that are the article's out, with the cue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipelines.clean.rules import (
    CONTACT_WORDS,
    NOTICES,
    PHONES,
    TAIL,
    Rule,
    cue_in,
    first_match,
    fitting,
    line_rule,
)
from pipelines.dates import is_day
from pipelines.normalise import simplify
from pipelines.records import Stripped, StrippedKind
from pipelines.scripts import SYLLABLE
from pipelines.words import pattern

_SENTENCE_END = re.compile(r"[。！？!?…”」』）)\]】.;；]$")
_INSIDE = re.compile(r"[，。；！？,.]")
_ANNOUNCES = re.compile(r"[，,][^，,]{2,40}[：:]$")
"""A sentence that announces a table or a list."""
_REPORTED = pattern("{text.said}", case=True)
_ATTRIBUTED = re.compile(r"^[“「][^”」]{4,120}[”」][^，。]{0,30}[^，。”」\s]{4,}[。]$")
"""Words in quotation marks, and who said them."""
_PLEA = pattern("{share.pleads}")
_CLAUSES = pattern(r"[，,]|\b{text.clause}\b", case=True)
_NOTICE_TITLE = pattern(r"{document.notice}(?:[（(《].{0,20})?$|^{document.notice_about}")
_CONTACT_SECTION = pattern(
    r"^[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]?[、.．:：)）]?\s?.{0,8}{contact.section}\W{0,2}$"
)
_HEADS_CONTACT = pattern(r"{contact.word|contact.label}|^[^，。：:]{2,20}{contact.body}$")
_SHORT_PIECE = 25
"""Characters of a line below a contact or a notice that may still be part of it."""
_LONGEST_BLOCK = 12
_LEAST_PARTICULARS = 3
_PARTICULAR = re.compile(r"^\W{0,3}[^，。：:\s]{2,10}\s?[：:]\s?[^。]{1,60}$")
_ON_OFFER = pattern(
    r"^\W{0,3}(?:.{0,4}{related.on_offer}.{0,4}|{related.offered}{related.offered_with})\s?[：:]"
)
"""What letting agents say of a property: two of them make a list of particulars an offer."""
_CONTACT_RULES = frozenset(["phone", "messenger", "contact-line", "contact-plea", "scan-code"])
_NOTICE_RULES = frozenset(["phone", "messenger", "contact-line"])
_PLEADING = pattern("{contact.pleading}")
_SIGNED = pattern(
    r"^{document.attachment}\s?[:：\d]|^\d{1,2}[.．、]|{document.signatory}$|^[^。]{1,14}\s?[:：].{1,60}$"
)
_PARTICULARS = pattern(
    r"^[^\w（(《]{0,3}[（(]?(?:[一二三四五六七八九十\d]{1,2}[、.．)）]\s?)?{document.particular}\s?[:：]",
    as_written=True,
)
"""When, where and for whom something is: the content of a notice, in whatever words its title has."""
_LEAST_PARTICULARS_OF_EVENT = 2
_NEGATED = pattern(r"{contact.never}.{0,20}(?:{contact.messenger}|{contact.word})")
_SENTENCES = re.compile(r"[^。！？；]+[。！？；]?")
_LONG_STATEMENT, _MOSTLY = 60, 0.5
"""Characters of a paragraph beside its numbers, and the share of them in sentences that give none."""
_REACHABLE = pattern(r"\d{5}|@|[:：]|{contact.reachable}")
_STATEMENT, _PLAIN_STATEMENT = 25, 16
"""Characters beside the number that make a sentence of it; fewer where nothing pleads (热线, 欢迎)."""
_LEAST_BEFORE = 30
"""Characters of news that must stand before a cue: menus and summaries carry the same words."""
_LONG = 120
"""A paragraph: no teaser is that long without being cut (`...`)."""
_LONG_LATIN, _FEW, _LONGER_THAN_TEASERS = 60, 3, 220
"""The same for letters, whose headlines end without a full stop; three of them go on with an article, and so
does one that is longer than teasers are."""
_CUT_SHORT = pattern(r"(?:\.{3}|…{1,2}|[\[【(（]?{related.cut}[\]】)）]?)$")


class Tail(NamedTuple):
    """Where the tail begins, and the kind and rule of whatever in it no rule knows better."""

    start: int
    kind: StrippedKind
    rule: str


def find_tail(lines: Sequence[str], title: str = "") -> Tail:
    """The first line after the article; `len(lines)` where it goes on to the end.

    Args:
        lines: The body, a paragraph a line.
        title: Its title: whether it is a notice (招标公告, 通知), whose contacts are part of the news.
    """
    cut = _after_cue(lines)
    notice = _last_of_notice(lines[: cut.start if cut else len(lines)], title)
    tail = _by_rules(lines, cut, notice)
    if notice >= 0 or _NOTICE_TITLE.search(simplify(title)):
        return tail
    listing = _listing(lines[: tail.start])
    return tail if listing == tail.start else Tail(listing, "related", "property-listing")


def _by_rules(lines: Sequence[str], cut: Tail | None, notice: int) -> Tail:
    """The tail by cues, contacts and the rules of its lines, after the last line of news or of a notice."""
    end = cut.start if cut else len(lines)
    block = _contact_block(lines[:end]) if notice < 0 else None
    end = block if block is not None else end
    last = max(_last_news(lines[:end]), notice)
    for index in range(last + 1, end):
        rule = tail_rule(lines[index]) or _contact_heading(lines, index, end)
        if rule:
            return Tail(index, rule.kind, rule.name)
    if block is not None:
        return Tail(block, "contact", "contact-block")
    return cut or Tail(len(lines), "related", "")


def _contact_block(lines: Sequence[str]) -> int | None:
    """Where two lines of contacts on end stand below most of the text: a slogan below them is theirs too."""
    first = max(1, len(lines) - _LONGEST_BLOCK)
    rules = [tail_rule(line) if len(line) <= _LONG else None for line in lines[first:]]
    for offset in range(len(rules) - 1):
        if not all(rule and rule.name in _CONTACT_RULES for rule in rules[offset : offset + 2]):
            continue
        index = first + offset
        if _in_table(lines, index):
            continue
        said, rest = sum(map(len, lines[:index])), sum(map(len, lines[index + 2 :]))
        if said >= 2 * _LEAST_BEFORE and rest < said / 2:
            return index - 1 if _contact_heading(lines, index - 1, len(lines)) else index
    return None


def _listing(lines: Sequence[str]) -> int:
    """Where the particulars of a property on offer begin, right below the text; `len(lines)` without any.

    They are one label and value a line, and some of the labels are those of letting agents; a heading and
    the property's name stand above them.
    """
    start = len(lines)
    while start and _PARTICULAR.match(simplify(lines[start - 1])):
        start -= 1
    found = [line for line in lines[start:] if _ON_OFFER.match(simplify(line))]
    if len(lines) - start < _LEAST_PARTICULARS or len(found) < 2 or start <= _last_news(lines):
        return len(lines)
    for _ in range(2):
        head = lines[start - 1] if start > 1 else ""
        start -= bool(head) and len(head) <= _SHORT_PIECE and not _INSIDE.search(head)
    return start


def _in_table(lines: Sequence[str], index: int) -> bool:
    """Whether a line is one of three rows on end with as many cells: a table may have a column of numbers."""
    cells = [len(line.split()) for line in lines[max(0, index - 2) : index + 3]]
    return any(cells[i] >= 4 and len(set(cells[i : i + 3])) == 1 for i in range(len(cells) - 2))


def name_pieces(lines: Sequence[str], tail: Tail) -> list[Stripped]:
    """Every line of the tail with a kind of its own.

    A line that no rule knows belongs to what was last announced (相关文章); below contacts and notices,
    where nothing is announced, longer ones are teasers, and short ones right below a contact its rest.
    """
    pieces = []
    kind, name = tail.kind, tail.rule
    for index, line in enumerate(lines):
        rule = tail_rule(line) or _contact_heading(lines, index, len(lines))
        if rule:
            kind, name = rule.kind, rule.name
        elif kind not in ("related", "comment") and len(line) > _SHORT_PIECE:
            kind, name = "related", "below-the-end"
        pieces.append(Stripped(kind, name, line))
    return pieces


@lru_cache(maxsize=2_000)  # a page's lines are asked about again and again
def tail_rule(line: str) -> Rule | None:
    """The rule by which a line belongs to the tail, if it stands there; None for news."""
    rule = cue_in(line) or line_rule(line)
    if rule:
        return rule
    found = fitting(simplify(line), TAIL)
    return next((rule for rule in found if not _is_statement(line, rule)), None)


def _is_statement(line: str, rule: Rule) -> bool:
    """Whether a line that fits a rule is a sentence of the news all the same.

    News quotes telephone numbers (one sentence, few words of contact) and reports what people say about
    copyright; a plea or a notice speaks for itself.
    """
    if rule.name != "rights-notice" and _ATTRIBUTED.search(line):
        return True
    if rule.name == "takedown" and "公示" in line:
        return True  # objections to a list that is put up for them
    if rule in NOTICES:
        return rule.name != "rights-notice" and bool(_REPORTED.search(simplify(line)))
    if rule.name == "praise":
        return line.endswith("。") and not _PLEA.search(simplify(line))
    if rule.kind == "contact" and line.endswith("。") and _NEGATED.search(simplify(line)):
        return True  # a warning
    if rule.name not in ("phone", "messenger", "contact-line"):
        return False
    words = PHONES.sub("", line)
    if len(words) >= _LONG_STATEMENT and _says_more(line, rule):
        return True
    contact = len(CONTACT_WORDS.findall(words))
    if line.endswith("。") and len(line) >= _PLAIN_STATEMENT and not _REACHABLE.search(line):
        return True  # of a hot line, without a number to call
    pleads = bool(_PLEADING.search(simplify(line)))
    enough, most = (_STATEMENT, 2) if pleads else (_PLAIN_STATEMENT, 3)
    return (
        len(words) >= enough
        and line.rstrip()[-1:] in "。！？”.!?"
        and contact <= most
        and bool(_CLAUSES.search(words))
    )


def _says_more(line: str, rule: Rule) -> bool:
    """Whether most of a paragraph stands in sentences that name no way to reach anybody."""
    if _PLEADING.search(simplify(line)):
        return False
    sentences = _SENTENCES.findall(line)
    said = sum(len(sentence) for sentence in sentences if not rule.find(sentence))
    return len(sentences) > 1 and said >= _MOSTLY * len(line)


def particulars(lines: Sequence[str]) -> list[int]:
    """The indexes of lines that say when, where or for whom something is; none where it is one line alone."""
    found = [i for i, line in enumerate(lines) if len(line) <= _LONG and _PARTICULARS.search(line)]
    return found if len(found) >= _LEAST_PARTICULARS_OF_EVENT else []


def _after_cue(lines: Sequence[str]) -> Tail | None:
    said = 0
    for index, line in enumerate(lines):
        rule = cue_in(line) if len(line) <= 60 else None
        if rule and said >= _LEAST_BEFORE and not _goes_on(lines[index + 1 :], said, rule):
            return Tail(index, rule.kind, rule.name)
        if _closes(line, said, lines[index + 1 :]):
            return Tail(index, "related", "after-notice")
        said += len(line) if rule is None and len(line) > 15 else 0
    return None


def _closes(line: str, said: int, rest: Sequence[str]) -> bool:
    """Whether a notice of rights stands below most of the text: then the rest is other articles."""
    rule = first_match(line, NOTICES) if said > _LONG else None
    return bool(rule and rule.name == "rights-notice") and said > sum(map(len, rest))


def _goes_on(rest: Sequence[str], said: int, cue: Rule) -> bool:
    """Whether real paragraphs follow a cue, as they do where related news stand inside an article."""
    latin = cue.kind == "related" and sum(not SYLLABLE.search(line) for line in rest) > len(rest) / 2
    paragraphs = [
        len(line)
        for line in rest
        if len(line) >= (_LONG_LATIN if latin else _LONG)
        and not _CUT_SHORT.search(line)
        and _SENTENCE_END.search(line)
        and not tail_rule(line)
    ]
    if latin and max(paragraphs, default=0) >= _LONGER_THAN_TEASERS:
        return True
    return sum(paragraphs) > max(200, said / 5 if latin and len(paragraphs) >= _FEW else said / 2)


def first_news(lines: Sequence[str]) -> int:
    """The index of the first line that reads like news and fits no rule; `len(lines)` where there is none."""
    return next((index for index, line in enumerate(lines) if _is_news(line)), len(lines))


def _is_news(line: str) -> bool:
    ended = _SENTENCE_END.search(line)
    sentence = ended is not None and (ended[0] not in "」』）)]】" or bool(_INSIDE.search(line)))
    sentence = sentence or bool(_ANNOUNCES.search(line))
    return (len(line) >= 20 and sentence and not tail_rule(line)) or len(line) >= 400


def _last_news(lines: Sequence[str]) -> int:
    """The index of the last line that reads like news and fits no rule; -1 where there is none."""
    for index in range(len(lines) - 1, -1, -1):
        if _is_news(lines[index]):
            return index
    return -1


def _last_of_notice(lines: Sequence[str], title: str) -> int:
    """The index of the last line of a notice's own contacts, attachments and signature; -1 for no notice.

    They stand under a numbered heading, or in a text whose title calls it a notice. What pleads with the
    reader (招商热线, 微信同号) is the site's, and ends them.
    """
    numbered = next((i for i, line in enumerate(lines) if _CONTACT_SECTION.search(simplify(line))), -1)
    titled = bool(_NOTICE_TITLE.search(simplify(title)))
    event = particulars(lines)
    if numbered < 0 and not titled and not event:
        return -1
    start = numbered if numbered >= 0 else min(_last_news(lines) + 1, _first_contacts(lines))
    last = _last_own(lines, start, numbered, event, titled=titled) if numbered >= 0 or titled else -1
    return max(last, _last_own(lines, event[0], numbered, event, titled=titled)) if event else last


def _last_own(lines: Sequence[str], start: int, numbered: int, event: Sequence[int], *, titled: bool) -> int:
    """The last line from `start` on that is a notice's own, before one that pleads; -1 for none."""
    last = -1
    for index in range(start, len(lines)):
        rule = tail_rule(lines[index])
        own = rule is None or rule.name in _NOTICE_RULES or index in event
        if not own or _PLEADING.search(simplify(lines[index])):
            break
        if (
            rule
            or (titled and (_is_signed(lines[index]) or len(lines[index]) >= 20))
            or index == numbered
            or index in event
        ):
            last = index
    return last


def _is_signed(line: str) -> bool:
    """Whether a line is one of those behind a notice: a file, a row, who signed it, or when."""
    return is_day(line) or _SIGNED.search(simplify(line)) is not None


def _first_contacts(lines: Sequence[str]) -> int:
    """The index of the first of two lines of contacts on end; `len(lines)` where there are none."""
    rules = [tail_rule(line) for line in lines]
    found = [bool(rule and rule.name in _NOTICE_RULES) for rule in rules]
    return next((i for i in range(len(lines) - 1) if found[i] and found[i + 1]), len(lines))


def _contact_heading(lines: Sequence[str], index: int, end: int) -> Rule | None:
    """A short line without a rule of its own right above a contact line (`葛先生微信`, a company's name)."""
    if index + 1 >= end or len(lines[index]) > 25 or not _HEADS_CONTACT.search(simplify(lines[index])):
        return None
    below = tail_rule(lines[index + 1])
    return below if below and below.kind == "contact" else None
