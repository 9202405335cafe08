"""Generated news pages and a small fast server for them, for the benchmarks.

Pages look like those of a Chinese news site: navigation, byline, body, contact footer, copyright notice,
teasers. Words are drawn by Zipf's law from a made-up vocabulary, so that texts share as much as real ones
do and no more; a tenth are copies of earlier articles, truncated or with a note before them. The same
seed gives the same pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import random
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHARACTERS = "".join(
    bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)
)
"""The 3,755 characters of GB 2312's first level: those in daily use."""

_LETTERS = resources.files("pipelines").joinpath("words/letters.txt").read_text("utf-8")
_USUAL = sorted(set(_LETTERS.partition("\ngb18030")[2].partition("\n")[0]).intersection(CHARACTERS))
_USUAL_SHARE = 0.9
"""Of the characters of real pages .87 to .93 are usual ones; text of rare ones is looked at as if misread."""

PER_LIST = 50


@dataclass(frozen=True)
class GeneratedPage:
    path: str
    html: bytes
    text: str


_Earlier = tuple[str, str]
"""Path and title of a page that teasers link to."""


class Vocabulary:
    def __init__(self, seed: int, size: int = 6000) -> None:
        self._random = random.Random(seed)
        draw = self._random
        self._words = [
            "".join(
                draw.choice(_USUAL if draw.random() < _USUAL_SHARE else CHARACTERS)
                for _ in range(draw.choice((1, 2, 2, 2, 3, 4)))
            )
            for _ in range(size)
        ]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(size)))

    def sentence(self) -> str:
        draw = self._random
        words = draw.choices(self._words, cum_weights=self._weights, k=draw.randint(8, 24))
        if draw.random() < 0.3:
            words.insert(draw.randrange(len(words)), f"{draw.randint(2, 9999)}{draw.choice('万亿个家年')}")
        words.insert(len(words) // 2, ",")
        return "".join(words) + "。"

    def paragraphs(self) -> list[str]:
        draw = self._random
        return [
            "".join(self.sentence() for _ in range(draw.randint(2, 6))) for _ in range(draw.randint(4, 12))
        ]

    def title(self) -> str:
        return "".join(self._random.choices(self._words, cum_weights=self._weights, k=9))


def generate(count: int, seed: int = 7, weight: int = 1) -> list[GeneratedPage]:
    vocabulary, draw = Vocabulary(seed), random.Random(seed)
    stories: list[tuple[str, list[str]]] = []
    earlier: list[_Earlier] = []
    pages = []
    for number in range(count):
        if stories and draw.random() < 0.1:
            title, body = draw.choice(stories)
            body = (
                body[: max(3, len(body) * 3 // 4)]
                if draw.random() < 0.5
                else ["编者按:" + vocabulary.sentence(), *body]
            )
        else:
            title, body = vocabulary.title(), vocabulary.paragraphs()
        day = f"20{draw.randint(18, 25)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
        path = f"/news/{day.replace('-', '')}/{number}.html"
        html = _article(title, body, day, draw.sample(earlier, min(12, len(earlier))), weight)
        stories.append((title, body))
        earlier.append((path, title))
        pages.append(GeneratedPage(path, html, "\n".join(body)))
    return pages


def _article(title: str, body: list[str], day: str, earlier: list[_Earlier], weight: int) -> bytes:
    """About 44 KB by weight 1, 150 KB by weight 4; real news pages have 180 KB (the median of four sets)."""
    menus = "".join(
        f'<li class="menu menu-{n}"><a href="/channel/{n}/">频道{n}</a><ul class="sub">'
        + "".join(
            f'<li class="sub-item"><a href="/channel/{n}/{m}/" title="栏目{m}">栏目{m}</a></li>'
            for m in range(6)
        )
        + "</ul></li>"
        for n in range(20 * weight)
    )
    hot = "".join(
        f'<div class="box box-{n}"><h3 class="box-title">热门{n}</h3><ul class="hot">{_headlines(earlier, day)}</ul></div>'
        for n in range(4 * weight)
    )
    friends = "".join(
        f'<a target="_blank" href="http://site{n}.example/" class="friend">友情网站{n}</a>'
        for n in range(40 * weight)
    )
    paragraphs = "\n".join(f'<p style="text-indent: 2em">  {paragraph}</p>' for paragraph in body)
    scripts = "".join(
        f"<script>var ad{n} = {{slot: {n}, size: [300, 250], key: 'k{n * 7919}', load: function () {{ }}}};</script>"
        for n in range(120 * weight)
    )
    return f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}_测试新闻网</title>
<meta name="keywords" content="园区,新闻"><style>.menu {{ color: #333 }}</style>{scripts}</head>
<body><div class="top"><ul class="nav">{menus}</ul></div>
<div class="crumbs">当前位置:<a href="/">首页</a> &gt; <a href="/channel/1/">新闻</a> &gt; 正文</div>
<div class="main"><h1>{title}</h1><div class="info">{day} 08:30 来源:测试日报 作者:王小明</div>
<div class="content" id="content">{paragraphs}
<p>招商热线:400-0000-000 微信同号</p></div>
<div class="copy">版权声明:本文由网友上传,如有侵权请联系删除。</div><div class="share">分享到:</div>
<div class="related"><h3>相关文章</h3><ul>{_headlines(earlier, day)}</ul></div></div>
<div class="side">{hot}</div><div class="friends">友情链接:{friends}</div>
<div class="footer"><p>Copyright 测试新闻网 版权所有</p><p>备案号:测ICP备00000000号</p></div>
</body></html>""".encode()


def _headlines(earlier: list[_Earlier], day: str) -> str:
    return "".join(
        f'<li class="item"><a href="{path}" title="{name}">{name}</a><span class="date">{day}</span></li>'
        for path, name in earlier
    )


def lists(pages: list[GeneratedPage]) -> dict[str, bytes]:
    """The list pages that link to all articles, PER_LIST each, with pagination."""
    found = {}
    chunks = [pages[n : n + PER_LIST] for n in range(0, len(pages), PER_LIST)]
    for number, chunk in enumerate(chunks):
        items = "".join(
            f'<li><a href="{page.path}">{page.path[6:14]} 园区新闻标题 {page.path}</a></li>' for page in chunk
        )
        following = f'<a href="/list_{number + 1}.html">下一页</a>' if number + 1 < len(chunks) else ""
        body = f"<html><body><ul class='list'>{items}</ul>{following}</body></html>"
        found["/" if number == 0 else f"/list_{number}.html"] = body.encode()
    return found


class _Server(asyncio.Protocol):
    def __init__(self, bodies: dict[str, bytes]) -> None:
        self._bodies = bodies
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
            path = head.split(b" ", 2)[1].decode()
            body = self._bodies.get(path) or self._bodies.get(_first_label(head) + path)
            status = b"200 OK" if body is not None else b"404 Not Found"
            body = body or b""
            self._transport.write(
                b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
                % (status, len(body), body)
            )


def _first_label(head: bytes) -> str:
    host = head.lower().partition(b"\r\nhost:")[2].partition(b"\r\n")[0]
    return host.strip().partition(b".")[0].decode()


def _generated(count: int, seed: int, weight: int) -> dict[str, bytes]:
    pages = generate(count, seed, weight)
    return {page.path: page.html for page in pages} | lists(pages)


def _serve(
    make: Callable[[int, int, int], dict[str, bytes]], given: tuple[int, int, int], ports: Any
) -> None:
    bodies = make(*given)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Server(bodies), "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextlib.contextmanager
def serve(
    count: int,
    seed: int = 7,
    weight: int = 1,
    make: Callable[[int, int, int], dict[str, bytes]] = _generated,
) -> Iterator[int]:
    """The port of a server process on loopback that has `count` generated articles.

    `make` gives them by their path, or by the first label of their host and the path.
    """
    context = multiprocessing.get_context("spawn")
    ports = context.Queue()
    process = context.Process(target=_serve, args=(make, (count, seed, weight), ports), daemon=True)
    process.start()
    try:
        yield ports.get(timeout=120)
    finally:
        process.terminate()
        process.join()
