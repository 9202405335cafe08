"""A function in a process of its own: for reading database files as files, and for what needs much memory.

In: a function of some module and its arguments. Out: what it returns, or the error that it raises. A process
that closes a file lets go of every lock that it holds on it, those of SQLite, too
(sqlite.org/howtocorrupt.html, 2.2): whoever has a database open must not read its file.
"""

from __future__ import annotations

from contextlib import suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeVar

from pipelines.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

T = TypeVar("T")


def in_own_process(function: Callable[..., T], *arguments: Any) -> T:
    """What the function returns; it goes on to its end where this process is killed meanwhile.

    Raises:
        StorageError: the process was killed, most likely for want of memory.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, function, arguments), daemon=False)
    process.start()
    theirs.close()
    try:
        is_error, answer = ours.recv()
    except EOFError as error:
        raise StorageError(
            "a process that reads the archive's files was killed; free some memory and run the same command"
        ) from error
    finally:
        process.join()
        ours.close()
    if is_error:
        raise answer
    return answer  # type: ignore[no-any-return]  # what the function returns


def _answer(theirs: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        answer = (False, function(*arguments))
    except Exception as error:  # noqa: BLE001  # it is raised where the answer is awaited
        answer = (True, error)
    with suppress(BrokenPipeError):  # nobody waits any more
        theirs.send(answer)
