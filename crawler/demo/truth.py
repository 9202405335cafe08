"""The truth about the demo's sites: in goes the definition, out come rows that say what each URL holds.

`python -m crawler.demo.truth` writes them to data/demo/truth.jsonl, which is tracked and read by
`compare`. They follow from the stories and from what was done to them, never from an extractor.
URLs are spelt host and path (park.localhost/xwzx/...), since ports are given out at each run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from crawler.demo.definition import Definition, Resource, Site, demo_folder, load
from crawler.demo.pages import ArticlePage, article_pages

ARTICLE, VARIANT, REJECTION, NEVER = "article", "variant", "rejection", "never"


@dataclass(frozen=True, slots=True)
class TruthRow:
    """What one URL should come to."""

    url: str
    expect: str
    """`article`: a copy; `variant`: the same copy as `of`; `rejection`; `never`: must not be fetched."""
    cluster: str = ""
    """The story: copies of one story are one article."""
    also: tuple[str, ...] = ()
    """Stories that the text contains besides; being joined with those is neither right nor wrong."""
    title: str = ""
    text: str = ""
    """The page's own text without furniture, a paragraph or table row a line."""
    optional: tuple[str, ...] = ()
    """Lines of the text that may be left out: captions."""
    day: str = ""
    """ISO 8601, or `-271 days`, counted from the day on which the server started."""
    credited: str = ""
    language: str = ""
    changed: bool = False
    """Whether it said something else at the first visit."""
    mistyped: tuple[str, ...] = ()
    """`OLD=NEW`: a figure that it has otherwise than the story, so that its article is disputed."""
    of: str = ""
    reason: tuple[str, ...] = ()
    """First words of the reasons that are right; any reason where empty."""


TRUTH = demo_folder() / "truth.jsonl"
"""Where the tracked truth lies."""


def read_truth() -> list[TruthRow]:
    """The tracked truth."""
    return [_row(json.loads(line)) for line in TRUTH.read_text(encoding="utf-8").splitlines()]


def derive(definition: Definition) -> list[TruthRow]:
    """The truth that follows from the definition, site by site."""
    return list(_rows(definition))


def write(rows: list[TruthRow], path: Path) -> None:
    """One JSON object a line, fields that say nothing left out."""
    lines = [json.dumps({k: v for k, v in asdict(row).items() if v}, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(fields: dict[str, str | list[str]]) -> TruthRow:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
    return TruthRow(**values)  # type: ignore[arg-type]  # a file of our own, checked by a test


def _rows(definition: Definition) -> Iterator[TruthRow]:
    for site in definition.sites:
        for page, spec in zip(article_pages(site, definition, later=True), site.pages, strict=True):
            said = tuple(change.removeprefix("say:") for change in spec.changes if change.startswith("say:"))
            yield replace(_article(page), changed=bool(spec.later), mistyped=said)
            if site.variants:
                yield TruthRow(f"{page.host}{page.path}?print=1", VARIANT, of=f"{page.host}{page.path}")
                yield TruthRow(f"{page.host}/amp{page.path}", VARIANT, of=f"{page.host}{page.path}")
        yield from (_resource(site, resource) for resource in site.resources if resource.linked)
        for path in site.canaries:
            yield TruthRow(f"{site.host}{path}", NEVER)


def _resource(site: Site, resource: Resource) -> TruthRow:
    """A redirect to an article is another address of it; every other resource is no article."""
    url = f"{site.host}{resource.path}"
    if resource.kind == "redirect" and resource.argument in {page.path for page in site.pages}:
        return TruthRow(url, VARIANT, of=f"{site.host}{resource.argument}")
    return TruthRow(url, REJECTION, reason=resource.reason)


def _article(page: ArticlePage) -> TruthRow:
    return TruthRow(
        url=f"{page.host}{page.path}",
        expect=ARTICLE,
        cluster=page.story,
        also=page.also,
        title=page.title,
        text=page.text,
        optional=tuple(block.shown for block in page.blocks if block.kind == "caption"),
        day=page.day,
        credited=page.credited or "",
        language=page.language,
    )


if __name__ == "__main__":
    write(derive(load()), TRUTH)
