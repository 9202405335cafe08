"""Pages that a script draws, good ones and such as try everything; and the processes of who draws them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from pathlib import Path

import pytest

from crawler.drawing.chromium import browser_path
from tests.crawler.misbehaving import Answer, Asked, Site, article

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


def browser_processes(crawl: int) -> list[tuple[int, str]]:
    """All processes below a crawl, with their command lines."""
    found = []
    with contextlib.suppress(OSError):  # it may end while it is looked at
        for tasks in Path(f"/proc/{crawl}/task").iterdir():
            for child in map(int, (tasks / "children").read_text().split()):
                words = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ")
                found += [(child, words.decode()), *browser_processes(child)]
    return found
