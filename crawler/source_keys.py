"""The keys of a [[source]]: the field that each sets, and how its value is checked.

In: a value as TOML has it. Out: the field's value, or a ValueError that says what it must be.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

_UNITS_S = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}


def duration_s(text: str) -> float:
    """Seconds of a duration such as 30m, 6h, 1d or 2w.

    Raises:
        ValueError: not a duration.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([mhdw])\s*", text)
    if not match or float(match[1]) <= 0:
        raise ValueError('must be a duration such as "30m", "6h", "1d" or "2w"')
    return float(match[1]) * _UNITS_S[match[2]]


def own_host(url: str) -> str:
    """Host, with the port where it is not the scheme's own."""
    from pipelines.urls import host_of  # noqa: PLC0415  # its tables load only where URLs are read

    return host_of(url)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("must be one line of text in quotation marks")
    return value.strip()


def _host(value: object) -> str:
    text = _text(value)
    problem = 'must be a host such as "www.example.cn" or "www.example.cn:8080"'
    if any(c in text for c in "/?#@\\% "):
        raise ValueError(problem)
    try:
        return own_host(f"https://{text}/")
    except ValueError:
        raise ValueError(problem) from None


def _url(value: object) -> str:
    text = _text(value)
    try:
        own_host(text)
    except ValueError:
        raise ValueError("must be a URL that starts with https:// or http:// and a host") from None
    return text


def _urls(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError('must be a list of URLs: ["https://..."]')
    return tuple(_url(item) for item in value)


def _paths(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item[:1] == "/" for item in value):
        raise ValueError('must be a list of paths that start with "/": ["/news/"]')
    return tuple(value)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError("must be a number of seconds, 0 or more")
    return float(value)


def _duration(value: object) -> float:
    if not isinstance(value, str):
        raise ValueError('must be a duration in quotation marks, such as "6h"')  # noqa: TRY004  # one kind for all
    return duration_s(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004  # one kind for all
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("must be a whole number, 1 or more")
    return value


def _tls(value: object) -> str:
    if value not in ("strict", "weak"):
        raise ValueError('must be "strict" or "weak"')
    return str(value)


def _zone(value: object) -> str:
    text = _text(value)
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        raise ValueError('must be a time zone such as "Asia/Shanghai"') from None
    return text


KEYS: dict[str, tuple[str, Callable[[object], object]]] = {
    "host": ("host", _host),
    "name": ("name", _text),
    "start_urls": ("start_urls", _urls),
    "every": ("every_s", _duration),
    "allow_private": ("allow_private", _flag),
    "delay_s": ("delay_s", _seconds),
    "include_subdomains": ("include_subdomains", _flag),
    "time_zone": ("time_zone", _zone),
    "allowed_paths": ("allowed_paths", _paths),
    "max_depth": ("max_depth", _count),
    "max_list_pages": ("max_list_pages", _count),
    "max_pages": ("max_pages", _count),
    "tls": ("tls", _tls),
    "render": ("render", _flag),
}
"""Every key of a [[source]]: the CrawlSource field it sets, and how it is checked."""
