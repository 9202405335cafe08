"""`parknews search` and `reuse`: articles that contain a text, and where else a passage stands."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from enum import Enum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from crawler.cli import filters
from crawler.cli.terminal import (
    Json,
    answers,
    examples,
    one_line,
    plain,
    print_indented,
    print_json,
    settings_of,
    table,
    tell,
)
from crawler.serve.plain import elsewhere_json
from pipelines.archive.file import reader
from pipelines.archive.kept_out.blocks import answer
from pipelines.archive.read.selection import Selection, understood
from pipelines.errors import ConfigurationError
from pipelines.keywords import Keyword, keywords
from pipelines.reuse import passage_of, reused
from pipelines.search import Hit, Snippet
from pipelines.search import search as find

app = typer.Typer()


class By(str, Enum):  # noqa: UP042  # typer shows the values of a plain str enum
    """How hits are ordered."""

    date = "date"
    rank = "rank"


@app.command(
    "search",
    epilog=examples(
        ("every article with 园区 in its title or text, newest first", "parknews search 园区"),
        ("with both words, wherever they stand", "parknews search 招商 生物医药"),
        ("with one of them, and not a third", "parknews search '(招商 OR 引资) NOT 旅游'"),
        ("near each other, of one source", "parknews search '园区 NEAR 签约 source:新华网'"),
        (
            "with these words in this order, best match first",
            "parknews search '\"digital economy\"' --by rank",
        ),
        ("of one year, on three sites or more", "parknews search 招商 --since 2025 --until 2025 --copies 3"),
        ("about one province, its cities and counties too", "parknews search 招商 --region 江苏"),
        ("what these are about: words that all others say less", "parknews search 环保 --keywords"),
        (
            "thirty of them for reading by hand, the same ones again",
            "parknews search 园区 --sample 30 --seed 7",
        ),
        ("for a script: one JSON object", "parknews search 集成电路 --limit 5 --json"),
    ),
)
@filters.filtered
def search(
    ctx: typer.Context,
    query: Annotated[
        list[str], typer.Argument(metavar="QUERY", help="What to look for, in the language below.")
    ],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many articles at most.")] = 20,
    by: Annotated[By, typer.Option(help="Newest first, or best match first.")] = By.date,
    *,
    chosen: Selection,
    words_of: Annotated[
        bool, typer.Option("--keywords", help="What they say more often than the archive, instead.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find articles that contain the text.

    Every copy is searched. Words must all occur; OR, NOT, ( ), NEAR and
    "quoted words" do what they look like;
    title: source: credited: region: park: company: lang: since: until: set:
    label: narrow.
    A Chinese word of any length is found wherever it stands, one of Latin
    letters as a whole word (develop* finds what begins so); case and white
    space do not matter.
    """
    words = " ".join(query)
    if understood(words, chosen.folded).tree is None:
        hint = (
            "type a word of its text, as in `parknews search 园区`; `parknews export` lists by filters alone"
        )
        raise ConfigurationError(f"search: nothing to look for: {hint}")
    with reader(settings_of(ctx).db) as connection:
        if removed := answer(connection, words):
            tell(as_json, {"query": words, "articles": [], "removed": removed}, removed)
            return
        if words_of:
            _print_keywords(keywords(connection, replace(chosen, query=words), limit), as_json=as_json)
            return
        hits = find(connection, words, limit=limit, order=by.value, filters=chosen)
    hints = filters.hints_of(replace(chosen, query=words))
    if as_json:
        articles = [_hit_json(hit) for hit in hits]
        print_json({"query": words, "folded": chosen.folded, "hints": hints, "articles": articles})
    else:
        for hint in hints:
            print(hint, file=sys.stderr)
        _print_hits(answers(), words, hits, limit)


def _print_keywords(found: list[Keyword], *, as_json: bool) -> None:
    if as_json:
        print_json({"keywords": [asdict(keyword) for keyword in found]})
        return
    shown = table("word", "articles", "of these", "of all", right=("articles", "of these", "of all"))
    for one in found:
        shown.add_row(plain(one.word), f"{one.articles:,}", f"{one.share:.0%}", f"{one.share_of_all:.0%}")
    answers().print(shown if found else "no word stands out")


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "title": hit.title,
        "url": hit.url,
        "source": hit.source,
        "source_name": hit.source_name,
        "published": hit.published,
        "published_day": hit.published_day,
        "copies": hit.copies,
        "snippet": hit.snippet.text,
        "marks": [list(mark) for mark in hit.snippet.marks],
        "elsewhere": elsewhere_json(hit),
    }


def _print_hits(console: Console, words: str, hits: list[Hit], limit: int) -> None:
    for hit in hits:
        _print_hit(console, hit)
    if not hits:
        print(f"no article contains {one_line(words)[:200]}", file=sys.stderr)
    elif len(hits) == limit:
        print(f"the first {limit}; more with --limit", file=sys.stderr)


def _print_hit(console: Console, hit: Hit) -> None:
    copies = f"  ({hit.copies} copies)" if hit.copies > 1 else ""
    head = Text.assemble((f"{hit.id:>5}", "cyan"), "  ", (one_line(hit.title), "bold"), (copies, "dim"))
    console.print(head)
    console.print(Text(f"       {hit.published_day or 'no date':10}  {one_line(hit.source_name)}"))
    console.print(Text(f"       {one_line(hit.url)}", style="dim"), soft_wrap=True)
    print_indented(console, _marked(hit.snippet), 7)
    if found := hit.elsewhere:
        what = "spelt otherwise by" if found.is_spelling else "in the copy of"
        what = f"in the file {one_line(found.file)} of" if found.file else what
        where = f"       {what} {one_line(found.source_name)}: {one_line(found.url)}"
        console.print(Text(where, style="dim"), soft_wrap=True)
        print_indented(console, _marked(found.snippet), 7)
    console.print()


def _marked(snippet: Snippet) -> Text:
    pieces: list[Any] = []
    at = 0
    for start, end in snippet.marks:
        pieces += [plain(snippet.text[at:start]), (plain(snippet.text[start:end]), "bold yellow")]
        at = end
    return Text.assemble(*pieces, plain(snippet.text[at:]))


@app.command(
    "reuse",
    epilog=examples(
        ("which other articles say sentences of number 42", "parknews reuse 42"),
        ("where a passage stands", "parknews reuse '新建的标准厂房全部交付使用，首批企业已经投产'"),
        ("a text of a file", "parknews reuse - < text.txt"),
        note="A sentence is found where it stands exactly, case and white space aside, in any copy.",
    ),
)
def reuse(
    ctx: typer.Context,
    wanted: Annotated[
        str, typer.Argument(metavar="ID-or-URL-or-TEXT", help="An article, or a passage; - reads stdin.")
    ],
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many articles at most.")] = 20,
    as_json: Json = False,
) -> None:
    """Find where else a passage, or what an article says, stands."""
    with reader(settings_of(ctx).db) as connection:
        if removed := answer(connection, wanted):
            tell(as_json, {"sentences": 0, "articles": [], "removed": removed}, removed)
            return
        number, passage = (None, sys.stdin.read()) if wanted == "-" else passage_of(connection, wanted)
        if not passage.strip():
            raise ConfigurationError("reuse: nothing to look for: give an article or a passage of a text")
        asked, found = reused(connection, passage, but=number, limit=limit)
    if as_json:
        articles = [
            {
                "id": one.hit.id,
                "title": one.hit.title,
                "url": one.hit.url,
                "source_name": one.hit.source_name,
                "published_day": one.hit.published_day,
                "in_copy": one.hit.elsewhere.url if one.hit.elsewhere else None,
                "sentences": one.sentences,
            }
            for one in found
        ]
        print_json({"sentences": asked, "articles": articles})
        return
    console = answers()
    for one in found:
        console.print(Text.assemble((f"{one.hit.id:>5}", "cyan"), "  ", (one_line(one.hit.title), "bold")))
        where = one.hit.elsewhere.source_name if one.hit.elsewhere else one.hit.source_name
        told = f"{one.hit.published_day or 'no date':10}  {one_line(where)}  {len(one.sentences)} of {asked}"
        console.print(Text(f"       {told} sentences", style="dim"))
        print_indented(console, one_line(one.sentences[0])[:120], 7)
    if not found:
        print("no other article says any of it", file=sys.stderr)
