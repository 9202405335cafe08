"""What a visitor sees when something goes wrong: one sentence, the right status, nothing of our insides.

In: an exception that reached Datasette. Out: a page in the visitor's language, or JSON where JSON was asked
for. An exception that nobody expected is logged with its traceback.
"""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from crawler.serve.visitor import words_for
from pipelines.errors import ParknewsError

if TYPE_CHECKING:
    from pipelines.report.words import Words

_LOG = logging.getLogger("parknews.serve")


async def failure_response(datasette: Any, request: Any, exception: Exception) -> Response:
    """The answer to a request that failed."""
    status, title, text = _told(request, exception)
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": text, "status": status, "title": title}, status=status)
    context = {"title": title, "error": text, "status": status}
    html = await datasette.render_template("error.html", context, request=request, view_name="parknews")
    return Response.html(html, status=status)


def _told(request: Any, exception: Exception) -> tuple[int, str, str]:
    """Status, heading and sentence."""
    words = words_for(request)
    if isinstance(exception, sqlite3.OperationalError) and "interrupted" in str(exception):
        return 503, words("too_slow"), words("too_slow_hint")
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
    if exception.status == 404:
        return 404, words("not_found"), words("not_found_hint")
    said = getattr(exception, "message", None) or next(iter(exception.args), "")
    text = "" if getattr(exception, "message_is_html", False) else str(said)
    title = words("error", status=str(exception.status))
    return exception.status, title, words("bad_request_hint") + (f" {text}" if text else "")
