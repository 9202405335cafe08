"""A small site of generated articles on loopback that counts what is asked of it."""

from __future__ import annotations

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from benchmarks.pages import generate, lists

if TYPE_CHECKING:
    from pathlib import Path


class Site:
    """Use as a context manager; `host` is its name with the port, `hits` counts requests by path."""

    def __init__(self, articles: int, seed: int = 11) -> None:
        pages = generate(articles, seed)
        self.bodies = {page.path: page.html for page in pages} | lists(pages)
        self.articles = {page.path for page in pages}
        self.hits: Counter[str] = Counter()
        self._lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with site._lock:
                    site.hits[self.path] += 1
                body = site.bodies.get(self.path)
                if body is None and self.path.startswith("/channel/"):  # the pages' navigation leads there
                    body = f"<html><body><p>{self.path}</p></body></html>".encode()
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

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
