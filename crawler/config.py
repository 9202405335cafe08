"""What the operator says: settings read once at the edge, options before environment before default.

In: the command line's options and the environment. Out: one frozen Settings, and of it how a run fetches.
Nothing further in reads the environment. docs/reference/settings.md is written from the fields below.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.errors import ConfigurationError
from pipelines.records import CrawlSource

DEFAULT_USER_AGENT = "parknews/0.1"
"""What we call ourselves; the contact, where set, follows in brackets."""

# How a variable is read: its value, or a ValueError that says what it must be.

_CONTACT = re.compile(r"[^\s@()]+@[^\s@()]+\.[^\s@()]+|https?://[^\s()]+")


def _text(raw: str) -> str:
    if not raw.isprintable():
        raise ValueError("must be one line of printable text")
    return raw


def _contact(raw: str) -> str:
    if not _CONTACT.fullmatch(raw):
        raise ValueError("must be an e-mail address or a URL")
    return raw


def _whole_number(raw: str) -> int:
    if not raw.isdecimal() or len(raw) > 9:
        raise ValueError("must be a whole number, 0 or more")
    return int(raw)


def _processes(raw: str) -> int:
    if not raw.isdecimal() or not 1 <= int(raw) <= 256:
        raise ValueError("must be a whole number from 1 to 256")
    return int(raw)


def _on_or_off(raw: str) -> str:
    if raw not in {"on", "off"}:
        raise ValueError("must be on or off")
    return raw


def _words(raw: str) -> tuple[str, ...]:
    return tuple(raw.split())


def runtime_folder() -> Path:
    """Where all processes of one user meet: the session's own folder, or one in the temporary folder."""
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    if session and os.access(session, os.W_OK):
        return Path(session) / "parknews"
    return Path(tempfile.gettempdir()) / f"parknews-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _setting(
    default: object,
    read: Callable[[str], object] | None,
    unit: str,
    reason: str,
    *,
    option: str = "",
    shown: str = "",
) -> Any:
    """A field with all that is known of a setting; `shown` is its default in words.

    `read` makes a value of its variable's text; a setting without it has no variable.
    """
    known = {"read": read, "unit": unit, "reason": reason, "option": option}
    known["default"] = shown
    return field(default_factory=default if callable(default) else lambda: default, metadata=known)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how this operator crawls."""

    db: Path = _setting(
        Path("data/archive.db"),
        Path,
        "path",
        "The archive. Raw pages and the frontier live beside it, in a file named after it.",
        option="--db",
    )
    sources: Path = _setting(
        Path("data/sources.toml"),
        Path,
        "path",
        "The list of publications that may be crawled.",
        option="--sources",
    )
    contact: str = _setting(
        "",
        _contact,
        "e-mail or URL",
        "How a site's owner reaches you; sent with every request as part of the user agent.",
    )
    user_agent: str = _setting(
        DEFAULT_USER_AGENT,
        _text,
        "text",
        "What the crawler calls itself, to sites and in robots.txt; the contact follows it.",
    )
    signing_key: Path | None = _setting(
        None,
        Path,
        "path",
        "An Ed25519 key in PEM: requests are signed with it (Web Bot Auth), so that hosts can tell who asks.",
        shown="none: nothing is signed",
    )
    signing_agent: str = _setting(
        "",
        _contact,
        "URL",
        "Where the key's directory is: https://…, below which the public key is served.",
        shown="none",
    )
    workers: int = _setting(
        _cores,
        _processes,
        "processes",
        "Processes that extract and clean; extraction is nearly all of the work.",
        shown="one a core",
    )
    engine: str = _setting(
        "",
        _text,
        "address or local:N",
        "The Dask cluster that fetches, extracts and cleans instead: tcp://HOST:PORT or tls://HOST:PORT of"
        " its scheduler, local:N for one on this machine; needs the extra `parknews[cluster]`.",
        option="--engine",
        shown="none: processes of this machine",
    )
    runtime: Path = _setting(
        runtime_folder,
        Path,
        "path",
        "Where the processes of this machine share each host's pace, whatever their archives.",
        shown="`$XDG_RUNTIME_DIR/parknews`",
    )
    notify: tuple[str, ...] = _setting(
        (),
        _words,
        "apprise addresses, a space between two",
        "Who is told of troubles that are new or over: mailto://, wecombot://, dingtalk://.",
        shown="nobody",
    )
    metrics: Path | None = _setting(
        None,
        Path,
        "path",
        "A .prom file for node_exporter, written after each crawl and by `status --notify`.",
        shown="none",
    )
    keep_days: int = _setting(
        0,
        _whole_number,
        "days",
        "Raw pages older than this are deleted after a crawl (0: never); articles stay. Reading"
        " again (`reprocess`) needs them.",
    )
    disk_floor_mb: int = _setting(
        500,
        _whole_number,
        "MB",
        "A crawl ends cleanly before less than this is free beside the archive.",
    )
    browser: str = _setting(
        "",
        _text,
        "executable",
        "Draws the pages of sources with `render = true`; needs the extra `parknews[browser]`.",
        shown="`chromium`, where PATH has it",
    )
    browser_sandbox: str = _setting(
        "",
        _on_or_off,
        "on or off",
        "Chromium's own sandbox. As root it has none; off is a choice for containers that forbid it.",
        shown="on, but for root",
    )
    removal_wait_days: int = _setting(
        14,
        _whole_number,
        "days",
        "How long a removal hides other sources' pages before it deletes them, so that a"
        " counter-notice can be heard (US law, 17 U.S.C. 512(g), gives 10 to 14 working days).",
        option="--wait-days",
    )
    timestamp_authority: str = _setting(
        "",
        str,
        "URL",
        "Who stamps the receipts of removals that are written to a file (RFC 3161; needs"
        " `parknews[timestamps]`). It is sent a hash. Empty: nobody.",
    )
    verbose: int = _setting(
        0,
        None,
        "times",
        "Log more to stderr (-vv: everything), and show the traceback of an error.",
        option="-v",
    )


def variable_of(setting: Field[Any]) -> str:
    """The environment variable of a setting; empty for one that has none."""
    return f"PARKNEWS_{setting.name.upper()}" if setting.metadata["read"] else ""


def read_settings(
    environment: Mapping[str, str], *, db: Path | None = None, sources: Path | None = None, verbose: int = 0
) -> Settings:
    """The settings in force; an option given beats the environment, which beats the default.

    Raises:
        ConfigurationError: a variable that cannot be understood, by its name.
    """
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        variable = variable_of(setting)
        if raw := environment.get(variable, "").strip():
            try:
                values[setting.name] = setting.metadata["read"](raw)
            except ValueError as error:
                raise ConfigurationError(f"{variable}={raw!r}: {error}") from None
    given = {"db": db, "sources": sources, "verbose": verbose or None}
    return Settings(**{**values, **{name: value for name, value in given.items() if value is not None}})


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How one run fetches."""

    revisit: bool = False
    """Ask again, conditionally, for articles that are known."""
    wished: bool = False
    """Ask for what a person wished (`Frontier.ask_now`) and nothing else; no round is begun."""
    within_round: bool = False
    """Fetch a slice of rounds that another process begins and ends."""
    up_to: int | None = None
    """The number of the last address that may be asked for; what is found waits. None: all may."""
    backlog_max: int = 400
    """Pages that wait for ingest before fetching pauses (400 x 40 KB stored = 16 MB to re-read)."""
    user_agent: str = DEFAULT_USER_AGENT
    contact: str = ""
    """An address or URL at which a site's owner reaches the operator; part of the user agent."""
    signing_key: str = ""
    """The file of the key that requests are signed with; empty: they are not."""
    signing_agent: str = ""
    """The address below which that key's directory is served."""
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


def fetch_options(
    settings: Settings,
    *,
    revisit: bool = False,
    wished: bool = False,
    time_limit_s: float | None = None,
    max_pages: int | None = None,
) -> FetchOptions:
    """How a run fetches, as the settings have it; what is left out is not limited."""
    return FetchOptions(
        revisit=revisit,
        wished=wished,
        user_agent=settings.user_agent,
        contact=settings.contact,
        signing_key=str(settings.signing_key or ""),
        signing_agent=settings.signing_agent,
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


def require_contact(sources: Sequence[CrawlSource], contact: str) -> None:
    """Refuses to go to public sites without a contact, so that their owners reach somebody.

    Sources of one's own need none.

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
