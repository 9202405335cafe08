"""The ledger of removals: a file beside the archive, each line chained to the one before by its hash.

In: what is ordered, undone or corrected. Out: a file of JSON lines that no backup of the archive takes back,
so that an archive that is behind it is known and refused until the removals were applied to it again
(agreement.py). It holds keyed digests of addresses, numbers and times, and what people said; their words are
no part of the chain, only a keyed digest of them is, so that a reason can be corrected.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from pipelines.archive.kept_out.key import Key, made_key, read_key
from pipelines.errors import RefusedError, StorageError

START = "0" * 64
"""What the first line names as the one before it."""

SAID = ("requester", "reason", "basis", "ticket", "operator")
"""What people said of an order; may quote what was removed, and is the record all the same."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line."""

    order: str
    """The order's own number, the same in every copy of the archive."""
    event: str
    """ordered (again where what was hidden may be deleted), restored or corrected."""
    at: str
    plan_hash: str
    scope: str
    said: Mapping[str, str] = field(hash=False)
    """By SAID; empty once it was corrected."""
    said_digest: str
    mode: str
    due_at: str | None
    stay_down: bool
    mentions: bool
    blocks: tuple[tuple[str, str], ...]
    """Kind and hexadecimal digest of everything that must stay out: the pages that were taken, too."""
    left: tuple[str, ...] | None
    """Hexadecimal digests of the pages that were left as contested; None: the line is from before they were
    kept."""
    previous: str = START
    was: str = ""
    """The hash that the line had before there was a key."""

    def line(self) -> str:
        """The entry as it is written."""
        return json.dumps({**self._chained(), "said": dict(self.said)}, ensure_ascii=False, sort_keys=True)

    @property
    def hash(self) -> str:
        """What the next line names."""
        return hashlib.sha256(json.dumps(self._chained(), sort_keys=True).encode()).hexdigest()

    def _chained(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "said"}


def said_digest(key: Key, said: Mapping[str, str]) -> str:
    """What the chain has of people's words."""
    return key.over(json.dumps([said[name] for name in SAID]).encode()).hex()


def ledger_path(archive_path: Path) -> Path:
    """archive.db -> archive-removals.jsonl beside it."""
    return archive_path.with_name(f"{archive_path.stem}-removals.jsonl")


def read_ledger(archive_path: Path) -> list[LedgerLine]:
    """The entries in order; empty where there is no ledger. A last line that was cut short does not count.

    Lines from before there was a key are given as they are with it.

    Raises:
        RefusedError: a line was changed or taken out.
        StorageError: the file cannot be read.
    """
    path = ledger_path(archive_path)
    return entries_of(whole_lines(path), archive_path, path.name)


def whole_lines(path: Path) -> list[str]:
    """The lines of a ledger as they stand there; those that no file has are none.

    Raises:
        RefusedError: it is not UTF-8.
        StorageError: the file cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8").split("\n")[:-1]
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise RefusedError(f"{path}: not UTF-8: it was damaged or changed; {ADVICE}") from error
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}; mend its rights") from error


ADVICE = (
    "put the ledger back from a backup or, where there is none, move it away and let"
    " `parknews removals replay` write it again from the archive"
)


def entries_of(lines: Sequence[str], archive_path: Path, name: str) -> list[LedgerLine]:
    """The entries of lines, each of which must follow from the one before.

    Raises:
        RefusedError: one does not, or is no entry.
    """
    key = read_key(archive_path)
    entries: list[LedgerLine] = []
    before, last = START, START
    for number, line in enumerate(lines, start=1):
        changed = RefusedError(f"{name}: line {number} was damaged or changed by hand; {ADVICE}")
        try:
            values = json.loads(line)
            if "salt" in values:
                key = key or made_key(archive_path, str(values["salt"]))
                said_before, itself = values.get("previous", START), hashlib.sha256(line.encode()).hexdigest()
                entry = replace(from_before_the_key(values, key), previous=last, was=itself)
            else:
                entry = _parsed(values)
                said_before, itself = entry.previous, entry.hash
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise changed from error
        if said_before not in (before, last):
            raise changed
        if key is not None and entry.said and entry.said_digest != said_digest(key, entry.said):
            raise changed
        entries.append(entry)
        before, last = itself, entry.hash
    return entries


def append(path: Path, lines: Iterable[str], mode: int = 0o666) -> None:
    """Adds lines to a file, made with `mode` where there is none, and waits until they are on the disk.

    Raises:
        StorageError: they cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, mode), "r+b") as file:
            file.truncate(_end_of_lines(file))  # what a kill cut short goes
            file.seek(0, os.SEEK_END)
            _written(file, lines)
    except OSError as error:
        raise _failed(path, error) from error


def write_anew(path: Path, lines: Iterable[str], mode: int = 0o666) -> None:
    """Writes the whole file: all of it is there at once, or the one before, which is overwritten then.

    Raises:
        StorageError: it cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            _written(file, lines)
        if not path.exists():
            partial.replace(path)
            return
        with path.open("r+b") as before:  # nothing is left in the blocks that the disk takes back
            partial.replace(path)
            before.write(bytes(os.fstat(before.fileno()).st_size))
            before.flush()
            os.fsync(before.fileno())
    except OSError as error:
        raise _failed(path, error) from error


def _end_of_lines(file: IO[bytes]) -> int:
    """Where the last whole line of a file ends."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _BLOCK_BYTES)
        file.seek(start)
        if (found := file.read(end - start).rfind(b"\n")) >= 0:
            return start + found + 1
        end = start
    return 0


_BLOCK_BYTES = 1 << 16


def _written(file: IO[bytes], lines: Iterable[str]) -> None:
    file.writelines(f"{line}\n".encode() for line in lines)
    file.flush()
    os.fsync(file.fileno())


def _failed(path: Path, error: OSError) -> StorageError:
    return StorageError(f"{path}: {error.strerror or error}; free some space or mend its rights")


def _parsed(values: dict[str, Any]) -> LedgerLine:
    values["blocks"] = tuple((kind, digest) for kind, digest in values["blocks"])
    values["left"] = None if values["left"] is None else tuple(values["left"])
    return LedgerLine(**values)


def from_before_the_key(values: dict[str, Any], key: Key) -> LedgerLine:
    """An entry of salted digests and unkeyed plan hashes, as it is with the key."""
    plan_hash = key.plan(values["plan_hash"])
    said = {name: str(values.get(name, "")) for name in SAID}
    return LedgerLine(
        order=f"{values['removal'].partition(' ')[0]} {plan_hash}",
        event=values["event"],
        at=values["at"],
        plan_hash=plan_hash,
        scope=rekeyed(values["scope"], key),
        said=said,
        said_digest=said_digest(key, said),
        mode=values["mode"],
        due_at=values["due_at"],
        stay_down=bool(values.get("stay_down", False)),
        mentions=bool(values.get("mentions", False)),
        blocks=tuple((kind, key.over(bytes.fromhex(digest)).hex()) for kind, digest in values["blocks"]),
        left=None,
    )


_MARK = re.compile(r"\(([0-9a-f]{12})…\)")


def rekeyed(scope: str, key: Key) -> str:
    """A scope as the record had it before there was a key, with its addresses' marks as they are now."""
    return _MARK.sub(lambda mark: f"({key.over(bytes.fromhex(mark[1]), 6).hex()}…)", scope)
