"""The command line: `parknews`. Each command stands in its module; what a command needs loads when it runs.

In: arguments and the environment. Out: an answer on stdout, progress on stderr, an exit code. Nothing
here fetches, extracts or knows SQL.
"""

from __future__ import annotations


def main() -> None:
    """The entry point of `.venv/bin/parknews`, a script that each worker loads, too, and does not run."""
    from crawler.cli.app import main  # noqa: PLC0415  # as said

    main()
