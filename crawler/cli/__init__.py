"""The command line: `parknews`. Each command stands in its module; what a command needs loads when it runs.

In: arguments and the environment. Out: an answer on stdout, progress on stderr, an exit code. Nothing
here fetches, extracts or knows SQL.
"""

from __future__ import annotations

from crawler.cli.app import app, main

__all__ = ["app", "main"]
