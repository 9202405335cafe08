"""How the ill-behaved host misbehaves: one function a kind of resource, named in data/demo/sites.

In goes a resource, out comes what its URL answers. None of these is an article.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from crawler.demo.responses import Query, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.demo.definition import Resource

_HTML = "text/html; charset=utf-8"


def respond(resource: Resource) -> Response:
    """What a resource answers.

    Raises:
        KeyError: no kind is called that.
    """
    return _KINDS[resource.kind](resource)


def calendar(query: Query) -> Response:
    """A month's events (there are none), with links to the months before and after, for ever."""
    year, month = (int(part) for part in (query.get("month") or "2024-01").split("-"))
    before, after = year * 12 + month - 2, year * 12 + month
    links = "".join(
        f'<a href="/events?month={at // 12:04}-{at % 12 + 1:02}">{text}</a> '
        for at, text in ((before, "上个月"), (after, "下个月"))
    )
    days = "".join(f"<td>{day}</td>" for day in range(1, 29))
    return _page(
        "活动日历", f"<h1>{year}年{month}月</h1>{links}<table><tr>{days}</tr></table><p>本月暂无活动。</p>"
    )


def not_found() -> Response:
    """What every host answers for a URL that it does not know."""
    page = _page("404", "<h1>404 Not Found</h1><p>您访问的页面不存在。</p>")
    return Response(page.body, status=404, content_type=_HTML)


def canary(path: str) -> Response:
    """A page that robots.txt forbids: an article to look at, so that a crawler that asks, keeps it."""
    text = "这一页写给不守规矩的机器。robots.txt不许访问它，谁读到了这里，谁就没有遵守。" * 6
    return _page("内部资料", f"<h1>内部资料 {path}</h1><p>2024-01-01 来源：云澜在线</p><p>{text}</p>")


def _page(title: str, inner: str) -> Response:
    html = f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{inner}</body></html>"
    return Response(html.encode(), content_type=_HTML)


def _status(resource: Resource) -> Response:
    page = _page(resource.argument, f"<h1>Error {resource.argument}</h1>")
    return Response(page.body, status=int(resource.argument), content_type=_HTML)


def _redirect(resource: Resource) -> Response:
    return Response(status=302, headers=(("Location", resource.argument),))


def _drip(resource: Resource) -> Response:
    page = _page(resource.title, f"<h1>{resource.title}</h1><p>讲座资料整理中。</p>")
    return Response(page.body, content_type=_HTML, drip_s=float(resource.argument))


def _plain(resource: Resource) -> Response:
    return _page("提示信息", f"<h1>{resource.argument}</h1><p><a href=/>返回首页</a></p>")


def _gallery(resource: Resource) -> Response:
    images = "".join(
        f'<li><img src="/photo/2023/{n}.jpg" alt="秋{n}"></li>' for n in range(int(resource.argument))
    )
    return _page(resource.title, f"<h1>{resource.title}</h1><ul>{images}</ul>")


def _nested(resource: Resource) -> Response:
    depth = int(resource.argument)
    return _page(resource.title, f"<h1>{resource.title}</h1>{'<div>' * depth}图{'</div>' * depth}")


def _nul(resource: Resource) -> Response:
    page = _page(resource.title, f"<h1>{resource.title}</h1><p>问：\0\0\0 答：\0\0\0\0</p>")
    return Response(page.body + b"\0" * 4096, content_type=_HTML)


def _binary(resource: Resource) -> Response:
    noise = random.Random(20240305).randbytes(int(resource.argument))  # noqa: S311 - not for secrets
    return Response(b"%PDF-1.4\n" + noise, content_type=_HTML)


def _empty(_: Resource) -> Response:
    return Response(content_type=_HTML)


def _script(resource: Resource) -> Response:
    shell = '<div id="app"></div><script src="/js/player.js"></script><noscript>请启用JavaScript</noscript>'
    return _page(resource.title, shell)


_KINDS: dict[str, Callable[[Resource], Response]] = {
    "status": _status,
    "redirect": _redirect,
    "drip": _drip,
    "page": _plain,
    "gallery": _gallery,
    "nested": _nested,
    "nul": _nul,
    "binary": _binary,
    "empty": _empty,
    "script": _script,
}
