"""What every test may use."""

from __future__ import annotations

import pytest

from yinju.encoder import Encoder, open_encoder
from yinju.settings import Settings


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The default model, built under `YINJU_HOME` (or its default) by the first run and shared by the later ones."""
    return open_encoder(Settings.load())
