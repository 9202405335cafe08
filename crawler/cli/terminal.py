"""What commands have in common at the terminal: what was typed as values, what is printed made harmless.

Answers go to stdout, everything else to stderr. Text from pages can hold terminal escapes, control
characters and marks that turn the writing direction; `plain` shows them as what they are. JSON leaves as one
line that is safe to look at too.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crawler.config import Settings
from pipelines.decode import decode_body
from pipelines.errors import ConfigurationError
from pipelines.query import is_day
from pipelines.urls import canonical_url

ATTENTION = 1
"""The exit code of a command that did its work and found something wrong."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
"""The option of every command that reports."""

FEW = 30
"""Sources of which each has its line; of more only those that need somebody, unless all are asked for."""

All = Annotated[bool, typer.Option("--all", help="A line for each source, however many there are.")]

_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""C0 and C1 controls but tab and line feed, line separators, and the marks of UAX #9."""


def settings_of(ctx: typer.Context) -> Settings:
    """The settings that the global options and the environment made."""
    assert isinstance(ctx.obj, Settings)
    return ctx.obj


def examples(*pairs: tuple[str, str], note: str = "") -> str:
    """The end of a command's help: for each wish what one types, with a closing note."""
    lines = [f"  [dim]# {escape(wish)}[/]\n  {escape(command)}" for wish, command in pairs]
    ending = f"\n\n{escape(note)}" if note else ""
    return "[bold]Examples[/]\n" + "\n".join(lines) + ending


def options_of(
    name: str, made: Callable[..., object]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command with an option for each argument of `made` in the place of `name`, which is what it makes."""
    options = inspect.signature(made, eval_str=True).parameters

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)

        @functools.wraps(command)
        def called(**given: Any) -> None:
            command(**{name: made(**{option: given.pop(option) for option in options})}, **given)

        parameters = [
            option.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in own.parameters.values()
            for option in (options.values() if parameter.name == name else (parameter,))
        ]
        called.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]  # typer reads it
        called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return called

    return with_options


def text_of(path: Path) -> str:
    """What somebody wrote into a file, in whatever encoding, or sent to standard input (`-`).

    Raises:
        ConfigurationError: it cannot be read, or is no text.
    """
    try:
        body = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror or error})") from error
    decoded = decode_body(body, "text/plain")
    if isinstance(decoded, str):
        raise ConfigurationError(f"{path}: cannot be read as text ({decoded})")
    return decoded.html


def address_of(typed: str) -> str:
    """An address in its one spelling; raises ConfigurationError where it is none."""
    try:
        return canonical_url(typed)
    except ValueError as error:
        raise ConfigurationError(f"{one_line(typed)}: {error}") from None


def day_of(option: str, value: str) -> str:
    """A day, month or year from an option; raises ConfigurationError."""
    if value and not is_day(value):
        raise ConfigurationError(
            f"{option} {value}: write a day, month or year as 2025-03-01, 2025-03 or 2025"
        )
    return value


def plain(text: str) -> str:
    """The text with every control character shown as its number; line feeds and tabs stay."""
    return _HARMFUL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def one_line(text: str) -> str:
    """The text made harmless, on one line."""
    return plain(" ".join(text.split()))


def span(seconds: float) -> str:
    """A length of time as people say it: 40 s, 12 min, 3.5 h, 2.1 days."""
    for least, size, unit in ((2 * 86400, 86400, "days"), (2 * 3600, 3600, "h"), (120, 60, "min")):
        if seconds >= least:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.0f} s"


def counted(number: int, one: str, many: str = "") -> str:
    """A number and its noun: 1 page, 12 pages, 2 copies."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def print_json(answer: dict[str, Any]) -> None:
    """One JSON object on one line of stdout; characters that a terminal obeys are escaped."""
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
    line = json.dumps(answer, ensure_ascii=ascii_only, allow_nan=False)
    sys.stdout.write(_HARMFUL.sub(lambda match: f"\\u{ord(match[0]):04x}", line) + "\n")
    sys.stdout.flush()


def tell(as_json: bool, answer: dict[str, Any], words: str) -> None:
    """The answer of a command: one JSON object, or the same in words."""
    print_json(answer) if as_json else print(words)


def answers() -> Console:
    """The console for answers: stdout, no markup or emoji codes read from the text, no colour in a pipe."""

    class Answers(Console):
        def on_broken_pipe(self) -> None:  # rich would exit with 1; `| head` is no failure of ours
            raise BrokenPipeError

    return Answers(markup=False, emoji=False, highlight=False, soft_wrap=not sys.stdout.isatty())


def remarks() -> Console:
    """The console for progress and logs: stderr."""
    return Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True)


def print_indented(console: Console, text: str | Text, by: int, style: str = "", lead: str = "") -> None:
    """Prints a paragraph `by` columns to the right: wrapped on a terminal, on one line elsewhere.

    `lead` stands before it in columns of its own: a long word after a blank would begin a line of its own.
    """
    shown = Text(text, style=style) if isinstance(text, str) else text
    if console.is_terminal and lead:
        beside = Table.grid(padding=0)
        beside.add_column(width=len(lead))
        beside.add_column(overflow="fold")
        beside.add_row(Text(lead), shown)
        console.print(Padding(beside, (0, 0, 0, by)))
    elif console.is_terminal:
        console.print(Padding(shown, (0, 0, 0, by)))
    else:
        console.print(Text(" " * by + lead).append_text(shown), soft_wrap=True)


def table(*headings: str, right: tuple[str, ...] = ()) -> Table:
    """An empty table with plain rules; columns named in `right` hold numbers."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        made.add_column(heading, justify="right" if heading in right else "left")
    return made
