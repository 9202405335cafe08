"""`parknews backup` and `parknews restore`: all files of an archive as one state."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.terminal import Json, examples, one_line, settings_of, tell
from crawler.runs.lock import run_lock
from pipelines.forget import snapshot

app = typer.Typer()

BACKUP_EPILOG = examples(("into a new folder, while crawls go on", "parknews backup backups/2026-11-23"))
RESTORE_EPILOG = examples(
    ("put it back where there is no archive", "parknews --db data/archive.db restore backups/2026-11-23"),
    note="Removals that were ordered since are refused to be forgotten: every command asks for\n"
    "`parknews removals replay` first.",
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The backup's folder.")]


@app.command("backup", epilog=BACKUP_EPILOG)
def backup(ctx: typer.Context, folder: Folder, as_json: Json = False) -> None:
    """Copy the archive, its raw pages and its ledger of removals as they are at one moment."""
    made = snapshot.back_up(settings_of(ctx).db, folder)
    answer = {"folder": str(folder), "made_at": made.made_at, "files": made.files}
    tell(as_json, answer, f"{len(made.files)} files copied to {one_line(str(folder))}")


@app.command("restore", epilog=RESTORE_EPILOG)
def restore(
    ctx: typer.Context,
    folder: Folder,
    replace: Annotated[
        bool, typer.Option("--replace", help="In place of the archive that is there.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a backup back; the ledger of removals that is there stays, and what it orders is asked for."""
    db = settings_of(ctx).db
    with run_lock(db):
        made = snapshot.restore(folder, db, replace=replace)
    answer = {"folder": str(folder), "made_at": made.made_at, "files": made.files}
    tell(as_json, answer, f"{one_line(str(db))} is as it was at {made.made_at}")
