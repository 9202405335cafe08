"""The pictures as HTML, for the browser and as a folder that opens from disk.

In: Figures and where articles lead. Out: HTML text, or files in a folder: one page a language, the style
beside it, and each panel's data as CSV. No script, nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from pipelines.archive.read.figures import Figures
from pipelines.export.formats import write_csv
from pipelines.report.panels import GATHERING, NEWS, Leads, panels
from pipelines.report.words import DEFAULT_LANGUAGE, LANGUAGES, Words, words

_HERE = Path(__file__).parent
STYLE = _HERE / "report.css"
_ORIGINALS = Leads(article=lambda spread: spread.url)
"""From a folder on a disk one gets to the pages themselves."""


def pictures(
    figures: Figures,
    language_words: Words,
    *,
    leads: Leads,
    names: Sequence[str] = (*NEWS, *GATHERING),
    data_href: Callable[[str], str] | None = None,
) -> str:
    """The summary line and the panels of these names, as the inside of a page."""
    return (
        _templates()
        .get_template("panels.html")
        .render(
            figures=figures,
            total=figures.total,
            panels=panels(figures, language_words, leads, names),
            t=language_words,
            data_href=data_href,
        )
    )


def write_report(figures: Figures, folder: Path, made_at: str) -> list[Path]:
    """Writes the report and gives its files; `index.html` is the one to open."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write(folder / "report.css", STYLE.read_text(encoding="utf-8"))]
    for language in LANGUAGES:
        own = words(language)
        suffix = _suffix(language)
        for panel in panels(figures, own, _ORIGINALS):
            if panel.rows:
                path = folder / f"{panel.name}{suffix}.csv"
                with path.open("wb") as file:
                    write_csv(file, panel.head, panel.rows)
                written.append(path)
        written.append(_write(folder / f"index{suffix}.html", _page(figures, own, made_at)))
    return written


def _page(figures: Figures, own: Words, made_at: str) -> str:
    suffix = _suffix(own.language)
    other = next(language for language in LANGUAGES if language != own.language)
    body = pictures(figures, own, leads=_ORIGINALS, data_href=lambda name: f"{name}{suffix}.csv")
    since, until = figures.days.since, figures.days.until
    bounded = own("report.days", since=since or "…", until=until or "…")
    return (
        _templates()
        .get_template("report.html")
        .render(
            t=own,
            body=body,
            made_at=made_at,
            days_text=bounded if since or until else own("report.all_days"),
            other_page=f"index{_suffix(other)}.html",
        )
    )


def _suffix(language: str) -> str:
    return "" if language == DEFAULT_LANGUAGE else f".{language}"


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)
