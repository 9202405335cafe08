"""Forms of look-alike news for `benchmarks/lookalikes.py`: invented, with slots to be filled in.

Slots: {c} company, {p} person, {k} park, {v} village, {s} school, {g} product, {r} region, {h} hospital,
{o} road, {b} bank or bureau, {n} whole number, {f} figure with a fraction, {m} month, {d} day; a digit
tells several apart ({c2}). What a form does not name differs between fillings in nothing.
"""

from __future__ import annotations

FORMS: dict[str, str] = {
    # bulletins: numbers and dates
    "prices": "{m}月份，全市居民消费价格同比上涨{f}%，环比下降{f2}%。其中，食品价格上涨{f3}%，影响消费价格上涨约{f4}个百分点；鲜菜价格上涨{f5}%，猪肉价格下降{f6}%，蛋类价格上涨{f7}%。非食品价格中，衣着价格上涨{f8}%，居住价格持平，交通通信价格下降{f9}%，教育文化娱乐价格上涨{f10}%。从环比看，受天气和节日因素影响，鲜果和水产品价格有所波动，但市场供应总体充足，价格运行平稳。",
    "port": "{m}月，全港完成货物吞吐量{n}万吨，同比增长{f}%；其中外贸吞吐量{n2}万吨，增长{f2}%。集装箱吞吐量完成{f3}万标箱，增长{f4}%，海铁联运{n3}标箱，增长{f5}%。今年以来，港口集团持续优化航线布局，强化与腹地园区的联动，压缩船舶在港时间，提升作业效率，主要货种运量保持稳定。下一阶段将加快泊位智能化改造，推动港产城融合发展。",
    "air": "{m}月{d}日至{d2}日，我市环境空气质量优良天数{n}天，细颗粒物平均浓度{n2}微克每立方米，可吸入颗粒物平均浓度{n3}微克每立方米，臭氧平均浓度{n4}微克每立方米。各县区中，综合指数最低为{f}，最高为{f2}。市生态环境局提醒，近期气温回升，光化学反应活跃，请各企业落实错峰生产要求，市民合理安排户外活动。监测数据由自动站实时上传，经审核后发布。",
    "jobs": "一季度，全区城镇新增就业{n}人，完成年度目标的{f}%；失业人员再就业{n2}人，就业困难人员就业{n3}人。举办线上线下招聘活动{n4}场，提供岗位{n5}个，达成就业意向{n6}人次。发放创业担保贷款{f2}万元，兑现稳岗返还资金{f3}万元，惠及企业{n7}户。人社部门表示，将继续实施就业优先政策，加大对重点群体的帮扶力度，确保就业形势总体稳定。",
    "tax": "上周，全市税务部门办理出口退税{f}亿元，同比增长{f2}%；新办纳税人{n}户，增长{f3}%；开具数电发票{n2}万份，金额{f4}亿元。支持科技创新的主要政策减税降费及退税{f5}亿元，其中研发费用加计扣除减免{f6}亿元。税务部门将持续推进便民办税春风行动，优化纳税服务举措，让政策红利直达快享，助力企业轻装上阵。",
    "power": "据供电公司统计，{m}月全社会用电量{f}亿千瓦时，同比增长{f2}%。分产业看，第一产业用电量{f3}亿千瓦时，第二产业用电量{f4}亿千瓦时，第三产业用电量{f5}亿千瓦时，城乡居民生活用电量{f6}亿千瓦时。最大负荷出现在{d}日，达到{n}万千瓦。工业用电中，装备制造业和高技术产业增速领先，反映出产业结构持续优化。",
    "weather": "市气象台{m}月{d}日{n}时{n2}分发布暴雨黄色预警信号：预计未来六小时，我市大部分地区将出现{n3}毫米以上的强降水，局部可达{n4}毫米，并伴有雷电和{n5}级左右短时大风。请有关单位和人员做好防范准备，注意山洪、地质灾害和城乡积涝，户外作业人员及时转移到安全场所，学校和幼儿园采取适当措施保证师生安全。",
    "enrolment": "earnings",
    # notices: numbers, dates, names
    "land": "经市人民政府批准，市自然资源和规划局决定以网上挂牌方式出让{n}号地块国有建设用地使用权。该地块位于{o}以东、{o2}以北，出让面积{n2}平方米，用途为工业用地，出让年限{n3}年，容积率不低于{f}，建筑密度不低于{n4}%，起始价{n5}万元，竞买保证金{n6}万元。中华人民共和国境内外的法人、自然人和其他组织均可申请参加竞买。挂牌报价时间为{m}月{d}日至{d2}日，逾期不予受理。",
    "tender": "{c}受采购人委托，就园区道路及配套设施提升工程组织公开招标，评标工作已经结束，现将结果公示如下：中标人为{c2}，中标价{f}万元，工期{n}日历天，项目负责人{p}。公示期自{m}月{d}日起三个工作日。投标人或者其他利害关系人对评标结果有异议的，应当在公示期间以书面形式提出，逾期不予受理。感谢各投标单位对本项目的关注与支持。",
    "eia": "根据建设项目环境影响评价审批程序的有关规定，我局拟对{c}{g}项目环境影响报告表作出审批意见，现将有关情况予以公示。该项目位于{k}，主要建设生产车间、仓库及辅助设施。项目产生的废气经收集处理后达标排放，废水经预处理后接入园区污水管网，固体废物分类收集、妥善处置。公示期间，公众可以通过来信、来电等方式反映意见，我局将认真研究并依法办理。",
    "recruit": "因事业发展需要，{c}面向社会公开招聘工作人员。招聘岗位包括设备维护、质量检验、仓储管理等，要求遵纪守法，身体健康，具有大专以上学历，能适应倒班工作，有相关经验者优先。公司提供有竞争力的薪酬，缴纳五险一金，免费提供食宿和班车。有意者请将个人简历发送至公司邮箱，或于工作日到{o}办公楼人力资源部报名。经初审合格者，将通知参加笔试和面试。",
    "powercut": "因线路检修施工需要，供电部门计划于{m}月{d}日{n}时至{n2}时对{o}线路停电作业，停电范围包括{v}、{v2}及沿线企业。请广大用户提前做好准备，合理安排生产生活，停电期间线路视为带电，严禁擅自接触。工作提前结束将提前送电，不再另行通知；如遇恶劣天气，施工时间顺延。不便之处，敬请谅解。详情可拨打供电服务热线咨询。",
    "traffic": "为保障{o}雨污分流改造工程顺利实施，公安交警部门决定自{m}月{d}日起对该路段实行交通管制。管制期间，禁止机动车通行，请过往车辆绕行{o2}；公交线路作相应调整，具体以站牌公告为准。请广大交通参与者自觉遵守交通标志标线，服从现场交通警察指挥，注意出行安全。施工结束后，交通管制措施自行解除。由此带来的不便，请予以理解和支持。",
    "holiday": "根据上级关于节假日安排的通知精神，结合{k}实际，现将办事大厅放假有关事项通知如下：{m}月{d}日至{d2}日放假，共{n}天，{m2}月{d3}日正常上班。放假期间，各窗口暂停对外办理业务，请企业和群众提前安排好办事时间。各部门要妥善安排值班和安全保卫工作，遇有重大突发事件，要按规定及时报告并妥善处置，确保大家祥和平安度过节日。",
    # names only
    "award": "近日，全省优质产品评选结果揭晓，{c}生产的{g}榜上有名，成为本次评选中脱颖而出的产品之一。评审专家认为，该产品设计新颖、性能稳定，在节能降耗方面表现突出，具有良好的推广应用前景。多年来，企业坚持以质量求生存、以创新谋发展，建立了完善的质量管理体系，产品远销国内外，深受用户好评。企业负责人{p}表示，将以此为契机，继续加大研发投入，为行业进步贡献力量。",
    "visit": "{m}月{d}日，{r}考察团到访{k}，就产业协作与园区运营开展交流。考察团一行先后走进展示馆、孵化器和重点企业车间，边走边看，边听边问，详细了解园区在招商引资、要素保障、数字化管理等方面的做法。座谈会上，{p}介绍了园区的基本情况，双方围绕共建飞地、人才互派等话题深入探讨。考察团表示，此行收获满满，将把好经验好做法带回去。",
    "leader": "{p}深入{k}调研重点项目建设。在项目现场，{p}听取施工单位关于进度和要素保障的汇报，仔细询问存在的困难，要求相关部门靠前服务、挂图作战，在确保质量和安全的前提下加快推进。{p}强调，项目建设是经济发展的硬支撑，要牢固树立抓项目就是抓发展的理念，完善推进机制，强化督促落实，以实实在在的投资拉动增长，为全年任务完成提供支撑。",
    "appoint": "日前，{c}召开干部大会，宣布领导班子调整决定：{p}任公司总经理，{p2}不再担任总经理职务。会议指出，此次调整是根据工作需要和班子建设实际，通盘考虑、慎重研究决定的。{p}在表态发言中说，坚决服从组织决定，倍加珍惜干事创业的机会，团结带领全体职工迎难而上，努力开创各项工作新局面。{p2}感谢大家多年来的支持，祝愿企业越办越好。",
    "condolence": "我国著名材料学专家、{s}教授{p}先生，因病医治无效，于日前逝世。{p}先生长期从事教学与科研工作，治学严谨，诲人不倦，为学科建设和人才培养倾注了毕生心血，培养的学生遍布各地。他一生淡泊名利，生活简朴，深受师生爱戴。遵照先生遗愿和家属意见，丧事从简，不举行遗体告别仪式。谨此讣告，以表深切哀悼，愿先生千古。",
    "signing": "{c}与{c2}举行合作签约仪式。根据协议，双方将围绕关键零部件国产化、联合实验室建设和市场渠道共享等方面开展深度合作，建立常态化沟通机制，实现优势互补、互利共赢。{c}负责人表示，此次携手是双方长期互信的结果，将为产业链协同注入新的动力。{c2}方面表示，将拿出最好的技术和团队，推动各项内容尽快落地，共同开拓更加广阔的市场空间。",
    "opening": "{g}生产基地在{k}正式开工。当天上午，彩旗招展，机声隆隆，{c}员工代表和施工单位人员齐聚现场，共同见证这一时刻。该基地建成后，将形成集研发、制造、检测于一体的综合性平台，带动上下游企业集聚。项目负责人{p}说，将严格按照时间节点倒排工期，把项目打造成精品工程、示范工程。当地有关部门表示，将全程跟踪服务，当好企业的店小二。",
    "rescue": "{v}村民{p}在回家途中听到河边有人呼救，来不及多想便跳入水中，把落水的孩子托上岸来。等孩子脱离危险，{p}悄悄离开了现场。孩子的父母几经打听才找到恩人，送来锦旗表达谢意。{p}摆摆手说，这事换了谁都会这么做，人没事就好。{v}党支部负责人介绍，他平时就是个热心肠，谁家有难处都愿意搭把手。如今他的事迹在十里八乡传为佳话。",
    "clinic": "{h}专家团队到{v}开展义诊活动。活动现场，来自心血管、骨科、中医等科室的医生为村民测量血压、解读检查报告，耐心解答健康咨询，并根据病情给出用药和康复建议，对行动不便的老人还送医上门。村民们说，不出村就能看上专家，心里热乎乎的。{h}有关负责人表示，今后将把义诊作为常态化工作，让优质医疗资源更多向基层延伸。",
    "campus": "{s}师生走进{c}开展研学实践活动。在讲解员带领下，同学们参观了企业展厅和自动化生产线，了解一件产品从图纸到下线的全过程，并动手体验了简单的装配工序。大家一边听一边记，不时提出各种有趣的问题。带队老师表示，把课堂搬到车间，让学生近距离感受工匠精神，有助于他们树立职业理想。{c}表示愿意长期向{s}开放，做好校外实践基地。",
    "party": "{b}机关党支部与{v}党支部开展结对共建活动。双方党员一起重温入党誓词，观看专题片，围绕产业发展和环境整治座谈交流，并走访慰问了困难群众。{b}有关同志表示，将发挥部门优势，在信息、技术、资金等方面给予力所能及的帮助。{v}党支部书记{p}说，共建活动送来了实实在在的温暖，村里将用好资源、埋头苦干，把日子过得更加红火。",
    "certify": "{c}顺利通过质量、环境和职业健康安全管理体系再认证审核。审核期间，专家组通过查阅资料、现场察看、人员询问等方式，对体系运行情况进行了全面审核，认为公司体系运行规范有效，一致同意推荐保持认证注册。下一步，公司将针对提出的改进建议逐条落实整改，持续完善制度流程，以体系建设促进管理提升，为高质量发展保驾护航。",
    "training": "{k}举办安全生产专题培训。培训邀请{s}{p}授课，来自园区各企业的安全管理人员到场聆听。{p}结合典型事故案例，从责任落实、隐患排查、应急处置等方面作了系统讲解，内容丰富、深入浅出。学员们纷纷表示，培训针对性强，进一步绷紧了安全弦。下一步，{k}将继续丰富培训形式，推动企业从要我安全向我要安全转变。",
    "loan": "{b}创新推出知识产权质押贷款，成功为{c}解决资金周转难题。该企业拥有多项专利，却因缺少传统抵押物而融资受限。{b}客户经理上门走访得知情况后，开辟绿色通道，从受理到放款只用了短短几天。企业负责人感慨地说，没想到技术也能变成真金白银。下一步，{b}将继续深耕科技金融，把更多金融活水引向科创企业。",
    "earnings": "{c}发布业绩公告：报告期内实现营业收入{f}亿元，同比增长{f2}%；归属于上市公司股东的净利润{f3}亿元，同比增长{f4}%；基本每股收益{f5}元。公司表示，业绩变动主要得益于产品结构优化和海外市场拓展，毛利率较上年同期提高{f6}个百分点。研发投入{f7}亿元，占营业收入的{f8}%。公司拟每十股派发现金红利{f9}元，不送红股，不以资本公积金转增股本。敬请投资者注意投资风险。",
    # English
    "en_appoint": "{ec} has appointed {ep} as chief executive officer, effective immediately. {ep} succeeds the company's founder, who will stay on as an adviser to the board. In the new role, {ep} will be responsible for the company's manufacturing strategy, its expansion into overseas markets and the integration of recently acquired businesses. The chairman said the appointment followed a thorough search and that the board was confident the company would continue to grow under new leadership.",
    "en_plant": "{ec} will build a new production plant in {ek}, the park's administration said. The plant will make components for electric vehicles and is expected to begin operation after a construction period of about two years. Local officials said the project would strengthen the regional supply chain and create skilled jobs. {ec} said it chose the site because of its transport links, its reliable power supply and the support it received from the administration of {ek}.",
    "en_output": "Industrial output in the zone rose {f} percent in {em} from a year earlier, the statistics office said. Manufacturing output grew {f2} percent, while mining fell {f3} percent. Output of integrated circuits reached {n} million units and that of industrial robots {n2} sets. Retail sales increased {f4} percent and fixed-asset investment {f5} percent. Exports came to {f6} billion yuan and imports to {f7} billion yuan. The office said the economy remained stable overall, with new drivers of growth gaining strength.",
}
del FORMS["enrolment"]

BULLETINS = frozenset(["prices", "port", "air", "jobs", "tax", "power", "weather", "earnings", "en_output"])

ARTICLES = (
    "去年冬天，老厂区的锅炉房第一次没有冒烟。停产三年的纺织厂被改成了设计工坊，锯齿形的屋顶保留下来，天窗换上了新玻璃，阳光斜斜地落在水磨石地面上。最早搬进来的是三个刚毕业的年轻人，他们用旧纱锭做灯具，头一年只卖出四十来盏。转机出现在一次设计周上，一家酒店看中了这些带着机油味的灯，一口气订了六百盏。如今工坊里已有二十七家小店，周末要排队才能停下车。街道办的老周说，当初也有人主张推平了盖楼，账算得很细，可大家舍不得那排梧桐树。算来算去，留下厂房每年少收的租金，被多出来的客流补了回来。隔壁的印染厂也动了心思，图纸已经画到第三稿，争论的焦点是烟囱该不该留。",
    "一条鲟鱼从孵化到上市要走七年，这家养殖场的掌门人陈阿水却说自己等得起。水库下游的冷水终年保持在十八度上下，正合鲟鱼的脾气。二〇一六年的那场大水冲垮了十一口鱼池，八万尾鱼一夜之间不见踪影，他蹲在坝上抽完了两包烟，第二天就带着儿子修堤。银行的信贷员来了三趟，最后一趟带来了合同。新池子装上了溶氧探头，手机一响就知道哪口池子缺氧。去年取籽的时候，专门从外地请来的师傅手起刀落，黑亮的鱼子铺满了白瓷盘。有人劝他做直播，他试了两回，嫌吵。他更愿意琢磨怎么把鱼皮做成皮具，样品已经送到温州去了，对方回话说纹路漂亮，就是太薄。",
    "地铁四号线延长段的盾构机在地下二十三米处停了整整十九天。前方是一片没有记录的旧河道，淤泥里夹着木桩和碎瓷片。考古人员下到井底，认出这是清代码头的遗存。工程要不要改线，会上吵了三轮。设计院提出抬高轨面，用管幕把河道整个托起来，多花九千万元，工期推迟五个月。文物部门要求把码头的石阶原样取出，编号装箱。取石阶那天，岸上围了不少老人，有人说小时候听祖父讲过，盐船就停在这里。最终方案定下来后，盾构机以每天两环的速度缓缓通过。车站的站厅将辟出一面墙，展示从井底取出的物件，包括一只完整的青花碗和半截桅杆。",
    "凌晨三点，冷链仓库的灯全亮着。叉车司机小孟裹着军大衣，把从宁夏来的菜心一托一托送进零下的风里。客户是城里的四百多家早餐店和面馆，五点以前必须配齐。这套活儿过去靠人喊，现在靠一块屏幕：哪个格口缺几斤葱，哪辆车还差两框豆芽，一目了然。系统是园区里一家只有九个人的公司写的，头一版上线时把香菜和芹菜弄反了，闹了个大笑话。老板没有发火，请大家吃了一顿香菜饺子。半年下来，损耗从百分之十一降到百分之四，司机每晚少跑一趟。小孟说，最大的好处是能赶在孩子起床前到家，给她梳一回辫子。",
    "镇上最后一位修钟师傅关了铺子，钥匙交给了在园区上班的徒弟。徒弟学的是精密机械，白天给机器人关节调间隙，晚上回来摆弄那些走了几十年的老座钟。他发现两样活儿其实是一回事：齿隙大了不行，小了也不行，得听。他把听声音的本事写成了一段程序，用麦克风判断轴承的磨损，准确率比老师傅还差一点，但不会累。公司拿它申请了专利，先在一条包装线上试用，三个月里提前揪出了五次故障。有投资人来问估值，他答不上来，反倒问对方要不要修表。师傅听说以后笑得直咳嗽，说这小子总算没白学，铺子的招牌可以再挂几年。",
    "关于要不要给工业园的围墙开口，居民和企业争了一年。墙东是三十栋厂房，墙西是两个老小区，孩子上学要绕行一公里半。企业担心的是安全和噪声，居民惦记的是那条近路。街道请来规划师，先做了两周的计数：每天绕行的有一千三百人次，其中一半是园区自己的职工。结论出来，企业的口气松了。开口选在食堂旁边，宽四米，装了摄像头和限高杆，早六点开，晚十点关。开通那天没有剪彩，只有卖煎饼的大姐早早占了个好位置。如今食堂对外营业，中午有两成的客人是附近的老人。物业算了笔账，多出来的饭钱，刚好够付那两个保安的工资。",
    "The old brickworks on the river bend stood empty for eleven years before anyone thought of growing mushrooms in its kilns. Temperature under the vaults never moves by more than two degrees, which is all an oyster mushroom asks for. Marta Lindqvist rented one kiln with the money from her grandmother's caravan, ruined her first three crops with tap water, and sold the fourth to a single restaurant. Nine kilns are in use now. The spent substrate goes to a dairy farm, whose owner swears that his cows prefer it to hay. Last month the town council offered her the remaining buildings for a symbolic price, on condition that the chimney be repaired. She has not answered yet: the quotation for the scaffolding alone is higher than what she earned in the whole of last year.",
    "When the ferry stopped calling at the island, the cannery bought the ferry. It was not meant as a joke, although the newspapers on the mainland took it for one. The ship was thirty-four years old, burned too much fuel and had a leaking bow door, but the alternative was to truck herring around the fjord for six hours. The crew learned to load pallets where cars had stood. Within a season the cannery was carrying timber, mail and schoolchildren as well, and had to apply for a licence that nobody in the ministry had issued since the war. The officer who came to inspect the lifeboats stayed for dinner and signed the papers on a fish crate. Next spring the vessel will get a battery, paid for by a fund that was set up to close the route.",
)
