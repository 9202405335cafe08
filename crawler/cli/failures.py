"""Errors become one line on stderr and an exit code here, and nowhere else.

0 done   1 something needs attention   2 wrong usage or configuration   3 locked   4 refused
"""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
import traceback
from typing import Any

import typer
from typer import Context, TyperException
from typer.core import TyperGroup

from crawler.cli.terminal import ATTENTION, one_line
from pipelines.errors import ParknewsError

_INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
_SQLITE_CODES = {
    sqlite3.SQLITE_FULL: 4,
    sqlite3.SQLITE_IOERR: 4,
    sqlite3.SQLITE_CORRUPT: 4,
    sqlite3.SQLITE_NOTADB: 4,
    sqlite3.SQLITE_READONLY: 4,
    sqlite3.SQLITE_CANTOPEN: 4,
    sqlite3.SQLITE_BUSY: 3,
    sqlite3.SQLITE_LOCKED: 3,
}


class GuardedGroup(TyperGroup):
    """The command group that turns every expected error of its commands into a line and a code."""

    def invoke(self, ctx: Context) -> Any:  # type: ignore[override]  # typer hides the context's class
        """Runs the command; -v shows the traceback of what goes wrong."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, TyperException):
            raise
        except KeyboardInterrupt:
            print("parknews: interrupted", file=sys.stderr)
            raise typer.Exit(_INTERRUPTED) from None
        except BrokenPipeError:
            _close_stdout()
            raise typer.Exit(0) from None
        except Exception as error:  # noqa: BLE001  # the last line of defence: whatever it is, one line says it
            if ctx.params.get("verbose"):
                traceback.print_exc()
            print(f"parknews: {_line(error)}", file=sys.stderr)
            raise typer.Exit(exit_code(error) or ATTENTION) from None


def _line(error: Exception) -> str:
    if isinstance(error, UnicodeEncodeError):
        return f"{one_line(repr(error.object))[:200]}: this was not typed in UTF-8"
    if exit_code(error) is not None:
        return one_line(str(error))
    where = "run the same command with -v to see where, and report it"
    return f"a mistake of ours: {type(error).__name__}: {one_line(str(error))[:300]}; {where}"


def exit_code(error: Exception) -> int | None:
    """The exit code of an expected error; None for one that we did not expect."""
    if isinstance(error, ParknewsError):
        return error.exit_code
    if isinstance(error, UnicodeEncodeError) and error.encoding == "utf-8":
        return 2  # bytes that are no UTF-8 were typed: pages have none, they are decoded
    if isinstance(error, sqlite3.Error):
        return _SQLITE_CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(error, OSError) and error.errno in _FULL:
        return 4
    return None


def _close_stdout() -> None:
    """The reader of our pipe has gone (`| head`): nothing more may be written, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
