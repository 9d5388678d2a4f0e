"""From found passages to an answer: what is quoted, what is marked, when it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.documents import ENCODER, ORIGIN, draft
from yinju import answering, retriever
from yinju.answering import Outcome, conclude, hits
from yinju.catalogue import Catalogue
from yinju.derived import Derived, open_derived
from yinju.question import prepare
from yinju.records import Turn

LONG = "开头说明，" + "甲乙丙丁戊己庚辛，" * 60 + "开办青年夜校121期，" + "子丑寅卯辰巳午未，" * 60 + "结束。"
TEXT = f"覆盖青年6000余人次。开办青年夜校121期。\n书画展展出258件作品。\n{LONG[:690]}"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "catalogue.db") as opened:
        opened.put(draft("年报.txt", TEXT, heading=("夜校",)), ORIGIN)
        yield opened


@pytest.fixture
def derived(catalogue: Catalogue, tmp_path: Path) -> Derived:
    return open_derived(catalogue, tmp_path / "derived", ENCODER.fingerprint)


def asked(text: str, derived: Derived, catalogue: Catalogue, threshold: float = 0.0) -> Outcome:
    question = prepare(text, ENCODER)
    return conclude(question, retriever.search(derived, question, 10), derived, catalogue.slice, threshold)


def sure(monkeypatch: pytest.MonkeyPatch, probability: float) -> None:
    monkeypatch.setattr(answering, "confidence", lambda _: probability)
    monkeypatch.setattr(answering, "topical", lambda _: probability)


def test_a_quote_is_the_stored_text_and_its_marks_lie_inside(catalogue: Catalogue, derived: Derived) -> None:
    outcome = asked("开办了多少期青年夜校？", derived, catalogue)
    assert outcome.reason is None
    for number, citation in enumerate(outcome.citations, start=1):
        assert citation.number == number
        assert citation.quote == TEXT[citation.start : citation.end]
        assert len(citation.quote) <= 400
        assert citation.text_sha256 == catalogue.summary(citation.document_id).text_sha256
        for mark in citation.highlights:
            assert mark.text == TEXT[mark.start : mark.end]
            assert citation.start <= mark.start < mark.end <= citation.end
    first = outcome.citations[0]
    assert (first.quote, [mark.text for mark in first.highlights]) == ("开办青年夜校121期。", ["121期"])
    assert (first.title, first.document_date, first.heading, first.page) == ("年报.txt", "2025-10", ("夜校",), 1)
    assert outcome.text.startswith("开办青年夜校121期。[1]")


def test_a_sentence_too_long_to_quote_is_cut_at_a_clause_mark_and_keeps_its_mark(
    catalogue: Catalogue, derived: Derived
) -> None:
    question = prepare("开办了多少期青年夜校？", ENCODER)
    found = [each for each in retriever.search(derived, question, 10) if each.passage.text.startswith("开头")]
    citation = conclude(question, found, derived, catalogue.slice, 0.0).citations[0]
    assert 350 < len(citation.quote) <= 400
    assert citation.quote == TEXT[citation.start : citation.end]
    assert TEXT[citation.start - 1] == "，"
    assert citation.quote.endswith("，") or citation.end == len(TEXT)
    assert [mark.text for mark in citation.highlights] == ["121期"]


@pytest.mark.parametrize("text", ["😀😀😀", "？？！", "...", "《》", "\x00", "\u200b"])
def test_a_question_of_no_words_is_about_nothing(
    text: str, catalogue: Catalogue, derived: Derived, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure(monkeypatch, 1.0)
    outcome = asked(text, derived, catalogue, threshold=0.1)
    assert (outcome.reason, outcome.confidence, outcome.citations) == ("off_topic", 0.0, ())


@pytest.mark.parametrize(
    "probability, threshold, answered",
    [
        (0.5, 0.5, True),
        (0.49994, 0.5, False),
        (0.49996, 0.5, True),  # shown as 0.5, so answered
        (0.0, 0.0, True),
        (1.0, 1.0, True),
        (0.99994, 1.0, False),
    ],
)
def test_it_answers_exactly_when_the_confidence_shown_reaches_the_threshold(
    catalogue: Catalogue,
    derived: Derived,
    monkeypatch: pytest.MonkeyPatch,
    probability: float,
    threshold: float,
    answered: bool,
) -> None:
    sure(monkeypatch, probability)
    outcome = asked("开办了多少期青年夜校？", derived, catalogue, threshold)
    assert (outcome.reason is None) == answered == (outcome.confidence >= threshold)
    assert bool(outcome.citations) == answered
    assert outcome.confidence == round(probability, 4)


@pytest.mark.parametrize("probability, reason", [(0.01, "off_topic"), (0.3, "no_evidence")])
def test_a_refusal_has_a_reason_and_quotes_nothing(
    catalogue: Catalogue, derived: Derived, monkeypatch: pytest.MonkeyPatch, probability: float, reason: str
) -> None:
    sure(monkeypatch, probability)
    outcome = asked("开办了多少期“星火夜校”？", derived, catalogue, 0.5)
    assert outcome.reason == reason
    assert outcome.citations == ()
    assert "121" not in outcome.text
    assert outcome.text.endswith("没有出现“星火夜校”。")


def test_a_low_threshold_leaves_nothing_off_topic(
    catalogue: Catalogue, derived: Derived, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure(monkeypatch, 0.02)
    assert asked("夜校？", derived, catalogue, 0.01).reason is None
    assert asked("夜校？", derived, catalogue, 0.03).reason == "off_topic"


def test_what_vanished_is_not_quoted(catalogue: Catalogue, derived: Derived) -> None:
    catalogue.remove(catalogue.documents()[0].id)
    outcome = asked("开办了多少期青年夜校？", derived, catalogue, 0.0001)
    assert outcome.reason is not None
    assert outcome.citations == ()
    assert outcome.confidence < 0.0001


def test_what_was_replaced_since_is_quoted_as_the_version_it_was_found_in(
    catalogue: Catalogue, derived: Derived
) -> None:
    before = asked("开办了多少期青年夜校？", derived, catalogue).citations
    catalogue.put(draft("年报.txt", "新。\n" + TEXT.replace("121", "122"), heading=("夜校",)), ORIGIN)
    after = asked("开办了多少期青年夜校？", derived, catalogue).citations
    assert before == after != ()
    for citation in after:
        quoted = catalogue.document(citation.document_id, citation.version)
        assert quoted.text[citation.start : citation.end] == citation.quote
        assert (citation.version, quoted.text_sha256) == (1, citation.text_sha256)


def test_one_vanished_quote_leaves_the_others_numbered_from_one(catalogue: Catalogue, derived: Derived) -> None:
    question = prepare("列举夜校和书画展", ENCODER)
    found = [
        replace(each, sentences=tuple(replace(sentence, score=5.0) for sentence in each.sentences))
        for each in retriever.search(derived, question, 10)
    ]
    gone = replace(found[0], text_sha256="another text")
    citations = conclude(question, [gone, *found[1:]], derived, catalogue.slice, 0.0).citations
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    assert {citation.passage_id for citation in citations} == {each.passage.id for each in found[1:]}


@pytest.mark.parametrize("text", ["？？？", "😀", "\u200b", "\u2003", "a" * 2000, "夜" * 2000, "多少", "\ud800"])
def test_anything_can_be_asked(catalogue: Catalogue, derived: Derived, text: str) -> None:
    for threshold in (0.0, 1.0):
        outcome = asked(text, derived, catalogue, threshold)
        assert (outcome.reason is None) == bool(outcome.citations) == (outcome.confidence >= threshold)
        assert outcome.text


def test_without_passages_found_it_is_refused(catalogue: Catalogue, derived: Derived) -> None:
    outcome = conclude(prepare("夜校？", ENCODER), [], derived, catalogue.slice, 0.5)
    assert (outcome.reason, outcome.confidence, outcome.citations) == ("off_topic", 0.0, ())


def test_an_empty_index_is_said_to_be_empty(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "empty.db") as catalogue:
        derived = open_derived(catalogue, tmp_path / "empty", ENCODER.fingerprint)
        outcome = conclude(prepare("What is it?", ENCODER), [], derived, catalogue.slice, 0.5)
    assert (outcome.reason, outcome.confidence, outcome.citations) == ("empty_index", 0.0, ())
    assert outcome.text.startswith("There is no report to search yet.")


@pytest.mark.parametrize("second", ["经年终复核，开办青年夜校120期。", "开办青年夜校一百二十一期。"])
def test_sources_that_disagree_are_both_quoted_and_the_reader_is_told(tmp_path: Path, second: str) -> None:
    text = f"全年开办青年夜校121期。\n书画展展出258件作品。\n{second}\n职工食堂添了三道菜。"
    question = prepare("开办了多少期青年夜校？", ENCODER)
    with Catalogue(tmp_path / "two.db") as catalogue:
        catalogue.put(draft("年报.txt", text, heading=("夜校",)), ORIGIN)
        derived = open_derived(catalogue, tmp_path / "two", ENCODER.fingerprint)
        outcome = conclude(question, retriever.search(derived, question, 10), derived, catalogue.slice, 0.0)
    differ = "120" in second
    notice = "\n来源中的说法不一：121期[1]、120期[2]。请核对原文。"
    assert outcome.text.endswith(notice) == ("说法不一" in outcome.text) == differ
    if differ:
        assert {each.quote for each in outcome.citations} == {"全年开办青年夜校121期。", second}
        assert [[mark.text for mark in each.highlights] for each in outcome.citations] == [["121期"], ["120期"]]
    for citation in outcome.citations:
        assert citation.quote == text[citation.start : citation.end]
        assert all(mark.text == text[mark.start : mark.end] for mark in citation.highlights)


def test_no_disagreement_is_told_of_a_thing_that_was_only_asked_about_before(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "disagreeing.db") as catalogue:
        catalogue.put(draft("a.txt", "全年开办青年夜校121期。\n全年开办青年夜校120期。\n老年夜校9期。"), ORIGIN)
        derived = open_derived(catalogue, tmp_path / "disagreeing", ENCODER.fingerprint)
        history = [Turn("user", "开办了多少期青年夜校？"), Turn("assistant", "121期[1]。")]
        question = prepare("那青年夜校呢？", ENCODER, history)
        assert question.asking != question.text
        outcome = conclude(question, retriever.search(derived, question, 10), derived, catalogue.slice, 0.0)
    assert "说法不一" not in outcome.text


def test_hits_keep_their_order_between_0_and_1(derived: Derived) -> None:
    found = retriever.search(derived, prepare("青年夜校", ENCODER), 10)
    extremes = [replace(found[0], score=1e6), *found, replace(found[0], score=-1e6)]
    scores = [hit.score for hit in hits(extremes)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1
    assert 0 <= scores[-1] < 1e-9


def test_a_quote_is_on_the_page_it_starts_on_not_on_that_of_its_passage(catalogue: Catalogue, tmp_path: Path) -> None:
    """Page 2 begins in the middle of the first passage, with its second sentence."""
    stored = draft("年报.txt", TEXT, heading=("夜校",))
    catalogue.put(replace(stored, reading=replace(stored.reading, pages=(0, TEXT.index("开办")))), ORIGIN)
    paged = open_derived(catalogue, tmp_path / "derived", ENCODER.fingerprint)
    cited = asked("开办了多少期青年夜校？", paged, catalogue, threshold=0.0).citations[0]
    assert (cited.quote, cited.page) == ("开办青年夜校121期。", 2)
    assert paged.passages.passage(0).page == 1
