"""Which requests are answered at all: those for a host of ours and an address that we show, in bounded time.

In: the application. Out: the application behind a gate. A browser that was led here under another name (DNS
rebinding) would hand what we show to the page that led it; such a request gets 421. What another site's
page has a visitor's browser send gets 403: there is no cookie whose lack would tell it (Fetch Metadata, RFC
6454). Datasette's pages about itself tell the file's path, its CSV stops at 1,000 rows and keeps formulas,
and arguments that none of its pages links to break it where they are not as it expects: they get 404.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote_plus

from crawler.serve.desk import request_ends
from crawler.serve.guard import CLOSED, has_page
from pipelines.catalogue import archive

REQUEST_S_MAX = 10
"""For all questions of one request: Datasette asks one for each facet that an address names."""

_SENT_MAX = 32_768
"""Bytes: a note of 4,000 characters, each written as nine."""

_ALWAYS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_UNWANTED = re.compile(r"_format=csv|(?:^|&)(?:_through=|_timelimit=|_facet(?:_[a-z]+)?=[{])")
"""Of the arguments of Datasette's pages."""
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  # compared with, not listened at


def hosts_of(address: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names by which a site that listens at an address is asked for, with those that its operator gave.

    A site that listens at every address of its machine is also asked for by any of them: `*` stands for
    those. An address is no name, and nobody can be led to another by it.
    """
    own = ("*",) if address in _EVERYWHERE else (f"[{address}]" if ":" in address else address,)
    return tuple(name.lower() for name in (*own, *names))


def gate(
    app: Callable[..., Any], base_url: str, hosts: tuple[str, ...], posted: tuple[str, ...] = ()
) -> Callable[..., Any]:
    """The application behind the gate; `posted`: the addresses that take what is sent to them."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})  # nobody speaks it here
        elif scope["type"] != "http":
            await app(scope, receive, send)
        elif not _is_ours(scope, hosts):
            await _refuse(send, 421, b"this host was not named to us: serve --name\n")
        elif not _is_sound(scope):
            await _refuse(send, 400, b"this request is broken\n")
        elif scope["method"] not in {"GET", "HEAD"} and not _may_send(scope, base_url, posted):
            await _refuse(send, 405, b"nothing is sent here\n")
        elif scope["method"] == "POST" and not _is_sent_by_us(scope):
            await _refuse(send, 403, b"this was sent by another site's page\n")
        elif _is_refused(scope, base_url):
            await _refuse(send, 404, b"not here\n")
        else:
            request_ends.set(time.monotonic() + REQUEST_S_MAX)
            await app(scope, receive, send)

    return wrapped


async def _refuse(send: Any, status: int, text: bytes) -> None:
    headers = [[b"content-type", b"text/plain; charset=utf-8"]]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def _said(scope: dict[str, Any], header: bytes) -> list[str]:
    return [bytes(value).decode("latin-1").lower() for name, value in scope["headers"] if name == header]


def _is_sent_by_us(scope: dict[str, Any]) -> bool:
    """Whether nothing says that a page of another site sent it: programs say neither."""
    sites, origins = _said(scope, b"sec-fetch-site"), _said(scope, b"origin")
    return all(site in {"same-origin", "none"} for site in sites) and all(
        origin.partition("://")[2] in _said(scope, b"host") for origin in origins
    )


def _is_sound(scope: dict[str, Any]) -> bool:
    """Whether it asks for an address of this site, with cookies that Datasette can read."""
    try:
        for name, value in scope["headers"]:
            if name == b"cookie":
                bytes(value).decode()
    except UnicodeDecodeError:
        return False
    return bool(bytes(scope.get("raw_path") or b"/").startswith(b"/"))


def _is_ours(scope: dict[str, Any], hosts: tuple[str, ...]) -> bool:
    asked = _said(scope, b"host")
    if len(asked) != 1:
        return False
    name, colon, port = asked[0].rpartition(":")
    if not (colon and port.isdecimal()):
        name = asked[0]
    return name in _ALWAYS or name in hosts or ("*" in hosts and _is_address(name))


def _may_send(scope: dict[str, Any], base_url: str, posted: tuple[str, ...]) -> bool:
    """Whether what is sent is awaited there, and says that it is short."""
    path = "/" + scope["path"].removeprefix(base_url).lstrip("/")
    said = _said(scope, b"content-length")
    is_short = len(said) == 1 and said[0].isdecimal() and int(said[0]) <= _SENT_MAX
    return scope["method"] == "POST" and path in posted and is_short


def _is_address(name: str) -> bool:
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _is_refused(scope: dict[str, Any], base_url: str) -> bool:
    path = _spelt_out(bytes(scope.get("raw_path") or scope["path"].encode())).partition("?")[0]
    query = _spelt_out(bytes(scope.get("query_string") or b""))
    below = path.removeprefix(base_url.lower()).lstrip("/")
    table = below.removeprefix("archive/").partition("/")[0].partition(".")[0]
    return (
        CLOSED in path
        or (below.startswith("archive/") and table in archive() and not has_page(table))
        or (below.startswith("-/") and not below.startswith("-/static/"))
        or below.startswith("_internal")
        or (below.startswith("archive") and (below.endswith(".csv") or _UNWANTED.search(query) is not None))
    )


def _spelt_out(text: bytes) -> str:
    """An address as Datasette will read it: it has an escape of its own, ~5F for _."""
    return unquote_plus(unquote_plus(text.decode("latin-1")).replace("~", "%")).lower()
