"""Pages of eight sources, each made by a template of its own, as real news sites have them.

Pages of weight 10 have 140 KB, those of weight 3 44 KB.

What differs between the makes is what differs between real ones: tables or sections, what things are called,
where title, day and credit stand, what stands around the article (menus, recommendations, comments, scripts).
Half of the sources are English. Links lead where those of real sites do: to channels and articles that are
there, and from menus to hundreds of pages of other hosts.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from benchmarks.pages import GeneratedPage, Vocabulary, lists

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCES = 8
WEIGHT = 10
"""How much stands around an article of 100 to 200 KB, as most real pages have."""
CHANNELS = 6
"""Lists that a source's menu leads to."""
_PER_CHANNEL = 20
_LATIN = (
    "harbour park factory council engine river market bridge school tower planning investor company region "
    "minister worker report capacity output phase ground design number permit opening annual district energy "
    "storage battery turbine carriage railway cargo terminal survey result quarter growth figure budget loan"
).split()


def all_sources(count: int, seed: int = 7, weight: int = WEIGHT) -> dict[str, bytes]:
    """`m0` to `m7` and the path → page: `count` articles of each source and the lists that lead to them."""
    bodies: dict[str, bytes] = {}
    for source in range(SOURCES):
        pages = articles(source, count, seed, weight)
        found = {page.path: page.html for page in pages} | lists(pages)
        for channel in range(CHANNELS):
            found[f"/c/{channel}/"] = lists(pages[channel * _PER_CHANNEL :][:_PER_CHANNEL] or pages[:1])["/"]
        bodies |= {f"m{source}{path}": html for path, html in found.items()}
    return bodies


def articles(source: int, count: int, seed: int = 7, weight: int = WEIGHT) -> list[GeneratedPage]:
    """The articles of one source."""
    chance = random.Random(f"{seed}/{source}")
    said = _Chinese(seed + source) if source % 2 == 0 else _English(seed + source)
    said.weight = weight
    days = [
        f"20{chance.randint(18, 25)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        for _ in range(count)
    ]
    known = [(f"/news/{day.replace('-', '')}/{number}.html", said.title()) for number, day in enumerate(days)]
    pages = []
    for number, (day, (path, title)) in enumerate(zip(days, known, strict=True)):
        body = said.paragraphs()
        recent = known[max(0, number - 40) :][:40]
        around = chance.sample(recent, min(12, len(recent)))
        html = _MAKES[source](title, body, day, around, said)
        pages.append(GeneratedPage(path, html.encode(), "\n".join(body)))
    return pages


class _Around:
    """How much stands around each article."""

    weight = WEIGHT

    def some(self, number: int) -> int:
        """What there is `number` of on a page of the usual weight."""
        return max(1, number * self.weight // WEIGHT)


class _Chinese(Vocabulary, _Around):
    lang, credit, author = "zh-CN", "来源：测试日报", "作者：王小明"

    def menu(self, number: int) -> str:
        return f"栏目{number}"


class _English(_Around):
    lang, credit, author = "en", "Source: Test Daily", "By Jane Miller"

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def menu(self, number: int) -> str:
        return f"Section {number}"

    def _sentence(self) -> str:
        words = self._random.choices(_LATIN, k=self._random.randint(9, 22))
        words.insert(len(words) // 2, str(self._random.randint(2, 9999)))
        return " ".join(words).capitalize() + "."

    def paragraphs(self) -> list[str]:
        draw = self._random
        return [
            " ".join(self._sentence() for _ in range(draw.randint(2, 6))) for _ in range(draw.randint(5, 12))
        ]

    def title(self) -> str:
        return " ".join(self._random.choices(_LATIN, k=8)).capitalize()


_Said = _Chinese | _English
_Others = list[tuple[str, str]]


def _head(title: str, day: str, said: _Said, *, scripts: int, styles: int = 40) -> str:
    code = "".join(
        f"<script>var s{n} = {{slot: {n}, size: [300, 250], key: 'k{n * 7919}', load: function () {{}}}};</script>"
        for n in range(said.some(scripts))
    )
    rules = "".join(
        f".m{n} a{{color:#{n:03d};padding:{n}px}}.m{n}:hover{{opacity:.9}}" for n in range(styles)
    )
    return (
        f'<!DOCTYPE html><html lang="{said.lang}"><head><meta charset="utf-8"><title>{title} - Test News</title>'
        f'<meta property="article:published_time" content="{day}T08:30:00+08:00"><style>{rules}</style>{code}</head>'
    )


def _menu(said: _Said, deep: int) -> str:
    return "".join(
        f'<li class="m{n}"><a href="/c/{n % CHANNELS}/">{said.menu(n)}</a><ul>'
        + "".join(
            f'<li class="sub"><a href="http://c{n}.example/{m}/">{said.menu(n * 10 + m)}</a></li>'
            for m in range(deep)
        )
        + "</ul></li>"
        for n in range(said.some(30))
    )


def _links(around: _Others, shown: str = "li") -> str:
    return "".join(
        f'<{shown} class="it"><a href="{path}" title="{name}">{name}</a><span>08-12</span></{shown}>'
        for path, name in around
    )


def _cards(around: _Others, rows: int) -> str:
    return "".join(
        f'<div class="card c{row}"><a href="{path}"><img src="/i/{row}.jpg" alt="{name}"><b>{name}</b></a>'
        f'<i class="n">{row}</i></div>'
        for row in range(rows)
        for path, name in around
    )


def _paragraphs(body: list[str]) -> str:
    return "".join(f"<p>{paragraph}</p>\n" for paragraph in body)


def _boxes(title: str, body: list[str], day: str, around: _Others, said: _Said) -> str:
    return f"""{_head(title, day, said, scripts=260)}<body class="post"><div class="top"><ul>{_menu(said, 14)}</ul></div>
<div class="wrap"><div class="main"><h1>{title}</h1><div class="info">{day} 08:30 {said.credit} {said.author}</div>
<div class="content" id="content">{_paragraphs(body)}</div><div class="rel"><ul>{_links(around)}</ul></div></div>
<div class="side">{_cards(around, said.some(28))}</div></div><div class="foot"><ul>{_menu(said, 4)}</ul></div></body></html>"""


def _sections(title: str, body: list[str], day: str, around: _Others, said: _Said) -> str:
    return f"""{_head(title, day, said, scripts=180)}<body><header><nav><ul>{_menu(said, 16)}</ul></nav></header>
<main><article class="story"><header><h1>{title}</h1><p class="byline">{said.author}</p>
<time datetime="{day}T08:30:00+08:00">{day}</time></header><div class="body">{_paragraphs(body)}</div></article>
<aside>{_cards(around, said.some(30))}</aside></main><footer><ul>{_links(around * said.some(4))}</ul></footer></body></html>"""


def _table(title: str, body: list[str], day: str, around: _Others, said: _Said) -> str:
    menu = "".join(
        f'<td class="m{n}"><a href="http://c{n}.example/">{said.menu(n)}</a></td>'
        for n in range(said.some(300))
    )
    side = "".join(
        f"<table class='b{n}'><tbody>{_links(around, 'tr')}</tbody></table>" for n in range(said.some(30))
    )
    return f"""{_head(title, day, said, scripts=300)}<body><table class="nav"><tr>{menu}</tr></table>
<table width="980"><tr><td class="left"><table><tr><td class="tit"><h2>{title}</h2></td></tr>
<tr><td class="date">{day} 08:30 {said.credit}</td></tr><tr><td class="text" id="zoom">{_paragraphs(body)}</td></tr></table>
</td><td class="right">{side}</td></tr></table></body></html>"""


def _blog(title: str, body: list[str], day: str, around: _Others, said: _Said) -> str:
    number = len(body) * 1000 + len(title)
    return f"""{_head(title, day, said, scripts=220)}<body class="single postid-{number}"><div id="page">
<div id="masthead"><ul class="menu">{_menu(said, 12)}</ul></div><div id="primary"><div id="post-{number}"
 class="post-{number} post type-post"><h1 class="entry-title">{title}</h1><div class="entry-meta"><span>{day}</span>
<span>{said.author}</span></div><div class="entry-content">{_paragraphs(body)}</div></div>
<div class="comments"><ol>{_links(around * said.some(6))}</ol></div></div><div id="secondary">{_cards(around, said.some(24))}</div></div></body></html>"""


def _portal(title: str, body: list[str], day: str, around: _Others, said: _Said) -> str:
    strips = "".join(f'<div class="strip s{n}"><ul>{_links(around)}</ul></div>' for n in range(said.some(26)))
    return f"""{_head(title, day, said, scripts=340)}<body><div id="topbar"><ul>{_menu(said, 10)}</ul></div>
<div class="area clearfix"><div class="path"><a href="/">{said.menu(0)}</a></div><h1 id="h1title">{title}</h1>
<div class="ep-info"><div class="left">{day} 08:30:21　{said.credit}</div></div><div id="endText">{_paragraphs(body)}
<div class="ep-source"><span>{said.credit}</span></div></div></div><div class="strips">{strips}</div></body></html>"""


def _cards_first(title: str, body: list[str], day: str, around: _Others, said: _Said) -> str:
    return f"""{_head(title, day, said, scripts=160)}<body><div class="rail rail-l">{_cards(around, said.some(16))}</div>
<div class="shell"><div class="kicker"><a href="/c/1/">{said.menu(1)}</a></div><h1 class="hl">{title}</h1>
<div class="by"><span class="a">{said.author}</span><span class="d">{day}</span></div>
<section class="copy">{_paragraphs(body)}</section><div class="more">{_links(around * said.some(5), "div")}</div></div>
<div class="rail rail-r">{_cards(around, said.some(16))}</div><ul class="map">{_menu(said, 12)}</ul></body></html>"""


def _government(title: str, body: list[str], day: str, around: _Others, said: _Said) -> str:
    side = "".join(
        f'<dl class="d{n}"><dt>{said.menu(n)}</dt>{_links(around, "dd")}</dl>' for n in range(said.some(26))
    )
    return f"""{_head(title, day, said, scripts=240)}<body><div class="header"><div class="nav"><ul>{_menu(said, 15)}</ul></div></div>
<div class="position"><a href="/">{said.menu(0)}</a> &gt; <a href="/c/2/">{said.menu(2)}</a></div>
<div class="detail"><div class="detail-title">{title}</div><div class="detail-info"><span>{day}</span><span>{said.credit}</span></div>
<div class="TRS_Editor">{_paragraphs(body)}</div></div><div class="list">{side}</div></body></html>"""


def _magazine(title: str, body: list[str], day: str, around: _Others, said: _Said) -> str:
    half = len(body) // 2
    ad = f'<div class="inline-rec"><a href="/">{said.menu(3)}</a></div>'
    return f"""{_head(title, day, said, scripts=200)}<body><div data-mod="nav"><ul>{_menu(said, 14)}</ul></div>
<div data-mod="story" class="lede"><h1>{title}</h1><address>{said.author}</address><time datetime="{day}">{day}</time>
<div class="text">{_paragraphs(body[:half])}{ad}{_paragraphs(body[half:])}</div></div>
<div data-mod="recs" class="recs">{_cards(around, said.some(32))}</div></body></html>"""


_MAKES: tuple[Callable[[str, list[str], str, _Others, _Said], str], ...] = (
    _boxes,
    _sections,
    _table,
    _blog,
    _portal,
    _cards_first,
    _government,
    _magazine,
)
