"""What to look for after a removal, noted beside the archive and never in it.

In: an order of the ledger, and passages of what it deletes. Out: the same passages when its files are
searched, however often that is interrupted; once it is through, no more than their anchors (passages.py). The
file is the operator's, like the key that its hashes are made with: backups carry it, no copy that is handed
out does.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.kept_out.key import Key
from pipelines.archive.kept_out.ledger import append, write_anew
from pipelines.errors import StorageError
from pipelines.forget.passages import Anchors, Hasher, Hashes, Seeker, in_every_form, packed, united, unpacked

DENSE, ANCHORS = "passages", "anchors"
_MODE = 0o600


def notes_path(archive_path: Path) -> Path:
    """archive.db -> archive-removals.passages beside it."""
    return archive_path.with_name(f"{archive_path.stem}-removals.passages")


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of an archive."""

    archive_path: Path
    key: Key

    def put(self, order: str, texts: list[str], bits: int = 0) -> None:
        """Notes passages and anchors of texts for an order, and waits until they are on the disk.

        Args:
            order: its number in the ledger.
            texts: titles, texts and addresses that are about to be deleted.
            bits: how many last bits of a passage's hash are nought (`passages.thinning`).

        Raises:
            StorageError: the file cannot be written.
        """
        if not texts:
            return
        spelled = in_every_form(texts)
        dense = Hasher(self.key.secret).of_lines(spelled, bits)
        anchors = Anchors(self.key.secret, united([])).of_lines(spelled)
        lines = (_line(order, DENSE, dense), _line(order, ANCHORS, anchors))
        append(notes_path(self.archive_path), lines, _MODE)

    def seeker(self, order: str) -> Seeker:
        """What looks for the passages of an order, or for their anchors once it is through."""
        if len(dense := self._noted(order, DENSE)):
            return Seeker(Hasher(self.key.secret), dense)
        return Anchors(self.key.secret, self._noted(order, ANCHORS))

    def seeker_of(self, texts: Iterable[str], bits: int = 0) -> Seeker:
        """What looks for passages of texts; nothing of it is noted."""
        return Seeker(hasher := Hasher(self.key.secret), hasher.of_lines(in_every_form(texts), bits))

    def keep_anchors(self, order: str) -> None:
        """Forgets all passages of an order but their anchors.

        Raises:
            StorageError: the file cannot be written.
        """
        path = notes_path(self.archive_path)
        if any(head == [order, DENSE] for _, *head, _ in _lines(path)):
            write_anew(path, (line for line, *head, _ in _lines(path) if head != [order, DENSE]), _MODE)

    def has(self, order: str) -> bool:
        """Whether anything was noted for an order."""
        return any(line[1] == order for line in _lines(notes_path(self.archive_path)))

    def _noted(self, order: str, kind: str) -> Hashes:
        lines = _lines(notes_path(self.archive_path))
        return united(hashes for _, *head, hashes in lines if head == [order, kind])


def _line(order: str, kind: str, hashes: Hashes) -> str:
    said = {"order": order, "kind": kind, "hashes": base64.b64encode(packed(hashes)).decode()}
    return json.dumps(said)


def _lines(path: Path) -> Iterator[tuple[str, str, str, Hashes]]:
    """Each whole line of the file with its order, kind and hashes; none where there is no file."""
    try:
        with path.open(encoding="ascii", newline="\n") as file:
            for line in file:
                if line.endswith("\n"):  # else a kill cut it short
                    said = json.loads(line)
                    yield line[:-1], said["order"], said["kind"], unpacked(base64.b64decode(said["hashes"]))
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path}: {error}; mend its rights or put it back from a backup") from error
