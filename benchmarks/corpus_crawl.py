"""The pages served on loopback, each as a site of its own, and read from the archive that the crawl fills."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from benchmarks.corpus_sets import Answer, Sample
from benchmarks.sites import crawl, served, write_sources

_LIST = "/list-of-news/"


def by_crawl(samples: list[Sample]) -> list[Answer]:
    """What the archive says of each, every page a site of its own on loopback, after `parknews crawl`."""
    sites = {f"p{index}": sample for index, sample in enumerate(samples)}

    def answer(host: str, path: str) -> tuple[str, bytes] | None:
        """The list of a site, which leads to its page, at the path that this had on its own site."""
        own = sites.get(host.partition(".")[0])
        if own and path == own.path:
            return "text/html", own.body
        if own and path == _LIST:
            title = own.truth.get("title") or "An article of this site"
            link = f'<li><a href="{own.path}">{title}</a></li>'
            page = f"<html><head><title>List</title></head><body><ul>{link}</ul></body></html>"
            return "text/html", page.encode()
        return None

    with served(answer) as port, tempfile.TemporaryDirectory() as folder:
        hosts = {f"{site}.localhost:{port}": site for site in sites}
        archive = Path(folder, "archive.db")
        crawl(write_sources(Path(folder), hosts, start=_LIST), archive)
        return _from_archive(archive, {host: sites[site] for host, site in hosts.items()})


def _from_archive(archive: Path, sites: dict[str, Sample]) -> list[Answer]:
    """The answer for each site's own page; what else was found on a site (404s) does not count."""
    connection = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
    answers = []
    for host, sample in sites.items():
        own = f"http://{host}{sample.path}"
        found = connection.execute(
            "SELECT texts.text, copies.title, copies.published_day, copies.credited_source, copies.author"
            " FROM copies JOIN texts ON texts.id = copies.text_id WHERE copies.source = ?"
            " ORDER BY copies.url = ? DESC",
            (host, own),
        ).fetchone()
        refused = connection.execute(
            "SELECT stage || ': ' || reason FROM rejections WHERE source = ? ORDER BY url = ? DESC",
            (host, own),
        ).fetchone()
        reason = refused[0] if refused else "never fetched"
        answers.append(Answer(*(value or "" for value in found)) if found else Answer(rejection=reason))
    return answers
