"""The settings of one invocation, read once at the edge: options before environment before default.

In: the command line's options and the environment. Out: one frozen Settings. Nothing further in
reads the environment. docs/reference/settings.md is written from the fields below.

Whom the owner of a public site reaches: no request leaves for one before that is set.

The folder in which all processes of one user meet on a machine.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import tempfile
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.pages.records import CrawlSource


_CONTACT = re.compile(r"[^\s@()]+@[^\s@()]+\.[^\s@()]+|https?://[^\s()]+")


DEFAULT_USER_AGENT = "parknews/0.1"
"""What we call ourselves; the contact, where set, follows in brackets."""


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How one run fetches."""

    revisit: bool = False
    """Ask again, conditionally, for articles that are known."""
    backlog_max: int = 400
    """Pages that wait for ingest before fetching pauses (400 x 40 KB stored = 16 MB to re-read)."""
    user_agent: str = DEFAULT_USER_AGENT
    contact: str = ""
    """An address or URL at which a site's owner reaches the operator; part of the user agent."""
    concurrency: int = 16
    """Requests in flight, all hosts together."""
    per_host: int = 4
    """Requests in flight to one host:port, where its delay is 0; with a delay there is one at a time."""
    max_pages: int | None = None
    """Pages fetched in this run, all sources together; None: no bound."""
    timeout_s: float = 30.0
    """From a request's start to its last byte."""
    max_body_bytes: int = 8 * 1024 * 1024
    retries: int = 3
    """Further tries of a URL in one run after a timeout, a reset, 429, 500, 502, 503 or 504."""
    retry_base_s: float = 2.0
    """The first wait before a retry; it doubles (plus jitter). Retry-After, where sent, is kept to."""
    retry_max_s: float = 120.0
    """A URL that would have to wait longer is left for a later run."""
    time_limit_s: float | None = None
    """After this long nothing more is asked for; what is in flight is finished. None: no bound."""
    disk_floor_bytes: int = 0
    """The run ends before less than this is free beside the store."""
    runtime: str = ""
    """The folder in which processes share each host's pace; empty: each keeps its own."""
    browser: str = ""
    """The executable that draws the pages of sources with `render`; empty: Chromium, where PATH has it."""
    browser_sandbox: str = ""
    """"off" starts it without its sandbox, "on" insists on it; empty: on, but for root, which cannot."""
    log_level: str = "INFO"


def runtime_folder() -> Path:
    """Where one user's processes meet: the session's own folder, or one in the temporary folder."""
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    if session and os.access(session, os.W_OK):
        return Path(session) / "parknews"
    return Path(tempfile.gettempdir()) / f"parknews-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how this operator crawls. A setting's reason stands beside it."""

    db: Path = field(
        default=Path("data/archive.db"),
        metadata={
            "variable": "PARKNEWS_DB",
            "option": "--db",
            "unit": "path",
            "reason": "The archive. Raw pages and the frontier live beside it, in a file named after it.",
        },
    )
    sources: Path = field(
        default=Path("data/sources.toml"),
        metadata={
            "variable": "PARKNEWS_SOURCES",
            "option": "--sources",
            "unit": "path",
            "reason": "The list of publications that may be crawled.",
        },
    )
    contact: str = field(
        default="",
        metadata={
            "variable": "PARKNEWS_CONTACT",
            "option": "",
            "unit": "e-mail or URL",
            "reason": "How a site's owner reaches you; sent with every request as part of the user agent.",
        },
    )
    user_agent: str = field(
        default=DEFAULT_USER_AGENT,
        metadata={
            "variable": "PARKNEWS_USER_AGENT",
            "option": "",
            "unit": "text",
            "reason": "What the crawler calls itself, to sites and in robots.txt; the contact follows it.",
        },
    )
    workers: int = field(
        default_factory=_cores,
        metadata={
            "variable": "PARKNEWS_WORKERS",
            "option": "",
            "unit": "processes",
            "default": "one a core",
            "reason": "Processes that extract and clean; extraction is nearly all of the work.",
        },
    )
    runtime: Path = field(
        default_factory=runtime_folder,
        metadata={
            "variable": "PARKNEWS_RUNTIME",
            "option": "",
            "unit": "path",
            "default": "`$XDG_RUNTIME_DIR/parknews`",
            "reason": "Where the processes of this machine share each host's pace, whatever their archives.",
        },
    )
    notify: tuple[str, ...] = field(
        default=(),
        metadata={
            "variable": "PARKNEWS_NOTIFY",
            "option": "",
            "unit": "apprise addresses, a space between two",
            "default": "",
            "reason": "Who is told of troubles that are new or over: mailto://, wecombot://, dingtalk://.",
        },
    )
    metrics: Path | None = field(
        default=None,
        metadata={
            "variable": "PARKNEWS_METRICS",
            "option": "",
            "unit": "path",
            "default": "",
            "reason": "A .prom file for node_exporter, written after each crawl and by `status --notify`.",
        },
    )
    keep_days: int = field(
        default=0,
        metadata={
            "variable": "PARKNEWS_KEEP_DAYS",
            "option": "",
            "unit": "days",
            "reason": "Raw pages older than this are deleted after a crawl (0: never); articles stay. Reading"
            " again (`reprocess`) needs them.",
        },
    )
    disk_floor_mb: int = field(
        default=500,
        metadata={
            "variable": "PARKNEWS_DISK_FLOOR_MB",
            "option": "",
            "unit": "MB",
            "reason": "A crawl ends cleanly before less than this is free beside the archive.",
        },
    )
    browser: str = field(
        default="",
        metadata={
            "variable": "PARKNEWS_BROWSER",
            "option": "",
            "unit": "executable",
            "default": "`chromium`, where PATH has it",
            "reason": "Draws the pages of sources with `render = true`; needs the extra `parknews[browser]`.",
        },
    )
    browser_sandbox: str = field(
        default="",
        metadata={
            "variable": "PARKNEWS_BROWSER_SANDBOX",
            "option": "",
            "unit": "on or off",
            "default": "on, but for root",
            "reason": "Chromium's own sandbox. As root it has none; off is a choice for containers that"
            " forbid it.",
        },
    )
    removal_wait_days: int = field(
        default=14,
        metadata={
            "variable": "PARKNEWS_REMOVAL_WAIT_DAYS",
            "option": "--wait-days",
            "unit": "days",
            "reason": "How long a removal hides other sources' pages before it deletes them, so that a"
            " counter-notice can be heard (US law, 17 U.S.C. 512(g), gives 10 to 14 working days).",
        },
    )
    verbose: int = field(
        default=0,
        metadata={
            "variable": "",
            "option": "-v",
            "unit": "times",
            "reason": "Log more to stderr (-vv: everything), and show the traceback of an error.",
        },
    )


def fetch_options(
    settings: Settings,
    *,
    revisit: bool = False,
    time_limit_s: float | None = None,
    max_pages: int | None = None,
) -> FetchOptions:
    """How a run fetches, as the settings have it; what is left out is not limited."""
    return FetchOptions(
        revisit=revisit,
        user_agent=settings.user_agent,
        contact=settings.contact,
        max_pages=max_pages,
        time_limit_s=time_limit_s,
        disk_floor_bytes=settings.disk_floor_mb * 10**6,
        runtime=str(settings.runtime),
        browser=settings.browser,
        browser_sandbox=settings.browser_sandbox,
        log_level={0: "WARNING", 1: "INFO"}.get(settings.verbose, "DEBUG"),
    )


def full_user_agent(user_agent: str, contact: str) -> str:
    """What we call ourselves, with the operator's contact."""
    return f"{user_agent} (+{contact})" if contact else user_agent


def read_settings(
    environment: Mapping[str, str], *, db: Path | None = None, sources: Path | None = None, verbose: int = 0
) -> Settings:
    """The settings in force; an option given beats the environment, which beats the default.

    Raises:
        ConfigurationError: a variable that cannot be understood, by its name.
    """
    values: dict[str, object] = {"verbose": verbose}
    for setting in fields(Settings):
        variable = setting.metadata["variable"]
        raw = environment.get(variable, "").strip() if variable else ""
        if raw:
            values[setting.name] = _convert(setting.name, variable, raw)
    if db is not None:
        values["db"] = db
    if sources is not None:
        values["sources"] = sources
    return Settings(**values)  # type: ignore[arg-type]  # _convert gives each name its own type


def _convert(name: str, variable: str, raw: str) -> object:
    if name == "contact" and not _CONTACT.fullmatch(raw):
        raise ConfigurationError(f"{variable}={raw!r}: must be an e-mail address or a URL")
    if name == "notify":
        return tuple(raw.split())
    if name in {"db", "sources", "runtime", "metrics"}:
        return Path(raw)
    if name == "browser_sandbox" and raw not in {"on", "off"}:
        raise ConfigurationError(f"{variable}={raw!r}: must be on or off")
    if name in {"keep_days", "disk_floor_mb", "removal_wait_days"}:
        if not raw.isdecimal() or len(raw) > 9:
            raise ConfigurationError(f"{variable}={raw!r}: must be a whole number, 0 or more")
        return int(raw)
    if name == "workers":
        if not raw.isdecimal() or not 1 <= int(raw) <= 256:
            raise ConfigurationError(f"{variable}={raw!r}: must be a whole number from 1 to 256")
        return int(raw)
    if not raw.isprintable():
        raise ConfigurationError(f"{variable}={raw!r}: must be one line of printable text")
    return raw


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
