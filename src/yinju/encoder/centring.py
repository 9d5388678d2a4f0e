"""Token and pooled vectors with their language's mean taken out, token vectors on their principal axes alone.

A multilingual encoder places each language around a centre of its own, and that distance says nothing about meaning:
taking the centre out (Libovický et al. 2020, "On the language neutrality of pre-trained multilingual
representations") makes a question comparable with passages of another language. Of what is left, half the principal
axes (Pearson 1901) hold nearly all that tells tokens apart; the rest is not stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np

from yinju.encoder.protocol import Encoder, Encoding, Floats
from yinju.text import language

ANY = "und"  # stands for a language that has no centre of its own
_FILE, _AXES = "centres.json", "axes.npy"
_DIGITS = 4  # decimals kept in the file; the centres are known no better


@dataclass(frozen=True, slots=True)
class Centre:
    """Means of L2-normalised vectors, (dimension,) each."""

    pooled: Floats
    tokens: Floats


@dataclass(frozen=True, slots=True)
class Centres:
    """By language, `ANY` always among them. model: the fingerprint of the encoder they were measured with.

    axes: (kept, dimension), orthonormal, what a centred token vector is projected on; None keeps it whole.
    """

    model: str
    queries: Mapping[str, Centre]
    passages: Mapping[str, Centre]
    axes: Floats | None = None

    @property
    def digest(self) -> str:
        axes = b"" if self.axes is None else self.axes.astype("<f4").tobytes()
        return hashlib.sha256(self.to_json().encode() + axes).hexdigest()[:8]

    def to_json(self) -> str:
        sides = {"queries": _listed(self.queries), "passages": _listed(self.passages)}
        return json.dumps({"model": self.model, **sides}, separators=(",", ":"))

    @classmethod
    def load(cls, folder: Traversable) -> Centres:
        """What `save` wrote. Raises OSError, ValueError or KeyError."""
        stored = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        with (folder / _AXES).open("rb") as file:
            axes = np.load(file).astype(np.float32)
        return cls(stored["model"], _unlisted(stored["queries"]), _unlisted(stored["passages"]), axes)

    def save(self, folder: Path) -> None:
        """Two files: the centres to be read by people, the axes in half precision. Raises ValueError without axes."""
        if self.axes is None:
            raise ValueError("centres without axes are not written")
        (folder / _FILE).write_text(self.to_json() + "\n", encoding="utf-8")
        np.save(folder / _AXES, self.axes.astype(np.float16))


@cache
def shipped() -> Centres:
    """The centres of the default model, as `python -m scripts.fitting centres` measured them."""
    return Centres.load(files("yinju.encoder"))


class CentredEncoder:
    """An encoder whose vectors lie around their language's centre, tokens with a component for each axis."""

    def __init__(self, encoder: Encoder, centres: Centres) -> None:
        self._encoder = encoder
        self._centres = centres
        self.fingerprint = centred_fingerprint(encoder.fingerprint, centres)
        self.dimension = encoder.dimension

    def encode_query(self, text: str) -> Encoding:
        return self._centred(self._encoder.encode_query(text), self._centres.queries, text)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        for text, encoding in zip(texts, self._encoder.encode_passages(texts), strict=True):
            yield self._centred(encoding, self._centres.passages, text)

    def _centred(self, encoding: Encoding, centres: Mapping[str, Centre], text: str) -> Encoding:
        centre, axes = centres.get(language(text)) or centres[ANY], self._centres.axes
        pooled, tokens = _normalised(encoding.pooled - centre.pooled), encoding.tokens - centre.tokens
        if axes is not None:
            tokens = _normalised(tokens) @ axes.T
        return Encoding(pooled, _normalised(tokens), encoding.offsets)


def centred(encoder: Encoder) -> Encoder:
    """The encoder with the shipped centres taken out, or as it is where they were measured with another."""
    centres = shipped()
    return CentredEncoder(encoder, centres) if centres.model == encoder.fingerprint else encoder


def centred_fingerprint(fingerprint: str, centres: Centres) -> str:
    """The fingerprint of an encoder with its centres taken out; unchanged where they were measured with another."""
    return f"{fingerprint} centres={centres.digest}" if centres.model == fingerprint else fingerprint


def mean(encodings: Sequence[Encoding]) -> Centre:
    """The centre of some texts' vectors, every token counting once."""
    tokens = np.concatenate([each.tokens for each in encodings]).mean(axis=0)
    return Centre(np.mean([each.pooled for each in encodings], axis=0), tokens)


def _normalised(vectors: Floats) -> Floats:
    lengths = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32(1e-6))
    scaled: Floats = (vectors / lengths).astype(np.float32)
    return scaled


def _listed(centres: Mapping[str, Centre]) -> dict[str, dict[str, list[float]]]:
    return {
        name: {"pooled": _rounded(centre.pooled), "tokens": _rounded(centre.tokens)}
        for name, centre in sorted(centres.items())
    }


def _rounded(vector: Floats) -> list[float]:
    return [round(float(value), _DIGITS) for value in vector]


def _unlisted(stored: Mapping[str, Mapping[str, list[float]]]) -> dict[str, Centre]:
    return {
        name: Centre(np.array(centre["pooled"], np.float32), np.array(centre["tokens"], np.float32))
        for name, centre in stored.items()
    }
