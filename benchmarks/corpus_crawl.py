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

from benchmarks.corpus_sets import Answer, Sample


def by_crawl(samples: list[Sample]) -> list[Answer]:
    """What the archive says of each, every page a site of its own on loopback, after `parknews crawl`."""
    sites = {f"p{index}": sample for index, sample in enumerate(samples)}
    with served(sites) as port, tempfile.TemporaryDirectory() as folder:
        sources, archive = Path(folder, "sources.toml"), Path(folder, "archive.db")
        sources.write_text("".join(_source_entry(site, port) for site in sites), "utf-8")
        command = [Path(sys.executable).with_name("parknews"), "--db", archive, "--sources", sources, "crawl"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        run = subprocess.run(
            [*map(str, command)], env=environment, capture_output=True, text=True, check=False
        )
        if run.returncode not in (0, 1):
            sys.exit(f"parknews crawl ended with {run.returncode}:\n{run.stderr[-2000:]}")
        return _from_archive(archive, {f"{site}.localhost:{port}": own for site, own in sites.items()})


def _source_entry(site: str, port: int) -> str:
    host = f"{site}.localhost:{port}"
    return (
        f'[[source]]\nhost = "{host}"\nname = "{site}"\nstart_urls = ["http://{host}/list-of-news/"]\n'
        "allow_private = true\ndelay_s = 0\n\n"
    )


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


class served:  # noqa: N801 - a context manager, used like a function
    """The pages on loopback: `http://pN.localhost:PORT/` lists one page, at the path it had on its own site."""

    def __init__(self, sites: dict[str, Sample]) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                own = sites.get(self.headers.get("host", "").split(".")[0])
                if own and self.path == own.path:
                    return self._send(200, own.body)
                if own and self.path == "/list-of-news/":
                    title = own.truth.get("title") or "An article of this site"
                    link = f'<li><a href="{own.path}">{title}</a></li>'
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
