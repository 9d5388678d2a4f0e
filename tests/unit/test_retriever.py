"""Ranking against an oracle that encodes every text anew and compares every token with every token.

Weights are read, never assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.documents import draft
from tests.fakes import ContextEncoder
from yinju import retriever
from yinju.blobs import quantise
from yinju.catalogue import Catalogue
from yinju.derived import Derived, open_derived
from yinju.encoder import Floats
from yinju.intake import origin_of
from yinju.question import Question, prepare
from yinju.records import Span, Turn
from yinju.text import terms

TEXTS = {
    "a": "开办青年夜校121期。覆盖青年6000余人次。\n书画展展出258件作品。观众很多。启动于5月22日。\n……",
    "b": "night school opened 121 times. 党员参加。\n开办青年夜校121期。覆盖青年6000余人次。",
    "c": "省公安厅党支部打造平台",
}
ENCODER = ContextEncoder()  # a token of a whole passage differs from the same one of its sentence
ORIGIN = origin_of(ENCODER)
Array = NDArray[Any]
QUESTIONS = ["开办了多少期青年夜校？", "night school?", "展出258件", "党支部", "？", "zzz", "青"]
EMPTY = 2  # the row of "……", which holds no sentence


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Derived]:
    folder = tmp_path_factory.mktemp("retriever")
    with Catalogue(folder / "catalogue.db") as catalogue:
        for name, text in TEXTS.items():
            catalogue.put(draft(name, text, heading=("夜校工作",), encoder=ENCODER), ORIGIN)
        yield open_derived(catalogue, folder / "derived", ENCODER.fingerprint)


def stored_vectors(text: str) -> tuple[Floats, Floats]:
    """What the indexes keep of a text: its tokens in int8, its pooled vector in half precision."""
    (encoding,) = ContextEncoder().encode_passages([text])
    tokens = quantise(encoding.tokens).astype(np.float32) / np.float32(127)
    return tokens, encoding.pooled.astype(np.float16).astype(np.float32)


def best_alignment(question: Question, vectors: Array) -> Array:
    """(question tokens,): each token's highest similarity among the given ones; -1 where there is none."""
    return np.array(
        [max((float(token @ other) for other in vectors), default=-1.0) for token in question.encoding.tokens]
    )


def share(derived: Derived, question: Question, held: set[str]) -> float:
    """How much of the question's terms, weighed by idf, is among those held."""
    idf = {term: derived.lexical.idf(term) for term in question.terms}
    return sum(weight for term, weight in idf.items() if term in held) / sum(idf.values()) if idf else 0.0


def said_by(found: retriever.Found, span: Span) -> str:
    return found.passage.text[span.start - found.passage.start : span.end - found.passage.start]


def oracle(derived: Derived, question: Question, row: int) -> list[dict[str, float]]:
    """The features of a passage's sentences."""
    passage = derived.passages.passage(row)
    places = derived.sentences.gather(np.array([row])).places
    spans = [(int(place["start"]) - passage.start, int(place["end"]) - passage.start) for place in places]
    said = [passage.text[start:end] for start, end in spans]
    whole, about = stored_vectors(passage.text)
    alone = [stored_vectors(text) for text in said]
    aligned = [best_alignment(question, tokens) for tokens, _ in alone]
    held = set(terms(passage.text)) | set(terms("\n".join(passage.heading)))
    dense = max(float(pooled @ question.encoding.pooled) for pooled in (about, *(pooled for _, pooled in alone)))

    features = []
    for i in range(len(spans)):
        near = range(max(0, i - 1), min(len(spans), i + 2))
        features.append(
            {
                "late_passage": question.token_weights @ best_alignment(question, whole),
                "late_window": question.token_weights @ np.max([aligned[j] for j in near], axis=0),
                "late_sentence": question.token_weights @ aligned[i],
                "dense": dense,
                "coverage": share(derived, question, held),
            }
        )
    return features


@pytest.mark.parametrize("asked", QUESTIONS)
def test_every_sentence_measures_as_the_oracle_has_it(derived: Derived, asked: str) -> None:
    question = prepare(asked, ENCODER)
    measured = retriever.measure(derived, question)
    assert measured.rows.tolist() == list(range(len(derived.passages)))
    expected = [each for row in measured.rows for each in oracle(derived, question, int(row))]
    assert set(expected[0]) == set(retriever.FEATURES)
    for number, name in enumerate(retriever.FEATURES):
        assert measured.features[:, number] == pytest.approx([each[name] for each in expected], abs=1e-4), name


@pytest.mark.parametrize("asked", QUESTIONS)
def test_every_sentence_scores_as_the_oracle_has_it(derived: Derived, asked: str) -> None:
    question = prepare(asked, ENCODER)
    found = retriever.search(derived, question, 100)
    weights = dict(zip(retriever.FEATURES, retriever.weights().tolist(), strict=True))
    assert {each.row for each in found} == set(range(len(derived.passages)))
    for each in found:
        features = oracle(derived, question, each.row)
        expected = [sum(weights[name] * float(value[name]) for name in weights) for value in features]
        assert [sentence.score for sentence in each.sentences] == pytest.approx(expected, rel=1e-3, abs=1e-3)
        assert each.score == pytest.approx(max(expected), rel=1e-3, abs=1e-3) if expected else each.sentences == ()


def test_the_widths_of_comparison_differ(derived: Derived) -> None:
    """Or the oracle could not tell one from the other."""
    question = prepare("开办了多少期青年夜校？", ENCODER)
    measured = dict(zip(retriever.FEATURES, retriever.measure(derived, question).features.T, strict=True))
    compared = ["late_passage", "late_window", "late_sentence", "dense"]
    for one, other in combinations(compared, 2):
        assert np.abs(measured[one] - measured[other]).max() > 0.01, (one, other)


@pytest.mark.parametrize("asked", QUESTIONS)
def test_signals_and_sentences_say_what_was_measured(derived: Derived, asked: str) -> None:
    question = prepare(asked, ENCODER)
    for each in retriever.search(derived, question, 100):
        features = oracle(derived, question, each.row)
        late = [value["late_sentence"] for value in features]
        assert [sentence.late for sentence in each.sentences] == pytest.approx(late, abs=1e-4)
        assert [sentence.coverage for sentence in each.sentences] == pytest.approx(
            [share(derived, question, set(terms(said_by(each, sentence.span)))) for sentence in each.sentences],
            abs=1e-5,
        )
        for value in features[:1]:
            expected = {"late": max(late), "dense": value["dense"], "lexical": value["coverage"]}
            assert each.signals == pytest.approx(
                {name: max(0.0, signal) for name, signal in expected.items()}, abs=1e-4
            )


@given(st.text("开办青年夜校展出258件党支部night ？，", min_size=1, max_size=40))
def test_results_are_in_order_with_signals_between_0_and_1(derived: Derived, asked: str) -> None:
    found = retriever.search(derived, prepare(asked, ENCODER), 100)
    assert [(-each.score, each.row) for each in found] == sorted((-each.score, each.row) for each in found)
    for each in found:
        assert set(each.signals) == {"dense", "lexical", "late"}
        assert all(0 <= value <= 1 for value in each.signals.values())
        for sentence in each.sentences:
            assert each.passage.start <= sentence.span.start < sentence.span.end <= each.passage.end


def test_the_same_text_twice_comes_in_row_order(derived: Derived) -> None:
    first, second = retriever.search(derived, prepare("开办了多少期青年夜校？", ENCODER), 2)
    assert first.passage.text == second.passage.text
    assert first.score == second.score
    assert first.row < second.row


def test_the_passage_that_says_it_comes_first(derived: Derived) -> None:
    assert retriever.search(derived, prepare("省公安厅党支部打造平台", ENCODER), 1)[0].passage.document_id == "c"


def test_what_is_found_knows_where_it_is_from(derived: Derived) -> None:
    found = retriever.search(derived, prepare("省公安厅党支部打造平台", ENCODER), 1)[0]
    assert found.passage == derived.passages.passage(found.row)
    assert (found.title, found.date) == ("c", "2025-10")
    assert found.text_sha256 == derived.passages.document(found.row).text_sha256


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_a_limit_cuts_the_end_off_and_changes_nothing_else(derived: Derived, limit: int) -> None:
    question = prepare("青年夜校", ENCODER)
    assert retriever.search(derived, question, limit) == retriever.search(derived, question, 100)[:limit]


@given(rows=st.sets(st.integers(0, 5)))
def test_only_rows_allowed_are_found_and_score_as_ever(derived: Derived, rows: set[int]) -> None:
    question = prepare("开办了多少期青年夜校？", ENCODER)
    everything = {each.row: each.score for each in retriever.search(derived, question, 100)}
    allowed = np.array(sorted(rows), np.int64)
    found = retriever.search(derived, question, 100, allowed)
    assert {each.row for each in found} == rows
    for each in found:
        assert each.score == pytest.approx(everything[each.row], rel=1e-5)


def test_a_passage_without_sentences_is_found_and_quotes_nothing(derived: Derived) -> None:
    found = retriever.search(derived, prepare("……", ENCODER), 100)
    assert [each.sentences for each in found if each.row == EMPTY] == [()]


def test_passages_that_hold_no_sentence_at_all_are_searched(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "catalogue.db") as catalogue:
        catalogue.put(draft("a", "……\n——", encoder=ENCODER), ORIGIN)
        derived = open_derived(catalogue, tmp_path / "derived", ENCODER.fingerprint)
    found = retriever.search(derived, prepare("——", ENCODER), 5)
    assert [each.row for each in found] in ([0, 1], [1, 0])
    assert all(each.sentences == () for each in found)


def test_a_question_without_tokens_finds_something_to_show(derived: Derived) -> None:
    assert len(retriever.search(derived, prepare("\u2003", ENCODER), 3)) == 3


def test_context_speaks_for_what_a_follow_up_leaves_out(derived: Derived) -> None:
    history = [Turn("user", "省公安厅党支部打造平台")]
    assert retriever.search(derived, prepare("它呢？", ENCODER, history), 1)[0].passage.document_id == "c"
