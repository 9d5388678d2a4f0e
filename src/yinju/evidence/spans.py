"""The characters in a sentence that may answer a question of a given kind."""

from __future__ import annotations

import re

from yinju.evidence.expected import Kind
from yinju.records import Span

_HAN = "\u4e00-\u9fff"
_FIGURES = "一二三四五六七八九十百千万亿两零〇"
_UNITS = (
    "人次 场次 人 名 位 个 家 户 支 期 次 场 届 项 件 篇 份 条 部 本 册 张 所 座 间 处 台 辆 架 艘 套 批 类 "
    "种 级 层 倍 成 等奖 "
    "年 个月 月 周 天 日 小时 分钟 秒 岁 周年 元 美元 欧元 公里 千米 平方公里 平方米 立方米 米 厘米 毫米 公顷 "
    "亩 吨 公斤 千克 克 "
    "度 摄氏度 票 分 枚 颗 只 头 匹 棵 株 门 课 节 字 页 集 首 幅 段 轮 队 组 班 村 镇 县 市 省 国家 国 "
    "个百分点 百分点 千瓦时 千瓦 "
    "円 件 名 校 社 년 명 개 회 건 원 단체"
)
_UNIT = "|".join(sorted(set(_UNITS.split()), key=len, reverse=True))
_MAGNITUDE = "[十百千万亿]{0,3}"
_ARABIC = rf"\d+(?:,\d{{3}})*(?:\.\d+)?{_MAGNITUDE}(?:\s?[%％‰])?"
_ABOUT = r"(?:第|约|近|超过|超|逾)?"
# A Chinese figure counts only with a unit or an ordinal mark: 一致 and 统一 are words. 五大行动 keeps what it counts.
_NUMBER = re.compile(
    rf"{_ABOUT}{_ARABIC}(?:\s?(?:至|到|—|–|-|~|～)\s?{_ARABIC})?[余多来]?(?:\s?(?:{_UNIT})[余多]?)?(?:大[{_HAN}]{{2}})?"
    rf"(?:\s?(?-i:[A-Z]?[a-z]{{1,14}}))?"
    rf"|百分之[{_FIGURES}点]+|[{_FIGURES}]+分之[{_FIGURES}]+|第[{_FIGURES}]+(?:{_UNIT})?"
    rf"|{_ABOUT}[{_FIGURES}]*[{_FIGURES.replace('〇', '')}][余多来]?(?:{_UNIT})"
    rf"|(?<!最)[二两三四五六七八九十]大[{_HAN}]{{2}}|翻[一两]?番|翻倍"
    r"|(?i:\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|hundreds?|thousands?|"
    r"millions?|half|dozens?|twice)\b(?:\s[a-z]{2,14})?)"
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH = rf"(?:{_MONTHS}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.)"
_YEAR_FIGURES = "[〇零一二三四五六七八九]"
_DATE = re.compile(
    r"\d{4}\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号](?:[至到—-](?:\d{1,2}月)?\d{1,2}日)?|[上中下]旬"
    r"|[初底末])?|[深初末底]?[春夏秋冬]|[初底末])?"
    r"|\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号](?:[至到—-](?:\d{1,2}月)?\d{1,2}日)?|[上中下]旬|[初底末]|份)?"
    rf"|{_YEAR_FIGURES}{{4}}年(?:[{_FIGURES}]{{1,3}}月(?:[{_FIGURES}]{{1,3}}[日号])?)?"
    rf"|[{_FIGURES}]{{1,2}}月[{_FIGURES}]{{1,3}}[日号]"
    r"|(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|(?<![\d,.])(?:1[5-9]|20)\d{2}(?!\d|[,.]\d)(?=[^\w]|$|\s?년)(?:\s?년)?"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?)?\b{_MONTH}(?!\w)(?:\s\d{{1,2}}(?:st|nd|rd|th)?(?!\d))?(?:,?\s\d{{4}})?"
)
_TITLE = re.compile(r"《[^》\n]{1,80}》|“[^”\n]{1,60}”|「[^」\n]{1,60}」|『[^』\n]{1,60}』|\"[^\"\n]{1,60}\"")
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌马苗方"
    "俞任袁柳鲍史唐费岑薛雷贺倪汤"
    "罗毕郝邬安常乐于傅皮卞齐康伍余元顾孟黄穆萧尹姚邵汪毛狄米贝明臧计成戴宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季贾"
    "路娄江童颜郭梅盛林刁钟"
    "徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房丁邓洪包左石崔龚程邢裴陆荣翁曲侯段侬焦谷车叶白蒲鄂温庄晏柴瞿阎连习向"
    "古易廖耿匡文寇欧聂曾关"
    "游"
)
_OFFICES = (
    "书记 主席 主任 部长 厅长 局长 处长 所长 院长 校长 会长 馆长 站长 队长 厂长 经理 董事长 "
    "教授 同志 委员 省长 市长 县长 区长 镇长 村长 导演 作家 作者 演员 选手 总统 总理 记者 "
    "老师 医生 研究员 工程师 院士 代表 主编"
)
_AFTER_OFFICE = "|".join(f"(?<={office})" for office in _OFFICES.split())
# What follows a name where no office stands before it.
_AFTER_NAME = (
    r"(?:同志|教授|先生|女士|书记|主任|老师|院士|等|指出|强调|表示|介绍|认为|说|出席|主持|率|任|担任|当选"
    r"|荣获|获|围绕|以《|以“|在|为|、|，|。|）|和|与|$)"
)
# The characters foreign names are written with; 工会·劳模 is no name.
_TRANSLITERATED = (
    "阿艾安奥巴白拜班保鲍贝本比彼边别宾波伯博布查达大戴丹道德登邓迪蒂丁杜多厄恩尔法范菲费芬冯佛弗福夫盖冈高戈"
    "哥格葛根古哈海汉豪赫亨洪侯胡华怀霍基吉加"
    "贾杰金卡凯坎康考柯科可克肯库夸拉腊莱赖兰朗劳勒雷蕾里丽利莉莲廉良列林琳刘龙隆卢鲁伦罗洛吕马玛迈麦曼芒梅门"
    "蒙米密明缪摩莫默姆穆娜纳乃南瑙内"
    "妮尼涅纽努诺欧帕潘庞佩彭皮珀蒲普齐奇强乔切琼丘让热日茹儒瑞若撒萨塞赛桑瑟森莎沙山尚绍舍什圣施史舒朔斯丝松"
    "苏所索塔泰坦汤唐陶特滕提"
    "廷图托陀瓦万旺威韦维伟魏温文翁沃乌伍西希夏香肖谢辛欣休修许雅亚延扬耶叶伊易因英尤于约泽扎詹珍芝"
    "治盛顿朱兹佐"
)
_PERSON = re.compile(
    rf"(?:{_AFTER_OFFICE})[{_SURNAMES}](?:[{_HAN}]{{1,2}}(?={_AFTER_NAME})|[{_HAN}]{{2}})"
    rf"|(?<![{_HAN}\d])(?!常务)[{_SURNAMES}][{_HAN}]{{1,2}}(?={_AFTER_NAME})"
    rf"|(?<=[由是、])[{_SURNAMES}][{_HAN}]{{1,2}}(?={_AFTER_NAME})"
    rf"|[{_TRANSLITERATED}]{{1,8}}(?:·[{_TRANSLITERATED}]{{1,8}})+"
    r"|\b[A-Z][\w'’-]+(?:\s(?:(?:[A-Z]\.|van|von|de|da|bin|al)\s)*[A-Z][\w'’-]+)+"
)
# No body's name holds these. 和 and 与 may stand inside one (中央和国家机关), never after its last word.
_NOT_IN_NAME = (
    "由|在(?!线)|把|被|对(?!外)|向|从|以(?!色)|是|的|了|着|让|使|为(?!民)|将|等|派出|举办|召开|主办|协办|承办"
    "|组织召|组织开|组织实|开展|联合|探索|推行|打造|"
    "创新|围绕|聚焦|实施|安排|推动|推进|完善|坚持|通过|成立|建成|建立|印发|表彰|表扬|评选|帮助|督导|指导|带领"
    "|参加|出席|赴|走进|深入"
)
_SUFFIX = (
    "委员会 党支部 支部 党委 党组 工委 纪委 监委 总队 支队 大队 中队 救援站 服务站 工作站 派出所 "
    "办公厅 办公室 工会 协会 学会 妇联 公司 集团 大学 学院 党校 学校 中学 小学 幼儿园 "
    "医院 银行 法院 检察院 研究所 研究院 研究室 出版社 杂志社 报社 分社 合作社 机关 中心 俱乐部 "
    "省委 市委 县委 政府 人大 政协 组织部 宣传部 统战部"
)
_BODY_END = "|".join(sorted(_SUFFIX.split(), key=len, reverse=True))
_ORGANIZATION = re.compile(
    rf"(?:(?![和与及跟同、])(?:(?!{_NOT_IN_NAME})[{_HAN}A-Za-z·]){{0,14}}?"
    rf"(?:(?:{_BODY_END})(?!员|长|化|党建|工作|建设|事务)|(?<![大客餐前])厅(?!长|局级|级)"
    rf"|(?<![当结布格全])局(?!长|面|部|势)"
    r"|(?<![举主协承开创经包筹兴督])办(?![公事理法学成开好信])|(?<=团)[省市县]委"
    r"|(?<=[信宣综组业财人政秘])[\u4e00-\u9fff]?[处科](?!长|理|于|在)))+"
    r"|\b(?!The\b)[A-Z][\w&.'’-]+(?:\s(?:(?:of|for|on|in|and)\s(?:the\s)?(?<!and the ))?[A-Z][\w&.'’-]+)+"
)
_PLACE = re.compile(
    rf"(?:(?![在于从到由往至自])(?!位于|来自|召开)[{_HAN}]){{1,7}}?(?:自治区|自治州|地区|开发区|广场|大厦"
    rf"|会议中心|体育馆|礼堂|省|市|县|区|镇|乡|村|州|洲|岛|港|湖)"
    rf"(?![委厅直长级])|(?:(?<=在)|(?<=位于)|(?<=来自)|(?<=赴))[{_HAN}]{{2,8}}?(?=召开|举[行办]|开[幕展]|成立"
    rf"|建|设|进行|启动|发布|落户|[，。、）]|$)"
    r"|(?:(?<=\bin )|(?<=\bat )|(?<=\bnear )|(?<=\bfrom ))(?:the )?[A-Z][\w-]+(?:\s[A-Z][\w-]+)*"
)
_PATTERNS: dict[Kind, re.Pattern[str] | None] = {
    "number": _NUMBER,
    "date": _DATE,
    "title": _TITLE,
    "person": _PERSON,
    "organization": _ORGANIZATION,
    "place": _PLACE,
    "other": None,
}
_SHORTEST_BODY = 3  # characters; 机关 or 支队 alone names nobody
_QUOTATION_MARKS = '《》“”「」『』" \n'


def candidates(text: str, kind: Kind) -> list[Span]:
    """Spans of `text` of that kind, in order, without quotation marks around them; none for "other"."""
    pattern = _PATTERNS[kind]
    found = [] if pattern is None else [match.span() for match in pattern.finditer(text)]
    if kind == "number":
        dates = [match.span() for match in _DATE.finditer(text)]
        found = [span for span in found if not any(start <= span[0] < end for start, end in dates)]
    bare = (_bare(text, *span) for span in found)
    shortest = _SHORTEST_BODY if kind == "organization" else 1
    return [span for span in bare if span.end - span.start >= shortest]


def _bare(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip(_QUOTATION_MARKS))
    return Span(start, max(start, start + len(inner.strip(_QUOTATION_MARKS))))
