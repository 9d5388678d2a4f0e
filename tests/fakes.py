"""Stand-ins whose numbers can be computed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Semaphore

import numpy as np

from yinju.encoder import Encoding, Floats

DIMENSION = 16


class CharacterEncoder:
    """A token a character that is not white space, as the unit vector of its code point modulo the components.

    The pooled vector counts the text's characters by their code point modulo the dimension, and is normalised.
    components: of a token's vector; None for as many as the pooled vector has. Remembers the texts it encoded.
    """

    def __init__(
        self, fingerprint: str = "characters", dimension: int = DIMENSION, components: int | None = None
    ) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.components = components or dimension
        self.encoded: list[str] = []

    def encode_query(self, text: str) -> Encoding:
        return self._encoding(text)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        for text in texts:
            self.encoded.append(text)
            yield self._encoding(text)

    def _encoding(self, text: str) -> Encoding:
        places = [i for i, character in enumerate(text) if not character.isspace()]
        counts = np.zeros(self.dimension)
        np.add.at(counts, [ord(text[i]) % self.dimension for i in places], 1)
        pooled = counts / max(float(np.linalg.norm(counts)), 1e-9)
        offsets = np.array([(i, i + 1) for i in places], dtype=np.int32).reshape(-1, 2)
        return Encoding(pooled.astype(np.float32), self._tokens([text[i] for i in places], text), offsets)

    def _tokens(self, characters: Sequence[str], text: str) -> Floats:
        tokens = np.zeros((len(characters), self.components), dtype=np.float32)
        tokens[np.arange(len(characters)), [ord(character) % self.components for character in characters]] = 1
        return tokens


class ContextEncoder(CharacterEncoder):
    """Its tokens also point to the number of characters around them: no two texts of unequal length share one."""

    def _tokens(self, characters: Sequence[str], text: str) -> Floats:
        tokens = super()._tokens(characters, text)
        tokens[:, len(text) % self.components] += 1
        normalised: Floats = tokens / np.linalg.norm(tokens, axis=1, keepdims=True)
        return normalised


class GatedEncoder(CharacterEncoder):
    """Encodes one text for each time it is let go on; `begun` is set when a text waits for that."""

    def __init__(self, fingerprint: str = "characters") -> None:
        super().__init__(fingerprint)
        self.begun = Semaphore(0)
        self._gate = Semaphore(0)
        self._open = False

    def let(self, texts: int) -> None:
        self._gate.release(texts)

    def open(self) -> None:
        """Wait for nothing any more."""
        self._open = True
        self._gate.release()

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        for encoding in super().encode_passages(texts):
            self.begun.release()
            if not self._open:
                self._gate.acquire()
            yield encoding
