"""What the join stage needs of a text: its node id, shingles, candidate keys and MinHash signature.

In: a cleaned text. Out: a `Signed`, the same on every machine and Python version. Knows no other
text, so it runs in any worker process.
"""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines.normalise import fold_sounds, normalise
from pipelines.records import Signed

LONGEST = 20_000
"""Characters of a normalised text that joins look at. No piece of news is longer; a page of a thousand whole
articles cost 87 s before, its cost now ends with these."""

SHINGLE = 5
"""Sounds a shingle. At 4 reworded copies keep more of the original (.28 for .22 at worst), but unrelated
articles and notices share more too (.44 for .42, .77 for .73); measured again by `benchmarks/neardup.py`."""

_LATIN_SHINGLE = 14
"""Letters a shingle in latin text: two or three words, as five ideographs are."""

PERMUTATIONS = 128
SCHEME = f"affine32:{PERMUTATIONS}:sound{SHINGLE}latin{_LATIN_SHINGLE}"
"""datasketch's permutation scheme, the number of values, and what a shingle is."""

# A key is a shingle hash in the lowest 1/16 of the hash space, so two texts sample the same shingles
# (mod sampling; Manber 1994, Broder 1997). At least 32, since a short text has few; at most 256, since
# one page must not fill the index. `benchmarks/neardup.py` measures what a change does.
_KEYS_BELOW = np.uint64(2**64 // 16)
_KEYS_LEAST, _KEYS_MOST = 32, 256

# Any odd constants do; these are the golden ratio's (Knuth) and splitmix64's (Steele et al. 2014).
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = ((30, np.uint64(0xBF58476D1CE4E5B9)), (27, np.uint64(0x94D049BB133111EB)))


def sign(text: str) -> Signed:
    """Everything the join stage needs of a text; texts that normalise alike give equal values."""
    normalised = normalise(text)
    shingles = distinct(shingle_hashes(fold_sounds(normalised[:LONGEST])))
    return Signed(
        node_id=int.from_bytes(hashlib.sha256(normalised.encode()).digest()[:8], "big", signed=True),
        normalised=normalised,
        shingles=shingles,
        keys=_keys(shingles),
        scheme=SCHEME,
        signature=_signature(shingles),
    )


def shingle_hashes(sounds: str) -> npt.NDArray[np.uint64]:
    """The 64-bit hash of every shingle of a folded text, in text order; at least one.

    A shingle that begins inside a run of latin letters is longer, since five letters are one word.
    """
    count = max(1, len(sounds) - SHINGLE + 1)
    codes = np.frombuffer(sounds.ljust(count + _LATIN_SHINGLE, "\0").encode("utf-32-le"), dtype="<u4")
    hashes = _rolled(np.zeros(count, dtype=np.uint64), codes, range(SHINGLE))
    latin = (codes >= ord("a")) & (codes <= ord("z"))
    in_latin = np.logical_and.reduce([latin[offset : offset + count] for offset in range(SHINGLE)])
    if in_latin.any():
        hashes = np.where(in_latin, _rolled(hashes, codes, range(SHINGLE, _LATIN_SHINGLE)), hashes)
    for shift, factor in _MIX:
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * factor
    return hashes ^ (hashes >> np.uint64(31))


def _rolled(
    hashes: npt.NDArray[np.uint64], codes: npt.NDArray[np.uint32], offsets: range
) -> npt.NDArray[np.uint64]:
    """The polynomial hashes with the codes at some offsets added."""
    for offset in offsets:
        hashes = hashes * _BASE + codes[offset : offset + len(hashes)]
    return hashes


def signature_values(signature: bytes) -> npt.NDArray[np.uint32]:
    """The MinHash values in a serialised signature."""
    return np.frombuffer(signature, dtype="<u4", offset=len(signature) - 4 * PERMUTATIONS)


def distinct(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The hashes sorted, each once; np.unique's hash table takes three times as long here."""
    hashes = np.sort(hashes)
    return hashes[np.concatenate(([True], hashes[1:] != hashes[:-1]))]


def are_among(hashes: npt.NDArray[np.uint64], among: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Which hashes are in a sorted, non-empty array; np.isin would sort both again."""
    found: npt.NDArray[np.bool_] = among[np.searchsorted(among[:-1], hashes)] == hashes
    return found


def _keys(shingles: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    low = int(np.searchsorted(shingles, _KEYS_BELOW))
    return shingles[: min(max(low, _KEYS_LEAST), _KEYS_MOST)].view(np.int64)


def _signature(shingles: npt.NDArray[np.uint64]) -> bytes:
    """The shingles' MinHash as datasketch computes it, serialised by its LeanMinHash.

    Its own `update_batch` takes a Python list and four times as long; a property test holds that both agree.
    """
    factors, summands = _permutations()
    hashes = _fmix((shingles & np.uint64(0xFFFFFFFF)).astype(np.uint32))
    permuted = factors[:, np.newaxis] * hashes  # a row each: the least of a row is found in one go
    permuted += summands[:, np.newaxis]
    values: npt.NDArray[np.uint32] = permuted.min(axis=1)
    return _header() + values.astype("<u4").tobytes()


def _fmix(hashes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """MurmurHash3's finalizer (Appleby 2011), with which the scheme affine32 mixes what it is given."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes = (hashes ^ (hashes >> np.uint32(shift))) * np.uint32(factor)
    return hashes ^ (hashes >> np.uint32(16))


@cache
def _header() -> bytes:
    """What LeanMinHash writes before the values: the seed, their number and the scheme."""
    from datasketch import LeanMinHash, MinHash  # noqa: PLC0415  # loads scipy: readers do not sign

    lean = LeanMinHash(MinHash(permutations=_permutations(), scheme="affine32"))
    buffer = bytearray(lean.bytesize("<"))
    lean.serialize(buffer, "<")
    return bytes(buffer[: -4 * PERMUTATIONS])


@cache
def _permutations() -> npt.NDArray[np.uint32]:
    """Worked out once a process: making them takes longer than using them."""
    from datasketch import MinHash  # noqa: PLC0415  # as above

    permutations: npt.NDArray[np.uint32] = MinHash(PERMUTATIONS, scheme="affine32").permutations
    return permutations
