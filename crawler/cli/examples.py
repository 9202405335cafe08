"""The examples at the end of each command's help: what one wants, then what one types."""

from __future__ import annotations


def examples(*pairs: tuple[str, str], note: str = "") -> str:
    """The epilog for pairs of a wish and its command, with a closing note."""
    lines = [f"  [dim]# {wish}[/]\n  {command}" for wish, command in pairs]
    ending = f"\n\n{note}" if note else ""
    return "[bold]Examples[/]\n" + "\n".join(lines) + ending
