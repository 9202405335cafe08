"""The key of an archive's removals: a file beside the ledger that no archive holds and nobody is handed.

In: an archive's path, or a connection to it. Out: keyed one-way digests (BLAKE2b with a key of 32 bytes, RFC
7693) of addresses, publishers and texts that are to stay out, which say nothing to whoever has the archive
without this file, not even to somebody who guesses right. Backups carry the file; no copy that is handed out
does. It cannot be made anew: what was hashed with it is known nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.database import path_of
from pipelines.errors import RefusedError, StorageError

_BYTES = 32
_MARK_BYTES = 8
CHECK_KEY = "removals_key"
"""In the archive's `meta`: by what a wrong key is told from the right one."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """What the digests of one archive are made with."""

    secret: bytes
    salt: str = ""
    """What archives from before the key were salted with; their digests are those of today once keyed."""

    @property
    def check(self) -> str:
        """16 hexadecimal digits by which the key is known, and which tell nothing of it."""
        return self.over(b"check", _MARK_BYTES).hex()

    def block(self, kind: str, value: str) -> bytes:
        """What stands in `blocks` for a term: 32 bytes."""
        said = f"{self.salt}\n{kind}\n{value}".encode("utf-8", "surrogatepass")
        return self.over(hashlib.sha256(said).digest())

    def mark(self, value: str) -> str:
        """12 hexadecimal digits by which the record tells addresses of one host from each other."""
        inner = hashlib.blake2b(
            value.encode(), key=hashlib.sha256(self.salt.encode()).digest(), digest_size=6
        )
        return self.over(inner.digest(), 6).hex()

    def plan(self, digest: str) -> str:
        """What stands in the record for a plan: 16 hexadecimal digits."""
        return self.over(bytes.fromhex(digest), _MARK_BYTES).hex()

    def receipt_salt(self, order: str) -> str:
        """What the digests in the receipt of an order begin with: 32 hexadecimal digits, for the requester.

        The archive has the digests and not this, so that it confirms no guess.
        """
        return self.over(hashlib.sha256(f"receipt\n{order}".encode()).digest(), 16).hex()

    def piece(self, value: bytes) -> bytes:
        """What a shingle, a number or its place is first hashed to, without the secret: 8 bytes."""
        return hashlib.blake2b(value, key=self.salt.encode(), digest_size=_MARK_BYTES).digest()

    def over(self, digest: bytes, size: int = _BYTES) -> bytes:
        """A digest, keyed."""
        return hashlib.blake2b(digest, key=self.secret, digest_size=size).digest()


def key_path(archive_path: Path) -> Path:
    """archive.db -> archive-removals.key beside it."""
    return archive_path.with_name(f"{archive_path.stem}-removals.key")


def read_key(archive_path: Path) -> Key | None:
    """The key of an archive; None where there is none.

    Raises:
        RefusedError: the file is no key.
        StorageError: it cannot be read.
    """
    path = key_path(archive_path)
    try:
        said = json.loads(path.read_text(encoding="ascii"))
        key = Key(bytes.fromhex(said["key"]), str(said["salt"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}; mend its rights") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{path}: not a key of removals; put it back from a backup") from error
    if len(key.secret) != _BYTES:
        raise RefusedError(f"{path}: not a key of removals; put it back from a backup")
    return key


def made_key(archive_path: Path, salt: str = "") -> Key:
    """The key of an archive, made where there is none yet: readable for its owner alone, and on the disk.

    Raises:
        StorageError: it cannot be written.
    """
    path = key_path(archive_path)
    if (known := read_key(archive_path)) is not None:
        return known
    key = Key(secrets.token_bytes(_BYTES), salt)
    try:
        lay_key(path, (json.dumps({"key": key.secret.hex(), "salt": salt}) + "\n").encode())
    except OSError as error:
        raise StorageError(
            f"{path}: {error.strerror or error}; free some space or mend its rights"
        ) from error
    return read_key(archive_path) or key


def lay_key(path: Path, content: bytes) -> None:
    """Writes a key's file, whole and on the disk, for its owner alone; where there is one, that stays.

    Raises:
        OSError: it cannot be written; nothing is left of it.
    """
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(partial, path)  # whoever comes second takes the first one's
    finally:
        partial.unlink()


def key_of(connection: sqlite3.Connection) -> Key | None:
    """The key of the archive that a connection has open; None where it is not beside it."""
    return read_key(path) if (path := path_of(connection)).name else None


def needed_key(connection: sqlite3.Connection) -> Key:
    """The key of the archive that a connection has open.

    Raises:
        RefusedError: it is not there.
    """
    if (key := key_of(connection)) is None:
        raise RefusedError("the key of the archive's removals is not beside it; put it back from a backup")
    return key
