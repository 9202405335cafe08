"""Verdicts on pairs of invented texts: forms filled in differently, and copies of one text."""

import random
import time

import pytest

from pipelines.join import Verdict, explain, judge
from pipelines.join.features import Features
from pipelines.sign import LONGEST, sign

FORMS = {
    "lecture": (
        "{0}教授应邀到园区作专题报告。日前，园区党工委理论学习中心组举行集中学习，邀请{1}教授{0}作专题辅导报告。{0}从当前宏观形势"
        "出发，围绕新质生产力的内涵与实践路径作了深入浅出的讲解，既有理论高度又有实践深度，对做好下一步工作具有很强的指导意义。"
        "与会同志一致认为，要把学习成果转化为推动工作的实际成效。",
        [
            ("周慕白", "江南理工大学"),
            ("沈知秋", "海州大学"),
            ("欧阳靖", "闽中师范大学"),
            ("钱若水", "东川科技大学"),
        ],
    ),
    "bank": (
        "{0}支行到{1}送金融服务上门。为支持实体经济发展，近日，{0}支行客户经理走进{1}开展上门服务。活动中，工作人员详细介绍了信用贷款、"
        "供应链融资等产品，现场解答财务人员提出的问题，并收集了对银行服务的意见建议。{1}财务负责人表示，上门服务方便快捷，解了燃眉之急。"
        "下一步，{0}支行将持续优化流程，让更多惠企政策直达快享。",
        [("湖心路", "瑞禾机电有限公司"), ("望江门", "恒沛新材料有限公司"), ("南湖", "智捷传感科技有限公司")],
    ),
    "village": (
        "{0}举办重阳敬老活动。秋风送爽，情满重阳。{0}党支部联合驻村工作队在文化礼堂举办敬老活动，为七十岁以上老人送上长寿面和慰问品。"
        "村里的文艺队表演了自编自演的节目，赢得阵阵掌声。{0}党支部书记{1}说，孝老爱亲是我们村的好传统，今后要把这样的活动一直办下去，"
        "让老人们老有所养、老有所乐。活动结束后，志愿者还为老人们拍摄了幸福照。",
        [("上塘村", "翁国栋"), ("白石村", "柳长青"), ("前埔村", "苏碧霞"), ("大岭头村", "梁有福")],
    ),
    "agreement": (
        "{0}与{1}签署战略合作协议。近日，{0}与{1}在管委会会议室举行战略合作签约仪式。根据协议，双方将在人才培养、科研平台共建、成果转化等"
        "方面开展全方位合作，共同打造产教融合示范基地。{0}总经理{2}表示，此次合作是企业发展的重要里程碑。双方约定建立定期会商机制，"
        "推动合作事项落到实处、取得实效。",
        [
            ("丰泽光学股份有限公司", "云溪职业技术学院", "戴明远"),
            ("同德重工集团有限公司", "滨江工程学院", "叶知行"),
            ("联创制药有限公司", "南岭医科大学", "汤佩兰"),
        ],
    ),
    "visit": (
        "{0}党政代表团到园区考察。昨天上午，{0}党政代表团一行来到园区，实地考察智能制造和现代物流项目。代表团先后参观了展示"
        "中心和重点企业生产车间，听取园区发展历程、产业布局等情况介绍，对园区取得的成绩给予高度评价。双方就进一步加强产业"
        "协作、推动互利共赢深入交流。",
        [("衢州市", ""), ("黄石市", ""), ("和田地区", "")],
    ),
    "estate": (
        "{0}小区充电桩投入使用。盼了大半年，{0}小区居民终于用上了家门口的充电桩。记者在现场看到，新装的充电桩整齐排列，居民"
        "扫码即可使用。物业工作人员介绍，充电桩由社区协调电力部门安装，收费标准已经公示。居民们说，再也不用拉飞线了，既方便"
        "又安全。",
        [("阳光", ""), ("幸福", ""), ("金桂园", "")],
    ),
    "inspection": (
        "{0}带队检查节前安全生产工作。{0}率队深入企业检查节前安全生产，园区应急管理局、消防救援大队负责人参加。每到一处，{0}都仔细询问"
        "安全责任制落实情况，现场查看消防设施和值班记录。{0}强调，要时刻绷紧安全这根弦，压实企业主体责任，从严从细排查整治各类隐患，"
        "坚决防范遏制事故发生，确保群众过一个平安祥和的节日。",
        [("管委会副主任杜仲平", ""), ("管委会副主任尹春和", ""), ("管委会副主任邹立人", "")],
    ),
}
LEAD = "编者按：本栏目持续关注各地园区的新进展，欢迎读者提供线索，来稿请注明姓名，一经采用即付薄酬。"
TAIL = "相关阅读：园区夜话之三十一；从一张图纸到一座工厂；读者来信选登；本周天气与出行提示；图书馆新书速递。"
SYNONYMS = [
    ("近日", "日前"),
    ("开展", "进行"),
    ("详细", "仔细"),
    ("表示", "称"),
    ("推动", "促进"),
    ("现场", "当场"),
    ("共同", "携手"),
    ("方便", "便利"),
]
HOMOPHONES = str.maketrans("作为工在有的来", "做唯公再友得莱")


def _features(text: str) -> Features:
    signed = sign(text)
    return Features(signed.node_id, signed.normalised)


def _verdict(a: str, b: str) -> str:
    return judge(_features(a), _features(b)).verdict


def _fillings(kind: str) -> list[str]:
    form, slots = FORMS[kind]
    return [form.format(*slot) for slot in slots]


def _reworded(text: str) -> str:
    for old, new in SYNONYMS:
        text = text.replace(old, new)
    return text


COPIES = {
    "lead before": lambda text: LEAD + text,
    "teasers after": lambda text: text + TAIL,
    "synonyms": _reworded,
    "homophones": lambda text: text.translate(HOMOPHONES),
    "sentences reordered": lambda text: "。".join(sorted(text.split("。"))),
    "a sentence dropped": lambda text: "。".join(text.split("。")[:-2]),
    "full width and marks": lambda text: text.replace("，", "※，").replace("园", "园\u200b"),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_filled_in_with_other_names_is_other_news(kind):
    first, *others = _fillings(kind)
    assert {_verdict(first, other) for other in others} == {"blocked"}


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("kind", FORMS)
def test_a_copy_is_joined_with_its_original(kind, copy):
    original = _fillings(kind)[0]
    assert _verdict(COPIES[copy](original), original) == "same"


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("kind", FORMS)
def test_a_copy_is_not_joined_with_the_form_filled_in_otherwise(kind, copy):
    original, *others = _fillings(kind)
    assert "same" not in {_verdict(COPIES[copy](original), other) for other in others}


BULLETIN = (
    "{0}月份，全区规模以上工业增加值增长{1}%，固定资产投资完成{2}亿元，社会消费品零售总额{3}亿元，进出口总额{4}亿元，"
    "实际使用外资{5}万美元，新设经营主体{6}户。总体看，全区经济运行延续稳中有进的态势，新动能加快培育，民生保障有力有效。"
    "下一步，要坚持稳字当头，紧盯全年目标任务，强化运行监测和要素保障，推动经济运行保持在合理区间，"
    "为完成全年目标任务打下坚实基础，以高质量发展的实际成效回应群众期盼。"
)


def _bulletin(seed: int) -> str:
    chance = random.Random(seed)
    return BULLETIN.format(
        seed,
        *(f"{chance.uniform(3, 90):.1f}" for _ in range(4)),
        *(chance.randint(100, 999) for _ in range(2)),
    )


def test_bulletins_of_two_months_stay_apart():
    verdict = judge(_features(_bulletin(3)), _features(_bulletin(4)))
    assert (verdict.verdict, verdict.reason) == ("blocked", "numbers")


def test_a_corrected_figure_does_not_make_another_bulletin():
    text = _bulletin(5)
    assert _verdict(text, text.replace("延续", "呈现").replace("5月份", "5 月份")) == "same"


def test_two_articles_in_one_sites_furniture_stay_apart():
    head = (
        "您所在的位置：本网频道新闻列表正文页面，请登录后参与讨论并遵守社区公约，文明发言理性表达，共同维护良好秩序环境。"
        * 2
    )
    foot = (
        "本站所有内容均由网友上传，如涉及权益问题请与我们取得联系，核实后将在第一时间处理，感谢您的理解与支持，祝您阅读愉快。"
        * 4
    )
    bodies = [_fillings(kind)[0][:130] for kind in ("lecture", "bank")]
    verdict = judge(*(_features(head + body + foot) for body in bodies))
    assert (verdict.verdict, verdict.reason) == ("blocked", "body")


def test_different_news_is_apart():
    assert _verdict(_fillings("lecture")[0], _fillings("bank")[0]) == "apart"


def test_a_headline_is_no_copy_of_the_article_it_stands_in():
    text = _fillings("bank")[0]
    assert _verdict(text, text[:16]) == "apart"


def test_english_articles_on_one_subject_are_apart():
    one = (
        "The industrial park opened its second logistics hall on Monday and expects forty tenants by spring. "
        * 3
    )
    other = (
        "On Monday the council of the industrial park heard plans for a second power station near the canal. "
        * 3
    )
    assert _verdict(one, other) == "apart"


def test_an_english_copy_is_joined():
    text = (
        "The industrial park opened its second logistics hall on Monday. Forty tenants have signed so far,"
        " said its manager, and a third hall is planned for the eastern plot once the new road is finished. "
    )
    copy = "Reprinted from our partner paper. " + text + " More stories on page two."
    assert _verdict(text, copy) == "same"


def test_a_company_named_once_at_the_start_of_a_text_keeps_it_apart():
    rest = (
        "通过三项体系年度复核。复核组查看了质量记录，走访了车间和仓库，与班组长逐一交谈，认为体系运转正常，各项制度落到了实处，"
        "建议保持注册。复核组也指出了几处可以做得更细的地方，要求在下个月底以前改好。班组长们当场领走了任务清单，约定每周碰头一次。"
    )
    first, *others = "博沣食品有限责任公司", "遵义泰翮食品有限公司", "朗岑纺织集团"
    assert {_verdict(first + rest, other + rest) for other in others} == {"blocked"}


def test_a_thesaurus_that_changes_one_word_throughout_makes_no_other_news():
    text = (
        "这家企业去年搬进园区，企业的老板说，搬家花了三个月，工人一个都没走。企业把旧机床也带了过来，摆在门厅里当作纪念。附近的餐馆老板"
        "最先察觉变化，中午的客人多了一倍。街坊们觉得，有了企业，路灯亮得比从前早，夜里走路心里踏实。今年夏天，企业又添了两条流水线，"
        "招来的年轻人把空了好几年的宿舍楼住得满满当当。"
    )
    assert _verdict(text, text.replace("企业", "公司")) == "same"


@pytest.mark.parametrize(("a", "b"), [("lecture", "bank"), ("bank", "bank"), ("village", "village")])
def test_a_verdict_does_not_depend_on_which_text_comes_first(a, b):
    left, right = _features(_fillings(a)[0]), _features(_fillings(b)[1])
    assert judge(left, right) == judge(right, left)


CHARACTERS = [chr(code) for code in range(0x4E00, 0x5600)]


def _random(seed: int, length: int) -> str:
    return "".join(random.Random(seed).choices(CHARACTERS, k=length))


@pytest.mark.parametrize(
    ("ours", "own", "verdict"),
    [
        (200, 230, "same"),
        (200, 265, "apart"),
        (70, 24, "same"),
        (70, 38, "apart"),
        (30, 5, "same"),
        (30, 24, "apart"),
    ],
    ids=["long, 46%", "long, 42%", "short, 74%", "short, 63%", "headline, 80%", "headline, 44%"],
)
def test_how_much_of_a_text_must_be_in_the_other(ours: int, own: int, verdict: str) -> None:
    shared = _random(1, ours)
    other = shared + (_random(2, 4 * own) if ours >= 40 else "")
    assert _verdict(_random(3, own) + shared, other) == verdict


def _every(text: str, step: int) -> str:
    """A text with every so many characters exchanged for others."""
    chance = random.Random(5)
    return "".join(chance.choice(CHARACTERS) if at % step == 0 else c for at, c in enumerate(text))


def _without(text: str, step: int) -> str:
    return "".join(c for at, c in enumerate(text) if at % step)


@pytest.mark.parametrize(
    ("length", "step", "verdict"), [(600, 5, "apart"), (600, 7, "same"), (100, 8, "same"), (100, 6, "apart")]
)
def test_a_text_with_words_left_out_all_over_is_a_copy(length: int, step: int, verdict: str) -> None:
    text = _random(1, length)
    assert _verdict(text, _without(text, step)) == verdict


@pytest.mark.parametrize(("length", "verdict"), [(800, "same"), (250, "apart")])
def test_a_long_piece_with_words_left_out_is_a_copy_beside_each_pages_own_words(
    length: int, verdict: str
) -> None:
    piece, around = _random(1, length), length * 9 // 8
    one, other = piece + _random(2, around), _random(3, around) + _without(piece, 12)
    assert _verdict(one, other) == verdict


SHARED_LEAD = (
    "本报今起推出系列报道记者分赴多个园区与一线职工同吃同住听机器的声音看数据的流动记录他们的喜怒哀乐讲述转型路上的真实故事敬请关注今天推出其中一篇"
) * 2
NOTICES = (
    "版权声明凡本网注明来源的作品版权均属于本网未经授权不得转载违者追究责任如因侵权请联系删除关于我们联系我们广告服务网站地图友情链接投稿邮箱"
    "举报电话备案号技术支持扫一扫关注官方微信下载手机客户端返回顶部"
) * 3


@pytest.mark.parametrize("seed", range(3))
def test_instalments_of_a_series_are_apart_and_a_truncated_copy_of_one_is_not(seed: int) -> None:
    first, second = (SHARED_LEAD + _random(seed + n, 150) for n in (10, 20))
    assert (_verdict(first, second), _verdict(first, first[:190])) == ("apart", "same")


@pytest.mark.parametrize("seed", range(3))
def test_items_over_one_sites_notices_are_other_news_and_one_over_two_sites_notices_is_not(seed: int) -> None:
    first, second = (_random(seed + n, 90) for n in (10, 20))
    assert _verdict(first + NOTICES, second + NOTICES) == "blocked"
    assert _verdict(first + NOTICES, first + _random(5, 20)) == "same"


PLOT = (
    "{0}国有建设用地使用权挂牌出让公告宗地编号{1}土地用途为工业出让年限五十年采用先租后让达产出让方式供地竞买人须在公告规定时间内登录网上"
    "交易系统提交申请并缴纳保证金宗地现状为净地规划设计条件产业准入要求交付条件详见出让文件"
)
BRIEF = (
    "{0}在互动平台表示公司产品可应用于相关领域目前在手订单充足生产经营一切正常敬请投资者关注公司公告以免误读"
)
ENGLISH = (
    "A delegation led by {0} visited {1} on Thursday to learn about its experience in attracting "
    "investment. The visitors toured the exhibition hall and two factories and held talks with the "
    "management committee. Both sides expressed their willingness to deepen cooperation in logistics "
    "and agreed to hold exchanges."
)


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        (PLOT, ("巨鹿县", "372945"), ("望江县", "690779")),
        (BRIEF, ("光明家居",), ("众合软件",)),
        (BRIEF, ("本溪前程仪器有限公司",), ("临沭时代重工有限公司",)),
        (ENGLISH, ("Fatima Okafor", "Varkesh Industrial Park"), ("Jonas Lindqvist", "Tolmire Free Zone")),
    ],
    ids=["a plot", "two brands", "two companies", "English"],
)
def test_a_form_that_says_its_names_once_is_other_news_with_other_names(
    form: str, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert _verdict(form.format(*one), form.format(*other)) == "blocked"


def test_figures_written_with_other_units_are_no_other_figures() -> None:
    text = (
        "全区完成固定资产投资1.2亿元，实际使用外资3.5亿元，进出口总额7.8亿元，社会消费品零售总额9.6亿元。园区工作人员说，老厂房改造后租金涨了，"
        "但企业不愿搬走，食堂中午排队要二十分钟，大家戏称这是全城最热闹的地方，门口的公交站因此多停两趟车，司机们都认得几张老面孔。"
        "街道打算把隔壁的空地也整出来，先种几排树，再谈盖什么楼，附近居民听说以后松了口气，说总算不用再绕路去河边散步了。"
    )
    rewritten = text.replace("1.2亿", "12000万").replace("3.5亿", "35000万").replace("7.8亿", "78000万")
    assert _verdict(text, rewritten) == "same"


def _named(count: int, names: str) -> str:
    chance = random.Random(7)
    return "".join(
        f"书记{chance.choice(names)}{chance.choice(CHARACTERS)}到园区{_random(n, 4)}调研"
        for n in range(count)
    )


HARD = {
    "every tenth character exchanged": (_random(1, 20_000), _every(_random(1, 20_000), 10)),
    "one sentence said without end": (
        "园区今年签约项目十二个王伟主持" * 1_200,
        "园区今年签约项目十二个李强主持" * 1_200,
    ),
    "ten thousand numbers": (
        "".join(f"第{n}号地块{n * 7 % 99999}万元" for n in range(5_000))[:20_000],
        "".join(f"第{n}号地块{n * 11 % 99999}万元" for n in range(5_000))[:20_000],
    ),
    "nothing but notices": ("版权转载侵权免责" * 2_500, "免责版权转载侵权" * 2_500),
    "nothing but letters": ("qx" * 10_000, "qx" * 9_000 + "zz" * 900),
    "nothing but names": (_named(1_400, "王李张"), _named(1_400, "赵钱孙")),
}


@pytest.mark.parametrize("kind", HARD)
def test_no_pair_of_texts_made_to_be_hard_takes_a_second(kind: str) -> None:
    def cost() -> float:
        pair = [Features(number, text[:LONGEST]) for number, text in enumerate(HARD[kind])]
        started = time.process_time()
        judge(*pair)
        return time.process_time() - started

    assert min(cost() for _ in range(3)) < 1.0  # the first loads tables, and others use the machine too


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict("same", "most", 0.94, 0.7, 6, 0), "94% of its text; 6 figures agree"),
        (Verdict("same", "spread", 0.31, 0.2), "31% of its text, all over it"),
        (Verdict("blocked", "numbers", 0.94, 0.9, 6, 5), "94% of its text; 5 of 6 figures differ"),
        (
            Verdict("blocked", "names", 0.9, 0.8, 0, 0, 4, 3),
            "90% of its text; 3 of 4 exchanged wordings are other names",
        ),
        (
            Verdict("blocked", "body", 0.8, 0.7),
            "80% of its text; each has a long text of its own beside what they share",
        ),
        (Verdict("apart", "little", 0.04, 0.01), "only 4% of its text"),
    ],
)
def test_a_verdict_is_told_in_words(verdict: Verdict, words: str) -> None:
    assert explain(verdict) == words


_STORY = (
    "Residents of the old harbour quarter have waited eleven years for the footbridge that opened on "
    "Sunday, and several hundred of them walked across it in the rain. The council says that the "
    "crossing cuts the way to the station by half and that a second one will follow once the lock has "
    "been repaired. Traders on the quay hope that more people will stop for lunch, while the rowing "
    "club worries about the narrow arch. Builders had found the remains of a wooden jetty under the "
    "mud, which delayed the work by two summers and will be shown in the museum from next spring. The "
    "engineers chose steel because timber rots in the brackish water, and they left room for cyclists "
    "on both sides. "
)
_REPORT = (
    "School heads across the valley met on Tuesday to discuss how meals could be cooked nearer to the "
    "children who eat them. "
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Traders on the quay hope that more people", "Shopkeepers along the water expect that visitors"),
        (
            "several hundred of them walked across it in the rain",
            "some of them were seen there in spite of bad weather",
        ),
        (_STORY[_STORY.index("Builders") : _STORY.index("The engineers")], _REPORT),
        ("Residents of", "HARLOW (Wire) - Residents of"),
    ],
    ids=["a clause", "another clause", "a sentence of other news", "a dateline"],
)
def test_an_english_copy_with_other_words_in_a_place_is_a_copy(old: str, new: str) -> None:
    assert _verdict(_STORY, _STORY.replace(old, new)) == "same"


def test_english_reports_of_one_event_that_share_quotes_are_apart() -> None:
    quotes = _STORY[_STORY.index("The council") : _STORY.index("Traders")]
    others = [_REPORT * 3, " ".join(reversed(_REPORT.split())) * 3]
    assert _verdict(others[0] + quotes, others[1] + quotes) == "apart"


_GERMAN = (
    "Am alten Hafen wurde am Sonntag die Fußgängerbrücke eröffnet, auf die das Viertel lange gewartet hatte. "
    "Mehrere hundert Menschen gingen im Regen hinüber, manche zum ersten Mal seit dem Abriss der Fähre. "
    "Die Stadt verspricht, dass der Weg zum Bahnhof nur noch halb so lang ist, und plant eine zweite Brücke. "
    "Händler am Kai hoffen auf mehr Gäste zur Mittagszeit, der Ruderverein fürchtet den schmalen Bogen. "
    "Im Schlamm fanden die Arbeiter Reste eines hölzernen Stegs, was den Bau um zwei Sommer verzögerte. "
)
_KOREAN = (
    "항구 옆 오래된 동네에 새 보행교가 일요일에 열렸다. "
    "주민들은 열한 해를 기다렸고 수백 명이 비를 맞으며 다리를 건넜다. "
    "시는 역까지 걷는 길이 절반으로 줄었다고 밝혔으며 수문을 고친 뒤 두 번째 다리를 놓을 계획이다. "
    "부두 상인들은 점심 손님이 늘기를 바라고 조정 모임은 좁은 아치를 걱정한다. "
    "공사 중에 진흙 속에서 나무 부두의 흔적이 나와 공사가 두 해 늦어졌다. "
)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (_GERMAN, "Händler am Kai", "Ladenbesitzer am Ufer"),
        (_GERMAN, "hölzernen Stegs", "morschen Anlegers"),
        (_KOREAN, "부두 상인들은", "강변 가게들은"),
    ],
)
def test_words_of_languages_without_a_dictionary_are_no_names(text: str, old: str, new: str) -> None:
    assert _verdict(text, text.replace(old, new)) == "same"
