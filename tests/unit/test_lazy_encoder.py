from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fakes import CharacterEncoder
from yinju.encoder import encoder_fingerprint, lazy
from yinju.encoder.lazy import LazyEncoder
from yinju.errors import ModelError
from yinju.settings import Settings


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[CharacterEncoder]:
    """The encoders opened so far, each a stand-in for a model that takes seconds to load."""
    encoders: list[CharacterEncoder] = []

    def open_encoder(*_: object) -> CharacterEncoder:
        encoders.append(CharacterEncoder())
        return encoders[-1]

    monkeypatch.setattr(lazy, "open_encoder", open_encoder)
    return encoders


def test_the_bundled_models_fingerprint_needs_no_model(opened: list[CharacterEncoder]) -> None:
    settings = Settings.load()
    assert LazyEncoder(settings).fingerprint == encoder_fingerprint(settings)
    assert opened == []


def test_another_models_fingerprint_is_its_own(opened: list[CharacterEncoder]) -> None:
    assert LazyEncoder(Settings.load(model="another/model")).fingerprint == "characters"
    assert len(opened) == 1


def test_the_model_is_loaded_once_however_many_ask(opened: list[CharacterEncoder]) -> None:
    encoder = LazyEncoder(Settings.load())
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(encoder.encode_query, ["甲"] * 32))
    assert encoder.dimension == 16
    assert [len(each.tokens) for each in encoder.encode_passages(["甲", "乙丙"])] == [1, 2]
    assert len(opened) == 1


def test_a_model_that_can_not_be_loaded_is_tried_again(tmp_path: Path) -> None:
    encoder = LazyEncoder(Settings.load(model=str(tmp_path / "nowhere")))
    for _ in range(2):
        with pytest.raises(ModelError):
            encoder.encode_query("甲")
