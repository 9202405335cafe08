"""A file of many requests: a line each, checked before anything is done.

In: the file. Out: its lines by kind, as `make_scope` takes them; or the mistakes in it with their lines, so
that a list of a thousand addresses is mended in one go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.terminal import one_line
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("hosts", "urls", "prefixes", "credited")
_MISTAKES_SHOWN = 20


def read_request_file(path: Path | None) -> dict[str, list[str]]:
    """The lines of a file of requests, by kind; all kinds empty where there is no file.

    Raises:
        ConfigurationError: it cannot be read, or has lines that are no request: each is named.
    """
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    mistakes = []
    for number, line in enumerate(_lines(path), start=1):
        if not line or line.startswith("#"):
            continue
        kind, value = _kind_of(line)
        if mistake := _mistake(kind, value):
            mistakes.append(f"line {number}: {one_line(mistake)}")
        found[kind].append(value)
    if mistakes:
        more = len(mistakes) - _MISTAKES_SHOWN
        shown = mistakes[:_MISTAKES_SHOWN] + ([f"and {more} lines more"] if more > 0 else [])
        raise ConfigurationError(f"{path}: nothing was done; " + "; ".join(shown))
    return found


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8-sig").split("\n")]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read as UTF-8 text ({error})") from error


def _kind_of(line: str) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    if equals and name.strip() == "credited":
        return "credited", value.strip()
    if "://" not in line:
        return "hosts", line
    return ("prefixes" if line.endswith("/") else "urls"), line


def _mistake(kind: str, value: str) -> str:
    from pipelines.archive.kept_out.scope import make_scope  # noqa: PLC0415  # --help needs no scope

    try:
        make_scope(**{kind: [value]})  # type: ignore[arg-type]
    except ConfigurationError as error:
        return str(error)
    return ""
