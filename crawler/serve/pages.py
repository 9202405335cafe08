"""Our pages: which address gets which answer, and what a visitor sees where there is none.

In: a Datasette instance of ours and a request. Out: a response in the visitor's language; of what goes
wrong one sentence with the right status, and nothing of our insides. What a page shows is put together
in front_page.py, search_page.py and article_page.py from a connection that is opened for that request and
closed after it, so that no reader stands in the way of a removal, and a restored file is seen at once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Base400, Forbidden, NotFound, Response
from datasette.views.base import DatasetteError

from crawler.serve.article_page import article_page
from crawler.serve.downloads import BusyError, archive_file, export, rows
from crawler.serve.feeds import ENTRIES, atom, entries, json_feed
from crawler.serve.front_page import coverage_page, front_page
from crawler.serve.made import Made
from crawler.serve.plain import article_json, hit_json
from crawler.serve.search_page import PAGES_MAX, search_page
from crawler.serve.visitor import COOKIE, selection_of, whole_number, words_for
from pipelines.archive.file import reader
from pipelines.archive.kept_out.blocks import answer, removed
from pipelines.archive.read.articles import article as article_row
from pipelines.archive.read.changes import MOST, as_json, changes_since, kept_searches
from pipelines.archive.read.selection import Selection, count_selected
from pipelines.archive.read.sets import kept_in, set_names
from pipelines.archive.write.kept import put_in_set, take_from_set
from pipelines.cite import STYLES, cite
from pipelines.errors import ConfigurationError, ParknewsError
from pipelines.report.page import STYLE
from pipelines.report.words import LANGUAGES, Words
from pipelines.reuse import reused
from pipelines.search import select
from pipelines.show import Forward, ShownArticle, follow, present_number, show
from pipelines.store.pages import Evidence, stored_page
from pipelines.utc import now_utc

Question = Callable[[sqlite3.Connection, Made], "T"]

T = TypeVar("T")

PAGE_TIME_LIMIT_MS = 10_000
"""For all questions of one page: at 100,000 articles the slowest takes 0.3 s of a core once after a write,
and longer where others use the cores."""

_FEED_TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""Of a stored page: it is somebody else's, and is to be read and to do nothing."""

_YEAR_S = 365 * 86_400
_PASSAGE_MAX = 2_000
"""Characters of a passage that is looked for: they travel in the address."""
_EVIDENCE_MAX = 50
"""Copies whose stored pages are looked up for one article's page."""
_LOG = logging.getLogger("parknews.serve")


async def front(datasette: Any, request: Any) -> Response:
    """The pictures: what an analyst asks first."""
    words, base = words_for(request), datasette.urls.path("/")
    context = await _ask(datasette, lambda found, made: front_page(found, request.args, words, made, base))
    return await _rendered(datasette, request, "front.html", context)


async def coverage(datasette: Any, request: Any) -> Response:
    """Which source was asked when, and what it has given."""
    words = words_for(request)
    context = await _ask(datasette, lambda found, made: coverage_page(found, request.args, words, made))
    return await _rendered(datasette, request, "coverage.html", context)


async def search(datasette: Any, request: Any) -> Response:
    """Articles that contain what was typed and pass the filters."""
    words = words_for(request)
    typed = request.args.get("q") or ""
    address = typed if "://" in typed else ""
    told = await _ask(datasette, lambda found, _: _told_of_removed(found, address, words))
    if told is not None:
        return await _failure(datasette, request, 410, words("removed"), told)
    context = await _ask(datasette, lambda found, made: search_page(found, request.args, words, made))
    return await _rendered(datasette, request, "search.html", context)


async def sets(datasette: Any, request: Any) -> Response:
    """What is kept in sets; where the operator allows it, what is posted changes them."""
    if request.method == "POST":
        return await _change_set(datasette, request)
    name = (request.args.get("name") or "")[:60]
    context = await _ask(
        datasette, lambda found, _: {"sets": set_names(found), "kept": kept_in(found, name), "name": name}
    )
    return await _rendered(datasette, request, "sets.html", context)


async def _change_set(datasette: Any, request: Any) -> Response:
    path = datasette.parknews.path
    try:
        posted = await request.post_vars()
    except (UnicodeDecodeError, AssertionError) as error:  # the latter is Datasette's, of a visitor who left
        raise Base400("the form is not whole, or not UTF-8") from error
    name, asked = posted.get("name", ""), posted.get("article", "")
    removes = "remove" in posted
    number = await _ask(datasette, lambda found, _: present_number(found, asked, is_there=not removes))
    if number is None:
        raise NotFound("no such article")
    if removes:
        await asyncio.to_thread(take_from_set, path, name, [number])
    else:
        said = {"label": posted.get("label", "").strip(), "note": posted.get("note", "").strip()}
        try:
            await asyncio.to_thread(put_in_set, path, name, [number], now_utc(), **said)
        except ConfigurationError as error:
            title = words_for(request)("error", status="400")
            return await _failure(datasette, request, 400, title, str(error))
    back = (
        f"/sets?{urlencode({'name': name})}" if posted.get("back") == "sets" else f"/article/{number}#in-sets"
    )
    return Response.redirect(datasette.urls.path(back), status=303)


async def reuse(datasette: Any, request: Any) -> Response:
    """Where else a passage stands, or what an article says."""
    typed, asked = (request.args.get("text") or "")[:_PASSAGE_MAX], request.args.get("article") or ""

    def look(found: sqlite3.Connection, _: Any) -> dict[str, Any]:
        number = present_number(found, asked) if re.fullmatch("[0-9]{1,18}", asked) else None
        row = None if number is None else article_row(found, number)
        sentences, others = reused(found, row["text"] if row else typed, but=number)
        title = row["title"] if row else ""
        return {"passage": typed, "of": number, "title": title, "asked": sentences, "found": others}

    return await _rendered(datasette, request, "reuse.html", await _ask(datasette, look))


async def search_json(datasette: Any, request: Any) -> Response:
    """What the search page shows, for programs: up to 50 articles a page (`page=`)."""
    selection = selection_of(request.args)
    at = whole_number(request.args, "page", 1, PAGES_MAX) - 1
    total, hits = await _ask(
        datasette,
        lambda found, _: (
            count_selected(found, selection),
            select(found, selection, order="date", limit=ENTRIES, offset=at * ENTRIES),
        ),
    )
    home = _home(datasette, request)
    articles = [hit_json(hit, f"{home}article/{hit.id}") for hit in hits]
    return Response.json({"query": selection.query, "found": total, "page": at + 1, "articles": articles})


async def feed(datasette: Any, request: Any) -> Response:
    """The newest articles of any query, or of a search that is kept, as a feed."""
    name, kind = request.url_vars.get("name"), request.url_vars["kind"]
    selection, title = selection_of(request.args), request.args.get("q") or ""
    if name is not None:
        kept = await _ask(datasette, lambda found, _: [k for k in kept_searches(found) if k.name == name])
        if not kept:
            raise NotFound(f"no search is kept under {name[:80]}")
        selection, title = Selection(query=kept[0].query), name
    found = await _ask(datasette, lambda connection, _: entries(connection, selection))
    own = datasette.absolute_url(request, request.full_path)
    made = (atom if kind == "atom" else json_feed)(
        found, f"parknews: {title}", _home(datasette, request), own
    )
    return Response(made, content_type=_FEED_TYPES[kind])


async def changes(datasette: Any, request: Any) -> Response:
    """What changed since a number, a line of JSON each, in order."""
    since = whole_number(request.args, "since", 0, 2**62)
    found = await _ask(datasette, lambda connection, _: list(changes_since(connection, since, MOST)))
    lines = "".join(json.dumps(as_json(change), ensure_ascii=False) + "\n" for change in found)
    return Response(lines, content_type="application/x-ndjson; charset=utf-8")


async def article_as_json(datasette: Any, request: Any) -> Response:
    """One article for programs; the number of one that was joined to another gives that."""
    number = request.url_vars["number"]
    shown = await _ask(datasette, lambda found, _: show(found, number))
    if not isinstance(shown, ShownArticle):
        told = await _ask(datasette, lambda found, _: answer(found, number))
        status, error = (410, told) if told else (404, "no such article")
        return Response.json({"ok": False, "error": error, "status": status}, status=status)
    return Response.json(article_json(shown, f"{_home(datasette, request)}article/{shown.id}"))


def _home(datasette: Any, request: Any) -> str:
    return str(datasette.absolute_url(request, datasette.urls.path("/")))


async def article(datasette: Any, request: Any) -> Response:
    """One article and the account of it."""
    words = words_for(request)
    number = int(request.url_vars["number"])
    masked = not datasette.parknews.show_contacts
    page = await _ask(
        datasette, lambda found, _: article_page(found, number, words, request.args, masked=masked)
    )
    if page is None:
        told = await _ask(datasette, lambda found, _: _told_of_removed(found, str(number), words))
        if told is not None:
            return await _failure(datasette, request, 410, words("removed"), told)
        hint = words("no_article_hint", n=str(number))
        return await _failure(datasette, request, 404, words("no_article"), hint)
    present = page["article"].id
    if present != number:
        return Response.redirect(datasette.urls.path(f"/article/{present}?formerly={number}"))
    page["formerly"] = await _ask(datasette, lambda found, _: _led_here(found, request, present))
    page["evidence"] = await asyncio.to_thread(_evidence, datasette.parknews.path, page["article"])
    page["pages_shown"] = not masked
    return await _rendered(datasette, request, "article.html", page)


async def citation(datasette: Any, request: Any) -> Response:
    """One article as a reference."""
    number, ending = int(request.url_vars["number"]), request.url_vars["ending"]
    found = await _ask(datasette, lambda connection, _: show(connection, str(number)))
    style = next((name for name, style in STYLES.items() if style.ending == ending), "")
    if not style or not isinstance(found, ShownArticle):
        raise NotFound("no such reference")
    name = {"content-disposition": f'attachment; filename="parknews-{found.id}.{ending}"'}
    return Response(cite(found, style) + "\n", headers=name, content_type=STYLES[style].media_type)


async def stored(datasette: Any, request: Any) -> Response:
    """A copy's page as it was stored, without scripts, forms or anything from elsewhere."""
    if not datasette.parknews.show_contacts:
        raise Forbidden("pages hold telephone numbers and other contacts, which are not shown here")
    number, place = int(request.url_vars["number"]), int(request.url_vars["place"])
    found = await _ask(datasette, lambda connection, _: show(connection, str(number)))
    if not isinstance(found, ShownArticle) or place >= len(found.copies):
        raise NotFound("no such page")
    copy = found.copies[place]
    page = await asyncio.to_thread(stored_page, datasette.parknews.path, copy.url, copy.fetched_at)
    if page is None:
        raise NotFound("no such page")
    media = (
        page.media_type if page.media_type.lower().startswith("text/html") else "text/plain; charset=utf-8"
    )
    return Response(page.body, headers={"content-security-policy": _SANDBOX}, content_type=media)


INDEXED = re.compile("(?:search|coverage|article/[0-9]+)?")
"""What of the site search engines may show where the operator allows it."""


async def robots(datasette: Any) -> Response:
    """Search engines have the sources themselves, unless the operator allows them ours: no page twice."""
    base = datasette.urls.path("/")
    shown = ["$", "search", "coverage", "article/", "assets/", "pictures/"]
    twice = ["search?*&", "article/*?"]
    lines = [f"Allow: {base}{path}" for path in shown] + [f"Disallow: {base}{path}" for path in twice]
    allowed = lines if datasette.parknews.indexable else []
    return Response.text("\n".join(["User-agent: *", *allowed, "Disallow: /", ""]))


async def pictures_style() -> Response:
    """The style of the pictures, which stands with what draws them."""
    return Response(STYLE.read_text(encoding="utf-8"), content_type="text/css; charset=utf-8")


ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"^/$", front),
    (r"^/robots\.txt$", robots),
    (r"^/pictures/report\.css$", pictures_style),
    (r"^/coverage$", coverage),
    (r"^/search$", search),
    (r"^/sets$", sets),
    (r"^/reuse$", reuse),
    (r"^/search\.json$", search_json),
    (r"^/search\.(?P<kind>atom|feed\.json)$", feed),
    (r"^/searches/(?P<name>[^/]{1,60})\.(?P<kind>atom|feed\.json)$", feed),
    (r"^/changes\.jsonl$", changes),
    (r"^/export\.(?P<format>[a-z]+)$", export),
    (r"^/rows\.(?P<format>[a-z]+)$", rows),
    (r"^/archive-file$", archive_file),
    (r"^/article/(?P<number>[0-9]{1,18})$", article),
    (r"^/article/(?P<number>[0-9]{1,18})/cite\.(?P<ending>[a-z]+)$", citation),
    (r"^/article/(?P<number>[0-9]{1,18})/page/(?P<place>[0-9]{1,4})$", stored),
    (r"^/article/(?P<number>[0-9]{1,18})\.json$", article_as_json),
]


async def failed(datasette: Any, request: Any, exception: Exception) -> Response:
    """The answer to a request that failed; an exception that nobody expected is logged with its traceback."""
    status, title, text = _told(request, exception)
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": text, "status": status, "title": title}, status=status)
    return await _failure(datasette, request, status, title, text)


def _evidence(path: Path, shown: ShownArticle) -> list[Evidence | None]:
    """The stored page of each copy that the article's page shows, as far as it is kept."""
    found: list[Evidence | None] = []
    for copy in shown.copies[:_EVIDENCE_MAX]:
        try:
            found.append(stored_page(path, copy.url, copy.fetched_at))
        except ParknewsError:  # the store is another program's just now; the article is to be read
            found.append(None)
    return [*found, *[None] * (len(shown.copies) - len(found))]


def _led_here(connection: sqlite3.Connection, request: Any, present: int) -> tuple[Forward, ...]:
    """How the number that a visitor asked for led to this article; nothing where it did not."""
    asked = request.args.get("formerly") or ""
    if not re.fullmatch("[0-9]{1,18}", asked):
        return ()
    found, steps = follow(connection, int(asked))
    return steps if found == present else ()


def _told_of_removed(connection: sqlite3.Connection, reference: str, words: Words) -> str | None:
    """What is told of a removed address or article's number: the day and the removal; None of all else."""
    found = removed(connection, reference)
    return words("removed_hint", day=found[1][:10], removal=str(found[0])) if found else None


async def _ask(datasette: Any, question: Question[T]) -> T:
    return await asyncio.to_thread(_answer, datasette.parknews.path, question)


def _answer(path: Path, question: Question[T]) -> T:
    with reader(path) as connection, sqlite_timelimit(connection, PAGE_TIME_LIMIT_MS):
        connection.execute("BEGIN")  # one page sees one state of the archive, but for what is slow to count
        made = Made(path, connection, PAGE_TIME_LIMIT_MS / 1000)
        answer = question(connection, made)
        if made.is_behind and isinstance(answer, dict):
            answer["is_behind"] = True
        return answer


async def _rendered(
    datasette: Any, request: Any, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    html = await datasette.render_template(template, context, request=request, view_name="parknews")
    behind = {"cache-control": "no-store"} if context.get("is_behind") else {}
    response = Response.html(html, status=status, headers=behind)
    if request.args.get("_lang") in LANGUAGES:
        response.set_cookie(COOKIE, request.args["_lang"], max_age=_YEAR_S, path=datasette.urls.path("/"))
    return response


async def _failure(datasette: Any, request: Any, status: int, title: str, text: str) -> Response:
    given = [(name, request.args[name]) for name in request.args if not name.startswith("_")]
    context = {
        "title": title,
        "error": text,
        "status": status,
        "sql": request.args.get("sql"),  # a question that was stopped or mistyped is not to be typed again
        "sql_given": [pair for pair in given if pair[0] != "sql"],
    }
    return await _rendered(datasette, request, "error.html", context, status)


def _told(request: Any, exception: Exception) -> tuple[int, str, str]:
    """Status, heading and sentence of a failure."""
    words = words_for(request)
    if isinstance(exception, sqlite3.OperationalError) and "interrupted" in str(exception):
        return 503, words("too_slow"), words("too_slow_hint")
    if isinstance(exception, BusyError):
        return 503, words("busy"), words("busy_hint")
    if isinstance(exception, DatasetteError | Base400):
        return _refused(exception, words)
    _LOG.error("%s failed", request.path, exc_info=exception)
    if isinstance(exception, ParknewsError):
        return 503, words("unavailable"), words("unavailable_hint")
    return 500, words("error", status="500"), words("unavailable_hint")


def _refused(exception: Any, words: Words) -> tuple[int, str, str]:
    """What Datasette refuses, in our words: its own are English, and some are HTML."""
    if getattr(exception, "title", None) == "SQL Interrupted":
        return exception.status, words("too_slow"), words("too_slow_hint")
    said = getattr(exception, "message", None) or next(iter(exception.args), "")
    if exception.status == 404 or str(said).startswith("Cannot sort table by"):  # 500 with Datasette
        return 404, words("not_found"), words("not_found_hint")
    text = "" if getattr(exception, "message_is_html", False) else str(said)
    status = 400 if exception.status == 500 else exception.status  # what it raises itself is the visitor's
    title = words("error", status=str(status))
    return status, title, words("bad_request_hint") + (f" {text}" if text else "")
