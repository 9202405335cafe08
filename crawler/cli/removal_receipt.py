"""The receipt of a removal, printed, and the exit code that it deserves."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from crawler.cli.terminal import ATTENTION, one_line, plain, print_json
from pipelines.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.forget.removal import Outcome

INCOMPLETE = 4


def report(outcome: Outcome, *, as_json: bool, receipt: Path | None = None) -> None:
    """Prints the receipt, writes it to a file where one is named, and ends with its exit code."""
    if receipt is not None:
        _write(receipt, _markdown(outcome))
    if as_json:
        print_json(_json(outcome))
    else:
        print(plain(_markdown(outcome)), end="")
    end_with([outcome])


def report_all(outcomes: list[Outcome], *, as_json: bool) -> None:
    """Prints the receipts of several removals; ends with the gravest of their exit codes."""
    if as_json:
        print_json({"removals": [_json(outcome) for outcome in outcomes]})
    else:
        print(plain("\n".join(map(_markdown, outcomes))), end="")
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
            codes.add(INCOMPLETE)
        elif removal.state == "hidden" and removal.mode == "delete":
            codes.add(ATTENTION)
    if codes:
        raise typer.Exit(max(codes))


def _markdown(outcome: Outcome) -> str:
    from pipelines.forget.receipt import markdown  # noqa: PLC0415  # --help needs no archive

    return markdown(asdict(outcome.removal), outcome.events, outcome.trouble)


def _json(outcome: Outcome) -> dict[str, Any]:
    from pipelines.forget.receipt import as_json  # noqa: PLC0415  # --help needs no archive

    return as_json(asdict(outcome.removal), outcome.events, outcome.trouble)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}; print it with `removals show`") from error
