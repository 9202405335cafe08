"""Which characters of a text stand among the page's own words."""

from pipelines.join.features import Features

NEWS = "老厂房的屋顶换上了新玻璃阳光落在水磨石地面上第一批搬进来的三家工坊已经开门迎客"
FOOTER = "版权所有未经许可不得转载联系我们关于我们网站地图友情链接返回顶部"


def _of_page(text):
    return Features(0, text).of_page


def test_a_stretch_with_four_of_the_pages_words_is_the_pages():
    found = _of_page(NEWS * 2 + FOOTER)
    assert (found[: len(NEWS)].any(), found[len(NEWS) * 2 :].all()) == (False, True)


def test_three_of_the_pages_words_are_not_enough():
    assert not _of_page(NEWS + "联系电话与邮箱见公告附传真" + NEWS).any()


def test_one_word_said_four_times_is_not_enough():
    assert not _of_page(NEWS + "关注民生关注教育关注就业关注养老" + NEWS).any()


def test_words_far_from_each_other_are_the_news():
    between = NEWS + "他们" * 3
    assert not _of_page(between.join(["", "微信", "评论", "广告", "网站", ""])).any()
