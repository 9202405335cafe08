"""`parknews remove-source`, `parknews redact`: forget a source or a passage, prove it, keep it out."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.cli.receipts import Language, SigningKey, agree, language_of, login, report, show_plan
from crawler.cli.terminal import Json, day_of, examples, one_line, options_of, settings_of, text_of
from pipelines.errors import ConfigurationError
from pipelines.forget.find import nearest
from pipelines.forget.letter import Asked, read_letter, unwrapped
from pipelines.forget.order import Order, with_wait
from pipelines.forget.plan import Plan
from pipelines.forget.planning import without_quotes
from pipelines.forget.scope import Scope, make_scope
from pipelines.forget.verbs import look_up, preview, remove
from pipelines.utc import now_utc

app = typer.Typer()

_MISTAKES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Told:
    """Why a removal is ordered, how it is agreed to, done and answered: the options of both commands."""

    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept in the record.")] = ""
    requester: Annotated[str, typer.Option(metavar="TEXT", help="Who asked; kept in the record.")] = ""
    basis: Annotated[str, typer.Option(metavar="TEXT", help="The law or contract invoked.")] = ""
    ticket: Annotated[str, typer.Option(metavar="TEXT", help="Your own reference.")] = ""
    operator: Annotated[str, typer.Option(metavar="NAME", help="Who does it; the login name otherwise.")] = ""
    plan_hash: Annotated[
        str, typer.Option(metavar="HASH", help="Do exactly the plan that --dry-run showed.")
    ] = ""
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and do nothing.")] = False
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
    exports: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A folder with exported files; which hold some of it is told."),
    ] = None
    receipt: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the receipt there as well; .html to print.")
    ] = None
    sign: SigningKey = None
    lang: Language = ""
    as_json: Json = False

    def order(self, **more: Any) -> Order:
        """What is recorded of it."""
        return Order(
            self.requester,
            self.reason,
            now_utc(),
            self.basis,
            self.ticket,
            one_line(self.operator) or login(),
            **more,
        )


_with_order = options_of("told", _Told)

EPILOG = examples(
    ("what would go, and nothing else", "parknews remove-source www.example.cn --dry-run"),
    (
        "do it, with a receipt",
        "parknews remove-source www.example.cn --requester 'Example Ltd' --reason 'letter of 3 March' --yes",
    ),
    (
        "one article, wherever it has this address",
        "parknews remove-source --url https://a.cn/1.html --requester X --reason Y",
    ),
    (
        "whatever credits a publisher",
        "parknews remove-source --credited 示例日报 --requester X --reason Y --dry-run",
    ),
    note="The same command goes on where it was interrupted.\n"
    "Exit codes: 0 done, 1 hidden, to be deleted later, 2 nothing of it here, 4 refused or incomplete.",
)


@app.command("remove-source", epilog=EPILOG)
@_with_order
def remove_source(  # one command has all the ways to say what is meant
    ctx: typer.Context,
    host: Annotated[
        str, typer.Argument(metavar="[HOST]", help="The source's host; may be left out with another scope.")
    ] = "",
    *,
    include_subdomains: Annotated[
        bool, typer.Option("--include-subdomains", help="All hosts of HOST's registrable domain.")
    ] = False,
    url_prefix: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Every page whose path begins so.")
    ] = None,
    url: Annotated[list[str] | None, typer.Option(metavar="URL", help="One page.")] = None,
    credited: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Every page that credits it, wherever it is.")
    ] = None,
    title: Annotated[
        list[str] | None, typer.Option(metavar="TITLE", help="The article of this title.")
    ] = None,
    author: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Every article by this author.")
    ] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Articles that name somebody, listed with the words around it."),
    ] = None,
    article: Annotated[
        list[int] | None, typer.Option(metavar="ID", help="This article with all its copies.")
    ] = None,
    requests: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="A line each: host, URL, prefix ending in /, 《title》, credited=NAME, author=, person=.",
        ),
    ] = None,
    since: Annotated[str, typer.Option(metavar="DAY", help="Only what was published from then on.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Only what was published until then.")] = "",
    undated: Annotated[
        str, typer.Option(metavar="take|leave", help="Pages without a date, where days are given.")
    ] = "leave",
    but_not: Annotated[
        list[str] | None, typer.Option("--except", metavar="URL", help="This page stays.")
    ] = None,
    with_copies: Annotated[
        bool, typer.Option("--with-copies", help="Other sources' copies of its articles, too.")
    ] = False,
    also: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="This page goes although it is contested.")
    ] = None,
    with_mentions: Annotated[
        bool, typer.Option("--with-mentions", help="Stored raw pages of others that quote or link it, too.")
    ] = False,
    stay_down: Annotated[
        bool, typer.Option("--stay-down", help="Hold the same texts when they come from other addresses.")
    ] = False,
    hide_only: Annotated[
        bool, typer.Option("--hide-only", help="Withdraw it from readers and crawls; delete nothing yet.")
    ] = False,
    now: Annotated[
        str, typer.Option(metavar="WHY", help="Do not wait where other sources' pages are concerned.")
    ] = "",
    wait_days: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=365,
            help="How long such pages stay hidden first. [dim]\\[env: PARKNEWS_REMOVAL_WAIT_DAYS; 14][/]",
        ),
    ] = None,
    block_only: Annotated[
        bool, typer.Option("--block-only", help="Nothing of it is here: keep it out from now on.")
    ] = False,
    vacuum: Annotated[
        bool, typer.Option("--vacuum", help="Write the files anew, whatever is found.")
    ] = False,
    told: _Told,
) -> None:
    """Forget a source: block it, delete it, make the files forget, search them, and give a receipt.

    Articles that others also carried stay, under another source's own text. A
    crawl may go on meanwhile: it asks for nothing of the source any more.
    """
    if include_subdomains and not host:
        raise ConfigurationError("--include-subdomains needs a HOST")
    if undated not in ("take", "leave"):
        raise ConfigurationError(f"--undated {one_line(undated)}: write take or leave")
    asked = {
        "hosts": [host] if host else [],
        "prefixes": url_prefix or [],
        "urls": url or [],
        "credited": credited or [],
        "titles": title or [],
        "authors": author or [],
        "persons": person or [],
    }
    listed = _listed(requests)
    scope = make_scope(
        **{kind: [*typed, *listed.get(kind, ())] for kind, typed in asked.items()},
        articles=article or [],
        undated=undated,
        domains=[host] if include_subdomains else [],
        with_copies=with_copies,
        since=day_of("--since", since),
        until=day_of("--until", until),
        exceptions=but_not or [],
        named=also or [],
    )
    if scope.is_empty:
        raise ConfigurationError(
            "say what is to go: HOST, --url-prefix, --url, --credited, --title, --author, --person, --article"
            " or --from FILE"
        )
    order = told.order(
        hide_only=hide_only, stay_down=stay_down, mentions=with_mentions, now_reason=one_line(now)
    )
    days = settings_of(ctx).removal_wait_days if wait_days is None else wait_days
    _carry_out(ctx, scope, order, told, block_only=block_only, wait_days=days, vacuum=vacuum)


@app.command(
    "redact",
    epilog=examples(
        ("what would go", "parknews redact https://a.cn/1.html --passage '联系人 0512-1234567' --dry-run"),
        (
            "a name, in every copy of the article",
            "parknews redact https://a.cn/1.html --passage 张三丰 --with-copies --requester X --reason Y",
        ),
        (
            "a paragraph from a file",
            "parknews redact URL --passage-from passage.txt --requester X --reason Y",
        ),
        note="It cannot be undone once it is done; until then `removals undo` does.\n"
        "Exit codes: 0 done, 2 the page does not say it, 4 refused or incomplete.",
    ),
)
@_with_order
def redact(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The page.")],
    passage: Annotated[
        str, typer.Option(metavar="TEXT", help="What is to go: a paragraph, a caption, a name, a number.")
    ] = "",
    passage_from: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file with it, a passage a line.")
    ] = None,
    with_copies: Annotated[
        bool, typer.Option("--with-copies", help="From every copy of the article that says it.")
    ] = False,
    *,
    told: _Told,
) -> None:
    """Take a passage out of a page, which stays with 〔已删除〕 in its place, also when it comes again.

    However the page spells it: in either script, with mark-up, entities or spaces
    between the letters. It goes from the text, the raw page, the index, former
    versions, evidence and attached files.
    """
    said = [typed for typed in (passage, *_lines(passage_from)) if typed.strip()]
    scope = make_scope(urls=[url], passages=said, with_copies=with_copies)
    if not said:
        raise ConfigurationError("say what is to go: --passage TEXT or --passage-from FILE")
    _carry_out(ctx, scope, told.order(), told)


def _carry_out(
    ctx: typer.Context,
    scope: Scope,
    order: Order,
    told: _Told,
    *,
    block_only: bool = False,
    wait_days: int = 0,
    vacuum: bool = False,
) -> None:
    """Shows the plan, asks, does it and gives the receipt."""
    db, lang, exports = settings_of(ctx).db, language_of(told.lang), told.exports or ()
    if not told.dry_run and not (order.reason and order.requester):
        raise ConfigurationError("a removal needs --requester and --reason: they are kept in its record")
    plan = preview(db, scope, exports, mentions=order.mentions)
    if told.dry_run:
        show_plan(plan, as_json=told.as_json, lang=lang)
        return
    before = look_up(db, scope)
    if plan.is_empty and not (before.pending or before.is_done or before.is_known or block_only):
        raise _unknown(plan, nearest(db, scope))
    is_agreed = told.yes or bool(told.plan_hash)
    if scope.persons and not (is_agreed or told.as_json) and sys.stdin.isatty():
        scope = _chosen(plan)
        plan = preview(db, scope, exports, mentions=order.mentions)
    if before.pending is None or told.plan_hash != before.pending.plan_hash:  # what was agreed to stays so
        agree(plan, told.plan_hash, yes=told.yes, as_json=told.as_json)
    outcome = remove(
        db,
        scope,
        with_wait(_without_quotes(plan, order, may_ask=not is_agreed), plan, wait_days),
        expected=told.plan_hash or None,
        exports=exports,
        vacuum=vacuum,
        on_step=lambda step: print(f"parknews: {step}", file=sys.stderr),
    )
    if outcome.was_done and not told.as_json:
        print(f"already done by removal {outcome.removal.id}; `removals show {outcome.removal.id}` has it")
        return
    authority = settings_of(ctx).timestamp_authority
    report(
        outcome,
        as_json=told.as_json,
        receipt=told.receipt,
        lang=lang,
        key=told.sign,
        authority=authority,
    )


def _chosen(plan: Plan) -> Scope:
    """The scope without those pages that name a person and are not to go: each is asked about, or none."""
    kept, takes_all = [], False
    for page in plan.pages:
        if page.named_by != "person" or takes_all:
            continue
        print(f"{one_line(page.title)}  ({one_line(page.page_url)})\n    …{one_line(page.context)}…")
        said = typer.prompt("Does it go? y, n, or a for all that follow", default="n").lower()
        takes_all = said == "a"
        kept += [] if said in ("y", "a") else [page.copy_url]
    return replace(plan.scope, exceptions=tuple(sorted({*plan.scope.exceptions, *kept})))


def _without_quotes(plan: Plan, order: Order, *, may_ask: bool) -> Order:
    """The order as it is recorded; where its words quote what goes a wording without that is offered."""
    said: dict[str, Any] = {}
    for name in ("requester", "reason", "basis", "ticket"):
        said[name] = one_line(getattr(order, name))
        other = without_quotes(plan, said[name])
        if other != said[name]:
            print(
                f"parknews: --{name} quotes what is to go, and the record keeps it; without it: --{name}"
                f" {other!r} (`parknews removals correct` says it otherwise later)",
                file=sys.stderr,
            )
            if may_ask and typer.confirm("Record that wording instead?", default=True):
                said[name] = other
    return replace(order, **said)


def _unknown(plan: Plan, near: list[str]) -> ConfigurationError:
    """Nothing of a scope is known, which is a slip of the hand more often than a precaution."""
    scope = plan.scope
    if scope.passages:
        why = plan.left_out[0].reason if plan.left_out else "it is not here"
        return ConfigurationError(f"{one_line(scope.urls[0])}: {why}; nothing was done")
    meant = f"did you mean {one_line(', '.join(near))}? " if near else ""
    return ConfigurationError(
        f"{one_line(scope.described())}: nothing of it is here; {meant}With --block-only it is kept out"
        " from now on"
    )


def _listed(requests: Path | None) -> dict[str, list[str]]:
    """What the lines of a file of requests ask for, by kind.

    Raises:
        ConfigurationError: the file cannot be read, or has lines that are no request: each is named, so that
            a list of a thousand addresses is mended in one go.
    """
    asked, mistakes = defaultdict[str, list[str]](list), []
    for number, line in enumerate(_lines(requests), start=1):
        if not line or line.startswith("#"):
            continue
        for kind, value in _kinds_of(line):
            try:
                make_scope(**{kind: [value]})
            except ConfigurationError as error:
                mistakes.append(f"line {number}: {one_line(str(error))}")
            asked[kind].append(value)
    if mistakes:
        more = len(mistakes) - _MISTAKES_SHOWN
        shown = mistakes[:_MISTAKES_SHOWN] + ([f"and {more} lines more"] if more > 0 else [])
        raise ConfigurationError(f"{requests}: nothing was done; " + "; ".join(shown))
    return asked


def _lines(path: Path | None) -> list[str]:
    return [line.strip() for line in unwrapped(text_of(path)).split("\n")] if path else []


_NAMED = {"credited": "credited", "author": "authors", "person": "persons", "title": "titles"}
"""How a line of a file of requests names something that is no address → what of a scope it is."""


def _kinds_of(line: str) -> list[tuple[str, str]]:
    """What a line asks for: addresses without the notes behind them, a host, or a publisher's name."""
    name, equals, value = line.partition("=")
    if equals and (kind := _NAMED.get(name.strip())):
        return [(kind, value.strip())]
    said = read_letter(line)
    asked = [one for one in said if one.kind in ("address", "host")]
    if not asked and (titles := [one.words for one in said if one.kind == "quoted"]):
        return [("titles", title) for title in titles]
    if not asked or ("://" in line and asked[0].kind == "host"):
        return [("urls" if "://" in line else "hosts", line)]  # which says what is wrong with it
    return [(_part(one), one.words) for one in asked]


def _part(asked: Asked) -> str:
    if asked.kind == "host":
        return "hosts"
    return "prefixes" if asked.words.endswith("/") else "urls"
