"""What fits the shipped weights: samples whose answer is known, a loss and a calibration error checked by hand."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from scipy.optimize import check_grad

from scripts.fitting import ranking
from scripts.fitting.centres import parallel_questions
from scripts.fitting.samples import Sample, as_asked, swapped, with_near_misses
from yinju.evaluation.squad import SquadCorpus, SquadQuestion
from yinju.retriever import FEATURES

PARAGRAPH = "第一句说一九九八年。第二句说有12人参加。第三句没有数字。"
CORPUS = SquadCorpus(
    (PARAGRAPH,),
    (
        SquadQuestion("a", "有多少人参加？", 0, (("12人", PARAGRAPH.index("12人")),)),
        SquadQuestion("b", "第三句有数字吗？", 0, (("没有", PARAGRAPH.index("没有")),)),
        SquadQuestion("c", "谁来了？", 0, ()),
    ),
)


def test_without_near_misses_every_answer_stays_where_it_was() -> None:
    paragraphs, samples = with_near_misses(CORPUS, 0.0, Random(0))
    assert paragraphs == [PARAGRAPH]
    assert [sample.kind for sample in samples] == ["answerable", "answerable"]
    assert all(paragraphs[0][s.start : s.start + len(s.answers[0])] == s.answers[0] for s in samples if s.start)


def test_a_deleted_sentence_makes_a_near_miss_and_moves_the_other_answers() -> None:
    for seed in range(6):
        (paragraph,), samples = with_near_misses(CORPUS, 1.0, Random(seed))
        deleted = [sample for sample in samples if sample.kind == "deleted"]
        kept = [sample for sample in samples if sample.kind == "answerable"]
        assert len(deleted) == len(kept) == 1
        assert deleted[0].paragraph is None
        assert kept[0].start is not None
        assert paragraph[kept[0].start :].startswith(kept[0].answers[0])


def test_a_swapped_number_is_not_in_the_paragraph() -> None:
    sample = Sample("12人参加了什么？", "answerable", 0, 0, ("会议",))
    (found,) = swapped([sample], [PARAGRAPH], Random(0))
    assert found.kind == "swapped"
    assert found.paragraph is None
    assert "12人" not in found.question


def test_a_question_without_a_number_of_the_paragraph_is_not_swapped() -> None:
    asked = [Sample("99人参加了什么？", "answerable", 0, 0, ("会议",)), Sample("谁？", "answerable", 0, 0, ("人",))]
    assert list(swapped(asked, [PARAGRAPH], Random(0))) == []


def test_questions_without_an_answer_are_near_misses_people_wrote() -> None:
    kinds = sorted(sample.kind for sample in as_asked(CORPUS, 10, Random(0)))
    assert kinds == ["answerable", "answerable", "written"]


def choice(rows: list[list[float]], right: int) -> ranking.Choice:
    features = np.zeros((len(rows), len(FEATURES)), np.float32)
    features[:, : len(rows[0])] = rows
    mask = np.arange(len(rows)) == right
    return ranking.Choice(features, mask, mask)


def test_the_fit_finds_the_feature_that_tells() -> None:
    choices = [choice([[1, value], [0, 1 - value]], 0) for value in (0.0, 1.0)]
    weights = ranking.fit(choices)
    assert weights[FEATURES[0]] > 1
    assert weights[FEATURES[1]] == pytest.approx(0, abs=0.01)


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    passage = np.array([1, 1, 0, 0, 1], bool)
    sentence = np.array([1, 0, 0, 0, 1], bool)
    loss = ranking._Loss(rng.normal(size=(5, 3)), np.array([0, 3]), passage, sentence)
    assert check_grad(lambda w: loss(w)[0], lambda w: loss(w)[1], rng.normal(size=3)) < 1e-5


def test_the_questions_are_parallel() -> None:
    questions = parallel_questions()
    assert len(questions) == 20
    assert {len(set(texts)) for texts in questions.values()} == {40}
