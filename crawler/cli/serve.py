"""`parknews serve`: the archive in a browser, read-only."""

from __future__ import annotations

import socket
import sys
from typing import Annotated

import typer

from crawler.cli.terminal import examples, settings_of
from crawler.serve.gate import hosts_of
from crawler.serve.site import ServeOptions, run_site
from pipelines.errors import ConfigurationError

app = typer.Typer()


@app.command(
    "serve",
    epilog=examples(
        ("on http://127.0.0.1:8001, for this machine only", "parknews serve"),
        (
            "on all addresses, as archive.example.org: put a proxy with a password before it",
            "parknews serve --host 0.0.0.0 --port 8080 --name archive.example.org",
        ),
        (
            "behind a proxy that shows it under /news/ with https",
            "parknews serve --name www.example.org --base-url /news/ --https",
        ),
        note="Nothing is written (but sets, with --edit-sets); a crawl or a removal may run meanwhile.",
    ),
)
def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to answer at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8001,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A name under which visitors ask for it (repeatable)."),
    ] = None,
    base_url: Annotated[
        str, typer.Option(metavar="PATH", help="The path under which a proxy shows the site.")
    ] = "/",
    https: Annotated[bool, typer.Option("--https", help="A proxy speaks https for us.")] = False,
    allow_download: Annotated[
        bool, typer.Option("--allow-download", help="Offer the archive's file itself, contacts included.")
    ] = False,
    edit_sets: Annotated[
        bool, typer.Option("--edit-sets", help="Let visitors keep articles in sets and write notes to them.")
    ] = False,
    indexable: Annotated[
        bool, typer.Option("--indexable", help="Let search engines show its pages: you have the right to.")
    ] = False,
    show_contacts: Annotated[
        bool, typer.Option("--show-contacts", help="Do not mask telephone numbers in stripped text.")
    ] = False,
) -> None:
    """Show the archive in a browser: search, articles with all their copies, charts, tables."""
    if not (base_url.startswith("/") and base_url.endswith("/")):
        raise ConfigurationError(f"--base-url {base_url}: must begin and end with /")
    settings = settings_of(ctx)
    options = ServeOptions(
        allow_download=allow_download,
        show_contacts=show_contacts,
        edit_sets=edit_sets,
        indexable=indexable,
        contact=settings.contact,
        hosts=hosts_of(host, tuple(name or ())),
        base_url=base_url,
        https=https,
    )
    with _listening(host, port) as listener:
        address, bound = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        run_site(
            settings.db,
            options,
            listener,
            on_ready=lambda: print(f"http://{shown}:{bound}{base_url}  (Ctrl-C ends it)", file=sys.stderr),
        )


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(f"{host}:{port}: {reason}; choose others with --host and --port") from error
