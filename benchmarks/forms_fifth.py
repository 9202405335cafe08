"""Further forms, as in `benchmarks/forms.py`: the fifth set of `benchmarks/lookalikes.py`."""

from __future__ import annotations

FORMS: dict[str, str] = {
    # monthly and quarterly figures
    "power": "{r}供电公司发布用电数据：{m}月份全社会用电量{f}亿千瓦时，同比增长{f2}%。其中第一产业用电{f3}亿千瓦时，第二产业用电{f4}亿千瓦时，第三产业用电{f5}亿千瓦时，城乡居民生活用电{f6}亿千瓦时。当月最大负荷{n}万千瓦，出现在{d}日午间。",
    "invest": "前{m}个月，{k}新签约项目{n}个，总投资{f}亿元，同比增长{f2}%；新开工项目{n2}个，竣工投产{n3}个，完成工业投资{f3}亿元，增长{f4}%。到位内资{f5}亿元，完成年度目标的{f6}%。园区表示，将盯紧在谈项目，确保签约项目早开工、开工项目早投产。",
    "tourism": "假日期间，{r}共接待游客{f}万人次，同比{u}{f2}%，实现旅游收入{f3}亿元。重点监测的{n}家景区接待游客{f4}万人次，{n2}家星级饭店平均出租率{f5}%。文旅部门推出的夜游、非遗市集等活动受到欢迎，全市未发生旅游安全责任事故。",
    "pmi_cn": "{m}月份，{r}制造业采购经理指数为{f}%，比上月{u}{f2}个百分点。从分类指数看，生产指数为{f3}%，新订单指数为{f4}%，从业人员指数为{f5}%，供应商配送时间指数为{f6}%。大型企业景气度高于中小企业，企业对后市预期总体平稳。",
    "air_rank": "生态环境部门通报{m}月份空气质量排名：{r}综合指数{f}，同比改善{f2}%，优良天数{n}天，细颗粒物平均浓度每立方米{n2}微克，臭氧浓度每立方米{n3}微克，在全省排名第{d}位。",
    "port": "{r}港{m}月完成货物吞吐量{f}万吨，同比{u}{f2}%；集装箱{f3}万标箱，同比{u2}{f4}%；外贸货物{f5}万吨。累计新开航线{n}条，靠泊船舶{n2}艘次。",
    "tax": "税务部门数据显示，{m}月以来{k}办理留抵退税{f}亿元，惠及企业{n}户；减免税费{f2}亿元，其中制造业占{f3}%；研发费用加计扣除{f4}亿元。企业销售收入同比增长{f5}%，高技术产业增长{f6}%。",
    "jobs_cn": "{r}城镇新增就业{f}万人，完成年度任务的{f2}%；失业人员再就业{f3}万人，就业困难人员就业{n}人；举办招聘会{n2}场，提供岗位{f4}万个次。城镇登记失业率{f5}%，就业形势保持稳定。",
    "en_output": "Industrial output at {ek} grew {f} percent year on year in {em}, {f2} percentage points faster than the previous month. Of {n} firms above designated size, {n2} reported higher sales. Investment in equipment rose {f3} percent to {f4} million dollars, and exports reached {f5} million dollars.",
    "en_rent": "Average asking rents for warehouses around {ek} stood at {f} dollars per square foot in the quarter, while the vacancy rate moved to {f2} percent. About {n} thousand square feet of space was delivered and {n2} thousand square feet remained under construction, according to the brokerage's report.",
    "tw_export": "財政部統計處發布{m}月海關進出口統計，{r}產業園區出口值為{f}億美元，較上年同月{u}{f2}%，進口值{f3}億美元，{u2}{f4}%，出超{f5}億美元。電子零組件占出口比重{f6}%，資通與視聽產品居次。",
    "tw_job": "{r}政府勞動局公布，{m}月求職登記{n}人次，求才登記{n2}人次，求供倍數{f}。就業服務站共辦理徵才活動{d}場，現場媒合率{f2}%。勞動局提醒，求職時應留意三必問、七不原則。",
    # tenders, notices, environment, land
    "tender_it": "{k}数字底座建设项目公开招标公告。项目已获批复，资金来源为财政资金，采购人为{b}，采购代理机构为{c}。预算金额{f}万元，最高限价{f2}万元，合同履行期限自签订之日起{n}日历天。供应商应于{m}月{d}日前登录交易平台获取招标文件，并于{m2}月{d2}日上午提交投标文件并解密，逾期上传的不予受理。本项目不接受联合体投标。",
    "tender_names": "中标候选人公示。{k}雨污分流改造工程施工经评标委员会评审，现公示如下：第一中标候选人：{c}；第二中标候选人：{c2}；第三中标候选人：{c3}。投标人对评标结果有异议的，应当在公示期间提出。招标人将在收到异议之日起三日内作出答复。",
    "eia_accept": "关于{c}{g}项目环境影响报告表受理情况的公示。根据建设项目环境影响评价审批程序的有关规定，我局受理了该项目环境影响报告表，现予公示，公示期间接受公众意见。建设地点：{k}。建设单位：{c}。环评单位：{c2}。听证权利告知：自公示起五日内申请人、利害关系人可提出听证申请。",
    "eia_first": "{c}扩建项目环境影响评价首次公示。项目位于{k}，拟利用现有厂房新增{g}生产线，年产能{n}套。建设单位委托{c2}开展环评工作，公众可在公示之日起通过来电、来函等方式反馈与环境影响有关的意见，公众意见表可在网络平台下载填写。",
    "eia_approve": "{r}生态环境局对拟作出的建设项目环评文件审批意见公示：项目名称：{g}产业化项目；建设单位：{c}；建设地点：{k}。主要环境影响及防治措施：废气经布袋除尘、活性炭吸附后达标排放；废水经预处理后纳入市政管网；选用低噪声设备并采取减振隔声措施；危险废物委托有资质单位处置。",
    "land_result": "土地成交结果公示：{z}号地块位于{k}，土地面积{n}平方米，用途为工业，出让年限{d}年，成交价{f}万元，受让单位为{c}。公示期内，任何单位和个人有异议的，可向自然资源和规划部门书面反映。",
    "expropriate": "{r}人民政府征收土地预公告。因公共利益需要，拟征收{v}集体土地，用于{k}基础设施建设。自本公告发布之日起，任何单位和个人不得在拟征收范围内抢栽抢建；违反规定抢栽抢建的，对抢栽抢建部分不予补偿。{v}应配合做好土地现状调查，调查结果由农村集体经济组织、农户签字确认。",
    "planning": "{k}控制性详细规划局部调整批前公示。为优化用地布局，完善公共服务配套，{b}组织编制了调整方案，主要内容包括将{o}北侧地块由商业用地调整为工业用地、适当提高容积率。公示期为三十日，有关单位和个人可通过现场意见箱、信函方式提出意见。",
    "qualif": "公示：根据认定管理办法，经单位申报、专家评审、现场核查，拟认定{c}、{c2}、{c3}、{c4}为本年度市级企业技术中心，现予以公示。如对公示名单有异议，请在公示期内实名反映，并提供必要的证明材料。",
    "penalty": "行政处罚信息公开：当事人{c}，法定代表人{p}。经查，当事人未按照规定对安全设备进行经常性维护、保养，违反了安全生产有关规定。鉴于当事人积极配合调查并及时整改，{b}依法从轻作出处罚，当事人已履行完毕。",
    "recall": "{c}根据有关要求向监管部门备案了召回计划，决定召回部分{g}。本次召回范围内的产品由于供应商制造原因，内部线束固定不到位，长期使用可能磨损短路，存在安全隐患。{c}将委托授权网点免费检修，并以短信等方式通知用户。",
    "stop_power": "计划停电公告：{m}月{d}日{n}时至{n2}时，因线路检修，{o}、{v}一带停电，请有关用户提前做好准备，送电时间以实际为准，恕不另行通知。",
    "en_tender": "{ek} invites sealed bids from eligible bidders for the construction of internal roads and drainage. Bidding documents may be obtained from the office of {ec} until {em} {d}. Bids must be accompanied by a security of {n} dollars and delivered before {em2} {d2}. Late bids will be rejected. The employer is not bound to accept the lowest bid.",
    "tw_eia": "{c}擬於{k}設置{g}廠，環境影響說明書經環境影響評估審查委員會審查，決議有條件通過。開發單位應依承諾事項切實執行，施工前應提報空氣汙染防制計畫，並成立環保監督小組，邀請當地居民參與。環保團體代表{p}表示，將持續監督。",
    # signings and openings
    "sign_power": "{k}与{c}举行虚拟电厂项目签约仪式。{b}主要负责人{p}、{c}总工程师{p2}出席并见证签约。根据协议，双方将整合园区内分布式光伏、储能和充电设施，打造源网荷储一体化示范样板。{p}希望双方以此次签约为契机，尽快组建工作专班，推动项目早落地、早见效。",
    "sign_port": "日前，{c}与{c2}在{k}签署长期供货框架协议。双方约定，在同等条件下优先采购对方产品，共享检测平台和仓储资源，联合开展新品试制。业内人士认为，上下游抱团有助于提升产业链韧性，降低采购和物流成本。",
    "open_centre": "{k}人才服务驿站揭牌启用。驿站内设政策咨询、职业指导、法律援助、子女入学等窗口，实行一站式受理。首批入驻的{c}人力资源主管{p}表示，今后招人留人更有底气。下一步，驿站还将推出周末不打烊服务，定期组织青年联谊活动。",
    "first_ship": "{c}首批{g}顺利发运。{m}月{d}日清晨，满载货物的集装箱卡车从{k}驶出，发往海外客户。为保障按时交付，生产部门加班加点，质检人员逐台检验，海关提供预约通关服务。公司销售负责人{p}介绍，目前订单饱满。",
    "en_mou": "{ec} and {ec2} have signed a memorandum of understanding to explore joint development of cold storage at {ek}. Under the agreement, the partners will carry out a feasibility study and seek approvals from local authorities. {ep}, who heads business development at {ec}, called it an important milestone.",
    "tw_open": "{c}{k}新廠舉行落成啟用典禮，董事長{p}感謝{r}政府在用水用電及行政程序上的協助。{p}指出，新廠導入自動化倉儲與智慧能源管理，將優先聘用在地青年，為地方帶來就業機會。典禮在舞獅表演中圓滿落幕。",
    # appointments and other news that differs in names
    "appoint_news": "{p}任{k}党工委书记。在日前召开的干部会议上，宣读了有关任职决定：{p}任{k}党工委书记，{p2}不再担任该职务、另有任用。{p2}在讲话中深情回顾了工作历程，感谢同志们的支持。{p}表示，将接好接力棒，一张蓝图绘到底。",
    "ceo": "{c}宣布，任命{p}为首席运营官，全面负责供应链与制造体系，直接向董事会汇报。{p}拥有丰富的行业经验，此前曾在多家跨国企业任职。公司方面表示，此次任命有助于进一步完善治理结构，提升运营效率。原首席运营官{p2}因个人原因离职，公司对其任职期间的贡献表示感谢。",
    "tw_appoint": "{c}董事會通過人事案，聘任{p}為總經理，原總經理{p2}屆齡退休並轉任顧問。{p}具備豐富的產業經驗，熟悉國際市場。公司表示，將持續深耕本業、擴大布局，感謝{p2}多年來的貢獻。",
    "research_visit": "{b}一行赴{c}走访调研。在企业展厅，调研组认真听取了企业发展历程、产品研发和市场销售情况介绍，并就企业反映的物流成本高、技术工人难招等问题进行了面对面交流。{c}相关负责人{p}对长期以来的关心支持表示感谢。调研组表示，将建立问题台账，逐条逐项抓好落实。",
    "hero": "“没想那么多，救人要紧。”日前，{p}勇救落水儿童的事迹在{v}传为佳话。当天傍晚，路过河边的{p}听到呼救声，来不及脱掉外套便跳入水中，用尽全力将孩子托举上岸。孩子家长连声道谢，{p}却悄悄离开。{v}干部为他送上锦旗。",
    "training": "{k}举办安全生产管理人员培训班。培训邀请{p}、{p2}两位专家，围绕法律法规、隐患排查、应急处置等内容进行系统讲解，并结合典型事故案例作了警示教育。来自区内企业的安全负责人参加培训。大家表示，将把所学知识运用到工作中，筑牢安全防线。",
    "clinic": "{h}专家团队到{v}开展义诊。医生们为村民量血压、测血糖、听心肺，讲解慢性病防治和合理用药知识，并免费发放药品。村民{p}高兴地说，在家门口就能看上大医院的专家，真是太方便了。活动受到群众一致好评。",
    "museum_gift": "{p}向{s}捐赠手稿和藏书。捐赠仪式在图书馆举行，校领导为{p}颁发捐赠证书并致谢。{p}说，这些书陪伴了自己大半辈子，希望它们能遇到新的读者。据悉，学校将设立专柜陈列，并逐步完成数字化。",
    "cert": "{c}顺利通过能源管理体系认证。审核期间，专家组通过查阅资料、现场询问、实地查看等方式，对公司能源管理体系运行情况进行了全面审核，一致认为体系运行有效，同意推荐认证注册。通过认证，标志着公司节能管理迈上新台阶。",
    "en_appoint2": "{ec} has appointed {ep} as chief financial officer with immediate effect. {ep} joins from a listed engineering group and will oversee reporting, treasury and investor relations. The chair said the board was delighted to welcome such an experienced leader and thanked the outgoing finance chief for years of service.",
    "en_prize": "A team from {ec} won first place in the regional robotics challenge hosted by {ek}. Their entry, a low-cost arm that sorts mixed recycling, impressed the judges with its speed and reliability. Team captain {ep} dedicated the win to the apprentices who built the prototype after hours.",
    # short items in stock phrases
    "brief_invest": "{c}：拟与{k}管委会签订投资协议，建设{g}生产基地。",
    "brief_pledge": "{c}公告，控股股东{p}将所持部分股份办理质押，不存在平仓风险。",
    "brief_order": "{c}获海外大单，将向客户供应{g}，交付期为两年。",
    "brief_resign": "{c}：{p}因工作调整辞去董事、副总经理职务，辞职后不再担任公司任何职务。",
    "brief_surge": "{i}概念股走强，{c}封板，{c2}、{c3}涨超百分之五。",
    "brief_rain": "{r}气象台{m}月{d}日{n}时发布暴雨黄色预警信号，预计未来六小时降雨量将达五十毫米以上，请注意防范。",
    "brief_bond": "{c}拟发行不超过{f}亿元可转债，用于{g}项目及补充流动资金。",
    "en_brief": "{ec} shares rose {f} percent after the company won a contract to supply equipment to {ek}.",
    "tw_brief": "{c}今日公告董事會決議，擬於{k}購置廠房，交易對象為{c2}，非關係人交易。",
}

LEADS = (
    "【写在前面】从一粒种子到一座工厂，从一条小巷到一片新城，变化每天都在身边发生。本报联合多家县级融媒体中心，推出“小切口里的大变化”主题采访，用普通人的一天讲述身边的产业故事，共同感受奋进的脉搏。以下是本期内容。",
    "高质量发展调研行：春潮涌动，万象更新。连日来，“高质量发展调研行”主题采访团走进多个开发区，深入工厂车间、科研院所、港口码头，探寻新质生产力加快形成的密码，感受实体经济向新而行的脉动。请看报道：",
    "The following is part of our series on the people who keep industrial estates running long after the offices have closed. Over six weeks our reporters followed them on their rounds, at the gates, in the boiler rooms and on the loading docks, and wrote down what they saw.",
)
"""Shared beginnings of series."""

FOOTERS = (
    "园区选址就找产业通！我们为企业提供一站式选址咨询、政策申报、落地陪跑服务，已累计服务企业上万家。热门城市：苏州 无锡 常州 嘉兴 湖州 宁波 合肥 武汉 长沙 东莞 惠州 中山。热门产业：新能源 生物医药 集成电路 人工智能 高端装备 新材料 食品加工 现代物流。扫码添加选址顾问，免费领取产业地图一份。版权声明：本站部分文章转自互联网，如涉及侵权请联系删除。沪ICP备号 网站地图 关于我们 联系我们 人才招聘",
    "本網站內容均受著作權法保護，非經同意不得任意轉載。點擊訂閱電子報，每日為您整理產業要聞；加入會員可收藏文章、開啟深色模式並享無廣告閱讀。客服信箱 隱私權政策 服務條款 常見問題 合作提案 徵才資訊 新聞自律公約 讀者投書 社群守則 使用者回報",
    "Subscribe to our newsletter for weekly updates on logistics, property and manufacturing. You may unsubscribe at any time. By using this site you agree to our terms of use and privacy policy. All rights reserved. About us. Advertise. Careers. Contact the newsroom. Accessibility. Manage cookies.",
)
"""What sites put under everything."""

EVENTS = (
    (
        "一列由四十五节车厢组成的冷链专列昨天从边境口岸抵达内陆港，车上装着榴莲、山竹和冷冻虾。这是当地开行的首趟东南亚水果专列，全程用时八十八小时，比海运缩短近两周。口岸海关为此设立了绿色通道，实行随到随检。",
        "“到货的时候，果子还带着水汽。”水果批发商罗明昨天在内陆港等了一上午，终于接到他订的三个柜子的山竹。首趟东南亚水果专列跑了八十八小时，让他省下了两成损耗。他打算下个月再订五个柜，还约了几个同行一起拼车。",
        "业内人士分析，首趟水果专列的意义不仅在于快。返程时车厢装上机电产品和化肥，避免了空驶，单箱成本因此下降三成。不过，由于换轨场能力有限，短期内专列难以加密，港口方面正与铁路部门商讨增设冷藏箱充电桩。",
    ),
    (
        "化工园区一座废弃储罐昨夜起火，消防部门出动二十六辆消防车，明火在两小时后被扑灭，没有人员伤亡。环境监测显示，周边空气质量指标正常。起火原因正在调查，园区已要求所有企业开展自查。",
        "昨晚九点多，住在化工园区附近的居民听见一声闷响，随后看到西北方向有火光。“窗户都震了一下。”居民徐女士说。消防车很快赶到，大约两个小时后火光消失。记者今早在现场看到，储罐外壁被熏黑，警戒线尚未撤除。",
        "针对昨夜储罐起火一事，园区管委会今天上午召开情况通报会。管委会有关负责人表示，涉事储罐已停用三年，内部残留少量溶剂，拆除作业中动火管理不到位的可能性较大。两名现场负责人已被控制，涉事企业的施工许可被暂扣。",
    ),
    (
        "半导体设备展今天开幕，来自二十多个国家的一千一百家企业参展，展览面积首次超过十万平方米。主办方介绍，先进封装和第三代半导体是本届最热的板块，三天展期内将举办六十场论坛。",
        "在半导体设备展上，一台国产减薄机前围了三层人。工程师把一片晶圆放进去，几分钟后取出来，薄得能透出手指的轮廓。展商说，过去这种设备全靠进口，一台要等十八个月，如今交期缩短到半年。一位买家当场签下两台。",
        "The semiconductor equipment show opened on Wednesday with more than a thousand exhibitors, the largest number in its history. Organisers said advanced packaging drew the most interest, while several foreign toolmakers sent smaller teams than last year because of export rules.",
    ),
    (
        "本市首条无人驾驶公交线路今天起试运行，线路全长十一公里，串联科技园、地铁站和大学城，共设十四个站点，市民可以通过手机预约免费乘坐。每辆车配备一名安全员，最高时速四十公里。",
        "方向盘自己转了起来，车厢里有人轻轻“哇”了一声。今天一早，记者登上首班无人驾驶公交。起步平稳，遇到横穿的电动车，车子提前减速让行；只是在一个施工路口，它犹豫了将近一分钟，最后由安全员接管。同车的退休教师说，胆子小的人可能还要再等等。",
        "無人駕駛公車首條路線今天上路，交通單位表示，試營運為期半年，將蒐集不同天候與時段的行車數據，再決定是否擴大。專家提醒，混合車流下的責任歸屬與保險制度仍待法規釐清，民眾也應避免任意穿越車道。",
    ),
)
"""Different reports of one event each."""

ARTICLES = (
    "纺织老城的早市散得早。八点不到，卖布头的摊子就收了，剩下几个做纽扣生意的还守着。李阿婆的纽扣按斤卖，也按颗卖，一颗牛角扣能讲半天：哪头牛，哪一年，谁车的孔。三十年前她在国营纽扣厂做质检，眼睛一扫，歪了一丝的就挑出来。厂子散了以后，她把仓库里没人要的样品一箱箱搬回家。前年冬天，一个做汉服的姑娘找上门，把其中一款螺钿扣拍成视频，三天里来了两千多个询价。阿婆不会用快递软件，姑娘便替她打包，一来二去，两人合开了间工作室，租在老厂的锅炉房里。锅炉还在，成了拍照的布景。街道想把这里做成文创园，来量过两次尺寸，阿婆只提了一个条件：早市不能搬。",
    "地下六百米的实验室里没有昼夜。值班的博士生在墙上画正字，每下一次井画一笔，画满了就换一面墙。这里的岩石屏蔽了来自宇宙的绝大多数粒子，只剩下最安静的那一点点。探测器泡在液氩里，像一只闭着眼的章鱼，等着某个几乎不存在的信号。七年来它报过三次警：一次是焊点松动，一次是老鼠，还有一次至今没有解释。项目负责人说，没有信号也是结果，它告诉别人哪条路走不通。矿山公司当年把巷道租给他们时，只收一块钱一年，附带的要求是井口的招牌上要写矿山的名字。如今招牌锈了，来参观的中学生却越来越多。他们戴着安全帽，在罐笼里屏住呼吸，听耳朵里的气压一格一格地变。",
    "把一座水泥厂拆掉只要几个月，让一座山重新长出树却要几十年。采石场留下的断面像被刀切过的糕，雨一下就往下掉碎石。林业站最初的办法是挂网喷草籽，第一年绿得喜人，第二年全部枯死。后来请来的老专家在断面前坐了三天，指着石缝里一棵自己长出来的构树说，答案在它身上。他们改成在石缝里凿小窝，填进当地的表土，播上构树、盐肤木和胡枝子的种子，不浇水，也不施肥。五年过去，远看断面仍然是灰的，走近了才发现到处是齐腰的小树。负责管护的老周过去是放炮工，山上哪一块石头是他炸下来的，他都记得。现在他每天数的是苗。",
    "夜市收摊以后，广场属于扫地机器人。它们从停车场的角落里排队出来，像一群不睡觉的乌龟。开发它们的公司只有十九个人，租着孵化器里最便宜的那一层。最早的样机怕竹签，一根烤串签子就能卡死滚刷；后来怕糖葫芦，糖化在地上，轮子会打滑。工程师们于是轮流来夜市吃东西，吃完把能想到的垃圾都扔给它。城管队长笑他们是最守规矩的破坏者。今年春天，机器人学会了绕开醉倒的人，并给值班室发一条消息。消息的措辞改了许多遍，最后定为：有一位市民可能需要帮助。",
    "玻璃熔炉一旦点火，就要烧上八到十年，中间一刻也不能停。所以炉前工的春节是轮着过的。老许在炉前站了二十二年，脸上的皮肤分成两半，朝炉子的一半比另一半黑。他能从火焰的颜色里看出温度差了多少，误差不超过五度，红外测温仪装上以后，大家反而更喜欢去问他。公司转做药用玻璃后，规矩多了起来，进车间要换三道衣服，头发不能露。老许不习惯，说像进了医院。可当他看见自己烧出来的管子变成一支支细小的药瓶，装着疫苗运往全国，便再没有抱怨过。他带的徒弟里有个学材料的研究生，两人常为气泡的成因争得面红耳赤，最后往往是炉子说了算。",
    "一條溪流要流過多少座工廠，才會變成一條沒有名字的水溝？住在下游的陳家三代都記得它原來叫作雙溪。民國六十年代，上游蓋起染整廠，溪水一天換一個顏色，孩子們用它來猜老闆今天接了哪國的訂單。後來廠房外移，溪水清了，卻沒有人再靠近。社區大學的幾位學員從量測水溫開始，一週一次，持續了九年，累積的數據比主管機關還完整。他們發現真正的汙染源不是工廠，而是一段接錯的雨水管。改管工程完工那天，有人放了一盞水燈，有人帶來了祖父的漁網。如今溪裡有了香魚，雖然不多，足夠讓白鷺停下來看一看。地方上開始討論要不要把名字改回去，公文往返了四次，仍在研議。",
    "The crane operators at the old steel dock eat lunch forty metres above the water because climbing down takes too long. From there they can see the whole estuary, the wind farm that replaced the oil terminal, and the gravel barges that come up on every tide. Marta Oyelaran has worked the northern gantry for eleven years. She lifts tower sections now instead of billets, and says the difference is that steel never minded the wind. When gusts pass thirty knots the sections turn like weathercocks and the whole yard waits. The port tried predicting the pauses with software bought from an airport, which was wrong in an interesting way: it did not know about the hill. A student spent a summer hanging cheap sensors on lamp posts along the ridge, and the forecasts improved enough that the night shift now sleeps when the wind does.",
    "Nobody remembers who first put bees on the roof of the data centre. The hives appeared during a heat wave, when the chillers were running so hard that the car park hummed, and by autumn there was honey in the canteen. Facilities management wrote a memo, then a policy, and finally a job description. The beekeeper they hired had been a network engineer, and he found the two trades alike: both are about moving small things without letting them pile up. The waste heat keeps the colonies warm through winter, so they start foraging weeks before their neighbours, on crocuses the gardeners plant along the fence. Last year a swarm settled on a fibre cabinet and took a suburb offline for forty minutes. The incident report lists the root cause as spring.",
)
"""Prose that shares nothing with each other."""
