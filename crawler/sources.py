"""The sources file: TOML in, one CrawlSource a publication out; every mistake is one line that says where.

A source is data: a host, a name and one start URL are enough, everything else has a default that
suits a site about which nothing else is known (`CrawlSource`). Read first comes the file, then one entry of
it, then a key's value; at the end entries are written, every other byte staying as it was. Nothing is
fetched here.
"""

from __future__ import annotations

import difflib
import math
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit
from lxml import etree

from pipelines.errors import ConfigurationError, StorageError
from pipelines.records import CrawlSource, Selectors, Source
from pipelines.said import expression_of
from pipelines.selectors import compiled
from pipelines.signals import KINDS, USES
from pipelines.urls import canonical_url, host_of

_HOW_TO_BEGIN = (
    "write one with `parknews sources add URL`, or by hand: a [[source]] with host, name and start_urls"
)

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


def read_some_sources(path: Path) -> list[CrawlSource]:
    """Every source of the file, at least one.

    Raises:
        ConfigurationError: as `read_sources`, or there is no source in it.
    """
    sources = read_sources(path)
    if not sources:
        raise nothing_to_crawl(path)
    return sources


def known_sources(path: Path) -> list[CrawlSource]:
    """Every source of the file; none where there is no file.

    Raises:
        ConfigurationError: as `read_sources`, of a file that is there.
    """
    return read_sources(path) if path.exists() else []


def said_of(path: Path) -> dict[str, Source]:
    """What the file, where there is one, says of each source's pages, by host."""
    return {source.host: stage_source(source) for source in known_sources(path)}


def nothing_to_crawl(path: Path) -> ConfigurationError:
    """The error for a sources file without a source: it says how to begin."""
    return ConfigurationError(f"{path}: no sources yet; {_HOW_TO_BEGIN}")


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


def value_of(key: str, value: object, what: str) -> Any:
    """A key's value as a field of CrawlSource has it; `what` names it where it is wrong.

    Raises:
        ConfigurationError: it is wrong.
    """
    try:
        return KEYS[key][1](value)
    except ValueError as error:
        raise ConfigurationError(f"{what} {error}, not {_shown(value)}") from None


def active(sources: Sequence[CrawlSource], hosts: Sequence[str] = ()) -> list[CrawlSource]:
    """The sources named by host, or else all that are not paused.

    Raises:
        ConfigurationError: a host that no source has, or whose source is paused.
    """
    chosen = choose(sources, hosts)
    paused = [source.host for source in chosen if source.paused]
    if hosts and paused:
        raise ConfigurationError(
            f"{paused[0]}: is paused; `parknews sources resume {paused[0]}` takes it again"
        )
    return [source for source in chosen if not source.paused]


def bare_source(url: str, *, allow_private: bool = False, render: bool = False) -> CrawlSource:
    """What a URL alone says of a source.

    Raises:
        ValueError: not an http(s) address.
    """
    start = url if "://" in url else f"https://{url}"
    host = host_of(canonical_url(start))
    return CrawlSource(host, host, (start,), allow_private=allow_private, render=render)


def read_opml(body: bytes) -> list[tuple[str, str]]:
    """Start URLs and names of the sites in an OPML 2.0 file, as feed readers export their subscriptions.

    Each outline with a feed gives its home page, and the feed itself where that is on the same host or alone.

    Raises:
        ValueError: it is no OPML, or has no feed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(body, parser)
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise ValueError("its root is no opml element")
    found: list[tuple[str, str]] = []
    for outline in root.iter("outline"):
        home, feed = outline.get("htmlUrl", "").strip(), outline.get("xmlUrl", "").strip()
        name = " ".join((outline.get("title") or outline.get("text") or "").split())
        urls = [home, feed] if home and feed and host_of(home) == host_of(feed) else [home or feed]
        found += [(url, name) for url in urls if url]
    if not found:
        raise ValueError("it names no feed")
    return found


def stage_source(source: CrawlSource) -> Source:
    """What the stages may know of a crawl source."""
    return Source(
        source.host,
        source.name,
        source.time_zone,
        source.start_urls,
        source.language,
        read=source.read,
        paused=source.paused,
        said=source.said,
    )


def heeding(known: Source, written: Source | None) -> Source:
    """A source as the archive knows it, with a person's word on its pages where the sources file has it."""
    return replace(known, read=written.read, said=written.said) if written else known


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


def _broken(path: Path, text: str, error: tomllib.TOMLDecodeError) -> ConfigurationError:
    """Tomllib's own message, with its line first."""
    what, _, where = str(error).rpartition(" (at ")
    found = re.match(r"line (\d+), column (\d+)", where)
    line = int(found[1]) if found else text.count("\n") + 1
    column = f" (column {found[2]})" if found else " (the file ends too early)"
    return ConfigurationError(f"{path}:{line}: not valid TOML: {what or error}{column}")


def _refuse_duplicates(file: _File, sources: list[CrawlSource]) -> None:
    first: dict[str, int] = {}
    for header, source in zip(_headers(file.lines), sources, strict=False):
        line = _line_of(file.lines, "host", start=header)
        if source.host in first:
            message = f"host {source.host} stands twice (first at line {first[source.host]})"
            raise file.error(line, f"{message}; one source a host, with all its start_urls")
        first[source.host] = line


def _source(file: _File, header: int, entry: dict[str, Any]) -> CrawlSource:
    """One [[source]] table checked key by key; `header` is its line."""
    name = f"[[source]] {entry['host']}" if isinstance(entry.get("host"), str) else "[[source]]"
    values: dict[str, Any] = {}
    for key, value in entry.items():
        line = _line_of(file.lines, key, start=header)
        if key not in KEYS:
            raise file.error(line, f"unknown key {key!r} in {name}{_nearest(key, list(KEYS))}")
        field, convert = KEYS[key]
        if key == "read":
            _refuse_unreadable(file, line, name, value)
        try:
            values[field] = convert(value)
        except ValueError as error:
            raise file.error(line, f"{key} in {name} {error}, not {_shown(value)}") from None
    for key in _REQUIRED:
        if key not in entry:
            raise file.error(header, f"{name} has no {key}; host, name and start_urls are needed")
    source = CrawlSource(**values)
    if source.meta_robots != "obey" and not source.terms:
        line = _line_of(file.lines, "meta_robots", start=header)
        raise file.error(line, f'meta_robots in {name} needs terms = "…": what allows it to obey less')
    _refuse_foreign_starts(file, header, source)
    return source


def _refuse_unreadable(file: _File, header: int, name: str, table: object) -> None:
    """Raises what is wrong with a key of `[source.read]`, at that key's own line."""
    if not isinstance(table, dict):
        return
    where = f"[source.read] of {name}"
    for key, value in table.items():
        line = _line_of(file.lines, key, start=header)
        if key in KEYS:
            raise file.error(line, f"{key} in {where}: it belongs above the line [source.read]")
        if key not in SELECTORS:
            raise file.error(line, f"unknown key {key!r} in {where}{_nearest(key, list(SELECTORS))}")
        try:
            _selectors_of(value)
        except ValueError as error:
            raise file.error(line, f"{key} in {where} {error}, not {_shown(value)}") from None


def _refuse_foreign_starts(file: _File, header: int, source: CrawlSource) -> None:
    for url in source.start_urls:
        host = host_of(url)
        below = source.include_subdomains and host.endswith("." + source.host)
        if host != source.host and not below:
            hint = (
                "" if below or not host.endswith("." + source.host) else ", or set include_subdomains = true"
            )
            line = _line_of(file.lines, "start_urls", start=header)
            message = f"start URL {url} is on {host}, not on the source's host {source.host}"
            raise file.error(line, f"{message}; give the host as it stands in the URL, port included{hint}")


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
    pattern = re.compile(rf"""\s*\[*\s*(?:[\w"'-]+\s*\.\s*)*(["']?){re.escape(key)}\1\s*[=.\]]""")
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


# A key's value: as TOML has it in, the field's value out, or a ValueError that says what it must be.

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


def duration(seconds: float) -> str:
    """Seconds in the largest unit that leaves no rest: 6h, 90m, 2d; as the file has them."""
    for unit, size in reversed(_UNITS_S.items()):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size:g}{unit}"
    return f"{seconds / 60:g}m"


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
        return host_of(f"https://{text}/")
    except ValueError:
        raise ValueError(problem) from None


def _url(value: object) -> str:
    text = _text(value)
    try:
        host_of(text)
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


def _patterns(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError('must be a list of patterns of addresses: ["/news/*.html"]')
    for pattern in value:
        expression_of(pattern)
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


def _meta_robots(value: object) -> str:
    if value not in ("obey", "noindex", "ignore"):
        raise ValueError('must be "obey", "noindex" or "ignore"')
    return str(value)


def _signals(value: object) -> tuple[str, ...]:
    known = (*KINDS, *USES)
    if not isinstance(value, list) or not all(item in known for item in value):
        raise ValueError(f"must be a list of signals about rights, of {', '.join(known)}")
    return tuple(value)


def _language(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise ValueError('must be a language tag such as "de" or "zh-Hant"')
    return text


def _zone(value: object) -> str:
    text = _text(value)
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        raise ValueError('must be a time zone such as "Asia/Shanghai"') from None
    return text


def _selectors_of(value: object) -> tuple[str, ...]:
    written = [value] if isinstance(value, str) else value
    if not isinstance(written, list) or not written or not all(isinstance(item, str) for item in written):
        raise ValueError('must be a CSS or XPath selector in quotation marks, or a list of them: ".article"')
    for selector in written:
        compiled(selector)
    return tuple(written)


def _read_table(value: object) -> Selectors:
    if not isinstance(value, dict):
        raise ValueError('must be a table: a line [source.read], and below it body = ".article"')  # noqa: TRY004
    return Selectors(**{key: _selectors_of(selectors) for key, selectors in value.items()})


SELECTORS = tuple(field.name for field in fields(Selectors))
"""Every key of a `[source.read]`."""

KEYS: dict[str, tuple[str, Callable[[object], object]]] = {
    "host": ("host", _host),
    "name": ("name", _text),
    "start_urls": ("start_urls", _urls),
    "every": ("every_s", _duration),
    "allow_private": ("allow_private", _flag),
    "delay_s": ("delay_s", _seconds),
    "include_subdomains": ("include_subdomains", _flag),
    "time_zone": ("time_zone", _zone),
    "language": ("language", _language),
    "allowed_paths": ("allowed_paths", _paths),
    "articles": ("articles", _patterns),
    "lists": ("lists", _patterns),
    "deny": ("deny", _patterns),
    "max_depth": ("max_depth", _count),
    "max_list_pages": ("max_list_pages", _count),
    "max_pages": ("max_pages", _count),
    "tls": ("tls", _tls),
    "meta_robots": ("meta_robots", _meta_robots),
    "terms": ("terms", _text),
    "respect": ("respect", _signals),
    "render": ("render", _flag),
    "attachments": ("attachments", _flag),
    "paused": ("paused", _flag),
    "read": ("read", _read_table),
}
"""Every key of a [[source]]: the CrawlSource field it sets, and how it is checked."""


# Writing: the new text is read back before it takes the file's place, in one step.


def entry(source: CrawlSource) -> str:
    """A source as the file has it: what differs from the defaults."""
    table = tomlkit.table()
    table["host"] = source.host
    table["name"] = source.name
    table["start_urls"] = list(source.start_urls)
    defaults = {field.name: field.default for field in fields(CrawlSource)}
    for key, (name, _) in KEYS.items():
        value = getattr(source, name)
        if key not in _REQUIRED and key != "read" and value != defaults[name]:
            table[key] = duration(value) if key == "every" else list(value) if type(value) is tuple else value
    document = tomlkit.document()
    array = tomlkit.aot()
    array.append(table)
    document["source"] = array
    return tomlkit.dumps(document)


def add_entries(path: Path, sources: Sequence[CrawlSource]) -> None:
    """Writes sources at the end of the file, which is made where it is missing.

    Raises:
        ConfigurationError: the file is wrong, or would be with them (a host stands in it already).
        StorageError: it cannot be written.
    """
    old = _as_it_is(path) if path.exists() else ""
    before = old if not old or old.endswith("\n") else old + "\n"
    entries = "\n".join(entry(source) for source in sources)
    _replace(path, f"{before}\n{entries}" if before else entries)


def set_paused(path: Path, host: str, *, paused: bool) -> None:
    """Leaves a source out of runs, or takes it again, by a line below its host.

    Raises:
        ConfigurationError: the file is wrong, or has no such source.
        StorageError: it cannot be written.
    """
    lines, header, end = _place(path, host)
    end = next((n for n in range(header, end) if lines[n].lstrip().startswith("[")), end)
    at = _line_of(lines, "paused", start=header) - 1
    if header <= at < end:
        del lines[at]
    if paused:
        below = _line_of(lines, "host", start=header)
        lines.insert(below, "paused = true" + _ending(lines[below - 1]))
    _replace(path, "".join(lines))


def rename(path: Path, host: str, name: str) -> None:
    """Gives a source another name; a comment behind it stays.

    Raises:
        ConfigurationError: the file is wrong, has no such source, or that is no name.
        StorageError: it cannot be written.
    """
    lines, header, _ = _place(path, host)
    at = _line_of(lines, "name", start=header) - 1
    line = tomlkit.parse(lines[at])
    line["name"] = value_of("name", name, "the name")
    lines[at] = tomlkit.dumps(line)
    _replace(path, "".join(lines))


def remove_entry(path: Path, host: str) -> None:
    """Takes a source out of the file; the comments above and below it stay.

    Raises:
        ConfigurationError: the file is wrong, or has no such source.
        StorageError: it cannot be written.
    """
    lines, header, end = _place(path, host)
    while end > header and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    after = lines[end:]
    if header > 1 and not lines[header - 2].strip() and after and not after[0].strip():
        after = after[1:]
    _replace(path, "".join([*lines[: header - 1], *after]))


def _place(path: Path, host: str) -> tuple[list[str], int, int]:
    """The file's lines as they are, the line of a source's header, and its last line."""
    [source] = choose(read_sources(path), [host])
    lines = _as_it_is(path).removeprefix("\ufeff").splitlines(keepends=True)
    hosts = [known.host for known in read_sources(path)]
    headers = list(islice(_headers(lines), len(hosts)))
    if len(set(headers)) < len(headers) or not re.match(r"\s*\[\[", lines[headers[0] - 1]):
        raise ConfigurationError(f"{path}: its sources stand in no [[source]] tables; edit it by hand")
    place = hosts.index(source.host)
    end = headers[place + 1] - 1 if place + 1 < len(headers) else len(lines)
    return lines, headers[place], end


def _ending(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else "\n"


def _as_it_is(path: Path) -> str:
    """The file's text with the line endings that it has."""
    return path.read_bytes().decode("utf-8")


def _replace(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
        new = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        new.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror})") from error
    try:
        read_sources(new)
        new.replace(path)
    except ConfigurationError as error:
        raise ConfigurationError(str(error).replace(str(new), str(path))) from None
    finally:
        new.unlink(missing_ok=True)
