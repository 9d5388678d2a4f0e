"""What every test may use."""

from __future__ import annotations

import pytest
from hypothesis import settings

from yinju.encoder import Encoder, open_encoder
from yinju.settings import Settings

# A machine busy with other work is no reason to fail: what is slow is measured elsewhere.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The default model, built under `YINJU_HOME` (or its default) by the first run and shared by the later ones."""
    return open_encoder(Settings.load())
