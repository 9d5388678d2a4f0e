"""What every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from yinju.catalogue import Catalogue
from yinju.encoder import Encoder, loading
from yinju.encoder.bundled import ensure_bundled
from yinju.encoder.centring import centred
from yinju.encoder.sentence import SentenceEncoder
from yinju.library import CATALOGUE, Library
from yinju.settings import Settings

KEPT = "YINJU_HOME"  # where the model is; what else a shell may be set up with is for other work than these tests
SEEDS = Path(__file__).parents[1] / "seeds"

# A machine busy with other work is no reason to fail: what is slow is measured elsewhere.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


def pytest_configure() -> None:
    for name in [name for name in os.environ if name.startswith("YINJU_") and name != KEPT]:
        del os.environ[name]


@pytest.fixture(scope="session")
def plain_encoder() -> SentenceEncoder:
    """The default model alone, built under `YINJU_HOME` (or its default) by the first run and kept for later ones."""
    settings = Settings.load()
    return loading.open_built(ensure_bundled(settings.home), settings.threads)


@pytest.fixture(scope="session")
def encoder(plain_encoder: SentenceEncoder) -> Encoder:
    """What `open_encoder` gives without settings; the model is loaded once for all tests."""
    return centred(plain_encoder)


@pytest.fixture(scope="session")
def library(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The real library over the report in `seeds`, warm. For reading: every test shares it."""
    index = tmp_path_factory.mktemp("library")
    settings = Settings.load(seeds=SEEDS, index=index)
    with Library(settings, Catalogue(index / CATALOGUE), encoder) as library:
        library.index(SEEDS)
        library.warm_up()
        yield library
