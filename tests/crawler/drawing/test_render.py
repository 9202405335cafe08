"""Pages drawn by Debian's chromium, good ones and such as try everything, in one crawl."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from crawling import QUICK, finish, source, start
from misbehaving import Answer, Server, Site, article

from crawler.drawing.chromium import browser_path, has_sandbox, require_browser
from crawler.store import CrawlStore
from crawler.troubles import Watched
from crawler.watch.status import standings
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from misbehaving import Asked

PARKNEWS = Path(sys.executable).with_name("parknews")
needs_chromium = pytest.mark.skipif(not browser_path(""), reason="needs Debian's chromium")

SHELL = (
    '<html><head><meta charset="utf-8"><title>门户</title><link rel="stylesheet" href="/style.css">'
    '<script src="/app.js"></script></head><body><div id="app"></div><img src="/logo.png">'
    "<script>draw('%s')</script></body></html>"
)
APP = """
async function draw(what) {
  const answer = await fetch('/api/' + what, {method: what === 'post' ? 'POST' : 'GET'});
  const news = await answer.json();
  document.title = news.title;
  document.getElementById('app').innerHTML = news.html;
}
"""


def drawn_from(page: str) -> Answer:
    """What a shell's script asks for, out of a page as it would be written whole."""
    title, html = re.findall(r"<title>(.*?)</title>.*<body>(.*)</body>", page, re.DOTALL)[0]
    return Answer(json.dumps({"title": title, "html": html}).encode(), content_type="application/json")


def reaching_out(canary: int, udp: int) -> str:
    """Every way out of a page that we know of, to an address that must not be touched."""
    urls = (f"http://127.0.0.1:{canary}", f"http://localhost:{canary}", f"http://a.localhost:{canary}")
    tries = "".join(
        f"""
        <link rel=preconnect href={url}><link rel=dns-prefetch href={url}>
        <link rel=prefetch href={url}/prefetch>
        <link rel=preload as=fetch href={url}/preload><link rel=modulepreload href={url}/module>
        <link rel=stylesheet href={url}/style.css><script src={url}/script.js></script>
        <img src={url}/img><iframe src={url}/frame></iframe><object data={url}/object></object>
        <embed src={url}/embed><video src={url}/video></video><audio src={url}/audio></audio>
        <style>@font-face {{ font-family: x; src: url({url}/font) }}
          body {{ background: url({url}/background); font-family: x }}</style>
        <a id=a{n} ping={url}/ping href=#here>x</a>
        <iframe srcdoc="<img src={url}/inner><script>fetch('{url}/inner-fetch')</script>"></iframe>
        <script>
          const attempt{n} = [
            () => fetch('{url}/fetch'),
            () => fetch('{url}/no-cors', {{mode: 'no-cors', method: 'POST', body: 'x'}}),
            () => new WebSocket('ws://' + '{url}'.slice(7) + '/socket'),
            () => new EventSource('{url}/events'),
            () => navigator.sendBeacon('{url}/beacon', 'x'), () => window.open('{url}/popup'),
            () => new SharedWorker('{url}/shared'), () => navigator.serviceWorker.register('/sw.js'),
            () => new Worker(URL.createObjectURL(new Blob([
              "fetch('{url}/worker'); importScripts('{url}/import')"]))),
            () => import('{url}/dynamic'), () => document.getElementById('a{n}').click(),
            () => {{ const x = new XMLHttpRequest(); x.open('GET', '{url}/sync', false); x.send(); }},
            () => {{ const f = document.createElement('form'); f.method = 'POST'; f.action = '{url}/form';
                     f.target = '_blank'; document.body.append(f); f.submit(); }},
            () => new WebTransport('https://' + '{url}'.slice(7) + '/transport'),
            () => fetch('/redirects-out'), () => fetch('/canary'),
          ];
          for (const go of attempt{n}) try {{ Promise.resolve(go()).catch(() => 0) }} catch (e) {{}}
        </script>"""
        for n, url in enumerate(urls)
    )
    peers = f"""<iframe id=blank></iframe><script>
      for (const w of [window, document.getElementById('blank').contentWindow]) try {{
        const pc = new w.RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{udp}'}},
          {{urls: 'turn:127.0.0.1:{canary}?transport=tcp', username: 'a', credential: 'b'}}]}});
        pc.createDataChannel('x'); pc.createOffer().then(o => pc.setLocalDescription(o));
      }} catch (e) {{}}</script>"""
    return article(50).replace("</body>", tries + peers + "</body>")


def leaving(script: str) -> str:
    """A page without text whose script goes elsewhere."""
    return f"<html><head><title>跳转</title></head><body><script>{script}</script></body></html>"


@dataclass
class Crawled:
    site: Site
    canaries: Site
    packets: list[bytes]
    pages: dict[str, str]
    """Path -> the stored document."""
    how: dict[str, str]
    """Path -> by what it was drawn."""
    reasons: dict[str, str]
    left_over: list[str]
    """The crawl's own processes that were still there after it."""


def browser_processes(crawl: int) -> list[tuple[int, str]]:
    """All processes below a crawl, with their command lines."""
    found = []
    with contextlib.suppress(OSError):  # it may end while it is looked at
        for tasks in Path(f"/proc/{crawl}/task").iterdir():
            for child in map(int, (tasks / "children").read_text().split()):
                words = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ")
                found += [(child, words.decode()), *browser_processes(child)]
    return found


def hostile_pages(crawl: list[int], canary: int, udp: int) -> dict[str, object]:
    def kill(mark: str, unless: str = "(none)") -> object:
        def answer(_asked: Asked) -> bytes:
            for pid, command in browser_processes(crawl[0]):
                if mark in command and unless not in command:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            return b"{}"

        return answer

    return {
        "/news/2026/reach.html": reaching_out(canary, udp),
        "/redirects-out": Answer(
            status=302, headers=(("Location", f"http://127.0.0.1:{canary}/redirected"),)
        ),
        "/canary": "forbidden by robots.txt",
        "/sw.js": Answer(b"self.addEventListener('fetch', e => 0)", content_type="text/javascript"),
        "/news/2026/hang.html": article(51).replace("</body>", "<script>for (;;);</script></body>"),
        "/news/2026/crash.html": article(52).replace("</body>", "<script>fetch('/api/kill')</script></body>"),
        "/api/kill": kill("--type=renderer"),
        "/news/2026/dies.html": article(53).replace("</body>", "<script>fetch('/api/end')</script></body>"),
        "/api/end": kill("--remote-debugging-pipe", unless="--type="),
        "/news/2026/grows.html": leaving(
            "document.body.hidden = true; document.body.textContent = '园区'.repeat(5e6)"
        ),
        "/news/2026/away.html": leaving(f"location.href = 'http://127.0.0.1:{canary}/away'"),
        "/news/2026/meta.html": f'<html><head><meta http-equiv="refresh" content="0;url=http://127.0.0.1:{canary}/m">'
        "</head><body></body></html>",
        "/news/2026/form.html": leaving(
            f"const f = document.createElement('form'); f.action = 'http://127.0.0.1:{canary}/form';"
            "document.body.append(f); f.submit()"
        ),
        "/news/2026/scheme.html": leaving("location.href = 'file:///etc/passwd'"),
        "/news/2026/moved.html": leaving("location.replace('/news/2026/0.html')"),
        "/news/2026/reload.html": leaving("document.cookie = 'passed=1'; location.reload()"),
        "/news/2026/wall.html": Answer(b"<script>document.title = fetch('/api/wall')</script>", status=412),
        "/news/2026/asks.html": article(54).replace(
            "</body>", "<script>for (let n = 0; n < 500; n++) fetch('/api/n' + n)</script></body>"
        ),
        "/news/2026/talks.html": article(55).replace(
            "</body>", "<script>alert(1); prompt(2); onbeforeunload = () => 'stay'</script></body>"
        ),
        "/news/2026/offer.html": Answer(
            article(56).encode(), headers=(("Content-Disposition", "attachment; filename=x.exe"),)
        ),
        "/news/2026/told.html": article(57).replace(
            "</body>",
            "<script>document.cookie = 'a=1'; fetch('/api/told').then(() => document.body.append("
            "'我是' + navigator.userAgent))</script></body>",
        ),
        "/api/told": b"{}",
    }


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("drawn")
    site, canaries, crawl = Site(), Site(), [0]
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))
    listener.settimeout(0.2)
    with Server(canaries) as canary, Server(site) as server, listener:
        hostile = hostile_pages(crawl, canary.port, listener.getsockname()[1])
        good = [f"/news/2026/{n}.html" for n in range(3)] + ["/news/2026/post.html"]
        paths = [*good[:2], *(path for path in hostile if path.startswith("/news/")), *good[2:]]
        links = "".join(f'<li><a href="{path}">示例园区新闻标题之{path[11:-5]}</a></li>' for path in paths)
        site.robots = "User-agent: *\nDisallow: /canary\n"
        site.pages = {
            **hostile,  # type: ignore[dict-item]
            "/": SHELL % "list",
            "/app.js": Answer(APP.encode(), content_type="text/javascript"),
            "/api/list": drawn_from(f"<title>新闻中心</title><body><ul>{links}</ul></body>"),
            **{path: SHELL % path[11:-5] for path in good},
            **{f"/api/{n}": drawn_from(article(n)) for n in range(3)},
            "/api/post": b"{}",
        }
        seen = source(server.host, "/", render=True, delay_s=0.02)
        child = start(
            folder / "pages.db", seen, options=replace(QUICK, contact="me@example.org", timeout_s=8.0)
        )
        crawl[0] = child.pid
        family, ended = set[str](), threading.Event()
        watching = threading.Thread(target=_watch, args=(child.pid, family, ended))
        watching.start()
        finish(child, timeout_s=280)
        ended.set()
        watching.join()
        left_over = [line for line in _processes("pid,stat,args") if _runs(line, family)]
        packets = _packets(listener)
    with CrawlStore(folder / "pages.db") as store:
        stored = {page.url.partition(server.host)[2]: page for page in store.take(100, 0)}
        how = {path: store.rendered_by(page.url) for path, page in stored.items()}
        rejections = [rejection for _, rejection in store.take_rejections(100)]
    return Crawled(
        site,
        canaries,
        packets,
        {path: page.body.decode() for path, page in stored.items()},
        how,
        {rejection.url.partition("/2026/")[2]: rejection.reason for rejection in rejections},
        left_over,
    )


def _watch(crawl: int, family: set[str], ended: threading.Event) -> None:
    while not ended.wait(0.5):
        family.update(str(pid) for pid, _ in browser_processes(crawl))


def _runs(line: str, family: set[str]) -> bool:
    """Whether a process of the crawl does; one that has ended may wait for the system to take note."""
    pid, state, _ = line.split(None, 2)
    return pid in family and not state.startswith("Z")


def _packets(listener: socket.socket) -> list[bytes]:
    try:
        return [listener.recvfrom(2048)[0]]
    except TimeoutError:
        return []


def _processes(columns: str) -> list[str]:
    command = ["ps", "-ww", "-eo", columns]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@needs_chromium
def test_news_that_a_script_draws_is_stored_as_drawn(crawled: Crawled) -> None:
    paths = [f"/news/2026/{n}.html" for n in range(3)]
    texts = [re.findall(r"<h1>(.*?)</h1>", crawled.pages.get(path, "")) for path in paths]
    assert texts == [[f"示例园区第{n}号项目开工"] for n in range(3)]


@needs_chromium
def test_no_address_is_touched_that_must_not_be(crawled: Crawled) -> None:
    assert (crawled.canaries.log, crawled.packets, crawled.site.asked("/canary")) == ([], [], 0)


@needs_chromium
def test_the_page_that_tried_is_stored_all_the_same(crawled: Crawled) -> None:
    assert "示例园区第50号项目开工" in crawled.pages["/news/2026/reach.html"]


@needs_chromium
def test_what_cannot_be_drawn_is_a_rejection_with_its_reason(crawled: Crawled) -> None:
    names = ("hang", "crash", "dies", "grows", "away", "form", "reload", "wall")
    assert {name: crawled.reasons.get(f"{name}.html", "")[:40] for name in names} == {
        "hang": "not drawn: its script never came to an e",
        "crash": "not drawn: the browser crashed on it",
        "dies": "not drawn: the browser crashed on it",
        "grows": "not drawn: larger than 8 MB",
        "away": "redirect leaves the source: 127.0.0.1:" + crawled.reasons["away.html"][38:40],
        "form": "redirect leaves the source: 127.0.0.1:" + crawled.reasons["form.html"][38:40],
        "reload": "bot challenge: it loads itself again ins",
        "wall": "bot challenge: HTTP 412",
    }


@needs_chromium
def test_nothing_is_run_of_a_challenge(crawled: Crawled) -> None:
    assert crawled.site.asked("/api/wall") == 0


@needs_chromium
def test_a_page_may_ask_for_so_much_and_no_more(crawled: Crawled) -> None:
    asked = sum(count for path, count in crawled.site.counts().items() if path.startswith("/api/n"))
    assert 50 <= asked <= 60


@needs_chromium
def test_pages_share_a_script_and_pictures_and_styles_are_not_asked_for(crawled: Crawled) -> None:
    asked = [crawled.site.asked(path) for path in ("/app.js", "/logo.png", "/style.css", "/sw.js")]
    assert asked == [1, 0, 0, 0]


@needs_chromium
def test_the_browser_says_who_it_is_and_sends_no_cookies(crawled: Crawled) -> None:
    agents = {asked.headers["user-agent"] for asked in crawled.site.log}
    cookies = [asked.path for asked in crawled.site.log if "cookie" in asked.headers]
    assert (agents, cookies) == ({"parknews/0.1 (+me@example.org)"}, [])
    assert "我是parknews/0.1 (+me@example.org)" in crawled.pages["/news/2026/told.html"]


@needs_chromium
def test_data_may_be_posted_for_to_the_site_itself(crawled: Crawled) -> None:
    assert crawled.site.told == [""]


@needs_chromium
def test_a_stored_page_says_by_what_it_was_drawn(crawled: Crawled) -> None:
    assert re.fullmatch(r"drawn by Chromium [\d.]+, 2 requests", crawled.how["/news/2026/1.html"])


@needs_chromium
def test_no_process_outlives_the_crawl(crawled: Crawled) -> None:
    assert crawled.left_over == []


@needs_chromium
def test_requests_keep_the_delay_whoever_makes_them(tmp_path: Path) -> None:
    site = Site(
        pages={
            "/": SHELL % "list",
            "/app.js": Answer(APP.encode(), content_type="text/javascript"),
            "/api/list": drawn_from("<title>新闻</title><body>暂无</body>"),
        }
    )
    with Server(site) as server:
        finish(start(tmp_path / "pages.db", source(server.host, "/", render=True, delay_s=0.5)), 120)
    times = [asked.at for asked in site.log]
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert (len(times), min(gaps) > 0.45) == (5, True), gaps


def park() -> Site:
    """A site without robots.txt whose front page and articles are drawn by its one script."""
    links = "".join(f'<li><a href="/news/2026/{n}.html">示例园区新闻标题之{n}</a></li>' for n in range(5))
    return Site(
        pages={
            "/": SHELL % "list",
            "/app.js": Answer(APP.encode(), content_type="text/javascript"),
            "/api/list": drawn_from(f"<title>新闻中心</title><body><ul>{links}</ul></body>"),
            **{f"/news/2026/{n}.html": SHELL % n for n in range(5)},
            **{f"/api/{n}": drawn_from(article(n)) for n in range(5)},
        }
    )


@pytest.mark.slow
@needs_chromium
def test_pages_drawn_while_others_wait_at_their_host_do_not_wait_for_each_other(tmp_path: Path) -> None:
    options = replace(QUICK, runtime=str(tmp_path / "runtime"), per_host=1, timeout_s=8.0)
    site = park()
    with Server(site) as server:
        report = finish(
            start(tmp_path / "pages.db", source(server.host, "/", render=True), options=options), 50
        )
    assert (report.sources[0].articles, report.sources[0].failed, site.most_at_once) == (5, 0, 1)


@pytest.mark.slow
def test_a_survey_says_which_sites_need_a_browser(tmp_path: Path) -> None:
    with Server(park()) as server:
        done = subprocess.run(
            [str(PARKNEWS), "--sources", "sources.toml", "sources", "add", "--allow-private", server.url],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert "empty until their scripts have run: try it with --render" in done.stdout


_WITHOUT = """
import json, sys
from crawler.fetch import fetch
from crawler.records import CrawlSource, FetchOptions
from crawler.store import CrawlStore
host = sys.argv[2]
source = CrawlSource(host, "示例", (f"http://{host}/",), allow_private=True, delay_s=0.0)
with CrawlStore(sys.argv[1]) as store:
    fetch([source], store, FetchOptions(backlog_max=0))
print([name for name in sys.modules if "playwright" in name])
"""


def test_a_run_that_needs_no_browser_loads_none(tmp_path: Path) -> None:
    with Server(Site(pages={"/": article(1)})) as server:
        command = [sys.executable, "-c", _WITHOUT, str(tmp_path / "pages.db"), server.host]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scrapy_playwright", None)
    with pytest.raises(ConfigurationError, match=r"x.cn: render = true, .*pip install 'parknews\[browser\]'"):
        require_browser([source("x.cn", render=True)], "", "")


def test_only_sources_that_ask_for_it_need_a_browser() -> None:
    require_browser([source("x.cn")], "/no/such/browser", "")


def test_a_sandbox_is_left_out_for_root_or_by_choice() -> None:
    assert [has_sandbox("off"), has_sandbox("")] == [False, os.geteuid() != 0]


def test_without_a_browser_nothing_is_fetched(tmp_path: Path) -> None:
    site = Site(pages={"/": article(1)})
    with Server(site) as server:
        (tmp_path / "sources.toml").write_text(
            f'[[source]]\nhost = "{server.host}"\nname = "示例"\nstart_urls = ["{server.url}/"]\n'
            "allow_private = true\nrender = true\n"
        )
        done = subprocess.run(
            [str(PARKNEWS), "--db", "archive.db", "--sources", "sources.toml", "crawl"],
            cwd=tmp_path,
            env={**os.environ, "PARKNEWS_BROWSER": "/no/such/browser"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, site.log) == (2, [])
    assert "render = true, and PARKNEWS_BROWSER='/no/such/browser' cannot be run" in done.stderr


def test_status_names_the_source_that_has_no_browser() -> None:
    lacks = {"x.cn": Watched(browser="no browser was found")}
    [standing] = standings([source("x.cn", render=True)], [], {}, lacks)
    assert (standing.state, standing.reason) == (
        "wrong",
        "its pages need a browser (render = true): no browser was found",
    )
