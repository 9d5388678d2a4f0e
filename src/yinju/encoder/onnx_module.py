"""A sentence-transformers input module that runs ONNX Runtime instead of torch: it loads no torch weights."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime
import torch
from sentence_transformers.base.modules import InputModule
from tokenizers import Tokenizer

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "onnx_config.json"


class OnnxTransformer(InputModule):  # type: ignore[misc]  # sentence-transformers is typed in parts only
    """Texts to `token_embeddings` through an ONNX file that maps `input_ids` and `attention_mask` to them.

    `forward` is safe to call from several threads. So is `preprocess`: padding and cutting are done here, because
    the tokenizer keeps its own settings for them in one shared place.
    """

    config_file_name = CONFIG_FILE
    config_keys: list[str] = ["max_seq_length", "embedding_dimension", "pad_token_id"]  # noqa: RUF012 (the base's type)
    tokenizer: Tokenizer

    def __init__(
        self, folder: Path, *, max_seq_length: int, embedding_dimension: int, pad_token_id: int, threads: int = 0
    ) -> None:
        super().__init__()
        self.folder = folder
        self.max_seq_length = max_seq_length
        self.embedding_dimension = embedding_dimension
        self.pad_token_id = pad_token_id
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        options = onnxruntime.SessionOptions()
        # Zero would also pin the threads to cores, which a container may forbid, and count cores it may not use.
        options.intra_op_num_threads = threads or torch.get_num_threads()
        # Spinning threads wait for work at full load: measured slower as soon as anything else wants the cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )

    def get_embedding_dimension(self) -> int:
        """The length of a token's vector; sentence-transformers asks for it by this name."""
        return self.embedding_dimension

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_options: Any
    ) -> dict[str, torch.Tensor | Any]:
        """Token ids and mask of the texts, each with `prompt` before it, cut to `max_seq_length` and padded."""
        encodings = self.tokenizer.encode_batch_fast([(prompt or "") + text for text in inputs])
        width = min(max((len(encoding) for encoding in encodings), default=0), self.max_seq_length)
        ids = np.full((len(encodings), width), self.pad_token_id, np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            kept = encoding.ids
            if len(kept) > width:
                kept = kept[: width - 1] + kept[-1:]
            ids[row, : len(kept)] = kept
            mask[row, : len(kept)] = 1
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, torch.Tensor | Any], **_options: Any) -> dict[str, torch.Tensor | Any]:
        """Add `token_embeddings`, float32 (batch, sequence, dimension), to the features."""
        inputs = {name: cast(torch.Tensor, features[name]).numpy() for name in ("input_ids", "attention_mask")}
        (hidden,) = self.session.run(None, inputs)
        features["token_embeddings"] = torch.from_numpy(hidden)
        return features

    def save(self, output_path: str, *_args: Any, **_options: Any) -> None:
        """Write the configuration, and copy the ONNX file and the tokenizer, into `output_path`."""
        self.save_config(output_path)
        if self.folder.resolve() != Path(output_path).resolve():
            for name in (MODEL_FILE, TOKENIZER_FILE):
                shutil.copyfile(self.folder / name, Path(output_path) / name)

    @classmethod
    def load(
        cls, model_name_or_path: str, subfolder: str = "", *, threads: int = 0, **_options: Any
    ) -> OnnxTransformer:
        """Load from a local folder that `save` wrote; `threads` per call, 0 for one a physical core."""
        folder = Path(model_name_or_path) / subfolder
        config = cls.load_config(os.fspath(folder), local_files_only=True)
        return cls(folder, threads=threads, **config)
