"""What numbers are worth, however they are written, and which runs of characters are none."""

from __future__ import annotations

import pytest

from pipelines.numerals import is_numeral, number_value


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("1.2亿", 1.2e8),
        ("12000万", 1.2e8),
        ("一亿二千万", 1.2e8),
        ("三点五亿", 3.5e8),
        ("二百四十", 240),
        ("十二", 12),
        ("两万三千", 23000),
        ("一千零五", 1005),
        ("二〇二六", 2026),
        ("百分之十二点五", 12.5),
        ("1,234.5", 1234.5),
        ("十", 10),
        ("一百零五", 105),
        ("两万亿", 2e12),
        ("三万亿五千亿", 3.5e12),
        ("两万零十二", 20012),
    ],
)
def test_figures_have_their_value_however_they_are_written(spelling: str, value: float) -> None:
    assert number_value(spelling) == pytest.approx(value)


@pytest.mark.parametrize(
    "numeral", ["十二", "一百零五", "三十亿", "一亿二千万", "两万亿", "十二点五亿", "一万零三百"]
)
def test_what_people_write_for_a_number_is_a_numeral(numeral: str) -> None:
    assert is_numeral(numeral)


@pytest.mark.parametrize("words", ["万千", "十一五", "百千", "三百百", "零万"])
def test_what_is_made_of_the_same_characters_and_counts_nothing_is_none(words: str) -> None:
    assert not is_numeral(words)
