"""`parknews remove-source`: forget a source or part of one, prove it, keep it out."""

from __future__ import annotations

import sys
from pathlib import Path  # typer reads the annotations when it runs
from typing import Annotated

import typer

from crawler.cli.removal_order import hosts_and_domains, order_of
from crawler.cli.removal_plan import agree, refuse_unknown, show_plan
from crawler.cli.removal_receipt import report
from crawler.cli.request_file import read_request_file
from crawler.cli.terminal import day_of, examples, settings_of
from pipelines.errors import ConfigurationError

app = typer.Typer()

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
def remove_source(  # one command has all the ways to say what is meant
    ctx: typer.Context,
    host: Annotated[
        str, typer.Argument(metavar="[HOST]", help="The source's host; may be left out with another scope.")
    ] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept in the record.")] = "",
    requester: Annotated[str, typer.Option(metavar="TEXT", help="Who asked; kept in the record.")] = "",
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
    requests: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="A line each: a host, a URL, a prefix ending in /, credited=NAME."
        ),
    ] = None,
    since: Annotated[str, typer.Option(metavar="DAY", help="Only what was published from then on.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Only what was published until then.")] = "",
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
    plan_hash: Annotated[
        str, typer.Option(metavar="HASH", help="Do exactly the plan that --dry-run showed.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    block_only: Annotated[
        bool, typer.Option("--block-only", help="Nothing of it is here: keep it out from now on.")
    ] = False,
    vacuum: Annotated[
        bool, typer.Option("--vacuum", help="Write the files anew, whatever is found.")
    ] = False,
    basis: Annotated[str, typer.Option(metavar="TEXT", help="The law or contract invoked.")] = "",
    ticket: Annotated[str, typer.Option(metavar="TEXT", help="Your own reference.")] = "",
    operator: Annotated[
        str, typer.Option(metavar="NAME", help="Who does it; the login name otherwise.")
    ] = "",
    exports: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A folder with exported files; which hold some of it is told."),
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the receipt there as well.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Forget a source: block it, delete it, make the files forget, search them, and give a receipt.

    Articles that others also carried stay, under another source's own text. A
    crawl may go on meanwhile: it asks for nothing of the source any more.
    """
    from pipelines.archive.kept_out.scope import make_scope  # noqa: PLC0415
    from pipelines.forget.known import is_done, under_way  # noqa: PLC0415  # --help needs no archive
    from pipelines.forget.removal import preview, remove  # noqa: PLC0415  # --help needs no archive

    read = read_request_file(requests)
    hosts, domains = hosts_and_domains([host] if host else [], include_subdomains)
    scope = make_scope(
        hosts=[*hosts, *read["hosts"]],
        domains=domains,
        prefixes=[*(url_prefix or []), *read["prefixes"]],
        urls=[*(url or []), *read["urls"]],
        credited=[*(credited or []), *read["credited"]],
        with_copies=with_copies,
        since=day_of("--since", since),
        until=day_of("--until", until),
        exceptions=but_not or [],
        named=also or [],
    )
    if scope.is_empty:
        raise ConfigurationError("say what is to go: HOST, --url-prefix, --url, --credited or --from FILE")
    db = settings_of(ctx).db
    if not dry_run and not (reason and requester):
        raise ConfigurationError("a removal needs --requester and --reason: they are kept in its record")
    plan = preview(db, scope, exports or (), mentions=with_mentions)
    if dry_run:
        show_plan(plan, as_json=as_json)
        return
    pending = under_way(db, scope)
    if plan.is_empty and pending is None and not block_only and not is_done(db, scope):
        refuse_unknown(db, scope)
    if pending is None or plan_hash != pending.plan_hash:  # what was agreed to stays agreed
        agree(plan, scope, plan_hash, yes=yes, as_json=as_json)
    order = order_of(
        plan,
        reason=reason,
        requester=requester,
        basis=basis,
        ticket=ticket,
        operator=operator,
        hide_only=hide_only,
        stay_down=stay_down,
        mentions=with_mentions,
        now=now,
        wait_days=settings_of(ctx).removal_wait_days if wait_days is None else wait_days,
    )
    outcome = remove(
        db, scope, order, expected=plan_hash or None, exports=exports or (), vacuum=vacuum, on_step=_say
    )
    if outcome.was_done and not as_json:
        print(f"already done by removal {outcome.removal.id}; `removals show {outcome.removal.id}` has it")
        return
    report(outcome, as_json=as_json, receipt=receipt)


def _say(step: str) -> None:
    print(f"parknews: {step}", file=sys.stderr)
