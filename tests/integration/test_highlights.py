"""Which of a sentence's figures, dates and names answers, by the real model's alignment."""

from __future__ import annotations

import pytest

from yinju.encoder import Encoder
from yinju.evidence.expected import expected
from yinju.evidence.highlights import highlights
from yinju.question import prepare

LIBRARY = "图书馆去年举办讲座86场，听众达9400余人次，新购图书1.2万册。"
VOLUNTEERS = "社区组织312名志愿者结对帮助145名独居老人。"
FAIR = "3月8日，第七届农产品博览会在银川开幕，设展位520个，3月15日闭幕。"


@pytest.mark.parametrize(
    "asked, sentence, mark",
    [
        ("办了多少场讲座？", LIBRARY, "86场"),
        ("讲座吸引了多少听众？", LIBRARY, "9400余人次"),
        ("买了多少新书？", LIBRARY, "1.2万册"),
        ("How many lectures were given?", LIBRARY, "86场"),
        ("How many people listened to the lectures?", LIBRARY, "9400余人次"),
        ("How many books were bought?", LIBRARY, "1.2万册"),
        ("Combien de livres ont été achetés ?", LIBRARY, "1.2万册"),
        ("講座は何回開かれましたか？", LIBRARY, "86场"),
        ("有多少独居老人得到帮助？", VOLUNTEERS, "145名"),
        ("How many volunteers were there?", VOLUNTEERS, "312名"),
        ("Сколько одиноких пожилых людей получили помощь?", VOLUNTEERS, "145名"),
        ("博览会哪天开幕？", FAIR, "3月8日"),
        ("博览会什么时候闭幕？", FAIR, "3月15日"),
        ("When did the fair close?", FAIR, "3月15日"),
        ("博览会在哪里举办？", FAIR, "银川"),
        ("这是第几届博览会？", FAIR, "第七届"),
        ("¿Cuántos puestos había?", FAIR, "520个"),
    ],
)
def test_the_figure_that_answers_is_marked(encoder: Encoder, asked: str, sentence: str, mark: str) -> None:
    question, tokens = prepare(asked, encoder), next(iter(encoder.encode_passages([sentence])))
    similar = question.encoding.tokens @ tokens.tokens.T
    found = highlights(sentence, question, expected(asked), similar, tokens.offsets)
    assert [span.of(sentence) for span in found] == [mark]
