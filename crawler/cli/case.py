"""`parknews case`: a stored page that was read wrongly becomes a test, as a folder of tests/cases/.

In: a URL whose page is in the crawl store. Out: a folder with the page's bytes, what was known of them, and
what parknews reads in them today, which a person then corrects to what it should read.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.cli.terminal import Json, address_of, examples, one_line, settings_of, tell
from pipelines.archive.file import reader
from pipelines.archive.write.furniture import source_as_known
from pipelines.errors import ParknewsError
from pipelines.records import Page, Reading, Rejection, Source
from pipelines.stages import read_page
from pipelines.store import store_beside

app = typer.Typer()

_FIELDS = ("author", "editor", "credited_source", "published")
_Name = Annotated[
    str, typer.Option("--name", metavar="NAME", help="The folder. [dim]Default: from the URL.[/]")
]


@app.command(
    "case",
    epilog=examples(
        ("a test of a page that was read wrongly", "parknews case https://www.example.cn/1.html"),
        ("under a name that says what it is about", "parknews case URL --name digest-with-links"),
        note="Then correct expected.json, and cut page.html down to what shows the fault.",
    ),
)
def case(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="An address whose page is stored.")],
    name: _Name = "",
    into: Annotated[Path, typer.Option("--into", metavar="FOLDER", help="Where such folders are.")] = Path(
        "tests/cases"
    ),
    as_json: Json = False,
) -> None:
    """Make a test of a stored page: its bytes, what was known of them, what is read in them."""
    db = settings_of(ctx).db
    page = _stored(db, url)
    with reader(db) as connection:
        source = source_as_known(connection, page.source)
    folder = into / (name or _name(page.url))
    if folder.exists():
        raise ParknewsError(f"{folder}: there is such a case; choose another --name")
    write_case(folder, page, source, read_page(page, source))
    next_step = f"{folder}: correct expected.json, then run `pytest tests/pipelines/test_cases.py`"
    tell(as_json, {"folder": str(folder), "url": page.url}, next_step)


def write_case(folder: Path, page: Page, source: Source, answer: Reading | Rejection) -> None:
    """The three files of a case; the text's lines in `expected.json` are what a person corrects."""
    folder.mkdir(parents=True)
    (folder / "page.html").write_bytes(page.body)
    (folder / "page.toml").write_text(_known(page, source, _learned(answer)), encoding="utf-8")
    expected = json.dumps(_expected(answer), ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(expected + "\n", encoding="utf-8")


def _stored(db: Path, url: str) -> Page:
    """The latest stored page of an address, however it was spelt."""
    with store_beside(db) as store:
        if store is None:
            raise ParknewsError(f"{db}: no stored pages beside it; name the archive with --db")
        page = store.pages.latest(address_of(url))
    if page:
        return page
    raise ParknewsError(f"{one_line(url)}: no page of this address is stored; `parknews crawl` fetches it")


def _learned(answer: Reading | Rejection) -> list[str]:
    """The lines of the page that were learned to be its source's furniture: a test cannot learn them."""
    if isinstance(answer, Rejection):
        return []
    return [piece.text for piece in answer.story.stripped if piece.rule == "learned"]


def _name(url: str) -> str:
    """Letters, digits and hyphens of an address, at most 60."""
    return re.sub(r"[^A-Za-z0-9]+", "-", url.split("//", 1)[-1]).strip("-").lower()[-60:].strip("-")


def _known(page: Page, source: Source, furniture: list[str]) -> str:
    lines = [
        'about = "Say in a line what this page shows"',
        f"url = {_quoted(page.url)}",
        f"fetched_at = {page.fetched_at.isoformat()}",
        f"content_type = {_quoted(page.header('content-type') or '')}",
    ]
    if source.time_zone:
        lines.append(f"time_zone = {_quoted(source.time_zone)}")
    if furniture:
        lines.append(f"furniture = [{', '.join(map(_quoted, furniture))}]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _expected(answer: Reading | Rejection) -> dict[str, Any]:
    if isinstance(answer, Rejection):
        return {"rejection": {"stage": answer.stage, "reason": answer.reason}}
    story = answer.story
    found = {name: value.value for name in _FIELDS if (value := getattr(story, name)) is not None}
    return {"title": story.title.value, "language": story.language, **found, "text": story.text}
