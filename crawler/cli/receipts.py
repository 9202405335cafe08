"""A removal at the terminal: its plan, whether somebody agreed to it, its receipt and its exit code.

In: a plan, or how far removals are. Out: lines or JSON on stdout, and the exit code that they deserve.
"""

from __future__ import annotations

import base64
import getpass
import html
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from markdown_it import MarkdownIt

from crawler.cli.terminal import ATTENTION, one_line, plain, print_json
from crawler.web.timestamps import stamp
from pipelines.errors import ConfigurationError, RefusedError, StorageError
from pipelines.forget.plan import Candidate, Line, Plan, evidence
from pipelines.forget.receipt import OUT_OF_REACH, markdown, sealed
from pipelines.forget.receipt import as_json as json_of
from pipelines.forget.record import Outcome
from pipelines.report.words import LANGUAGES, Words, reason_in, words

RECEIPT = Path(__file__).with_name("receipt.toml")
WORDS = Path(__file__).with_name("guide.toml")
"""What plans and the guide say, in each language."""

Language = Annotated[
    str, typer.Option("--lang", metavar="zh|en", help="The language; that of the terminal otherwise.")
]
SigningKey = Annotated[
    Path | None, typer.Option("--sign", metavar="KEY.pem", help="Sign the receipt with this Ed25519 key.")
]
_INCOMPLETE = 4
_SHOWN = 20
"""Lines of one kind in a plan that a person reads."""


def language_of(asked: str) -> str:
    """The language asked for, or the terminal's; English where that is neither."""
    if asked and asked not in LANGUAGES:
        raise ConfigurationError(f"--lang {asked}: write {' or '.join(LANGUAGES)}")
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    spoken = next(filter(None, names), "")
    return asked or ("zh" if spoken.startswith("zh") else "en")


def show_plan(plan: Plan, *, as_json: bool, lang: str = "en") -> None:
    """Prints what would go, what would stay, and why."""
    if as_json:
        print_json({"plan": plan.as_json()})
        return
    print(f"Plan {plan.hash}: {one_line(plan.scope.described())}")
    print(_taken(plan))
    for name, number in plan.counts.items():
        if number:
            print(f"  {number:>8,}  {name}")
    told = words(lang, WORDS)
    for heading, lines in sections(plan, told):
        print(heading)
        most = len(lines) if heading == told("plan.asked") else _SHOWN
        for line in lines[:most]:
            print(f"  {line}")
        if len(lines) > most:
            print(f"  and {len(lines) - most} more; --json has all")
    if plan.is_empty and not plan.scope.passages:
        print("Nothing of it is here: only --block-only, or a host of `sources list`, can be ordered.")
    if plan.scope.is_narrowed:
        print("Only the removed addresses will be blocked: what else the source publishes still comes in.")
    if plan.is_large:
        print(f"More than a fifth of the archive: it needs --plan-hash {plan.hash}")


def _taken(plan: Plan) -> str:
    if plan.scope.passages:
        return f"It takes a passage out of {len(plan.pages)} pages, which stay without it."
    return f"It takes {len(plan.copies_gone)} of {plan.copies_in_archive} copies ({plan.part:.1%})."


def sections(plan: Plan, words: Words) -> Iterator[tuple[str, list[str]]]:
    """What a plan says besides its numbers: a heading each and its lines, in one language, harmless."""
    told = {
        "asked": [_line(line, words) for line in plan.lines],
        "titles": plan.titles,
        "others": [words("plan.pages", source=source, n=n) for source, n in plan.others.items()],
        "evidence": [
            words("plan.page", url=page.page_url, id=str(page.article_id), why=_evidence(page, words))
            for page in plan.pages
            if not page.own
        ],
        "stay": [
            words("plan.article", id=str(s.article_id), title=s.title, source=s.source)
            for s in plan.survivors
        ],
        "left": [
            words("plan.page", url=left.url, id=str(left.article_id), why=_why(left.kind, left.names, words))
            for left in plan.left_out
        ],
        "exports": [export.told() for export in plan.exports],
        "own_tables": [words("plan.rows", table=table, n=n) for table, n in plan.own_tables.items()],
    }
    for name, lines in told.items():
        if lines:
            yield words(f"plan.{name}"), [one_line(line) for line in lines]


def _line(line: Line, words: Words) -> str:
    """What was asked, and what becomes of it."""
    why = _why(line.why, line.names, words) if line.why else line.detail
    return f"{line.asked}: " + words(f"line.{line.state}", n=line.pages, detail=why)


def _evidence(page: Candidate, words: Words) -> str:
    kind, name = evidence(page)
    return words(f"evidence.{kind}", name=name)


def _why(kind: str, names: Sequence[str], words: Words) -> str:
    return words(f"left.{kind}", **{f"name{place}": name for place, name in enumerate(names)})


def agree(plan: Plan, plan_hash: str, *, yes: bool, as_json: bool) -> None:
    """Shows the plan and asks, unless the command line has agreed already.

    Raises:
        RefusedError: nobody agreed to this plan.
    """
    if plan_hash and plan_hash != plan.hash:
        raise RefusedError(f"the plan is {plan.hash} now, not {plan_hash}: look at it again with --dry-run")
    if yes and (plan_hash or not plan.is_large):
        return
    if plan.is_large and (yes or as_json or not sys.stdin.isatty()):
        raise RefusedError(
            f"{one_line(plan.scope.described())} takes {plan.part:.0%} of the archive: look at the plan with"
            f" --dry-run, then type --plan-hash {plan.hash}"
        )
    show_plan(plan, as_json=False)
    if plan.is_large:
        asked = f"This takes {plan.part:.0%} of the archive. Type the plan's hash to go on"
        if typer.prompt(asked) != plan.hash:
            raise RefusedError("not the plan's hash: nothing was done")
    elif not typer.confirm("Go on?"):
        raise RefusedError("nothing was done")


def login() -> str:
    """Whose terminal it is, for the record."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, in a container
        return ""


def written(outcome: Outcome, lang: str = "en", key: Path | None = None, authority: str = "") -> str:
    """The receipt with its hash and, where there is a key or an authority, signature and time stamp."""
    say = words(lang, WORDS, RECEIPT)
    signing = None
    if key:
        from crawler.web.signing import read_key  # noqa: PLC0415  # Scrapy with it, as much as all the rest

        signing = read_key(key)

    def signed(body: bytes) -> tuple[bytes, bytes]:
        assert signing is not None
        return signing.sign(body), signing.public_key().public_bytes_raw()

    stamped = partial(stamp, authority=authority) if authority else None
    return sealed(markdown(_told_in(outcome, say), say), say, signed if signing else None, stamped)


def _told_in(outcome: Outcome, say: Words) -> Outcome:
    """An outcome with our own words of the record in one language, and people's as they are."""
    told = partial(reason_in, say.language)

    def detail_of(event: str, detail: str) -> str:
        if event in _PEOPLES:
            return detail
        if event == "corrected":
            return ", ".join(say(f"receipt_of.{name}") for name in detail.split(", "))
        counted = [part.rpartition(": ") for part in detail.split(", ")]
        if all(number.isdecimal() for _, _, number in counted):
            return ", ".join(f"{say.or_itself('receipt_count', name)}: {n}" for name, _, n in counted)
        return told(detail)

    proof = outcome.removal.verification
    if proof:
        proof = {**proof, "troubles": [*map(told, proof["troubles"])]}
    return replace(
        outcome,
        removal=replace(outcome.removal, verification=proof),
        events=tuple((at, event, detail_of(event, detail)) for at, event, detail in outcome.events),
        trouble=told(outcome.trouble),
    )


_PEOPLES = ("asked for again", "without waiting", "may be deleted", "restored")
"""Events whose details are people's words."""


def report(
    outcome: Outcome,
    *,
    as_json: bool,
    receipt: Path | None = None,
    lang: str = "en",
    key: Path | None = None,
    authority: str = "",
) -> None:
    """Prints the receipt, writes it to a file where one is named (.html: to print); ends with a code."""
    text = written(outcome, lang, key, authority if receipt is not None else "")
    if receipt is not None:
        is_page = receipt.suffix.lower() in (".html", ".htm")
        try:
            receipt.write_text(_page(text, receipt.stem, lang) if is_page else text, encoding="utf-8")
        except OSError as error:
            why = error.strerror or error
            raise StorageError(f"{receipt}: {why}; print it with `removals show`") from error
    if as_json:
        reach = [words(lang, RECEIPT)(f"receipt.{name}") for name in OUT_OF_REACH]
        print_json({**json_of(outcome), "out_of_reach": reach, "receipt": text})
    else:
        print(plain(text), end="")
    end_with([outcome])


def _page(text: str, name: str, lang: str) -> str:
    """A receipt as a page that prints: HTML of nothing but its Markdown, and no script.

    The text that hash and signature are of is in it, to be saved.
    """
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    head = f'<head><meta charset="utf-8">{_STYLE}</head>'
    packed, saved = base64.b64encode(text.encode()).decode(), html.escape(f"{name}.md")
    link = f'<p><a download="{saved}" href="data:text/markdown;base64,{packed}">{saved}</a></p>'
    return f'<!DOCTYPE html>\n<html lang="{lang}">{head}\n<body>\n{body}{link}\n</body></html>\n'


_STYLE = (
    "<style>@page{size:A4;margin:20mm}body{font:11pt/1.5 serif;max-width:45em;margin:auto}"
    "td{border:1px solid #999;padding:.2em .6em}code{overflow-wrap:anywhere}h2{break-after:avoid}</style>"
)


def report_all(outcomes: list[Outcome], *, as_json: bool) -> None:
    """Prints the receipts of several removals; ends with the gravest of their exit codes."""
    if as_json:
        print_json({"removals": [json_of(outcome) for outcome in outcomes]})
    else:
        print(plain("\n".join(map(written, outcomes))), end="")
    end_with(outcomes)


def end_with(outcomes: Iterable[Outcome]) -> None:
    """Ends with an exit code where one of them is not complete, or waits; says which are not complete."""
    codes = set()
    for outcome in outcomes:
        removal = outcome.removal
        if outcome.trouble:
            print(
                f"parknews: removal {removal.id} is not complete: {one_line(outcome.trouble)};"
                f" `parknews removals go-on {removal.id}` goes on",
                file=sys.stderr,
            )
            codes.add(_INCOMPLETE)
        elif removal.state == "hidden" and removal.mode == "delete":
            codes.add(ATTENTION)
    if codes:
        raise typer.Exit(max(codes))
