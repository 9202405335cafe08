"""What two texts exchanged, on either side of each bound that decides."""

import random

import pytest

from pipelines.join.features import Features
from pipelines.join.wordings import compare_wordings
from pipelines.normalise import normalise

_CHARACTERS = [chr(code) for code in range(0x4E00, 0x5600)]


def _random(seed: int, length: int) -> str:
    return "".join(random.Random(seed).choices(_CHARACTERS, k=length))


def _against(one: str, other: str) -> str | None:
    a, b = Features(0, normalise(one)), Features(1, normalise(other))
    found = compare_wordings(a, b).against
    assert compare_wordings(b, a).against == found
    return found


def _figures(others: int, of: int) -> tuple[str, str]:
    """A text with so many figures, and one in which some of them are other figures."""
    texts = ["", ""]
    for number in range(of):
        before, after = _random(number, 8), _random(100 + number, 8)
        for side in (0, 1):
            figure = 23 + number + 41 * side * (number < others)
            texts[side] += f"{before}{figure}{after}"
    return texts[0], texts[1]


@pytest.mark.parametrize(
    ("others", "of", "against"),
    [(1, 3, None), (2, 3, "numbers"), (2, 8, "numbers"), (2, 9, None), (3, 8, "numbers")],
)
def test_two_other_figures_in_eight_are_other_news(others: int, of: int, against: str | None) -> None:
    assert _against(*_figures(others, of)) == against


@pytest.mark.parametrize(
    ("words", "against"),
    [([], "names"), (["困难=难题"], "names"), (["困难=难题", "完成=结束"], None)],
    ids=["alone", "half of the exchanges", "a third"],
)
def test_one_other_figure_and_one_unknown_word_are_enough_together(
    words: list[str], against: str | None
) -> None:
    pairs = [("翮岑砚", "沣榕罡"), ("23", "64"), *((pair[:2], pair[3:]) for pair in words)]
    texts = ["".join(_random(n, 9) + pair[side] for n, pair in enumerate(pairs)) for side in (0, 1)]
    end = _random(50, 20)
    assert _against(texts[0] + end, texts[1] + end) == against


def test_figures_that_moved_with_their_wording_are_no_other_figures() -> None:
    lists = ("东城产值完成12亿元，西郊产值完成34亿元，", "西郊产值完成34亿元，东城产值完成12亿元，")
    assert _against(*(_random(1, 60) + each + _random(2, 60) for each in lists)) is None


def test_figures_that_changed_places_are_other_figures() -> None:
    lists = ("其中进口12亿元，另外出口34亿元，", "其中进口34亿元，另外出口12亿元，")
    assert _against(*(_random(1, 60) + each + _random(2, 60) for each in lists)) == "numbers"


@pytest.mark.parametrize(
    ("head", "body", "foot", "against"),
    [
        (200, 200, 200, "body"),
        (200, 120, 200, None),
        (80, 80, 80, None),
        (90, 240, 400, "body"),
        (45, 240, 400, None),
    ],
    ids=["a body", "a paragraph", "a short one", "enough before", "too little before"],
)
def test_a_long_text_of_its_own_between_shared_ones_is_other_news(
    head: int, body: int, foot: int, against: str | None
) -> None:
    texts = (_random(1, head) + _random(seed, body) + _random(2, foot) for seed in (3, 4))
    assert _against(*texts) == against


@pytest.mark.parametrize(
    ("beside", "against"),
    [("", None), ("登录后的事", None), ("首页正文内容", None), ("首页登录正文", "body")],
    ids=["prose", "a page word beside", "another", "the page's words on both sides"],
)
def test_a_short_passage_of_its_own_is_the_news_only_between_the_pages_words(
    beside: str, against: str | None
) -> None:
    texts = (
        _random(1, 300) + beside[:2] + _random(seed, 120) + beside[2:] + _random(2, 300) for seed in (3, 4)
    )
    assert _against(*texts) == against


@pytest.mark.parametrize(
    ("moved", "against"), [(110, None), (20, "body")], ids=["half stands elsewhere", "an eleventh"]
)
def test_what_stands_elsewhere_in_the_other_text_is_no_body_of_its_own(
    moved: int, against: str | None
) -> None:
    bodies = [_random(seed, 220 - moved) + _random(seed + 10, moved) for seed in (3, 4)]
    texts = [
        _random(1, 200) + body + _random(2, 200) + other[-moved:] + _random(5, 50)
        for body, other in (bodies, bodies[::-1])
    ]
    assert _against(*texts) == against


@pytest.mark.parametrize(
    ("shared", "against"), [(6, "body"), (40, None)], ids=["a few words in common", "a sentence in common"]
)
def test_a_few_words_in_common_do_not_divide_a_body(shared: int, against: str | None) -> None:
    texts = (
        _random(1, 80) + _random(seed, 60) + _random(7, shared) + _random(seed + 10, 60) + _random(2, 80)
        for seed in (3, 4)
    )
    assert _against(*texts) == against


@pytest.mark.parametrize(
    ("lead", "own", "against"),
    [(150, 130, "lead"), (90, 26, None), (90, 34, "lead"), (300, 96, None), (300, 104, "lead")],
    ids=["half is shared", "78% of a short one", "73% of a short one", "76% is shared", "74% is shared"],
)
def test_a_shared_beginning_with_other_news_after_it_is_a_lead(
    lead: int, own: int, against: str | None
) -> None:
    assert _against(*(_random(1, lead) + _random(seed, own) for seed in (3, 4))) == against


@pytest.mark.parametrize(
    ("own", "rest", "against"),
    [(30, 60, "lead"), (20, 60, None), (60, 220, "lead"), (50, 220, None)],
    ids=["a third", "too short", "21%", "18%"],
)
def test_a_shared_end_under_other_news_is_what_a_site_puts_under_everything(
    own: int, rest: int, against: str | None
) -> None:
    assert _against(*(_random(seed, own) + _random(1, rest) for seed in (3, 4))) == against


def test_a_shared_end_in_another_order_is_a_shared_end() -> None:
    teasers = _random(1, 40), _random(2, 40)
    assert _against(_random(3, 60) + "".join(teasers), _random(4, 60) + "".join(teasers[::-1])) == "lead"
