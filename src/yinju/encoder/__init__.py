"""Text to vectors: one pooled vector a text and one vector a token, from the same pass.

`open_encoder` is the one place that loads torch and sentence-transformers; importing this package does not.
"""

from __future__ import annotations

from functools import cache

from yinju.encoder.centring import centred_fingerprint, shipped
from yinju.encoder.manifest import bundled_fingerprint
from yinju.encoder.protocol import Encoder, Encoding, Floats, Ints
from yinju.progress import Progress, silent
from yinju.settings import Settings

__all__ = ["Encoder", "Encoding", "Floats", "Ints", "encoder_fingerprint", "open_encoder"]


def open_encoder(settings: Settings, progress: Progress = silent) -> Encoder:
    """Load the model the settings name, building the default one first when it is missing. Takes seconds.

    `progress` hears of the building alone, as stage `model`. Raises ModelError, with what to do.
    """
    from yinju.encoder import loading

    if settings.model is None:
        return loading.open_bundled(settings.home, settings.threads, progress)
    return loading.open_named(settings.model, settings.threads)


def encoder_fingerprint(settings: Settings) -> str | None:
    """The fingerprint `open_encoder` would give, where it is known without loading the model; else None."""
    return _default_fingerprint() if settings.model is None else None


@cache
def _default_fingerprint() -> str:
    return centred_fingerprint(bundled_fingerprint(), shipped())
