r"""The wordings of what stands around the news: each rule has a name, a kind and a shape.

Three strengths. `CUES` announce that the article has ended (相关阅读, 责任编辑); `LINES` take a line
wherever it stands; `TAIL` rules need the company of others, after the last line of news. `PIECES` are
cut off a line whose rest is news.

A shape is a pattern in which `{related.which}` stands for the words of that list in pipelines/words: a
wording of a form that is known is a line there, only a new form is a rule here. No shape nests one
repetition in another, so each is linear in the length of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from pipelines.clean.sieve import Sieve
from pipelines.normalise import simplify
from pipelines.records import StrippedKind
from pipelines.words import pattern


class Rule(NamedTuple):
    """One form of wording."""

    name: str
    kind: StrippedKind
    pattern: re.Pattern[str]
    bit: int
    """In what `may_fit` gives."""

    def find(self, text: str) -> re.Match[str] | None:
        """Where a line fits; the offsets are those of the line as it is written."""
        return self.pattern.search(simplify(text))


def first_match(text: str, rules: tuple[Rule, ...]) -> Rule | None:
    """The first of these rules that a line fits; None where none does."""
    plain = simplify(text)
    return next(fitting(plain, rules), None)


def fitting(plain: str, rules: tuple[Rule, ...]) -> Iterator[Rule]:
    """Those of these rules that a simplified line fits, in their order."""
    may = may_fit(plain)
    return (rule for rule in rules if may & rule.bit and rule.pattern.search(plain))


@lru_cache(maxsize=2_000)  # a page's lines are asked about again and again
def may_fit(plain: str) -> int:
    """The bits of all rules that a simplified line may fit: it fits none of the others."""
    return _sieve().may_match(plain)


@lru_cache(maxsize=2_000)  # as above
def cue_in(text: str) -> Rule | None:
    """The first of `CUES` that a line fits; None where none does."""
    return first_match(text, CUES)


@lru_cache(maxsize=2_000)  # as above
def line_rule(text: str) -> Rule | None:
    """The first of `LINES` that a line fits; None where none does."""
    return first_match(text, LINES)


def _rule(name: str, kind: StrippedKind, shape: str, *, case: bool = False) -> Rule:
    """A rule; `case` where capitals matter."""
    made = Rule(name, kind, pattern(shape, case=case), 1 << len(_rules))
    _rules.append(made)
    return made


_rules: list[Rule] = []


@cache
def _sieve() -> Sieve:
    return Sieve([rule.pattern for rule in _rules])


_OPEN = r"^[\s\W_]{0,6}"
"""What may stand before a label: brackets, arrows, bullets."""
_CLOSE = r"[\s\W_]{0,6}$"
_ASIDE = r"\s*[（(【\[]\s?"
_ASIDE_END = r"[)）】\]][。.]?$"

CUES: tuple[Rule, ...] = (
    _rule(
        "others-announced",
        "related",
        _OPEN + r"(?:{related.which}[^。，]{0,6}{related.what}|{related.heading})[\s\W_]{0,4}\d*" + _CLOSE,
    ),
    _rule("neighbours", "navigation", _OPEN + r"{related.neighbour}(?:{related.article}|[：:\s]|$)"),
    _rule(
        "comments",
        "comment",
        _OPEN + r"(?:{related.comment_which}\s?\d*\s?条?\s?{related.comment}(?:\s?[(（]\d+[)）])?"
        "|{related.comments})" + _CLOSE,
    ),
    _rule("share-line", "share", _OPEN + "{share.line}" + _CLOSE),
    _rule("paywall", "navigation", r"^.{0,20}{navigation.paywall}$|^\W{0,3}{navigation.paid}.{0,30}$"),
    _rule("page-useful", "navigation", "^{navigation.useful}$"),
    _rule("company-note", "contact", r"^{contact.about} [A-Z][\w&.,'’ -]{1,50}:?$", case=True),
    _rule("end-mark", "navigation", _OPEN + "{navigation.end}" + _CLOSE),
)
"""After one of these, where no real paragraph follows, nothing is the article's."""

PASSING_CUES = tuple(rule for rule in CUES if rule.name in ("others-announced", "share-line"))
"""Cues that also stand between the paragraphs of an article, with links below them."""

BYLINE = _rule(
    "byline",
    "editor",
    _OPEN + r"(?:(?:{credit.what}{0,2}(?:{byline.released|byline.done}?(?:{byline.when}|于)|{credit.label}"
    r"|{byline.row})|{byline.author_row}|{byline.read}{byline.count}?)\s?[:：]"
    r"|{byline.published}|{byline.by_name}\s[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3}$)[^。]{0,120}$",
)
CREDIT_LINE = _rule(
    "credit-line",
    "editor",
    r"^{credit.sentence} .{2,60}$"
    r"|^[（(【\[]?\s?{credit.opening}(?:\s?[:：《“\"「].{2,100}"
    r"|\s?[^，。了的在是]{2,20}(?:[，,].{0,80}{credit.goes_on}.{0,40})?)。?[）)】\]]?$",
)

LINES: tuple[Rule, ...] = (
    _rule(
        "editor-line",
        "editor",
        _OPEN + r"{byline.of}?{byline.editor|byline.proof|byline.desk}\s?[:：丨|／/_＝=][^。]{0,60}$",
    ),
    _rule("editor-aside", "editor", r"^[（(【\[\s]{1,3}{byline.of}?{byline.editor}[\s:：_、/].{0,40}$"),
    _rule("editor-code", "editor", r"^.{0,30}[_（(]\s?[A-Z]{1,3}\d{2,7}\s?[)）]?$"),
    _rule("original-title", "original-title", _OPEN + r"{credit.this}?{credit.original_title}\s?[:：为]"),
    BYLINE,
    CREDIT_LINE,
    _rule(
        "credits",
        "editor",
        r"^\W{0,3}{byline.made|byline.proof}\s?[|｜丨/／]\s?[^。，]{2,60}$|^\W{0,3}{byline.told}\s?[|｜丨]\s?[^。，]{2,40}$"
        r"|^{credit.account}.{2,60}$",
    ),
    _rule(
        "about-the-author",
        "editor",
        r"^[（(]\s?{credit.this}?{byline.author_is}[^（()）]{2,100}[)）]$"
        r"|^[（(]?\s?{credit.this}?{credit.printed}.{0,8}《[^《》]{2,20}》.{0,30}[)）]$",
    ),
    _rule("supplied-by", "editor", r"^[（(]\s?[^（()），。]{2,24}{byline.supplied}\s?[)）]$"),
    _rule(
        "date-line",
        "editor",
        r"^(?:{date.weekday_name},? )?{date.month_name}\.? \d{1,2}, \d{4},?"
        r"(?: at)? \d{1,2}:\d{2}\s?[ap]\.?m\.?(?: [a-z]{2,4})?$"
        r"|^[^，。：:]{0,20}{date.full}日?\s{date.clock}$"
        r"|^[\[【(]?{date.full}日?[\s|]{0,3}{date.clock}(?:\s.{0,60}|[\]】)])?$"
        r"|^\w{0,16}\d{1,3}\s?{date.told_ago}(?:\s?\(\d\d-\d\d\))?.{0,20}$",
    ),
    _rule("place", "navigation", _OPEN + "{navigation.place}[^。]{0,120}$"),
    _rule(
        "page-tool",
        "navigation",
        _OPEN
        + r"(?:\d{1,3}|{navigation.tool|navigation.close})"
        + r"(?:[\s|\]】\[【（()）]{1,3}{navigation.button}){0,5}"
        + _CLOSE,
    ),
    _rule("site-note", "editor", r"^\W{0,3}{byline.note}\W{1,3}.{0,60}{byline.note_says}.{0,80}$"),
    _rule(
        "byline-english",
        "editor",
        r"^{byline.by_name}\s[A-Z][\w.'’-]*(?: (?:{byline.particle} |al-)?[A-Z][\w.'’-]*){1,8}"
        r"(?:\s?(?:[,|·•–—-]| in [A-Z]).{0,100})?$"
        r"|^\W?{byline.work} [A-Z].{0,200}$|^\W{0,3}{byline.help} [A-Z].{0,80}$"
        r"|^\d{1,2}[ -]{byline.minutes}$|^{byline.provided}\b.{0,60}$",
        case=True,
    ),
    _rule("related-line", "related", r"^{related.line|related.heading}\s?[:：|]\s.{5,120}$"),
    _rule(
        "about-the-writer",
        "editor",
        r"^.{2,80}\b{byline.contributed}[.!]?$|^{byline.tip}.{0,160}$"
        r"|^.{0,120}\b{byline.reached}\b.{0,120}$",
    ),
    _rule("letter-row", "editor", r"^{document.answer_row}[:：\s].{2,40}$"),
    _rule(
        "share-price",
        "advertisement",
        r"^[\u4e00-\u9fffA-Za-z*() ]{2,16}(?:[(（]?\d{5,6}[)）]?)?"
        r"\s\d{1,5}\.\d{2,3}\s(?:[+-]\d+\.\d+\s)?[+-]\d+\.\d+%$",
    ),
    _rule(
        "mailing-list",
        "share",
        r"^{share.sign_up}\b.{0,120}\b{share.letter|share.mail}\b.{0,40}$"
        r"|^.{0,100}\b{share.sign_up}\b.{0,60}\b{share.letter}\b.{0,60}$"
        r"|^{share.get}\b[^.!?]{0,60}\b{share.letter}\b[^.!?]{0,30}[.!?]?$"
        r"|^{share.received}\b.{0,120}$",
    ),
    _rule(
        "photo-credit",
        "caption",
        r"^{caption.photo}s?(?: {caption.by}|\s?[:：/])\s?\S.{0,80}$|^{caption.line}$"
        r"|^[（(]?{caption.picture}\s?[:：/|丨]?\s?{caption.comes_from}\s?[:：]?.{1,30}$",
        case=True,
    ),
    _rule(
        "player",
        "navigation",
        r"^(?:\d{1,2}:)?\d{1,2}:\d{2}\s?/\s?(?:\d{1,2}:)?\d{1,2}:\d{2}.{0,12}$|^{navigation.player}$",
    ),
    _rule("follow-bullet", "share", r"^[※▪•●◎★☆▶►»＞>◆■]\s?.{0,40}{share.followed}.{0,40}$"),
    _rule("buttons", "navigation", r"^(?:[\[【(（]\s?[^\[\]【】()（）]{2,6}\s?[\]】)）]\s?){3,12}$"),
    _rule(
        "page-address",
        "navigation",
        r"^(?:{navigation.address}\s?[:：]?\s?)?(?:https?://|www\.)[\x21-\x7e]{4,200}$",
    ),
    _rule("enlarge", "navigation", r"^[（(]?{navigation.enlarge}$"),
    _rule("ruler", "navigation", r"^[\W_]+$"),
    _rule("loading", "navigation", r"^.{0,20}{navigation.wait}.{0,12}$"),
    _rule(
        "print-edition",
        "editor",
        r"^\W{0,3}《[^《》]{2,14}》\s?[（(]?\s?[^。]{0,20}\d{1,4}\s?年?[^。]{0,20}[版期][^。]{0,6}[)）]?\W{0,2}$",
    ),
    _rule(
        "more-at",
        "related",
        r"^[^。]{0,30}{related.all_at}$|^\W{0,4}{related.more}.{0,60}{related.more_at}.{0,40}$",
    ),
    _rule("tags", "navigation", _OPEN + r"{navigation.tag}\s?[:：][^。]{0,100}$"),
    _rule(
        "scan-code",
        "contact",
        r"^(?!.{0,60}{contact.scan_told}.{0,60}。$)(?=.{0,80}[^。]$|.{0,80}{contact.scan_for})[\s\W_]{0,6}"
        r"(?:{contact.scan}[^。]{0,50}|[^。]{0,30}{contact.scanned}[^。]{0,40})[。！!]?" + _CLOSE,
    ),
    _rule("page-apps", "share", _OPEN + "{share.plea}" + _CLOSE),
    _rule(
        "record-number",
        "copyright",
        r"{copyright.record}\s?\w{0,10}\d{4,}"
        r"|^(?!(?-i:Copyright (?!by|of|and|notice)[a-z]+ [a-z]+))\W{0,4}{copyright.sign}.{0,160}$"
        r"|^[^，。：:]{2,40}\s{copyright.sign}\W{0,3}$|{copyright.reserved}\.?.{0,60}$|^{date.full_year}\s?[-–—]\s?{date.full_year}\s[^，。]{2,40}$",
    ),
)
"""Taken wherever they stand, in a line of their own."""

BARE_DATE = _rule(
    "date-below-title",
    "editor",
    r"^(?:{date.weekday_name},? )?(?:{date.month_name}\.? \d{1,2}|\d{1,2} {date.month_name}\.?)$",
)
"""A day without a year, in a line below the title; days with one are read as dates."""

NOTICES: tuple[Rule, ...] = (
    _rule(
        "rights-notice",
        "copyright",
        r"^\W{0,6}{copyright.solemn}?{copyright.subject}(?:与免责)?{copyright.declaration|copyright.declares}.{0,600}$"
        r"|^\W{0,4}{copyright.solemn|copyright.of_site}?{copyright.declaration}\s?[:：】\]].{0,600}$"
        r"|^\W{0,4}{copyright.opening}.{0,600}$",
    ),
    _rule(
        "rights-reserved",
        "copyright",
        r"^(?=.{0,300}{copyright.work|copyright.use}).{0,80}{copyright.forbids}.{0,24}{copyright.consent|copyright.use}.{0,160}$"
        r"|^.{0,60}{copyright.reprints}.{0,8}{copyright.must}.{0,8}{credit.state|copyright.credit}.{0,80}$",
    ),
    _rule("supplied-unchecked", "copyright", r"^{copyright.supplied}$|{copyright.unchecked}.{0,60}$"),
    _rule(
        "takedown",
        "copyright",
        r"{copyright.if_any}.{0,30}{copyright.infringes}.{0,60}{copyright.tell_us}|{copyright.takedown}"
        r"|{copyright.contents}.{0,20}{copyright.not_ours}.{0,60}{copyright.not_liable}",
    ),
    _rule(
        "collected",
        "copyright",
        r"^{copyright.collected}$|{copyright.not_reproduced}.{0,120}$|{copyright.original_forbidden}.{0,30}$",
    ),
)
"""Notices about rights. They may be as long as paragraphs, so they count at the ends of a text only."""

_PHONE = (
    r"(?<![\d.])(?:(?:\+|00)?86[\s-]?)?(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|[48]00[\s-]?\d{3,4}[\s-]?\d{3,4}"
    r"|[(（]?0\d{2,3}[)）]?[\s-]{0,2}\d{7,8}|0\d-\d{8})(?![\dA-Z])"
)
PHONES = pattern(_PHONE)
CONTACT_WORDS = pattern("{contact.word|contact.label}", as_written=True)

TAIL: tuple[Rule, ...] = (
    *NOTICES,
    _rule("phone", "contact", _PHONE),
    _rule(
        "messenger",
        "contact",
        r"{contact.messenger}\s?(?:{contact.account}|[:：])?\s?[:：]?\s?[\w-]{5,20}"
        r"|{contact.reach}",
    ),
    _rule(
        "contact-line",
        "contact",
        _OPEN + r".{0,12}{contact.label|contact.place}\s?[:：].{0,100}$"
        r"|^.{0,20}{contact.business}.{0,12}{contact.line}.{0,60}$",
    ),
    _rule("contact-plea", "contact", r"^.{0,24}{contact.plea}.{0,120}$|{contact.welcome}.{0,50}$"),
    _rule("praise", "share", r"^.{0,12}{share.praise}.{0,30}$"),
    _rule("site-closing", "navigation", r"^.{0,6}{navigation.closing}$"),
    _rule("social-page", "share", r"^.{0,12}{share.network}.{0,8}{share.page}?\s?[:：].{2,80}$"),
    _rule("best-viewed", "navigation", "^{navigation.viewed}$"),
    _rule("click-here", "related", r"^(?!.{0,60}[，,].{0,60}。$)\W{0,4}{related.click}.{0,50}$"),
)
"""Counted after the last line of news only: news quotes telephone numbers and speaks of copyright too."""

PIECES: tuple[Rule, ...] = (
    _rule("more-link", "navigation", r"(?<=[。！？”.!?）)])\s*{navigation.read_on}[\s>»›.…]{0,4}$"),
    _rule(
        "editor-aside",
        "editor",
        _ASIDE
        + r"{byline.of}?{byline.editor|byline.proof|byline.aside}[\s:：_、/=|][^（()）】\]]{0,40}"
        + _ASIDE_END,
    ),
    _rule("editor-tail", "editor", r"(?<=[。！？”.!?）)])\s*{byline.editor}\s?[:：][^。]{0,40}$"),
    _rule("editor-code", "editor", r"(?<=[。！？”])\s*[（(][A-Z]{0,3}\d{2,6}[)）]$"),
    _rule(
        "source-aside",
        "editor",
        _ASIDE + r"{credit.what}?{credit.label|credit.taken_from}\s?[:：][^（()）】\]]{1,40}" + _ASIDE_END,
    ),
    _rule(
        "photo-credit",
        "caption",
        _ASIDE
        + r"{caption.aside}\s?(?:[:：/／丨|]|{caption.comes_from}|by )[^（()）】\]]{1,36}"
        + _ASIDE_END
        + "|"
        + _ASIDE
        + r"(?:{caption.stock}|[^（()）】\]，。]{1,20}{caption.supplied})\s?"
        + _ASIDE_END,
    ),
    _rule(
        "photo-credit",
        "caption",
        r"(?<=[.!?。！？\"”)])\s*{caption.photo}s?(?: {caption.by}|\s?[:：/])\s?[^.。]{2,60}$",
        case=True,
    ),
    _rule(
        "rights-aside",
        "copyright",
        _ASIDE + r"[^（()）】\]]{0,10}{copyright.aside}[^（()）】\]]{0,60}" + _ASIDE_END,
    ),
    _rule("letter-label", "navigation", r"^{document.letter}[:：\s]\s?(?=\S.{10})"),
    _rule("close-window", "navigation", r"\s*[\[【(（]{navigation.close}[\]】)）]"),
    _rule(
        "original-title-aside",
        "original-title",
        r"^[（(【\[]\s?{credit.original_title}\s?[:：][^（()）】\]]{1,120}[）)】\]]"
        r"|\s*[（(【\[]\s?{credit.original_title}\s?[:：].{1,120}[）)】\]]$",
    ),
)
"""Pieces cut off a line whose rest is news."""
