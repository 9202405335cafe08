"""The demo's web: every site of data/demo on a loopback port of its own, counted by URL.

A threaded HTTP/1.1 server of the standard library per host; bodies are rendered before it starts.
It never leaves 127.0.0.1, and the names under .localhost are resolved by whoever asks (RFC 6761).
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.demo.definition import Definition, Site, load
from crawler.demo.rendering import Response, Routes, not_found, routes

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_AGO = re.compile(rb"@ago:(\d{4}-\d\d-\d\d)@")
_SID = b"@sid@"


def _clock() -> datetime:
    return datetime.now(SHANGHAI)


class DemoServer:
    """All demo sites while the `with` block runs.

    Args:
        definition: what to serve; all of data/demo where left out.
        clock: the present, with a zone; stories dated `-271 days` count from its day at the start,
            and relative dates are rendered from its time at each request.
    """

    def __init__(self, definition: Definition | None = None, clock: Callable[[], datetime] = _clock) -> None:
        self.definition = definition or load()
        self.clock = clock
        self.today: date = clock().date()
        self.ports: dict[str, int] = {}
        """The port of each host, while the server runs."""
        self._counts: dict[str, Counter[str]] = {site.host: Counter() for site in self.definition.sites}
        self._pages: dict[str, set[str]] = {site.host: set() for site in self.definition.sites}
        self._sites: list[tuple[Site, _Server]] = []
        self._stack = ExitStack()

    def __enter__(self) -> DemoServer:
        for site in self.definition.sites:
            self._stack.enter_context(self._listening(site))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def go_on(self) -> list[str]:
        """Time passes: pages say from now on what they say later; their addresses."""
        for site, http in self._sites:
            http.routes = routes(site, self.definition, self.ports[site.host], self.today, later=True)
        return [
            self.url(site.host, page.path) for site, _ in self._sites for page in site.pages if page.later
        ]

    def url(self, host: str, path: str = "/") -> str:
        """The address of a path on one of the hosts."""
        return f"http://{host}:{self.ports[host]}{path}"

    @property
    def requests(self) -> Counter[tuple[str, str]]:
        """How often each host and target was asked for."""
        return Counter(
            {
                (host, target): count
                for host, counts in self._counts.items()
                for target, count in list(counts.items())
            }
        )

    @property
    def canary_hits(self) -> int:
        """How many requests broke robots.txt."""
        return sum(self._counts[site.host][path] for site in self.definition.sites for path in site.canaries)

    @property
    def trap_hits(self) -> int:
        """How many pages of endless calendars were asked for."""
        traps = {(s.host, r.path) for s in self.definition.sites for r in s.resources if r.kind == "calendar"}
        return sum(n for (host, target), n in self.requests.items() if (host, target.split("?")[0]) in traps)

    def pages_served(self) -> Mapping[str, int]:
        """How many distinct targets of each host were answered with an HTML page."""
        return {f"{host}:{self.ports[host]}": len(targets) for host, targets in self._pages.items()}

    def sources_toml(self, delay_s: float = 0.0) -> str:
        """A sources file, in the form of the product's own, that names every site."""
        return "\n".join(self._entry(site, delay_s) for site in self.definition.sites)

    def _entry(self, site: Site, delay_s: float) -> str:
        starts = ", ".join(f'"{self.url(site.host, path)}"' for path in site.start)
        return (
            f'[[source]]\nhost = "{site.host}:{self.ports[site.host]}"\nname = "{site.name}"\n'
            f'start_urls = [{starts}]\nevery = "{site.every}"\nallow_private = true\ndelay_s = {delay_s}\n'
        )

    @contextmanager
    def _listening(self, site: Site) -> Iterator[None]:
        http = _Server(("127.0.0.1", 0), _Handler)
        self.ports[site.host] = http.server_address[1]
        http.host = site.host
        http.routes = routes(site, self.definition, self.ports[site.host], self.today)
        http.clock = self.clock
        self._sites.append((site, http))
        http.counts, http.pages = self._counts[site.host], self._pages[site.host]
        thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            http.shutdown()
            http.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    host: str
    routes: Routes
    clock: Callable[[], datetime]
    counts: Counter[str]
    pages: set[str]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.server.counts[self.path] += 1
        name = (self.headers.get("Host") or "").rpartition(":")[0]
        if name not in {self.server.host, "127.0.0.1", "localhost"}:
            self._send(Response(b"no such host here", status=421, content_type="text/plain"), ())
            return
        response = _find(self.server.routes, self.path)
        if response.content_type.startswith("text/html") and response.status == HTTPStatus.OK:
            self.server.pages.add(self.path)
        validators = _validators(response)
        if validators and self._has(dict(validators)):
            self._send(
                Response(status=HTTPStatus.NOT_MODIFIED, content_type=response.content_type), validators
            )
        else:
            self._send(response, validators)

    def _has(self, validators: dict[str, str]) -> bool:
        """Whether the client's own copy is the present one (RFC 9110, 13.1)."""
        if tags := self.headers.get("If-None-Match"):
            return validators["ETag"] in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        if since := self.headers.get("If-Modified-Since"):
            try:
                return parsedate_to_datetime(since) >= parsedate_to_datetime(validators["Last-Modified"])
            except ValueError:
                return False
        return False

    def _send(self, response: Response, validators: tuple[tuple[str, str], ...]) -> None:
        body = _filled(response, self.server.clock())
        self.send_response(response.status)
        for name, value in (*response.headers, *validators):
            self.send_header(name, value)
        if response.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(body)))
        head = b"".join(getattr(self, "_headers_buffer", [])) + b"\r\n"
        self._headers_buffer: list[bytes] = []
        if self.command == "HEAD" or response.status == HTTPStatus.NOT_MODIFIED:
            body = b""
        if response.drip_s:
            self.wfile.write(head)
            self._drip(body, response.drip_s)
        else:
            self.wfile.write(head + body)

    def _drip(self, body: bytes, seconds: float) -> None:
        steps = max(1, int(seconds * 5))
        size = len(body) // steps + 1
        for at in range(0, len(body), size):
            self.wfile.write(body[at : at + size])
            time.sleep(0.2)


def _find(known: Routes, target: str) -> Response:
    """What a target answers; parameters that the site does not know change nothing."""
    if exact := known.fixed.get(target):
        return exact
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if make := known.dynamic.get(parts.path):
        return make(query)
    kept = [
        (name, value) for name, value in query.items() if name in {"id", "cid", "page", "p", "print", "q"}
    ]
    path = parts.path
    for spelt in (path, f"{path}index.html", path.removesuffix("index.html")):
        candidates = (f"{spelt}?{urlencode(kept)}" if kept else spelt, spelt)
        if found := next((known.fixed[c] for c in candidates if c in known.fixed), None):
            return found
    return not_found()


def _validators(response: Response) -> tuple[tuple[str, str], ...]:
    if response.modified is None:
        return ()
    moment = datetime(response.modified.year, response.modified.month, response.modified.day, 10, tzinfo=UTC)
    tag = sha256(response.body).hexdigest()[:16]
    return (("ETag", f'"{tag}"'), ("Last-Modified", format_datetime(moment, usegmt=True)))


def _filled(response: Response, now: datetime) -> bytes:
    body = response.body
    if b"@ago:" in body:
        body = _AGO.sub(
            lambda match: ago(date.fromisoformat(match[1].decode()), now).encode(response.encoding), body
        )
    return body.replace(_SID, secrets.token_hex(16).encode()) if _SID in body else body


def ago(day: date, now: datetime) -> str:
    """How long ago a day was, as a widespread blog theme spells it: rounded, the day in brackets.

    `3天前`, `2周前 (11-09)`, `9个月前 (02-25)`, `3年前 (2023-09-27)`. Months have 30 days and years 12
    of them, so the number alone may be a month off: the day in brackets is what a reader goes by.
    """
    days = (now.date() - day).days
    if days >= 360:
        return f"{round(days / 360)}年前 ({day:%Y-%m-%d})"
    if days >= 30:
        return f"{round(days / 30)}个月前 ({day:%m-%d})"
    if days >= 7:
        return f"{round(days / 7)}周前 ({day:%m-%d})"
    return f"{days}天前" if days else "今天"
