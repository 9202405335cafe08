"""Real pages through the product, one table over all sets: python -m benchmarks.corpus FOLDER… [options]

What a FOLDER holds, `benchmarks.corpus_sets` says. Each page is served on loopback as a site of its own
(pN.localhost:PORT, so that nothing learned for one source touches another) and fetched by `parknews crawl`;
what is scored is read from the archive. With --stages the stages run on the files directly, in two
processes, which also measures their CPU time.

trafilatura reads every page too, as it comes and with favor_precision: each page on which its F1 is more than
.05 above ours is named. Its answers are kept in the temporary folder for the next run. --peers adds the
other extractors that are installed, asks all of them afresh and so measures what they cost in the same run.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks import options
from benchmarks.corpus_peers import peers
from benchmarks.corpus_sets import Answer, Judge, Sample, read_sets, said
from benchmarks.sites import crawl, served, write_sources
from pipelines.clean import clean
from pipelines.decode import decode
from pipelines.extract import extract
from pipelines.places import find_mentions
from pipelines.records import Page, Rejection, Source
from pipelines.sign import sign

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = "parknews"
BASELINES = ("trafilatura", "trafilatura precision")
ABOVE = 0.05
FIELDS = ("title", "day", "credit", "author", "no credit", "no author")
STAGES = ("decode", "extract", "clean", "mentions", "sign")


@dataclass(slots=True)
class Result:
    """What all systems say of one page, and the CPU seconds that each, and each of our stages, took."""

    answers: dict[str, Answer] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)

    def time(self, what: str, work: Callable[[], Any]) -> Any:
        started = time.process_time()
        result = work()
        self.spent[what] = time.process_time() - started
        return result


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--stages", action="store_true", help="run the stages on the files, without crawling")
    parser.add_argument("--peers", action="store_true", help="also the other extractors that are installed")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="list each set's N worst texts")
    parser.add_argument("--wrong", action="store_true", help="list every field that is wrong")
    arguments = parser.parse_args()
    judge, samples = Judge(arguments.folders), read_sets(arguments.folders)
    with multiprocessing.get_context("spawn").Pool(2, _warm, [arguments.peers]) as pool:
        work = partial(_read, stages=arguments.stages, afresh=arguments.peers)
        results = pool.map(work, samples, chunksize=4)
    if not arguments.stages:
        for result, answer in zip(results, by_crawl(samples), strict=True):
            result.answers[OURS] = answer
    read = list(zip(samples, results, strict=True))
    _print_table(judge, read)
    _print_cost(judge, read)
    lost = _print_lost(read)
    _print_above(judge, read)
    _print_details(judge, read, arguments.worst, wrong=arguments.wrong)
    return 1 if lost else 0


# --- reading, in a worker process -------------------------------------------------------------------


def _warm(afresh: bool) -> None:
    """Imports and caches are not a page's cost."""
    paragraph = "".join(
        f"<p>第{n}届园区发展大会今天在本市开幕,来自各地的企业参加了会议。</p>" for n in range(9)
    )
    html = (
        f"<html><head><title>园区大会开幕</title></head><body><h1>园区大会开幕</h1>{paragraph}</body></html>"
    )
    _read(Sample("warm", "warm", html.encode(), {}), stages=True, afresh=afresh, keep=False)


def _read(sample: Sample, *, stages: bool, afresh: bool, keep: bool = True) -> Result:
    result = Result()
    url = sample.url or f"https://{sample.id.lower()}.example{sample.path}"
    host = urlsplit(url).netloc
    page = Page(0, host, url, url, 200, (("content-type", "text/html"),), sample.body, datetime.now(UTC))
    if stages:
        result.answers[OURS] = by_stages(page, result)
    decoded = decode(page)
    html = "" if isinstance(decoded, Rejection) else decoded.html
    for name, read in peers().items():
        if afresh or name in BASELINES:
            result.answers[name] = _ask(name, read, html, result, afresh=afresh, keep=keep)
    return result


def by_stages(page: Page, result: Result) -> Answer:
    """What our stages say of a page, and what each of them spent."""
    source = Source(page.source)
    found = result.time("decode", lambda: decode(page))
    if not isinstance(found, Rejection):
        decoded = found
        found = result.time("extract", lambda: extract(decoded, page, source))
    if not isinstance(found, Rejection):
        extracted = found
        found = result.time("clean", lambda: clean(extracted, page, source))
    if isinstance(found, Rejection):
        return Answer(rejection=f"{found.stage}: {found.reason}")
    result.time("mentions", lambda: find_mentions(found.text))
    result.time("sign", lambda: sign(found.text))
    return Answer(
        found.text,
        found.title.value,
        found.published.day.isoformat() if found.published else "",
        found.credited_source.value if found.credited_source else "",
        found.author.value if found.author else "",
    )


def _ask(
    name: str, read: Callable[[str], Answer], html: str, result: Result, *, afresh: bool, keep: bool
) -> Answer:
    """A peer's answer, from the last run's unless all are asked afresh."""
    folder = Path(tempfile.gettempdir(), f"parknews-corpus-{os.getuid()}")
    kept = folder / hashlib.sha256(f"{name}\0{html}".encode("utf-8", "surrogatepass")).hexdigest()
    if kept.exists() and not afresh:
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]  # our own file
    try:
        answer = result.time(name, lambda: read(html))
    except Exception as error:  # noqa: BLE001  # a peer that fails on a page has no text there
        answer = Answer(rejection=f"{type(error).__name__}: {error}"[:80])
    if keep:
        folder.mkdir(mode=0o700, exist_ok=True)
        kept.write_bytes(pickle.dumps(answer))
    return answer


# --- reading, by a crawl ----------------------------------------------------------------------------

_LIST = "/list-of-news/"


def by_crawl(samples: list[Sample]) -> list[Answer]:
    """What the archive says of each, every page a site of its own on loopback, after `parknews crawl`."""
    sites = {f"p{index}": sample for index, sample in enumerate(samples)}

    def answer(host: str, path: str) -> tuple[str, bytes] | None:
        """The list of a site, which leads to its page, at the path that this had on its own site."""
        own = sites.get(host.partition(".")[0])
        if own and path == own.path:
            return "text/html", own.body
        if own and path == _LIST:
            title = own.truth.get("title") or "An article of this site"
            link = f'<li><a href="{own.path}">{title}</a></li>'
            page = f"<html><head><title>List</title></head><body><ul>{link}</ul></body></html>"
            return "text/html", page.encode()
        return None

    with served(answer) as port, tempfile.TemporaryDirectory() as folder:
        hosts = {f"{site}.localhost:{port}": site for site in sites}
        archive = Path(folder, "archive.db")
        crawl(write_sources(Path(folder), hosts, start=_LIST), archive)
        return _from_archive(archive, {host: sites[site] for host, site in hosts.items()})


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


# --- the tables -------------------------------------------------------------------------------------

Read = list[tuple[Sample, Result]]


def _print_table(judge: Judge, read: Read) -> None:
    heads = ("titles", "days", "credits", "authors", "false credits", "false authors", "others archived")
    print(f"{'set':18} {'system':22} {'P':>5} {'R':>5} {'F1':>5} {'lost':>5}", *(f"{h:>15}" for h in heads))
    for corpus, rows in _by(read, lambda sample: sample.corpus).items():
        for system in rows[0][1].answers:
            answers = [(sample, result.answers[system]) for sample, result in rows]
            articles = [(s, a) for s, a in answers if s.truth and not (a.rejection and _may_be_rejected(s))]
            texts = [judge.text(sample.truth, answer.text) for sample, answer in articles]
            p, r, f = (
                f"{mean(values):.3f}"[1 if mean(values) < 1 else 0 :] for values in zip(*texts, strict=True)
            )
            right = [judge.fields(sample, answer) for sample, answer in articles]
            told = {name: [fields[name] for fields in right if name in fields] for name in FIELDS}
            shares = [_share(sum(told[name]), len(told[name])) for name in FIELDS[:4]]
            shares += [_share(told[name].count(False), len(told[name])) for name in FIELDS[4:]]
            others = [answer for sample, answer in answers if not sample.truth]
            shares.append(_share(sum(bool(answer.text) for answer in others), len(others)))
            lost = sum(not answer.text for _, answer in articles)
            print(f"{corpus:18} {system:22} {p:>5} {r:>5} {f:>5} {lost:>5}", *(f"{s:>15}" for s in shares))


def _print_cost(judge: Judge, read: Read) -> None:
    if not any(result.spent for _, result in read):
        return
    print()
    for language, rows in _by(read, judge.language).items():
        spent: dict[str, float] = defaultdict(float)
        for _, result in rows:
            for what, seconds in result.spent.items():
                spent[what] += seconds * 1000 / len(rows)
        ours = sum(spent[stage] for stage in STAGES)
        each = ", ".join(f"{what} {ms:.1f}" for what, ms in spent.items())
        print(f"CPU ms a page, {language} ({len(rows)}): ours {ours:.1f} ({each})", end="")
        print(f"; ours / trafilatura {ours / spent['trafilatura']:.2f}" if spent["trafilatura"] else "")


def _print_lost(read: Read) -> int:
    """Names the articles that were rejected or came out empty; how many may not be."""
    print()
    lost = 0
    for sample, result in read:
        answer = result.answers[OURS]
        if sample.truth and not answer.text:
            lost += not _may_be_rejected(sample)
            mark = "rejected" if _may_be_rejected(sample) else "LOST"
            print(f"{mark:12} {sample.corpus} {sample.id}: {answer.rejection}")
        if not sample.truth and answer.text:
            print(
                f"{'no article':12} {sample.corpus} {sample.id}: {answer.title[:40]!r}, {len(answer.text)} characters"
            )
    return lost


def _print_above(judge: Judge, read: Read) -> None:
    for sample, result in read:
        if not sample.truth or (result.answers[OURS].rejection and _may_be_rejected(sample)):
            continue
        ours = judge.text(sample.truth, result.answers[OURS].text)[2]
        theirs = {name: judge.text(sample.truth, result.answers[name].text)[2] for name in BASELINES}
        name = max(theirs, key=lambda name: theirs[name])
        if theirs[name] > ours + ABOVE:
            print(
                f"{'above ours':12} {sample.corpus} {sample.id}: {name} {theirs[name]:.3f}, ours {ours:.3f}"
            )


def _print_details(judge: Judge, read: Read, worst: int, *, wrong: bool) -> None:
    for rows in _by([row for row in read if row[0].truth], lambda sample: sample.corpus).values():
        scored = [(judge.text(s.truth, r.answers[OURS].text), s) for s, r in rows]
        for (p, r, f), sample in sorted(scored, key=lambda item: item[0][2])[:worst]:
            print(f"{'worst':12} {sample.corpus} {sample.id}: F1 {f:.3f} P {p:.3f} R {r:.3f} {sample.url}")
        for sample, result in rows if wrong else ():
            answer = result.answers[OURS]
            for name, right in judge.fields(sample, answer).items():
                if not right:
                    key = {"day": "date", "credit": "source"}.get(name, name)
                    print(
                        f"{name:12} {sample.corpus} {sample.id}: {sample.truth.get(key)!r}, we say {said(answer, name)!r}"
                    )


def _may_be_rejected(sample: Sample) -> bool:
    return sample.truth.get("news") is False


def _by(read: Read, key: Callable[[Sample], str]) -> dict[str, Read]:
    groups: dict[str, Read] = defaultdict(list)
    for sample, result in read:
        groups[key(sample)].append((sample, result))
    return groups


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else "-"


if __name__ == "__main__":
    sys.exit(main())
