"""Recall against bytes for ways of storing token vectors: python -m scripts.storage FOLDER (of public question files).

With --reading N, how long the token vectors of a question's candidates take to read from a store of N passages.
MaxSim alone, exhaustively: of passages encoded whole, of their sentences encoded alone, and the sum of the two, with
token vectors on fewer and fewer principal axes, in int8, or with neighbouring tokens averaged in pairs.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from scripts.fitting import centres
from yinju.blobs import SCALE, quantise
from yinju.encoder import Encoder, Floats
from yinju.encoder.bundled import ensure_bundled
from yinju.encoder.centring import CentredEncoder
from yinju.encoder.loading import open_built
from yinju.evaluation.retrieval import Search, plan
from yinju.evaluation.squad import read_squad
from yinju.progress import silent
from yinju.question import prepare
from yinju.settings import Settings
from yinju.text import sentences
from yinju.token_store import SENTENCES, WHOLE, TokenStore, TokenWriter

AXES = (384, 256, 192, 128, 96)
QUESTIONS = 500  # of each file
PAIRS = (
    ("CMRC", "cmrc2018_trial.json", None),
    ("XQuAD zh", "xquad.zh.json", None),
    ("XQuAD en→zh", "xquad.zh.json", "xquad.en.json"),
    ("XQuAD de→zh", "xquad.zh.json", "xquad.de.json"),
)
_TOKENS, _CANDIDATES, _READS = 235, 56, 50  # tokens a passage of 300 characters; passages a question is compared with
_TOKEN_PLACE = 4  # bytes: where the token stands in its passage


@dataclass(frozen=True, slots=True)
class Tokens:
    """vectors: (n, components), one passage's after the other's; starts: (passages + 1,)."""

    vectors: Floats
    starts: NDArray[np.int64]

    def stored(self, axes: Floats | None, pooled: bool) -> Tokens:
        """As an index would give them back."""
        vectors, starts = self.vectors if axes is None else _normalised(self.vectors @ axes.T), self.starts
        if pooled:
            halved = [_normalised(_in_pairs(vectors[a:b])) for a, b in pairwise(starts.tolist())]
            vectors, starts = np.concatenate(halved), np.cumsum([0, *map(len, halved)])
        return Tokens(quantise(vectors).astype(np.float32) / np.float32(SCALE), starts)

    def bytes_a_passage(self) -> float:
        return len(self.vectors) * float(self.vectors.shape[1] + _TOKEN_PLACE) / (len(self.starts) - 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--reading", type=int, metavar="N", help="passages, of 92 KB each on disk")
    wanted = parser.parse_args()
    if wanted.reading:
        reading(wanted.reading)
    if wanted.folder:
        recalls(wanted.folder)


def recalls(folder: Path) -> None:
    """Print the table."""
    settings = Settings.load()
    model = open_built(ensure_bundled(settings.home, silent), settings.threads)
    found = centres.fit(model, centres.parallel_questions(), centres.report_sentences(), kept=1.0)
    encoder = CentredEncoder(model, replace(found, axes=None))
    every_axis = found.axes if found.axes is not None else np.eye(encoder.dimension, dtype=np.float32)
    with threadpool_limits(1, user_api="blas"):
        print(f"{'':14s} {'axes':>5s} {'bytes a passage':>17s}   whole   alone    both")
        for name, file, wording in PAIRS:
            search = plan(read_squad(folder / file), read_squad(folder / wording) if wording else None)
            for line in compare(search, encoder, every_axis):
                print(f"{name:14s} {line}", flush=True)


def reading(passages: int) -> None:
    """Print the time to gather random candidates from stores as large as so many passages', from disk and again."""
    random = np.random.default_rng(0)
    tokens = random.integers(-128, 128, (_TOKENS, round(384 * centres.KEPT)), dtype=np.int8).tobytes()
    offsets = np.zeros((_TOKENS, 2), np.uint16).tobytes()
    with TemporaryDirectory(prefix="yinju-") as name:
        for store in (WHOLE, SENTENCES):
            writer = TokenWriter(Path(name), store)
            for _ in range(passages):
                writer.add(tokens, offsets)
            writer.finish()
        for path in Path(name).iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        size = sum(path.stat().st_size for path in Path(name).iterdir())
        stores = [TokenStore(Path(name), store) for store in (WHOLE, SENTENCES)]
        candidates = [random.choice(passages, _CANDIDATES, replace=False) for _ in range(_READS)]
        cold, warm = (median(_milliseconds(stores, rows) for rows in candidates) for _ in range(2))
    print(
        f"{passages:,} passages: {size / 2**30:.1f} GiB; "
        f"{_CANDIDATES} candidates read in {cold:.1f} ms from disk, {warm:.1f} ms again"
    )


def _milliseconds(stores: Sequence[TokenStore], rows: NDArray[np.int64]) -> float:
    started = perf_counter()
    for store in stores:
        store.gather(rows)
    return 1000 * (perf_counter() - started)


def compare(search: Search, encoder: Encoder, every_axis: Floats) -> Iterator[str]:
    """A line for each way of storing."""
    whole = _tokens([[text] for text in search.passages], encoder)
    alone = _tokens([_sentences(text) for text in search.passages], encoder)
    asked = [(prepare(text, encoder), own) for text, own in search.questions[:QUESTIONS]]
    for kept, pooled in [*((kept, False) for kept in AXES), (384, True), (192, True)]:
        axes = None if kept >= len(every_axis) else every_axis[:kept]
        stored = [tokens.stored(axes, pooled) for tokens in (whole, alone)]
        right = np.zeros(3)
        for question, own in asked:
            tokens = question.encoding.tokens if axes is None else _normalised(question.encoding.tokens @ axes.T)
            one, other = (question.token_weights @ _maxsim(tokens, part) for part in stored)
            right += [int(np.argmax(scores)) == own for scores in (one, other, one + other)]
        size = sum(part.bytes_a_passage() for part in stored)
        shares = "   ".join(f"{share:.3f}" for share in right / len(asked))
        yield f"{kept:5d} {size:17,.0f}   {shares}{'   in pairs' if pooled else ''}"


def _tokens(texts: Sequence[Sequence[str]], encoder: Encoder) -> Tokens:
    """The token vectors of each passage's texts."""
    parts = [np.concatenate([each.tokens for each in encoder.encode_passages(some)]) for some in texts]
    return Tokens(np.concatenate(parts), np.cumsum([0, *map(len, parts)]))


def _sentences(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text, 0, len(text))] or [text]


def _maxsim(tokens: Floats, stored: Tokens) -> Floats:
    """(question tokens, passages)."""
    highest: Floats = np.maximum.reduceat(tokens @ stored.vectors.T, stored.starts[:-1], axis=1)
    return highest


def _in_pairs(vectors: Floats) -> Floats:
    even = vectors[: len(vectors) // 2 * 2].reshape(-1, 2, vectors.shape[1]).mean(axis=1)
    return np.concatenate((even, vectors[len(even) * 2 :]))


def _normalised(vectors: Floats) -> Floats:
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-6))
    return scaled


if __name__ == "__main__":
    main()
