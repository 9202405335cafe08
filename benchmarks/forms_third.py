"""Further forms, as in `benchmarks/forms.py`: the third set of `benchmarks/lookalikes.py`."""

from __future__ import annotations

FORMS: dict[str, str] = {
    "bid_fail": "{k}道路照明节能改造项目，因递交响应文件的供应商不足三家，本次采购活动废标。采购代理机构{c}将按规定重新组织采购，请潜在供应商关注后续公告。凡对本次公告内容提出询问的，请在工作时间内与采购人联系，联系方式详见采购文件。",
    "housing": "{m}月份，{r}新建商品住宅销售价格环比{u}{f}%，同比{u2}{f2}%；二手住宅销售价格环比{u}{f3}%。全市商品房网签面积{n}万平方米，其中住宅{n2}套。业内人士分析，随着一系列支持政策落地见效，市场预期逐步改善，交易活跃度有所回升。",
    "fruit": "{v}的{y}熟了。走进{v}的果园，一串串饱满的果实挂满枝头，果农们穿梭其间，忙着采摘、分拣、装箱。种植户{p}笑着说，今年雨水足、日照好，果子又大又甜，还没下树就被客商订购一空。近年来，当地依托合作社发展特色种植，带动村民在家门口增收致富。",
    "hire": "{c}发布校园招聘公告，面向应届毕业生招聘研发工程师、工艺工程师、市场专员等岗位。公司地处{k}，交通便利，环境优美，为员工提供免费住宿、带薪年假、定期体检和完善的培训体系。招聘流程包括网申、笔试、面试和录用。欢迎有志青年加入，共创美好未来。",
    "charity": "{c}向{s}捐赠图书和电脑，助力乡村教育。捐赠仪式上，企业代表将崭新的图书交到孩子们手中，希望他们好好学习、健康成长。校长{p}代表全体师生表示感谢，并表示一定会用好每一本书、每一台电脑，不辜负爱心企业的期望。",
    "ground": "{g}项目在{k}奠基。项目由{c}投资建设，规划建设现代化厂房、检测中心和职工公寓，达产后将成为区域内重要的生产基地。奠基仪式上，{c}总经理{p}表示，将严把质量关、安全关、进度关，确保项目如期竣工投产。",
    "suspend": "{c}：因筹划重大资产重组，公司股票自{m}月{d}日开市起停牌，预计停牌时间不超过{n}个交易日。",
    "buyback": "{c}：截至{m}月末累计回购{n}万股，占总股本{f}%，成交总金额{n2}万元，最高成交价{f2}元每股。",
    "contract": "{c}中标智慧园区运营服务项目，公司收到中标通知书，合同签订后将对未来业绩产生积极影响，请注意投资风险。",
    "limit": "{c}今日触及涨停，龙虎榜显示，机构席位净买入居前，知名游资亦有现身，该股近一月累计涨幅居板块前列。",
    "quake": "中国地震台网正式测定：{m}月{d}日{n}时{n2}分在{r}发生{f}级地震，震源深度{n3}千米。当地震感明显，暂无人员伤亡报告。应急管理部门已派出工作组赶赴现场核查灾情，通信、电力、供水等保持正常，请广大群众不信谣、不传谣。",
    "flood": "{r}水文局{m}月{d}日{n}时发布洪水蓝色预警：受上游来水影响，预计{o}水文站水位将于{d2}日涨至警戒水位附近，洪峰水位约{f}米。请沿岸有关单位和公众加强防范，及时避险，远离河道、低洼地带。",
    "farmers": "{r}农业农村局组织开展农资打假专项检查。执法人员深入种子、农药、化肥经营门店，重点查看经营资质、进销台账和产品标签，对发现的问题现场责令整改。下一步，将持续加大执法力度，切实保护农民合法权益，确保春耕生产顺利进行。",
    "museum": "{r}博物馆新馆开馆迎客。新馆建筑造型取意山水，设有基本陈列、专题展览和互动体验区，展出的文物系统呈现了当地的历史文脉。馆长{p}介绍，新馆运用数字技术让文物活起来，观众可以通过触屏与古人对话。开馆首日，观众络绎不绝。",
    "retire": "{c}为退休职工举行欢送会。会上，{p}等即将离开工作岗位的老职工回忆了自己的工作经历，抒发了对公司的深厚感情。公司领导为他们佩戴绶带、颁发纪念品，感谢他们把最好的年华奉献给企业，并祝愿大家退休生活幸福安康。",
    "race": "{r}马拉松鸣枪开跑，来自各地的{n}名选手用脚步丈量城市之美。最终，{p}以{n2}分{n3}秒的成绩获得男子组冠军，{p2}获得女子组冠军。赛道沿江而设，串联起城市的历史与现代。沿途群众热情加油，志愿者坚守岗位，为选手提供暖心服务。",
    "union": "{b}工会举办职工趣味运动会。比赛设置了拔河、跳绳、接力等项目，参赛职工精神抖擞、奋勇争先，赛场上加油声、欢笑声此起彼伏。经过激烈角逐，{p}所在的代表队获得团体第一名。活动丰富了职工文化生活，增强了团队凝聚力。",
    "audit": "{r}审计局关于{k}预算执行情况的审计结果公告。审计结果表明，管委会能够执行预算管理规定，会计核算基本规范。审计发现的主要问题包括部分项目支出进度偏慢、固定资产未及时入账等。对审计发现的问题，被审计单位高度重视，正在逐项整改。",
    "en_jobs": "{ec} plans to hire {n} people at its site in {ek} by the end of the year, the company announced in {em}. The new positions will be in engineering, quality control and logistics. Human resources director {ep} said applicants would be offered training and a competitive salary. The site currently employs {n2} people and is one of the largest employers in the area.",
    "en_trade": "Exports from the free trade zone totalled {f} billion dollars in {em}, up {f2} percent year on year, while imports fell {f3} percent to {f4} billion dollars. The trade surplus widened to {f5} billion dollars. Shipments of machinery and electrical equipment made up {f6} percent of exports, customs data showed. Officials expect demand to hold up in the coming months.",
    "en_award": "{ec} has been named supplier of the year by the regional industry association. The award recognises companies that have shown outstanding performance in quality, delivery and sustainability. Accepting the prize, {ep} thanked the staff for their dedication and said the company would keep investing in cleaner production. The ceremony was attended by representatives of industry and local government.",
    "tw_land": "{r}產業園區{z}地號土地辦理標售，用地類別為工業用地，得標人應於決標次日起依規定繳清價款，並於取得使用執照後正式營運。投標須知及相關文件請至本府經濟發展局網站下載，逾期投標者不予受理，歡迎有意設廠之廠商踴躍參加。",
    "tw_fire": "{r}{o}一處鐵皮廠房凌晨發生火警，消防局獲報後派遣多輛消防車趕往搶救，火勢於清晨撲滅，所幸無人受困。起火原因及財物損失有待進一步調查釐清。消防局呼籲業者落實自主檢查，下班前應關閉電源。",
    "seminar": "{p}教授做客{k}企业家大讲堂，以“数字化转型的路径与方法”为题作专题讲座。{p}教授从趋势、误区、案例三个层面娓娓道来，语言生动，见解独到，引发台下阵阵掌声。互动环节，企业家们踊跃提问，{p}教授一一作答。主办方{b}表示，今后将定期邀请专家学者前来授课。",
}

LEADS = (
    "开栏的话：县域经济是国民经济的重要组成部分。为展示各县（市、区）立足资源禀赋、培育特色产业的探索与成效，本台即日起开设专栏《县域观察》，派出多路记者深入田间地头、厂矿车间，挖掘可学可鉴的经验做法，今天播出最新一期。",
)
"""Shared beginnings of series."""

FOOTERS = (
    "Copyright 版权所有 某某市产业园区管理委员会 地址：科技大道八号创业大厦 邮编 传真 电子邮箱 网站标识码 政府网站找错 适老化无障碍浏览 网站支持多种终端访问。您访问的链接即将离开本网站，是否继续？政务公开 政务服务 互动交流 数据开放 领导信箱 在线访谈 民意征集 网上调查 常见问题 办事指南 结果查询 企业开办 项目审批 不动产登记 公积金 社会保险 医疗保障 出入境 婚育收养 教育科研 就业创业 职业资格 住房保障 交通出行 环境气象 文体旅游 法律服务 优待抚恤 公用事业。国务院部门网站 省级政府网站 市级部门网站 县区网站 新闻媒体网站 其他网站。本网站由园区信息中心承办，如需转载本站信息请注明出处，发现内容有误请通过网站纠错功能反馈，我们将在收到信息后的两个工作日内核实处理，并将处理结果及时告知，感谢您对我们工作的理解、支持与监督。",
)
"""What sites put under everything."""
