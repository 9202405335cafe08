"""What a command gets from the global options: the settings in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.config import Settings

if TYPE_CHECKING:
    import typer


def settings_of(ctx: typer.Context) -> Settings:
    """The settings that the global options and the environment made."""
    assert isinstance(ctx.obj, Settings)
    return ctx.obj
