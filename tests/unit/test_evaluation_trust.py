"""Citations, refusals and calibration, by hand."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.scored_library import QUESTIONS, ScoredLibrary
from yinju.evaluation import Evaluation, evaluate, figures, off_topic, read_questions
from yinju.evaluation.answers import Judgement
from yinju.evaluation.calibration import calibrate
from yinju.evaluation.plot import reliability_svg, wilson
from yinju.evaluation.questions import Question
from yinju.evaluation.squad import SquadCorpus, SquadQuestion
from yinju.evaluation.trust import Count, trust
from yinju.records import Answer


def judged(status: str, gold: int, kind: str = "fact", **rest: object) -> Judgement:
    sentences = tuple(f"第{number}句。" for number in range(gold))
    question = Question(id="q", question="？", kind=kind, lang="zh", evidence=sentences, answerable=gold > 0)
    return Judgement(question, status, **rest)  # type: ignore[arg-type]


def test_sentences_citations_and_refusals_are_counted() -> None:
    judgements = [
        judged("answered", 4, "list", evidence=0.5, precision=2 / 3, citations=3, confidence=0.9),
        judged("answered", 1, evidence=1.0, precision=1.0, citations=1, confidence=0.8),
        judged("not_found", 1, evidence=0.0, confidence=0.1),
        judged("answered", 0, "unanswerable", precision=0.0, citations=2, confidence=0.3),
        judged("not_found", 0, "unanswerable", confidence=0.05),
    ]
    found = trust(judgements, [True, True, None, False, False])
    everything, fact, listed, unanswerable, zh = found.groups
    assert (everything.name, everything.questions) == ("all", 5)
    assert everything.recall == Count(3, 6)
    assert everything.precision == Count(3, 6)
    assert everything.false_answers == Count(1, 2)
    assert everything.false_refusals == Count(1, 3)
    assert (fact.name, fact.recall, fact.false_refusals) == ("fact", Count(1, 2), Count(1, 2))
    assert (listed.name, listed.precision) == ("list", Count(2, 3))
    assert (unanswerable.recall.share, unanswerable.precision.share) == (None, 0.0)
    assert zh.name == "lang zh"
    # Of the six pairs, 0.1 loses to 0.3 alone.
    assert found.separation is not None
    assert found.separation.auroc == pytest.approx(5 / 6)
    assert found.calibration is not None
    assert found.calibration.count == 4
    assert found.figures()["false_answers"] == 50.0
    assert found.figures()["list.citation_recall"] == 0.5
    assert found.to_json()["ece"] == pytest.approx((0.1 + 0.2 + 0.3 + 0.05) / 4, abs=1e-3)


def test_nothing_to_measure_by_is_none() -> None:
    found = trust([judged("answered", 1, evidence=1.0, precision=1.0, citations=1)], [None])
    assert (found.separation, found.calibration) == (None, None)
    assert found.figures()["auroc"] is None
    assert found.figures()["ece"] is None
    assert found.to_json()["auroc_95"] is None


def test_calibration_error_by_hand() -> None:
    answers = [(0.9, True), (0.9, True), (0.8, True), (0.8, False), (0.2, False), (0.1, True)]
    found = calibrate(answers, bins=3)
    assert found is not None
    assert [(each.count, each.right) for each in found.bins] == [(2, 0.5), (2, 0.5), (2, 1.0)]
    assert [each.confidence for each in found.bins] == pytest.approx([0.15, 0.8, 0.9])
    assert found.error == pytest.approx((0.35 + 0.3 + 0.1) / 3)
    assert [each and each.count for each in found.tenths] == [None, 1, 1, None, None, None, None, None, 2, 2]
    assert calibrate([(1.0, True)]) is not None  # one is in the last tenth, and fewer answers than bins
    assert calibrate([]) is None


def test_a_bin_is_as_full_as_any_other() -> None:
    found = calibrate([(number / 100, True) for number in range(100)])
    assert found is not None
    assert {each.count for each in found.bins} == {6, 7}
    assert len(found.bins) == 15


def test_a_share_s_interval_is_wilson_s() -> None:
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-3)
    assert wilson(0.0, 10)[0] == 0.0
    assert wilson(1.0, 10)[1] == 1.0


def test_the_plot_is_a_picture_with_a_bar_for_each_tenth_and_a_dot_for_each_bin() -> None:
    found = calibrate([(0.05, False), (0.55, True), (0.95, True), (0.97, False)], bins=2)
    assert found is not None
    svg = ElementTree.fromstring(reliability_svg(found))
    names = [element.tag.rpartition("}")[2] for element in svg.iter()]
    assert names.count("rect") == 3 + 2  # bars; the background and the legend
    assert names.count("circle") == 2 + 1  # dots; the legend
    words = "".join(svg.itertext())
    assert "4 questions" in words
    assert "置信度" in words


# ------------------------------------------------------------------------------- over the set answers of a library


class Candid(ScoredLibrary):
    """Answers what the other library refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def ask(self, question: str, **rest: object) -> Answer:
        self.asked.append(question)
        return super().ask("开办了多少期青年夜校？", mode="extractive")


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(ScoredLibrary(), read_questions(QUESTIONS))


def test_what_was_refused_is_asked_again_without_a_threshold(evaluation: Evaluation) -> None:
    candid = Candid()
    asked_again = evaluate(ScoredLibrary(), read_questions(QUESTIONS), candid=candid)
    assert asked_again.judgements == evaluation.judgements
    refused = [j.question for j in evaluation.judgements if j.status == "not_found" and j.question.answerable]
    assert candid.asked == [question.question for question in refused]
    pairs = zip(asked_again.judgements, asked_again.shown, evaluation.shown, strict=True)
    for judgement, again, alone in pairs:
        if judgement.question in refused:
            assert alone is None
            assert again is not None
        else:
            assert again == alone


def test_right_is_an_answer_given_with_a_citation_that_holds_it(evaluation: Evaluation) -> None:
    for judgement, shown in zip(evaluation.judgements, evaluation.shown, strict=True):
        if judgement.answered:
            assert shown == (judgement.question.answerable and judgement.answer and (judgement.precision or 0) > 0)
    assert {True, False, None} == set(evaluation.shown)


def test_figures_have_one_name_each(evaluation: Evaluation) -> None:
    named = figures(evaluation)
    assert {
        "hit1",
        "load",
        "near_miss.auroc",
        "honesty.errors",
        "latency_ms.p50",
        "passage_chars_median",
    } <= named.keys()
    assert {"citation_recall", "false_answers", "auroc", "ece"} <= named.keys()
    assert any(name.startswith("lang.") and name.endswith(".hit1") for name in named)
    assert not any(" " in name or isinstance(value, list | dict) for name, value in named.items())


def test_off_topic_questions_are_the_same_at_every_call_and_never_blank() -> None:
    asked = tuple(SquadQuestion(str(i), " " if i % 50 == 0 else f"问题{i}？", 0, ()) for i in range(300))
    corpus = SquadCorpus(("段落。",), asked)
    found = off_topic(corpus)
    assert found == off_topic(corpus)
    assert 190 <= len(found) <= 200
    assert {(each.kind, each.lang, each.answerable) for each in found} == {("unanswerable", "zh", False)}
    assert all(each.id.startswith("offtopic-q") and each.question.strip() for each in found)
    assert found[0].question != "问题1？"  # shuffled
