"""The facade: open, index, add, ask, search, read, remove. Wires the other rooms and holds no policy of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter
from uuid import uuid4

from yinju import answering
from yinju.answering import Outcome
from yinju.audit import Entry, entries
from yinju.errors import IndexMismatch, InvalidRequest, Unsupported
from yinju.holdings import CATALOGUE, DERIVED, Holdings
from yinju.intake import origin_of
from yinju.progress import Progress, silent
from yinju.question import prepare
from yinju.records import Answer, Hit, Timing, Turn
from yinju.reindexing import Reindexed, reencode
from yinju.repair import repair
from yinju.searching import Scope, allowed_rows, checked, search
from yinju.status import Status, status_of
from yinju.stored import Origin
from yinju.verification import Finding, verify

__all__ = ["CATALOGUE", "DERIVED", "Library"]

_WARM_UP = ("开办了多少期？", "How many?")  # a language in Latin letters is told by a model of its own


class Library(Holdings):
    """An index folder and a model. Safe to use from several threads.

    The model and the indexes are loaded when they are first needed, or by `warm_up`. What writes may raise IndexBusy
    and StorageFull besides what it says.
    """

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
        collections: Sequence[str] | None = None,
        mode: str | None = None,
    ) -> Answer:
        """Answer one question with quotes, or refuse.

        Raises InvalidRequest, NotFound and Gone (a document id), UnknownCollection, Unsupported (generative mode
        without a language model), ModelError, IndexMismatch.
        """
        _check_mode(mode)
        scope = Scope(document_ids, collections)
        asked = checked(question, top_k, scope)
        started = perf_counter()
        prepared = prepare(asked, self._encoder, history)
        encoded = perf_counter()
        derived = self._current.get()
        allowed = allowed_rows(derived, self._catalogue, scope)
        found = search(derived, self._catalogue, prepared, max(top_k, answering.DEPTH), allowed)
        searched = perf_counter()
        outcome = answering.conclude(
            prepared, found[: answering.DEPTH], derived, self._catalogue.slice, self._settings.min_confidence, allowed
        )
        shown = answering.hits(found[:top_k])
        return _answer(prepared.language, outcome, shown, _timing(started, encoded, searched, perf_counter()))

    def search(
        self,
        question: str,
        *,
        top_k: int = 5,
        document_ids: Sequence[str] | None = None,
        collections: Sequence[str] | None = None,
    ) -> list[Hit]:
        """The nearest passages, best first. Raises what `ask` raises."""
        scope = Scope(document_ids, collections)
        prepared = prepare(checked(question, top_k, scope), self._encoder)
        derived = self._current.get()
        allowed = allowed_rows(derived, self._catalogue, scope)
        return list(answering.hits(search(derived, self._catalogue, prepared, top_k, allowed)))

    def reindex(self, progress: Progress = silent, actor: str = "") -> Reindexed:
        """Encode every document with this model and way of splitting, beside what serves, then serve that.

        Raises ModelError.
        """
        done = reencode(self._catalogue, self._encoder, progress, actor)
        self._current.refresh(progress)
        return done

    def forget_others(self) -> list[Origin]:
        """Delete what other models made. Raises IndexMismatch where this one has not encoded every document."""
        forgotten = self._catalogue.forget_others(origin_of(self._encoder))
        self._catalogue.tidy()
        return forgotten

    def verify(self, progress: Progress = silent) -> list[Finding]:
        """Everything in the index that is not what was written. Loads no model."""
        return list(verify(self._catalogue, self._settings.index / DERIVED, progress))

    def repair(self, findings: Sequence[Finding], progress: Progress = silent) -> list[Finding]:
        """Make anew what can be; what can't is returned. Raises ModelError."""
        left = repair(self._catalogue, self._settings.index / DERIVED, self._encoder, findings, progress)
        if all(finding.part not in ("catalogue", "structure") for finding in left):
            with suppress(IndexMismatch):  # another model serves: its own service takes up what was mended
                self._current.refresh(progress)
        return left

    def status(self) -> Status:
        """Generation, sizes and jobs."""
        held = self._current.held
        return status_of(
            self._catalogue, self._settings.index / DERIVED, None if held is None else held.generation.number
        )

    def audit(self, limit: int = 100) -> list[Entry]:
        """Who changed what, the newest first."""
        with self._catalogue.borrowed() as connection:
            return entries(connection, limit)


def _check_mode(mode: str | None) -> None:
    if mode == "generative":
        raise Unsupported("No language model is configured. Ask in extractive mode, or leave the mode out.")
    if mode not in (None, "extractive"):
        raise InvalidRequest(f"There is no mode {mode!r}. Ask in extractive mode, or leave the mode out.")


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
