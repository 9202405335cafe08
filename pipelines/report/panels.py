"""The questions that the front page answers: each a panel with its picture, its notes and its data.

In: Figures, the words of a language, and where an article's name leads. Out: panels in reading order, and
their HTML. Beside each figure stand those that it cannot count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from pipelines.archive.read.figures import Covered, Figures, Spread
from pipelines.archive.read.news import Amount, News, Trend
from pipelines.archive.read.selection import Days
from pipelines.report import svg
from pipelines.report.svg import PALETTE, REST, Band, Row, Series
from pipelines.report.words import Words, reason_in

_SOURCES_DRAWN = 7
"""As many as can be told apart by colour; the others are one grey."""
_BANDS_DRAWN = 24
_COLUMNS_DRAWN = 92


@dataclass(frozen=True, slots=True)
class Panel:
    """One question with its answer."""

    name: str
    question: str
    picture: str
    """SVG and legend; empty where there is nothing to draw."""
    notes: tuple[str, ...]
    """What the picture leaves out, and how to read it."""
    head: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]
    """The data behind the picture, whole."""


@dataclass(frozen=True, slots=True)
class Leads:
    """Where the marks of a picture lead; nowhere unless it is said."""

    article: Callable[[Spread | Amount], str]
    search: Callable[..., str] = lambda **_: ""
    """The address of a search with these arguments, which are those of the browser's search."""


NEWS = (
    *("parks", "regions", "companies", "amounts"),
    *("spreads", "period", "flows", "shares", "languages"),
)
"""Panels of what was published."""
GATHERING = ("coverage", "rejected", "stripped")
"""Panels of how it was gathered."""


def panels(
    figures: Figures, words: Words, leads: Leads, names: Sequence[str] = (*NEWS, *GATHERING)
) -> tuple[Panel, ...]:
    """The panels of these names, in their order."""
    return tuple(_DRAWN[name](figures, words, leads) for name in names)


_NAMED = {"parks": "park", "regions": "region", "companies": "company"}


def _named(name: str, figures: Figures, words: Words, leads: Leads) -> Panel:
    """What articles name, with how many did in the stretch before."""
    found, kind = figures.news.named[_NAMED[name]], _NAMED[name]
    days = _stretch(figures.news.days)
    rows = [
        Row(
            one.name,
            (one.articles,),
            words("note.trend", n=one.articles, before=one.before) if figures.news.before.since else "",
            leads.search(
                **({"q": f'company:"{one.value}"'} if kind == "company" else {kind: one.value}), **days
            ),
            _trend(one, words) if figures.news.before.since else "",
        )
        for one in found
    ]
    question, series = words(f"panel.{name}"), [Series(words("articles"), PALETTE[0])]
    return Panel(
        name,
        question,
        svg.both(lambda width: svg.bars(question, rows, series, 200, width), svg.HALF) if rows else "",
        _of_stretch(figures.news, words),
        (words("head.name"), words("articles"), words("head.before")),
        tuple((one.name, one.articles, one.before) for one in found),
    )


def _trend(one: Trend, words: Words) -> str:
    if not one.before:
        return f"{one.articles:,} {words('trend.new')}"
    change = one.articles - one.before
    return f"{one.articles:,} " + ("=" if not change else f"▲{change:,}" if change > 0 else f"▼{-change:,}")


def _amounts(figures: Figures, words: Words, leads: Leads) -> Panel:
    """The largest amounts that articles say are invested."""
    found = figures.news.amounts
    rows = [
        Row(
            one.title,
            (round(one.value / 10_000),),
            f"{one.title} · {one.day}",
            leads.article(one),
            one.written,
        )
        for one in found
    ]
    question, series = words("panel.amounts"), [Series(words("series.invested"), PALETTE[1])]
    now, before = (_in_money(value, words) for value in figures.news.invested)
    told = "note.invested" if figures.news.before.since else "note.invested_now"
    return Panel(
        "amounts",
        question,
        svg.both(lambda width: svg.bars(question, rows, series, 230, width), svg.HALF) if rows else "",
        (words(told, now=now, before=before), *_of_stretch(figures.news, words)) if rows else (),
        (words("head.title"), words("date"), words("head.written"), words("head.yuan")),
        tuple((one.title, one.day, one.written, one.value) for one in found),
    )


def _in_money(value: float, words: Words) -> str:
    return words("money", amount=f"{value / (1e8 if words.language == 'zh' else 1e9):,.2f}")


def _of_stretch(news: News, words: Words) -> tuple[str, ...]:
    """Of which days a picture of the news is, and against which it stands."""
    if not news.days.since:
        return ()
    days = words("report.days", since=news.days.since, until=news.days.until or "…")
    if not news.before.since:
        return (days,)
    return (f"{days} · {words('note.against', since=news.before.since, until=news.before.until)}",)


def _stretch(days: Days) -> dict[str, str]:
    return {name: day for name, day in (("since", days.since), ("until", days.until)) if day}


def _by_period(figures: Figures, words: Words, leads: Leads) -> Panel:
    periods = _periods(figures)[-_COLUMNS_DRAWN:]
    weight: dict[str, int] = {}
    for _, host, count in figures.by_period:
        weight[host] = weight.get(host, 0) + count
    ranked = sorted(weight, key=lambda host: (-weight[host], host))
    drawn, rest = ranked[:_SOURCES_DRAWN], ranked[_SOURCES_DRAWN:]
    name_of = {host: figures.names.get(host, host) for host in drawn} | dict.fromkeys(rest, words("others"))
    counts: dict[tuple[str, str], int] = {}
    for period, host, count in figures.by_period:
        key = (period, name_of[host])
        counts[key] = counts.get(key, 0) + count
    series = [Series(name_of[host], PALETTE[place]) for place, host in enumerate(drawn)]
    series += [Series(words("others"), REST)] if rest else []
    question = words("panel.period", unit=words(f"unit.{figures.unit}"))
    notes = [words("note.others", n=len(rest))] if rest else []
    notes += [words("note.outliers", n=_COLUMNS_DRAWN)] if len(_periods(figures)) > _COLUMNS_DRAWN else []
    return Panel(
        "period",
        question,
        svg.legend(series)
        + svg.both(
            lambda width: svg.columns(
                question,
                periods,
                series,
                counts,
                words("articles"),
                width,
                lambda p: leads.search(since=p, until=p),
            )
        )
        if counts
        else "",
        (*_honest(figures, words, by_day=True), *notes),
        (words("date"), words("source"), words("articles")),
        tuple((period, figures.names.get(host, host), count) for period, host, count in figures.by_period),
    )


def _shares(figures: Figures, words: Words, leads: Leads) -> Panel:
    series = [
        Series(words("series.alone"), PALETTE[0]),
        Series(words("series.first"), "var(--second)"),
        Series(words("series.reprints"), PALETTE[1]),
        Series(words("series.unknown"), "var(--idle)"),
    ]
    rows = [
        Row(
            share.name,
            (share.alone, share.first, share.reprints, share.unknown),
            href=leads.search(carried_by=share.host, **_stretch(figures.days)),
        )
        for share in figures.shares[:20]
    ]
    question = words("panel.shares")
    return Panel(
        "shares",
        question,
        svg.legend(series) + svg.both(lambda width: svg.bars(question, rows, series, width=width), svg.HALF)
        if rows
        else "",
        (words("note.shares"), *_honest(figures, words)),
        (words("source"), *(one.name for one in series)),
        tuple((s.name, s.alone, s.first, s.reprints, s.unknown) for s in figures.shares),
    )


def _flows(figures: Figures, words: Words, leads: Leads) -> Panel:
    drawn = figures.flows[:_BANDS_DRAWN]
    bands = []
    for flow in drawn:
        note = words("note.flow", by=flow.by, origin=flow.origin, n=flow.articles)
        note += "" if flow.median_lag_days is None else words("note.lag", lag=f"{flow.median_lag_days:g}")
        note += words("note.flow_credited", n=flow.credited) if flow.credited else ""
        bands.append(Band(flow.origin, flow.by, flow.articles, note))
    question = words("panel.flows")
    heads = (words("head.origin"), words("head.by"))
    more = (
        [words("note.more_flows", shown=len(drawn), n=len(figures.flows))]
        if len(drawn) < len(figures.flows)
        else []
    )
    return Panel(
        "flows",
        question,
        svg.both(lambda width: svg.ribbons(question, bands, heads, width)) if bands else "",
        (words("note.flows"), *more, *_honest(figures, words)),
        tuple(words(f"head.{name}") for name in ("origin", "by", "articles", "lag", "credited")),
        tuple((f.origin, f.by, f.articles, f.median_lag_days, f.credited) for f in figures.flows),
    )


def _spreads(figures: Figures, words: Words, leads: Leads) -> Panel:
    series = [
        Series(words("series.first_day"), PALETTE[3]),
        Series(words("series.second_day"), PALETTE[1]),
        Series(words("series.week"), "#f0cf8e"),
    ]
    rows = [
        Row(
            s.title,
            (s.on_first_day, s.within_two_days - s.on_first_day, s.within_week - s.within_two_days),
            f"{s.title} · {s.source_name} · {s.first_day}",
            leads.article(s),
        )
        for s in figures.spreads
    ]
    question = words("panel.spreads")
    return Panel(
        "spreads",
        question,
        svg.legend(series) + svg.both(lambda width: svg.bars(question, rows, series, 250, width), svg.HALF)
        if rows
        else "",
        (words("note.spread"), *_honest(figures, words, by_day=True)),
        (
            *(words(f"head.{name}") for name in ("title", "first_day")),
            *(one.name for one in series),
            words("head.sources"),
        ),
        tuple(
            (s.title, s.first_day, *row.values, s.dated_sources)
            for s, row in zip(figures.spreads, rows, strict=True)
        ),
    )


def _coverage(figures: Figures, words: Words, _leads: Leads) -> Panel:
    days = sorted({row.day for row in figures.coverage})
    colours = {"fetched": PALETTE[0], "failed": PALETTE[3], "not due": "var(--idle)"}
    states = {(row.source, row.day): (row.state, _told(row, figures, words)) for row in figures.coverage}
    hosts = sorted({row.source for row in figures.coverage}, key=lambda host: figures.names.get(host, host))
    question = words("panel.coverage")
    labels = [(host, figures.names.get(host, host)) for host in hosts]
    series = [Series(words(f"state.{state}"), colour) for state, colour in colours.items()]
    return Panel(
        "coverage",
        question,
        svg.legend(series)
        + svg.both(
            lambda width: svg.calendar(question, days, labels, states, colours, width),
            svg.WIDTH if len(days) > svg.HALF_DAYS else svg.HALF,
        )
        if days
        else "",
        () if days else (words("note.no_runs"),),
        (words("source"), words("date"), words("head.state"), words("head.pages"), words("head.failed")),
        tuple(
            (figures.names.get(r.source, r.source), r.day, words(f"state.{r.state}"), r.fetched, r.failed)
            for r in figures.coverage
        ),
    )


def _told(row: Covered, figures: Figures, words: Words) -> str:
    name = figures.names.get(row.source, row.source)
    return f"{name} · {row.day} · {words(f'state.{row.state}')} · {row.fetched:,}"


def _languages(figures: Figures, words: Words, leads: Leads) -> Panel:
    found = tuple((words.or_itself("language", name), count) for name, count in figures.languages)
    hrefs = [leads.search(language=name, **_stretch(figures.days)) for name, _ in figures.languages]
    head = (words("head.language"), words("articles"))
    return _counted("languages", found, words, head, words("articles"), _honest(figures, words), hrefs)


def _stripped(figures: Figures, words: Words, _leads: Leads) -> Panel:
    found = tuple((words.or_itself("stripped", kind), count) for kind, count in figures.stripped)
    head = (words("head.kind"), words("count"))
    return _counted("stripped", found, words, head, words("series.pieces"), (words("note.all_time"),))


def _rejected(figures: Figures, words: Words, _leads: Leads) -> Panel:
    found = tuple(
        (f"{words.or_itself('stage', stage)} · {reason_in(words.language, why)}", count)
        for stage, why, count in figures.rejected
    )
    head = (words("head.reason"), words("count"))
    return _counted("rejected", found, words, head, words("series.urls"), (words("note.all_time"),))


def _counted(
    name: str,
    found: tuple[tuple[str, int], ...],
    words: Words,
    head: tuple[str, ...],
    what: str,
    notes: tuple[str, ...],
    hrefs: Sequence[str] = (),
) -> Panel:
    """A panel of one bar a value."""
    question = words(f"panel.{name}")
    led = hrefs or [""] * len(found)
    rows = [Row(label, (count,), href=href) for (label, count), href in zip(found, led, strict=True)]
    series = [Series(what, PALETTE[2])]
    label_width = 210 if name == "rejected" else 160
    picture = (
        svg.both(lambda width: svg.bars(question, rows, series, label_width, width), svg.HALF) if rows else ""
    )
    return Panel(name, question, picture, notes, head, found)


def _honest(figures: Figures, words: Words, *, by_day: bool = False) -> tuple[str, ...]:
    """What a picture cannot count, in words; without bounds only one drawn by day leaves the undated out."""
    total, notes = figures.total, []
    if total.undated_articles and (by_day or figures.days.since or figures.days.until):
        notes.append(words("note.undated", n=total.undated_articles))
    if total.failed_sources:
        names = "、".join(total.failed_sources) if words.language == "zh" else ", ".join(total.failed_sources)
        notes.append(words("note.failed", n=len(total.failed_sources), names=names))
    if total.disputed_articles:
        notes.append(words("note.disputed", n=total.disputed_articles))
    return tuple(notes)


def _periods(figures: Figures) -> list[str]:
    """Every period from the first to the last, those without articles too."""
    found = [period for period, _, _ in figures.by_period]
    return periods_between(min(found), max(found)) if found else []


def trend(counts: Sequence[tuple[str | None, int]], unit: str, words: Words, leads: Leads) -> str:
    """A small chart of articles over time, each column leading to its articles; empty for one or none."""
    found = {period: count for period, count in counts if period}
    if len(found) < 2:
        return ""
    title = words("panel.trend", unit=words(f"unit.{unit}"))
    periods, series = periods_between(min(found), max(found))[-_COLUMNS_DRAWN:], [Series("", PALETTE[0])]
    values = {(period, ""): count for period, count in found.items()}
    return svg.both(
        lambda width: svg.columns(
            title,
            periods,
            series,
            values,
            words("articles"),
            width,
            lambda period: leads.search(since=period, until=period),
            150,
        )
    )


def periods_between(first: str, last: str) -> list[str]:
    """Every day, month or year from one to another."""
    if len(first) == 4:
        return [str(year) for year in range(int(first), int(last) + 1)]
    if len(first) == 7:
        start, end = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (first, last))
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, end + 1)]
    day, end_day = date.fromisoformat(first), date.fromisoformat(last)
    return [(day + timedelta(days=n)).isoformat() for n in range((end_day - day).days + 1)]


_DRAWN: dict[str, Callable[[Figures, Words, Leads], Panel]] = {
    **{name: partial(_named, name) for name in _NAMED},
    "amounts": _amounts,
    "period": _by_period,
    "flows": _flows,
    "shares": _shares,
    "spreads": _spreads,
    "coverage": _coverage,
    "rejected": _rejected,
    "languages": _languages,
    "stripped": _stripped,
}
