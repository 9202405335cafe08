import pytest

from pipelines.normalise import fold_sounds, normalise, simplify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("產業園區", "产业园区"),
        ("ＡＩ　园区，２０２４年！", "ai园区2024年"),
        ("园※区·企\u200b业", "园区企业"),
        ("投资43.7亿元", "投资437亿元"),
        ("產(chǎn)業(yè)園(yuán)區(qū)", "产业园区"),
        ("人工智能(ai)", "人工智能ai"),
        ("產[chǎn]業【yè】", "产业"),
        ("產(chan3)業(ye4)園(yuan2)區(qu1)", "产业园区"),
        ("三号(a1)楼", "三号a1楼"),
        ("园区&nbsp;企业&#24320;工 R&amp;D AT&T", "园区企业开工rdatt"),
        ("", ""),
        ("……！", ""),
    ],
)
def test_spellings_of_the_same_words_become_one(text, expected):
    assert normalise(text) == expected


def test_normalising_twice_changes_nothing():
    once = normalise("漳州產業園區 ①期Ｂ座 Straße ﬁrst")
    assert normalise(once) == once


def test_a_homophone_sounds_like_the_character_it_stands_for():
    assert fold_sounds("蕞大视屏") == fold_sounds("最大视频")


def test_sounds_that_copyists_confuse_are_one():
    assert fold_sounds("新能源") == fold_sounds("心冷元")


def test_different_words_keep_different_sounds():
    assert fold_sounds("园区") != fold_sounds("公司")


def test_folding_keeps_the_length_and_whatever_is_no_ideograph():
    assert fold_sounds("2024年gpt") == "2024" + fold_sounds("年") + "gpt"


def test_simplify_keeps_every_character_in_its_place() -> None:
    text = "【推薦閱讀】關閉視窗，聯絡電話 02-1234（app）"
    assert simplify(text) == "【推荐阅读】关闭视窗，联络电话 02-1234（app）"
