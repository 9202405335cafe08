"""Which texts stand on the pages that they lead to."""

from pipelines.standing.lists import Led, is_list_of

TOLD = (
    "临湖智造园昨日与九家企业签约，项目涉及传感器、精密模具和冷链装备，全部达产后年产值可达四十二亿元，"
    "其中五家当天就看了厂房。园区把两栋标准厂房留给他们，水电下个月接通，明年三月起可以装机。",
    "东岭物流港三号仓库本周交付，第一批货物是发往口岸的两千吨纸浆，港区说旺季还要再加一班夜车，"
    "装卸工分成四组轮换。仓库的屋顶铺了光伏板，白天的照明和叉车充电都够用，余电并入电网。",
    "青禾种业园的育种大棚换上了新的遥感设备，技术员在手机上就能看到每一垄苗的水分和长势，缺水的地方"
    "自动开阀。去年这里育出的六个品种，有两个已经在邻县试种了三百亩，秋后测产。",
)
PAGES = [Led(f"第{n}篇", text, is_item=False) for n, text in enumerate(TOLD)]


def _excerpts(count: int, length: int = 60) -> str:
    return "\n".join(f"{text[:length]}…阅读全文" for text in TOLD[:count])


def test_excerpts_of_several_pages_are_a_list() -> None:
    assert is_list_of("园区观察", _excerpts(3), PAGES)


def test_whole_texts_of_several_pages_are_a_list() -> None:
    assert is_list_of("园区观察", "\n".join(TOLD), PAGES)


def test_a_list_is_one_although_another_list_shows_the_same() -> None:
    assert is_list_of("园区观察", _excerpts(3), [*PAGES, Led("同上", _excerpts(3), is_item=False)])


def test_a_text_that_lists_repeat_is_an_article() -> None:
    lists = [Led(name, "\n".join(TOLD), is_item=False) for name in ("首页", "要闻")]
    assert not is_list_of("第0篇", TOLD[0], lists)


def test_the_excerpt_of_one_page_is_a_list_where_its_headline_leads_there() -> None:
    assert is_list_of("二〇二六年四月", _excerpts(1), [Led("临湖智造园签约", TOLD[0], is_item=True)])
    assert not is_list_of("二〇二六年四月", _excerpts(1), [Led("临湖智造园签约", TOLD[0], is_item=False)])


def test_a_page_again_by_another_name_is_no_list() -> None:
    assert not is_list_of("临湖智造园 签约", TOLD[0], [Led("临湖智造园签约", TOLD[0], is_item=True)])


def test_an_article_that_quotes_others_is_no_list() -> None:
    own = "本周三件事放在一起看，缺的都不是订单，而是人。记者走了三处，问的是同一个问题：谁来上夜班？" * 4
    assert not is_list_of("一周观察", own + _excerpts(3, 30), PAGES)


def test_what_leads_nowhere_is_no_list() -> None:
    assert not is_list_of("园区观察", _excerpts(3), [])
    assert not is_list_of("园区观察", "短", PAGES)
