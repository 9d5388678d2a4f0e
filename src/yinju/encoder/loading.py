"""Opens the model the settings ask for. Imports torch and sentence-transformers: only `open_encoder` imports this."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer

from yinju.encoder.bundled import ensure_bundled, load_bundled
from yinju.encoder.manifest import MANIFEST_FILE, Manifest
from yinju.encoder.sentence import SentenceEncoder
from yinju.errors import ModelError
from yinju.progress import Progress


def open_bundled(home: Path, threads: int, progress: Progress) -> SentenceEncoder:
    """The default model, built under `home` first when it is not there. Raises ModelError."""
    return open_built(ensure_bundled(home, progress), threads)


def open_built(folder: Path, threads: int) -> SentenceEncoder:
    """A model that `ensure_bundled` built, wherever its folder lies now. Raises ModelError when it is damaged."""
    manifest = Manifest.read(folder)
    manifest.verify(folder)
    return SentenceEncoder(load_bundled(folder, threads), manifest.fingerprint)


def open_named(name: str, threads: int) -> SentenceEncoder:
    """Any sentence-transformers model, by folder or hub id. Raises ModelError when it can't be loaded or used."""
    folder = Path(name).expanduser()
    if (folder / MANIFEST_FILE).is_file():
        return open_built(folder, threads)
    if threads:
        torch.set_num_threads(threads)
    local = folder.is_dir()
    try:
        model = SentenceTransformer(str(folder) if local else name, device="cpu", local_files_only=local)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        advice = (
            "Check that the folder is one that SentenceTransformer.save wrote"
            if local
            else "There is no folder of that name; where the model hub can't be reached, copy the model's folder here "
            "and set YINJU_MODEL to it"
        )
        raise ModelError(f"The model {name!r} can't be loaded ({error}). {advice}, or unset YINJU_MODEL.") from error
    model.eval()
    return SentenceEncoder(model, _fingerprint(name, model))


def _fingerprint(name: str, model: SentenceTransformer) -> str:
    """Names the model and hashes what its vectors depend on, so that a folder filled anew is noticed."""
    digest = hashlib.sha256(repr(model).encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().contiguous().flatten().view(torch.uint8).numpy().data)
    prompts = " ".join(f"{key}={prompt!r}" for key, prompt in sorted(model.prompts.items()) if prompt)
    return f"{name} weights={digest.hexdigest()[:16]} {prompts} max={model.max_seq_length}"
