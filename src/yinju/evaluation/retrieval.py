"""How well each channel finds a question's own paragraph among all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from yinju import retriever
from yinju.derived import Derived
from yinju.encoder import Encoder
from yinju.errors import InvalidRequest
from yinju.evaluation.corpus import as_reading, indexed
from yinju.evaluation.ranks import DEEPEST, Figure, figures
from yinju.evaluation.squad import SquadCorpus
from yinju.passages import split
from yinju.progress import Progress, silent
from yinju.question import Question, prepare
from yinju.segments import NOTHING, segment_max

CHANNELS = ("dense", "lexical", "late", "fused")
LONGEST_PARAGRAPH = 65_535  # characters: what the index keeps a token's place in
EXHAUSTIVE = 300_000
"""Characters of passages up to which late interaction compares a question with all of them, and beyond which with the
retriever's candidates alone: all their token vectors are held at once, about 1 KB a character."""

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Search:
    """Questions put to passages. questions: (question, number of its own passage). left_out: why, and how many."""

    passages: tuple[str, ...]
    questions: tuple[tuple[str, int], ...]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """channels: of each of CHANNELS the figures by name."""

    passages: int
    questions: int
    channels: Mapping[str, Mapping[str, Figure]]

    def to_json(self) -> dict[str, object]:
        channels = {
            channel: {name: figure.to_json() for name, figure in found.items()}
            for channel, found in self.channels.items()
        }
        return {"passages": self.passages, "questions": self.questions, "channels": channels}


def plan(corpus: SquadCorpus, wording: SquadCorpus | None = None, articles: Sequence[str] = ()) -> Search:
    """Each paragraph a passage, unsplit, equal ones the same; `articles` are cut as documents are.

    `wording` asks the questions of the same ids instead, in another language. Left out are `blank` questions, those
    the file calls `impossible`, and those `wording` has no counterpart of. Raises InvalidRequest where nothing is
    left to ask or a paragraph can't be a passage.
    """
    rows: dict[str, int] = {}
    for paragraph in corpus.paragraphs:
        rows.setdefault(_checked(paragraph), len(rows))
    theirs = None if wording is None else {question.id: question.question for question in wording.questions}
    questions: list[tuple[str, int]] = []
    left_out = {"impossible": 0, "missing": 0, "blank": 0}
    for question in corpus.questions:
        text = question.question if theirs is None else theirs.get(question.id)
        if question.impossible:
            left_out["impossible"] += 1
        elif text is None:
            left_out["missing"] += 1
        elif not text.strip():
            left_out["blank"] += 1
        else:
            questions.append((text.strip(), rows[corpus.paragraphs[question.paragraph]]))
    if not questions:
        why = ", ".join(f"{count} {name}" for name, count in left_out.items() if count) or "there is none"
        raise InvalidRequest(f"No question is left to ask ({why}). Choose a file with questions on its paragraphs.")
    for article in articles:
        for passage in split("", as_reading(article)):
            rows.setdefault(passage.text, len(rows))
    return Search(tuple(rows), tuple(questions), {name: count for name, count in left_out.items() if count})


def evaluate_retrieval(search: Search, encoder: Encoder, progress: Progress = silent) -> Retrieval:
    """Index the passages for the occasion and ask every question of every channel.

    `progress` hears of stages `encode`, `build` and `ask`. Raises ModelError.
    """
    ranks: dict[str, list[int | None]] = {channel: [] for channel in CHANNELS}
    # The products take a millisecond; shared out, their threads fight the encoder's.
    with indexed(search.passages, encoder, progress) as derived, threadpool_limits(1, user_api="blas"):
        late = _Late(derived, search.passages)
        for done, (text, own) in enumerate(search.questions, start=1):
            for channel, found in _found(derived, late, prepare(text, encoder)):
                ranks[channel].append(_rank(found, own))
            progress("ask", done, len(search.questions))
    channels = {channel: figures(found) for channel, found in ranks.items()}
    return Retrieval(len(search.passages), len(search.questions), channels)


def _checked(paragraph: str) -> str:
    if not paragraph.strip() or len(paragraph) > LONGEST_PARAGRAPH:
        raise InvalidRequest(
            f"A paragraph has {len(paragraph):,} characters ({paragraph[:20]!r}), and 1 to {LONGEST_PARAGRAPH:,} that "
            "are not all white space are possible. Correct or split it."
        )
    return paragraph


def _found(derived: Derived, late: _Late, question: Question) -> Iterator[tuple[str, Iterable[int]]]:
    """By channel the rows of the best passages, best first."""
    yield "dense", derived.vectors.search(question.encoding.pooled, DEEPEST)[0].tolist()
    yield "lexical", derived.lexical.search(question.terms, DEEPEST)[0].tolist()
    yield "late", late.search(question, DEEPEST).tolist()
    yield "fused", [each.row for each in retriever.search(derived, question, DEEPEST)]


def _rank(found: Iterable[int], own: int) -> int | None:
    return next((rank for rank, row in enumerate(found, start=1) if row == own), None)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """The token vectors of some passages: each encoded whole, and its sentences encoded alone.

    vectors: (n, components). bounds: (passages or sentences, 2), the `[first, last)` of each one's. owners:
    (sentences,), the passage of each, as a number into `rows`.
    """

    rows: Rows
    whole: Floats
    whole_bounds: Rows
    alone: Floats
    alone_bounds: Rows
    owners: Rows

    @classmethod
    def of(cls, derived: Derived, rows: Rows) -> _Gathered:
        whole, alone = derived.tokens.gather(rows), derived.sentence_tokens.gather(rows)
        sentences = derived.sentences.gather(rows)
        owners = np.repeat(np.arange(len(rows)), np.diff(sentences.starts))
        first = alone.starts[:-1][owners]
        places = np.stack((first + sentences.places["first_token"], first + sentences.places["last_token"]), axis=1)
        return cls(
            rows,
            whole.vectors.astype(np.float32) / np.float32(derived.tokens.scale),
            np.stack((whole.starts[:-1], whole.starts[1:]), axis=1),
            alone.vectors.astype(np.float32) / np.float32(derived.sentence_tokens.scale),
            places,
            owners,
        )


class _Late:
    """MaxSim, the weighted mean over a question's tokens of each one's best match: over a passage, and over its best
    sentence; their sum."""

    def __init__(self, derived: Derived, passages: Sequence[str]) -> None:
        self._derived = derived
        everything = sum(map(len, passages)) <= EXHAUSTIVE
        self._everything = _Gathered.of(derived, np.arange(len(passages))) if everything else None

    def search(self, question: Question, k: int) -> Rows:
        """The k best rows, best first, equals in row order."""
        among = self._everything or _Gathered.of(self._derived, retriever.measure(self._derived, question).rows)
        scores = _maxsim(question, among.whole, among.whole_bounds)
        best = np.full(len(among.rows), np.float32(NOTHING))
        np.maximum.at(best, among.owners, _maxsim(question, among.alone, among.alone_bounds))
        found: Rows = among.rows[np.lexsort((among.rows, -(scores + best)))[:k]]
        return found


def _maxsim(question: Question, vectors: Floats, bounds: Rows) -> Floats:
    similar = np.full((len(question.encoding.tokens), len(vectors) + 1), NOTHING, np.float32)  # as segment_max wants it
    if len(vectors):
        np.matmul(question.encoding.tokens, vectors.T, out=similar[:, :-1])
    scores: Floats = question.token_weights @ segment_max(similar, bounds)
    return scores
