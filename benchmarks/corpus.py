"""Real pages through the product: python benchmarks/corpus.py DIRECTORY [--stages] [--peers] [--worst N]

DIRECTORY holds pages/ID.html (original bytes), truth.jsonl (id, text, title, date, source, …) and
evaluate.py, whose measure is used. Without --stages each page is served on loopback as a site of its own
(pN.localhost:PORT, so that nothing learned for one source touches another) and fetched by `parknews
crawl`; what is scored is read from the archive. With --stages the stages run on the files directly,
which also measures their CPU time by stage. --peers scores trafilatura and readability-lxml in the same
run, and newspaper4k where it is installed (`pip install newspaper4k`: it is no dependency of ours).

The pages are scored in two halves as well (even and odd positions in truth.jsonl): make a rule on the
even half, and the gap between the two shows what is owed to having seen the pages.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import trafilatura
from lxml import html as lxml_html
from readability import Document

from pipelines.clean import clean
from pipelines.decode import decode
from pipelines.extract import extract
from pipelines.publishers import normalise_publisher
from pipelines.records import Page, Rejection, Source, Story

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT = 300
LEFT_BEHIND = {
    "contact": r"热线|联系电话|微信号|微信同号|扫一扫|扫描二维码|邮箱[:：]|QQ[:：]",
    "copyright": r"版权所有|免责声明|侵删|未经.{0,8}授权|转载请|不代表本|版权声明|icp备|copyright",
    "related": r"^(?:相关|推荐|延伸)(?:阅读|新闻|文章)|猜你喜欢|热门推荐",
    "share": r"分享到|分享至|点赞|关注.{0,8}公众号",
    "editor": r"责任编辑|责编|^编辑[:：]",
    "navigation": r"上一篇|下一篇|当前位置|返回顶部|打印本页|关闭窗口|字号",
    "original-title": r"原标题[:：]",
}
"""What must not be left in a text, by kind: written apart from the product's rules, on purpose plainer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one system says of one page."""

    text: str = ""
    title: str = ""
    day: str = ""
    credited_source: str = ""
    rejection: str = ""


@dataclass(slots=True)
class Clock:
    """CPU seconds spent by stage."""

    spent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def time(self, stage: str, work: Callable[[], Any]) -> Any:
        started = time.process_time()
        result = work()
        self.spent[stage] += time.process_time() - started
        return result


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--stages", action="store_true", help="run the stages on the files, without crawling")
    parser.add_argument(
        "--peers", action="store_true", help="also trafilatura, readability-lxml and newspaper4k"
    )
    parser.add_argument("--worst", type=int, default=5, help="how many of the worst pages to list")
    arguments = parser.parse_args()
    measure = _import(arguments.directory / "evaluate.py")
    truth = measure.read_jsonl(arguments.directory / "truth.jsonl")
    bodies = {row["id"]: (arguments.directory / "pages" / f"{row['id']}.html").read_bytes() for row in truth}
    clock = Clock()
    answers = _by_stages(truth, bodies, clock) if arguments.stages else _by_crawl(truth, bodies)
    good = _report(measure, truth, answers, arguments.worst)
    if arguments.peers:
        _report_peers(measure, truth, bodies, clock)
    _report_cost(clock, len(truth))
    return 0 if good else 1


# --- the two ways through the product --------------------------------------------------------------


def _by_stages(truth: list[dict[str, Any]], bodies: dict[str, bytes], clock: Clock) -> dict[str, Answer]:
    _read(_page(truth[0], bodies), Clock())  # imports and caches are not a page's cost
    return {row["id"]: _answer(_read(_page(row, bodies), clock)) for row in truth}


def _page(row: dict[str, Any], bodies: dict[str, bytes]) -> Page:
    url = row.get("url") or f"https://{row['id']}.example{_path(row)}"
    host = urlsplit(url).netloc
    return Page(
        0, host, url, url, 200, (("content-type", "text/html"),), bodies[row["id"]], datetime.now(UTC)
    )


def _read(page: Page, clock: Clock) -> Story | Rejection:
    source = Source(page.source)
    decoded = clock.time("decode", lambda: decode(page))
    if isinstance(decoded, Rejection):
        return decoded
    extracted = clock.time("extract", lambda: extract(decoded, page, source))
    if isinstance(extracted, Rejection):
        return extracted
    story: Story | Rejection = clock.time("clean", lambda: clean(extracted, page, source))
    return story


def _answer(result: Story | Rejection) -> Answer:
    if isinstance(result, Rejection):
        return Answer(rejection=f"{result.stage}: {result.reason}")
    day = result.published.day.isoformat() if result.published else ""
    credited = result.credited_source.value if result.credited_source else ""
    return Answer(result.text, result.title.value, day, credited)


def _by_crawl(truth: list[dict[str, Any]], bodies: dict[str, bytes]) -> dict[str, Answer]:
    """Every page as a site of its own on loopback, through `parknews crawl` into an archive."""
    sites = {f"p{index}": row for index, row in enumerate(truth)}
    with _served(sites, bodies) as port, tempfile.TemporaryDirectory() as folder:
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
        own = f"http://{host}{_path(row)}"
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


class _served:  # noqa: N801 - a context manager, used like a function
    """The pages on loopback: `http://pN.localhost:PORT/` lists one page, at the path it had on its own site."""

    def __init__(self, sites: dict[str, dict[str, Any]], bodies: dict[str, bytes]) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                row = sites.get(self.headers.get("host", "").split(".")[0])
                if row and self.path == _path(row):
                    return self._send(200, bodies[row["id"]])
                if row and self.path == "/list-of-news/":
                    link = (
                        f'<li><a href="{_path(row)}">{row.get("title") or "An article of this site"}</a></li>'
                    )
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


def _path(row: dict[str, Any]) -> str:
    """The path that the page had on its own site, without a query; a made-up one where it is not known.

    (One page was saved from an address with 13 tracking parameters, which a crawler takes for a trap.)
    """
    path = urlsplit(row.get("url") or "").path
    return quote(path, safe="/%:@!$&'()*+,;=~") or f"/news/{row['id']}.html"


# --- scores ------------------------------------------------------------------------------------------


def _report(measure: Any, truth: list[dict[str, Any]], answers: dict[str, Answer], worst: int) -> bool:
    """Prints all scores; whether every page became an article, or was rejected and is marked as no news."""
    lost = [row for row in truth if answers[row["id"]].rejection]
    wrongly = [row for row in lost if row.get("news") is not False]
    scored = [row for row in truth if row not in lost or row in wrongly]
    print("== parknews")
    for name, rows in _parts(truth, scored).items():
        print(f"{name:12} {_scores(measure, rows, answers)}")
    for row in lost:
        mark = "LOST" if row in wrongly else "rejected"
        print(f"{mark:12} {row['id']}: {answers[row['id']].rejection}")
    _report_fields(measure, scored, answers)
    _report_left(measure, scored, answers)
    by_f1 = sorted(scored, key=lambda row: _prf(measure, row, answers[row["id"]].text)[2])
    for row in by_f1[:worst]:
        p, r, f = _prf(measure, row, answers[row["id"]].text)
        print(f"{'worst':12} F1 {f:.3f} P {p:.3f} R {r:.3f} {row['id']}")
    return not wrongly


def _parts(truth: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {
        "all": rows,
        "even half": [row for row in truth[::2] if row in rows],
        "odd half": [row for row in truth[1::2] if row in rows],
        f"under {SHORT}": [row for row in rows if len(row["text"]) < SHORT],
    }


def _scores(measure: Any, rows: list[dict[str, Any]], answers: dict[str, Answer]) -> str:
    each = [_prf(measure, row, answers[row["id"]].text) for row in rows]
    p, r, f = (sum(values) / max(len(each), 1) for values in zip(*each, strict=True)) if each else (0, 0, 0)
    return f"P {p:.4f}  R {r:.4f}  F1 {f:.4f}  ({len(rows)} pages)"


def _prf(measure: Any, row: dict[str, Any], text: str) -> tuple[float, float, float]:
    result: tuple[float, float, float] = measure.prf(*measure.body_counts(row["text"], text, row.get("lang")))
    return result


def _report_fields(measure: Any, rows: list[dict[str, Any]], answers: dict[str, Answer]) -> None:
    checks: dict[str, Callable[[dict[str, Any], Answer], bool]] = {
        "title": lambda row, answer: measure.squeeze(row["title"]) == measure.squeeze(answer.title),
        "date": lambda row, answer: measure.iso_date(row["date"]) == measure.iso_date(answer.day),
        "source": lambda row, answer: normalise_publisher(row["source"]) == answer.credited_source,
    }
    for name, right in checks.items():
        told = [row for row in rows if row.get(name)]
        wrong = [row for row in told if not right(row, answers[row["id"]])]
        print(f"{name:12} {len(told) - len(wrong)} of {len(told)} right")
        for row in wrong:
            answer = answers[row["id"]]
            said = {"title": answer.title, "date": answer.day, "source": answer.credited_source}[name]
            print(f"{'':12} {row['id']}: {row[name]!r}, we say {said!r}")


def _report_left(measure: Any, rows: list[dict[str, Any]], answers: dict[str, Answer]) -> None:
    left: dict[str, list[str]] = {}
    for row in rows:
        known = measure.squeeze(row["text"])
        for line in answers[row["id"]].text.splitlines():
            for kind, pattern in LEFT_BEHIND.items():
                if re.search(pattern, line, re.IGNORECASE) and measure.squeeze(line) not in known:
                    left.setdefault(kind, []).append(f"{row['id']}: {line[:80]}")
    print(f"left behind  {sum(map(len, left.values()))} lines of stripped kinds")
    for kind in LEFT_BEHIND:
        lines = left.get(kind, [])
        print(f"{'':12} {kind} {len(lines)}" + "".join(f"; {line}" for line in lines))


# --- others ------------------------------------------------------------------------------------------


def _report_peers(measure: Any, truth: list[dict[str, Any]], bodies: dict[str, bytes], clock: Clock) -> None:
    readings: dict[str, Callable[[str], Answer]] = {"trafilatura": _trafilatura, "readability": _readability}
    if importlib.util.find_spec("newspaper"):
        readings["newspaper4k"] = _newspaper
    else:
        print("== newspaper4k is not installed: not compared")
    texts = {row["id"]: _decoded(_page(row, bodies)) for row in truth}
    for name, read in readings.items():
        read(texts[truth[0]["id"]])
        answers = {row["id"]: clock.time(name, partial(read, texts[row["id"]])) for row in truth}
        print(f"== {name}, given our decoding")
        for part, rows in _parts(truth, truth).items():
            print(f"{part:12} {_scores(measure, rows, answers)}")
        for name_of, value in (("title", "title"), ("date", "day")):
            told = [row for row in truth if row.get(name_of)]
            same = measure.squeeze if name_of == "title" else measure.iso_date
            right = sum(same(row[name_of]) == same(getattr(answers[row["id"]], value)) for row in told)
            print(f"{name_of:12} {right} of {len(told)} right")


def _decoded(page: Page) -> str:
    decoded = decode(page)
    return "" if isinstance(decoded, Rejection) else decoded.html


def _trafilatura(text: str) -> Answer:
    found = trafilatura.bare_extraction(text, with_metadata=True)
    if found is None:
        return Answer()
    return Answer(found.text or "", found.title or "", found.date or "")  # type: ignore[union-attr]


def _readability(text: str) -> Answer:
    document = Document(text)
    try:
        body = lxml_html.fromstring(document.summary(html_partial=True))
    except (ValueError, TypeError):
        return Answer()
    return Answer("\n".join(map(str, body.itertext())), document.short_title())


def _newspaper(text: str) -> Answer:
    import newspaper  # noqa: PLC0415  # optional

    article = newspaper.Article("https://page.example/1.html", language="zh", fetch_images=False)
    try:
        article.download(input_html=text)
        article.parse()
    except Exception as error:  # noqa: BLE001  # a peer that fails on a page has no text there
        print(f"{'':12} newspaper4k: {type(error).__name__}: {str(error)[:80]}")
        return Answer()
    day = article.publish_date.date().isoformat() if article.publish_date else ""
    return Answer(article.text or "", article.title or "", day)


def _report_cost(clock: Clock, pages: int) -> None:
    if not clock.spent:
        return
    ours = sum(clock.spent[stage] for stage in ("decode", "extract", "clean"))
    for stage, seconds in clock.spent.items():
        print(f"{'cost':12} {stage}: {seconds / pages * 1000:.1f} ms CPU a page")
    if clock.spent["trafilatura"] and ours:
        print(f"{'cost':12} decode + extract + clean = {ours / clock.spent['trafilatura']:.2f} x trafilatura")


def _import(path: Path) -> Any:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or specification.loader is None:
        sys.exit(f"{path}: not found; DIRECTORY must hold evaluate.py, truth.jsonl and pages/")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
