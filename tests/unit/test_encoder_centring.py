"""Vectors with their language's centre taken out, by numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from yinju.encoder import Encoding, encoder_fingerprint
from yinju.encoder.centring import ANY, Centre, CentredEncoder, Centres, centred, mean, shipped
from yinju.encoder.manifest import bundled_fingerprint
from yinju.settings import Settings

OFFSETS = np.array([[0, 1]], np.int32)


class Plain:
    """Every text lies at (0.8, 0.6), with one token at (0.6, 0.8)."""

    fingerprint = "plain"
    dimension = 2

    def encode_query(self, text: str) -> Encoding:
        return Encoding(np.array([0.8, 0.6], np.float32), np.array([[0.6, 0.8]], np.float32), OFFSETS)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        return map(self.encode_query, texts)


def centre(pooled: tuple[float, float], tokens: tuple[float, float]) -> Centre:
    return Centre(np.array(pooled, np.float32), np.array(tokens, np.float32))


CENTRES = Centres(
    model="plain",
    queries={"zh": centre((0.8, 0.0), (0.0, 0.8)), ANY: centre((0.0, 0.6), (0.6, 0.0))},
    passages={"zh": centre((0.5, 0.2), (0.2, 0.5)), ANY: centre((0.0, 0.0), (0.0, 0.0))},
)


def test_a_question_loses_the_centre_of_its_language() -> None:
    encoding = CentredEncoder(Plain(), CENTRES).encode_query("多少期？")
    assert encoding.pooled == pytest.approx([0, 1])
    assert encoding.tokens == pytest.approx(np.array([[1, 0]]))
    assert encoding.offsets is OFFSETS


def test_a_language_without_a_centre_loses_that_of_all() -> None:
    encoding = CentredEncoder(Plain(), CENTRES).encode_query("Quantas turmas foram abertas este ano?")
    assert encoding.pooled == pytest.approx([1, 0])
    assert encoding.tokens == pytest.approx(np.array([[0, 1]]))


def test_passages_have_centres_of_their_own() -> None:
    chinese, english = CentredEncoder(Plain(), CENTRES).encode_passages(["开办夜校。", "A school opened this year."])
    assert chinese.pooled == pytest.approx([0.6, 0.8])
    assert english.pooled == pytest.approx([0.8, 0.6])


def test_a_vector_at_its_centre_stays_finite() -> None:
    at_centre = Centres("plain", {ANY: centre((0.8, 0.6), (0.6, 0.8))}, {ANY: centre((0, 0), (0, 0))})
    encoding = CentredEncoder(Plain(), at_centre).encode_query("x")
    assert np.isfinite(encoding.pooled).all()
    assert np.isfinite(encoding.tokens).all()


def test_the_fingerprint_tells_centres_apart() -> None:
    other = Centres("plain", CENTRES.passages, CENTRES.queries)
    fingerprints = {CentredEncoder(Plain(), each).fingerprint for each in (CENTRES, other)}
    assert len(fingerprints | {"plain"}) == 3


def test_centres_of_another_model_are_left_alone() -> None:
    plain = Plain()
    assert centred(plain) is plain


def test_centres_survive_being_written() -> None:
    read = Centres.from_json(CENTRES.to_json())
    assert read.to_json() == CENTRES.to_json()
    assert read.digest == CENTRES.digest


def test_the_mean_counts_every_token_once() -> None:
    long = Encoding(np.array([1, 0], np.float32), np.array([[1, 0], [1, 0], [1, 0]], np.float32), OFFSETS)
    short = Encoding(np.array([0, 1], np.float32), np.array([[0, 1]], np.float32), OFFSETS)
    found = mean([long, short])
    assert found.pooled == pytest.approx([0.5, 0.5])
    assert found.tokens == pytest.approx([0.75, 0.25])


def test_the_shipped_centres_are_the_default_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YINJU_MODEL", raising=False)
    centres = shipped()
    assert centres.model == bundled_fingerprint()
    assert {"zh", "zh-Hant", "en", "ja", "ko", "ru", "fr", "de", "es", ANY} <= set(centres.queries)
    assert encoder_fingerprint(Settings.load()) == f"{bundled_fingerprint()} centres={centres.digest}"


def test_another_models_fingerprint_is_known_only_once_it_is_loaded() -> None:
    assert encoder_fingerprint(Settings.load(model="some/model")) is None
