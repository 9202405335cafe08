"""The surnames that nearly all Chinese bear, for the name guard and for bylines without a label."""

SURNAMES = frozenset(
    # The hundred most frequent by the Ministry of Public Security's report of 2020, then others that
    # are common in some region and are no frequent word of their own.
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟"
    "姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
    "汤康易乔赖文施樊章俞倪柳葛柯颜翁殷庞鲁詹涂阮聂焦欧游阎兰耿關关裴尤柴纪舒屈项祝管骆凌霍梅辛左岳温牛齐苗"
)
