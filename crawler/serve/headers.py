"""Headers that keep a browser from fetching anything from elsewhere, whatever a page's text says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

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
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"cache-control", b"no-cache"),
)


def with_headers(app: Callable[..., Any]) -> Callable[..., Any]:
    """The application with our headers on every answer that does not set them itself."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = {bytes(name).lower() for name, _ in message.get("headers", [])}
                ours = [[name, value] for name, value in _HEADERS if name not in given]
                message = {**message, "headers": [*message.get("headers", []), *ours]}
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
