"""What extraction found in; the news alone out, with an account of every piece that was taken away.

First goes what was learned for the source, then the tail, then lines by rule, then pieces of lines,
then what the page says twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, time, timedelta

from pipelines.clean.kind import of_another_kind
from pipelines.clean.repeats import drop_repeats
from pipelines.clean.rights import read_rights
from pipelines.clean.rules import (
    BARE_DATE,
    BYLINE,
    CREDIT_LINE,
    NOTICES,
    PASSING_CUES,
    PIECES,
    TAIL,
    Rule,
    first_match,
    line_rule,
    may_fit,
)
from pipelines.clean.tail import find_tail, first_news, name_pieces, particulars, tail_rule
from pipelines.dates import Moment, has_date, read_date
from pipelines.furniture import line_key
from pipelines.normalise import normalise, simplify, without_syllables
from pipelines.records import Extracted, Field, Page, Published, Rejection, Source, Story, Stripped
from pipelines.said import word_on
from pipelines.words import pattern

__all__ = ["clean"]

_LEAST_LETTERS = 20
"""Letters and digits below which what is left is no piece of news."""
_TITLE_LENGTH = 60
_COUNT = re.compile(r"^\d{1,7}$")
"""A count of readers that stands alone."""
_SENTENCE_MARK = re.compile("[，。；]")
_MORE_THAN_DATE, _LITTLE_MORE = 45, 20
"""Characters that may stand beside a date and time in a byline; fewer where they may be a sentence."""
_LEAST_WHOLE = 80
"""Characters of a text of which not everything is taken for what stands behind an article."""
_LABELS = pattern(r"{byline.counted|byline.read|byline.when}{byline.count}?\s?[:：(（]?\s?", as_written=True)
"""Words of a byline: a line above the news with a date and two of them is one, in whatever order."""
_JUDGED = {"title", "language", "stripped"}
_AS_READ = ({field.name for field in fields(Story)} & {field.name for field in fields(Extracted)}) - _JUDGED
"""What extraction read that cleaning leaves as it is."""
_INFO_ROW = pattern(r"^{document.row}\s?[:：]|^{document.letter_row}[:：\s]")
"""How the rows of the table begin that public bodies print above a document."""


def clean(extracted: Extracted, page: Page, source: Source) -> Story | Rejection:
    """The page's news and nothing else, and what was stripped from it; or a Rejection if nothing is left."""
    stripped = list(extracted.stripped)
    title = extracted.title.value if extracted.title else ""
    lines = _drop_furniture(extracted.lines, source.furniture, stripped)
    lines = _cut_tail(lines, title, stripped)
    lines = _drop_lines(lines, extracted, stripped)
    lines = _drop_names(lines, extracted, stripped)
    lines = _cut_pieces(lines, source.kept_lines, stripped)
    lines, pinyin = _without_pinyin(lines)
    stripped.extend(pinyin)
    lines, repeats = drop_repeats(lines, title)
    stripped.extend(repeats)
    lines = _obey(lines, extracted.lines, source, stripped)
    _account_around(extracted.around, stripped)
    text = "\n".join(lines)
    if len(normalise(text)) < _LEAST_LETTERS:
        if extracted.attachments:
            return Rejection(page.url, page.source, "kind", "attachment page: its text is in a file")
        return Rejection(page.url, page.source, "clean", "no text: nothing but boilerplate")
    other = of_another_kind(lines, stripped, extracted, page.url_answered)
    if other and not word_on(page.url, source.said):
        return Rejection(page.url, page.source, "kind", other)
    as_read = {name: getattr(extracted, name) for name in _AS_READ}
    return Story(
        **as_read,
        title=_title(extracted.title, lines),
        text=text,
        language=extracted.language.value if extracted.language else "und",
        stripped=tuple(stripped),
        rights=read_rights(stripped),
        dateline=_dateline(lines),
    )


def _account_around(around: Sequence[str], stripped: list[Stripped]) -> None:
    """Notices and editors below the article's element: never in the text, but the takedown handler's."""
    known = {piece.text for piece in stripped}
    for line in around:
        rule = first_match(line, NOTICES) or line_rule(line) or first_match(line, TAIL)
        if rule and rule.kind in ("copyright", "editor", "contact") and line not in known:
            stripped.append(Stripped(rule.kind, f"below:{rule.name}", line))


def _drop_furniture(lines: Sequence[str], furniture: frozenset[int], stripped: list[Stripped]) -> list[str]:
    """The lines that are not learned for this source; first of all, since they hide where the tail begins."""
    if not furniture:
        return list(lines)
    kept = []
    for line in lines:
        if line_key(line) in furniture:
            rule = tail_rule(line)
            stripped.append(Stripped(rule.kind if rule else "repeated", "learned", line))
        else:
            kept.append(line)
    return kept


def _cut_tail(lines: Sequence[str], title: str, stripped: list[Stripped]) -> list[str]:
    tail = find_tail(lines, title)
    if tail.start == 0 and sum(map(len, lines)) >= _LEAST_WHOLE and line_rule(lines[0]) is None:
        return list(lines)  # a tail has something before it: one word of the first line sounded like one
    stripped.extend(name_pieces(lines[tail.start :], tail))
    return list(lines[: tail.start])


def _drop_lines(lines: Sequence[str], extracted: Extracted, stripped: list[Stripped]) -> list[str]:
    kept = []
    published = extracted.published
    title = extracted.title.value if extracted.title else ""
    head = first_news(lines)
    event = frozenset(particulars(lines))
    titled = False
    for index, line in enumerate(lines):
        rule = line_rule(line) if len(line) <= 200 else None
        rule = rule or (first_match(line, PASSING_CUES) if len(line) <= 30 else None)
        rule = rule or (CREDIT_LINE if _is_credit(line, extracted) else None)
        if rule is BYLINE and index in event and len(_LABELS.findall(line)) < 2:
            rule = None  # when an event is, not when its notice was published
        if rule is None and index < head:
            rule = _head_rule(line, published, titled=titled)
        titled = index < head and (titled or normalise(line) == normalise(title))
        if rule:
            stripped.append(Stripped(rule.kind, rule.name, line))
        else:
            kept.append(line)
    return kept


def _is_credit(line: str, extracted: Extracted) -> bool:
    """Whether a line is the one that the credited source was read from, and says nothing else."""
    credited = extracted.credited_source
    return bool(credited and credited.origin == "credit line" and credited.evidence == line[:200])


def _head_rule(line: str, published: Published | None, *, titled: bool) -> Rule | None:
    """The rule by which a line above the news goes: hot lines and notices stand there too.

    A line that is a date goes where it was read as the byline, or stands below the title and gives the
    page's date of publication; a speech may begin with its own.
    """
    own = published.evidence if published and published.origin == "byline" else ""
    room = _MORE_THAN_DATE if _SENTENCE_MARK.search(line) is None else _LITTLE_MORE
    if own and (line == own or (own in line and ":" in own and len(line) <= len(own) + room)):
        return BARE_DATE
    if titled and _COUNT.match(line):
        return BYLINE
    if titled and len(line) <= 30 and published and (BARE_DATE.find(line) or _states(line, published)):
        return BARE_DATE
    if len(line) <= 200 and _INFO_ROW.search(simplify(line)):
        return BYLINE
    if len(line) <= 200 and has_date(line, relative=False) and len(_LABELS.findall(line)) >= 2:
        return BYLINE
    rule = tail_rule(line)
    return rule if rule and (rule.kind == "contact" or rule.name == "rights-notice") else None


def _states(line: str, published: Published) -> bool:
    moment = Moment(datetime.combine(published.day, time(23, 59), UTC) + timedelta(days=1))
    found = read_date(line, moment, "", relative=False, partial=True)
    return bool(found and found.value[:10] == published.value[:10])


def _drop_names(lines: Sequence[str], extracted: Extracted, stripped: list[Stripped]) -> list[str]:
    """The lines above the text that hold no more than a name which the byline gave already."""
    fields = (extracted.author, extracted.editor, extracted.credited_source, extracted.site_name)
    names = {normalise(field.value) for field in fields if field}
    title = normalise(extracted.title.value) if extracted.title else ""
    above = next((i for i, line in enumerate(lines) if len(line) >= 30 and normalise(line) != title), 0)
    kept = []
    for index, line in enumerate(lines):
        key = normalise(line)
        if index < above and (key in names or _is_name_and_role(line, key, names)):
            stripped.append(Stripped("editor", "byline-name", line))
        else:
            kept.append(line)
    return kept


def _is_name_and_role(line: str, key: str, names: set[str]) -> bool:
    """Whether a short line above the text is a known name with a role or a day: `Ann Lee, September 10`."""
    named = next((name for name in names if len(name) >= 5 and key.startswith(name)), "")
    return (
        bool(named) and len(key) <= len(named) + 20 and _SENTENCE_MARK.search(line) is None and len(line) < 30
    )


def _obey(lines: list[str], as_read: Sequence[str], source: Source, stripped: list[Stripped]) -> list[str]:
    """The lines as a person wants them: what they keep stands where it stood, what they remove is gone."""
    kept, removed = source.kept_lines, source.removed_lines
    for place, line in enumerate(as_read if kept else ()):
        if line in kept and line not in lines:
            above = next((lines.index(other) for other in reversed(as_read[:place]) if other in lines), -1)
            lines.insert(above + 1, line)
    if kept:
        stripped[:] = [piece for piece in stripped if piece.text not in kept]
    stripped.extend(Stripped("dropped", "correction", line) for line in lines if line in removed)
    return [line for line in lines if line not in removed]


def _cut_pieces(lines: Sequence[str], wanted: frozenset[str], stripped: list[Stripped]) -> list[str]:
    kept = []
    for whole in lines:
        line, plain = whole, simplify(whole)
        for rule in PIECES:
            match = rule.pattern.search(plain) if may_fit(plain) & rule.bit else None
            if match and line[match.start() : match.end()].strip() not in wanted:
                stripped.append(Stripped(rule.kind, rule.name, line[match.start() : match.end()].strip()))
                line = (line[: match.start()] + line[match.end() :]).strip()
                plain = simplify(line)
        if line:
            kept.append(line)
    return kept


def _title(found: Field | None, lines: Sequence[str]) -> Field:
    """The page's title, or the beginning of its text where the page has none."""
    if found:
        return found
    first = lines[0]
    return Field(
        first if len(first) <= _TITLE_LENGTH else first[:_TITLE_LENGTH] + "…", "first line", first[:200]
    )


def _without_pinyin(lines: Sequence[str]) -> tuple[list[str], list[Stripped]]:
    text, syllables = without_syllables("\n".join(lines))
    if not syllables:
        return list(lines), []
    return text.split("\n"), [Stripped("pinyin", "bracketed-syllables", syllables)]


_REPORTERS = r"(?:\s?[（(【][^（()）】]{2,40}[）)】])?"
_DATELINES = (
    pattern(
        rf"^[\u4e00-\u9fff·A-Za-z]{{2,20}}\d{{1,2}}月\d{{1,2}}日(?:综合)?{{text.sent}}{_REPORTERS}",
        as_written=True,
    ),
    pattern(
        r"^[\u4e00-\u9fffA-Za-z]{2,12}{text.wired}"
        rf"(?:{_REPORTERS}(?=[\s，,：:]|\d)|[（(][^（()）]{{2,40}}[）)])",
        as_written=True,
    ),
    pattern(r"^[（(【〔\[][^（()）【】〔〕\[\]]{0,36}{text.sent|credit.report}[）)】〕\]]", as_written=True),
    re.compile(
        r"^[A-Z][A-Z.' -]{3,30}(?:, [A-Z][a-z.]{2,12}(?: [A-Z][a-z]{2,12})?)?"
        r"(?:,? (?:[A-Z][a-z]{2,8}\.? \d{1,2})(?:, \d{4})?)?"
        r"(?: ?\([A-Z][\w ]{1,20}\)| ?/[A-Z][\w -]{2,30}/)?(?= ?(?:--|—|–|-) )"
    ),
)
_FIRST_LINES = 3
"""A lead or a photo's caption may stand above the line that the dateline opens."""


def _dateline(lines: Sequence[str]) -> Field | None:
    """How an agency opens the text and says whose it is: 新华社北京5月8日电（记者 …）, HANOI, Feb 20 -."""
    for line in lines[:_FIRST_LINES]:
        for opening in _DATELINES:
            if match := opening.match(line):
                return Field(match[0].strip(), "opening", line[:200])
    return None
