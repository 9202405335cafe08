"""`parknews remove-source`: forget a source or part of one, prove it, keep it out."""

from __future__ import annotations

import getpass
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.context import settings_of
from crawler.cli.examples import examples
from crawler.cli.failures import ATTENTION
from crawler.cli.options import day_of
from crawler.cli.output import one_line, plain, print_json
from crawler.cli.request_file import read_request_file
from pipelines.errors import ConfigurationError, RefusedError, StorageError

if TYPE_CHECKING:
    from crawler.forgetting.removal import Outcome
    from pipelines.archive.removal_order import Order
    from pipelines.removal.plan import Plan
    from pipelines.removal.scope import Scope

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

INCOMPLETE = 4


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
    from crawler.forgetting.removal import is_done, preview, remove, under_way  # noqa: PLC0415  # --help needs no archive
    from pipelines.removal.scope import make_scope  # noqa: PLC0415

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
        _show_plan(plan, as_json=as_json)
        return
    pending = under_way(db, scope)
    if plan.is_empty and pending is None and not block_only and not is_done(db, scope):
        refuse_unknown(db, scope)
    if pending is None or plan_hash != pending.plan_hash:  # what was agreed to stays agreed
        _agree(plan, scope, plan_hash, yes=yes, as_json=as_json)
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


def refuse_unknown(db: Path, scope: Scope) -> None:
    """Stops where nothing of a scope is known, which is a slip of the hand more often than a precaution.

    Raises:
        ConfigurationError: it is so; the line names what may have been meant.
    """
    from pipelines.archive.connect import read_only  # noqa: PLC0415  # --help needs no archive
    from pipelines.archive.removal_find import is_known, nearest  # noqa: PLC0415

    connection = read_only(db)
    try:
        if is_known(connection, scope):
            return
        near = nearest(connection, scope)
    finally:
        connection.close()
    meant = f"did you mean {one_line(', '.join(near))}? " if near else ""
    raise ConfigurationError(
        f"{one_line(scope.described())}: nothing of it is here; {meant}With --block-only it is kept out"
        " from now on"
    )


def report(outcome: Outcome, *, as_json: bool, receipt: Path | None = None) -> None:
    """Prints the receipt and ends with the exit code that it deserves."""
    from pipelines.removal.receipt import as_json as json_of  # noqa: PLC0415
    from pipelines.removal.receipt import markdown  # noqa: PLC0415

    removal = asdict(outcome.removal)
    text = markdown(removal, outcome.events, outcome.trouble)
    if receipt is not None:
        try:
            receipt.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StorageError(
                f"{receipt}: {error.strerror or error}; print it with `removals show`"
            ) from error
    if as_json:
        print_json(json_of(removal, outcome.events, outcome.trouble))
    else:
        print(plain(text), end="")
    if outcome.trouble:
        print(
            f"parknews: removal {removal['id']} is not complete: {one_line(outcome.trouble)}", file=sys.stderr
        )
        raise typer.Exit(INCOMPLETE)
    if removal["state"] == "hidden" and removal["mode"] == "delete":
        raise typer.Exit(ATTENTION)


def hosts_and_domains(hosts: list[str], include_subdomains: bool) -> tuple[list[str], list[str]]:
    """Hosts as they were typed, and the registrable domains that hold them where those are meant."""
    from urllib.parse import urlsplit  # noqa: PLC0415

    from pipelines.archive.blocks import registrable_domain  # noqa: PLC0415
    from pipelines.removal.scope import spelled_host  # noqa: PLC0415

    if not include_subdomains:
        return hosts, []
    if not hosts:
        raise ConfigurationError("--include-subdomains needs a HOST")
    names = [urlsplit(f"//{spelled_host(host)}").hostname or host for host in hosts]
    return hosts, [registrable_domain(name) for name in names]


def _agree(plan: Plan, scope: Scope, plan_hash: str, *, yes: bool, as_json: bool) -> None:
    """Shows the plan and asks, unless the command line has agreed already."""
    if plan_hash and plan_hash != plan.hash:
        raise RefusedError(f"the plan is {plan.hash} now, not {plan_hash}: look at it again with --dry-run")
    if plan_hash and yes:
        return
    if plan.is_large:
        if yes or as_json or not sys.stdin.isatty():
            raise RefusedError(
                f"{one_line(scope.described())} takes {plan.part:.0%} of the archive: look at the plan with"
                f" --dry-run, then type --plan-hash {plan.hash}"
            )
        _show_plan(plan, as_json=False)
        if (
            typer.prompt(f"This takes {plan.part:.0%} of the archive. Type the plan's hash to go on")
            != plan.hash
        ):
            raise RefusedError("not the plan's hash: nothing was done")
    elif not yes:
        _show_plan(plan, as_json=False)
        if not typer.confirm("Go on?"):
            raise RefusedError("nothing was done")


def order_of(
    plan: Plan,
    *,
    reason: str,
    requester: str,
    basis: str,
    ticket: str,
    operator: str,
    hide_only: bool,
    stay_down: bool,
    mentions: bool,
    now: str,
    wait_days: int,
) -> Order:
    """The order for a plan as a person gave it, now."""
    from importlib.metadata import version  # noqa: PLC0415

    from pipelines.archive.removal_order import Order  # noqa: PLC0415

    at = datetime.now(UTC)
    waits = plan.reaches_others and not now and not hide_only and wait_days > 0
    due = (at + timedelta(days=wait_days)).strftime("%Y-%m-%dT%H:%M:%SZ") if waits else None
    return Order(
        requester=one_line(requester),
        reason=one_line(reason),
        at=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        basis=one_line(basis),
        ticket=one_line(ticket),
        operator=one_line(operator) or _login(),
        version=version("parknews"),
        hide_only=hide_only,
        stay_down=stay_down,
        mentions=mentions,
        due_at=due,
        now_reason=one_line(now),
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, in a container
        return ""


def _say(step: str) -> None:
    print(f"parknews: {step}", file=sys.stderr)


def _show_plan(plan: Plan, *, as_json: bool) -> None:
    if as_json:
        print_json({"plan": plan.as_json()})
        return
    print(f"Plan {plan.hash}: {one_line(plan.scope.described())}")
    print(f"It takes {plan.copies_gone} of {plan.copies_in_archive} copies ({plan.part:.1%}).")
    for name, number in plan.counts.items():
        if number:
            print(f"  {number:>8,}  {name}")
    _section("Among them", (one_line(title) for title in plan.titles))
    _section(
        "Of other sources; hidden first and deleted later, or at once with --now WHY",
        (f"{one_line(source)}: {number} pages" for source, number in plan.others.items()),
    )
    _section(
        "Stay, under another source's text",
        (f"article {s.article_id}: {one_line(s.title)} ({s.source})" for s in plan.survivors),
    )
    _section(
        "Left out, since somebody else may have had it first; --also URL takes it",
        (f"{plain(left.url)} (article {left.article_id}): {one_line(left.reason)}" for left in plan.left_out),
    )
    _section(
        "Exported files that hold some of it, out of reach",
        (one_line(export.told()) for export in plan.exports),
    )
    if plan.is_empty:
        print("Nothing of it is here: only --block-only, or a host of `sources list`, can be ordered.")
    if plan.scope.is_narrowed:
        print("Only the removed addresses will be blocked: what else the source publishes still comes in.")
    if plan.is_large:
        print(f"More than a fifth of the archive: it needs --plan-hash {plan.hash}")


def _section(heading: str, lines: object) -> None:
    shown = list(lines)  # type: ignore[call-overload]
    if shown:
        print(f"{heading}:")
        for line in shown[:_SHOWN]:
            print(f"  {line}")
        if len(shown) > _SHOWN:
            print(f"  and {len(shown) - _SHOWN} more; --json has all")


_SHOWN = 20
"""Lines of one kind in a plan that a person reads."""
