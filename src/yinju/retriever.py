"""All ranking policy: candidates, late interaction, fusion.

Candidates are the best passages by pooled vectors and by BM25. They are then compared with the question token by token
(MaxSim: Khattab and Zaharia 2020, ColBERT): with the passage encoded as one text, and with its sentences encoded alone,
each by itself and with its neighbours. A sentence's score is a weighted sum of those and of how much of the question's
terms the passage holds, each on a scale of its own that no other candidate changes; a passage scores as its best
sentence does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from yinju.blobs import Int8s
from yinju.derived import Derived
from yinju.question import Question
from yinju.records import Passage, Span
from yinju.segments import NOTHING, reduce_max, segment_max, with_neighbours
from yinju.sentence_table import Sentences

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

DENSE_CANDIDATES, LEXICAL_CANDIDATES = 32, 24
_BELOW_ALL = -100.0  # logits; no sentence scores so low
_BLOCK = 512  # tokens made float at a time: they stay in the cache, a quarter faster than all at once

FEATURES = ("late_passage", "late_window", "late_sentence", "dense", "coverage")
"""What a sentence is scored by. late: MaxSim, cosines: of the passage encoded as one text, of the sentence with its
neighbours, of the sentence. dense: the passage's nearest pooled vector, a cosine. coverage: the idf-weighted share of
the question's terms that the passage holds, so that few or common terms matched count little. BM25, which finds
candidates, adds nothing to it."""


@cache
def weights() -> Floats:
    """(features,): logits a unit of each feature, as `python -m scripts.fitting weights` found them."""
    stored = json.loads((files("yinju") / "ranking.json").read_text(encoding="utf-8"))["weights"]
    return np.array([stored[name] for name in FEATURES], np.float32)


@dataclass(frozen=True, slots=True)
class FoundSentence:
    """A sentence of a found passage, `[start, end)` in the document. late, coverage: 0 to 1 against the question.

    cut: the source breaks off before the sentence ends.
    """

    span: Span
    score: float
    late: float
    coverage: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with what speaks for it. `score` is an unbounded logit; `signals` are 0 to 1.

    matched: (question tokens, sentences), the highest cosine of each token in each of `sentences`, encoded alone.
    """

    row: int
    passage: Passage
    title: str
    date: str | None
    text_sha256: str
    version: int
    score: float
    signals: Mapping[str, float]
    sentences: tuple[FoundSentence, ...]
    matched: Floats = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Measured:
    """The candidates of a question. rows: (passages,) ascending; features: (sentences, features) as FEATURES.

    late, dense, coverage: (passages,), late of the passage encoded whole. coverage_sentence: (sentences,), its own.
    matched: (question tokens, sentences), as Found has it.
    """

    rows: Rows
    sentences: Sentences
    late: Floats
    dense: Floats
    coverage: Floats
    coverage_sentence: Floats
    matched: Floats
    features: Floats

    def feature(self, name: str) -> Floats:
        """(sentences,): one of FEATURES."""
        column: Floats = self.features[:, FEATURES.index(name)]
        return column

    @property
    def owner(self) -> Rows:
        """(sentences,): which of `rows` each sentence is of."""
        return np.repeat(np.arange(len(self.rows)), np.diff(self.sentences.starts))


def search(derived: Derived, question: Question, limit: int, allowed: Rows | None = None) -> list[Found]:
    """The `limit` best passages, best first, equals in row order. `allowed` keeps the search to some rows."""
    return list(islice(ranked(derived, question, limit, allowed), limit))


def ranked(derived: Derived, question: Question, least: int, allowed: Rows | None = None) -> Iterator[Found]:
    """All candidates, best first, each made when it is asked for; `least` or more, where there are so many."""
    if len(derived.passages) == 0:
        return
    measured = measure(derived, question, allowed, max(least, DENSE_CANDIDATES))
    if len(measured.rows):
        yield from _Ranking(derived, measured, measured.features @ weights()).in_order()


def measure(
    derived: Derived, question: Question, allowed: Rows | None = None, dense_candidates: int = DENSE_CANDIDATES
) -> Measured:
    """Compare a question with every candidate sentence."""
    rows = _candidates(derived, question, dense_candidates, allowed)
    sentences = derived.sentences.gather(rows)
    dense = derived.vectors.scores(question.encoding.pooled, rows)
    late = _late_whole(derived, question, rows)
    matched = _matched(derived, question, rows, sentences)
    window, weights = with_neighbours(matched, sentences.starts), question.token_weights
    idf = np.array([derived.lexical.idf(term) for term in question.terms], np.float32)
    coverage, coverage_sentence = _coverage(derived, question, idf, rows, sentences)
    owner = np.repeat(np.arange(len(rows)), np.diff(sentences.starts))
    columns = (
        late[owner],
        weights @ window,
        weights @ matched,
        dense[owner],
        coverage[owner],
    )
    features = np.stack(columns, axis=1).astype(np.float32)
    return Measured(rows, sentences, late, dense, coverage, coverage_sentence, matched, features)


@dataclass(frozen=True, slots=True)
class _Ranking:
    derived: Derived
    measured: Measured
    scores: Floats

    def in_order(self) -> Iterator[Found]:
        rows, starts = self.measured.rows, self.measured.sentences.starts
        scores = reduce_max(self.scores, starts)
        # A passage without a sentence (a heading nothing stands under) is found, and never before one that has any.
        empty = np.diff(starts) == 0
        scores[empty] = _BELOW_ALL + self.measured.late[empty]
        for i in np.lexsort((rows, -scores)).tolist():
            yield self._found(i, float(scores[i]))

    def _found(self, i: int, score: float) -> Found:
        row = int(self.measured.rows[i])
        document = self.derived.passages.document(row)
        own = slice(*self.measured.sentences.starts[i : i + 2].tolist())
        late = max(self.measured.feature("late_sentence")[own].tolist(), default=float(self.measured.late[i]))
        signals = {"dense": float(self.measured.dense[i]), "lexical": float(self.measured.coverage[i]), "late": late}
        return Found(
            row=row,
            passage=self.derived.passages.passage(row),
            title=document.title,
            date=document.date,
            text_sha256=document.text_sha256,
            version=document.version,
            score=score,
            signals={name: min(max(value, 0.0), 1.0) for name, value in signals.items()},
            sentences=self._sentences(own),
            matched=self.measured.matched[:, own],
        )

    def _sentences(self, own: slice) -> tuple[FoundSentence, ...]:
        # Whole columns become Python numbers at once: one by one costs more than comparing the question did.
        columns = zip(
            self.measured.sentences.places[own].tolist(),
            self.scores[own].tolist(),
            self.measured.feature("late_sentence")[own].tolist(),
            self.measured.coverage_sentence[own].tolist(),
            strict=True,
        )
        return tuple(
            FoundSentence(Span(start, end), score, late, coverage, cut)
            for (start, end, _, _, cut), score, late, coverage in columns
        )


def _candidates(derived: Derived, question: Question, by_vectors: int, allowed: Rows | None) -> Rows:
    """In ascending order."""
    dense, _ = derived.vectors.search(question.encoding.pooled, by_vectors, allowed)
    lexical, _ = derived.lexical.search(question.terms, LEXICAL_CANDIDATES, allowed)
    return np.union1d(dense, lexical)


def _late_whole(derived: Derived, question: Question, rows: Rows) -> Floats:
    """(passages,): MaxSim over passages encoded as one text."""
    tokens = derived.tokens.gather(rows)
    similar = _similar(question.encoding.tokens / np.float32(derived.tokens.scale), tokens.vectors)
    bounds = np.stack((tokens.starts[:-1], tokens.starts[1:]), axis=1)
    return question.token_weights @ segment_max(similar, bounds)


def _matched(derived: Derived, question: Question, rows: Rows, sentences: Sentences) -> Floats:
    """(question tokens, sentences): the highest cosine of each token in each sentence encoded alone."""
    tokens = derived.sentence_tokens.gather(rows)
    counts = np.diff(sentences.starts)
    first_tokens = np.repeat(tokens.starts[:-1], counts)
    similar = _similar(question.encoding.tokens / np.float32(derived.sentence_tokens.scale), tokens.vectors)
    bounds = np.stack(
        (first_tokens + sentences.places["first_token"], first_tokens + sentences.places["last_token"]), axis=1
    )
    return segment_max(similar, bounds)


def _similar(query: Floats, tokens: Int8s) -> Floats:
    """(query tokens, tokens + 1): inner products, and a last column of `NOTHING` for reductions past the end."""
    similar = np.empty((len(query), len(tokens) + 1), np.float32)
    similar[:, -1] = NOTHING
    for start in range(0, len(tokens), _BLOCK):
        block = tokens[start : start + _BLOCK]
        np.matmul(query, block.astype(np.float32).T, out=similar[:, start : start + len(block)])
    return similar


def _coverage(
    derived: Derived, question: Question, idf: Floats, rows: Rows, sentences: Sentences
) -> tuple[Floats, Floats]:
    """(passages,) and (sentences,): the share of the question's terms held, each weighed by its idf.

    Terms seen nowhere count as missing.
    """
    if not question.terms:
        return np.zeros(len(rows), np.float32), np.zeros(len(sentences.numbers), np.float32)
    idf = idf / idf.sum()
    held = derived.sentences.holds(question.terms, sentences.numbers)
    return derived.lexical.holds(question.terms, rows) @ idf, held @ idf
