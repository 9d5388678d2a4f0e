"""The configured model with the cache before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from yinju.encoder.lazy import LazyEncoder
from yinju.evaluation.cache import CachedEncoder, EncodingCache
from yinju.progress import Progress, silent
from yinju.settings import Settings

CACHE = "cache/encodings.db"
"""Below `settings.home`."""


@contextmanager
def cached_encoder(
    settings: Settings, progress: Progress = silent, *, queries: bool = True
) -> Iterator[tuple[CachedEncoder, EncodingCache]]:
    """The encoder the settings name, which asks the cache first, and that cache.

    The model is loaded when a text is first missing. With `queries` off questions are always encoded.
    """
    with EncodingCache(settings.home / CACHE) as cache:
        yield CachedEncoder(LazyEncoder(settings, progress), cache, queries=queries), cache
