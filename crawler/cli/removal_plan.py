"""A removal's plan, shown to a person and agreed to; or the line that says nothing of it is here."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import typer

from crawler.cli.terminal import one_line, plain, print_json
from pipelines.errors import ConfigurationError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.archive.kept_out.scope import Scope
    from pipelines.forget.plan import Plan

_SHOWN = 20
"""Lines of one kind in a plan that a person reads."""


def show_plan(plan: Plan, *, as_json: bool) -> None:
    """Prints what would go, what would stay, and why."""
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


def agree(plan: Plan, scope: Scope, plan_hash: str, *, yes: bool, as_json: bool) -> None:
    """Shows the plan and asks, unless the command line has agreed already.

    Raises:
        RefusedError: nobody agreed to this plan.
    """
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
        show_plan(plan, as_json=False)
        if (
            typer.prompt(f"This takes {plan.part:.0%} of the archive. Type the plan's hash to go on")
            != plan.hash
        ):
            raise RefusedError("not the plan's hash: nothing was done")
    elif not yes:
        show_plan(plan, as_json=False)
        if not typer.confirm("Go on?"):
            raise RefusedError("nothing was done")


def refuse_unknown(db: Path, scope: Scope) -> None:
    """Stops where nothing of a scope is known, which is a slip of the hand more often than a precaution.

    Raises:
        ConfigurationError: it is so; the line names what may have been meant.
    """
    from pipelines.archive.file import read_only  # noqa: PLC0415  # --help needs no archive
    from pipelines.forget.find import is_known, nearest  # noqa: PLC0415

    with closing(read_only(db)) as connection:
        if is_known(connection, scope):
            return
        near = nearest(connection, scope)
    meant = f"did you mean {one_line(', '.join(near))}? " if near else ""
    raise ConfigurationError(
        f"{one_line(scope.described())}: nothing of it is here; {meant}With --block-only it is kept out"
        " from now on"
    )


def _section(heading: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    if shown:
        print(f"{heading}:")
        for line in shown[:_SHOWN]:
            print(f"  {line}")
        if len(shown) > _SHOWN:
            print(f"  and {len(shown) - _SHOWN} more; --json has all")
