"""A small site of generated articles on loopback that counts what is asked of it."""

from __future__ import annotations

import threading
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.pages import generate, lists


class Site:
    """Use as a context manager; `host` is its name with the port, `hits` counts requests by path.

    A page that is asked for again with its ETag is answered by 304.
    """

    def __init__(self, articles: int, seed: int = 11) -> None:
        pages = generate(articles, seed)
        self.bodies = {page.path: page.html for page in pages} | lists(pages)
        self.articles = {page.path for page in pages}
        self.hits: Counter[str] = Counter()
        self.moved: dict[str, str] = {}
        """Paths that redirect, and where to."""
        self.busy: set[str] = set()
        """Paths that answer every other request by 503."""
        self._lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with site._lock:
                    site.hits[self.path] += 1
                    busy = self.path in site.busy and site.hits[self.path] % 2
                if busy or self.path in site.moved:
                    self._turn_away(site.moved.get(self.path))
                    return
                body = site.bodies.get(self.path)
                if body is None and self.path.startswith("/channel/"):  # the pages' navigation leads there
                    body = f"<html><body><p>{self.path}</p></body></html>".encode()
                etag = f'"{zlib.crc32(body or b"")}"'
                if body is not None and self.headers.get("If-None-Match") == etag:
                    self.send_response(304)
                    self.end_headers()
                    return
                self.send_response(200 if body is not None else 404)
                self.send_header("ETag", etag)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def _turn_away(self, place: str | None) -> None:
                self.send_response(301 if place else 503)
                if place:
                    self.send_header("Location", place)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"site.localhost:{self._server.server_port}"

    def __enter__(self) -> Site:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def write_sources(self, path: Path, delay_s: float = 0.0) -> Path:
        path.write_text(
            f'[[source]]\nhost = "{self.host}"\nname = "测试新闻网"\n'
            f'start_urls = ["http://{self.host}/"]\nallow_private = true\ndelay_s = {delay_s}\n',
            encoding="utf-8",
        )
        return path
