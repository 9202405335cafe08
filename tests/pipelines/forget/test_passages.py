"""Passages are found in whatever form and place they lie, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive.kept_out import ledger
from pipelines.forget.passages import (
    MOST,
    WINDOW,
    Anchors,
    Hasher,
    Met,
    Seeker,
    address_tail,
    in_every_form,
    packed,
    unpacked,
)
from pipelines.spelling import spell

TEXT = "青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻。"
HASHER = Hasher(b"key")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("before", [0, 1, 7, 65_530])
def test_a_text_is_found_in_every_encoding_wherever_it_lies(encoding: str, before: int) -> None:
    seeker = Seeker(HASHER, HASHER.of_lines(in_every_form([TEXT])))
    assert len(seeker.find(b"x" * before + TEXT.encode(encoding) + b"y" * 99)) > 0


def test_the_index_form_is_found() -> None:
    assert len(Seeker(HASHER, HASHER.of_lines(in_every_form([TEXT]))).find(spell(TEXT).encode())) > 0


def test_whatever_is_left_of_a_text_is_found_from_72_bytes_on() -> None:
    data = TEXT.encode()
    seeker = Seeker(HASHER, HASHER.of_lines(in_every_form([TEXT])))
    assert all(len(seeker.find(data[at : at + 72])) > 0 for at in range(len(data) - 72))


def test_another_archives_hashes_mean_nothing() -> None:
    other = Hasher(b"another key")
    assert len(Seeker(other, HASHER.of_lines(in_every_form([TEXT]))).find(TEXT.encode())) == 0


@given(st.binary(max_size=300))
def test_nothing_is_found_that_is_not_there(data: bytes) -> None:
    known = HASHER.of_lines(in_every_form([TEXT]))
    holds = any(data[at : at + WINDOW] in TEXT.encode() for at in range(max(0, len(data) - WINDOW)))
    assert holds or len(Seeker(HASHER, known).find(data)) == 0


def test_each_value_is_told_from_its_neighbours() -> None:
    seeker = Seeker(HASHER, HASHER.of_lines(in_every_form([TEXT])))
    values = [(number, (TEXT if number % 3 == 0 else "无关的文字" * 20).encode()) for number in range(900)]
    assert [number for number, _ in seeker.find_in_values(values)] == list(range(0, 900, 3))


LINES = in_every_form(
    f"第{number}期厂房由第{number * 7}号企业于当年启用，随后投产达效" for number in range(4_000)
)
OTHERS = np.random.default_rng(3).integers(0, 2**64, size=3 * MOST, dtype=np.uint64)


def test_of_too_many_passages_the_same_part_is_looked_for_wherever_they_stand() -> None:
    """Half of a large removal's, noted more sparsely, is among what is known of the whole."""
    seeker = Seeker(HASHER, np.concatenate([HASHER.of_lines(LINES), OTHERS]))
    assert len(seeker.known) <= MOST
    found = seeker.find(b"\n".join(LINES))
    assert len(found) > 500
    assert np.array_equal(found, np.intersect1d(HASHER.of_lines(LINES, bits=2), seeker.known))


def test_what_was_met_with_is_each_passage_once() -> None:
    seeker = Seeker(HASHER, HASHER.of_lines(LINES))
    met = Met(seeker)
    assert not len(met.passages)
    for part in (LINES[:300], LINES[200:400], LINES[:1]):
        met.add(seeker.find(b"\n".join(part)))
    assert np.array_equal(met.passages, seeker.find(b"\n".join(LINES[:400])))


def test_anchors_are_found_among_many() -> None:
    anchors = Anchors(b"key", np.empty(0, dtype=np.uint64)).of_lines(LINES)
    seeker = Anchors(b"key", np.concatenate([anchors, OTHERS[: MOST // 2]]))
    assert set(anchors.tolist()) <= set(seeker.find(b"\n".join(LINES)).tolist())
    assert not len(seeker.find("另一篇文章说的是别的事情，与上面各行无关".encode() * 50))


@pytest.mark.parametrize("there", [b"", b"cut short", b"one\n", b"one\ntwo is cut short", b"one\ntwo\n"])
def test_lines_follow_the_last_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bytes
) -> None:
    monkeypatch.setattr(ledger, "_BLOCK_BYTES", 4)
    path = tmp_path / "notes"
    path.write_bytes(there)
    ledger.append(path, ["new"])
    assert path.read_bytes() == there[: there.rfind(b"\n") + 1] + b"new\n"


def test_hashes_survive_their_column() -> None:
    hashes = HASHER.of_lines(in_every_form([TEXT]))
    assert np.array_equal(unpacked(packed(hashes)), hashes)


def test_an_address_is_known_by_its_end() -> None:
    assert address_tail("https://www.example.cn/news/2026/03/17/some-title.html") == (
        "news/2026/03/17/some-title.html"
    )
    assert address_tail("https://www.example.cn/1.html") == "://www.example.cn/1.html"
