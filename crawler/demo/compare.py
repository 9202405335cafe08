"""An archive held against the demo's truth: in go the archive and the truth, out comes a score.

The archive is read through `pipelines.archive.read.sources`, read-only. Every figure is a count of right
ones beside a total, and every fault is listed by URL, so that a score can be followed to its pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from crawler.demo.definition import resolve_day
from crawler.demo.server import DemoServer
from crawler.demo.truth import ARTICLE, REJECTION, VARIANT, TruthRow, read_truth
from pipelines.archive.file import reader
from pipelines.archive.read.sources import CopyRow, read_copies, read_rejections
from pipelines.urls import canonical_url

LEAST_JOINS_RECALL = 0.95
LEAST_TEXTS_EQUAL = 0.95
LEAST_DATES_RIGHT = 0.98
LEAST_CREDITED_RIGHT = 0.95
LEAST_TITLES_RIGHT = 0.95


@dataclass(frozen=True, slots=True)
class Matched:
    """How many were right, of how many, and which were not."""

    right: int
    total: int
    wrong: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Right ones among all; 1 where there is nothing to get wrong."""
        return self.right / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class DemoScore:
    """The demo's result beside its truth."""

    articles: int
    """Distinct stories that were found."""
    articles_true: int
    pages: int
    """Article pages that the truth knows."""
    joins_precision: float
    """Of the pairs of pages that were joined, those that tell one story."""
    joins_recall: float
    """Of the pairs of pages that tell one story, those that were joined."""
    wrong_joins: tuple[str, ...]
    missed_joins: tuple[str, ...]
    texts: Matched
    titles: Matched
    dates: Matched
    credited: Matched
    languages: Matched
    rejections: Matched
    changed: Matched
    """Pages that said something else before, and are known to."""
    disputed: Matched
    """Pages whose article has copies with other figures, and those whose has not."""
    lost: tuple[str, ...]
    """Article pages that have no copy in the archive."""
    unexpected: tuple[str, ...]
    """Copies in the archive at URLs that hold no article, or a second one of a variant."""
    canary_hits: int
    """Requests that robots.txt forbids."""
    trap_hits: int
    """Pages of an endless calendar that were fetched."""

    @property
    def met(self) -> bool:
        """Whether the truth is met: no wrong join, nothing lost or made up, and few faults."""
        return (
            self.joins_precision == 1.0
            and self.joins_recall >= LEAST_JOINS_RECALL
            and self.texts.share >= LEAST_TEXTS_EQUAL
            and self.titles.share >= LEAST_TITLES_RIGHT
            and self.dates.share >= LEAST_DATES_RIGHT
            and self.credited.share >= LEAST_CREDITED_RIGHT
            and not (self.changed.wrong or self.disputed.wrong)
            and not self.lost
            and not self.unexpected
            and not self.canary_hits
        )

    def as_json(self) -> dict[str, object]:
        """The fields and `met`, for `--json`."""
        return {**asdict(self), "met": self.met}


def judge(archive: Path, server: DemoServer) -> DemoScore:
    """The score of a crawl of a demo server into an archive."""
    with reader(archive) as connection:
        copies, rejections = read_copies(connection), read_rejections(connection)
    return score(
        copies,
        rejections,
        read_truth(),
        server.ports,
        today=server.today,
        canary_hits=server.canary_hits,
        trap_hits=server.trap_hits,
    )


def score(
    copy_rows: Sequence[CopyRow],
    rejected: Mapping[str, str],
    truth: Sequence[TruthRow],
    ports: Mapping[str, int],
    *,
    today: date,
    canary_hits: int = 0,
    trap_hits: int = 0,
) -> DemoScore:
    """The score of what was found.

    Args:
        copy_rows: every copy of the archive.
        rejected: the reason of every rejection of the archive, by URL.
        truth: as `truth.read_truth` gives it.
        ports: the port of each host during the crawl.
        today: the day on which the server started, for days that the truth counts from it.
        canary_hits: requests that robots.txt forbids, as the server counted them.
        trap_hits: pages of the endless calendar that were asked for, as the server counted them.
    """
    copies = {row.url: row for row in copy_rows}
    found, unexpected = _found(copies, truth, ports)
    rows = {row.url: row for row in truth if row.expect == ARTICLE}
    mistyped = {row.cluster for row in rows.values() if row.mistyped}
    joins = _joins(rows, found)
    return DemoScore(
        articles=len({row.article_id for row in found.values()}),
        articles_true=len({row.cluster for row in rows.values()}),
        pages=len(rows),
        joins_precision=joins.precision,
        joins_recall=joins.recall,
        wrong_joins=joins.wrong,
        missed_joins=joins.missed,
        texts=_tally(rows, found, lambda row, copy: _text(row, row.text) == _text(row, copy.text)),
        titles=_tally(rows, found, lambda row, copy: _squeeze(row.title) == _squeeze(copy.title)),
        dates=_tally(
            rows, found, lambda row, copy: resolve_day(row.day, today).isoformat() == copy.published_day
        ),
        credited=_tally(
            {url: row for url, row in rows.items() if _names_source(row, found.get(url))},
            found,
            lambda row, copy: row.credited == (copy.credited_source or ""),
        ),
        languages=_tally(rows, found, lambda row, copy: row.language == copy.language),
        rejections=_rejections(truth, rejected, ports),
        changed=_tally(rows, found, lambda row, copy: row.changed == (copy.versions > 1)),
        disputed=_tally(rows, found, lambda row, copy: (row.cluster in mistyped) == copy.is_disputed),
        lost=tuple(sorted(rows.keys() - found.keys())),
        unexpected=unexpected,
        canary_hits=canary_hits,
        trap_hits=trap_hits,
    )


@dataclass(frozen=True, slots=True)
class _Joins:
    precision: float
    recall: float
    wrong: tuple[str, ...]
    missed: tuple[str, ...]


def _found(
    copies: Mapping[str, CopyRow], truth: Sequence[TruthRow], ports: Mapping[str, int]
) -> tuple[dict[str, CopyRow], tuple[str, ...]]:
    """The copy of each article page, by the truth's URL; and copies that should not be there.

    An article that was archived at the address of its print or AMP variant is found; a variant
    beside it is one copy too many.
    """
    home = {_address(row.url, ports): row.url for row in truth if row.expect == ARTICLE}
    variants = {_address(row.url, ports): row.of for row in truth if row.expect == VARIANT}
    found = {home[url]: copy for url, copy in copies.items() if url in home}
    unexpected = []
    for url, copy in copies.items():
        if url in home:
            continue
        if url in variants and variants[url] not in found:
            found[variants[url]] = copy
        else:
            unexpected.append(url)
    return found, tuple(sorted(unexpected))


def _joins(rows: Mapping[str, TruthRow], found: Mapping[str, CopyRow]) -> _Joins:
    same = wanted = right = 0
    wrong, missed = [], []
    story = {url: _main_story(row, rows, found) for url, row in rows.items()}
    for a, b in combinations(sorted(rows), 2):
        joined = _joined(a, b, found)
        one_story = story[a] == story[b]
        if not one_story and _stories(rows[a]) & _stories(rows[b]):
            continue
        same += joined
        wanted += one_story
        right += joined and one_story
        if joined and not one_story:
            wrong.append(f"{a} {b}")
        if one_story and not joined:
            missed.append(f"{a} {b}")
    return _Joins(
        right / same if same else 1.0, right / wanted if wanted else 1.0, tuple(wrong), tuple(missed)
    )


def _joined(a: str, b: str, found: Mapping[str, CopyRow]) -> bool:
    return a in found and b in found and found[a].article_id == found[b].article_id


def _main_story(row: TruthRow, rows: Mapping[str, TruthRow], found: Mapping[str, CopyRow]) -> str:
    """The story that a page is held to: of several that it contains, the one it was joined with.

    Which of two stories on one page is the main one is nobody's to say; to be joined with one is.
    """
    mates = {other.cluster for url, other in rows.items() if not other.also and _joined(row.url, url, found)}
    return next((story for story in row.also if story in mates and row.cluster not in mates), row.cluster)


def _stories(row: TruthRow) -> set[str]:
    return {row.cluster, *row.also}


def _tally(
    rows: Mapping[str, TruthRow], found: Mapping[str, CopyRow], is_right: Callable[[TruthRow, CopyRow], bool]
) -> Matched:
    """Over the pages that were found: a lost page is counted once, as lost."""
    present = [url for url in rows if url in found]
    wrong = tuple(url for url in present if not is_right(rows[url], found[url]))
    return Matched(len(present) - len(wrong), len(present), wrong)


def _rejections(truth: Sequence[TruthRow], rejected: Mapping[str, str], ports: Mapping[str, int]) -> Matched:
    rows = [row for row in truth if row.expect == REJECTION]
    wrong = tuple(
        row.url
        for row in rows
        if not (reason := rejected.get(_address(row.url, ports)))
        or (row.reason and not reason.startswith(row.reason))
    )
    return Matched(len(rows) - len(wrong), len(rows), wrong)


def _address(url: str, ports: Mapping[str, int]) -> str:
    host, slash, path = url.partition("/")
    return canonical_url(f"http://{host}:{ports[host]}{slash}{path}")


def _names_source(row: TruthRow, copy: CopyRow | None) -> bool:
    return bool(row.credited or (copy and copy.credited_source))


def _text(row: TruthRow, text: str) -> str:
    """A text for comparison: no white space, no cell borders, no lines that may be left out."""
    optional = {_squeeze(line) for line in row.optional}
    lines = (_squeeze(line).replace("|", "") for line in text.split("\n"))
    return "".join(line for line in lines if line not in optional)


def _squeeze(text: str) -> str:
    return "".join(text.split())
