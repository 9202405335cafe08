"""Datasette's hooks, each a line or two; what they do stands below or in the modules they call.

The instance that is ours carries an attribute `parknews` (`Shown` in site.py); any other is left as it is.
Headers keep a browser from fetching anything from elsewhere, whatever a page's text says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from datasette import hookimpl
from datasette.handle_exception import handle_exception as _theirs
from datasette.utils import path_with_replaced_args
from markupsafe import Markup

from crawler.serve import pages
from crawler.serve.cached import cached
from crawler.serve.gate import gate
from crawler.serve.guard import guard, has_page
from crawler.serve.labels import column_label, table_label, value_label
from crawler.serve.made import state_of
from crawler.serve.visitor import words_for
from pipelines.catalogue import WHATS, archive
from pipelines.export.formats import FORMATS

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
"""Datasette's own pages have inline scripts and styles; texts from pages are always escaped."""

_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-cache"),
)


_NO_INDEX = [b"x-robots-tag", b"noindex, nofollow"]
_NO_CACHE = [b"x-robots-tag", b"noarchive"]
"""A removal here reaches no copy that a search engine shows."""


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Every connection is guarded before a visitor's SQL sees it."""
    if hasattr(datasette, "parknews") and database == "archive":
        guard(conn, show_contacts=datasette.parknews.show_contacts)


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Our pages, before Datasette's own."""
    return pages.ROUTES if hasattr(datasette, "parknews") else []


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[..., Any]:
    """Headers on every answer, tags and packing; some addresses get none."""
    return lambda app: (
        _with_headers(
            gate(
                cached(app, lambda: state_of(datasette.parknews.path), datasette.parknews.kept),
                datasette.setting("base_url"),
                datasette.parknews.hosts,
                posted=("/sets",) if datasette.parknews.edit_sets else (),
            ),
            datasette.urls.path("/") if datasette.parknews.indexable else None,
        )
        if hasattr(datasette, "parknews")
        else app
    )


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """A failure is told in one sentence; site.py takes Datasette's own handler out."""
    ours = hasattr(datasette, "parknews")
    return pages.failed(datasette, request, exception) if ours else _theirs(datasette, request, exception)


@hookimpl
def extra_template_vars(request: Any, datasette: Any) -> dict[str, Any]:
    """What every template may use: the visitor's words and labels, and ways to the other language."""
    if not hasattr(datasette, "parknews"):
        return {}
    words = words_for(request)
    return {
        "t": words,
        "lang": words.language,
        "label": lambda name, table="": column_label(name, words.language, table),
        "said": lambda table, column, shown, raw: _said(table, column, shown, raw, words.language),
        "local": _local,
        "has_page": has_page,
        "table_label": lambda name: table_label(name, words.language),
        "other_language_href": _in_other_language(request, words.language),
        "one_language": lambda both: _one_language(both, words.language),
        "formats": FORMATS,
        "exported": WHATS,
        "edit_sets": datasette.parknews.edit_sets,
        "file_offered": datasette.parknews.allow_download,
        "site_contact": datasette.parknews.contact,
    }


@hookimpl
def render_cell(value: Any, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """An article's number leads to its page; bytes of a view are told, as it has no row to link to."""
    known = archive().get(table or "")
    if isinstance(value, bytes) and known and not known.forgets:
        return Markup("{}").format(value.hex())
    is_article = (column == "id" and table == "articles") or column == "article_id"
    if database != "archive" or not is_article or not isinstance(value, int):
        return None
    href = datasette.urls.path(f"/article/{value}")
    return Markup('<a href="{}">{}</a>').format(href, value)


def _with_headers(app: Callable[..., Any], indexed_below: str | None) -> Callable[..., Any]:
    """The application with our headers on every answer that does not set them itself.

    Search engines may show nothing, or with a path what is open to them below that (`pages.INDEXED`).
    """

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = {bytes(name).lower() for name, _ in message.get("headers", [])}
                ours = [[name, value] for name, value in _HEADERS if name not in given]
                path = scope.get("path", "")
                is_open = indexed_below and pages.INDEXED.fullmatch(path.removeprefix(indexed_below))
                ours.append(_NO_CACHE if is_open else _NO_INDEX)
                message = {**message, "headers": [*message.get("headers", []), *ours]}
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped


def _said(table: str, column: str, shown: Any, raw: Any, language: str) -> Any:
    """A cell as a reader sees it: a code's meaning with the code behind it, a measure to four places."""
    if isinstance(shown, Markup):
        return shown
    if isinstance(raw, float):
        return Markup('<span title="{}">{}</span>').format(raw, f"{raw:,.4f}".rstrip("0").rstrip("."))
    meaning = value_label(table, column, raw, language)
    return shown if meaning is None else Markup('<span title="{}">{}</span>').format(raw, meaning)


def _local(at: str) -> Markup:
    """A time (UTC) that the visitor's browser shows in the visitor's own zone; without scripts as it is."""
    told = at.replace("T", " ").replace("Z", " UTC")
    return Markup('<time class="local" datetime="{}">{}</time>').format(at, told)


def _in_other_language(request: Any, language: str) -> str:
    other = "en" if language == "zh" else "zh"
    return path_with_replaced_args(request, {"_lang": other}) if request else ""


def _one_language(both: str, language: str) -> str:
    """The visitor's half of a title that labels.py put together."""
    chinese, _, english = both.partition(" / ")
    return english if language == "en" and english else chinese
