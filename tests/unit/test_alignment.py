"""How well a question's words are matched, with an encoder whose characters match themselves alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.documents import draft
from tests.fakes import CharacterEncoder
from yinju.catalogue import Catalogue
from yinju.derived import Derived, open_derived
from yinju.evidence.alignment import align
from yinju.evidence.expected import expected
from yinju.evidence.selection import select
from yinju.intake import origin_of
from yinju.question import Question, prepare
from yinju.records import Turn
from yinju.retriever import search

ENCODER = CharacterEncoder(dimension=8191)


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Derived]:
    folder = tmp_path_factory.mktemp("alignment")
    with Catalogue(folder / "catalogue.db") as catalogue:
        text = "甲乙丙。丁戊。己庚。\n辛壬癸。"
        catalogue.put(draft("a.txt", text, encoder=ENCODER), origin_of(ENCODER))
        yield open_derived(catalogue, folder / "derived", ENCODER.fingerprint)


def aligned(derived: Derived, question: Question) -> dict[str, list[float]]:
    found = search(derived, question, 10)
    best = select(found, expected(question.text))[0]
    result = align(question, best, found)
    return {name: np.round(getattr(result, name), 6).tolist() for name in ("sentence", "window", "passage", "found")}


def test_each_token_is_matched_at_four_widths(derived: Derived) -> None:
    # The first sentence is quoted; 丁 is beside it, 己 further on, 辛 in another passage, 子 nowhere.
    assert aligned(derived, prepare("甲乙丙丁己辛子", ENCODER)) == {
        "sentence": [1, 1, 1, 0, 0, 0, 0],
        "window": [1, 1, 1, 1, 0, 0, 0],
        "passage": [1, 1, 1, 1, 1, 0, 0],
        "found": [1, 1, 1, 1, 1, 1, 0],
    }


def test_words_that_only_ask_need_no_match(derived: Derived) -> None:
    assert aligned(derived, prepare("甲乙丙有多少？", ENCODER))["sentence"] == [1, 1, 1, 0]  # 有
    assert aligned(derived, prepare("谁？", ENCODER))["sentence"] == [0, 0]


def test_what_a_follow_up_leaves_out_is_matched_too(derived: Derived) -> None:
    history = [Turn("user", "甲乙丙有多少？"), Turn("assistant", "三个。")]
    question = prepare("它呢？", ENCODER, history)
    found = search(derived, question, 10)
    result = align(question, select(found, expected(question.asking))[0], found)
    assert result.sentence[:3].tolist() == [1, 1, 1]
    assert result.weights.sum() == pytest.approx(1)
