"""The sets of real pages: what their folders hold, and how right an answer about one of their pages is.

A folder holds evaluate.py (whose measure of texts is used; one folder's serves all), pages/ID.html or
pages.tar.xz, truth.jsonl and, where it has some, negatives.jsonl: pages that are no articles. A row of
truth.jsonl has id, text, and what the page shows: url, lang, title, date, source, author. `titles`, `dates`
and `sources` are all the answers that are right; lines of `plus` may be in a text, lines of `minus` may be
missing from it; `author_in_text` says that a reader finds a name in the text; `news: false` that the page
may be rejected. A set in which some rows have `titles` was labelled field by field: what such a row has
not, its page does not show.
"""

from __future__ import annotations

import re
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks import module_of, rows_of
from pipelines.publishers import normalise_publisher


@dataclass(frozen=True, slots=True)
class Answer:
    """What one system says of one page."""

    text: str = ""
    title: str = ""
    day: str = ""
    credit: str = ""
    author: str = ""
    rejection: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One page of a set with its truth; `truth` is empty where the page is no article."""

    corpus: str
    id: str
    body: bytes
    truth: dict[str, Any]
    url: str = ""

    @property
    def path(self) -> str:
        """The path that the page had on its own site, without a query; a made-up one where it is not known.

        (One page was saved from an address with 13 tracking parameters, which a crawler takes for a trap.)
        """
        path = urlsplit(self.url).path
        return quote(path, safe="/%:@!$&'()*+,;=~") or f"/news/{self.id}.html"


def read_sets(folders: list[Path]) -> list[Sample]:
    """Every page of the folders, articles first in each."""
    return [sample for folder in folders for sample in _read_set(folder)]


def _read_set(folder: Path) -> list[Sample]:
    archive = folder / "pages.tar.xz"
    if archive.exists():
        with tarfile.open(archive) as tar:
            bodies = {Path(m.name).stem: tar.extractfile(m).read() for m in tar if m.isfile()}  # type: ignore[union-attr]
    else:
        bodies = {path.stem: path.read_bytes() for path in (folder / "pages").iterdir()}
    articles = [
        Sample(folder.name, row["id"], bodies[row["id"]], row, row.get("url") or "")
        for row in rows_of(folder / "truth.jsonl")
    ]
    negatives = folder / "negatives.jsonl"
    others = rows_of(negatives) if negatives.exists() else []
    return articles + [Sample(folder.name, row["id"], bodies[row["id"]], {}) for row in others]


class Judge:
    """The measures of the sets, on top of their own evaluate.py."""

    def __init__(self, folders: list[Path]) -> None:
        found = next(
            (folder / "evaluate.py" for folder in folders if (folder / "evaluate.py").exists()), None
        )
        if found is None:
            sys.exit("none of the folders holds evaluate.py, whose measure of texts is used")
        self._measure = module_of(found)

    def text(self, truth: dict[str, Any], text: str) -> tuple[float, float, float]:
        """Precision, recall and F1 of a text; lines that may be there or not count for nothing."""
        squeeze = self._measure.squeeze
        may_be, said = squeeze(truth.get("plus", "")), squeeze(text)
        known = truth["text"].splitlines()
        if may_be:
            text = "\n".join(
                line for line in text.splitlines() if squeeze(line) not in may_be or line in known
            )
        missing = {line for line in truth.get("minus", "").splitlines() if squeeze(line) not in said}
        expected = "\n".join(line for line in known if line not in missing)
        result: tuple[float, float, float] = self._measure.prf(
            *self._measure.body_counts(expected, text, truth.get("lang"))
        )
        return result

    def fields(self, sample: Sample, answer: Answer) -> dict[str, bool]:
        """For each field that the page shows, or is known not to show, whether the answer is right.

        Keys: title, day, credit, author where the page shows one; no credit, no author where it shows none.
        """
        truth, squeeze, day = sample.truth, self._measure.squeeze, self._measure.iso_date
        right = {}
        if truth.get("title"):
            right["title"] = squeeze(answer.title) in map(squeeze, truth.get("titles", [truth["title"]]))
        if truth.get("date"):
            right["day"] = day(answer.day) in map(day, truth.get("dates", [truth["date"]]))
        if truth.get("source"):
            credits_ = truth.get("sources", [truth["source"]])
            right["credit"] = normalise_publisher(answer.credit) in map(normalise_publisher, credits_)
        if truth.get("author"):
            right["author"] = self._names(answer.author) == self._names(truth["author"])
        if "titles" in truth and not truth.get("source"):
            right["no credit"] = not answer.credit
        if "titles" in truth and not truth.get("author") and not truth.get("author_in_text"):
            right["no author"] = not answer.author
        return right

    def language(self, sample: Sample) -> str:
        """zh, en or other."""
        language = sample.truth.get("lang")
        if not sample.truth or language == "zh":
            return "zh"
        return "en" if language == "en" else "other"

    def _names(self, names: str) -> set[str]:
        return {self._measure.squeeze(name) for name in re.split(r"[;,；，、/]| and | und |\s&\s", names)}


def said(answer: Answer, field: str) -> str:
    """The answer's value for a key of `Judge.fields`."""
    return str(getattr(answer, field.removeprefix("no ")))
