"""Whom the owner of a public site reaches: no request leaves for one before that is set."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import CrawlSource


def require_contact(sources: Sequence[CrawlSource], contact: str) -> None:
    """Refuses to go to public sites without a contact; sources of one's own need none.

    Raises:
        ConfigurationError: no contact is set, or a source is private without saying so; the message
            names a site and the setting.
    """
    public = [source.host for source in sources if not source.allow_private]
    if own := next(filter(_is_private, public), ""):
        raise ConfigurationError(
            f"{own}: a private address; where that is meant, set allow_private = true in its source"
            " (`sources add --allow-private`)"
        )
    if public and not contact:
        others = f" and {len(public) - 1} more" if len(public) > 1 else ""
        raise ConfigurationError(
            f"{public[0]}{others}: {_what_it_is(public[0])} set PARKNEWS_CONTACT to an"
            " e-mail address or a URL at which its owner reaches you (sent with every request)"
        )


def _what_it_is(host: str) -> str:
    """A name that does not resolve may be misspelt: worth saying before a setting is asked for."""
    try:
        socket.getaddrinfo(urlsplit(f"//{host}").hostname, None)
    except OSError:
        return "its name does not resolve; check its spelling, and for a public site"
    return "a public site;"


def _is_private(host: str) -> bool:
    """Whether a host is so by its spelling; what names resolve to is looked at when they are asked for."""
    name = re.sub(r":\d+$", "", host).strip("[]")
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
