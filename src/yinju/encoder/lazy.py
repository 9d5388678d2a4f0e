"""An encoder that loads when it is first needed: an index in which nothing changed is seen without torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock

from yinju.encoder import Encoder, Encoding, encoder_fingerprint, open_encoder
from yinju.progress import Progress, silent
from yinju.settings import Settings


class LazyEncoder:
    """The encoder the settings name, loaded by the first call that needs more than its fingerprint."""

    def __init__(self, settings: Settings, progress: Progress = silent) -> None:
        self._settings = settings
        self._progress = progress
        self._lock = Lock()
        self._encoder: Encoder | None = None

    def load(self) -> Encoder:
        """The encoder itself, loaded once. Takes seconds; raises ModelError."""
        with self._lock:
            if self._encoder is None:
                self._encoder = open_encoder(self._settings, self._progress)
            return self._encoder

    @property
    def fingerprint(self) -> str:
        return encoder_fingerprint(self._settings) or self.load().fingerprint

    @property
    def dimension(self) -> int:
        return self.load().dimension

    def encode_query(self, text: str) -> Encoding:
        return self.load().encode_query(text)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        return self.load().encode_passages(texts)
