"""Why an address was given up, in words that operators read and count: the first words are stable.

Pure: a status or an exception in, a short phrase out.
"""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)


class NotDrawnError(IgnoreRequest):
    """A page could not be drawn in a browser; the message is the reason."""


RETRIED = frozenset([408, 425, 429, 500, 502, 503, 504, 520, 522, 524])
"""Statuses that may be others a little later."""

UNREACHED = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    DownloadFailedError,
    ResponseDataLossError,
)
"""What Scrapy raises where no whole answer came."""

UNCONNECTED = (CannotResolveHostError, DownloadConnectionRefusedError)
"""Those of them that say that the whole host is out of reach."""

_STATUS = {
    401: "wants a log-in",
    403: "forbidden",
    404: "not found",
    410: "gone",
    451: "unavailable for legal reasons",
}
_ERRORS = (
    (CannotResolveHostError, "host name not found, or not public (allow_private)"),
    (DownloadConnectionRefusedError, "connection refused"),
    (DownloadTimeoutError, "timeout"),
    (ResponseDataLossError, "connection closed before the end"),
)
_WORDS = (
    ("certificate verify failed", "certificate not trusted"),
    ("SSL", "TLS failed"),
    ("ConnectionLost", "connection closed before the end"),
    ("ConnectionDone", "connection closed before the end"),
    ("ParseError", "not HTTP"),
)


def status_reason(status: int) -> str:
    """HTTP 404: not found."""
    return f"HTTP {status}: {_STATUS[status]}" if status in _STATUS else f"HTTP {status}"


def error_reason(error: BaseException) -> str:
    """A failure to get a whole answer."""
    if isinstance(error, NotDrawnError):
        return str(error)
    for kind, words in _ERRORS:
        if isinstance(error, kind):
            return words
    text = f"{error!r} {error}"
    for mark, words in _WORDS:
        if mark in text:
            return words
    return f"connection failed: {(str(error) or type(error).__name__).splitlines()[0]}"[:200]


def is_too_large(error: BaseException) -> bool:
    """Whether a body, packed or unpacked, went beyond DOWNLOAD_MAXSIZE."""
    return isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error)
