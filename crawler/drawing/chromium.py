"""Where the browser is that draws pages, and whether it may be used; nothing is started here.

In: the sources of a run and two settings. Out: a path, or the reason why there is none, in a line that says
what to install. Loads neither Scrapy nor Playwright, so that `status` can ask as well.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from importlib.util import find_spec

from pipelines.errors import ConfigurationError
from pipelines.records import CrawlSource

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def lacking(executable: str, sandbox: str) -> str:
    """What is missing for pages to be drawn, and what to do about it; empty where nothing is."""
    if find_spec("scrapy_playwright") is None:
        return "the extra is missing; pip install 'parknews[browser]'"
    if executable and not shutil.which(executable):
        return f"PARKNEWS_BROWSER={executable!r} cannot be run; name the browser's executable"
    if not browser_path(executable):
        return "no browser was found; apt install chromium, or name its executable with PARKNEWS_BROWSER"
    if sandbox == "on" and _is_root():
        return "as root Chromium has no sandbox; run as another user, or set PARKNEWS_BROWSER_SANDBOX=off"
    return ""


def require_browser(sources: Sequence[CrawlSource], executable: str, sandbox: str) -> None:
    """Refuses to begin where a source needs a browser and there is none.

    Raises:
        ConfigurationError: the extra or the browser is missing; the message names the source.
    """
    drawn = [source.host for source in sources if source.render]
    if drawn and (problem := lacking(executable, sandbox)):
        others = f" (and {len(drawn) - 1} more)" if len(drawn) > 1 else ""
        raise ConfigurationError(f"{drawn[0]}{others}: render = true, and {problem}")


def browser_path(executable: str) -> str:
    """The browser named, or the first that is on PATH; empty where there is none."""
    if executable:
        return shutil.which(executable) or ""
    return next((path for name in _NAMES if (path := shutil.which(name))), "")


def has_sandbox(sandbox: str) -> bool:
    """Whether the browser keeps its sandbox: unless it was turned off, and but for root, which cannot."""
    return sandbox != "off" and not _is_root()


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
