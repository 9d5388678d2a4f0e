"""Vectors with their language's centre taken out, by numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

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


class Spread:
    """Every text lies on the first of three dimensions, with tokens at (2, 1, 2)/3 and (0, 0, 1)."""

    fingerprint = "spread"
    dimension = 3

    def encode_query(self, text: str) -> Encoding:
        tokens = np.array([[2, 1, 2], [0, 0, 3]], np.float32) / np.float32(3)
        return Encoding(np.array([1, 0, 0], np.float32), tokens, np.array([[0, 1], [1, 2]], np.int32))

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        return map(self.encode_query, texts)


NOWHERE = Centre(np.zeros(3, np.float32), np.zeros(3, np.float32))
LIFTED = Centre(np.zeros(3, np.float32), np.array([0, 1 / 3, 0], np.float32))
AXES = np.array([[0, 0, 1], [0.6, 0.8, 0]], np.float32)  # orthonormal, two of three
PROJECTED = Centres("spread", {ANY: NOWHERE}, {ANY: LIFTED}, AXES)


def test_tokens_are_projected_on_the_axes_and_are_of_length_1_again() -> None:
    encoding = CentredEncoder(Spread(), PROJECTED).encode_query("x")
    # (2, 1, 2)/3 is at 2/3 along the first axis and at (1.2 + 0.8)/3 along the second: equally far on both.
    assert encoding.tokens == pytest.approx(np.array([[0.5**0.5, 0.5**0.5], [1, 0]]))
    assert encoding.offsets.tolist() == [[0, 1], [1, 2]]


def test_what_is_projected_is_what_the_centre_leaves() -> None:
    (encoding,) = CentredEncoder(Spread(), PROJECTED).encode_passages(["x"])
    # Without the centre's (0, 1, 0)/3 it is (2, 0, 2)/3: at 2 and 1.2 along the axes.
    assert encoding.tokens[0] == pytest.approx(np.array([2, 1.2]) / np.hypot(2, 1.2))
    assert encoding.tokens.dtype == np.float32


def test_the_pooled_vector_is_not_projected() -> None:
    encoder = CentredEncoder(Spread(), PROJECTED)
    assert encoder.encode_query("x").pooled == pytest.approx([1, 0, 0])
    assert encoder.dimension == 3


def test_a_token_that_lies_on_no_axis_stays_finite() -> None:
    off = replace(PROJECTED, axes=np.array([[1, 0, 0]], np.float32))
    assert CentredEncoder(Spread(), off).encode_query("x").tokens.tolist() == [[1], [0]]


def test_a_text_without_tokens_has_none_on_the_axes_either() -> None:
    class Bare(Spread):
        def encode_query(self, text: str) -> Encoding:
            return Encoding(np.array([1, 0, 0], np.float32), np.empty((0, 3), np.float32), np.empty((0, 2), np.int32))

    assert CentredEncoder(Bare(), PROJECTED).encode_query("").tokens.shape == (0, 2)


def test_the_fingerprint_tells_axes_apart() -> None:
    every = [replace(PROJECTED, axes=axes) for axes in (None, AXES, AXES[::-1], AXES[:1])]
    assert len({centres.digest for centres in every}) == 4
    assert len({CentredEncoder(Spread(), centres).fingerprint for centres in every}) == 4


def test_centres_and_axes_survive_being_saved(tmp_path: Path) -> None:
    saved = replace(CENTRES, axes=np.array([[0.6, 0.8]], np.float32))
    saved.save(tmp_path)
    read = Centres.load(tmp_path)
    assert read.to_json() == saved.to_json()
    assert read.axes is not None
    assert read.axes.dtype == np.float32
    assert read.axes == pytest.approx(np.array([[0.6, 0.8]]), abs=5e-4)  # half precision
    encodings = [CentredEncoder(Plain(), each).encode_query("多少期？").tokens for each in (saved, read)]
    assert encodings[0] == pytest.approx(encodings[1], abs=1e-3)


def test_what_was_read_is_the_same_when_it_is_saved_again(tmp_path: Path) -> None:
    replace(CENTRES, axes=np.array([[0.6, 0.8]], np.float32)).save(tmp_path)
    read = Centres.load(tmp_path)
    read.save(tmp_path)
    assert Centres.load(tmp_path).digest == read.digest


def test_centres_without_their_axes_are_not_loaded(tmp_path: Path) -> None:
    replace(CENTRES, axes=np.eye(2, dtype=np.float32)).save(tmp_path)
    (tmp_path / "axes.npy").unlink()
    with pytest.raises(OSError, match="axes"):
        Centres.load(tmp_path)


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


def test_the_shipped_axes_are_orthonormal_and_fewer_than_the_dimensions() -> None:
    axes = shipped().axes
    assert axes is not None
    kept, dimension = axes.shape
    assert kept < dimension == len(shipped().queries[ANY].tokens)
    assert axes @ axes.T == pytest.approx(np.eye(kept), abs=2e-3)


def test_another_models_fingerprint_is_known_only_once_it_is_loaded() -> None:
    assert encoder_fingerprint(Settings.load(model="some/model")) is None
