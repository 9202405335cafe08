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
import re
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks.corpus_crawl import by_crawl, page_path
from benchmarks.corpus_peers import Answer, by_newspaper, by_readability, by_trafilatura
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
    answers = _by_stages(truth, bodies, clock) if arguments.stages else by_crawl(truth, bodies)
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
    url = row.get("url") or f"https://{row['id']}.example{page_path(row)}"
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
    readings: dict[str, Callable[[str], Answer]] = {
        "trafilatura": by_trafilatura,
        "readability": by_readability,
    }
    if importlib.util.find_spec("newspaper"):
        readings["newspaper4k"] = by_newspaper
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
