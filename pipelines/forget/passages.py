"""Passages to look for after a removal, as keyed hashes and not as words.

In: removed texts, and later the bytes of files. Out: which passages of the texts a file holds, in every form
in which a text may lie there. There are two kinds, neither of which the archive keeps (notes.py does, beside
it):

- Until a removal is verified, 64-bit hashes of 24-byte windows, every 48 bytes: a rolling hash (Karp and
Rabin
  1987) over a table that follows from the key. It is quick, and whoever has the key can undo it.
- Afterwards anchors: of windows of 48 bytes those whose rolling hash happens to be a multiple of 32, as in
  winnowing (Schleimer, Wilkerson and Aiken 2003), none of which overlaps another, each hashed once more by
  BLAKE2b with the key. They tell no order and no neighbours, and sixteen ideographs at once can only be
  guessed whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pipelines.sign import distinct
from pipelines.spelling import spell

K = TypeVar("K")
Hashes = npt.NDArray[np.uint64]

WINDOW = 24
"""Bytes of a passage: eight ideographs in UTF-8, twelve in GBK or UTF-16. Shorter ones are everywhere:
of the demo newspaper's windows 11% stand in unrelated articles of others at 9 bytes, 5% at 12, 1.4% at 24."""

STRIDE = 48
"""Bytes between the beginnings of two passages of one text: whatever is left of it that is longer than
72 bytes is found."""

MOST = 1_000_000
"""Hashes that are looked for at once (8 MB). Of more, those are taken whose last bit is nought, or whose last
two are, and so on: the same passages wherever they stand (Manber 1994)."""
_A_PAGE = 500
"""Hashes of a page of 1,400 ideographs, about."""

ANCHOR_WINDOW = 48
"""Bytes of an anchor: sixteen ideographs. Of the demo newspaper's windows none stands in an unrelated
article."""
_ANCHOR_EVERY = np.uint64(32)
"""One window in so many is an anchor: a paragraph of fifty ideographs has three, and 95 of 100 have one."""

_FORMS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5")
_BASE = np.uint64(0x9E3779B97F4A7C15)
_CHUNK_BYTES = 1 << 16
"""What fits the processor's cache with its hashes; half or twice of it is no quicker."""
_FEW = 20_000
_BITS_OF_FEW, _BITS_OF_MANY = 20, 22
"""Places of a filter: few hashes leave a small one nearly empty, and a small one stays in the cache."""


class Hasher:
    """The rolling hashes of one archive: its key decides the table. Not for several threads at once."""

    def __init__(self, secret: bytes, window: int = WINDOW) -> None:
        """Take the archive's key, and how many bytes a window has: three times a power of two."""
        seeded = hashlib.shake_256(b"passages\n" + secret).digest(8 * 256)
        self._table: Hashes = np.frombuffer(seeded, dtype="<u8").astype(np.uint64)
        self._buffers = np.empty((2, _CHUNK_BYTES + window), dtype=np.uint64)
        self.window = window

    def all(self, data: bytes | memoryview) -> Hashes:
        """The hash of every window of the data, in order; good until the next call."""
        bytes_ = np.frombuffer(data, dtype=np.uint8)
        if len(bytes_) < self.window:
            return np.empty(0, dtype=np.uint64)
        if len(bytes_) > self._buffers.shape[1]:
            self._buffers = np.empty((2, len(bytes_)), dtype=np.uint64)
        hashes, spare = self._buffers[:, : len(bytes_)]
        np.take(self._table, bytes_, out=hashes, mode="clip")
        width = 1
        while 3 * width < self.window:
            hashes, spare = _doubled(hashes, spare, width)
            width *= 2
        return _tripled(hashes, spare, width)

    def of_lines(self, lines: Iterable[bytes], bits: int = 0) -> Hashes:
        """Hashes of passages of what `in_every_form` gave, whose last bits are nought."""
        found = []
        for data, ends, lengths in _joined(lines, self.window):
            places: list[int] = []
            for end, length in zip(ends.tolist(), lengths.tolist(), strict=True):
                places.extend(range(end - length, end - WINDOW, STRIDE))
                places.append(end - WINDOW)
            found.append(_thinned(self.all(data)[places], bits))
        return united(found)


class Seeker:
    """Looks for known passages in bytes."""

    def __init__(self, hasher: Hasher, known: Hashes) -> None:
        """Take the hashes to look for: of more than MOST a part."""
        self._hasher = hasher
        self.known, bits = united([known]), 0
        while len(self.known) > MOST:
            self.known = _thinned(self.known, bits := bits + 1)
        bits = _BITS_OF_FEW if len(self.known) < _FEW else _BITS_OF_MANY
        self._filters = [_Filter(self.known, bits, place) for place in (1, 2)]

    @property
    def window(self) -> int:
        """Bytes of a passage."""
        return self._hasher.window

    def find(self, data: bytes | memoryview) -> Hashes:
        """The known passages in the data, each once."""
        starts = range(0, max(1, len(data) - self.window + 1), _CHUNK_BYTES)
        return united(self.places(data[at : at + _CHUNK_BYTES + self.window - 1])[1] for at in starts)

    def places(self, data: bytes | memoryview) -> tuple[npt.NDArray[np.int64], Hashes]:
        """Where known passages begin in the data, and which they are."""
        hashes = self._hasher.all(data)
        at = np.flatnonzero(self._filters[0].may_hold(hashes))
        at = at[self._filters[1].may_hold(hashes[at])]
        return self._known_of(at, hashes[at])

    def _known_of(self, at: npt.NDArray[np.int64], hashes: Hashes) -> tuple[npt.NDArray[np.int64], Hashes]:
        """Those of the places whose hashes are known, and these."""
        if not len(self.known):
            return at[:0], hashes[:0]
        place = np.minimum(np.searchsorted(self.known, hashes), len(self.known) - 1)
        sure = self.known[place] == hashes
        return at[sure], hashes[sure]

    def find_in_values(self, values: Iterable[tuple[K, bytes]]) -> Iterator[tuple[K, Hashes]]:
        """For each of many small values that holds known passages: what it is called, and those passages.

        They are looked at many at a time, since a call costs as much as a kilobyte.
        """
        batch: list[tuple[K, bytes]] = []
        size = 0
        for name, value in values:
            if len(value) < self.window:
                continue
            batch.append((name, value))
            size += len(value) + 1
            if size >= _CHUNK_BYTES:
                yield from self._find_in_batch(batch)
                batch, size = [], 0
        yield from self._find_in_batch(batch)

    def _find_in_batch(self, batch: list[tuple[K, bytes]]) -> Iterator[tuple[K, Hashes]]:
        ends = np.cumsum([len(value) + 1 for _, value in batch])
        places, hashes = self.places(b"\n".join(value for _, value in batch))
        owners = np.searchsorted(ends, places, side="right")
        for owner in np.unique(owners):
            yield batch[owner][0], united([hashes[owners == owner]])


class Met:
    """Which of a seeker's passages were met with, in however many places: a flag for each."""

    def __init__(self, seeker: Seeker) -> None:
        """None, to begin with."""
        self._known = seeker.known
        self._flags = np.zeros(len(self._known), dtype=np.bool_)

    def add(self, passages: Hashes) -> None:
        """Notes passages that the seeker found."""
        self._flags[np.searchsorted(self._known, passages)] = True

    def has(self, passages: Hashes) -> bool:
        """Whether all of these, which the seeker found, were met with."""
        return bool(self._flags[np.searchsorted(self._known, passages)].all())

    @property
    def passages(self) -> Hashes:
        """Each once, ascending."""
        return self._known[self._flags]


class Anchors(Seeker):
    """Looks for the anchors of texts, which are all that is known of them once a removal is through."""

    def __init__(self, secret: bytes, known: Hashes) -> None:
        """Take the key and the anchors to look for."""
        super().__init__(Hasher(secret, ANCHOR_WINDOW), known)
        self._secret = secret

    def places(self, data: bytes | memoryview) -> tuple[npt.NDArray[np.int64], Hashes]:
        """Where known anchors begin in the data, and which they are."""
        at, rolling = self._anchors(data)
        return self._known_of(at, self._keyed(rolling))

    def of_lines(self, lines: Iterable[bytes]) -> Hashes:
        """The anchors of what `in_every_form` gave, none of which overlaps the one before."""
        found = []
        for data, ends, _ in _joined(lines, self.window):
            at, rolling = self._anchors(data)
            line = np.searchsorted(ends, at, side="right")
            inside = at + self.window <= ends[line]
            at, rolling = at[inside], rolling[inside]
            free, chosen = 0, []
            for number, place in enumerate(at.tolist()):
                if place >= free:
                    chosen.append(number)
                    free = place + self.window
            found.append(self._keyed(rolling[chosen]))
        return united(found)

    def _anchors(self, data: bytes | memoryview) -> tuple[npt.NDArray[np.int64], Hashes]:
        """Where the anchors of the data begin, and their rolling hashes."""
        hashes = self._hasher.all(data)
        at = np.flatnonzero(hashes & (_ANCHOR_EVERY - np.uint64(1)) == 0)
        return at, hashes[at]

    def _keyed(self, rolling: Hashes) -> Hashes:
        values = packed(rolling)
        keyed = (
            hashlib.blake2b(values[start : start + 8], key=self._secret, digest_size=8).digest()
            for start in range(0, len(values), 8)
        )
        return unpacked(b"".join(keyed))


class _Filter:
    """Most of what is not known is told by one look into a table; two of them leave one in two hundred."""

    def __init__(self, known: Hashes, bits: int, place: int) -> None:
        self._shift, self._mask = np.uint64(64 - place * bits), np.uint64((1 << bits) - 1)
        self._table = np.zeros(1 << bits, dtype=np.bool_)
        self._table[(known >> self._shift) & self._mask] = True

    def may_hold(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        places = hashes >> self._shift
        places &= self._mask
        # `take` with signed numbers: unsigned ones are converted first, which takes five times as long.
        told: npt.NDArray[np.bool_] = np.take(self._table, places.view(np.int64), mode="clip")
        return told


def in_every_form(texts: Iterable[str]) -> list[bytes]:
    """Each line of texts once: in each encoding that has its characters, and as the index spells it."""
    lines = dict.fromkeys(line.strip() for text in texts for line in text.split("\n"))
    return [form for line in lines for form in _forms(line) if len(form) >= WINDOW]


def address_tail(url: str) -> str:
    """The end of an address, which tells it from others of its host: the path, or at least a passage."""
    path = url.partition("://")[2].partition("/")[2]
    return url[-max(WINDOW, len(path)) :]


def thinning(pages: int) -> int:
    """How many last bits are to be nought so that passages of so many pages are not many times MOST."""
    return (pages * _A_PAGE // MOST).bit_length()


def _thinned(hashes: Hashes, bits: int) -> Hashes:
    return hashes[hashes & np.uint64((1 << bits) - 1) == 0] if bits else hashes


def united(hashes: Iterable[Hashes]) -> Hashes:
    """Each hash of several arrays once, ascending."""
    found = np.concatenate([np.empty(0, dtype=np.uint64), *hashes])
    return distinct(found) if len(found) else found


def packed(hashes: Hashes) -> bytes:
    """The hashes for a column."""
    return hashes.astype("<u8").tobytes()


def unpacked(data: bytes) -> Hashes:
    """The hashes from a column."""
    return np.frombuffer(data, dtype="<u8").astype(np.uint64)


def _doubled(hashes: Hashes, spare: Hashes, width: int) -> tuple[Hashes, Hashes]:
    """Hashes of windows twice as wide, out of those of `width` bytes; then what is spare."""
    count = len(hashes) - width
    wider = np.multiply(hashes[:count], _power(width), out=spare[:count])
    wider += hashes[width:]
    return wider, hashes[:count]


def _tripled(hashes: Hashes, spare: Hashes, width: int) -> Hashes:
    """Hashes of windows three times as wide, with their high bits mixed into the low ones."""
    count = len(hashes) - 2 * width
    wider = np.multiply(hashes[:-width], _power(width), out=spare[:-width])
    wider += hashes[width:]
    wider = wider[:count]
    wider *= _power(width)
    wider += hashes[2 * width :]
    mixed = np.right_shift(wider, np.uint64(29), out=hashes[:count])
    return np.bitwise_xor(wider, mixed, out=wider)


def _power(width: int) -> np.uint64:
    return np.uint64(pow(int(_BASE), width, 2**64))


def _forms(line: str) -> Iterator[bytes]:
    for form in _FORMS:
        try:
            yield line.encode(form)
        except UnicodeEncodeError:
            continue
    yield spell(line).encode("utf-8", "replace")


def _joined(
    lines: Iterable[bytes], window: int
) -> Iterator[tuple[bytes, npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Those lines that have a window, many at a time: with where each ends, and how long it is."""
    batch: list[bytes] = []
    size = 0
    for data in lines:
        if len(data) >= window:
            batch.append(data)
            size += len(data)
        if size >= _CHUNK_BYTES:
            yield _one(batch)
            batch, size = [], 0
    if batch:
        yield _one(batch)


def _one(batch: list[bytes]) -> tuple[bytes, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    lengths = np.array([len(data) for data in batch], dtype=np.int64)
    return b"\n".join(batch), np.cumsum(lengths + 1) - 1, lengths
