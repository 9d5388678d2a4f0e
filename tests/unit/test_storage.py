"""The table of ways to store token vectors, with an encoder whose tokens are unit vectors."""

from __future__ import annotations

import numpy as np
import pytest

from scripts import storage
from tests.fakes import CharacterEncoder
from yinju.evaluation.retrieval import Search

PASSAGES = ("甲乙。丙丁。", "戊己庚辛。", "壬癸。")


def lines(monkeypatch: pytest.MonkeyPatch, axes: tuple[int, ...]) -> list[list[str]]:
    monkeypatch.setattr(storage, "AXES", axes)
    encoder = CharacterEncoder(dimension=8191)
    search = Search(PASSAGES, (("丙丁", 0), ("庚辛", 1), ("壬", 2)), {})
    return [line.split() for line in storage.compare(search, encoder, np.eye(8191, dtype=np.float32))]


def test_bytes_are_those_of_both_stores_with_each_token_s_place(monkeypatch: pytest.MonkeyPatch) -> None:
    (whole, *_) = lines(monkeypatch, (8191,))
    tokens = 6 + 5 + 3  # the same alone, sentence by sentence
    assert whole[1] == f"{2 * tokens * (8191 + 4) / 3:,.0f}"
    assert whole[2:] == ["1.000", "1.000", "1.000"]


def test_axes_that_hold_nothing_of_the_tokens_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    none = lines(monkeypatch, (1,))[0]
    assert none[0] == "1"
    assert none[2:] == ["0.333", "0.333", "0.333"]  # all passages are alike, and the first comes first


def test_tokens_in_pairs_are_half_as_many() -> None:
    tokens = storage.Tokens(np.eye(6, dtype=np.float32), np.array([0, 3, 6])).stored(None, pooled=True)
    assert tokens.starts.tolist() == [0, 2, 4]
    assert tokens.vectors[0].tolist() == pytest.approx([90 / 127, 90 / 127, 0, 0, 0, 0])
    assert tokens.vectors[1].tolist() == [0, 0, 1, 0, 0, 0]
