"""What two near texts exchanged between the stretches they share, and what that says against joining.

In: the features of two texts. Out: `Wordings`. Three guards look at the exchanges: figures for other
figures, names for other names, and a long text of each one's own between shared ones, as two
articles in one site's furniture have it.

Notices, appointments and awards are forms, exact outside their slots; an article written again with
other words is not, so a name for a name counts by how sure it is, how often it comes, and how few
ordinary rewordings there are beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.join.alignment import (
    LATIN_TIMES,
    LONGEST_HALF,
    Gap,
    Run,
    aligned,
    gaps,
    half_gaps,
    is_latin,
    length,
    short_gaps,
    widened,
)
from pipelines.join.contrasts import are_one, exclusive, is_turned
from pipelines.join.features import PAGE_WORDS, Features
from pipelines.join.names import (
    NAMED,
    NONE,
    STRONG,
    are_one_wording,
    ends_as_body,
    is_strange,
    name_evidence,
    names_at_edge,
)
from pipelines.join.numbers import SIGNS, agree, find_numbers
from pipelines.join.things import are_other_things
from pipelines.normalise import are_regional
from pipelines.sign import are_among
from pipelines.words import pattern

_FIGURES_LEAST, _FIGURES_SHARE = 2, 0.25
_SLOT_TIMES, _SLOT_SHARE = 3, 0.5
_BOTH_SHARE = 0.5
"""Names among the exchanges, where a single other figure stands beside them."""
_MOVED_WITH = 3

# Bylines, counters and links stand on the page beside the news; what differs there is no evidence.
_PAGE_WORDS = pattern("{page.beside|page.ago}", case=True)
_PAGE_REACH = 10
_NUMBER = re.compile(r"\d+")

_BODY_CHARACTERS, _BODY_SHARE, _PARAGRAPH_SHARE = 90, 0.07, 0.3
"""A passage of its own, and of a text's news those that are all of it: between the page's own words, or
anywhere. A paragraph that an editor replaced is less: 160 characters of 63 articles of 500 and more parted
two of them so, 54 by the first share alone."""
_FLANK_CHARACTERS = 60
_FRAME_REACH, _FRAME_WORDS = 60, 2
"""Characters beside a passage in which so many of the page's own words make it the news of that page."""
_LEAD_SHARE, _START_SHARE, _END_SHARE, _EDGE_CHARACTERS = 0.75, 0.2, 0.25, 25
"""What a series' lead is at most, and what each text has of its own at least before or after what they share:
of the shorter text, and in characters."""
_LETTERED_LEAD = 0.6
"""The same in letters, of which any two ends share some."""
_ELSEWHERE_SHARE = 0.2
"""A body of its own stands nowhere else in the other text: reordered paragraphs do."""
_PAGE_SHARE = 0.5
"""Of an end that is the page's: the words beside its notices count as theirs, so that news has some too."""
_LONG_RUN, _ELSEWHERE_LEAST = 8, 0.05
"""Shorter runs do not divide a body that is nearly all its own: two of 48 pages over one footer were joined
without it (`benchmarks/neardup.py`)."""

_NAMES_SHARE = 0.3
_ENOUGH = 2
"""Evidence that counts by its share alone: one person or region for another, or two unknown words."""
_SURE_SHARE = 0.18
"""Of what is sure or repeated: an article with a thesaurus run over it has 25 other words, and 4 from a
synonym that looks like a name; other fillings of a form, reworded, have 20 for 4 at least
(`benchmarks/neardup.py`, names.jsonl)."""
_REPEATED = 2
_LATIN_NAME = 4
_SLOT_LEAST = 4
"""Ideographs of an ordinary wording that fills a slot: 人才公寓 for 检测中心."""
_NAME_SLOT_SHARE, _NAME_SLOT_CHARACTERS = 0.5, 400
"""A slot of an exact form: half of all exchanges, and said once more than every 400 characters."""
_LEAD_CHARACTERS = 30
"""In which a notice says what it is about. Of 113 forms written about two things 103 are apart, and of 107
copies with one slip, synonym or other spelling 4 are (45 and 3 without): a synonym there for which no list
has both words. With 60, three copies more are parted (the table of tests/pipelines/join/test_things.py)."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """What was exchanged between two texts."""

    exchanges: int = 0
    """How many short wordings, figures aside, stand for another."""
    names: int = 0
    """How many of these look like one name for another."""
    figures: int = 0
    """How many numbers stand in the same place of shared text."""
    figures_differ: int = 0
    """How many of these are other numbers."""
    against: str | None = None
    """`numbers`, `names` or `body` where it speaks against one piece of news, `lead` where little is left."""


def compare_wordings(a: Features, b: Features) -> Wordings:
    """What two near texts exchanged, and whether it speaks against their being copies."""
    passes = list(aligned(a, b))
    if _has_own_body(a, b, passes[0]):
        return Wordings(against="body")
    if _have_common_edge(a, b, passes):
        return Wordings(against="lead")
    found = [gap for runs in passes for gap in short_gaps(a.sounds, b.sounds, runs, edges=runs is passes[0])]
    found = [gap for gap in found if not is_of_page(a, b, gap)]
    differ = sum(_are_other_figures(a, b, gap) and not _moved(a, b, gap) for gap in found)
    figures = differ + _shared_figures(a, passes)
    exchanges = [gap for gap in found if _is_exclusive(a, b, gap) or not _has_number(a, b, gap)]
    cut = list(dict.fromkeys(half_gaps(a.sounds, b.sounds, passes)))
    halves = [gap for gap in cut if not _is_clause(a, b, gap) and not is_of_page(a, b, gap)]
    halves = [gap for gap in halves if not _has_number(a, b, gap)]
    turns = [gap for gap in gaps(passes[0]) if is_turned(a.text, gap.a, b.text, gap.b)]
    edges = [*_names_at_edges(a, b, cut), *turns]
    names, against_names = weigh_names(a, b, exchanges, halves, edges)
    against_figures = differ >= _FIGURES_LEAST and (
        differ >= _FIGURES_SHARE * figures or _is_form(a, b, exchanges)
    )
    # A form has few slots: the one figure of a plot of land and the one name beside it are enough together.
    both = (
        differ > 0
        and names > 0
        and names >= _BOTH_SHARE * len(exchanges)
        and differ >= _FIGURES_SHARE * figures
    )
    against = "numbers" if against_figures else "names" if against_names or both else None
    return Wordings(len(exchanges), names, figures, differ, against)


def _is_clause(a: Features, b: Features, gap: Gap) -> bool:
    """Whether it is a piece of other sentences in letters: of these only the ends of names are so short."""
    return is_latin(a.text[gap.a]) and is_latin(b.text[gap.b])


def _names_at_edges(a: Features, b: Features, cut: list[Gap]) -> list[Gap]:
    """The names at the edge of shared text, in what it bounds on one side only."""
    found = [Gap(*edge) for gap in cut if (edge := names_at_edge(a, gap.a, b, gap.b))]
    return [gap for gap in found if not is_of_page(a, b, gap)]


def is_of_page(a: Features, b: Features, gap: Gap) -> bool:
    """Whether it stands in a byline, counter or link."""
    return any(
        _PAGE_WORDS.search(one.text[max(0, at.start - _PAGE_REACH) : at.stop + _PAGE_REACH // 2])
        for one, at in ((a, gap.a), (b, gap.b))
    )


def _are_other_figures(a: Features, b: Features, gap: Gap) -> bool:
    """Whether both have numbers, and other ones; of what is written in characters the whole counts."""
    is_plain = a.text[gap.a].isascii() and b.text[gap.b].isascii()
    numbers, others = (find_numbers(_figure(one, at, is_plain)) for one, at in ((a, gap.a), (b, gap.b)))
    return bool(numbers and others) and not any(agree(one, other) for one in numbers for other in others)


def _figure(one: Features, at: slice, is_plain: bool = True) -> str:
    """An exchanged wording, with all of the figure where it is a piece of one in characters.

    With `is_plain` False also of one in digits, as of 85000 where the other has 85万.
    """
    wording = one.text[at].removeprefix("百分之")
    if (is_plain and wording.isascii()) or not SIGNS.issuperset(wording):
        return one.text[at]
    return one.text[widened(one.text, slice(at.stop - len(wording), at.stop), SIGNS)]


def _has_number(a: Features, b: Features, gap: Gap) -> bool:
    return bool(
        _NUMBER.search(a.text[gap.a] + b.text[gap.b])
        or (find_numbers(_figure(a, gap.a)) and find_numbers(_figure(b, gap.b)))
    )


def _is_exclusive(a: Features, b: Features, gap: Gap) -> bool:
    return exclusive(a.text, gap.a, b.text, gap.b) is not None


def _moved(a: Features, b: Features, gap: Gap) -> bool:
    """Whether each text has the other's figure elsewhere, after the same wording: a sentence moved."""
    left, right = (
        one.sounds[max(0, at.start - _MOVED_WITH) : at.stop] for one, at in ((a, gap.a), (b, gap.b))
    )
    return left in b.sounds and right in a.sounds


def _shared_figures(a: Features, passes: list[list[Run]]) -> int:
    """How many numbers stand in shared text."""
    return sum(len(find_numbers(a.text[start : start + size])) for runs in passes for start, _, size in runs)


def _is_form(a: Features, b: Features, exchanges: list[Gap]) -> bool:
    """Whether the exchanges are mostly slots: one wording for another throughout, names or not."""
    slots = sum(times_said(a, b, gap) >= _SLOT_TIMES and not survives(a, b, gap) for gap in exchanges)
    return slots > 0 and slots >= _SLOT_SHARE * len(exchanges)


def _has_own_body(a: Features, b: Features, runs: list[Run]) -> bool:
    """Whether shared text stands before and after a long text that each has for itself.

    Any two long texts share a few words here and there, which do not divide what is their own.
    """
    long = [runs[0], *(run for run in runs[1:-1] if run[2] >= _LONG_RUN), runs[-1]]
    return _parts_at(a, b, runs, _ELSEWHERE_SHARE) or (
        len(long) < len(runs) and _parts_at(a, b, long, _ELSEWHERE_LEAST)
    )


def _parts_at(a: Features, b: Features, runs: list[Run], elsewhere: float) -> bool:
    """Whether passages of their own between these runs are the news of both, no edited paragraph."""
    shared = sum(size for _, _, size in runs)
    before = own_a = own_b = 0
    is_framed = False
    for (_, _, size), gap in zip(runs, gaps(runs), strict=False):
        before += size
        if (
            _is_passage(a, gap.a)
            and _is_passage(b, gap.b)
            and min(before, shared - before) >= _FLANK_CHARACTERS
            and _is_own(a, gap.a, b, elsewhere)
            and _is_own(b, gap.b, a, elsewhere)
        ):
            own_a, own_b = own_a + length(gap.a), own_b + length(gap.b)
            is_framed = is_framed or (_is_framed(a, gap.a) and _is_framed(b, gap.b))
    least = _BODY_SHARE if is_framed else _PARAGRAPH_SHARE
    return own_a > 0 and own_a >= least * _news_length(a) and own_b >= least * _news_length(b)


def _is_passage(one: Features, part: slice) -> bool:
    times = LATIN_TIMES if one.is_lettered else 1
    return length(part) >= _BODY_CHARACTERS * times


def _is_framed(one: Features, part: slice) -> bool:
    """Whether the page's own words stand just before and after a passage, so that it is all of the news."""
    around = one.text[max(0, part.start - _FRAME_REACH) : part.start], one.text[part.stop :][:_FRAME_REACH]
    return len({word for text in around for word in PAGE_WORDS.findall(text)}) >= _FRAME_WORDS


def _news_length(one: Features) -> int:
    return int(len(one.text) - one.of_page.sum())


def _have_common_edge(a: Features, b: Features, passes: list[list[Run]]) -> bool:
    """Whether two texts share one end only, and at the other each has news of its own.

    A shared end is a series' lead, or what a site puts under everything; a beginning of its own tells
    more than an end of its own, since copies lose their ends and rarely their beginnings. A truncated copy
    with another page's words after it looks the same but for these words.
    """
    shorter = min(len(a.text), len(b.text))
    (first_a, last_a), (first_b, last_b) = _shared_span(a, passes, 0), _shared_span(b, passes, 1)
    if min(first_a, first_b) >= max(_EDGE_CHARACTERS, _START_SHARE * shorter):
        return _are_own_ends(a, slice(0, first_a), b, slice(0, first_b))
    least = max(_EDGE_CHARACTERS, _END_SHARE * shorter)
    if min(len(a.text) - last_a, len(b.text) - last_b) < least:
        return False
    shared = sum(size for _, _, size in passes[0])
    most = _LETTERED_LEAD if a.is_lettered and b.is_lettered else _LEAD_SHARE
    return shared <= most * shorter and _are_own_ends(
        a, slice(last_a, len(a.text)), b, slice(last_b, len(b.text))
    )


def _shared_span(one: Features, passes: list[list[Run]], side: int) -> tuple[int, int]:
    """Where the first longer shared stretch begins in a text, and where the last one ends."""
    found = [
        (run[side], run[side] + run[2])
        for runs in passes
        for run in runs
        if run[2] >= _LONG_RUN * (LATIN_TIMES if is_latin(one.text[run[side] :]) else 1)
    ]
    return (min(found)[0], max(stop for _, stop in found)) if found else (0, len(one.text))


def _are_own_ends(a: Features, at_a: slice, b: Features, at_b: slice) -> bool:
    """Whether two ends are each text's own news, not the page's."""
    if max(a.of_page[at_a].mean(), b.of_page[at_b].mean()) >= _PAGE_SHARE:
        return False
    return _is_own(a, at_a, b) and _is_own(b, at_b, a)


def _is_own(one: Features, part: slice, other: Features, elsewhere: float = _ELSEWHERE_SHARE) -> bool:
    hits = are_among(one.sequence[part], other.shingles)
    return float(hits.mean()) <= elsewhere if len(hits) else False


def weigh_names(
    a: Features, b: Features, exchanges: list[Gap], halves: Sequence[Gap] = (), edges: Sequence[Gap] = ()
) -> tuple[int, bool]:
    """How many exchanges are a name for a name, and whether that speaks against one piece of news.

    Args:
        a: One text.
        b: The other.
        exchanges: What stands for each other between shared stretches.
        halves: The same with shared text on one side only: they count where they are surely names.
        edges: Names at the edge of shared text (`names_at_edge`).
    """
    exchanges = [gap for gap in exchanges if not _say_one_thing(a, b, gap)]
    lost = [gap for gap in exchanges if not survives(a, b, gap)]
    sure = {gap: name_evidence(a, gap.a, b, gap.b) for gap in lost}
    sure |= {
        gap: evidence
        for gap in halves
        if not are_one_wording(a.text[gap.a], b.text[gap.b])
        and not survives(a, b, gap)
        and (evidence := name_evidence(a, gap.a, b, gap.b)) >= _half_least(gap)
    }
    sure = {gap: NAMED for gap in edges if not survives(a, b, gap)} | sure
    names = [gap for gap, evidence in sure.items() if evidence]
    evidence, different = _sum(a, b, sure), _distinct(a, b, exchanges)
    share = evidence >= _ENOUGH and _distinct(a, b, names) >= _NAMES_SHARE * different
    told = [gap for gap in exchanges if _is_told(a, b, gap)] if different == 1 else []
    alone = different == 1 and (len(told) > 0 or any(_is_alone(a, b, gap) for gap in names))
    against = (
        share
        or alone
        or (
            evidence >= _SURE_SHARE * different
            and any(sure[gap] == STRONG or _is_repeated(a, b, gap, names) for gap in names)
        )
    )
    if not against:
        slots = [gap for gap in lost if _is_slot(a, b, gap)]
        against = len(slots) > 0 and _distinct(a, b, slots) >= _NAME_SLOT_SHARE * _distinct(a, b, exchanges)
        names = slots if against else names
    return len(names), against


def _is_alone(a: Features, b: Features, gap: Gap) -> bool:
    """Whether a wording is no word, which is enough where all else is the same: so forms differ."""
    sides = (a, gap.a), (b, gap.b)
    return min(length(gap.a), length(gap.b)) > 1 and any(is_strange(one.text, at) for one, at in sides)


def _is_told(a: Features, b: Features, gap: Gap) -> bool:
    """Whether it is what each text is about, all else being the same: a slot.

    Each says its own of two longer wordings throughout, of which a thesaurus makes few as long; or one thing
    for another throughout, or where a short text says what it is about.
    """
    is_again = times_said(a, b, gap) >= _often(a, b)
    is_long = min(length(gap.a), length(gap.b)) >= _SLOT_LEAST and not is_latin(a.text[gap.a])
    if is_again and is_long and not survives(a, b, gap):
        return True
    times = LATIN_TIMES if a.is_lettered and b.is_lettered else 1
    is_first = min(gap.a.start, gap.b.start) < _LEAD_CHARACTERS * times
    is_short = min(len(a.text), len(b.text)) <= _NAME_SLOT_CHARACTERS * times
    return (is_again or (is_first and is_short)) and are_other_things(a, gap.a, b, gap.b)


def _often(a: Features, b: Features) -> int:
    """How often a form of this length says what stands in a slot."""
    return max(_REPEATED, min(len(a.text), len(b.text)) // _NAME_SLOT_CHARACTERS + 1)


def _say_one_thing(a: Features, b: Features, gap: Gap) -> bool:
    """Whether two wordings are one as another region says it, or as another hand draws it."""
    one, other = a.text[gap.a], b.text[gap.b]
    if _is_exclusive(a, b, gap):
        return False
    return are_regional(one, other) or are_one_wording(one, other) or are_one(a.text, gap.a, b.text, gap.b)


def _half_least(gap: Gap) -> int:
    """How sure an exchange with shared text on one side must be: surer where it was cut off."""
    return STRONG if max(length(gap.a), length(gap.b)) >= LONGEST_HALF else NAMED


def _sum(a: Features, b: Features, sure: dict[Gap, int]) -> int:
    """The evidence of all different exchanges together."""
    distinct: dict[tuple[str, str], int] = {}
    for gap, evidence in sure.items():
        wordings = a.sounds[gap.a], b.sounds[gap.b]
        distinct[wordings] = max(evidence, distinct.get(wordings, NONE))
    return sum(distinct.values())


def _distinct(a: Features, b: Features, exchanges: Iterable[Gap]) -> int:
    """How many different exchanges there are: a thesaurus puts 公司 for 企业 throughout, and that is one."""
    return len({(a.sounds[gap.a], b.sounds[gap.b]) for gap in exchanges})


def survives(a: Features, b: Features, gap: Gap) -> bool:
    """Whether what was exchanged also stands in the other text, by sound; of two of one kind, as written."""
    if _is_exclusive(a, b, gap):
        return False
    return any(whole in b.sounds for whole in _wholes(a, gap.a)) or any(
        whole in a.sounds for whole in _wholes(b, gap.b)
    )


def times_said(a: Features, b: Features, gap: Gap) -> int:
    """How often each text at least says what it has in this place."""
    return min(
        max((one.sounds.count(whole) for whole in _wholes(one, at)), default=1)
        for one, at in ((a, gap.a), (b, gap.b))
    )


def _is_slot(a: Features, b: Features, gap: Gap) -> bool:
    """Whether one wording stands for another throughout a short text, as names do and synonyms do not.

    It is no word, or stands before the same word each time (阳光小区), or is a long latin one.
    """
    least = min(length(gap.a), length(gap.b))
    if least < 2 or times_said(a, b, gap) < _often(a, b):
        return False
    if is_latin(a.text[gap.a]) and is_latin(b.text[gap.b]):
        return least >= _LATIN_NAME
    sides = (a, gap.a), (b, gap.b)
    return (
        any(is_strange(one.text, at) for one, at in sides)
        or all(ends_as_body(*side) for side in sides)
        or all(_has_constant_company(*side) for side in sides)
    )


def _has_constant_company(one: Features, at: slice) -> bool:
    """Whether the same two sounds follow a wording wherever it stands, as 小区 follows 阳光."""
    whole = one.sounds[at]
    return len({one.sounds[match.end() :][:2] for match in re.finditer(re.escape(whole), one.sounds)}) == 1


def _is_repeated(a: Features, b: Features, gap: Gap, names: list[Gap]) -> bool:
    """Whether each text says its own name more than once, as a form repeats what stands in a slot."""
    if min(length(gap.a), length(gap.b)) > 1 and times_said(a, b, gap) >= _REPEATED:
        return True
    return any(
        other != gap
        and _have_common(a.sounds[gap.a], a.sounds[other.a])
        and _have_common(b.sounds[gap.b], b.sounds[other.b])
        for other in names
    )


def _wholes(one: Features, at: slice) -> list[str]:
    """The sounds of an exchanged wording; one character alone counts with its neighbour on either side."""
    if length(at) > 1:
        return [one.sounds[at]]
    pairs = one.sounds[max(0, at.start - 1) : at.stop], one.sounds[at.start : at.stop + 1]
    return [pair for pair in pairs if len(pair) > 1]


def _have_common(one: str, other: str) -> bool:
    """Whether two short wordings are the same or share two sounds in a row."""
    return one == other or any(one[i : i + 2] in other for i in range(len(one) - 1))
