from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pipelines.clean import clean
from pipelines.furniture import line_key
from pipelines.records import Extracted, Field, Page, Published, Rejection, Source, Story

NEWS = "临湖智造园一季度新签约项目三十二个，计划总投资一百八十六亿元，较去年同期增长两成一。"
MORE = "管委会表示，下一步将围绕智能装备和新材料两条主线补链强链，让更多好项目落地生根。"
URL = "https://www.example.cn/1.html"
PAGE = Page(1, "www.example.cn", URL, URL, 200, (), b"", datetime(2024, 6, 28, tzinfo=UTC))


def _clean(*lines: str, title: str = "园区新签项目三十二个", **source: object) -> Story | Rejection:
    extracted = Extracted(
        lines=lines,
        title=Field(title, "heading"),
        published=Published("2024-06-01", date(2024, 6, 1), "byline", "2024-06-01"),
        author=None,
        editor=None,
        credited_source=Field("临湖日报", "byline"),
        site_name=None,
        language=Field("zh-Hans", "script"),
        claims=(),
    )
    return clean(extracted, PAGE, Source("www.example.cn", **source))  # type: ignore[arg-type]


def _text(result: Story | Rejection) -> list[str]:
    assert isinstance(result, Story)
    return result.text.split("\n")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("招商热线：400-0456-789", "contact"),
        ("咨詢電話：02-23456789", "contact"),
        ("微信同号 13800001234", "contact"),
        ("QQ：12345678", "contact"),
        ("邮箱：park@example.cn", "contact"),
        ("长按识别二维码，加葛先生微信", "contact"),
        ("For more information, contact press@example.com", "contact"),
        ("免责声明：本文仅供参考，不构成投资建议。", "copyright"),
        ("本站内容来源于网络，如有侵权请联系删除。", "copyright"),
        ("未经授权，不得转载。", "copyright"),
        ("版权所有 不得转载", "copyright"),
        ("Copyright 2024 Example Ltd. All rights reserved.", "copyright"),
        ("※ 歡迎用「轉貼」或「分享」的方式轉傳文章連結；未經授權，請勿複製轉貼文章內容", "copyright"),
        ("责任编辑：何欣", "editor"),
        ("[责编：何欣]", "editor"),
        ("（编辑 何欣 校对 王青）", "editor"),
        ("責任編輯：許雅婷", "editor"),
        ("【编辑 何欣 来稿邮箱见首页", "editor"),
        ("相关阅读", "related"),
        ("【推薦閱讀】", "related"),
        ("Related stories", "related"),
        ("上一篇：东区道路改造 下一篇：没有了", "navigation"),
        ("[关闭窗口]", "navigation"),
        ("~END~", "navigation"),
        ("本文共635字", "navigation"),
        ("12人喜欢", "navigation"),
        ("您看完此新闻的感觉是", "navigation"),
        ("感动 3", "navigation"),
        ("朗读 暂停 停止 语速", "navigation"),
        ("听新闻 00:00/03:25", "navigation"),
        ("Next Article", "related"),
        ("分享到：", "share"),
        ("Share this article", "share"),
        ("Get our daily digest.", "share"),
        ("Don't miss our alerts", "share"),
        ("喜欢就按个赞吧", "share"),
        ("临湖园区微博账号：临湖发布", "share"),
        ("网友评论", "comment"),
        ("留言", "comment"),
        ("原标题：开局就是冲刺", "original-title"),
    ],
)
def test_a_line_of_a_footer_goes_to_the_account_with_its_kind(line: str, kind: str) -> None:
    result = _clean(NEWS, MORE, line)
    assert isinstance(result, Story)
    assert (result.text, [piece.kind for piece in result.stripped]) == (f"{NEWS}\n{MORE}", [kind])


@pytest.mark.parametrize(
    "sentence",
    [
        "企业可拨打咨询热线0558-8123456登记岗位需求，工作人员将在一个工作日内上门核实。",
        "主讲法官说，未经授权转载他人作品，即使注明来源也可能构成侵权。",
        "园区版权服务站去年受理版权登记一千三百件，调解纠纷四十六起，挽回损失二百余万元。",
        "不少人是看到微信公众号的消息后主动报名的，现场达成意向一千余人。",
        "他把自己的经验分享给了园区里的年轻人，大家听得很认真。",
        "来自全国各地的二百多名代表参加了会议，并参观了产业园展厅。",
        "来源于矿山的废石在这里变成了建筑骨料，每年消化八十万吨。",
        "扫一扫二维码就能看到设备的全部维修记录，这让老师傅们省了不少事。",
        "“有问题加我微信，随叫随到。”园区专员林雪梅把名片递给企业负责人。",
        "免责条款写进合同后，双方的纠纷少了许多。",
        "未经许可擅自开工的三个项目已经全部停工整改。",
        "点击鼠标就能完成申报，是企业对平台最直观的感受。",
        "打开手机客户端，企业可以随时查看用电数据。",
        "他在朋友圈转发了招聘信息，当天就有十几个人来电咨询。",
        "报名截止6月5日17时，报名电话：0898-31880001（张女士）。",
        "Copyright disputes made up a third of the cases that the court in the zone heard last year.",
        "Want the alertsdigest?",
        "Callers to the hotline on 555-0199 waited four minutes on average, the council said.",
        "申报材料请于12月31日前报送园区管委会。",
    ],
)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_sentence_of_the_news_stays_wherever_it_stands(sentence: str, place: str) -> None:
    lines = {
        "first": [sentence, NEWS, MORE],
        "middle": [NEWS, sentence, MORE],
        "last": [NEWS, MORE, sentence],
    }
    assert _text(_clean(*lines[place])) == lines[place]


def test_everything_after_the_cue_goes_with_it() -> None:
    teasers = ["北岸科技园举办早餐会", "本周三，北岸科技园举办第九期早餐会，二十多位负责人交流了经验……"]
    result = _clean(NEWS, MORE, "相关文章", *teasers)
    assert isinstance(result, Story)
    assert [piece.text for piece in result.stripped] == ["相关文章", *teasers]


def test_a_cue_in_the_middle_of_an_article_takes_only_its_line() -> None:
    long = MORE * 4
    assert _text(_clean(NEWS, "相关阅读", long, long + NEWS)) == [NEWS, long, long + NEWS]


def test_an_aside_is_cut_off_a_paragraph() -> None:
    result = _clean(NEWS, MORE + "（责任编辑：何欣）")
    assert isinstance(result, Story)
    assert (result.text, result.stripped[0].text) == (f"{NEWS}\n{MORE}", "（责任编辑：何欣）")


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        ("责任编辑：何欣", "editor"),
        ("編輯：許雅婷", "editor"),
        ("（原标题：开局就是冲刺）", "original-title"),
    ],
)
def test_what_is_typed_behind_the_last_sentence_is_cut_off(tail: str, kind: str) -> None:
    result = _clean(NEWS, MORE + tail)
    assert isinstance(result, Story)
    assert (result.text, [piece.kind for piece in result.stripped]) == (f"{NEWS}\n{MORE}", [kind])


def test_a_title_above_the_text_is_a_repetition() -> None:
    assert _text(_clean("园区新签项目三十二个", NEWS, MORE)) == [NEWS, MORE]


def test_a_text_printed_twice_is_kept_once() -> None:
    assert _text(_clean(NEWS, MORE, NEWS, MORE)) == [NEWS, MORE]


def test_a_short_line_may_be_said_twice() -> None:
    lines = [NEWS, "答：", MORE, "答：", NEWS.replace("三十二", "三十三")]
    assert _text(_clean(*lines)) == lines


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("近日，园区新签项目三十二个。", True),
        ("附件：园区新签项目三十二个", True),
        ("园区新签项目三十二个 2024-06-11 来源：临湖日报", False),
        ("图文：园区新签项目三十二个", False),
    ],
)
def test_a_lead_or_a_file_may_say_what_the_title_says(line: str, stays: bool) -> None:
    result = _clean(line, NEWS, MORE)
    assert (line in _text(result)) is stays


def test_a_title_in_two_lines_goes() -> None:
    lines = ["园区新签项目三十二个", "总投资一百八十六亿元", NEWS, MORE]
    result = _clean(*lines, title="园区新签项目三十二个 总投资一百八十六亿元")
    assert _text(result) == [NEWS, MORE]


def test_a_line_learned_for_the_source_goes_as_repeated() -> None:
    learned = "园区产业网，与两万家企业一起成长，每天带来新鲜的产业观察。"
    result = _clean(NEWS, MORE, learned, furniture=frozenset({line_key(learned)}))
    assert isinstance(result, Story)
    assert [(piece.kind, piece.rule, piece.text) for piece in result.stripped] == [
        ("repeated", "learned", learned)
    ]


def test_pinyin_goes_and_an_abbreviation_stays() -> None:
    result = _clean("產(chǎn)業(yè)園區(qū)今年新簽項目三十二個，研發(fā)投入十億元，設有工程中心(app)。")
    assert isinstance(result, Story)
    assert (result.text, result.stripped[0].text) == (
        "產業園區今年新簽項目三十二個，研發投入十億元，設有工程中心(app)。",
        "(chǎn)(yè)(qū)(fā)",
    )


def test_a_page_of_nothing_but_boilerplate_is_rejected() -> None:
    result = _clean("招商热线：400-0456-789", "版权所有 不得转载")
    assert result == Rejection(PAGE.url, PAGE.source, "clean", "no text: nothing but boilerplate")


def test_a_dateline_is_data_and_stays_in_the_text() -> None:
    line = f"新华社滨江5月8日电（记者 王小明）{NEWS}"
    story = _clean(line, MORE)
    assert isinstance(story, Story)
    assert story.dateline == Field("新华社滨江5月8日电（记者 王小明）", "opening", line[:200])
    assert _text(story) == [line, MORE]


def test_the_contacts_of_a_notice_stay_and_the_hotline_below_them_goes() -> None:
    contacts = ["三、联系方式", "联系人：宋佳，电话：0839-3300112", "临湖管委会", "2024年6月1日"]
    result = _clean(NEWS, *contacts, "招商热线：400-0456-789", title="关于申报补助的通知")
    assert _text(result) == [NEWS, *contacts]


@pytest.mark.parametrize(
    ("title", "contact"),
    [
        ("企业上市政策问答", "答：0512-66661122。"),
        ("Vacancy: estate manager", "Apply with a CV and a letter to jobs@park.example."),
        ("Öffentliche Ausschreibung: Kanalbau", "Auskunft: Tiefbauamt, bau@park.example"),
        ("Licitación: limpieza de las naves", "Consultas: obras@park.example"),
        ("排水工事の一般競争入札", "問い合わせ: kouji@park.example"),
    ],
)
def test_whom_a_notice_names_stays_in_every_language(title: str, contact: str) -> None:
    lines = [NEWS, MORE, contact]
    story = clean(_of_kind(title, "heading", "2024-06-01", lines), PAGE, Source("www.example.cn"))
    assert isinstance(story, Story)
    assert story.text.split("\n") == lines


def test_a_fund_that_was_raised_is_no_notice() -> None:
    lines = [NEWS, MORE, "咨询：0512-66661122。"]
    story = clean(
        _of_kind("园区产业基金完成首轮募集", "heading", "2024-06-01", lines), PAGE, Source("www.example.cn")
    )
    assert isinstance(story, Story)
    assert story.text.split("\n") == [NEWS, MORE]


def test_a_slogan_below_a_block_of_contacts_goes_with_it() -> None:
    tail = [
        "选址通·常州站 张先生 15988887777",
        "微信：xzt_changzhou",
        "选址通，让产业落地更简单！服务企业三万家。",
    ]
    assert _text(_clean(NEWS, MORE, *tail)) == [NEWS, MORE]


def test_a_caption_said_many_times_on_end_goes_and_a_refrain_stays() -> None:
    verses = (NEWS, MORE, NEWS.replace("临湖", "滨江"), MORE.replace("好项目", "大项目"))
    refrain = [line for verse in verses for line in ("我们一起努力向未来前进", verse)]
    assert _text(_clean(*refrain)) == refrain
    assert _text(_clean(NEWS, *["园区夜景航拍图片集锦展示"] * 4, MORE)) == [NEWS, MORE]


def test_notices_below_the_article_are_accounted_for() -> None:
    extracted = Extracted(
        lines=(NEWS, MORE),
        title=Field("园区新签项目三十二个", "heading"),
        published=None,
        author=None,
        editor=None,
        credited_source=None,
        site_name=None,
        language=None,
        claims=(),
        around=("如有侵权请联系删除：law@park.example", "责任编辑：王小明", "关于本站版权意识的讨论"),
    )
    story = clean(extracted, PAGE, Source("www.example.cn"))
    assert isinstance(story, Story)
    assert [piece.kind for piece in story.stripped] == ["copyright", "editor"]
    assert [(right.kind, right.contact) for right in story.rights] == [("takedown", "law@park.example")]


def test_every_piece_of_a_tail_has_a_kind_of_its_own() -> None:
    teaser = "虹口区人才服务中心持续搭建政策宣讲平台，面向重点行业开展了两场政策宣介，惠及企业三百余家"
    tail = ["葛先生微信", "手机：13800001234", "分享给朋友：", "相关文章", "北岸科技园举办早餐会", teaser]
    result = _clean(NEWS, MORE, *tail)
    assert isinstance(result, Story)
    assert [(piece.kind, piece.text) for piece in result.stripped] == list(
        zip(["contact", "contact", "share", "related", "related", "related"], tail, strict=True)
    )


def test_teasers_below_a_contact_are_no_contacts() -> None:
    teaser = "虹口区人才服务中心持续搭建政策宣讲平台，面向重点行业开展了两场政策宣介，惠及企业三百余家"
    result = _clean(NEWS, MORE, "招商热线：400-0456-789", "微信同号 13800001234", teaser)
    assert isinstance(result, Story)
    assert [piece.kind for piece in result.stripped] == ["contact", "contact", "related"]


@pytest.mark.parametrize(
    ("caption", "kept"),
    [
        ("▲工人在调试机床。（图/张敏提供）", "▲工人在调试机床。"),
        ("工人在调试机床。（受访者供图）", "工人在调试机床。"),
        ("工人在調試機床。（圖／業者提供）", "工人在調試機床。"),
        ("A crane lifts a rotor. Photograph: Owen Pratt/Example", "A crane lifts a rotor."),
        ("Ein Kran hebt den Rotor. Bild: Max Muster", "Ein Kran hebt den Rotor."),
        ("クレーンが作業を始めた。写真：市提供", "クレーンが作業を始めた。"),
        ("（图为恒曜电子新厂区）", "（图为恒曜电子新厂区）"),
    ],
)
def test_a_photo_credit_goes_and_its_caption_stays(caption: str, kept: str) -> None:
    assert _text(_clean(NEWS, caption, MORE)) == [NEWS, kept, MORE]


def test_a_summary_made_by_a_machine_is_not_the_news() -> None:
    machine = ["AI摘要", "本文介绍园区一季度的签约情况。", "内容由AI智能生成"]
    assert _text(_clean(*machine, NEWS, MORE)) == [NEWS, MORE]


def test_the_table_above_a_document_is_its_byline() -> None:
    rows = ["索 引 号： 01345678/2024-00087 主题分类： 人才", "文 号： 临管发〔2024〕12号 有效性： 有效"]
    assert _text(_clean(*rows, NEWS, MORE)) == [NEWS, MORE]


def test_a_column_of_numbers_is_a_table_and_no_contact() -> None:
    lines = [
        "为帮助企业招工，现将园区部分企业用工信息公布如下：",
        "企业 岗位 人数 月薪 电话",
        "恒曜电子 装配工 50 6000元 0592-6120101",
        "德润精工 操作员 20 8000元 0592-6120202",
        "禾沐食品 质检员 8 5000元 0592-6120303",
        "求职者可以直接与企业联系，也可以到园区人才中心登记。",
    ]
    assert _text(_clean(*lines)) == lines


def test_objections_to_a_public_notice_are_no_takedown() -> None:
    line = "公示期内如有异议，请以书面形式向管委会反映，联系电话：0531-51780000。"
    assert _text(_clean(NEWS, line, "附：入选企业名单", "1. 恒曜电子", title="入选企业名单公示")) == [
        NEWS,
        line,
        "附：入选企业名单",
        "1. 恒曜电子",
    ]


BUS = "云岭大道站是本市公交网络的重要站点之一，经过该站的线路有11路、69路和126路，祝您旅途愉快！"


GATE = "gate page: it asks to log in, to pay, to accept or to come again"
GONE = "not found page: its text says so"


@pytest.mark.parametrize(
    ("title", "origin", "day", "lines", "reason"),
    [
        ("公司简介", "heading", "2024-06-01", [NEWS, MORE], "about page: it presents a body, not an event"),
        ("企业文化", "heading", "2024-06-01", [NEWS, MORE], "about page: it presents a body, not an event"),
        ("Our team", "heading", "2024-06-01", [NEWS, MORE], "about page: it presents a body, not an event"),
        (
            "人事处",
            "heading",
            "2024-06-01",
            ["主要职责：" + MORE],
            "about page: it presents a body, not an event",
        ),
        (
            "教研室主任 陈立",
            "heading",
            "2024-06-01",
            ["陈立，女，本科学历，一级教师，现任学校教研室主任，负责教学研究工作。"],
            "about page: it presents a person",
        ),
        (
            "陈立-临湖学校",
            "heading",
            "2024-06-01",
            ["专职责任教师陈立，毕业于临湖师范学院，获文学硕士学位，承担写作课的教学工作。"],
            "about page: it presents a person",
        ),
        (
            "陈立-临湖学校",
            "title element",
            "2024-06-01",
            ["学校教育系专职教师，副教授，主要负责学前教育专业的教学与组织管理，承担管理学课程的教学。"],
            "about page: it presents a person",
        ),
        (
            "Sam Reed",
            "heading",
            "2024-06-01",
            ["Sam Reed covers business for the Gazette. He joined in 2019 and has a degree in history."],
            "about page: it presents a person",
        ),
        (
            "教务处副主任：陈立",
            "title line",
            "2024-06-01",
            ["毕业于临湖师范学院，中共党员，一级教师，现任学校教务处副主任，分管排课与考务。"],
            "about page: it presents a person",
        ),
        (
            "规划科",
            "heading",
            "2024-06-01",
            [
                "一、负责园区规划的编制、报批与修订。",
                "二、承担园区重大项目的选址论证。",
                "三、组织规划的公示与听证。",
                "四、指导入园企业的用地手续。",
            ],
            "about page: it presents a body, not an event",
        ),
        (
            "临湖牌挂件",
            "heading",
            "2024-06-01",
            ["产品介绍", MORE],
            "product page: it offers something for sale",
        ),
        (
            "临湖二日之旅",
            "heading",
            "",
            ["费用说明", "预订须知", MORE],
            "product page: it offers something for sale",
        ),
        (
            "园区意见征集",
            "heading",
            "2024-06-01",
            [NEWS, "姓名 (*)", "单位 (*)", "意见 (*)"],
            "form page: fields to fill in",
        ),
        ("{$title}", "heading", "", [NEWS], "template page: its fields are not filled in"),
        ("提示", "heading", "2024-06-01", ["该信息已被管理员移除，请稍后再来查看，不便之处敬请谅解。"], GATE),
        (
            "访问",
            "heading",
            "2024-06-01",
            ["您的请求可能存在威胁，已被防火墙拦截，如有疑问请联系管理员。"],
            GATE,
        ),
        (
            "Neue Halle",
            "heading",
            "2024-06-01",
            ["Jetzt weiterlesen mit Digitalabo. Bereits Abonnent?"],
            GATE,
        ),
        (
            "Cookies",
            "heading",
            "2024-06-01",
            ["Diese Website verwendet Cookies. Sie sind einverstanden, dass wir Cookies setzen."],
            GATE,
        ),
        (
            "新工場が完成",
            "heading",
            "2024-06-01",
            ["この記事は登録すると続きを読めます。会員限定の記事です。ログインして、続きをお読みください。"],
            GATE,
        ),
        ("Завод открыт", "heading", "2024-06-01", ["Материал доступен только по подписке."], GATE),
        (
            "园区新签项目三十二个",
            "heading",
            "2024-06-01",
            ["抱歉，您访问的页面不存在或已被删除，请检查网址，或返回上一页。"],
            GONE,
        ),
        ("Seite fehlt", "heading", "", ["Die gesuchte Seite existiert leider nicht mehr."], GONE),
        ("Página", "heading", "", ["La página que busca no existe o ha sido eliminada."], GONE),
        ("Not here", "heading", "", ["Sorry, but nothing matched your search terms."], GONE),
        ("临湖智造园", "site name", "2024-06-01", [NEWS, MORE], "list page: no headline but the site's name"),
        ("临湖一览", "title element", "", [MORE], "undated page: no headline either"),
        ("云岭大道站简况说明一览", "heading", "", [BUS], "undated page: it tells of no day"),
        ("云岭大道站", "heading", "", [BUS, MORE * 5], "undated page: its title is a name"),
        ("临湖云岭大道十号旅馆", "heading", "", [MORE * 5], "undated page: its title is a name"),
    ],
)
def test_a_text_of_another_kind_is_rejected_and_named(
    title: str, origin: str, day: str, lines: list[str], reason: str
) -> None:
    result = clean(_of_kind(title, origin, day, lines), PAGE, Source("www.example.cn"))
    assert isinstance(result, Rejection)
    assert (result.stage, result.reason) == ("kind", reason)


@pytest.mark.parametrize(
    ("title", "day", "lines"),
    [
        ("园区新签项目三十二个", "", [NEWS, MORE]),
        (
            "园区新签项目三十二个",
            "",
            ["上月，园区管委会组织企业收看了大会直播，随后进行了座谈，与会人员谈了感受。", "4月2日"],
        ),
        ("关于做好新产品介绍会筹备工作的通知", "2024-06-01", [NEWS, "费用说明：自理"]),
        ("智造园数据外泄", "2024-06-01", ["临湖智造园最近因服务器配置错误泄漏一批企业的记录，其中有合同。"]),
        (
            "园区旧网站关闭",
            "2024-06-01",
            ["抱歉，旧网站6月30日起无法访问，部分旧内容已被删除，请使用新网站。"],
        ),
        (
            "Fine over cookies",
            "2024-06-01",
            ["The park's website uses cookies without consent, it was said."],
        ),
        (
            "Harbour Bridge",
            "2024-06-01",
            ["Harbour Bridge reopened on Sunday after repairs that took three months."],
        ),
        (
            "Dale Industrial Park",
            "2024-06-01",
            ["Dale Industrial Park covers 200 acres since Monday, when it bought a farm."],
        ),
        ("公众号文章被删", "2024-06-01", ["该公众号发布的涉企不实文章已被平台删除，账号由专人整改。"]),
        ("企业走动密切", "2024-06-01", ["两地企业互相访问次数频繁，合作项目接连落地，投资三十亿元。"]),
        (
            "园区企业申请专利创新高",
            "",
            ["去年，园区企业申请发明专利三百件，申请主体以智能制造企业为主，增长两成。"],
        ),
        (
            "Le rendez-vous du parc",
            "",
            ["Le rendez-vous annuel du parc ouvre ses portes et dure trois jours. " * 5],
        ),
        ("Pleno", "2024-06-01", ["El Congreso inicia sesión para debatir la ley de parques industriales."]),
        (
            "会員が百万人に",
            "2024-06-01",
            ["同社の動画サービスの会員登録者が百万人を突破し、利用者が増えた。"],
        ),
        ("ログイン障害", "2024-06-01", ["ログインして使う機能に障害が起き、利用者は夕方まで入れなかった。"]),
        ("유료 회원 돌파", "2024-06-01", ["산업단지 소식지의 유료 회원이 천만 명을 돌파했다고 전해졌다."]),
        ("Urteil", "2024-06-01", ["Firmen verwenden weiterhin Cookies ohne Zustimmung, hieß es im Park."]),
        (
            "共和国勋章获得者陈立：荣誉属于大家",
            "2024-06-01",
            ["陈立，男，中共党员，1928年出生，一生获得战功多次。"],
        ),
    ],
)
def test_an_article_is_of_no_other_kind(title: str, day: str, lines: list[str]) -> None:
    assert isinstance(clean(_of_kind(title, "heading", day, lines), PAGE, Source("www.example.cn")), Story)


def test_who_is_named_as_its_author_reports_on_a_missing_page() -> None:
    lines = ["The park's website has shown its visitors a 404 error page for a week.", "It is mended now."]
    page = _of_kind("Website down", "heading", "2024-06-01", lines)
    signed = replace(page, author=Field("Lee Park", "byline"))
    stories = (clean(found, PAGE, Source("www.example.cn")) for found in (page, signed))
    assert [isinstance(story, Story) for story in stories] == [False, True]


@pytest.mark.parametrize(("origin", "is_news"), [("url", False), ("byline", True)])
def test_what_speaks_to_its_reader_and_shows_no_day_is_no_news(origin: str, is_news: bool) -> None:
    page = _of_kind("Error", "heading", "", ["Your request failed. Please contact the office of the park."])
    dated = replace(page, published=Published("2024-06-01", date(2024, 6, 1), origin))
    assert isinstance(clean(dated, PAGE, Source("www.example.cn")), Story) == is_news


@pytest.mark.parametrize(
    ("title", "credit", "is_news"),
    [
        ("临湖创意园", "临湖旅游网", False),
        ("老船坞小馆", "老船坞小馆", False),
        ("临湖晚报评论员：园区的夜班车", "临湖晚报", True),
        ("园区的夜班车", "临湖晚报", True),
    ],
)
def test_a_page_without_a_day_that_is_credited_with_itself_is_no_news(
    title: str, credit: str, is_news: bool
) -> None:
    told = replace(_of_kind(title, "heading", "", [NEWS, MORE]), credited_source=Field(credit, "byline"))
    assert isinstance(clean(told, PAGE, Source("www.example.cn")), Story) == is_news


def test_a_page_without_a_day_that_has_the_site_s_name_for_a_title_is_no_news() -> None:
    told = _of_kind("临湖旅游网", "heading", "", [NEWS, MORE])
    named = replace(
        told, site_name=Field("临湖旅游网", "title element"), credited_source=Field("航站", "byline")
    )
    assert isinstance(clean(told, PAGE, Source("www.example.cn")), Rejection)
    assert isinstance(clean(named, PAGE, Source("www.example.cn")), Rejection)


def _of_kind(title: str, origin: str, day: str, lines: list[str]) -> Extracted:
    return Extracted(
        lines=tuple(lines),
        title=Field(title, origin),
        published=Published(day, date.fromisoformat(day), "meta:date") if day else None,
        author=None,
        editor=None,
        credited_source=None,
        site_name=None,
        language=Field("zh-Hans", "script"),
        claims=(),
    )


EVENT = [
    "时间：6月29日上午9:00",
    "地点：临湖智造园会议中心",
    "主办：临湖市工业和信息化局",
    "联系人：陈立 0512-55501234",
]
EVENT_EN = ["When: 3 June, 9 am", "Where: Harbour Hall", "Contact: Lee Park, 555-010-0199"]
EVENT_DE = ["Wann: 3. Juni, 9 Uhr", "Wo: Werk Nord, Halle 3"]


@pytest.mark.parametrize("event", [EVENT, EVENT_EN, EVENT_DE])
def test_when_and_where_something_is_are_news(event: list[str]) -> None:
    assert _text(_clean(NEWS, MORE, *event)) == [NEWS, MORE, *event]


def test_what_pleads_below_an_event_goes() -> None:
    assert _text(_clean(NEWS, MORE, *EVENT, "招商热线：400-0456-789")) == [NEWS, MORE, *EVENT]


def test_a_time_alone_above_the_news_is_a_byline() -> None:
    assert _text(_clean("时间：2024-06-01", NEWS, MORE)) == [NEWS, MORE]


@pytest.mark.parametrize(
    "line",
    [
        "工作人员不会要求转账，也不会添加私人微信。",
        "本年报根据条例要求编制，包括信息公开概况、主动公开情况、依申请公开和处理情况、存在的主要问题及改进情况。"
        "数据的统计期限自1月1日起至12月31日止。如有疑问，请与管委会办公室联系（电话：0512-55501234）。",
    ],
)
def test_a_paragraph_that_also_names_a_telephone_or_an_account_stays(line: str) -> None:
    assert _text(_clean(NEWS, line)) == [NEWS, line]


ENGLISH = [
    "The park signed thirty-two projects in the first quarter, the most since it opened.",
    "Officials said the companies would hire about nine hundred people by the autumn.",
    "A second substation is due in June, and the water works are to follow a year later.",
    "Rents have risen by a fifth since then, according to the agents who let the halls.",
]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Related: Water works at the park: the story in pictures", "related"),
        ("Lesen Sie auch: Werk Nord nimmt die Arbeit auf", "related"),
        ("Lire aussi : Le parc d’activités ouvre ses portes", "related"),
        ("Have a tip? Ann Lee may be reached at ann.lee@courier.example.", "editor"),
        ("Park Courier's Jo Park contributed to this report.", "editor"),
        ("Park Notes: Sign up for the weekly newsletter to get it in your inbox", "share"),
    ],
)
def test_furniture_of_english_pages_goes_wherever_it_stands(line: str, kind: str) -> None:
    result = _clean(*ENGLISH[:2], line, *ENGLISH[2:])
    assert _text(result) == ENGLISH
    assert isinstance(result, Story)
    assert [piece.kind for piece in result.stripped] == [kind]


def test_an_english_article_goes_on_below_what_is_related() -> None:
    result = _clean(*ENGLISH[:1], "RELATED ARTICLES", "Water works delayed again", *ENGLISH[1:])
    assert _text(result)[-3:] == ENGLISH[1:]


def test_a_text_whose_first_line_sounds_like_a_page_s_end_is_not_all_behind_one() -> None:
    told = "群里加qq上有同学说园区食堂今天换了菜单 大家约好中午一起去看看 顺便把报名表交到企业服务中心"
    lines = [told, "下午继续装机柜 晚上试运行 数据明天一早送到管委会 再由他们转给各家企业和设计院 周五前定稿"]
    assert lines[1] in _text(_clean(*lines))
