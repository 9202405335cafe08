"""A web server on loopback with one endpoint per behaviour, and a log of every request it got.

`Site` maps paths to answers; an answer is bytes of HTML, an `Answer`, or a function of the request.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    path: str
    headers: dict[str, str]
    at: float


@dataclass(frozen=True)
class Answer:
    """One response as the server gives it."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str | None = "text/html; charset=utf-8"
    length: int | None = None
    """A Content-Length that lies."""
    wait_s: float = 0.0
    drip_s: float = 0.0
    """Between single bytes."""
    raw: bytes | None = None
    """Sent as it is, instead of a response."""
    endless: bytes | None = None
    """Sent again and again after the headers, until the client has enough."""
    reset: bool = False
    """Close the connection without an answer."""


Handler = Callable[[Asked], "Answer | bytes | str"]


@dataclass
class Site:
    """What one server answers."""

    pages: dict[str, Answer | bytes | str | Handler] = field(default_factory=dict)
    robots: Answer | bytes | str | Handler | None = None
    log: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    told: list[str] = field(default_factory=list)
    """Bodies of what was posted to it."""

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return self.counts()[path]

    def counts(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(entry.path for entry in self.log)


class Server:
    """A Site being served; a context manager."""

    def __init__(self, site: Site, port: int = 0, address: str = "127.0.0.1") -> None:
        self.site = site
        self._http = _Http((address, port), _handler(site))
        self.port = self._http.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def secure(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that went away are what these tests are about."""


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:  # noqa: C901 (one class, closed over its site)
    lock = threading.Lock()
    now = [0]

    class Handling(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic())
            with lock:
                site.log.append(asked)
                now[0] += 1
                site.most_at_once = max(site.most_at_once, now[0])
            try:
                answer = _answer(site, asked)
                time.sleep(answer.wait_s)
            finally:
                with lock:
                    now[0] -= 1  # before it is given: who has it may ask for the next
            self._give(answer)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with lock:
                site.told.append(body.decode())
            self._give(Answer(b"{}"))

        def _give(self, answer: Answer) -> None:
            if answer.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                self.close_connection = True
                self.connection.close()
                return
            if answer.raw is not None:
                self.wfile.write(answer.raw)
                self.close_connection = True
                return
            self.send_response(answer.status)
            if answer.content_type is not None:
                self.send_header("Content-Type", answer.content_type)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.endless is not None:
                self._pour(answer.endless, answer.drip_s)
                return
            length = len(answer.body) if answer.length is None else answer.length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if answer.drip_s:
                for byte in answer.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer.drip_s)
            elif answer.status != 304:
                self.wfile.write(answer.body)
            self.wfile.flush()
            if length != len(answer.body):
                self.close_connection = True

        def _pour(self, chunk: bytes, every_s: float) -> None:
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(chunk)
                    time.sleep(every_s)

        def log_message(self, *_: Any) -> None:
            """The site keeps its own log."""

    return Handling


def _answer(site: Site, asked: Asked) -> Answer:
    path = urlsplit(asked.path).path
    given = site.robots if path == "/robots.txt" else site.pages.get(asked.path, site.pages.get(path))
    if callable(given):
        given = given(asked)
    if given is None:
        return Answer(b"<html><body>nothing here</body></html>", status=404)
    if isinstance(given, Answer):
        return given
    body = given.encode() if isinstance(given, str) else given
    plain = path.endswith((".txt", ".xml"))
    return Answer(body, content_type="text/plain" if plain else "text/html; charset=utf-8")


def article(number: int, *links: str, extra: str = "") -> str:
    """A page of news, told apart by its number."""
    rows = "".join(f'<a href="{link}">相关</a>' for link in links)
    return (
        f"<html><head><title>示例园区第{number}号项目开工</title>{extra}</head><body>"
        f"<h1>示例园区第{number}号项目开工</h1>"
        f"<p>本报讯 示例工业园区第{number}号项目日前正式开工建设，总投资{number + 3}亿元，"
        f"占地{number + 20}亩，"
        "预计明年年底建成投产，将为当地新增就业岗位两百余个，带动上下游企业集聚发展。</p>"
        f"<p>园区管委会负责人表示，第{number}号项目从签约到开工仅用了九十天时间。</p>{rows}</body></html>"
    )


def list_page(links: list[str], *more: tuple[str, str], head: str = "") -> str:
    """A list of headlines, with further links as (href, text)."""
    rows = "".join(
        f'<li><a href="{link}">示例园区新闻标题之{place}</a></li>' for place, link in enumerate(links)
    )
    tail = "".join(f'<a href="{href}">{text}</a>' for href, text in more)
    return f"<html><head><title>新闻中心</title>{head}</head><body><ul>{rows}</ul>{tail}</body></html>"


def sitemap(*urls: str, index: bool = False, packed: bool = False) -> bytes:
    """A sitemap or an index of sitemaps."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    rows = "".join(f"<{inner}><loc>{url}</loc></{inner}>" for url in urls)
    body = (
        f'<?xml version="1.0"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{outer}>'
    )
    return gzip.compress(body.encode()) if packed else body.encode()


def newspaper(articles: int, fresh: int = 0) -> Site:
    """A site that answers validators, 20 headlines a list page; `fresh` further ones stand before them."""
    site = Site()
    numbers = [*range(9000, 9000 + fresh), *range(articles)]
    lists = [numbers[: 20 + fresh], *(numbers[at : at + 20] for at in range(20 + fresh, len(numbers), 20))]
    for place, shown in enumerate(lists):
        more = (f"/list_{place + 2}.html", "下一页") if place + 1 < len(lists) else ("/", "首页")
        path = "/" if place == 0 else f"/list_{place + 1}.html"
        site.pages[path] = validated(list_page([f"/news/2023/{n}.html" for n in shown], more))
    site.pages |= {f"/news/2023/{n}.html": validated(article(n)) for n in numbers}
    return site


def validated(body: str) -> Callable[[Asked], Answer]:
    """A page that is not sent again to those who have it."""
    tag = f'"{hash(body)}"'

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == tag:
            return Answer(status=304, headers=(("ETag", tag),))
        return Answer(body.encode(), headers=(("ETag", tag),))

    return answer
