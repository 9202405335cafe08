"""docs/a-week.md: what an operator types in a week, and what the program says, on a moved clock.

Ten sites: seven of the demo, a WordPress, one that is built anew on day 3 and one that is dead from day 4 on.
The document's headings say the day; `...` stands for anything, and ports are left out of it.
"""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from crawler.demo.server import DemoServer
from tests.commands import parknews_here
from tests.crawler.misbehaving import Server, Site, article
from tests.crawler.moved import parknews
from tests.crawler.runs.test_watch import DATED, as_before, redesigned

DOCUMENT = Path(__file__).parents[2] / "docs/a-week.md"
REBUILT, DEAD, BLOG = "gaoxin.localhost", "gangkou.localhost", "blog.localhost"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
TOLD = (
    "青湖园区第{n}号厂房本周交付，承租的企业做的是冷链装备，月底前设备进场。"
    "园区说，去年同期交付的厂房有{m}栋，今年已经多出三成，剩下的要到秋天才能封顶。"
)


def _post(n: int) -> str:
    text = TOLD.format(n=n, m=n + 7)
    return (
        f'<html lang="zh-CN"><head><title>青湖第{n}号厂房交付 – 青湖笔记</title></head>'
        f'<body class="single single-post"><header><a href="/" rel="home">青湖笔记</a></header>'
        f'<article class="post hentry"><h1 class="entry-title">青湖第{n}号厂房交付</h1>'
        f'<time class="entry-date" datetime="2026-03-{n + 1:02}T09:00:00+08:00">2026-03-{n + 1:02}</time>'
        f'<div class="entry-content"><p>{text}</p></div></article></body></html>'
    )


def _blog(count: int) -> dict[str, str]:
    """A WordPress: the home page shows excerpts, a feed names the posts."""
    posts = range(count, 0, -1)
    items = "".join(
        f'<article class="post hentry"><h2 class="entry-title"><a href="/{n}/">青湖第{n}号厂房交付</a></h2>'
        f"<div class=entry-summary><p>{TOLD.format(n=n, m=n + 7)[:50]} […]</p></div></article>"
        for n in posts
    )
    head = '<title>青湖笔记</title><link rel="alternate" type="application/rss+xml" href="/feed/">'
    feed = "".join(
        f"<item><title>青湖第{n}号厂房交付</title><link>http://{{host}}/{n}/</link></item>" for n in posts
    )
    return {
        "/": f'<html lang="zh-CN"><head>{head}</head><body class="home blog">{items}</body></html>',
        "/feed/": f'<?xml version="1.0"?><rss version="2.0"><channel>{feed}</channel></rss>',
        **{f"/{n}/": _post(n) for n in posts},
    }


def _portal(name: str, first: int, day: int, *, is_new: bool = False) -> dict[str, str]:
    """Thirty headlines, eight new ones a day."""
    numbers = list(range(first, first + 30 + 8 * day))
    front = (redesigned if is_new else as_before)(numbers[::-1][:30]).replace("示例园区网", name)
    return {"/": front, **{f"/news/2026/{n}.html": article(n, extra=DATED) for n in numbers}}


def _typed(document: str) -> Iterator[tuple[int, str, str]]:
    """The day, the command and what it prints."""
    day = 0
    for heading, block in re.findall(r"^## Day (\d)|^```console\n(.*?)^```", document, re.M | re.S):
        day = int(heading) if heading else day
        for piece in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, expected = piece.partition("\n")
            yield day, command, expected


def test_what_is_typed_in_a_week_is_what_the_program_knows(tmp_path: Path) -> None:
    typed = [shlex.split(command)[1:] for _, command, _ in _typed(DOCUMENT.read_text(encoding="utf-8"))]
    commands = {tuple(words[: 2 if words[0] == "sources" else 1]) for words in typed}
    options = {(*command, "--help") for command in commands}
    assert len(typed) > 8
    assert [parknews_here(tmp_path, *words).code for words in sorted(options)] == [0] * len(options)


@pytest.mark.slow
def test_a_week_goes_as_its_transcript_says(tmp_path: Path) -> None:
    rebuilt, dead, blog = Site(), Site(), Site()
    with DemoServer() as demo, Server(rebuilt) as portal, Server(blog) as press, ExitStack() as alive:
        port = alive.enter_context(Server(dead)).host
        names = list(demo.ports)[:7]
        hosts = {name: f"{name}:{demo.ports[name]}" for name in names}
        for name, at in ((REBUILT, portal.host), (DEAD, port), (BLOG, press.host)):
            hosts[name] = f"{name}:{at.rpartition(':')[2]}"
        (tmp_path / "sites.txt").write_text("".join(f"http://{host}/\n" for host in hosts.values()))
        for day, command, expected in _typed(DOCUMENT.read_text(encoding="utf-8")):
            rebuilt.pages |= _portal("高新区新闻网", 1000, day, is_new=day >= 3)
            dead.pages |= _portal("港口新闻网", 5000, day)
            blog.pages |= {
                path: body.replace("{host}", hosts[BLOG]) for path, body in _blog(12 + day).items()
            }
            if day >= 4:
                alive.close()
            words = [hosts.get(word, word) for word in shlex.split(command)[1:]]
            words = [str(tmp_path / word) if word == "sites.txt" else word for word in words]
            done = parknews(tmp_path, *words, days=day, env={"COLUMNS": "110", "TZ": "UTC"})
            said = re.sub(r"(localhost):\d+", r"\1", done.out.replace(f"{tmp_path}/", ""))
            said += f"[exit code {done.code}]\n" if done.code else ""
            assert doctest.OutputChecker().check_output(expected, said, FLAGS), f"{day} {command}:\n{said}"
