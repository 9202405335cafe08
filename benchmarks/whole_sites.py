"""Whole sites crawled twice from loopback: which of their articles were found, what else, and for how many requests.

    python -m benchmarks.whole_sites FOLDER [--site NAME] [--trafilatura]

FOLDER holds pages.jsonl (site, path, file, content_type), pages.tar.xz with the files, and truth.jsonl (site,
path, characters: the articles). Each site is served under a host of its own, with validators. Printed are, a site:

    found      articles of 80 characters and more that are copies, of those that are served (bar: .99)
    others     copies that are no articles, of all copies (bar: .005)
    hidden     articles whose kept copy is none of them: a list is shown in their place (bar: 0)
    first      requests an article of the first crawl (bar: 2)
    second     and of a second one right after it (bar: .15)

Beside it, with --trafilatura, what taking every page for an article of which trafilatura reads 80 characters
would find, and what else.
"""

from __future__ import annotations

import argparse
import sqlite3
import tarfile
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import trafilatura

from benchmarks import rows_of
from benchmarks.sites import crawl, served, write_sources

_LEAST = 80
_PLACEHOLDER = b"site.host.invalid"


@dataclass
class Site:
    """One site of the folder."""

    pages: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    articles: dict[str, int] = field(default_factory=dict)
    """Path → characters, of those that are served."""
    asked: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--site", action="append", help="this one alone; may be given several times")
    parser.add_argument("--trafilatura", action="store_true", help="the baseline too")
    arguments = parser.parse_args()
    sites = {
        name: site for name, site in _read(arguments.folder).items() if name in (arguments.site or [name])
    }
    print(f"{'':24}{'found':>16}{'others':>16}{'hidden':>8}{'first':>8}{'second':>8}")
    for line in _crawled(sites):
        print(line, flush=True)
    for name, site in sites.items() if arguments.trafilatura else ():
        print(_baseline(name, site), flush=True)


def _read(folder: Path) -> dict[str, Site]:
    sites: dict[str, Site] = {}
    with tarfile.open(folder / "pages.tar.xz") as tar:
        bodies = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}  # type: ignore[union-attr]
    for row in rows_of(folder / "pages.jsonl"):
        site = sites.setdefault(row["site"], Site())
        site.pages[_spelled("/" + row["path"].lstrip("/"))] = bodies[row["file"]], row["content_type"]
    for row in rows_of(folder / "truth.jsonl"):
        site = sites[row["site"]]
        if {_spelled(row["path"]), _spelled(row["path"].rstrip("/") + "/")} & site.pages.keys():
            site.articles[_plain(row["path"])] = row["characters"]
    return sites


def _crawled(sites: dict[str, Site]) -> list[str]:
    def answer(host: str, path: str) -> tuple[str, bytes] | None:
        site = sites[host.partition(".")[0]]
        site.asked += 1
        found = site.pages.get(_spelled(path)) or site.pages.get(_spelled(path.partition("?")[0]))
        return found and (found[1], found[0].replace(_PLACEHOLDER, host.encode()))

    with tempfile.TemporaryDirectory() as folder, served(answer) as port:
        sources = write_sources(Path(folder), {f"{name}.localhost:{port}": name for name in sites})
        archive, requests = Path(folder, "archive.db"), []
        for _ in range(2):
            for site in sites.values():
                site.asked = 0
            crawl(sources, archive)
            requests.append({name: site.asked for name, site in sites.items()})
        return [_line(name, site, archive, port, requests) for name, site in sites.items()]


def _line(name: str, site: Site, archive: Path, port: int, requests: list[dict[str, int]]) -> str:
    """One site's row; a page that is left out of the truth for being short counts as an article."""
    with sqlite3.connect(f"file:{archive}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT copies.url, articles.url FROM copies JOIN articles ON articles.id = article_id"
            " WHERE copies.source = ?",
            (f"{name}.localhost:{port}",),
        ).fetchall()
    copies = {_plain(urlsplit(url).path): _plain(urlsplit(kept).path) for url, kept in rows}
    must = [path for path, characters in site.articles.items() if characters >= _LEAST]
    found = [path for path in must if path in copies]
    others = sum(path not in site.articles for path in copies)
    hidden = sum(copies[path] not in site.articles for path in found)
    first, second = (asked[name] / max(1, len(site.articles)) for asked in requests)
    return (
        f"{name:24}{_share(len(found), len(must)):>16}{_share(others, len(copies)):>16}{hidden:>8}"
        f"{first:>8.2f}{second:>8.2f}"
    )


def _baseline(name: str, site: Site) -> str:
    counts: Counter[bool] = Counter()
    for path, (body, kind) in site.pages.items():
        if "html" in kind and len(trafilatura.extract(body) or "") >= _LEAST:
            counts[_plain(path) in site.articles] += 1
    must = sum(characters >= _LEAST for characters in site.articles.values())
    others = _share(counts[False], counts[False] + counts[True])
    return f"{name + ' trafilatura':24}{_share(counts[True], must):>16}{others:>16}"


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} {part / max(1, whole):.3f}"


def _spelled(path: str) -> str:
    return quote(unquote(path))


def _plain(path: str) -> str:
    return unquote(path).rstrip("/")


if __name__ == "__main__":
    main()
