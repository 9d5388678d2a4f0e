"""The real model over the real report: what every answer must hold, whatever is asked."""

from __future__ import annotations

import pytest

from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.library import CATALOGUE, Library
from yinju.passages import document_sentences, sentence_spans
from yinju.records import Answer, Turn

ASKED = [
    "开办了多少期青年夜校？",
    "第十一届书画展展出了多少件作品？",
    "哪个党支部探索了“三见”工作法？",
    "《深学细悟党的二十届四中全会精神》的题目下是谁作的阐述？",
    "各單位自主舉辦了多少場培訓班？",
    "How many issues of the youth night school were run?",
    "Combien d'enfants laissés à l'arrière sont accompagnés ?",
    "Какой партийный филиал создал платформу?",
    "青年夜間学校は何期開かれましたか？",
    "火星上有没有水？",
    "？？？",
    "😀",
    "a" * 2000,
    "支部" * 1000,
]


@pytest.fixture(scope="module")
def lenient(library: Library, encoder: Encoder) -> Library:
    """The same index, refusing nothing: evidence is what is tested, not its calibration."""
    settings = library._settings.model_copy(update={"min_confidence": 0.0})
    return Library(settings, Catalogue(settings.index / CATALOGUE), encoder)


def check(answer: Answer, library: Library) -> None:
    assert 0 <= answer.confidence <= 1
    assert (answer.status == "answered") == (answer.confidence >= library._settings.min_confidence)
    assert (answer.status == "answered") == bool(answer.citations) == (answer.reason is None)
    scores = [hit.score for hit in answer.passages]
    assert scores == sorted(scores, reverse=True)
    for hit in answer.passages:
        text = library.document(hit.passage.document_id).text
        assert hit.passage.text == text[hit.passage.start : hit.passage.end]
        assert len(hit.passage.text) <= 700
        assert all(0 <= value <= 1 for value in (hit.score, *hit.signals.values()))
    for number, cited in enumerate(answer.citations, start=1):
        document = library.document(cited.document_id)
        assert cited.number == number
        assert cited.quote == document.text[cited.start : cited.end]
        assert cited.text_sha256 == document.text_sha256
        low, high = (int(offset) for offset in cited.passage_id.rsplit(":", 1)[1].split("-"))
        assert low <= cited.start < cited.end <= high
        sentences = sentence_spans(document_sentences(document.blocks, document.text), document.text, low, high)
        assert len(cited.quote) <= 400
        assert (cited.start, cited.end) in {(span.start, span.end) for span in sentences}
        for mark in cited.highlights:
            assert cited.start <= mark.start < mark.end <= cited.end
            assert mark.text == document.text[mark.start : mark.end]
    assert len({cited.quote for cited in answer.citations}) == len(answer.citations)


@pytest.mark.parametrize("question", ASKED)
def test_every_answer_holds_to_the_contract(library: Library, lenient: Library, question: str) -> None:
    for asked in (library, lenient):
        check(asked.ask(question), asked)


@pytest.mark.parametrize(
    "question, mark",
    [
        ("开办了多少期青年夜校？", "121期"),
        ("青年夜校覆盖了多少青年？", "6000余人次"),
        ("省直机关有多少名爱心妈妈？", "1096名"),
        ("各單位自主舉辦了多少場培訓班？", "1572场次"),
        ("探索“三见”工作法的是哪个党支部？", "省信访局办信处党支部"),
        ("How many issues of the youth night school were run?", "121期"),
    ],
)
def test_the_answer_is_marked_in_the_first_quote(lenient: Library, question: str, mark: str) -> None:
    assert [found.text for found in lenient.ask(question).citations[0].highlights] == [mark]


def test_a_follow_up_is_understood_from_what_was_said(lenient: Library) -> None:
    first = lenient.ask("开办了多少期青年夜校？")
    history = [Turn("user", "开办了多少期青年夜校？"), Turn("assistant", first.answer)]
    followed = lenient.ask("它覆盖了多少青年？", history=history)
    assert [mark.text for mark in followed.citations[0].highlights] == ["6000余人次"]


def test_a_new_topic_is_not_dragged_down_by_history(lenient: Library) -> None:
    history = [Turn("user", "开办了多少期青年夜校？"), Turn("assistant", "开办青年夜校121期。[1]" * 300)]
    question = "第十一届书画展展出了多少件作品？"
    alone, after = lenient.ask(question), lenient.ask(question, history=history)
    assert (after.citations, after.confidence) == (alone.citations, alone.confidence)
    assert [mark.text for mark in after.citations[0].highlights] == ["258件"]


def test_a_sentence_the_source_breaks_off_says_so(library: Library) -> None:
    answer = library.ask("新任省直部门机关纪委书记会议于何时召开？")
    first = answer.citations[0]
    assert first.cut
    assert first.quote.endswith("等")
    assert first.end in library.document(first.document_id).cuts()


def test_a_whole_sentence_is_not_marked_as_cut(library: Library) -> None:
    assert not library.ask("开办了多少期青年夜校？").citations[0].cut
