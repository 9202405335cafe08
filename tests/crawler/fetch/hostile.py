"""A site on loopback that does everything a web server should not, one endpoint a behaviour.

`behaviours(server_url, canary_port)` maps a path to its answer; canaries are addresses that nobody may
touch. Between them stand good pages, all of which have to be archived.
"""

from __future__ import annotations

import gzip
import itertools
import random
import re
import zlib

import zstandard

from tests.crawler.misbehaving import Answer, Asked, Handler, article, list_page, sitemap

Given = Answer | bytes | str | Handler


MEGABYTE = 1024 * 1024
CHALLENGE = (
    "<html><head><title>安全验证</title><script>document.cookie='__jsl_clearance=1';"
    "location.reload()</script></head><body></body></html>"
)


def behaviours(url: str, canary: int) -> dict[str, Given]:
    """Path -> answer; every path is linked from the front page unless it begins with /canary."""
    return {
        **_forbidden_addresses(canary),
        **_redirects(url),
        **_protocol(),
        **_bodies(),
        **_markup(),
        **_names(),
        **_traps(),
        **_announced(url, canary),
        **_refusals(),
    }


def good_pages() -> dict[str, str]:
    """What has to be archived whatever stands around it."""
    return {f"/good/2026/{n}.html": article(n) for n in range(20)}


def front_page(paths: list[str], canary: int) -> str:
    """Links to all of it, and to canaries in every spelling."""
    evil = [f"http://{name}:{canary}/canary" for name in _LOOPBACKS]
    return list_page(
        [
            *paths,
            *evil,
            "//[bad",
            "http://[::1",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
        ],
        head='<link rel="alternate" type="application/rss+xml" href="/h/feed.xml">'
        '<link rel="alternate" type="application/rss+xml" href="/h/feed-entities.xml">',
    )


_LOOPBACKS = (
    "127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f000001", "127.1", "[::1]",
    "[::ffff:127.0.0.1]", "0.0.0.0", "a.localhost", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
)  # fmt: skip


def _moved(location: str, status: int = 302) -> Answer:
    return Answer(status=status, headers=(("Location", location),))


def _refresh(target: str) -> str:
    return f'<html><head><meta http-equiv="refresh" content="0; url={target}"></head><body></body></html>'


def _forbidden_addresses(canary: int) -> dict[str, Given]:
    targets = [f"http://{name}:{canary}/canary" for name in _LOOPBACKS]
    targets += ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://192.168.1.1/admin"]
    schemes = ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:70/_", "data:text/html,x", "//"]
    return {
        **{f"/h/redirect-private-{n}.html": _moved(target) for n, target in enumerate(targets)},
        **{f"/h/redirect-scheme-{n}.html": _moved(target) for n, target in enumerate(schemes)},
        **{f"/h/refresh-private-{n}.html": _refresh(target) for n, target in enumerate(targets[:4])},
        "/h/base-private.html": f'<base href="http://127.0.0.1:{canary}/canary/">' + article(201, "x.html"),
        "/h/canonical-private.html": article(
            202, extra=f'<link rel="canonical" href="http://127.0.0.1:{canary}/canary">'
        ),
    }


def _redirects(url: str) -> dict[str, Given]:
    numbers = itertools.count()

    def further(_: Asked) -> Answer:
        return _moved(f"/h/further.html?step={next(numbers)}")

    return {
        "/h/further.html": further,
        "/h/self.html": _moved("/h/self.html", 301),
        "/h/ping.html": _moved("/h/pong.html"),
        "/h/pong.html": _moved("/h/ping.html"),
        "/h/nowhere.html": Answer(status=302),
        "/h/split.html": _moved(f"{url}/h/x.html%0d%0aSet-Cookie:%20evil=1%0d%0aHost:%20other"),
        "/h/refresh-self.html": _refresh("/h/refresh-self.html"),
        "/h/use-proxy.html": _moved(url, 305),
    }


def _protocol() -> dict[str, Given]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    return {
        "/h/reset.html": Answer(reset=True),
        "/h/silence.html": Answer(raw=b""),
        "/h/garbage.html": Answer(raw=b"\x16\x03\x01\x02\x00 not http at all\r\n\r\n"),
        "/h/http09.html": Answer(raw=b"<html>no headers</html>"),
        "/h/bad-chunk.html": Answer(raw=head + b"Transfer-Encoding: chunked\r\n\r\nZZZ\r\nxx\r\n"),
        "/h/negative.html": Answer(raw=head + b"Content-Length: -5\r\n\r\nhello"),
        "/h/two-lengths.html": Answer(raw=head + b"Content-Length: 3\r\nContent-Length: 900\r\n\r\nhello"),
        "/h/short.html": Answer(b"cut off", length=100_000),
        "/h/huge-header.html": Answer(raw=head + b"X-Big: " + b"a" * 400_000 + b"\r\n\r\nx"),
        "/h/many-headers.html": Answer(raw=head + b"X-A: b\r\n" * 20_000 + b"\r\nx"),
        "/h/no-colon.html": Answer(raw=b"HTTP/1.1 200 OK\r\nbroken header line\r\n\r\nx"),
        "/h/early.html": Answer(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 2000),
        "/h/odd-status.html": Answer(raw=b"HTTP/1.1 999 Odd\r\nContent-Length: 1\r\n\r\nx"),
        "/h/cookies.html": Answer(
            article(203).encode(),
            headers=tuple(("Set-Cookie", f"c{n}={'x' * 50}; Path=/") for n in range(150)),
        ),
        "/h/drip.html": Answer(b"<html>" + b"x" * 100_000, drip_s=0.2),
        "/h/drip-endless.html": Answer(endless=b"x", drip_s=0.2),
        "/h/slow.html": Answer(b"late", wait_s=8.0),
    }


def _bodies() -> dict[str, Given]:
    spaces = b" " * (60 * MEGABYTE)
    twice = gzip.compress(gzip.compress(spaces))
    return {
        "/h/endless.html": Answer(endless=b"<p>again and again</p>" * 3000),
        "/h/20mb.html": Answer(b"<html><body>" + b"<p>long</p>" * (20 * MEGABYTE // 11)),
        "/h/gzip-bomb.html": Answer(gzip.compress(spaces), headers=(("Content-Encoding", "gzip"),)),
        "/h/gzip-twice.html": Answer(twice, headers=(("Content-Encoding", "gzip, gzip"),)),
        "/h/deflate-bomb.html": Answer(zlib.compress(spaces), headers=(("Content-Encoding", "deflate"),)),
        "/h/zstd-bomb.html": Answer(
            zstandard.ZstdCompressor().compress(spaces), headers=(("Content-Encoding", "zstd"),)
        ),
        "/h/not-gzip.html": Answer(b"plain", headers=(("Content-Encoding", "gzip"),)),
        "/h/png.html": Answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50),
        "/h/jpeg.html": Answer(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 50),
        "/h/pdf.html": Answer(b"%PDF-1.7\n" + bytes(range(256)) * 50),
        "/h/zip.html": Answer(b"PK\x03\x04" + bytes(range(256)) * 50),
        "/h/elf.html": Answer(b"\x7fELF" + bytes(range(256)) * 50),
        "/h/noise.html": Answer(bytes((n * 7919 + n // 3) % 256 for n in range(50_000))),
        "/h/video.html": Answer(b"x" * 1000, content_type="video/mp4"),
        "/h/empty.html": Answer(b""),
    }


def _markup() -> dict[str, Given]:
    many = " ".join(f"a{n}=1" for n in range(300_000))
    return {
        "/h/nested.html": "<div>" * 200_000 + article(204),
        "/h/nested-tables.html": "<table><tr><td>" * 30_000,
        "/h/nested-fonts.html": "<font><b><i>" * 20_000 + "x",
        "/h/attributes.html": f"<html><body><p {many}>x</p></body></html>",
        "/h/million-attributes.html": "<html><body><p " + "b " * 1_000_000 + ">x</p></body></html>",
        "/h/one-attribute.html": f'<html><body><p title="{"x" * 3_000_000}">x</p></body></html>',
        "/h/unclosed-comment.html": "<html><!--" + "x" * 1_000_000,
        "/h/unclosed-script.html": "<html><script>" + "x" * 1_000_000,
        "/h/unclosed-quote.html": "<html><a href='" + "x" * 500_000,
        "/h/open-brackets.html": "<" * 500_000,
        "/h/entities.html": "<html><body><p>" + "&#x41;&amp;&nosuch;&#xFFFFFFFF;" * 50_000,
        "/h/spaces.html": "<html><body><p>" + " \t\n" * 700_000 + "</p></body></html>",
        "/h/one-line.html": "<html><body><p>" + "园" * 700_000 + "</p></body></html>",
        "/h/colons.html": "<html><body><p>" + "来源：作者：" * 100_000 + "</p></body></html>",
        "/h/digits.html": "<html><body><h1>数</h1><p>" + "2026-11-23 " * 100_000 + "</p></body></html>",
        "/h/data-image.html": article(205).replace(
            "<p>", f'<img src="data:image/png;base64,{"A" * 2_000_000}"><p>', 1
        ),
        "/h/nul.html": article(206).replace("正式", "\x00正\x00式"),
        "/h/unknown-charset.html": Answer(article(207).encode(), content_type="text/html; charset=klingon"),
        "/h/wrong-charset.html": Answer(
            article(208).encode("gb18030"), content_type="text/html; charset=utf-8"
        ),
        "/h/utf7.html": Answer(b"+ADw-script+AD4-", content_type="text/html; charset=utf-7"),
        "/h/surrogates.html": Answer(b"<html><body><p>" + b"\xed\xa0\x80\xed\xbf\xbf" * 5000),
        "/h/long-title.html": f"<html><head><title>{'长' * 500_000}</title></head><p>x</p></html>",
        "/h/10000-links.html": list_page([f"/canary/links/{n}.html" for n in range(12_000)]),
    }  # fmt: skip


def _names() -> dict[str, Given]:
    titles = {
        "script": "<script>alert(1)</script>",
        "sql": "'); DROP TABLE articles;--",
        "terminal": "\x1b[2J\x1b]0;owned\x07\u202e",
        "formula": "=HYPERLINK(\"http://evil.example\",\"x\")",
    }  # fmt: skip
    return {
        f"/h/title-{name}.html": article(300 + place).replace(
            "示例园区第", f"{title.replace('<', '&lt;')}示例园区第"
        )
        for place, (name, title) in enumerate(titles.items())
    } | {
        "/h/escaping.html": list_page(
            [
                "/../../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/h/..%2f..%2fetc%2fpasswd",
                "/h/a\\..\\..\\b",
            ]
        ),
        "/h/long-address.html": list_page(["/h/" + "x" * 5000, "/h/?" + "a=1&" * 2000]),
    }


def _traps() -> dict[str, Given]:
    def calendar(asked: Asked) -> str:
        month = int((re.search(r"month=(\d+)", asked.path) or [0, "1"])[1])
        return list_page([], (f"/h/calendar.html?month={month + 1}", "下一页"))

    def session(asked: Asked) -> str:
        mark = f"{abs(hash(asked.path + str(asked.at))):032x}"
        return list_page([f"/h/session.html?PHPSESSID={mark}", f"/h/session.html;jsessionid={mark}?x=1"])

    def deeper(asked: Asked) -> str:
        return list_page(["a/", "b/"])

    def facets(asked: Asked) -> str:
        joint = "&" if "?" in asked.path else "?"
        return list_page([f"{asked.path}{joint}{name}{len(asked.path)}=1" for name in "abc"])

    def next_page(asked: Asked) -> str:
        page = int((re.search(r"page=(\d+)", asked.path) or [0, "1"])[1])
        return list_page([], (f"/h/pages.html?page={page + 1}", "下一页"))

    draw = random.Random(20261123)

    def parameter(_: Asked) -> str:
        links = (f"/h/parameter.html?zzz={draw.getrandbits(40)}" for _ in range(20))
        return article(209, *links)

    def folders(_: Asked) -> str:
        return article(210, *(f"{name}/" for name in ("about", "news", "park", "policy", "talent", "life")))

    def further(asked: Asked) -> Answer:
        return _moved(f"{asked.path.partition('?')[0]}?from={draw.getrandbits(40)}")

    return {
        "/h/parameter.html": parameter,
        "/h/folders/": folders,
        **{"/h/folders/" + "/".join(names) + "/": folders for names in _folders()},
        "/h/always-further.html": further,
        "/h/calendar.html": calendar,
        "/h/session.html": session,
        "/h/deeper/": deeper,
        "/h/facets.html": facets,
        "/h/pages.html": next_page,
    }


def _folders() -> list[tuple[str, ...]]:
    """Paths that a page's relative links lead to, three deep; each is that page again."""
    names = ("about", "news", "park", "policy", "talent", "life")
    return [way for deep in (1, 2, 3) for way in itertools.product(names, repeat=deep)]


def _announced(url: str, canary: int) -> dict[str, Given]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "laugh"}">' for n in range(10))
    outside = f'<!ENTITY x SYSTEM "http://127.0.0.1:{canary}/canary"><!ENTITY f SYSTEM "file:///etc/passwd">'
    return {
        "/h/maps.xml": sitemap(
            f"{url}/h/maps.xml", f"{url}/h/maps2.xml", f"{url}/h/laughs.xml", f"{url}/h/outside.xml",
            f"{url}/h/many.xml", f"http://127.0.0.1:{canary}/canary.xml", index=True,
        ),
        "/h/maps2.xml": sitemap(f"{url}/h/maps.xml", f"{url}/h/maps2.xml?again=1", index=True),
        "/h/laughs.xml": f"<!DOCTYPE u [{laughs}]><urlset><url><loc>{url}/&l9;</loc></url></urlset>",
        "/h/outside.xml": f"<!DOCTYPE u [{outside}]><urlset><url><loc>{url}/&x;&f;</loc></url></urlset>",
        "/h/many.xml": sitemap(*(f"http://0x7f.1:{canary}/canary/{n}" for n in range(30_000)), packed=True),
        "/h/feed.xml": f'<rss version="2.0"><channel><item><link>http://127.0.0.1:{canary}/canary</link></item>'
        "<item><link>javascript:alert(1)</link></item></channel></rss>",
        "/h/feed-entities.xml": f"<!DOCTYPE r [{laughs}{outside}]><rss version='2.0'><channel><item>"
        f"<title>&l9;&x;</title><link>{url}/good/2026/1.html</link></item></channel></rss>",
    }  # fmt: skip


def _refusals() -> dict[str, Given]:
    return {
        "/h/412.html": Answer(CHALLENGE.encode(), status=412),
        "/h/521.html": Answer(CHALLENGE.encode(), status=521),
        "/h/script-wall.html": CHALLENGE,
        "/h/401.html": Answer(b"no", status=401, headers=(("WWW-Authenticate", "Basic"),)),
        "/h/403.html": Answer(b"no", status=403),
        "/h/451.html": Answer(b"no", status=451),
        "/h/500.html": Answer(b"no", status=500),
        "/h/304.html": Answer(status=304),
        "/h/204.html": Answer(status=204),
        "/h/206.html": Answer(b"<html>part", status=206, headers=(("Content-Range", "bytes 0-9/100"),)),
    }
