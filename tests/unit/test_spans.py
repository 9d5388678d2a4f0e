from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.evidence.expected import Kind
from yinju.evidence.spans import candidates

KINDS: list[Kind] = ["number", "date", "title", "person", "organization", "place", "contact", "other"]


@pytest.mark.parametrize(
    "kind, text, found",
    [
        ("number", "开办青年夜校121期，覆盖青年6000余人次，服务青年乐业乐享。", ["121期", "6000余人次"]),
        ("number", "自主举办各类培训班1572场次，培训党员干部41.4万人次。", ["1572场次", "41.4万人次"]),
        ("number", "组织1096名志愿者结对828名儿童。", ["1096名", "828名"]),
        ("number", "共有1,572家企业，占比达35.6%，增长三倍。", ["1,572家", "35.6%", "三倍"]),
        ("number", "连续第26年组织，第十一届展览展出258件作品。", ["第26年", "第十一届", "258件"]),
        ("number", "3至5人一组，历时3个月。", ["3至5人", "一组", "3个月"]),
        ("number", "百分之三十的企业参加，三分之二的人满意。", ["百分之三十", "三分之二"]),
        ("number", "实施五大行动，翻一番，40多家单位。", ["五大行动", "翻一番", "40多家"]),
        ("number", "10月10日召开会议，十余家单位。", ["十余家"]),
        ("number", "第5，100支队伍", ["第5", "100支"]),
        ("number", "The library lent 12,500 books to 3 schools in 2019.", ["12,500 books", "3 schools"]),
        ("number", "面积约1.2亿平方米，投资3万元。", ["约1.2亿平方米", "3万元"]),
        ("number", "统一思想，进一步一致行动。", []),
        ("date", "2024年深秋，10月27日至29日在武汉开会，2月5日动员。", ["2024年深秋", "10月27日至29日", "2月5日"]),
        ("date", "It opened on 10 October 2025 and closed on March 3.", ["10 October 2025", "March 3"]),
        ("date", "二〇二五年十月动工，三十年来。", ["二〇二五年十月"]),
        ("date", "2025-10-27发布，4月以来，7月上旬", ["2025-10-27", "4月", "7月上旬"]),
        ("date", "founded in 1998, with 2000 members", ["1998", "2000"]),
        ("title", "以《深学细悟》为题，围绕“强化协同”这一主题。", ["深学细悟", "强化协同"]),
        ("person", "常务副书记陈正祥以《深学》为题", ["陈正祥"]),
        ("person", "研究所所长周毅仁围绕“强化”进行阐述，王伟在会上发言。", ["周毅仁", "王伟"]),
        ("person", "省直工会深化“三进三讲·劳模近身边”，高质量发展。", []),
        ("person", "美国总统乔治·华盛顿说", ["乔治·华盛顿"]),
        ("person", "The director, Maria de Souza, spoke.", ["Maria de Souza"]),
        ("organization", "省公安厅交通管理总队指挥中心党支部创新打造平台。", ["省公安厅交通管理总队指挥中心党支部"]),
        (
            "organization",
            "由中央和国家机关工委旗帜杂志社、湖北省委直属机关工委联合举办的交流会",
            ["中央和国家机关工委旗帜杂志社", "湖北省委直属机关工委"],
        ),
        ("organization", "省发改委加力抓好投资，各级干部全部参加，省科技厅抓重点。", ["省科技厅"]),
        (
            "organization",
            "由湖北省委直属机关工委主办、新华社湖北分社协办的活动",
            ["湖北省委直属机关工委", "新华社湖北分社"],
        ),
        (
            "organization",
            "武汉市消防救援支队水果湖消防救援站党支部推行机制。",
            ["武汉市消防救援支队水果湖消防救援站党支部"],
        ),
        ("organization", "省信访局办信处党支部探索工作法", ["省信访局办信处党支部"]),
        ("organization", "团省委建成100支队伍。", ["团省委"]),
        ("organization", "省委金融办紧盯重点工作", ["省委金融办"]),
        (
            "organization",
            "The Ministry of Health and the University of Oslo agreed.",
            ["Ministry of Health", "University of Oslo"],
        ),
        ("place", "交流会在咸宁召开。", ["咸宁"]),
        ("place", "会议在武汉举行，来自河南省洛阳市的代表", ["武汉", "河南省洛阳市"]),
        ("place", "The concert was held in Hong Kong.", ["Hong Kong"]),
        ("place", "展览改在市民中心东侧开幕，新馆位于中山路19号。", ["市民中心东侧", "中山路19号"]),
        ("other", "开办青年夜校121期", []),
        ("number", "夜校花了3萬元，辦了12場，約五千餘人次。", ["3萬元", "12場", "約五千餘人次"]),
        ("date", "每週二開放，9點半集合。", ["每週二", "9點半"]),
        ("person", "研究所所長陳正祥圍繞“強化”進行闡述。", ["陳正祥"]),
        ("organization", "由省圖書館主辦，遠景公司協辦。", ["省圖書館", "遠景公司"]),
        ("place", "展覽在體育館舉行。", ["體育館"]),
        ("number", "提高3个百分点，占百分比。", ["3个百分点"]),
        ("title", "演出“\u3000春风 ”“ ”", ["春风"]),
        ("number", "乘3号线前往，共26个社区、38把椅子，用时4分10秒。", ["26个", "38把", "4分10秒"]),
        ("number", "师生比为1∶14，出勤率百分之九十九点五。", ["1∶14", "百分之九十九点五"]),
        ("number", "大家一起努力，全面推进，进一步提高。", []),
        ("date", "每周二、周五上午开放，3月5日前报名，4月至6月施工。", ["每周二、周五上午", "3月5日前", "4月至6月"]),
        ("date", "每晚八点至十点半巡查，分三点说明，上午9时30分集合。", ["每晚八点至十点半", "上午9时30分"]),
        (
            "contact",
            "咨询电话027-87654321，网址www.example.org，全年接听7.2万个。",
            ["027-87654321", "www.example.org"],
        ),
        ("person", "二等奖由馆员欧阳雪获得，护士丁兰现场演示。", ["欧阳雪", "丁兰"]),
        ("person", "该县高度重视，安全工作扎实，周三开会。", []),
        ("organization", "会议感谢市第一医院，移交公安机关，由远景公司捐赠。", ["市第一医院", "公安机关", "远景公司"]),
    ],
)
def test_each_kind_is_found_whole(kind: Kind, text: str, found: list[str]) -> None:
    assert [span.of(text) for span in candidates(text, kind)] == found


@given(st.text(alphabet="第一二三十12年月日期人，。“”《》·张王省公安厅党支部在 aAbB. \n"), st.sampled_from(KINDS))
def test_spans_are_in_order_inside_the_text_and_bare(text: str, kind: Kind) -> None:
    spans = candidates(text, kind)
    assert spans == sorted(spans, key=lambda span: span.start)
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
        assert not set(span.of(text)[0] + span.of(text)[-1]) & set("《》“”")


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_text_is_read_in_no_time(kind: Kind) -> None:
    """A pattern that tries every way to cut a run of characters would not come back."""
    started = perf_counter()
    for text in (
        "一" * 3000,
        "一二点" * 1000,
        "萬" * 3000,
        "9" * 3000,
        "省公安" * 1000,
        "Ab " * 1000,
        "张·" * 1000,
        "“" * 3000,
    ):
        candidates(text, kind)
    assert perf_counter() - started < 2.0
