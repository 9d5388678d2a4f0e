"""Nouns that questions ask for bodies, areas and persons by: 哪个……部门, which … department. Alternations, folded."""

ZH_BODY = (
    "单位|部门|机构|组织|团体|公司|企业|集团|大学|学院|学校|高校|中学|小学|机关|支部|党支部|党委|委员会"
    "|委办局|处室|科室|厂|团队|"
    "球队|队伍?|代表队|网点|营业所|作业区|事务所|系|车间|班组|消防站|服务站|小组|医院|银行|法院|俱乐部|政府|出版社"
    "|杂志社|报社|协会|学会|工会|研究所|研究院|[厅局院所](?=[^长]|$)"
)
ZH_AREA = "里|儿|地|处|间|街道|社区|车站|站|国家?|省份?|城市?|市|县|区|镇|乡|村|地区|地方|地点|洲|州|岛"
ZH_PERSON = (
    "人|书记|主席|主任|[厅局处所院校馆厂司科部省市县区镇村会组队班营团站]长|师傅|教练|司机|律师|冠军|第一名|组员"
    "|队员|老板|经理|教授|作者|导演|演员|选手|专家|代表|老师|医生|员"
)
EN_BODY = (
    "organi[sz]ations?|departments?|units?|agenc(?:y|ies)|compan(?:y|ies)|universit(?:y|ies)|branch(?:es)?|committees?|"
    "institutions?|institutes?|teams?|schools?|bureaus?|offices?|ministr(?:y|ies)|hospitals?|banks?|courts?|clubs?"
)
EN_PERSON = "person|man|woman|director|president|chair\\w*|secretary|leader|head|author|speaker|minister|winner|teacher"
# Those that names end in too: 城东营业所 is one of what a question calls 营业所.
NAMED_BY_THEIR_NOUN = (
    "街道|社区|作业区|营业所|派出所|网点|车站|车间|班组|队伍|代表队|事务所|学院|学校|高校|大学|中学|小学|医院|法院"
    "|法庭|支部|党支部|系|县"
    "|乡镇?|镇|村|市|省|省份|城市|消防站|服务站|工作站|救援站|站|队|科室?|处室?|研究所|研究院|银行|公司|企业|工厂"
    "|厂|协会|学会|商会|工会|俱乐部|出版社"
    "|杂志社|报社|机构|部门"
)
