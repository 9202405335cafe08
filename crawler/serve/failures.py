"""What a visitor sees when something goes wrong: one sentence, the right status, nothing of our insides.

In: an exception that reached Datasette. Out: a page in the visitor's language, or JSON where JSON was asked
for. An exception that nobody expected is logged with its traceback.
"""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from crawler.serve.visitor import words_for
from pipelines.errors import ParknewsError

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
    if isinstance(exception, DatasetteError):
        text = exception.message or ""
        return exception.status, exception.title or words("error", status=str(exception.status)), text
    if isinstance(exception, Base400):
        status = exception.status
        text = str(exception.args[0]) if exception.args else ""
        return status, words("not_found") if status == 404 else words("error", status=str(status)), text
    _LOG.error("%s failed", request.path, exc_info=exception)
    if isinstance(exception, ParknewsError):
        return 503, words("unavailable"), words("unavailable_hint")
    return 500, words("error", status="500"), words("unavailable_hint")
