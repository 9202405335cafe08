"""`parknews mcp`: the archive for an assistant that speaks MCP, read-only."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crawler.cli.terminal import examples, settings_of
from pipelines.archive.file import reader
from pipelines.errors import ConfigurationError

app = typer.Typer()


@app.command(
    "mcp",
    epilog=examples(
        ("what an assistant starts and speaks with over its pipes", "parknews mcp"),
        ("over HTTP, for assistants on this machine: http://127.0.0.1:8002/mcp", "parknews mcp --http 8002"),
        (
            "with the permanent addresses of the archive that `serve` shows",
            "parknews mcp --site https://archive.example.org/",
        ),
        note="Needs pip install 'parknews[mcp]'. Nothing is written, and answers are bounded.",
    ),
)
def mcp(
    ctx: typer.Context,
    http: Annotated[
        int | None, typer.Option(min=1, max=65535, metavar="PORT", help="Answer over HTTP at 127.0.0.1.")
    ] = None,
    site: Annotated[str, typer.Option(metavar="URL", help="Where `serve` shows this archive.")] = "",
) -> None:
    """Let an assistant search, read and cite the archive (Model Context Protocol)."""
    try:
        from crawler.serve.assistant import assistant_server  # noqa: PLC0415  # an optional package
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "mcp":
            raise
        raise ConfigurationError("mcp: needs the package mcp: pip install 'parknews[mcp]'") from error
    if site and not site.startswith(("http://", "https://")):
        raise ConfigurationError(f"--site {site}: an address that begins with http:// or https://")
    path = settings_of(ctx).db
    with reader(path):  # a clear error now, not at the first question
        pass
    server = assistant_server(path, f"{site.rstrip('/')}/article/" if site else "")
    if http is None:
        server.run("stdio")
    else:
        print(f"http://127.0.0.1:{http}/mcp  (Ctrl-C ends it)", file=sys.stderr)
        server.run("streamable-http", host="127.0.0.1", port=http)
