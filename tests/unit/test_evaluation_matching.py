from __future__ import annotations

import pytest

from yinju.evaluation.matching import contains, flat, holds_evidence, normal, shares_half

SENTENCE = "开办青年夜校121期，覆盖青年6000余人次。"


@pytest.mark.parametrize(
    "text, answer",
    [
        ("覆盖青年６０００余人次", "6000余人次"),
        ("主题是《清风润家》。", "清风润家"),
        ("培训41.4万人次", "41.4万人次"),
        ("The FOURTH Plenum", "fourth plenum"),
        ("2 月 5 日", "2月5日"),
        ("共121。", "121"),
    ],
)
def test_an_answer_is_found_however_it_is_written(text: str, answer: str) -> None:
    assert contains(text, answer)


@pytest.mark.parametrize(
    "text, answer",
    [("121期", "21期"), ("4321", "432"), ("41.4万", "4万"), ("3.14", "3"), ("0.5", "5"), ("夜校", "党校")],
)
def test_a_number_must_stand_there_whole(text: str, answer: str) -> None:
    assert not contains(text, answer)


def test_points_and_commas_count_between_digits_alone() -> None:
    assert normal("1,572 场. 次，") == "1,572场次"
    assert flat(" 一\n二\u3000三 ") == "一二三"


def test_half_of_a_sentence_is_half_of_its_windows() -> None:
    assert shares_half("abcdefghij", "abcdefghi")  # 2 windows of 3
    assert not shares_half("abcdefghijk", "abcdefgh")  # 1 window of 4
    assert shares_half("短句", "一个短句。")
    assert not shares_half("短句", "别的")


def test_a_whole_evidence_sentence_is_enough() -> None:
    assert holds_evidence("前文。" + SENTENCE.replace("，", "，\n"), [SENTENCE], [], all_of=False)
    assert not holds_evidence(SENTENCE[:-1], [SENTENCE], [], all_of=False)


def test_half_a_sentence_needs_the_answer_beside_it() -> None:
    part = SENTENCE[3:-1]
    assert holds_evidence(part, [SENTENCE], ["121期"], all_of=False)
    assert holds_evidence(part, [SENTENCE], ["121期", "没有的"], all_of=False)
    assert not holds_evidence(part, [SENTENCE], ["121期", "没有的"], all_of=True)
    assert not holds_evidence("121期", [SENTENCE], ["121期"], all_of=False)
    assert not holds_evidence(part, [], ["121期"], all_of=False)
