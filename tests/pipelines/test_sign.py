import struct

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sign import PERMUTATIONS, SCHEME, sign, signature_values

TEXT = "漳州台商投资区管委会昨日召开项目推进会，听取十二个在建项目的进度汇报。" * 3


def test_texts_that_differ_only_in_spelling_are_one_node():
    assert sign("產業園區，２期！").node_id == sign("产业园区 2期").node_id


def test_the_node_id_never_moves():
    assert sign("产业园区").node_id == -9061496726552565651


def test_shingles_never_move():
    assert sign("产业园区二期开工").shingles.tolist() == [
        1547732512274001752,
        8377937721288623932,
        10738788686435160161,
        18331012900100485521,
    ]


def test_shingles_are_sorted_and_distinct():
    shingles = sign(TEXT).shingles
    assert (shingles[1:] > shingles[:-1]).all()


@pytest.mark.parametrize("text", ["", "园", "！？", "园区开工"])
def test_the_shortest_texts_have_a_shingle_and_a_key(text):
    signed = sign(text)
    assert (len(signed.shingles), len(signed.keys)) == (1, 1)


def test_a_long_text_has_a_sixteenth_of_its_shingles_as_keys():
    text = "".join(chr(0x4E00 + (i * 7919) % 20000) for i in range(2000))
    assert 80 <= len(sign(text).keys) <= 170


def test_one_page_cannot_fill_the_index():
    text = "".join(chr(0x4E00 + (i * i * 31 + i) % 20000) for i in range(30000))
    assert len(sign(text).keys) == 256


def test_homophones_leave_shingles_as_they_are():
    assert np.array_equal(sign("园区蕞大的视屏基地").shingles, sign("园区最大的视频基地").shingles)


@given(st.text(max_size=60))
def test_the_signature_is_what_datasketch_computes(text):
    signed = sign(text)
    reference = MinHash(
        PERMUTATIONS, scheme="affine32", hashfunc=lambda data: struct.unpack("<Q", data)[0] & 0xFFFFFFFF
    )
    reference.update_batch([struct.pack("<Q", shingle) for shingle in signed.shingles.tolist()])
    assert signature_values(signed.signature).tolist() == reference.hashvalues.tolist()


def test_the_signature_reads_back_with_datasketch():
    signed = sign(TEXT)
    lean = LeanMinHash.deserialize(signed.signature, byteorder="<")
    assert (lean.scheme, len(lean), SCHEME) == ("affine32", 128, "affine32:128:sound5latin14")
