"""The application: global options, and the commands in the order in which a newcomer meets them.

A command's module is imported when that command is run or its help is asked for: what it needs stands at its
top, and `parknews --help` loads none of it.
"""

from __future__ import annotations

import ast
import gc
import os
import sys
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand
from typer.main import get_group

from crawler.cli.failures import GuardedGroup
from crawler.cli.terminal import examples, remarks
from crawler.config import read_settings
from pipelines.archive.rules import follows_earlier_rules

COMMANDS = {
    "crawl": "crawl",
    "retry": "crawl",
    "demo": "demo",
    "search": "search",
    "show": "show",
    "reuse": "search",
    "cite": "show",
    "serve": "serve",
    "searches": "searches",
    "sets": "sets",
    "changes": "export",
    "mcp": "mcp",
    "export": "export",
    "share": "export",
    "report": "report",
    "read": "read",
    "reprocess": "reprocess",
    "correct": "people",
    "reject": "people",
    "split": "people",
    "join": "people",
    "case": "case",
    "status": "status",
    "remove-source": "removal",
    "redact": "removal",
    "backup": "snapshot",
    "restore": "snapshot",
    "sources": "sources",
    "warc": "warc",
    "removals": "removals",
}
"""Every command, and the module of crawler/cli that has it in its `app` or is the group of that name."""

_READING = {"crawl", "search", "show", "serve", "export", "report", "status", "correct", "split", "join"}
"""Commands that show or judge articles: they tell where an earlier version's rules did so."""
_STAYING = "serve"
"""It ends when it is stopped: the line comes before it."""


class _Commands(Mapping[str, Any]):
    """The commands by name, each loaded when it is looked up."""

    def __getitem__(self, name: str) -> Any:
        found = get_group(import_module(f"crawler.cli.{COMMANDS[name]}").app)
        return found.commands.get(name, found)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class LazyGroup(GuardedGroup):
    """The group of all commands, which knows of each no more than a line until it is called."""

    def __init__(self, **attributes: Any) -> None:
        """Takes what typer gives a group; its commands are those of the table."""
        super().__init__(**attributes)
        self.commands = _Commands()  # type: ignore[assignment]  # nothing is added to them

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What the overview shows of a command."""
        return TyperCommand(name=cmd_name, help=_help_of(cmd_name)) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was typed, its help ready to be read."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None:
            command = self.commands[name]
            plain_options(command, ctx.help_option_names)
            _verbose_too(command, next(option for option in self.params if option.name == "verbose"))
        return name, command, rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The overview."""
        plain_options(self, ctx.help_option_names)
        super().format_help(ctx, formatter)


def _help_of(name: str) -> str:
    """What the help of a command or group says, from its module's source: the overview loads none of them."""
    source = Path(__file__).with_name(f"{COMMANDS[name]}.py").read_text(encoding="utf-8")
    group = ""
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(decorator_list=[ast.Call(args=[ast.Constant(value=named)]), *_]):
                if named == name:
                    return ast.get_docstring(node) or ""
            case ast.Assign(targets=[ast.Name(id="app")], value=ast.Call(keywords=given)):
                group = next((ast.literal_eval(one.value) for one in given if one.arg == "help"), "")
    return group


def _verbose_too(command: Any, verbose: Any) -> None:
    """Lets -v stand behind a command as well as before it."""
    below = getattr(command, "commands", None)
    for inner in below.values() if below else ():
        _verbose_too(inner, verbose)
    if not below and not any(option.name == verbose.name for option in command.params):
        again = copy(verbose)
        again.hidden, again.expose_value, again.callback = True, False, _more_verbose
        command.params.append(again)


def _more_verbose(ctx: Any, _option: Any, times: int) -> None:
    if times:
        settings = ctx.obj
        ctx.obj = replace(settings, verbose=settings.verbose + times)
        ctx.find_root().params["verbose"] = ctx.obj.verbose


def plain_options(command: Any, help_names: list[str]) -> None:
    """Takes typer's "<bool>" and "<int range>" from the help of a command and of those below it."""
    for option in command.get_params(typer.Context(command, help_option_names=help_names)):
        if getattr(option, "is_flag", False) or getattr(option, "count", False):
            option.metavar = option.metavar or ""
        elif option.param_type_name == "option" and option.bare_type() in {"int", "int range"}:
            option.metavar = option.metavar or "N"
    if not isinstance(command, LazyGroup):
        for below in getattr(command, "commands", {}).values():
            plain_options(below, help_names)


def _print_version(wanted: bool | None) -> None:
    if wanted:
        typer.echo(f"parknews {version('parknews')}")
        raise typer.Exit


app = typer.Typer(
    name="parknews",
    cls=LazyGroup,
    help="""
News about industrial parks: crawled politely, cleaned, de-duplicated, attributed.

A first look, without any site: [bold]parknews demo[/]
""",
    epilog=examples(
        ("the whole path over the bundled demo sites", "parknews demo"),
        ("fetch every source of data/sources.toml", "parknews crawl"),
        ("what the archive holds on a subject", "parknews search 产业园"),
        ("one article of another archive", "parknews --db old.db show 42"),
        note="Exit codes: 0 done, 1 something needs attention, 2 wrong usage or settings,\n"
        "3 another run holds the lock, 4 refused (full disk, damaged archive).",
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _global_options(
    ctx: typer.Context,
    db: Annotated[
        Path | None,
        typer.Option(
            "--db", metavar="PATH", help="The archive. [dim]\\[env: PARKNEWS_DB; data/archive.db][/]"
        ),
    ] = None,
    sources_path: Annotated[
        Path | None,
        typer.Option(
            "--sources",
            metavar="PATH",
            help="The sources file. [dim]\\[env: PARKNEWS_SOURCES; data/sources.toml][/]",
        ),
    ] = None,
    verbose: Annotated[
        int, typer.Option("-v", "--verbose", count=True, help="Log more to stderr; -vv logs everything.")
    ] = 0,
    version: Annotated[
        bool | None,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version."),
    ] = None,
) -> None:
    ctx.obj = settings = read_settings(os.environ, db=db, sources=sources_path, verbose=verbose)
    if ctx.invoked_subcommand == _STAYING:
        _tell_of_earlier_rules(settings.db)
    elif ctx.invoked_subcommand in _READING:
        ctx.call_on_close(lambda: _tell_of_earlier_rules(settings.db))


def _tell_of_earlier_rules(archive: Path) -> None:
    """Says to run `reprocess`, where that has something to do; of an archive that is not there nothing."""
    if archive.is_file() and follows_earlier_rules(archive):
        remarks().print(
            f"{archive}: read and joined by the rules of an earlier version; run `parknews reprocess`"
            " (nothing is fetched), or old and new articles differ in what they are",
            style="bold yellow",
        )


_GARBAGE_AFTER = 20_000
"""Objects made and not freed after which rings of them are looked for. At Python's 700 that happens several
times a page and finds nothing, since what a page needs is freed with it: 3 to 15% of the CPU of reading it,
6% of fetching it."""


def main() -> None:
    """The entry point of `.venv/bin/parknews`."""
    gc.set_threshold(_GARBAGE_AFTER)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a Latin-1 terminal is no reason to fail
    app(prog_name="parknews")
