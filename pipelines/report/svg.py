"""Chart kinds as SVG text: columns, bars, flows and a calendar of states.

In: plain values and words. Out: one `<svg>` that scales to its place, needs no script, prints, and has a
title for each mark. Nothing here knows what is counted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

PALETTE = ("var(--accent)", "#e08a00", "#3b6fb6", "#b5485d", "#7a5ea8", "#6f8f1f", "#2aa3b8", "#8a6d4b")
"""Told apart in print and by those who see red and green alike (checked with a deuteranopia filter)."""
REST = "#b9c4c0"
WIDTH = 720
"""Units across a whole page; a chart in half a page takes HALF, so that letters are as large."""
HALF = 500
_ROW = 28
_HEAD = 20
HALF_DAYS = 21
"""So many days find room in half a page."""
_LABEL = 11.5
NARROW = 340
"""Units across a phone, so that letters are read there too: each chart is drawn for both."""


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of bars: its label, the values of each series, what a pointer is told, where it leads."""

    label: str
    values: tuple[int, ...]
    note: str = ""
    href: str = ""
    told: str = ""
    """What stands behind the bar; without it, the sum."""


@dataclass(frozen=True, slots=True)
class Band:
    """A band from a name on the left to one on the right."""

    start: str
    end: str
    weight: int
    note: str


def both(draw: Callable[[int], str], width: int = WIDTH) -> str:
    """A chart as `draw` makes it for that width and for a phone's; the style shows one of them."""
    return f'<div class="at-desk">{draw(width)}</div><div class="on-phone">{draw(NARROW)}</div>'


def columns(
    title: str,
    periods: Sequence[str],
    series: Sequence[Series],
    counts: Mapping[tuple[str, str], int],
    unit: str,
    width: int = WIDTH,
    href: Callable[[str], str] | None = None,
    height: int = 272,
) -> str:
    """Stacked columns, one a period; `counts` by period and series name, `unit` names what they count.

    Each column leads where `href` says of its period.
    """
    left, bottom, top = 40, 34, 22
    totals = [sum(counts.get((period, one.name), 0) for one in series) for period in periods]
    ticks = _ticks(max(totals, default=0))
    scale = (height - bottom - top) / ticks[-1]
    right = width - (24 if width > NARROW else 8)
    step = (right - left) / max(len(periods), 1)
    base = height - bottom
    parts = [_gridline(left, right, base - tick * scale, tick) for tick in ticks]
    parts.append(_text(2, 10, unit, "start"))
    for place, period in enumerate(periods):
        x, y = left + place * step, float(base)
        pile = []
        for one in series:
            count = counts.get((period, one.name), 0)
            if count:
                y -= count * scale
                pile.append(
                    _box(
                        x + step * 0.12,
                        y,
                        step * 0.76,
                        count * scale,
                        one.colour,
                        f"{period} · {one.name}: {count:,}",
                    )
                )
        if pile:
            name = f"{period}: {totals[place]:,}"
            parts.append(_link(href(period) if href else "", "".join(pile), name))
    for place in _labelled(periods, step):
        parts.append(_text(left + (place + 0.5) * step, height - 12, periods[place], "middle"))
    return _svg(title, height, parts, width)


def bars(
    title: str, rows: Sequence[Row], series: Sequence[Series], label_width: int = 160, width: int = HALF
) -> str:
    """Horizontal bars, a row a label, the series side by side in one bar."""
    label_width = label_width if width > NARROW else min(label_width, 150)
    most = max((sum(row.values) for row in rows), default=0) or 1
    room = max((len(row.told) for row in rows), default=0) * 11
    scale = (width - label_width - max(44, room)) / most
    parts = []
    for place, row in enumerate(rows):
        y, x = place * _ROW + 4, float(label_width)
        label = _text(
            label_width - 10, y + 15, fitted(row.label, label_width - 16), "end", row.note or row.label
        )
        parts.append(_link(row.href, label))
        for one, value in zip(series, row.values, strict=True):
            if value:
                parts.append(
                    _box(x, y, value * scale, _ROW - 9, one.colour, f"{row.label} · {one.name}: {value:,}")
                )
                x += value * scale
        parts.append(_text(x + 6, y + 15, row.told or f"{sum(row.values):,}", "start"))
    return _svg(title, max(len(rows), 1) * _ROW + 6, parts, width)


def ribbons(title: str, bands: Sequence[Band], heads: tuple[str, str], width: int = WIDTH) -> str:
    """Bands between names on the left and names on the right, as wide as they weigh; `heads` above them."""
    left, right = _stacked([(b.start, b.weight) for b in bands]), _stacked([(b.end, b.weight) for b in bands])
    gap, names = 16, max(len(left), len(right))
    height = max(150, names * 46)
    weight = sum(band.weight for band in bands) or 1
    scale = (height - gap * (names + 1)) / weight
    room = 190.0 if width > NARROW else 112.0
    x1, x2 = room, width - room
    tops1, tops2 = (_tops(side, scale, gap, height, _HEAD) for side in (left, right))
    colours = {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(left)}
    parts = [_text(x1 + 12, 12, heads[0], "end"), _text(x2, 12, heads[1], "start")]
    at1, at2 = dict(tops1), dict(tops2)
    for band in bands:
        thick = band.weight * scale
        parts.append(
            _band(x1 + 12, at1[band.start], x2, at2[band.end], thick, colours[band.start], band.note)
        )
        at1[band.start] += thick
        at2[band.end] += thick
    for sides, tops, x, anchor, tx in (
        (left, tops1, x1, "end", x1 - 8),
        (right, tops2, x2, "start", x2 + 20),
    ):
        for name, total in sides.items():
            colour = colours.get(name, "var(--soft)") if anchor == "end" else "var(--soft)"
            parts.append(_box(x, tops[name], 12, max(total * scale, 1), colour, f"{name}: {total:,}"))
            shown = fitted(name, room - 42) + f"  {total:,}"
            parts.append(_text(tx, tops[name] + total * scale / 2 + 4, shown, anchor, name))
    return _svg(title, height + _HEAD, parts, width)


def calendar(
    title: str,
    days: Sequence[str],
    rows: Sequence[tuple[str, str]],
    states: Mapping[tuple[str, str], tuple[str, str]],
    colours: Mapping[str, str],
    width: int = WIDTH,
) -> str:
    """A grid of days: rows are (key, label), `states` by key and day is (state, what a pointer is told)."""
    left = 160 if width > NARROW else 120
    step = min((width - left - 20) / max(len(days), 1), 26)
    parts = []
    for place, (key, label) in enumerate(rows):
        y = place * 24 + 4
        parts.append(_text(left - 10, y + 14, fitted(label, left - 16), "end", label))
        for column, day in enumerate(days):
            state, note = states.get((key, day), ("", ""))
            parts.append(
                _box(left + column * step + 1, y, step - 2, 19, colours.get(state, "var(--none)"), note)
            )
    bottom = len(rows) * 24 + 18
    for column in _labelled(days, step, 46):
        parts.append(_text(left + (column + 0.5) * step, bottom, days[column][5:], "middle"))
    return _svg(title, bottom + 8, parts, width)


def legend(series: Iterable[Series]) -> str:
    """The colours and their names, as HTML."""
    items = "".join(
        f'<li><span class="swatch" style="background:{one.colour}"></span>{escape(one.name)}</li>'
        for one in series
    )
    return f'<ul class="legend">{items}</ul>'


def fitted(text: str, width: float) -> str:
    """The text, cut with an ellipsis where it is wider than `width` units at the size of labels."""
    used = 0.0
    for place, character in enumerate(text):
        used += _LABEL * (1.0 if unicodedata.east_asian_width(character) in "WF" else 0.58)
        if used > width:
            return text[: max(place - 1, 1)] + "…"
    return text


def _svg(title: str, height: float, parts: Iterable[str], width: int = WIDTH) -> str:
    inside = "".join(parts)
    role = "group" if "<a " in inside else "img"  # what is an image has nothing inside that can be followed
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height:.0f}" role="{role}" aria-label="{escape(title)}"'
        f' xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    )


def _box(x: float, y: float, width: float, height: float, colour: str, note: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{max(height, 0.5):.1f}"'
    return f'<rect {place} rx="1.5" fill="{colour}"><title>{escape(note)}</title></rect>'


def _text(x: float, y: float, text: str, anchor: str, note: str = "") -> str:
    told = f"<title>{escape(note)}</title>" if note and note != text else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{told}{escape(text)}</text>'


def _link(href: str, inside: str, name: str = "") -> str:
    """What is inside, leading somewhere; `name` says where, if it has no words of its own."""
    named = f' aria-label="{escape(name)}"' if name else ""
    return f'<a href="{escape(href)}"{named}>{inside}</a>' if href else inside


def _gridline(left: float, right: float, y: float, tick: int) -> str:
    line = f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return line + _text(left - 6, y + 4, f"{tick:,}", "end")


def _band(x1: float, y1: float, x2: float, y2: float, thick: float, colour: str, note: str) -> str:
    middle, below1, below2 = (x1 + x2) / 2, y1 + thick, y2 + thick
    path = (
        f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        f"V{below2:.1f}C{middle:.1f} {below2:.1f} {middle:.1f} {below1:.1f} {x1:.1f} {below1:.1f}Z"
    )
    return f'<path class="band" d="{path}" fill="{colour}"><title>{escape(note)}</title></path>'


def _stacked(entries: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for name, weight in entries:
        totals[name] = totals.get(name, 0) + weight
    return dict(sorted(totals.items(), key=lambda entry: -entry[1]))


def _tops(totals: Mapping[str, int], scale: float, gap: float, height: float, top: float) -> dict[str, float]:
    """Where each name's bar begins, the whole pile in the middle of what is below `top`."""
    pile = sum(totals.values()) * scale + gap * (len(totals) - 1)
    y, tops = top + (height - pile) / 2, {}
    for name, total in totals.items():
        tops[name] = y
        y += total * scale + gap
    return tops


def _ticks(most: int) -> list[int]:
    """Round numbers from nought to just above the highest value, four to six of them."""
    step = 1
    while most / step > 5:
        step = next(n for n in _round_numbers() if n > step)
    return [step * place for place in range(max(-(-most // step), 1) + 1)]


def _round_numbers() -> Iterable[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _labelled(labels: Sequence[str], step: float, room: float = 64) -> range:
    """Places of the labels that fit beside each other."""
    return range(0, len(labels), max(1, round(room / step + 0.49)))
