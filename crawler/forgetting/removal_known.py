"""What is recorded of removals, asked of an archive that nothing else is done to.

In: the archive's path. Out: how far a removal is, or which ones wait. Writes nothing.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from crawler.forgetting import removal_steps
from pipelines.archive import removal_states as record
from pipelines.archive.blocks import read_salt
from pipelines.archive.connect import read_only

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.forgetting.removal_steps import Outcome
    from pipelines.archive.removal_states import Removal
    from pipelines.removal.scope import Scope


def outcome_of(archive_path: Path, removal_id: int) -> Outcome:
    """What is recorded of a removal.

    Raises:
        ConfigurationError: there is no such removal.
    """
    with closing(read_only(archive_path)) as connection:
        return removal_steps.outcome_of(connection, removal_id)


def unfinished_and_due(archive_path: Path) -> list[int]:
    """Numbers of the removals that were interrupted, or whose time to be deleted has come."""
    with closing(read_only(archive_path)) as connection:
        return removal_steps.all_open(connection)


def is_done(archive_path: Path, scope: Scope) -> bool:
    """Whether a removal of exactly this scope is through and verified."""
    with closing(read_only(archive_path)) as connection:
        return record.finished(connection, scope.described(read_salt(connection))) is not None


def under_way(archive_path: Path, scope: Scope) -> Removal | None:
    """The removal of this scope that is not through, which the same command goes on with.

    Once its rows are deleted the scope has another plan, of what is left; what was agreed to stays agreed.
    """
    with closing(read_only(archive_path)) as connection:
        return record.unfinished(connection, scope.described(read_salt(connection)))
