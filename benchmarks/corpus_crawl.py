"""The pages served on loopback, each as a site of its own, and read from the archive that the crawl fills."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.corpus_peers import Answer


def by_crawl(truth: list[dict[str, Any]], bodies: dict[str, bytes]) -> dict[str, Answer]:
    """Every page as a site of its own on loopback, through `parknews crawl` into an archive."""
    sites = {f"p{index}": row for index, row in enumerate(truth)}
    with served(sites, bodies) as port, tempfile.TemporaryDirectory() as folder:
        sources, archive = Path(folder, "sources.toml"), Path(folder, "archive.db")
        sources.write_text("".join(_source_entry(site, port) for site in sites), "utf-8")
        command = [Path(sys.executable).with_name("parknews"), "--db", archive, "--sources", sources, "crawl"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        run = subprocess.run(
            [*map(str, command)], env=environment, capture_output=True, text=True, check=False
        )
        if run.returncode not in (0, 1):
            sys.exit(f"parknews crawl ended with {run.returncode}:\n{run.stderr[-2000:]}")
        return _from_archive(archive, {f"{site}.localhost:{port}": row for site, row in sites.items()})


def _source_entry(site: str, port: int) -> str:
    host = f"{site}.localhost:{port}"
    return (
        f'[[source]]\nhost = "{host}"\nname = "{site}"\nstart_urls = ["http://{host}/list-of-news/"]\n'
        "allow_private = true\ndelay_s = 0\n\n"
    )


def _from_archive(archive: Path, rows: dict[str, dict[str, Any]]) -> dict[str, Answer]:
    """The answer for each site's own page; what else was found on a site (404s) does not count."""
    connection = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
    answers: dict[str, Answer] = {}
    for host, row in rows.items():
        own = f"http://{host}{page_path(row)}"
        found = connection.execute(
            "SELECT texts.text, copies.title, copies.published_day, copies.credited_source"
            " FROM copies JOIN texts ON texts.id = copies.text_id WHERE copies.source = ?"
            " ORDER BY copies.url = ? DESC",
            (host, own),
        ).fetchone()
        refused = connection.execute(
            "SELECT stage || ': ' || reason FROM rejections WHERE source = ? ORDER BY url = ? DESC",
            (host, own),
        ).fetchone()
        reason = refused[0] if refused else "never fetched"
        answers[row["id"]] = Answer(*(value or "" for value in found)) if found else Answer(rejection=reason)
    return answers


class served:  # noqa: N801 - a context manager, used like a function
    """The pages on loopback: `http://pN.localhost:PORT/` lists one page, at the path it had on its own site."""

    def __init__(self, sites: dict[str, dict[str, Any]], bodies: dict[str, bytes]) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                row = sites.get(self.headers.get("host", "").split(".")[0])
                if row and self.path == page_path(row):
                    return self._send(200, bodies[row["id"]])
                if row and self.path == "/list-of-news/":
                    link = f'<li><a href="{page_path(row)}">{row.get("title") or "An article of this site"}</a></li>'
                    page = f"<html><head><title>List</title></head><body><ul>{link}</ul></body></html>"
                    return self._send(200, page.encode())
                return self._send(404, b"<html><body>not found</body></html>")

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> int:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self._server.server_address[1]

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()


def page_path(row: dict[str, Any]) -> str:
    """The path that the page had on its own site, without a query; a made-up one where it is not known.

    (One page was saved from an address with 13 tracking parameters, which a crawler takes for a trap.)
    """
    path = urlsplit(row.get("url") or "").path
    return quote(path, safe="/%:@!$&'()*+,;=~") or f"/news/{row['id']}.html"
