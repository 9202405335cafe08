"""The sources file: TOML in, one CrawlSource a publication out; every mistake is one line that says where.

A source is data: a host, a name and one start URL are enough, everything else has a default that
suits a site about which nothing else is known (`CrawlSource`). Nothing is fetched here.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler.records import CrawlSource
from crawler.source_keys import KEYS, own_host
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

EXAMPLE = """\
[[source]]
host = "www.example-park.gov.cn"
name = "示例工业园区管委会"
start_urls = ["https://www.example-park.gov.cn/news/"]
"""
"""The shortest source that works."""
_HOW_TO_BEGIN = "write one with `parknews sources add URL`, or by hand (docs/reference/sources.md)"

_REQUIRED = ("host", "name", "start_urls")


def read_sources(path: Path) -> list[CrawlSource]:
    """Every source of the file, in its order; an empty list where none is active.

    Raises:
        ConfigurationError: the file is missing or unreadable, not TOML, or one entry is wrong; the
            message starts with `path:line:`.
    """
    text = _read(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, text, error) from error
    file = _File(path, text.splitlines())
    for key in document:
        if key != "source":
            below = f"; {key} belongs below a line [[source]]" if key in KEYS else _nearest(key, ["source"])
            raise file.error(_line_of(file.lines, key), f"unknown key {key!r}{below}")
    entries = document.get("source", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise file.error(_line_of(file.lines, "source"), "write each source as a table headed [[source]]")
    sources = [_source(file, at, entry) for at, entry in zip(_headers(file.lines), entries, strict=False)]
    _refuse_duplicates(file, sources)
    return sources


def choose(sources: Sequence[CrawlSource], hosts: Sequence[str]) -> list[CrawlSource]:
    """The sources named by host, in the file's order; all of them where none is named.

    Raises:
        ConfigurationError: a host that no source has, with the nearest one.
    """
    wanted = {host.lower().rstrip("/") for host in hosts}
    known = {source.host for source in sources}
    for host in sorted(wanted - known):
        hint = _nearest(host, sorted(known)) or "; `parknews sources list` shows all"
        raise ConfigurationError(f"{host}: no such source in the sources file{hint}")
    return [source for source in sources if not wanted or source.host in wanted]


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    lines: list[str]

    def error(self, line: int, message: str) -> ConfigurationError:
        return ConfigurationError(f"{self.path}:{line}: {message}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: no such sources file; {_HOW_TO_BEGIN}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError(f"{path}:{line}: not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror})") from None


def nothing_to_crawl(path: Path) -> ConfigurationError:
    """The error for a sources file without a source: it says how to begin."""
    return ConfigurationError(f"{path}: no sources yet; {_HOW_TO_BEGIN}")


def _broken(path: Path, text: str, error: tomllib.TOMLDecodeError) -> ConfigurationError:
    """Tomllib's own message, with its line first."""
    what, _, where = str(error).rpartition(" (at ")
    found = re.match(r"line (\d+), column (\d+)", where)
    line = int(found[1]) if found else text.count("\n") + 1
    column = f" (column {found[2]})" if found else " (the file ends too early)"
    return ConfigurationError(f"{path}:{line}: not valid TOML: {what or error}{column}")


def _source(file: _File, header: int, entry: dict[str, Any]) -> CrawlSource:
    """One [[source]] table checked key by key; `header` is its line."""
    name = f"[[source]] {entry['host']}" if isinstance(entry.get("host"), str) else "[[source]]"
    values: dict[str, Any] = {}
    for key, value in entry.items():
        line = _line_of(file.lines, key, start=header)
        if key not in KEYS:
            raise file.error(line, f"unknown key {key!r} in {name}{_nearest(key, list(KEYS))}")
        field, convert = KEYS[key]
        try:
            values[field] = convert(value)
        except ValueError as error:
            raise file.error(line, f"{key} in {name} {error}, not {_shown(value)}") from None
    for key in _REQUIRED:
        if key not in entry:
            raise file.error(header, f"{name} has no {key}; host, name and start_urls are needed")
    source = CrawlSource(**values)
    _refuse_foreign_starts(file, header, source)
    return source


def _refuse_foreign_starts(file: _File, header: int, source: CrawlSource) -> None:
    for url in source.start_urls:
        host = own_host(url)
        below = source.include_subdomains and host.endswith("." + source.host)
        if host != source.host and not below:
            hint = (
                "" if below or not host.endswith("." + source.host) else ", or set include_subdomains = true"
            )
            line = _line_of(file.lines, "start_urls", start=header)
            message = f"start URL {url} is on {host}, not on the source's host {source.host}"
            raise file.error(line, f"{message}; give the host as it stands in the URL, port included{hint}")


def _refuse_duplicates(file: _File, sources: list[CrawlSource]) -> None:
    first: dict[str, int] = {}
    for header, source in zip(_headers(file.lines), sources, strict=False):
        line = _line_of(file.lines, "host", start=header)
        if source.host in first:
            message = f"host {source.host} stands twice (first at line {first[source.host]})"
            raise file.error(line, f"{message}; one source a host, with all its start_urls")
        first[source.host] = line


def _headers(lines: list[str]) -> Iterator[int]:
    """The line of each [[source]] header, then 1 for ever (sources written as inline tables)."""
    for number, line in enumerate(lines, start=1):
        if re.match(r"""\s*\[\[\s*(["']?)source\1\s*\]\]""", line):
            yield number
    while True:
        yield 1


def _line_of(lines: list[str], key: str, start: int = 1) -> int:
    """Where a key stands, from line `start` to the next table; `start` where it is not to be seen.

    tomllib keeps no positions, so this looks for the key at the beginning of a line.
    """
    pattern = re.compile(rf"""\s*\[*\s*(["']?){re.escape(key)}\1\s*[=.\]]""")
    for number, line in enumerate(lines[start - 1 :], start=start):
        if pattern.match(line):
            return number
        if number > start and line.lstrip().startswith("[["):
            break
    return start


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
