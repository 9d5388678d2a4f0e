"""The facade: open, index, ask, search, read. Wires the other rooms and holds no policy of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from threading import Lock, Thread
from time import perf_counter
from types import TracebackType
from uuid import uuid4

from threadpoolctl import ThreadpoolController

from yinju import answering, retriever
from yinju.answering import Outcome
from yinju.catalogue import Catalogue
from yinju.derived import Derived, find_derived, open_derived
from yinju.encoder import Encoder
from yinju.encoder.lazy import LazyEncoder
from yinju.errors import InvalidRequest, Unsupported
from yinju.indexing import IndexReport, index_folder
from yinju.indexing import reencode as reencode_catalogue
from yinju.progress import Progress, silent
from yinju.question import Question, prepare
from yinju.records import Answer, Document, DocumentSummary, Hit, Timing, Turn
from yinju.repetition import unrepeated
from yinju.retriever import Found
from yinju.settings import Settings
from yinju.stored import Counts

CATALOGUE, DERIVED = "catalogue.db", "derived"
LONGEST_QUESTION, MOST_PASSAGES = 2000, 50
_WIDER = 4  # times the candidates, where copies of one report took the places of the rest
_WARM_UP = ("开办了多少期？", "How many?")  # a language in Latin letters is told by a model of its own


class Library:
    """An index folder and a model. Safe to use from several threads.

    The model and the indexes are loaded when they are first needed, or by `warm_up`.
    """

    def __init__(self, settings: Settings, catalogue: Catalogue, encoder: Encoder) -> None:
        """For encoders of one's own; `open` gives the configured ones. `close` closes the catalogue."""
        _spare_the_other_cores()
        self._settings = settings
        self._catalogue = catalogue
        self._encoder = encoder
        self._lock = Lock()
        self._derived: Derived | None = None
        self._rebuilding: Thread | None = None

    @classmethod
    def open(cls, settings: Settings, progress: Progress = silent) -> Library:
        """Open the catalogue, made new where there is none. `progress` hears of a model being built.

        Raises SettingsError for a folder that can't be used.
        """
        return cls(settings, Catalogue(settings.index / CATALOGUE), LazyEncoder(settings, progress))

    def close(self) -> None:
        """Wait for what is being written, and let go of the files."""
        if self._rebuilding is not None:
            self._rebuilding.join()
        self._catalogue.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def encoder(self) -> Encoder:
        """The model. Its first use may load it, which takes seconds and may raise ModelError."""
        return self._encoder

    def warm_up(self) -> None:
        """Load the model and the indexes and ask once, so that no person waits for it.

        Raises ModelError or IndexMismatch.
        """
        for question in _WARM_UP:
            self.ask(question)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        top_k: int = 5,
        document_ids: Sequence[str] | None = None,
        mode: str | None = None,
    ) -> Answer:
        """Answer one question with quotes, or refuse.

        Raises InvalidRequest, NotFound (an unknown document id), Unsupported (generative mode without a language
        model), ModelError, IndexMismatch.
        """
        _check_mode(mode)
        asked = _checked(question, top_k, document_ids)
        started = perf_counter()
        prepared = prepare(asked, self._encoder, history)
        encoded = perf_counter()
        derived = self._current()
        found = self._search(derived, prepared, max(top_k, answering.DEPTH), document_ids)
        searched = perf_counter()
        outcome = answering.conclude(
            prepared, found[: answering.DEPTH], derived, self._catalogue.slice, self._settings.min_confidence
        )
        shown = answering.hits(found[:top_k])
        return _answer(prepared.language, outcome, shown, _timing(started, encoded, searched, perf_counter()))

    def search(self, question: str, *, top_k: int = 5, document_ids: Sequence[str] | None = None) -> list[Hit]:
        """The nearest passages, best first. Raises what `ask` raises."""
        prepared = prepare(_checked(question, top_k, document_ids), self._encoder)
        return list(answering.hits(self._search(self._current(), prepared, top_k, document_ids)))

    def documents(self, *, limit: int = 100, after: str | None = None) -> list[DocumentSummary]:
        """Summaries ordered by id, those after the id `after` only."""
        return self._catalogue.documents(limit, after)

    def counts(self) -> Counts:
        """How many documents and passages there are."""
        return self._catalogue.counts()

    def summary(self, document_id: str) -> DocumentSummary:
        """Raises NotFound."""
        return self._catalogue.summary(document_id)

    def document(self, document_id: str) -> Document:
        """Raises NotFound."""
        return self._catalogue.document(document_id)

    def index(self, folder: Path, progress: Progress = silent) -> IndexReport:
        """Add what is new in `folder`, replace what changed, remove what is gone from it.

        Raises InvalidRequest for a folder that is none, IndexMismatch, IndexBusy, ModelError.
        """
        report = index_folder(self._catalogue, self._encoder, folder, progress)
        self._build(progress)
        return report

    def reencode(self, progress: Progress = silent) -> int:
        """Encode every stored document anew, after a change of model; how many. Raises ModelError, IndexBusy."""
        documents = reencode_catalogue(self._catalogue, self._encoder, progress)
        self._build(progress)
        return documents

    def _search(
        self, derived: Derived, question: Question, limit: int, document_ids: Sequence[str] | None
    ) -> list[Found]:
        allowed = None if document_ids is None else derived.passages.rows(document_ids)
        if len(derived.passages) == 0:
            return []
        # While new indexes are made the last ones serve, less what was removed or replaced since.
        stale = derived.generation != self._catalogue.generation()
        least, reachable = limit, len(derived.passages) if allowed is None else len(allowed)
        while True:
            ranked = retriever.ranked(derived, question, least, allowed)
            found = list(islice(unrepeated(filter(self._still_stored, ranked) if stale else ranked), limit))
            if len(found) == limit or least >= reachable:
                return found
            least *= _WIDER

    def _still_stored(self, found: Found) -> bool:
        passage = found.passage
        stored = self._catalogue.slice(passage.document_id, passage.start, passage.end)
        return stored == (passage.text, found.text_sha256)

    def _build(self, progress: Progress) -> None:
        derived = open_derived(self._catalogue, self._folder, self._encoder.fingerprint, progress)
        with self._lock:
            self._derived = derived

    def _current(self) -> Derived:
        """The indexes of the present generation; the last ones while those are still being made."""
        with self._lock:
            held = self._derived
            if held is not None and held.generation == self._catalogue.generation():
                return held
            if held is None:
                self._derived = open_derived(self._catalogue, self._folder, self._encoder.fingerprint)
                return self._derived
            made = find_derived(self._catalogue, self._folder, self._encoder.fingerprint)
            if made is None:
                self._rebuild()
            self._derived = made or held
            return self._derived

    def _rebuild(self) -> None:
        """Make the present generation's indexes beside the questions: who wrote may have been killed before it did."""
        if self._rebuilding is None or not self._rebuilding.is_alive():
            self._rebuilding = Thread(target=self._build, args=(silent,), name="build-indexes")
            self._rebuilding.start()

    @property
    def _folder(self) -> Path:
        return self._settings.index / DERIVED


def _spare_the_other_cores() -> None:
    """Keep NumPy's products to the thread they are called in.

    They take a millisecond; shared out, their threads fight the encoder's and wait for them. Measured on two busy
    cores: 24 ms a search instead of 2.
    """
    ThreadpoolController().select(user_api="blas").limit(limits=1)


def _check_mode(mode: str | None) -> None:
    if mode == "generative":
        raise Unsupported("No language model is configured. Ask in extractive mode, or leave the mode out.")
    if mode not in (None, "extractive"):
        raise InvalidRequest(f"There is no mode {mode!r}. Ask in extractive mode, or leave the mode out.")


def _checked(question: str, top_k: int, document_ids: Sequence[str] | None) -> str:
    """The question, trimmed. Raises InvalidRequest."""
    trimmed = question.strip()
    if not 1 <= len(trimmed) <= LONGEST_QUESTION:
        raise InvalidRequest(
            f"A question has 1 to {LONGEST_QUESTION:,} characters, not {len(trimmed):,}. Ask a shorter one."
            if trimmed
            else "The question is empty. Ask something."
        )
    if not 1 <= top_k <= MOST_PASSAGES:
        raise InvalidRequest(f"top_k is {top_k}; choose 1 to {MOST_PASSAGES}.")
    if document_ids is not None and not document_ids:
        raise InvalidRequest("document_ids is empty. Name at least one document, or leave it out.")
    return trimmed


def _answer(language: str, outcome: Outcome, passages: tuple[Hit, ...], timing: Timing) -> Answer:
    return Answer(
        id=uuid4().hex,
        status="not_found" if outcome.reason else "answered",
        reason=outcome.reason,
        mode="extractive",
        language=language,
        answer=outcome.text,
        confidence=outcome.confidence,
        citations=outcome.citations,
        passages=passages,
        timing_ms=timing,
    )


def _timing(started: float, encoded: float, searched: float, ended: float) -> Timing:
    """In milliseconds, from seconds on one clock."""
    return Timing(
        encode=round(1000 * (encoded - started), 3),
        search=round(1000 * (searched - encoded), 3),
        total=round(1000 * (ended - started), 3),
    )
