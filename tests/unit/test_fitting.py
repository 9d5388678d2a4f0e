"""What fits the shipped weights: samples whose answer is known, a loss and a calibration error checked by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
import pytest
from scipy.optimize import check_grad

from scripts.fitting import centres, confidence, invented, ranking, run
from scripts.fitting.centres import parallel_questions
from scripts.fitting.samples import Sample, as_asked, swapped, with_near_misses
from tests.fakes import CharacterEncoder
from yinju.derived import Derived
from yinju.encoder import Encoding
from yinju.encoder.centring import ANY
from yinju.evaluation.corpus import indexed
from yinju.evaluation.squad import SquadCorpus, SquadQuestion
from yinju.evidence.confidence import FEATURES as CONFIDENCE_FEATURES
from yinju.progress import silent
from yinju.question import prepare
from yinju.retriever import FEATURES, search

ENCODER = CharacterEncoder()
ENDS = "。！？；”\n"

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
    assert [sample.document for sample in samples] == ["000000.txt"] * 2
    for sample in samples:
        (start,) = sample.starts
        assert paragraphs[0][start:].startswith(sample.answers[0])


def test_a_deleted_sentence_makes_a_near_miss_and_moves_the_other_answers() -> None:
    for seed in range(6):
        (paragraph,), samples = with_near_misses(CORPUS, 1.0, Random(seed))
        deleted = [sample for sample in samples if sample.kind == "deleted"]
        kept = [sample for sample in samples if sample.kind == "answerable"]
        assert len(deleted) == len(kept) == 1
        assert (deleted[0].document, deleted[0].starts) == (None, ())
        (start,) = kept[0].starts
        assert paragraph[start:].startswith(kept[0].answers[0])


def test_a_swapped_number_is_not_in_the_paragraph() -> None:
    sample = Sample("12人参加了什么？", "answerable", "000001.txt", (0,), ("会议",))
    (found,) = swapped([sample], ["没有。", PARAGRAPH], Random(0))
    assert (found.kind, found.document, found.starts, found.answers) == ("swapped", None, (), ())
    assert "12人" not in found.question


def test_a_question_without_a_number_of_the_paragraph_is_not_swapped() -> None:
    asked = [Sample(question, "answerable", "000000.txt", (0,), ("会议",)) for question in ("99人参加了什么？", "谁？")]
    assert list(swapped(asked, [PARAGRAPH], Random(0))) == []


def test_questions_without_an_answer_are_near_misses_people_wrote() -> None:
    kinds = sorted(sample.kind for sample in as_asked(CORPUS, 10, Random(0)))
    assert kinds == ["answerable", "answerable", "written"]


def choice(rows: list[list[float]], right: int) -> ranking.Choice:
    features = np.zeros((len(rows), len(FEATURES)), np.float32)
    features[:, : len(rows[0])] = rows
    mask = np.arange(len(rows)) == right
    return ranking.Choice(features, mask, mask)


def test_recall_is_how_often_a_right_passage_comes_first() -> None:
    choices = [choice([[1, 0], [0, 1]], right) for right in (0, 0, 1)]
    zero = dict.fromkeys(FEATURES, 0.0)
    assert ranking.recall(choices, {**zero, FEATURES[0]: 1.0}) == pytest.approx(2 / 3)
    assert ranking.recall(choices, {**zero, FEATURES[1]: 1.0}) == pytest.approx(1 / 3)


def test_the_fit_finds_the_feature_that_tells() -> None:
    choices = [choice([[1, value], [0, 1 - value]], 0) for value in (0.0, 1.0)]
    weights = ranking.fit(choices, [1.0, 1.0])
    assert weights[FEATURES[0]] > 1
    assert weights[FEATURES[1]] == pytest.approx(0, abs=0.01)


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    passage = np.array([1, 1, 0, 0, 1], bool)
    sentence = np.array([1, 0, 0, 0, 1], bool)
    loss = ranking._Loss(rng.normal(size=(5, 3)), np.array([0, 3]), passage, sentence, np.array([0.7, 0.3]))
    assert check_grad(lambda w: loss(w)[0], lambda w: loss(w)[1], rng.normal(size=3)) < 1e-5


def test_a_choice_counts_as_much_as_it_is_said_to() -> None:
    opposed = [choice([[1], [0]], right) for right in (0, 1)]
    assert ranking.fit(opposed, [1.0, 1.0])[FEATURES[0]] == pytest.approx(0, abs=0.01)
    assert ranking.fit(opposed, [3.0, 1.0])[FEATURES[0]] > 0.5


def test_the_gradient_is_that_of_the_loss_of_confidence() -> None:
    rng = np.random.default_rng(0)
    loss = confidence._Loss(np.hstack((rng.normal(size=(6, 2)), np.ones((6, 1)))), np.array([1.0, 0, 1, 0, 0, 1]))
    assert check_grad(lambda w: loss(w)[0], lambda w: loss(w)[1], rng.normal(size=3)) < 1e-5


def judged(kind: str, right: bool, **features: float) -> confidence.Judged:
    return confidence.Judged(kind, {**dict.fromkeys((*CONFIDENCE_FEATURES, "foreign"), 0.0), **features}, right)


def test_confidence_is_learned_within_its_signs() -> None:
    seen = [
        judged("answerable", True, dense=0.8, typed=0.0),
        judged("answerable", True, dense=0.9, typed=0.0),
        judged("written", False, dense=0.7, typed=1.0),
        judged("elsewhere", False, dense=0.1, typed=1.0),
    ]
    fitted = confidence.fit(
        [*seen, *(judged(each.kind, each.right, **{**each.features, "foreign": 1.0}) for each in seen)]
    )
    assert fitted["topic"]["same"]["dense"] > 0
    assert fitted["answer"]["same"]["typed"] == 0  # it tells here, but the wrong way round
    assert fitted["topic"]["foreign"] == fitted["topic"]["same"]


SAID = "全年开办夜校121期。覆盖青年6000余人次。"
OTHER = "书画展展出258件作品。"


@pytest.fixture
def index() -> Iterator[Derived]:
    with indexed([OTHER, SAID, SAID], ENCODER) as derived:
        yield derived


def chosen(index: Derived, sample: Sample) -> tuple[list[bool], list[bool]]:
    """Which of 258件, then twice 121期 and 6000余人次, is of a right passage; and which is a right sentence."""
    found = ranking.choice(index, prepare(sample.question, ENCODER), sample)
    assert found is not None
    assert found.features.shape == (5, len(FEATURES))
    return found.passage.tolist(), found.sentence.tolist()


def test_what_answers_is_the_sentence_of_the_document_named(index: Derived) -> None:
    sample = Sample("青年多少人次？", "answerable", "000002.txt", (SAID.index("6000"),), ("6000余人次",))
    assert chosen(index, sample) == ([False, False, False, True, True], [False, False, False, False, True])


def test_several_sentences_may_answer(index: Derived) -> None:
    sample = Sample("夜校？", "answerable", "000001.txt", (0, SAID.index("覆盖")), ("121期", "6000余人次"), all_of=True)
    assert chosen(index, sample)[1] == [False, True, True, False, False]


def test_nothing_is_chosen_where_no_candidate_answers(index: Derived) -> None:
    sample = Sample("夜校？", "answerable", "none.txt", (0,), ("121期",))
    assert ranking.choice(index, prepare(sample.question, ENCODER), sample) is None


@pytest.mark.parametrize(
    "answers, all_of, right",
    [
        (("121期",), False, True),
        (("121期", "百二十一期"), False, True),
        (("121期", "百二十一期"), True, False),
        (("258件",), False, False),
        ((), False, False),
        ((), True, False),
    ],
)
def test_an_answer_is_right_when_what_is_quoted_says_it(
    index: Derived, answers: tuple[str, ...], all_of: bool, right: bool
) -> None:
    question = "全年开办夜校多少期？"
    best = search(index, prepare(question, ENCODER), 1)[0]
    name = index.passages.document(best.row).name
    judged = confidence.judge(
        index, prepare(question, ENCODER), Sample(question, "answerable", name, (0,), answers, all_of)
    )
    assert judged is not None
    assert judged.right is right


def test_the_same_words_of_another_document_are_not_the_answer(index: Derived) -> None:
    question = prepare("全年开办夜校多少期？", ENCODER)
    judged = confidence.judge(index, question, Sample(question.text, "answerable", "000000.txt", (0,), ("121期",)))
    assert judged is not None
    assert not judged.right


def put(name: str, held_out: bool = False) -> run.Put:
    asked = [Sample(f"{number}", "answerable", f"{number:06d}.txt", (0,), ("期",)) for number in range(3)]
    samples = [*asked, *(Sample(f"别处{number}？", "elsewhere") for number in range(40))]
    return run.Put(name, partial(indexed, [OTHER, SAID, SAID]), samples, held_out)


def test_choices_are_of_what_has_an_answer_and_judgements_of_everything() -> None:
    assert len(list(run.choices(put("cmrc"), ENCODER, silent))) == 3
    kinds = Counter(each.found.kind for each in run.judgements(put("cmrc"), ENCODER, silent))
    assert kinds == {"answerable": 3, "elsewhere": 40}


def test_half_is_held_out_all_or_nothing() -> None:
    def share(name: str, held_out: bool = False) -> float:
        seen = list(run.judgements(put(name, held_out), ENCODER, silent))
        return sum(each.held_out for each in seen) / len(seen)

    assert 0.3 < share("cmrc") < 0.7
    assert share("reports") == 0
    assert share("reports-held-out", held_out=True) == 1


@pytest.mark.parametrize("folder, count", [(invented.FITTED, 20), (invented.HELD_OUT, 10)])
def test_every_question_on_the_reports_is_about_one_of_them(folder: Path, count: int) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}
    samples = invented.samples(folder)
    assert len(texts) == count
    assert {sample.kind for sample in samples} == {"answerable", "written"}
    assert {sample.document for sample in samples if sample.kind == "answerable"} == set(texts)
    for sample in samples:
        assert (sample.document is None) == (sample.kind == "written") == (sample.starts == ())
        assert all(
            texts[sample.document or ""][start - 1 : start].strip(" \u3000") in ("", *ENDS) for start in sample.starts
        )


def test_reports_are_indexed_whole_with_articles_beside_them(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text(SAID, encoding="utf-8")
    with invented.opened(tmp_path, ENCODER, articles=["新闻一则。", "新闻二则。"]) as index:
        names = [index.passages.document(row).name for row in range(len(index.passages))]
    assert sorted(names) == ["article-000001.txt", "article-000002.txt", "甲.txt"]


def test_small_talk_is_a_line_each() -> None:
    lines = invented.small_talk()
    assert len(lines) == len(set(lines)) > 50
    assert all(line.strip() == line != "" for line in lines)


class Skewed:
    """Tokens of two kinds in four dimensions, by whether a character's code point is a multiple of four."""

    fingerprint = "skewed"
    dimension = 4

    def encode_query(self, text: str) -> Encoding:
        tokens = [(0, 1, 0, 0) if ord(each) % 4 else (0, 0, 0, 1) for each in text]
        offsets = np.array([(i, i + 1) for i in range(len(text))], np.int32)
        return Encoding(np.array([1, 0, 0, 0], np.float32), np.array(tokens, np.float32), offsets)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        return map(self.encode_query, texts)


def test_the_axes_are_those_along_which_tokens_spread() -> None:
    found = centres.fit(Skewed(), {"zh": ["多少期？", "谁？"], "en": ["How many?"]}, [SAID, OTHER])
    assert found.axes is not None
    assert found.axes.shape == (2, 4)
    assert found.axes @ found.axes.T == pytest.approx(np.eye(2), abs=1e-5)
    # Two kinds of token, less their mean, differ along one line: (0, 1, 0, -1).
    assert np.abs(found.axes[0]) == pytest.approx([0, 0.5**0.5, 0, 0.5**0.5], abs=1e-3)
    assert set(found.queries) == set(found.passages) == {"zh", "en", ANY}


def test_the_questions_are_parallel() -> None:
    questions = parallel_questions()
    assert len(questions) == 20
    assert {len(set(texts)) for texts in questions.values()} == {40}
