"""Opens the model the settings ask for. Imports torch and sentence-transformers: only `open_encoder` imports this."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer

from yinju.encoder.bundled import ensure_bundled, load_bundled
from yinju.encoder.centring import centred
from yinju.encoder.manifest import MANIFEST_FILE, Manifest
from yinju.encoder.protocol import Encoder
from yinju.encoder.sentence import SentenceEncoder
from yinju.errors import ModelError
from yinju.progress import Progress

_OTHER_FORMATS = ["*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf", "onnx/*", "openvino/*"]


def open_bundled(home: Path, threads: int, progress: Progress) -> Encoder:
    """The default model, built under `home` first when it is not there. Raises ModelError."""
    return centred(open_built(ensure_bundled(home, progress), threads))


def open_built(folder: Path, threads: int) -> SentenceEncoder:
    """A model that `ensure_bundled` built, wherever its folder lies now. Raises ModelError when it is damaged."""
    manifest = Manifest.read(folder)
    manifest.verify(folder)
    return SentenceEncoder(load_bundled(folder, threads), manifest.fingerprint)


def open_named(name: str, threads: int) -> Encoder:
    """Any sentence-transformers model, by folder or hub id. Raises ModelError when it can't be loaded or used."""
    folder = Path(name).expanduser()
    local = folder.is_dir()
    if not local:
        folder = _from_hub(name)
    if (folder / MANIFEST_FILE).is_file():
        return centred(open_built(folder, threads))
    if threads:
        torch.set_num_threads(threads)
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise ModelError(
            f"The model in {folder} can't be loaded ({error}). "
            "Set YINJU_MODEL to a folder that SentenceTransformer.save wrote, or unset it."
        ) from error
    model.eval()
    return SentenceEncoder(model, _fingerprint(folder.name if local else name, model))


def _from_hub(name: str) -> Path:
    """The hub's copy of a model: the one downloaded before, if there is one, so that a model never changes unasked."""
    try:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except LocalEntryNotFoundError:
            return Path(snapshot_download(name, ignore_patterns=_OTHER_FORMATS))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"YINJU_MODEL={name} is neither a folder here nor a model the hub gave ({error}). Where the hub can't be "
            "reached, copy the model's folder to this machine and set YINJU_MODEL to it, or unset it."
        ) from error


def _fingerprint(name: str, model: SentenceTransformer) -> str:
    """Names the model and hashes what its vectors depend on, so that a folder filled anew is noticed."""
    digest = hashlib.sha256(repr(model).encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().contiguous().flatten().view(torch.uint8).numpy().data)
    prompts = " ".join(f"{key}={prompt!r}" for key, prompt in sorted(model.prompts.items()) if prompt)
    return f"{name} weights={digest.hexdigest()[:16]} {prompts} max={model.max_seq_length}"
