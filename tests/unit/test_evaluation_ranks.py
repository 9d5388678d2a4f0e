"""Ranks by hand, and what a search's channels find over vectors that can be computed by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.fakes import CharacterEncoder
from tests.squad import squad
from yinju.errors import InvalidRequest
from yinju.evaluation import retrieval
from yinju.evaluation.ranks import figures, mean
from yinju.evaluation.retrieval import CHANNELS, LONGEST_PARAGRAPH, evaluate_retrieval, plan
from yinju.evaluation.squad import SquadCorpus, SquadQuestion, read_squad

PARAGRAPHS = ("甲乙丙丁。", "戊己庚辛。", "壬癸子丑。")


def corpus(*questions: tuple[str, int], paragraphs: tuple[str, ...] = PARAGRAPHS) -> SquadCorpus:
    asked = [SquadQuestion(f"q{number}", text, own, ()) for number, (text, own) in enumerate(questions)]
    return SquadCorpus(paragraphs, tuple(asked))


def test_recall_and_reciprocal_rank_by_hand() -> None:
    found = {name: figure.value for name, figure in figures([1, 2, 4, 10, None]).items()}
    assert found == {
        "recall@1": pytest.approx(0.2),
        "recall@3": pytest.approx(0.4),
        "recall@5": pytest.approx(0.6),
        "recall@10": pytest.approx(0.8),
        "mrr@10": pytest.approx((1 + 1 / 2 + 1 / 4 + 1 / 10) / 5),
    }
    assert figures([11])["mrr@10"].value == 0


def test_an_interval_is_that_of_the_mean_and_the_same_at_every_call() -> None:
    values = np.array([1.0] * 80 + [0.0] * 20)
    figure = mean(values)
    assert figure == mean(values)
    # The normal approximation: 0.8 ± 1.96 √(0.8 · 0.2 / 100).
    assert figure.low == pytest.approx(0.7216, abs=0.015)
    assert figure.high == pytest.approx(0.8784, abs=0.015)
    assert mean(np.ones(5)).to_json() == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_equal_paragraphs_are_one_passage() -> None:
    search = plan(corpus(("甲", 0), ("乙", 2), paragraphs=("甲乙。", "丙。", "甲乙。")))
    assert search.passages == ("甲乙。", "丙。")
    assert [own for _, own in search.questions] == [0, 0]


def test_questions_of_another_file_are_asked_by_their_ids() -> None:
    wording = SquadCorpus((), (SquadQuestion("q1", "second ", 0, ()), SquadQuestion("q9", "no such", 0, ())))
    search = plan(corpus(("甲", 0), ("己", 1)), wording)
    assert search.questions == (("second", 1),)
    assert search.left_out == {"missing": 1}


def test_what_can_t_be_asked_is_left_out_and_counted() -> None:
    questions = (SquadQuestion("a", " ", 0, ()), SquadQuestion("b", "甲", 0, (), impossible=True))
    search = plan(SquadCorpus(PARAGRAPHS, (*questions, SquadQuestion("c", "甲", 0, ()))))
    assert search.questions == (("甲", 0),)
    assert search.left_out == {"blank": 1, "impossible": 1}
    with pytest.raises(InvalidRequest, match=r"No question is left to ask \(1 impossible, 1 blank\)"):
        plan(SquadCorpus(PARAGRAPHS, questions))


@pytest.mark.parametrize("paragraph", ["", " \n", "长" * (LONGEST_PARAGRAPH + 1)])
def test_a_paragraph_that_can_t_be_a_passage_is_refused(paragraph: str) -> None:
    with pytest.raises(InvalidRequest, match="Correct or split it"):
        plan(corpus(("甲", 0), paragraphs=(paragraph,)))


def test_articles_are_cut_as_documents_are_and_come_after_the_paragraphs() -> None:
    search = plan(corpus(("甲", 0)), articles=["".join(f"第{i}句话。" for i in range(200)), "甲乙丙丁。"])
    assert search.passages[:3] == PARAGRAPHS
    assert len(search.passages) > 4  # some 1,200 characters are several passages
    assert max(map(len, search.passages)) <= 700
    assert search.passages.count("甲乙丙丁。") == 1


@pytest.mark.parametrize("exhaustive", [0, 1000])
def test_each_channel_ranks_by_itself(monkeypatch: pytest.MonkeyPatch, exhaustive: int) -> None:
    monkeypatch.setattr(retrieval, "EXHAUSTIVE", exhaustive)
    told: list[tuple[str, int, int]] = []
    search = plan(corpus(("丙丁", 0), ("庚辛", 1), ("zz", 2)))
    found = evaluate_retrieval(search, CharacterEncoder(dimension=1009), lambda *call: told.append(call))
    assert (found.passages, found.questions, tuple(found.channels)) == (3, 3, CHANNELS)
    recall = {channel: figures["recall@1"].value for channel, figures in found.channels.items()}
    assert recall["lexical"] == pytest.approx(2 / 3)  # nothing holds the word zz
    assert recall["dense"] == recall["late"] == recall["fused"] == pytest.approx(2 / 3)  # all score 0: the first row
    assert found.channels["late"]["recall@3"].value == 1
    assert found.channels["lexical"]["recall@10"].value == pytest.approx(2 / 3)
    assert told[-1] == ("ask", 3, 3)
    assert ("encode", 3, 3) in told


def test_written_are_fractions_with_their_intervals() -> None:
    found = evaluate_retrieval(plan(corpus(("丙丁", 0))), CharacterEncoder()).to_json()
    assert set(found) == {"passages", "questions", "channels"}
    channels = found["channels"]
    assert isinstance(channels, dict)
    assert set(channels["late"]) == {"recall@1", "recall@3", "recall@5", "recall@10", "mrr@10"}
    assert channels["late"]["recall@1"] == {"value": 1.0, "low": 1.0, "high": 1.0}


# --------------------------------------------------------------------------------------------------- the files


def test_a_file_is_read_with_or_without_its_wrapper(tmp_path: Path) -> None:
    file = squad(tmp_path / "q.json", ("甲乙。", ["甲？", "乙？"]), ("丙。", ["丙？"]))
    found = read_squad(file)
    assert found.paragraphs == ("甲乙。", "丙。")
    assert [(each.question, each.paragraph) for each in found.questions] == [("甲？", 0), ("乙？", 0), ("丙？", 1)]
    bare = tmp_path / "bare.json"
    bare.write_text(file.read_text("utf-8").removeprefix('{"data": ').removesuffix("}"), "utf-8-sig")
    assert read_squad(bare) == found


def test_impossible_may_be_a_word(tmp_path: Path) -> None:
    file = tmp_path / "q.json"
    flags = ("true", '"true"', '"false"', "false")
    asked = ", ".join(f'{{"id": {i}, "question": "?", "is_impossible": {flag}}}' for i, flag in enumerate(flags))
    file.write_text(f'[{{"paragraphs": [{{"context": "c", "qas": [{asked}]}}]}}]', "utf-8")
    assert [each.impossible for each in read_squad(file).questions] == [True, True, False, False]


@pytest.mark.parametrize(
    "text, message",
    [
        ("{broken", "not a question file"),
        ("3", "not a question file"),
        ('{"questions": []}', "a part has no 'data'"),
        ('[{"paragraphs": [{"context": "c"}]}]', "a part has no 'qas'"),
        ('[{"paragraphs": [{"context": 3, "qas": []}]}]', "context is 3"),
        ('[{"paragraphs": [{"context": "c", "qas": [{"id": 1}]}]}]', "a part has no 'question'"),
        ('[{"paragraphs": [{"context": "c", "qas": [3]}]}]', "not a question file"),
    ],
)
def test_a_file_of_another_format_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "q.json"
    file.write_text(text, "utf-8")
    with pytest.raises(InvalidRequest, match=message):
        read_squad(file)


def test_a_file_that_is_missing_or_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="can't be read"):
        read_squad(tmp_path / "none.json")
    (tmp_path / "gbk.json").write_bytes('["夜校"]'.encode("gb18030"))
    with pytest.raises(InvalidRequest, match="not a question file"):
        read_squad(tmp_path / "gbk.json")
