"""A model of the `E5S1` format small enough to build in a test, which the wheel's own engine can run as well."""

from __future__ import annotations

import struct
import unicodedata
from pathlib import Path

import numpy as np

from yinju.encoder.bundled import PROBES

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 2, 64, 64
_WORDS = ["▁", "▁query", "▁passage", ":", "开", "办", "青年", "a", "b", "▁c", "。"]
# Every character the check after building uses: the wheel's engine counts unknown characters one by one, the
# tokenizer takes a run of them as one.
_CHARACTERS = sorted(set("".join(PROBES)) - {" ", *_WORDS})
_NORMALISED = [(character, unicodedata.normalize("NFKC", character)) for character in _CHARACTERS]
_SINGLE = sorted({part for _, parts in _NORMALISED for part in parts} - {" ", *_WORDS})
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
PIECES += [(piece, -2.0 - len(piece) / 10) for piece in _WORDS + _SINGLE]


def q4_block(scale: float, nibbles: list[int]) -> bytes:
    """One block of 32 weights as the file packs it: weight j low and weight j + 16 high in byte j."""
    return struct.pack("<e", scale) + bytes(nibbles[j] | nibbles[j + 16] << 4 for j in range(16))


def e5s1(seed: int = 0, block: int = 32) -> bytes:
    """A whole file with random weights."""
    random = np.random.default_rng(seed)
    blob = b"".join(piece.encode() for piece, _ in PIECES)
    offsets = np.cumsum([0] + [len(piece.encode()) for piece, _ in PIECES]).astype("<u4")
    header = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 2, 1e-12, block)
    header += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + offsets.tobytes()
    header += np.array([score for _, score in PIECES], "<f4").tobytes() + blob
    changed = [(ord(character), parts) for character, parts in _NORMALISED if parts != character]
    entries = b"".join(struct.pack("<IB", code, len(parts)) + parts.encode("utf-32-le") for code, parts in changed)
    header += struct.pack("<iI", len(changed), len(entries)) + entries
    tensors = _tensors(random)
    directory = 4 + sum(2 + len(name) + 21 for name, _, _, _ in tensors)
    at, entries, body = len(header) + directory, b"", b""
    for name, kind, values, raw in tensors:
        entries += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, values, at, len(raw))
        body += raw
        at += len(raw)
    return header + struct.pack("<i", len(tensors)) + entries + body


def write_tiny(folder: Path) -> Path:
    """The file `tiny.bin` in the folder."""
    path = folder / "tiny.bin"
    path.write_bytes(e5s1())
    return path


def _tensors(random: np.random.Generator) -> list[tuple[str, int, int, bytes]]:
    tensors = [
        _matrix(random, "emb.word", len(PIECES), HIDDEN),
        _vector(random, "emb.pos", POSITIONS * HIDDEN),
        _vector(random, "emb.type", 2 * HIDDEN),
        _vector(random, "emb.ln.w", HIDDEN, 1.0),
        _vector(random, "emb.ln.b", HIDDEN),
    ]
    for layer in range(LAYERS):
        for part, rows, columns in (
            *((part, HIDDEN, HIDDEN) for part in ("q", "k", "v", "ao")),
            ("fi", INNER, HIDDEN),
            ("fo", HIDDEN, INNER),
        ):
            tensors += [
                _matrix(random, f"l{layer}.{part}.w", rows, columns),
                _vector(random, f"l{layer}.{part}.b", rows),
            ]
        for norm in ("aln", "oln"):
            tensors += [
                _vector(random, f"l{layer}.{norm}.w", HIDDEN, 1.0),
                _vector(random, f"l{layer}.{norm}.b", HIDDEN),
            ]
    return tensors


def _matrix(random: np.random.Generator, name: str, rows: int, columns: int) -> tuple[str, int, int, bytes]:
    blocks = (
        q4_block(float(random.uniform(0.02, 0.05)), random.integers(0, 16, 32).tolist())
        for _ in range(rows * columns // 32)
    )
    return name, 1, rows * columns, b"".join(blocks)


def _vector(random: np.random.Generator, name: str, size: int, mean: float = 0.0) -> tuple[str, int, int, bytes]:
    return name, 0, size, random.normal(mean, 0.1, size).astype("<f4").tobytes()
