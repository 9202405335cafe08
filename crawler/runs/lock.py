"""The lock by which a run holds its archive; the system lets go of it when the process ends, however."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.errors import LockedError, StorageError


@contextmanager
def run_lock(archive_path: Path) -> Iterator[None]:
    """Holds the archive for one run.

    Raises:
        LockedError: another run does.
        StorageError: the lock cannot be made.
    """
    path = archive_path.with_name(archive_path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
    except Timeout as error:
        message = f"{archive_path}: another run is writing to it; wait until that one has ended"
        raise LockedError(message) from error
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}; mend the folder's rights") from error
    try:
        yield
    finally:
        lock.release()


def is_locked(archive_path: Path) -> bool:
    """Whether a run goes on at this moment."""
    try:
        with run_lock(archive_path):
            return False
    except LockedError:
        return True
