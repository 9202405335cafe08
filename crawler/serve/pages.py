"""Our pages: which address gets which answer.

In: a Datasette instance of ours and a request. Out: a response. What a page shows is put together in
search_page.py and article_page.py from a connection that is opened for that request and closed after it,
so that no reader stands in the way of a removal, and a restored file is seen at once.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, TypeVar

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Response

from crawler.serve.article_page import article_page
from crawler.serve.downloads import archive_file, export
from crawler.serve.front_page import front_page
from crawler.serve.removed_page import told_of_address, told_of_article
from crawler.serve.search_page import search_page
from crawler.serve.visitor import COOKIE, words_for
from pipelines.archive.file import read_only
from pipelines.report.words import LANGUAGES
from pipelines.show import follow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.show import Forward

T = TypeVar("T")

PAGE_TIME_LIMIT_MS = 10_000
"""For all questions of one page; at 100,000 articles the slowest, the list of all articles with its facets,
takes 1.5 s of a core once after a write (half of that the regions), and more where others use the cores."""

_YEAR_S = 365 * 86_400


async def front(datasette: Any, request: Any) -> Response:
    """The pictures: what an analyst asks first."""
    words = words_for(request)
    context = await _ask(datasette, lambda connection: front_page(connection, request.args, words, datasette))
    return await _rendered(datasette, request, "front.html", context)


async def coverage(datasette: Any, request: Any) -> Response:
    """The table of sources and days."""
    return Response.redirect(datasette.urls.path("/archive/coverage"))


async def search(datasette: Any, request: Any) -> Response:
    """Articles that contain what was typed and pass the filters."""
    words = words_for(request)
    typed = request.args.get("q") or ""
    told = await _ask(datasette, lambda connection: told_of_address(connection, typed, words))
    if told is not None:
        return await _failure(datasette, request, 410, words("removed"), told)
    return await _page(
        datasette,
        request,
        "search.html",
        lambda connection: search_page(connection, request.args, words, datasette.parknews.path),
    )


async def article(datasette: Any, request: Any) -> Response:
    """One article and the account of it."""
    words = words_for(request)
    number = int(request.url_vars["number"])
    masked = not datasette.parknews.show_contacts

    def ask(connection: sqlite3.Connection) -> dict[str, Any] | None:
        return article_page(connection, number, words, masked=masked)

    page = await _ask(datasette, ask)
    if page is None:
        told = await _ask(datasette, lambda connection: told_of_article(connection, number, words))
        if told is not None:
            return await _failure(datasette, request, 410, words("removed"), told)
        return await _failure(
            datasette, request, 404, words("no_article"), words("no_article_hint", n=number)
        )
    present = page["article"].id
    if present != number:
        return Response.redirect(datasette.urls.path(f"/article/{present}?formerly={number}"))
    page["formerly"] = await _ask(datasette, lambda connection: _led_here(connection, request, present))
    return await _rendered(datasette, request, "article.html", page)


def _led_here(connection: sqlite3.Connection, request: Any, present: int) -> tuple[Forward, ...]:
    """How the number that a visitor asked for led to this article; nothing where it did not."""
    asked = request.args.get("formerly") or ""
    if not re.fullmatch("[0-9]{1,18}", asked):
        return ()
    found, steps = follow(connection, int(asked))
    return steps if found == present else ()


async def _page(
    datasette: Any, request: Any, template: str, ask: Callable[[sqlite3.Connection], dict[str, Any]]
) -> Response:
    context = await _ask(datasette, ask)
    return await _rendered(datasette, request, template, context)


async def _ask(datasette: Any, question: Callable[[sqlite3.Connection], T]) -> T:
    return await asyncio.to_thread(_answer, datasette.parknews.path, question)


def _answer(path: Path, question: Callable[[sqlite3.Connection], T]) -> T:
    connection = read_only(path)
    try:
        with sqlite_timelimit(connection, PAGE_TIME_LIMIT_MS):
            connection.execute("BEGIN")  # one page sees one state of the archive
            return question(connection)
    finally:
        connection.close()


async def _rendered(
    datasette: Any, request: Any, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    html = await datasette.render_template(template, context, request=request, view_name="parknews")
    response = Response.html(html, status=status)
    if request.args.get("_lang") in LANGUAGES:
        response.set_cookie(COOKIE, request.args["_lang"], max_age=_YEAR_S, path=datasette.urls.path("/"))
    return response


async def _failure(datasette: Any, request: Any, status: int, title: str, text: str) -> Response:
    context = {"title": title, "error": text, "status": status}
    return await _rendered(datasette, request, "error.html", context, status)


async def robots() -> Response:
    """Search engines have the sources themselves."""
    return Response.text("User-agent: *\nDisallow: /\n")


ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"^/$", front),
    (r"^/robots\.txt$", robots),
    (r"^/coverage$", coverage),
    (r"^/search$", search),
    (r"^/export\.(?P<format>[a-z]+)$", export),
    (r"^/archive-file$", archive_file),
    (r"^/article/(?P<number>[0-9]{1,18})$", article),
]
