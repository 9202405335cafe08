"""Forms that are written about two things, and copies with one slip, synonym or other spelling."""

import pytest

from pipelines.join import judge
from pipelines.join.features import Features
from pipelines.sign import sign

BUILDING = (
    "{}建设项目环境影响评价公示。根据有关规定，现把{}建设项目环境影响评价的主要内容予以公示。项目位于园"
    "区东北角，建设单位为"
    "青禾建设发展公司，施工期间将采取围挡、洒水等措施减少扬尘，夜间不安排高噪声作业。公众如有意见，可在"
    "公示期内以信函或者"
    "电话方式反映，我们将认真研究并及时答复。"
)
SHIPMENT = (
    "昨日下午，一批{}从园区保税仓库发出，将经铁路运往欧洲。这是园区开行国际班列以来发运的又一批本地产品"
    "。海关关员提前介入，"
    "为企业办理了预约查验，整个通关过程不到半天。企业负责人表示，铁路运输比海运快二十天左右，今后将把更"
    "多订单交给班列。"
)
MEETING = (
    "园区管委会召开专题会议，研究推进{}发展工作。会议听取了各部门汇报，分析了当前形势和存在的困难，要求"
    "有关单位加强协调，"
    "完善政策，优化服务，争取在年底前形成一批可复制的经验。会议强调要把责任落实到人，把任务细化到月，按"
    "期检查进展情况。"
)
TEST = (
    "科學園區管理局今日公告，園區內將辦理{}檢測服務，協助廠商提升品質。有需求的廠商可上網登記，由專人到"
    "廠取樣，七個工作天"
    "內寄發報告，費用由管理局補助一半。管理局表示，此項服務推出以來反應熱烈，名額有限，敬請把握機會提早"
    "登記，以免向隅。"
)
TENDER = (
    "The park authority has opened tenders for a new {} on the eastern plot. Plans show that "
    "the {} will stand "
    "beside the canal, with a car park for staff and a cycle path along the fence. Contractors "
    "have until the end "
    "of the quarter to hand in their offers, and work should begin once the ground has dried. "
    "Neighbours will be "
    "told about noisy phases by letter. The authority said local firms would be given equal chances."
)
GOODS = (
    "Officials at the business park said on Tuesday that a shipment of {} had left the bonded "
    "warehouse for "
    "customers overseas. It was the third such consignment this season and took less than a day "
    "to clear customs. "
    "The operator praised the cooperation with the railway and said more trains had been booked. "
    "Storage space "
    "would be extended by the summer so that smaller exporters could take part as well."
)
HALL = (
    "Im Gewerbepark wird eine {} gebaut. Die Stadtverwaltung hat den Bauantrag genehmigt, wie "
    "sie gestern mitteilte. "
    "Nach den Plänen entsteht die {} auf dem Gelände neben der alten Spinnerei, dazu kommen Stellplätze "
    "und eine "
    "neue Zufahrt. Die Anwohner wurden in einer Versammlung unterrichtet, Einwände gab es kaum."
)
PROJECT = (
    "أعلنت إدارة المنطقة الصناعية عن بدء العمل في {} الجديد الواقع شرق المدينة. "
    "وقالت الإدارة إن {} سيخدم الشركات العاملة في المنطقة ويوفر فرص عمل للشباب من القرى المجاورة. "
    "وسيتم تنفيذ المشروع على مراحل وفق خطة وافق عليها المجلس، مع مراعاة شروط السلامة وحماية البيئة."
)


def _verdict(one: str, other: str) -> str:
    a, b = (Features(signed.node_id, signed.normalised) for signed in map(sign, (one, other)))
    return judge(a, b).verdict


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        (BUILDING, "幼儿园", "体育馆"),
        (BUILDING, "图书馆", "美术馆"),
        (BUILDING, "垃圾站", "加油站"),
        (SHIPMENT, "白酒", "啤酒"),
        (SHIPMENT, "轮胎", "玩具"),
        (SHIPMENT, "挖掘机", "拖拉机"),
        (MEETING, "会展", "物流"),
        (MEETING, "旅游", "教育"),
        (MEETING, "养老", "托育"),
        (MEETING, "安全生产", "招商引资"),
        (SHIPMENT, "办公家具", "厨房设备"),
        (TEST, "食品", "藥品"),
        (TEST, "鋼材", "塑膠"),
        (TEST, "噪音", "廢水"),
        (TENDER, "library", "laboratory"),
        (TENDER, "hotel", "hospital"),
        (GOODS, "cheese", "timber"),
        (GOODS, "batteries", "lamps"),
        (HALL, "Lagerhalle", "Turnhalle"),
        (PROJECT, "المستودع", "المختبر"),
    ],
)
def test_a_form_that_is_written_about_two_things_is_two_articles(form: str, one: str, other: str) -> None:
    assert _verdict(form.replace("{}", one), form.replace("{}", other)) == "blocked"


@pytest.mark.parametrize(
    ("form", "thing", "ours", "theirs"),
    [
        (BUILDING, "体育馆", "扬尘", "杨尘"),
        (BUILDING, "变电站", "围挡", "围档"),
        (BUILDING, "图书馆", "公众", "群众"),
        (BUILDING, "车站", "公司", "有限公司"),
        (SHIPMENT, "轮胎", "仓库", "仑库"),
        (SHIPMENT, "家具", "企业", "厂家"),
        (SHIPMENT, "茶叶", "昨日", "12日"),
        (SHIPMENT, "水泵", "从园区", "由园区"),
        (MEETING, "会展", "专题会议", "专题大会"),
        (SHIPMENT, "轮胎", "运往欧洲", "发往海外"),
        (MEETING, "氢能", "研究", "讨论"),
        (MEETING, "物流", "园区管委会", "我市园区管委会"),
        (TEST, "食品", "名額", "各額"),
        (TEST, "電池", "廠商", "業者"),
        (TENDER, "hotel", "fence", "fenec"),
        (TENDER, "school", "plot", "site"),
        (TENDER, "library", "Neighbours", "Neighbors"),
        (GOODS, "wine", "said", "stated"),
        (GOODS, "beer", "on Tuesday", "yesterday"),
        (HALL, "Turnhalle", "gestern", "am Montag"),
        (PROJECT, "المصنع", "الشركات", "الشركت"),
        (PROJECT, "الفندق", "بدء", "انطلاق"),
    ],
)
def test_a_copy_with_a_slip_a_synonym_or_another_spelling_is_a_copy(
    form: str, thing: str, ours: str, theirs: str
) -> None:
    text = form.replace("{}", thing)
    assert ours in text
    assert _verdict(text, text.replace(ours, theirs)) == "same"
