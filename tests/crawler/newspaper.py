"""A well-behaved site: articles, list pages that lead to them, and validators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from misbehaving import Answer, Asked, Site, article, list_page

if TYPE_CHECKING:
    from collections.abc import Callable


def newspaper(articles: int) -> Site:
    """A site that answers validators, with 20 headlines a list page."""
    site = Site()
    lists = [list(range(n, min(n + 20, articles))) for n in range(0, articles, 20)]
    for place, numbers in enumerate(lists):
        more = (f"/list_{place + 2}.html", "下一页") if place + 1 < len(lists) else ("/", "首页")
        path = "/" if place == 0 else f"/list_{place + 1}.html"
        site.pages[path] = validated(list_page([f"/news/2023/{n}.html" for n in numbers], more))
    for n in range(articles):
        site.pages[f"/news/2023/{n}.html"] = validated(article(n))
    return site


def validated(body: str) -> Callable[[Asked], Answer]:
    """A page that is not sent again to those who have it."""
    tag = f'"{hash(body)}"'

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == tag:
            return Answer(status=304, headers=(("ETag", tag),))
        return Answer(body.encode(), headers=(("ETag", tag),))

    return answer
